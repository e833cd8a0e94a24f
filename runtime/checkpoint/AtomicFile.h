// Files that are either the old ones or the new ones, whole, whatever happens in between.
#pragma once

#include "runtime/core/Status.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace gradus {

/// Replaces (or makes) the file `path` by the pieces, one after the other: writes a hidden file
/// beside it, flushes that to the disk, renames it over `path`, flushes the directory. At every
/// moment, also after a kill, a full disk or a power cut, `path` is the old file or the new one. On
/// an error the old file is untouched and the hidden one is gone; one left by a kill is reused by
/// the next save. Two processes that save to one path wait for each other. A symbolic link is
/// followed; the permissions of an old file are kept.
/// Errors: "FILE: cannot write: No space left on device", "FILE: not a regular file", ...
/// A process that limits file sizes (RLIMIT_FSIZE) should ignore SIGXFSZ to get the error.
Status writeFileAtomically(const std::filesystem::path &path,
                           std::span<const std::span<const std::byte>> pieces);
Status writeFileAtomically(const std::filesystem::path &path, std::string_view text);

/// Whether writeFileAtomically can work here, as far as can be told without writing the content:
/// the directory exists and takes a new file, and what is there now is a regular file. For saying
/// so before hours of work. Leaves nothing behind.
Status checkWritable(const std::filesystem::path &path);

} // namespace gradus
