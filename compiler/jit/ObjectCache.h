// Compiled programs on disk, so that the second run of a program compiles nothing.
#ifndef GRADUS_COMPILER_JIT_OBJECTCACHE_H
#define GRADUS_COMPILER_JIT_OBJECTCACHE_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gradus::compiler {

/// A folder of entries, one file each, named by the hash of its key. Safe for any number of
/// processes: an entry appears whole (written beside, then renamed) or not at all. An entry that is
/// truncated, altered, of another version or another user's is a miss. Nothing here throws for what
/// the disk does: without a usable folder, every get is a miss and every put does nothing.
class ObjectCache {
public:
  static constexpr uint64_t defaultLimit = uint64_t(512) << 20;

  /// A cache in `folder` (made when first written), empty string: disabled. When the entries grow
  /// beyond `limit` bytes, those not used for longest are removed.
  explicit ObjectCache(std::string folder, uint64_t limit = defaultLimit);

  /// The cache of this user: $GRADUS_CACHE ("" or "off" disables it), else
  /// $XDG_CACHE_HOME/gradus, else ~/.cache/gradus.
  static ObjectCache standard();

  bool enabled() const { return !folder.empty(); }
  const std::string &path() const { return folder; }

  /// The bytes that were put under exactly this key, or nothing.
  std::optional<std::vector<char>> get(const std::string &key) const;

  /// Keeps `bytes` under `key`, replacing what was there. False if that was not possible.
  bool put(const std::string &key, const std::vector<char> &bytes) const;

  /// File of a key, whether it exists or not.
  std::string fileOf(const std::string &key) const;

private:
  void removeOldest() const;

  std::string folder;
  uint64_t limit;
};

/// Several objects as the bytes of one entry, and back; nothing if the bytes are not such.
std::vector<char> packObjects(const std::vector<std::vector<char>> &objects);
std::optional<std::vector<std::vector<char>>> unpackObjects(const std::vector<char> &bytes);

} // namespace gradus::compiler

#endif
