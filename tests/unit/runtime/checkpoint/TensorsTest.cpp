#include "runtime/checkpoint/Tensors.h"

#include "runtime/core/Json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

using namespace gradus;
using testing::HasSubstr;

namespace {

/// A directory of its own for each test.
class TensorsTest : public testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "gradus-tensors-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory = name;
    path = directory / "a.safetensors";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string bytes() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string &text) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(text.data(), std::ssize(text));
  }
  /// A file with this header and so many bytes of data.
  void writeFile(const std::string &header, size_t dataBytes) const {
    uint64_t length = header.size();
    write(std::string(reinterpret_cast<char *>(&length), 8) + header +
          std::string(dataBytes, '\0'));
  }
  std::string message() const {
    Result<TensorFile> file = loadTensors(path);
    EXPECT_FALSE(file.ok());
    EXPECT_EQ(file.message().find('\n'), std::string::npos) << "an error is one line";
    EXPECT_THAT(file.message(), HasSubstr(path.string()));
    return file.message();
  }

  std::filesystem::path directory, path;
};

NamedTensors sample() {
  return {{"w", NDArray::fromVector<float>({1, 2.5f, -3, 4, 5, 6}, {2, 3})},
          {"d", NDArray::fromVector<double>({0.1, 0.2}, {2})},
          {"i", NDArray::fromVector<int32_t>({7, -8}, {2, 1})},
          {"l", NDArray::scalar<int64_t>(1LL << 40)},
          {"flags", NDArray::fromVector<bool>({true, false, true}, {3})},
          {"pixels", NDArray::fromVector<uint8_t>({0, 255}, {2})},
          {"empty", NDArray::zeros({0, 4})}};
}

void expectEqual(const NamedTensors &a, const NamedTensors &b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto &[name, array] : a) {
    ASSERT_TRUE(b.contains(name)) << name;
    const NDArray &other = b.at(name);
    EXPECT_EQ(array.dtype(), other.dtype()) << name;
    EXPECT_EQ(array.shape(), other.shape()) << name;
    ASSERT_EQ(array.bytes(), other.bytes()) << name;
    EXPECT_EQ(std::memcmp(array.raw(), other.raw(), static_cast<size_t>(array.bytes())), 0) << name;
  }
}

TEST_F(TensorsTest, EveryTypeAndTheMetadataComeBackAsTheyWere) {
  Metadata metadata = {{"epoch", "3"}, {"text", "line\n\"quoted\" \xc3\xa9"}};
  ASSERT_TRUE(saveTensors(path, sample(), metadata).ok());
  Result<TensorFile> file = loadTensors(path);
  ASSERT_TRUE(file.ok()) << file.message();
  expectEqual(sample(), file->tensors);
  EXPECT_EQ(file->metadata, metadata);
}

TEST_F(TensorsTest, NoTensorsAreAFileToo) {
  ASSERT_TRUE(saveTensors(path, {}).ok());
  Result<TensorFile> file = loadTensors(path);
  ASSERT_TRUE(file.ok()) << file.message();
  EXPECT_TRUE(file->tensors.empty());
  EXPECT_TRUE(file->metadata.empty());
}

TEST_F(TensorsTest, TheFileIsSafetensorsWithAlignedData) {
  ASSERT_TRUE(saveTensors(path, sample()).ok());
  std::string file = bytes();
  uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  EXPECT_EQ((8 + length) % 64, 0u);
  EXPECT_EQ(file[8], '{');
  Result<Json> header = parseJson(std::string_view(file).substr(8, length));
  ASSERT_TRUE(header.ok()) << header.message();
  for (const auto &[name, array] : sample()) {
    const Json &record = header->at(name);
    auto begin = static_cast<size_t>(record.at("data_offsets").at(size_t{0}).asInt());
    EXPECT_EQ(begin % static_cast<size_t>(sizeOf(array.dtype())), 0u) << name;
    EXPECT_EQ(std::memcmp(file.data() + 8 + length + begin, array.raw(),
                          static_cast<size_t>(array.bytes())),
              0)
        << name;
  }
  EXPECT_EQ(header->at("w").at("dtype").asString(), "F32");
}

TEST_F(TensorsTest, EqualTensorsGiveEqualBytes) {
  ASSERT_TRUE(saveTensors(path, sample(), {{"a", "b"}}).ok());
  std::string first = bytes();
  ASSERT_TRUE(saveTensors(path, sample(), {{"a", "b"}}).ok());
  EXPECT_EQ(bytes(), first);
}

