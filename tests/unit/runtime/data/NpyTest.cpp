#include "runtime/data/Npy.h"

#include "runtime/core/Philox.h"
#include "runtime/data/Bytes.h"
#include "tests/unit/runtime/data/TemporaryFolder.h"

#include <cmath>
#include <gtest/gtest.h>
#include <zlib.h>

using namespace gradus;

static Bytes npy(const std::string &header, Bytes elements, uint8_t version = 1) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', version, 0};
  const size_t lengthBytes = version == 1 ? 2 : 4;
  for (size_t i = 0; i < lengthBytes; ++i)
    bytes.push_back(static_cast<uint8_t>(header.size() >> (8 * i)));
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  return bytes;
}

static Bytes typed(const std::string &descr, const std::string &shape, Bytes elements,
                   bool fortran = false) {
  return npy("{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
                 ", 'shape': (" + shape + "), }\n",
             std::move(elements));
}

TEST(Npy, WhatIsWrittenReadsBack) {
  for (DType type : {DType::f32, DType::f64, DType::i32, DType::i64, DType::boolean, DType::u8})
    for (const Shape &shape : {Shape{}, Shape{3}, Shape{2, 3}, Shape{2, 0}, Shape{2, 1, 3}}) {
      NDArray array = NDArray::zeros(shape);
      for (int64_t i = 0; i < array.size(); ++i)
        array.data<float>()[i] = static_cast<float>(i);
      array = array.cast(type);
      const Bytes bytes = formatNpy(array);
      const NDArray back = parseNpy(bytes, "x").value();
      EXPECT_EQ(back.describe(), array.describe());
      EXPECT_EQ(formatNpy(back), bytes);
      EXPECT_EQ((bytes.size() - static_cast<size_t>(array.bytes())) % 64, 0u);
    }
}

TEST(Npy, ReadsEveryElementTypeInEitherByteOrder) {
  auto as = [](const Bytes &bytes, DType type) {
    return parseNpy(bytes, "x").value().cast(type).cast(DType::f64).toVector<double>();
  };
  using D = std::vector<double>;
  EXPECT_EQ(as(typed("<f2", "5,", {0, 0x3c, 0, 0xc1, 1, 0, 0, 0x7c, 0xff, 0x7b}), DType::f64),
            (D{1, -2.5, 0x1p-24, HUGE_VAL, 65504}));
  EXPECT_EQ(as(typed(">f4", "1,", {0x3f, 0xc0, 0, 0}), DType::f32), (D{1.5}));
  EXPECT_EQ(as(typed(">i4", "1,", {255, 255, 255, 254}), DType::i32), (D{-2}));
  EXPECT_EQ(as(typed("|i1", "2,", {255, 127}), DType::i32), (D{-1, 127}));
  EXPECT_EQ(as(typed("<i2", "1,", {0xfe, 0xff}), DType::i32), (D{-2}));
  EXPECT_EQ(as(typed("<u2", "1,", {0xfe, 0xff}), DType::i32), (D{65534}));
  EXPECT_EQ(as(typed("<u4", "1,", {255, 255, 255, 255}), DType::i64), (D{4294967295.0}));
  EXPECT_EQ(as(typed("|b1", "2,", {0, 1}), DType::boolean), (D{0, 1}));
  EXPECT_EQ(as(typed("<i8", "1,", Bytes(8, 255)), DType::i64), (D{-1}));
}

