#include "compiler/jit/ObjectCache.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/SHA256.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gradus::compiler {
namespace {

namespace fs = std::filesystem;

constexpr char magic[8] = {'G', 'R', 'A', 'D', 'U', 'S', 'O', '1'};
constexpr const char *suffix = ".gobj";

// An entry: header, key, payload. The digest covers key and payload. All in the machine's own byte
// order: a cache is never moved.
struct Header {
  char magic[8];
  uint64_t keyBytes;
  uint64_t payloadBytes;
  std::array<uint8_t, 32> digest;
};
static_assert(sizeof(Header) == 56);

llvm::StringRef textOf(const std::vector<char> &bytes) { return {bytes.data(), bytes.size()}; }

std::array<uint8_t, 32> digestOf(llvm::StringRef key, llvm::StringRef payload) {
  llvm::SHA256 hash;
  hash.update(key);
  hash.update(payload);
  return hash.final();
}

class Descriptor {
public:
  explicit Descriptor(int fd) : fd(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  bool valid() const { return fd >= 0; }
  int get() const { return fd; }
  bool close() {
    int old = fd;
    fd = -1;
    return old < 0 || ::close(old) == 0;
  }

private:
  int fd;
};

bool readAll(int fd, char *to, size_t bytes) {
  while (bytes > 0) {
    ssize_t got = ::read(fd, to, bytes);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    to += got;
    bytes -= static_cast<size_t>(got);
  }
  return true;
}

bool writeAll(int fd, const char *from, size_t bytes) {
  while (bytes > 0) {
    ssize_t done = ::write(fd, from, bytes);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    from += done;
    bytes -= static_cast<size_t>(done);
  }
  return true;
}

std::string standardFolder() {
  if (const char *own = std::getenv("GRADUS_CACHE"))
    return llvm::StringRef(own) == "off" ? "" : own;
  if (const char *xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg == '/')
    return std::string(xdg) + "/gradus";
  if (const char *home = std::getenv("HOME"); home && *home == '/')
    return std::string(home) + "/.cache/gradus";
  return "";
}

} // namespace

ObjectCache::ObjectCache(std::string folder, uint64_t limit)
    : folder(std::move(folder)), limit(limit) {}

ObjectCache ObjectCache::standard() { return ObjectCache(standardFolder()); }

std::string ObjectCache::fileOf(const std::string &key) const {
  auto digest = digestOf(key, "");
  return folder + "/" + llvm::toHex(digest, /*LowerCase=*/true) + suffix;
}

std::optional<std::vector<char>> ObjectCache::get(const std::string &key) const {
  if (!enabled())
    return std::nullopt;
  std::string path = fileOf(key);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts;
  Header header;
  if (!file.valid() || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode) ||
      facts.st_uid != geteuid() || facts.st_size < static_cast<off_t>(sizeof(Header)) ||
      !readAll(file.get(), reinterpret_cast<char *>(&header), sizeof(Header)))
    return std::nullopt;
  // Sizes are believed only as far as the file goes.
  uint64_t rest = static_cast<uint64_t>(facts.st_size) - sizeof(Header);
  if (std::memcmp(header.magic, magic, sizeof(magic)) != 0 || header.keyBytes != key.size() ||
      header.keyBytes > rest || header.payloadBytes != rest - header.keyBytes)
    return std::nullopt;
  std::string storedKey(header.keyBytes, '\0');
  std::vector<char> payload(header.payloadBytes);
  if (!readAll(file.get(), storedKey.data(), storedKey.size()) ||
      !readAll(file.get(), payload.data(), payload.size()) || storedKey != key ||
      digestOf(storedKey, textOf(payload)) != header.digest)
    return std::nullopt;
  // The time of the last use decides what is removed first.
  (void)utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  return payload;
}

bool ObjectCache::put(const std::string &key, const std::vector<char> &bytes) const {
  if (!enabled())
    return false;
  std::error_code error;
  fs::create_directories(folder, error);
  static std::atomic<uint64_t> serial{0};
  std::string path = fileOf(key);
  std::string temporary =
      path + "." + std::to_string(getpid()) + "." + std::to_string(serial++) + ".tmp";
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid())
    return false;
  Header header{};
  std::memcpy(header.magic, magic, sizeof(magic));
  header.keyBytes = key.size();
  header.payloadBytes = bytes.size();
  header.digest = digestOf(key, textOf(bytes));
  // No flush to the device: after a crash the digest tells, and the entry is made again.
  bool written = writeAll(file.get(), reinterpret_cast<const char *>(&header), sizeof(header)) &&
                 writeAll(file.get(), key.data(), key.size()) &&
                 writeAll(file.get(), bytes.data(), bytes.size());
  written = file.close() && written;
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) {
    ::unlink(temporary.c_str());
    return false;
  }
  removeOldest();
  return true;
}

void ObjectCache::removeOldest() const {
  struct Entry {
    fs::file_time_type used;
    uint64_t bytes;
    fs::path path;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  std::error_code error;
  auto now = fs::file_time_type::clock::now();
  for (fs::directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    std::error_code gone; // another process may remove entries at the same time
    bool abandoned = each->path().extension() == ".tmp";
    if (!abandoned && each->path().extension() != suffix)
      continue;
    Entry entry{each->last_write_time(gone), 0, each->path()};
    if (!gone)
      entry.bytes = each->file_size(gone);
    if (gone)
      continue;
    if (abandoned) {
      if (now - entry.used > std::chrono::hours(1))
        fs::remove(entry.path, gone);
      continue;
    }
    total += entry.bytes;
    entries.push_back(std::move(entry));
  }
  if (total <= limit)
    return;
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return a.used < b.used; });
  for (const Entry &entry : entries) {
    if (total <= limit)
      break;
    std::error_code gone;
    fs::remove(entry.path, gone);
    total -= entry.bytes;
  }
}

// count, then size and bytes of each object.
std::vector<char> packObjects(const std::vector<std::vector<char>> &objects) {
  size_t total = sizeof(uint64_t);
  for (const std::vector<char> &object : objects)
    total += sizeof(uint64_t) + object.size();
  std::vector<char> bytes(total);
  size_t at = 0;
  auto append = [&](const void *from, size_t size) {
    if (size > 0)
      std::memcpy(bytes.data() + at, from, size);
    at += size;
  };
  uint64_t count = objects.size();
  append(&count, sizeof(count));
  for (const std::vector<char> &object : objects) {
    uint64_t size = object.size();
    append(&size, sizeof(size));
    append(object.data(), object.size());
  }
  return bytes;
}

std::optional<std::vector<std::vector<char>>> unpackObjects(const std::vector<char> &bytes) {
  size_t at = 0;
  auto number = [&]() -> std::optional<uint64_t> {
    uint64_t value;
    if (bytes.size() - at < sizeof(value))
      return std::nullopt;
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    at += sizeof(value);
    return value;
  };
  std::vector<std::vector<char>> objects;
  auto count = number();
  if (!count)
    return std::nullopt;
  for (uint64_t i = 0; i < *count; ++i) {
    auto size = number();
    if (!size || *size > bytes.size() - at)
      return std::nullopt;
    objects.emplace_back(bytes.begin() + static_cast<ptrdiff_t>(at),
                         bytes.begin() + static_cast<ptrdiff_t>(at + *size));
    at += *size;
  }
  if (at != bytes.size())
    return std::nullopt;
  return objects;
}

} // namespace gradus::compiler