TEST_F(TensorsTest, AFileOfAnotherToolNeedsNoChecksum) {
  writeFile(
      R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"format":"pt"}})",
      8);
  Result<TensorFile> file = loadTensors(path);
  ASSERT_TRUE(file.ok()) << file.message();
  EXPECT_EQ(file->tensors.at("x").shape(), Shape{2});
  EXPECT_EQ(file->metadata.at("format"), "pt");
}

TEST_F(TensorsTest, AFileCutAnywhereIsAnError) {
  ASSERT_TRUE(saveTensors(path, sample(), {{"epoch", "3"}}).ok());
  std::string file = bytes();
  for (size_t keep = file.size(); keep-- > 0;) { // in place: no file is made and flushed anew
    std::filesystem::resize_file(path, keep);
    message();
  }
  write(file + "x");
  EXPECT_THAT(message(), HasSubstr("bytes of data after the header"));
}

TEST_F(TensorsTest, NoFlippedBitGoesUnnoticed) {
  ASSERT_TRUE(saveTensors(path, sample(), {{"epoch", "3"}}).ok());
  const std::string file = bytes();
  std::fstream damaged(path, std::ios::in | std::ios::out | std::ios::binary);
  auto put = [&](size_t at, int bits) {
    damaged.seekp(static_cast<std::streamoff>(at));
    damaged.put(static_cast<char>(file[at] ^ bits)).flush();
  };
  for (size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      put(at, 1 << bit);
      EXPECT_FALSE(loadTensors(path).ok()) << "byte " << at << " bit " << bit;
    }
    put(at, 0);
  }
  EXPECT_TRUE(loadTensors(path).ok());
}

TEST_F(TensorsTest, MessagesSayWhereAndWhatWasExpected) {
  EXPECT_THAT(message(), HasSubstr("cannot open: No such file"));
  write("abc");
  EXPECT_THAT(message(), HasSubstr("expected at least 8 bytes, found 3"));
  write(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}      ", 16));
  EXPECT_THAT(message(), HasSubstr("byte 0: expected a header length from 2 to 8, found "
                                   "9223372036854775807"));
  writeFile("{\"x\":}", 0);
  EXPECT_THAT(message(), HasSubstr("header, line 1, column 6"));
  writeFile("[]", 0);
  EXPECT_THAT(message(), HasSubstr("header: expected an object, found array"));
  writeFile(R"({"x":1})", 0);
  EXPECT_THAT(message(), HasSubstr("tensor \"x\": expected dtype, shape and two data_offsets"));
  writeFile(R"({"x":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}})", 2);
  EXPECT_THAT(message(), HasSubstr("found \"BF16\""));
  writeFile(R"({"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4);
  EXPECT_THAT(message(), HasSubstr("expected sizes of at least 0, found -1"));
  writeFile(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})", 4);
  EXPECT_THAT(message(), HasSubstr("expected data_offsets within 4 bytes of data, found [0,8]"));
  writeFile(R"({"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8);
  EXPECT_THAT(message(), HasSubstr("F32 3 takes 3 x 4 bytes, found 8"));
  writeFile(R"({"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", 0);
  EXPECT_THAT(message(), HasSubstr("takes too many x 4 bytes, found 0"));
  writeFile(R"({"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
            R"("y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
            3);
  EXPECT_THAT(message(), HasSubstr("tensor \"y\": expected its data at 2 (no hole, no overlap), "
                                   "found 1"));
  writeFile(R"({"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2);
  EXPECT_THAT(message(), HasSubstr("expected its data at 0"));
  writeFile(R"({"__metadata__":{"a":1}})", 0);
  EXPECT_THAT(message(), HasSubstr("__metadata__, \"a\": expected a string, found integer"));
  writeFile(R"({"__metadata__":{"format":"gradus 1"}})", 0);
  EXPECT_THAT(message(), HasSubstr("expected a checksum"));
}

TEST_F(TensorsTest, ABooleanByteOtherThanZeroOrOneIsAnError) {
  std::string header = R"({"x":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})";
  writeFile(header, 1);
  EXPECT_TRUE(loadTensors(path).ok());
  std::string file = bytes();
  file.back() = 2;
  write(file);
  EXPECT_THAT(message(), HasSubstr("element 0: expected 0 or 1, found 2"));
}

TEST_F(TensorsTest, ADirectoryIsNoCheckpoint) {
  std::filesystem::create_directory(path);
  EXPECT_THAT(message(), HasSubstr("is a directory"));
}

TEST_F(TensorsTest, NamesThatTheFormatCannotHoldAreRefused) {
  NDArray x = NDArray::zeros({1});
  EXPECT_FALSE(saveTensors(path, {{"__metadata__", x}}).ok());
  EXPECT_FALSE(saveTensors(path, {{"\xff", x}}).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
}

} // namespace