TEST(Npy, FortranOrderBecomesRowMajor) {
  EXPECT_EQ(
      parseNpy(typed("|u1", "2, 3", {0, 3, 1, 4, 2, 5}, true), "x").value().toVector<uint8_t>(),
      (std::vector<uint8_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(parseNpy(typed("|u1", "2, 2, 2", {0, 4, 2, 6, 1, 5, 3, 7}, true), "x")
                .value()
                .toVector<uint8_t>(),
            (std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Npy, VersionsTwoAndThreeHaveLongerHeaders) {
  const std::string header = "{'shape': (2,), 'fortran_order': False, 'descr': '|u1'}";
  for (uint8_t version : {1, 2, 3})
    EXPECT_EQ(parseNpy(npy(header, {1, 2}, version), "x").value().size(), 2);
  EXPECT_FALSE(parseNpy(npy(header, {1, 2}, 4), "x").ok());
}

TEST(Npy, ErrorsSayFileOffsetExpectedAndFound) {
  EXPECT_EQ(parseNpy(typed("<f4", "3,", Bytes(8)), "t.npy").message(),
            "t.npy: offset 68: expected 12 bytes (3 elements of 4 bytes), found 8");
  EXPECT_EQ(parseNpy(typed("<f4", "1,", Bytes(5)), "t.npy").message(),
            "t.npy: offset 68: expected 4 bytes (1 elements of 4 bytes), found 5");
  EXPECT_EQ(parseNpy(typed("<c8", "1,", Bytes(8)), "t.npy").message(),
            "t.npy: offset 20: expected an element type f2, f4, f8, i1, i2, i4, i8, u1, u2, u4 or "
            "b1, found "
            "\"'<c8', 'fort\"");
  for (const char *header :
       {"", "{", "{}", "{'descr': '<f4'}", "{'shape': (1,), 'shape': (1,)}", "{'x': 1}",
        "{'shape': (-1,)}", "{'shape': (1",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"})
    EXPECT_FALSE(parseNpy(npy(header, Bytes(4)), "x").ok()) << header;
}

TEST(Npy, HugeDeclaredSizesAreRefusedBeforeAnyAllocation) {
  for (const char *shape : {"9223372036854775807,", "4294967296, 4294967296", "68719476736,",
                            "9223372036854775807, 9223372036854775807", "2305843009213693952, 4"})
    EXPECT_FALSE(parseNpy(typed("<f8", shape, Bytes(8)), "x").ok()) << shape;
}

TEST(Npy, EveryTruncationIsAnErrorAndNoMutationCrashes) {
  const Bytes whole = formatNpy(NDArray::fromVector<float>({1, 2, 3, 4, 5, 6}, {2, 3}));
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(parseNpy(std::span(whole).first(length), "x").ok()) << length;
  Philox random(5);
  for (int round = 0; round < 10000; ++round) {
    Bytes bytes = whole;
    bytes[random.nextBelow(bytes.size())] = static_cast<uint8_t>(random.nextBelow(256));
    bytes[random.nextBelow(80)] = static_cast<uint8_t>(random.nextBelow(256));
    (void)parseNpy(bytes, "x");
  }
}

// ---- NPZ
// --------------------------------------------------------------------------------------------------

static void put(Bytes &bytes, uint64_t value, int count) {
  for (int i = 0; i < count; ++i, value >>= 8)
    bytes.push_back(static_cast<uint8_t>(value));
}

static Bytes deflated(const Bytes &data) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
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

/// A zip archive of the files; the local headers are those of numpy.savez (ZIP64 extra field, sizes
/// all ones).
static Bytes zip(const std::vector<std::pair<std::string, Bytes>> &files, bool deflate) {
  Bytes out, directory;
  for (const auto &[name, data] : files) {
    const Bytes packed = deflate ? deflated(data) : data;
    const uint64_t crc = crc32_z(0, data.data(), data.size()), offset = out.size();
    const int method = deflate ? 8 : 0;
    put(out, 0x04034b50, 4), put(out, 45, 2), put(out, 0, 2),
        put(out, static_cast<uint64_t>(method), 2);
    put(out, 0, 4), put(out, crc, 4), put(out, ~0u, 4), put(out, ~0u, 4);
    put(out, name.size(), 2), put(out, 20, 2);
    out.insert(out.end(), name.begin(), name.end());
    put(out, 1, 2), put(out, 16, 2), put(out, data.size(), 8), put(out, packed.size(), 8);
    out.insert(out.end(), packed.begin(), packed.end());

    put(directory, 0x02014b50, 4), put(directory, 45, 2), put(directory, 45, 2),
        put(directory, 0, 2);
    put(directory, static_cast<uint64_t>(method), 2), put(directory, 0, 4), put(directory, crc, 4);
    put(directory, packed.size(), 4), put(directory, data.size(), 4),
        put(directory, name.size(), 2);
    put(directory, 0, 12), put(directory, offset, 4);
    directory.insert(directory.end(), name.begin(), name.end());
  }
  const uint64_t at = out.size();
  out.insert(out.end(), directory.begin(), directory.end());
  put(out, 0x06054b50, 4), put(out, 0, 4), put(out, files.size(), 2), put(out, files.size(), 2);
  put(out, directory.size(), 4), put(out, at, 4), put(out, 0, 2);
  return out;
}

static std::vector<std::pair<std::string, Bytes>> twoArrays() {
  return {{"x.npy", formatNpy(NDArray::fromVector<float>({1, 2, 3}))},
          {"y.npy", formatNpy(NDArray::scalar<int64_t>(7))}};
}

TEST(Npz, ReadsStoredAndDeflatedArraysByName) {
  for (bool deflate : {false, true}) {
    const NamedArrays arrays = parseNpz(zip(twoArrays(), deflate), "t.npz").value();
    ASSERT_EQ(arrays.size(), 2u);
    EXPECT_EQ(arrays[0].first, "x");
    EXPECT_EQ(arrays[0].second.toVector<float>(), (std::vector<float>{1, 2, 3}));
    EXPECT_EQ(arrays[1].first, "y");
    EXPECT_EQ(arrays[1].second.item<int64_t>(), 7);
  }
  EXPECT_TRUE(parseNpz(zip({}, false), "t.npz").value().empty());
}

TEST(Npz, EveryTruncationAndAnyTrailingByteIsAnError) {
  for (bool deflate : {false, true}) {
    Bytes whole = zip(twoArrays(), deflate);
    for (size_t length = 0; length < whole.size(); ++length)
      EXPECT_FALSE(parseNpz(std::span(whole).first(length), "x").ok()) << length;
    whole.push_back(0);
    EXPECT_FALSE(parseNpz(whole, "x").ok());
  }
}

TEST(Npz, DamagedDataFailTheChecksumAndNoMutationCrashes) {
  const auto files = twoArrays();
  for (bool deflate : {false, true}) {
    const Bytes whole = zip(files, deflate);
    if (!deflate) {
      Bytes damaged = whole;
      damaged[30 + 5 + 20 + files[0].second.size() - 1] ^= 1;
      EXPECT_EQ(parseNpz(damaged, "t.npz").message(),
                "t.npz: x.npy: its checksum differs: the data are damaged");
    }
    Philox random(6);
    for (int round = 0; round < 10000; ++round) {
      Bytes bytes = whole;
      for (int i = 0; i < 2; ++i)
        bytes[random.nextBelow(bytes.size())] = static_cast<uint8_t>(random.nextBelow(256));
      (void)parseNpz(bytes, "x");
    }
  }
}

TEST(Npz, AFileThatIsNoArchiveIsNamed) {
  const TemporaryFolder folder;
  EXPECT_NE(readNpz(folder.write("t.npz", "hello")).message().find("expected the end record"),
            std::string::npos);
  EXPECT_NE(readNpz(folder.path() / "none").message().find("cannot open"), std::string::npos);
  EXPECT_EQ(readNpy(folder.write("t.npy", formatNpy(NDArray::zeros({2})))).value().size(), 2);
}
