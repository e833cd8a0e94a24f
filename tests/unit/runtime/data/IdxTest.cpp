#include "runtime/data/Idx.h"

#include "runtime/core/Philox.h"
#include "runtime/data/Bytes.h"
#include "runtime/data/Dataset.h"
#include "tests/unit/runtime/data/TemporaryFolder.h"

#include <gtest/gtest.h>
#include <zlib.h>

using namespace gradus;

static Bytes idx(uint8_t code, std::initializer_list<uint32_t> sizes, Bytes elements) {
  Bytes bytes = {0, 0, code, static_cast<uint8_t>(sizes.size())};
  for (uint32_t size : sizes)
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<uint8_t>(size >> shift));
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  return bytes;
}

static Bytes gzip(std::span<const uint8_t> data) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(data.size() + 1000);
  stream.next_in = const_cast<Bytef *>(data.data());
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Idx, ReadsEveryElementType) {
  EXPECT_EQ(parseIdx(idx(8, {2, 2}, {1, 2, 3, 255}), "x").value().toVector<uint8_t>(),
            (std::vector<uint8_t>{1, 2, 3, 255}));
  EXPECT_EQ(parseIdx(idx(9, {2}, {1, 255}), "x").value().toVector<int32_t>(),
            (std::vector<int32_t>{1, -1}));
  EXPECT_EQ(parseIdx(idx(0x0b, {2}, {1, 0, 255, 254}), "x").value().toVector<int32_t>(),
            (std::vector<int32_t>{256, -2}));
  EXPECT_EQ(parseIdx(idx(0x0c, {1}, {255, 255, 255, 253}), "x").value().toVector<int32_t>(),
            (std::vector<int32_t>{-3}));
  EXPECT_EQ(parseIdx(idx(0x0d, {1}, {0x3f, 0xc0, 0, 0}), "x").value().toVector<float>(),
            (std::vector<float>{1.5f}));
  EXPECT_EQ(
      parseIdx(idx(0x0e, {1}, {0xbf, 0xf8, 0, 0, 0, 0, 0, 0}), "x").value().toVector<double>(),
      (std::vector<double>{-1.5}));
  EXPECT_EQ(parseIdx(idx(8, {3, 0}, {}), "x").value().shape(), (Shape{3, 0}));
}

TEST(Idx, ErrorsSayFileOffsetExpectedAndFound) {
  auto problem = [](Bytes bytes) { return parseIdx(bytes, "t.idx").message(); };
  EXPECT_EQ(problem({}),
            "t.idx: offset 0: expected a magic number of 4 bytes, found the end of the file");
  EXPECT_EQ(problem({1, 0, 8, 1}), "t.idx: offset 0: expected two zero bytes, found 1 and 0");
  EXPECT_EQ(problem({0, 0, 7, 1}),
            "t.idx: offset 2: expected an element type 8, 9, 11, 12, 13 or 14, found 7");
  EXPECT_EQ(problem({0, 0, 8, 0}), "t.idx: offset 3: expected 1 to 16 axes, found 0");
  EXPECT_EQ(problem({0, 0, 8, 200}), "t.idx: offset 3: expected 1 to 16 axes, found 200");
  EXPECT_EQ(problem({0, 0, 8, 1, 0}),
            "t.idx: offset 5: expected the size of axis 0, found the end of the file");
  EXPECT_EQ(problem(idx(8, {2, 3}, {1, 2, 3})),
            "t.idx: offset 12: expected 6 bytes (2x3 elements), found 3");
  EXPECT_EQ(problem(idx(8, {2}, {1, 2, 3})),
            "t.idx: offset 8: expected 2 bytes (2 elements), found 3");
}

TEST(Idx, HugeDeclaredSizesAreRefusedBeforeAnyAllocation) {
  EXPECT_FALSE(parseIdx(idx(8, {~0u, ~0u, ~0u, ~0u}, {1}), "x").ok());
  EXPECT_FALSE(parseIdx(idx(0x0e, {~0u}, {1}), "x").ok());
  const TemporaryFolder folder;
  const auto message = readIdx(folder.write("x.gz", gzip(idx(8, {~0u, 10}, {1})))).message();
  EXPECT_NE(message.find("too few for that"), std::string::npos) << message;
}

