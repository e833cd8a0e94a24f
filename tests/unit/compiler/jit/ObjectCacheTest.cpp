#include "compiler/jit/ObjectCache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace gradus::compiler;
namespace fs = std::filesystem;

namespace {

// Puts a variable of the environment back at the end.
class Environment {
public:
  explicit Environment(const char *name) : name(name) {
    if (const char *value = std::getenv(name))
      old = value;
  }
  ~Environment() { old ? setenv(name, old->c_str(), 1) : unsetenv(name); }
  Environment(const Environment &) = delete;
  Environment &operator=(const Environment &) = delete;

private:
  const char *name;
  std::optional<std::string> old;
};

class ObjectCacheTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "gradus-cache-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  void TearDown() override {
    fs::permissions(folder, fs::perms::owner_all);
    fs::remove_all(folder);
  }
  std::vector<char> bytes(size_t size, char seed) const {
    std::vector<char> result(size);
    for (size_t i = 0; i < size; ++i)
      result[i] = static_cast<char>(seed + i * 7);
    return result;
  }
  size_t filesIn() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  std::string folder;
};

TEST_F(ObjectCacheTest, WhatWasPutIsFoundAgain) {
  ObjectCache cache(folder + "/not/yet/there");
  EXPECT_FALSE(cache.get("key"));
  EXPECT_TRUE(cache.put("key", bytes(1000, 3)));
  EXPECT_EQ(cache.get("key"), bytes(1000, 3));
  EXPECT_FALSE(cache.get("another key"));
  EXPECT_TRUE(cache.put("key", bytes(5, 4)));
  EXPECT_EQ(cache.get("key"), bytes(5, 4));
  EXPECT_TRUE(cache.put("nothing", {}));
  EXPECT_EQ(cache.get("nothing"), std::vector<char>());
}

TEST_F(ObjectCacheTest, EveryAlteredByteMakesAMiss) {
  ObjectCache cache(folder);
  ASSERT_TRUE(cache.put("key", bytes(100, 1)));
  std::string path = cache.fileOf("key");
  auto size = fs::file_size(path);
  for (size_t at = 0; at < size; ++at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    char old = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(old ^ 0x40));
    file.close();
    EXPECT_FALSE(cache.get("key")) << "byte " << at;
    std::fstream repair(path, std::ios::in | std::ios::out | std::ios::binary);
    repair.seekp(static_cast<std::streamoff>(at));
    repair.put(old);
  }
  EXPECT_TRUE(cache.get("key"));
}

TEST_F(ObjectCacheTest, EveryTruncationAndEveryTailMakesAMiss) {
  ObjectCache cache(folder);
  for (size_t size = 0; size < 160; ++size) {
    ASSERT_TRUE(cache.put("key", bytes(100, 1)));
    if (size == fs::file_size(cache.fileOf("key")))
      continue;
    fs::resize_file(cache.fileOf("key"), size);
    EXPECT_FALSE(cache.get("key")) << size;
  }
  ASSERT_TRUE(cache.put("key", bytes(100, 1)));
  std::ofstream(cache.fileOf("key"), std::ios::app) << "x";
  EXPECT_FALSE(cache.get("key"));
  EXPECT_TRUE(cache.put("key", bytes(100, 1))) << "a damaged entry is replaced";
  EXPECT_TRUE(cache.get("key"));
}

TEST_F(ObjectCacheTest, AnEntryOfAnotherKeyUnderThisNameIsAMiss) {
  ObjectCache cache(folder);
  ASSERT_TRUE(cache.put("one", bytes(10, 1)));
  fs::rename(cache.fileOf("one"), cache.fileOf("two"));
  EXPECT_FALSE(cache.get("two"));
}

TEST_F(ObjectCacheTest, AFolderInTheWayOfAnEntryIsAMiss) {
  ObjectCache cache(folder);
  fs::create_directory(cache.fileOf("key"));
  EXPECT_FALSE(cache.get("key"));
  EXPECT_FALSE(cache.put("key", bytes(10, 1)));
}

