#include "runtime/checkpoint/AtomicFile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace gradus;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

class AtomicFileTest : public testing::Test {
protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "gradus-atomic-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory = name;
    path = directory / "file";
  }
  void TearDown() override { fs::remove_all(directory); }
  std::string bytes() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  size_t filesInDirectory() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
  }
  fs::path directory, path;
};

TEST_F(AtomicFileTest, TheNewTextReplacesTheOldAndNothingElseRemains) {
  ASSERT_TRUE(writeFileAtomically(path, "old and longer").ok());
  ASSERT_TRUE(writeFileAtomically(path, "new").ok());
  EXPECT_EQ(bytes(), "new");
  EXPECT_EQ(filesInDirectory(), 1u);
}

TEST_F(AtomicFileTest, PermissionsOfTheOldFileAreKept) {
  ASSERT_TRUE(writeFileAtomically(path, "old").ok());
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(writeFileAtomically(path, "new").ok());
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AtomicFileTest, ALinkIsFollowed) {
  fs::path real = directory / "real";
  ASSERT_TRUE(writeFileAtomically(real, "old").ok());
  fs::create_symlink(real, path);
  ASSERT_TRUE(writeFileAtomically(path, "new").ok());
  EXPECT_TRUE(fs::is_symlink(path));
  std::ifstream in(real);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "new");
}

TEST_F(AtomicFileTest, WhatIsNoRegularFileIsNotReplaced) {
  EXPECT_THAT(writeFileAtomically(directory, "x").message(), HasSubstr("is a directory"));
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(writeFileAtomically(path, "x").message(), HasSubstr("not a regular file"));
  EXPECT_THAT(checkWritable(path).message(), HasSubstr("not a regular file"));
  EXPECT_FALSE(writeFileAtomically("", "x").ok());
}

TEST_F(AtomicFileTest, AMissingDirectoryIsSaidInOneLine) {
  Status status = writeFileAtomically(directory / "none" / "file", "x");
  EXPECT_THAT(status.message(), HasSubstr("cannot write: No such file or directory"));
  EXPECT_EQ(checkWritable(directory / "none" / "file").message(), status.message());
}

TEST_F(AtomicFileTest, CheckingLeavesNothingBehindAndChangesNothing) {
  EXPECT_TRUE(checkWritable(path).ok());
  EXPECT_EQ(filesInDirectory(), 0u);
  ASSERT_TRUE(writeFileAtomically(path, "old").ok());
  EXPECT_TRUE(checkWritable(path).ok());
  EXPECT_EQ(bytes(), "old");
  EXPECT_EQ(filesInDirectory(), 1u);
}

TEST_F(AtomicFileTest, AWriteThatFailsHalfWayLeavesTheOldFileWhole) {
  ASSERT_TRUE(writeFileAtomically(path, "old").ok());
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) { // the limit is for good, so it is set in a process of its own
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    Status status = writeFileAtomically(path, std::string(100000, 'n'));
    bool said = status.message().find("cannot write: File too large") != std::string::npos;
    _exit(said ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(bytes(), "old");
  EXPECT_EQ(filesInDirectory(), 1u);
}

// /dev/full is a device, not a file system; where one can be mounted, a file system that is full.
TEST_F(AtomicFileTest, AFullDiskLeavesTheOldFileWhole) {
  std::string command = "mount -t tmpfs -o size=64k none '" + directory.string() + "' 2>/dev/null";
  if (geteuid() != 0 || std::system(command.c_str()) != 0)
    GTEST_SKIP() << "no file system can be mounted here; the half-way test covers the code";
  EXPECT_TRUE(writeFileAtomically(path, std::string(20000, 'o')).ok());
  Status status = writeFileAtomically(path, std::string(60000, 'n'));
  EXPECT_THAT(status.message(), HasSubstr("No space left on device"));
  EXPECT_EQ(bytes(), std::string(20000, 'o'));
  EXPECT_EQ(filesInDirectory(), 1u);
  EXPECT_EQ(std::system(("umount '" + directory.string() + "'").c_str()), 0);
}

bool isWhole(const std::string &text) {
  return text.size() == 300000 && text.find_first_not_of(text[0]) == std::string::npos;
}

TEST_F(AtomicFileTest, AKillAtAnyMomentLeavesAWholeFile) {
  ASSERT_TRUE(writeFileAtomically(path, std::string(300000, 'a')).ok());
  for (int round = 0; round < 40; ++round) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
      for (char c = 'a';; c = c == 'z' ? 'a' : static_cast<char>(c + 1))
        if (!writeFileAtomically(path, std::string(300000, c)))
          _exit(1);
    usleep(static_cast<useconds_t>(200 + 97 * round)); // another phase of the write each time
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "a write failed";
    EXPECT_TRUE(isWhole(bytes())) << "round " << round;
    EXPECT_LE(filesInDirectory(), 2u) << "kills pile files up";
  }
  ASSERT_TRUE(writeFileAtomically(path, "end").ok());
  EXPECT_EQ(filesInDirectory(), 1u);
}

TEST_F(AtomicFileTest, WritersAtOnceNeverMixTheirBytes) {
  std::vector<std::thread> writers;
  for (char c : {'a', 'b', 'c', 'd'})
    writers.emplace_back([&, c] {
      for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(writeFileAtomically(path, std::string(300000, c)).ok());
    });
  for (std::thread &writer : writers)
    writer.join();
  EXPECT_TRUE(isWhole(bytes()));
  EXPECT_EQ(filesInDirectory(), 1u);
}

} // namespace
