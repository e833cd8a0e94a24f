#include "runtime/checkpoint/AtomicFile.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gradus {
namespace {

namespace fs = std::filesystem;

Status failure(const fs::path &path, const char *what, int error = errno) {
  return Status::error(path.string() + ": " + what + ": " + std::generic_category().message(error));
}

/// A file descriptor that closes itself.
class Descriptor {
public:
  explicit Descriptor(int fd) : fd(fd) {}
  Descriptor(Descriptor &&other) noexcept : fd(std::exchange(other.fd, -1)) {}
  Descriptor &operator=(Descriptor &&other) noexcept {
    std::swap(fd, other.fd);
    return *this;
  }
  ~Descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
  int get() const { return fd; }

private:
  int fd;
};

/// Where the bytes really go: links followed, so that a link is not replaced by a file.
Result<fs::path> resolve(const fs::path &path) {
  if (path.empty())
    return Status::error("no file name given");
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status))
    return Status::error(path.string() + (fs::is_directory(status)
                                              ? ": is a directory, expected a file"
                                              : ": not a regular file"));
  if (!path.has_filename())
    return Status::error(path.string() + ": no file name given");
  if (!fs::is_symlink(fs::symlink_status(path, error)))
    return path;
  fs::path real = fs::canonical(path, error);
  return error ? path : real;
}

fs::path directoryOf(const fs::path &path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// One name per path, so that kills in a row leave one file, not many.
fs::path hiddenBeside(const fs::path &path) {
  std::string name = ".";
  name += path.filename().string();
  name += ".gradus-tmp";
  return directoryOf(path) / name;
}

/// Opens the hidden file and holds its lock. Another process may have renamed or removed the file
/// while we waited: then the name means another file (or none), and we begin again.
Result<Descriptor> openHidden(const fs::path &hidden, const fs::path &path) {
  for (;;) {
    Descriptor file(::open(hidden.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (file.get() < 0)
      return failure(path, "cannot write");
    int locked;
    while ((locked = ::flock(file.get(), LOCK_EX)) != 0 && errno == EINTR)
      ;
    if (locked != 0 && errno != ENOLCK && errno != EOPNOTSUPP && errno != EINVAL)
      return failure(path, "cannot lock");
    struct stat opened{}, named{};
    if (::fstat(file.get(), &opened) != 0)
      return failure(path, "cannot write");
    if (::lstat(hidden.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
        named.st_dev == opened.st_dev)
      return file;
  }
}

Status writeAll(int fd, std::span<const std::byte> piece, const fs::path &path) {
  while (!piece.empty()) {
    // Linux writes at most 2 GiB in one call anyway.
    ssize_t written = ::write(fd, piece.data(), std::min<size_t>(piece.size(), size_t{1} << 30));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return failure(path, "cannot write", written < 0 ? errno : ENOSPC);
    piece = piece.subspan(static_cast<size_t>(written));
  }
  return {};
}

Status fill(int fd, std::span<const std::span<const std::byte>> pieces, const fs::path &path) {
  if (::ftruncate(fd, 0) != 0)
    return failure(path, "cannot write");
  struct stat old{};
  if (::stat(path.c_str(), &old) == 0 && ::fchmod(fd, old.st_mode & 0777) != 0)
    return failure(path, "cannot keep the permissions");
  for (std::span<const std::byte> piece : pieces)
    if (Status status = writeAll(fd, piece, path); !status)
      return status;
  return ::fsync(fd) == 0 ? Status() : failure(path, "cannot flush");
}

Status flushDirectory(const fs::path &path) {
  Descriptor directory(::open(directoryOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A directory that may be written but not read cannot be flushed; the file itself was.
  if (directory.get() < 0)
    return errno == EACCES ? Status() : failure(path, "cannot flush the directory");
  if (::fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    return failure(path, "cannot flush the directory");
  return {};
}

} // namespace

Status writeFileAtomically(const fs::path &path,
                           std::span<const std::span<const std::byte>> pieces) {
  Result<fs::path> real = resolve(path);
  if (!real)
    return real.status();
  fs::path hidden = hiddenBeside(*real);
  Result<Descriptor> file = openHidden(hidden, *real);
  if (!file)
    return file.status();
  Status status = fill(file->get(), pieces, *real);
  if (status && ::rename(hidden.c_str(), real->c_str()) != 0)
    status = failure(*real, "cannot replace");
  if (!status) {
    ::unlink(hidden.c_str());
    return status;
  }
  return flushDirectory(*real);
}

Status writeFileAtomically(const fs::path &path, std::string_view text) {
  std::span<const std::byte> piece = std::as_bytes(std::span(text.data(), text.size()));
  return writeFileAtomically(path, std::span(&piece, 1));
}

Status checkWritable(const fs::path &path) {
  Result<fs::path> real = resolve(path);
  if (!real)
    return real.status();
  fs::path hidden = hiddenBeside(*real);
  Result<Descriptor> file = openHidden(hidden, *real);
  if (!file)
    return file.status();
  ::unlink(hidden.c_str());
  return {};
}

} // namespace gradus
