// Whole files as bytes, plain or compressed.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gradus {

using Bytes = std::vector<uint8_t>;

/// The largest file, compressed or not, that readers take: 64 GiB.
inline constexpr int64_t kLargestFile = int64_t{1} << 36;

/// Errors: "FILE: cannot open: No such file or directory", "FILE: is a directory", ...
Result<Bytes> readFile(const std::filesystem::path &path);

/// Decompresses gzip data (one or several members); `name` is for messages. Errors name the offset.
/// `limit`: the most bytes that may come out; what the data themselves declare is never allocated
/// unseen.
Result<Bytes> gunzip(std::span<const uint8_t> data, const std::string &name,
                     int64_t limit = kLargestFile);

/// The first `count` bytes (fewer if there are no more) of what gunzip would give.
Result<Bytes> gunzipPrefix(std::span<const uint8_t> data, int64_t count, const std::string &name);

/// Whether the data begin as gzip does.
bool isGzip(std::span<const uint8_t> data);

/// Raw deflate of exactly `size` bytes (what zip files hold).
Result<Bytes> inflateRaw(std::span<const uint8_t> data, int64_t size, const std::string &name);

/// readFile, then gunzip if the file begins as gzip does.
Result<Bytes> readFileMaybeGzip(const std::filesystem::path &path);

} // namespace gradus