TEST_F(ObjectCacheTest, AnUnusableFolderMissesQuietly) {
  std::ofstream(folder + "/file") << "not a folder";
  ObjectCache cache(folder + "/file");
  EXPECT_FALSE(cache.put("key", bytes(10, 1)));
  EXPECT_FALSE(cache.get("key"));
  ObjectCache missing("/proc/gradus");
  EXPECT_FALSE(missing.put("key", bytes(10, 1)));
  EXPECT_FALSE(missing.get("key"));
}

TEST_F(ObjectCacheTest, AnUnwritableFolderMissesQuietly) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may write everywhere";
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  ObjectCache cache(folder);
  EXPECT_FALSE(cache.put("key", bytes(10, 1)));
  EXPECT_FALSE(cache.get("key"));
}

TEST_F(ObjectCacheTest, ADisabledCacheKeepsNothing) {
  ObjectCache cache("");
  EXPECT_FALSE(cache.enabled());
  EXPECT_FALSE(cache.put("key", bytes(10, 1)));
  EXPECT_FALSE(cache.get("key"));
}

TEST_F(ObjectCacheTest, TheEnvironmentChoosesTheFolder) {
  Environment cache("GRADUS_CACHE"), xdg("XDG_CACHE_HOME"), home("HOME");
  unsetenv("GRADUS_CACHE");
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(ObjectCache::standard().path(), "/home/someone/.cache/gradus");
  setenv("XDG_CACHE_HOME", "/xdg", 1);
  EXPECT_EQ(ObjectCache::standard().path(), "/xdg/gradus");
  setenv("GRADUS_CACHE", "/own", 1);
  EXPECT_EQ(ObjectCache::standard().path(), "/own");
  setenv("GRADUS_CACHE", "off", 1);
  EXPECT_FALSE(ObjectCache::standard().enabled());
  setenv("GRADUS_CACHE", "", 1);
  EXPECT_FALSE(ObjectCache::standard().enabled());
}

TEST_F(ObjectCacheTest, EntriesNotUsedForLongestLeaveFirst) {
  ObjectCache cache(folder, 3500);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(cache.put("key" + std::to_string(i), bytes(1000, 1)));
    fs::last_write_time(cache.fileOf("key" + std::to_string(i)),
                        fs::file_time_type::clock::now() - std::chrono::minutes(10 - i));
  }
  ASSERT_TRUE(cache.get("key0")); // now the youngest
  ASSERT_TRUE(cache.put("key3", bytes(1000, 1)));
  EXPECT_TRUE(cache.get("key0"));
  EXPECT_FALSE(cache.get("key1"));
  EXPECT_TRUE(cache.get("key2"));
  EXPECT_TRUE(cache.get("key3"));
}

TEST_F(ObjectCacheTest, ProcessesThatShareAFolderSeeWholeEntriesOnly) {
  constexpr int processes = 4, rounds = 60;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ObjectCache cache(folder);
      int failures = 0;
      for (int round = 0; round < rounds; ++round) {
        std::string key = "key" + std::to_string(round % 3);
        // Whoever wrote it, an entry is one of the four that are possible.
        if (!cache.put(key, std::vector<char>(20000 + p, static_cast<char>('a' + p))))
          ++failures;
        auto found = cache.get(key);
        if (!found || found->empty() || found->size() != 20000u + (found->front() - 'a') ||
            *found != std::vector<char>(found->size(), found->front()))
          ++failures;
      }
      _exit(failures ? 1 : 0);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(filesIn(), 3u) << "no temporary file is left";
}

TEST(PackedObjects, ComeBackAsTheyWere) {
  std::vector<std::vector<char>> objects = {{'a', 'b'}, {}, std::vector<char>(1000, 'c')};
  EXPECT_EQ(unpackObjects(packObjects(objects)), objects);
  EXPECT_EQ(unpackObjects(packObjects({})), std::vector<std::vector<char>>());
}

TEST(PackedObjects, EveryTruncationIsNoticed) {
  std::vector<char> bytes = packObjects({{'a', 'b'}, {'c'}});
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(unpackObjects(std::vector<char>(bytes.begin(), bytes.begin() + size)));
  bytes.push_back(0);
  EXPECT_FALSE(unpackObjects(bytes));
}

} // namespace
