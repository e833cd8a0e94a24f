#include "runtime/data/Bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <zlib.h>

namespace gradus {

/// Deflate cannot make more than 1032 bytes out of one: no declared size beyond this is believed.
static constexpr int64_t kLargestRatio = 1032;

Result<Bytes> readFile(const std::filesystem::path &path) {
  const std::string name = path.string();
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem))
    return Status::error(name + ": expected a file, found a directory");
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(name.c_str(), "rb"),
                                                              std::fclose);
  if (!file)
    return Status::error(name + ": cannot open: " + std::strerror(errno));
  try {
    // The size is a hint only: the file may change, or be no plain file.
    const auto hint = std::filesystem::file_size(path, problem);
    const size_t known = problem ? 0 : static_cast<size_t>(hint);
    if (known > static_cast<size_t>(kLargestFile))
      return Status::error(name + ": " + std::to_string(known) + " bytes, expected at most " +
                           std::to_string(kLargestFile));
    Bytes bytes(known + 1);
    size_t length = 0;
    while (true) {
      const size_t got = std::fread(bytes.data() + length, 1, bytes.size() - length, file.get());
      length += got;
      if (length < bytes.size())
        break;
      if (length > static_cast<size_t>(kLargestFile))
        return Status::error(name + ": more than " + std::to_string(kLargestFile) + " bytes");
      bytes.resize(bytes.size() * 2);
    }
    if (std::ferror(file.get()))
      return Status::error(name + ": offset " + std::to_string(length) +
                           ": cannot read: " + std::strerror(errno));
    bytes.resize(length);
    return bytes;
  } catch (const std::bad_alloc &) {
    return Status::error(name + ": not enough memory");
  }
}

bool isGzip(std::span<const uint8_t> data) {
  return data.size() >= 2 && data[0] == 0x1f && data[1] == 0x8b;
}

namespace {

/// zlib's inflater over data in memory.
class Inflater {
public:
  Inflater(std::span<const uint8_t> data, int windowBits, std::string name)
      : data(data), name(std::move(name)) {
    started = inflateInit2(&stream, windowBits) == Z_OK;
  }
  ~Inflater() {
    if (started)
      inflateEnd(&stream);
  }
  Inflater(const Inflater &) = delete;
  Inflater &operator=(const Inflater &) = delete;

  /// Appends to `out` until it has `wanted` bytes or the stream ends.
  Status fill(Bytes &out, size_t wanted, bool &ended) {
    if (!started)
      return Status::error(name + ": not enough memory");
    constexpr size_t most = std::numeric_limits<uInt>::max();
    ended = false;
    size_t length = out.size();
    while (length < wanted) {
      if (length == out.size())
        out.resize(std::min(wanted, std::max<size_t>(length * 2, 1 << 16)));
      stream.next_in = const_cast<Bytef *>(data.data() + consumed);
      stream.avail_in = static_cast<uInt>(std::min(most, data.size() - consumed));
      stream.next_out = out.data() + length;
      stream.avail_out = static_cast<uInt>(std::min(most, out.size() - length));
      const uInt offered = stream.avail_in, room = stream.avail_out;
      const int code = inflate(&stream, Z_NO_FLUSH);
      consumed += offered - stream.avail_in;
      length += room - stream.avail_out;
      if (code == Z_STREAM_END) {
        ended = true;
        break;
      }
      if (code != Z_OK && code != Z_BUF_ERROR) {
        const std::string detail = stream.msg ? stream.msg : "damaged";
        return Status::error(place() + ": expected compressed data, found: " + detail);
      }
      if (stream.avail_out != 0 && consumed == data.size()) // it wants more than there is
        return Status::error(place() +
                             ": expected more compressed data, found the end of the file");
    }
    out.resize(length);
    return {};
  }

  void nextMember() { inflateReset(&stream); }
  size_t offset() const { return consumed; }
  std::span<const uint8_t> rest() const { return data.subspan(consumed); }
  std::string place() const { return name + ": offset " + std::to_string(consumed); }

private:
  std::span<const uint8_t> data;
  std::string name;
  z_stream stream{};
  size_t consumed = 0;
  bool started = false;
};

constexpr int kGzipWindow = 15 + 16, kRawWindow = -15;

} // namespace

Result<Bytes> gunzip(std::span<const uint8_t> data, const std::string &name, int64_t limit) {
  if (!isGzip(data))
    return Status::error(name + ": offset 0: expected gzip data (bytes 1f 8b)");
  try {
    Inflater inflater(data, kGzipWindow, name);
    Bytes out;
    while (true) {
      bool ended = false;
      if (Status status = inflater.fill(out, static_cast<size_t>(limit) + 1, ended); !status)
        return status;
      if (static_cast<int64_t>(out.size()) > limit)
        return Status::error(name + ": expected at most " + std::to_string(limit) +
                             " bytes after decompression, found more");
      if (inflater.rest().empty())
        return out;
      if (!isGzip(inflater.rest()))
        return Status::error(inflater.place() + ": expected the end of the file, found " +
                             std::to_string(inflater.rest().size()) + " bytes more");
      inflater.nextMember();
    }
  } catch (const std::bad_alloc &) {
    return Status::error(name + ": not enough memory");
  }
}

Result<Bytes> gunzipPrefix(std::span<const uint8_t> data, int64_t count, const std::string &name) {
  if (!isGzip(data))
    return Status::error(name + ": offset 0: expected gzip data (bytes 1f 8b)");
  Inflater inflater(data, kGzipWindow, name);
  Bytes out;
  bool ended = false;
  if (Status status = inflater.fill(out, static_cast<size_t>(count), ended); !status)
    return status;
  return out;
}

Result<Bytes> inflateRaw(std::span<const uint8_t> data, int64_t size, const std::string &name) {
  if (size < 0 || size / kLargestRatio > static_cast<int64_t>(data.size()))
    return Status::error(name + ": " + std::to_string(data.size()) +
                         " compressed bytes cannot hold the declared " + std::to_string(size));
  try {
    Inflater inflater(data, kRawWindow, name);
    Bytes out;
    bool ended = false;
    if (Status status = inflater.fill(out, static_cast<size_t>(size) + 1, ended); !status)
      return status;
    if (!ended || static_cast<int64_t>(out.size()) != size || !inflater.rest().empty())
      return Status::error(name + ": expected " + std::to_string(size) +
                           " bytes after decompression, found " +
                           (ended ? std::to_string(out.size()) : "more"));
    return out;
  } catch (const std::bad_alloc &) {
    return Status::error(name + ": not enough memory");
  }
}

Result<Bytes> readFileMaybeGzip(const std::filesystem::path &path) {
  Result<Bytes> bytes = readFile(path);
  if (!bytes || !isGzip(*bytes))
    return bytes;
  return gunzip(*bytes, path.string());
}

} // namespace gradus