TEST(Idx, EveryTruncationOfPlainAndGzipIsAnError) {
  const TemporaryFolder folder;
  const Bytes plain = idx(8, {3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), packed = gzip(plain);
  EXPECT_EQ(readIdx(folder.write("whole.gz", packed)).value().toVector<uint8_t>(),
            parseIdx(plain, "x").value().toVector<uint8_t>());
  for (const Bytes &whole : {plain, packed})
    for (size_t length = 0; length < whole.size(); ++length) {
      const auto path = folder.write("cut", std::span(whole).first(length));
      const Result<NDArray> array = readIdx(path);
      EXPECT_FALSE(array.ok()) << length;
      EXPECT_NE(array.message().find("cut: "), std::string::npos) << array.message();
    }
}

TEST(Idx, TrailingBytesAreReported) {
  const TemporaryFolder folder;
  Bytes packed = gzip(idx(8, {2}, {1, 2}));
  packed.push_back(7);
  const auto message = readIdx(folder.write("x.gz", packed)).message();
  EXPECT_NE(message.find("expected the end of the file, found 1 bytes more"), std::string::npos)
      << message;
  EXPECT_FALSE(readIdx(folder.write("y.gz", gzip(idx(8, {2}, {1, 2, 3})))).ok());
}

TEST(Idx, DamagedBytesNeverCrash) {
  Philox random(4);
  const TemporaryFolder folder;
  const Bytes plain = idx(8, {3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), packed = gzip(plain);
  for (int round = 0; round < 300; ++round) {
    Bytes bytes = round % 2 ? plain : packed;
    bytes[random.nextBelow(bytes.size())] ^= static_cast<uint8_t>(1 + random.nextBelow(255));
    (void)readIdx(folder.write("x", bytes));
  }
}

TEST(Idx, AMissingFileAndADirectoryAreErrors) {
  const TemporaryFolder folder;
  EXPECT_NE(readIdx(folder.path() / "none").message().find("cannot open"), std::string::npos);
  EXPECT_NE(readIdx(folder.path()).message().find("found a directory"), std::string::npos);
}

TEST(Gzip, SeveralMembersFollowEachOther) {
  Bytes both = gzip(Bytes{1, 2}), second = gzip(Bytes{3});
  both.insert(both.end(), second.begin(), second.end());
  EXPECT_EQ(gunzip(both, "x").value(), (Bytes{1, 2, 3}));
  EXPECT_FALSE(gunzip(both, "x", 2).ok());
  EXPECT_FALSE(gunzip(Bytes{1, 2, 3}, "x").ok());
}

TEST(Gzip, LongDataComeBackWhole) {
  Bytes data(300000);
  Philox random(9);
  for (uint8_t &byte : data)
    byte = static_cast<uint8_t>(random.nextBelow(4));
  EXPECT_EQ(gunzip(gzip(data), "x").value(), data);
  EXPECT_EQ(gunzipPrefix(gzip(data), 10, "x").value(), Bytes(data.begin(), data.begin() + 10));
}

static void writeFolder(const TemporaryFolder &folder, uint8_t lastLabel = 2) {
  folder.write("train-images-idx3-ubyte", idx(8, {3, 1, 2}, {0, 255, 51, 0, 1, 2}));
  folder.write("train-labels-idx1-ubyte.gz", gzip(idx(8, {3}, {0, 1, lastLabel})));
  folder.write("t10k-images.idx3-ubyte.gz", gzip(idx(8, {1, 1, 2}, {0, 255})));
  folder.write("t10k-labels-idx1-ubyte", idx(8, {1}, {1}));
}

TEST(IdxFolder, LoadsPlainAndPackedFilesUnderBothSpellings) {
  const TemporaryFolder folder;
  writeFolder(folder);
  const DataSplit data = loadIdxFolder(folder.path()).value();
  EXPECT_EQ(data.train.features.shape(), (Shape{3, 1, 2}));
  EXPECT_EQ(data.train.features.data<float>()[1], 1.0f);
  EXPECT_EQ(data.train.features.data<float>()[2], 0.2f);
  EXPECT_EQ(data.train.labels.toVector<int32_t>(), (std::vector<int32_t>{0, 1, 2}));
  EXPECT_EQ(data.train.classes, 3);
  EXPECT_EQ(data.test.classes, 3);
  EXPECT_TRUE(data.train.check().ok());
  EXPECT_TRUE(data.test.check().ok());
}

TEST(IdxFolder, MissingAndMismatchedFilesAreNamed) {
  const TemporaryFolder folder;
  EXPECT_NE(loadIdxFolder(folder.path()).message().find("expected a file train-images-idx3-ubyte"),
            std::string::npos);
  EXPECT_NE(loadIdxFolder(folder.path() / "none").message().find("expected a directory"),
            std::string::npos);
  writeFolder(folder);
  folder.write("t10k-labels-idx1-ubyte", idx(8, {2}, {1, 1}));
  EXPECT_NE(loadIdxFolder(folder.path())
                .message()
                .find("t10k-labels-idx1-ubyte: offset 0: expected labels u8 1 (one for each "
                      "image), found u8 2"),
            std::string::npos);
  writeFolder(folder);
  folder.write("t10k-images.idx3-ubyte.gz", gzip(idx(8, {1, 2, 2}, {0, 1, 2, 3})));
  EXPECT_NE(loadIdxFolder(folder.path()).message().find("training images are 1x2"),
            std::string::npos);
}
