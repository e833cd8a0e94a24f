// Saved states: safetensors files, ours, the runtime's, of other tools, and broken ones.
#include "Model.h"
#include "runtime/checkpoint/Checkpoint.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <unistd.h>

using namespace gradus;
using gradus::tests::Model;
using gradus::tests::someRecords;

namespace {

class TemporaryFile {
public:
  TemporaryFile()
      : path(std::filesystem::temp_directory_path() /
             ("gradus-library-" + std::to_string(::getpid()) + ".safetensors")) {}
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string bytes() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const std::filesystem::path path;
};

std::string fileOf(const std::string &header, const std::string &data) {
  std::string file(8, '\0');
  for (int i = 0; i < 8; ++i)
    file[static_cast<size_t>(i)] = static_cast<char>(uint64_t{header.size()} >> 8 * i);
  return file + header + data;
}

/// Two tensors, "w" f32 [2, 3] and "n" i32 [].
struct Small {
  Small()
      : model({{"w", DType::f32, {2, 3}, {Layout::Kind::transposed, 0}, true, {}},
               {"n", DType::i32, {}, {}, false, {}}}) {
    for (float x : {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f})
      w.append(reinterpret_cast<const char *>(&x), 4);
  }
  /// Loads a file with this header, whose data are those of w, then n = 7. The values must be right
  /// if it succeeds; the state must be untouched if it fails.
  int32_t load(const std::string &header) { return loadFile(fileOf(header, w + n)); }
  int32_t loadFile(const std::string &file) {
    auto state = model.memory();
    const std::string before = model.bytesOf(state.get());
    const int32_t code = model.load(state.get(), file);
    if (code == GRADUS_OK) {
      EXPECT_EQ(model.values(state.get(), 0).toVector<float>(),
                (std::vector<float>{1, 2, 3, 4, 5, 6}));
      EXPECT_EQ(model.values(state.get(), 1).item<int32_t>(), 7);
    } else {
      EXPECT_EQ(model.bytesOf(state.get()), before);
    }
    return code;
  }
  Model model;
  std::string w, n = std::string("\7\0\0\0", 4);
};

const std::string wRecord = R"("w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]})",
                  nRecord = R"("n":{"dtype":"I32","shape":[],"data_offsets":[24,28]})";

TEST(LibraryFile, ASavedStateLoadsAgainAndEqualStatesGiveEqualBytes) {
  const Model model(someRecords());
  const auto state = model.initialised(3);
  const std::string file = model.saved(state.get());
  ASSERT_FALSE(file.empty());
  auto loaded = model.memory();
  EXPECT_EQ(model.load(loaded.get(), file), GRADUS_OK);
  EXPECT_EQ(model.bytesOf(loaded.get()), model.bytesOf(state.get()));
  EXPECT_EQ(model.saved(loaded.get()), file);
  EXPECT_NE(model.saved(model.initialised(4).get()), file);
}

TEST(LibraryFile, TheRuntimeReadsWhatTheLibraryWrites) {
  const Model model(someRecords());
  const auto state = model.initialised(3);
  TemporaryFile file;
  std::ofstream(file.path, std::ios::binary) << model.saved(state.get());
  Result<TensorFile> read = loadTensors(file.path);
  ASSERT_TRUE(read) << read.message();
  ASSERT_EQ(read->tensors.size(), model.records.size());
  for (size_t i = 0; i < model.records.size(); ++i) {
    const NDArray own = model.values(state.get(), i),
                  &theirs = read->tensors.at(model.records[i].name);
    EXPECT_EQ(own.describe(), theirs.describe());
    EXPECT_EQ(std::memcmp(own.raw(), theirs.raw(), static_cast<size_t>(own.bytes())), 0);
  }
}

TEST(LibraryFile, CheckpointsOfTheRuntimeLoadWithTensorsThatTheModelHasNot) {
  const Model model(someRecords());
  std::vector<StateRecord> more = someRecords();
  more.insert(more.begin(), {"adam.w1", DType::f32, {7, 40}, {}, false, {}});
  more.push_back({"zz", DType::boolean, {3}, {}, false, {}});
  NDArray mask = NDArray::zeros({11}, DType::boolean);
  std::memcpy(mask.raw(), model.data.data(), 11);
  State state(more, 11, {{"mask", mask}});
  TemporaryFile file;
  ASSERT_TRUE(saveState(file.path, state, {{"epoch", "3"}, {"gradus_model", "another"}}));
  auto loaded = model.memory();
  EXPECT_EQ(model.load(loaded.get(), file.bytes()), GRADUS_OK);
  EXPECT_EQ(model.bytesOf(loaded.get()), model.bytesOf(model.initialised(11).get()));
}

TEST(LibraryFile, ModelsOfManyTensorsLoad) {
  for (int count : {0, 1, 31, 32, 33, 64, 100}) {
    std::vector<StateRecord> records;
    for (int i = 0; i < count; ++i)
      records.push_back({"t" + std::to_string(i * 37 % 101),
                         DType::f32,
                         {1 + i % 5},
                         {},
                         true,
                         {InitialValues::Kind::normal, 0, 1}});
    const Model model(records);
    const auto state = model.initialised(1);
    auto loaded = model.memory();
    EXPECT_EQ(model.load(loaded.get(), model.saved(state.get())), GRADUS_OK) << count;
    EXPECT_EQ(model.bytesOf(loaded.get()), model.bytesOf(state.get()));
    if (count == 0)
      continue;
    records.push_back({"one more", DType::f32, {}, {}, true, {}});
    const Model larger(records);
    auto untouched = larger.memory();
    EXPECT_EQ(larger.load(untouched.get(), model.saved(state.get())), GRADUS_MISSING_TENSOR);
    EXPECT_EQ(larger.bytesOf(untouched.get()), larger.bytesOf(larger.memory().get()));
  }
}

TEST(LibraryFile, HeadersOfOtherToolsAreUnderstood) {
  Small small;
  for (
      const std::string &header : {
          "{" + wRecord + "," + nRecord + "}",
          "{" + nRecord + "," + wRecord + "}    ",
          std::string("\t{ \"n\" : {\"data_offsets\" : [ 24 ,28\n] , \"shape\":[ ],"
                      " \"dtype\":\"I32\" } ,\r\n\"w\":{ \"shape\" :[ 2 , 3 ],\"dtype\": "
                      "\"F32\",\"data_offsets\":[0, 24]}\n}\n"),
          "{\"__metadata__\":{}," + wRecord + "," + nRecord + "}",
          "{" + wRecord + ",\"__metadata__\":{\"a\":\"{}[],:\\\"\",\"gradus_abi\":\"1\"}," +
              nRecord + "}",
          "{\"__metadata__\":{\"gradus_model\":\"another\",\"gradus_stamp\":\"0\"}," + wRecord +
              "," + nRecord + "}",
          "{\"x\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}," + wRecord +
              ",\"y\":[[{\"a\":-1.5e+3},{}],[],true,false,null,\"\\u00e9\"],\"ww\":0," + nRecord +
              "}",
          // the names in escapes, unknown members of records
          R"({"\u0077":{"dtype":"F\u00332","shape":[2,3],"data_offsets":[0,24],"more":{"w":[]}},)" +
              nRecord + "}",
      })
    EXPECT_EQ(small.load(header), GRADUS_OK) << header;
}

TEST(LibraryFile, NamesAreComparedByMeaningNotBySpelling) {
  const Model model(
      {{"\xc3\xa9/\"\\\t\xf0\x9f\x98\x80\xe2\x82\xac", DType::f32, {}, {}, true, {}}});
  auto load = [&](const std::string &name) {
    auto state = model.memory();
    return model.load(state.get(),
                      fileOf("{\"" + name + R"(":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})",
                             std::string(4, '\0')));
  };
  EXPECT_EQ(load("\xc3\xa9/\\\"\\\\\\t\xf0\x9f\x98\x80\xe2\x82\xac"), GRADUS_OK);
  EXPECT_EQ(load(R"(\u00e9\/\u0022\u005C\u0009\ud83d\uDE00\u20ac)"), GRADUS_OK);
  EXPECT_EQ(load(R"(\u00e9\/\u0022\u005C\u0009\ud83d\u20ac)"), GRADUS_MISSING_TENSOR);
  EXPECT_EQ(load(R"(\u00e9\/\u0022\u005C\u0009\ude00\ud83d\u20ac)"), GRADUS_MISSING_TENSOR);
  EXPECT_EQ(load(R"(\u00e9)"), GRADUS_MISSING_TENSOR);
  EXPECT_EQ(load(""), GRADUS_MISSING_TENSOR);
}

TEST(LibraryFile, EachMistakeHasItsCode) {
  Small small;
  auto expect = [&](int32_t code, const std::string &header) {
    EXPECT_EQ(small.load(header), code) << header;
  };
  auto w = [&](const std::string &record) { return "{\"w\":" + record + "," + nRecord + "}"; };
  expect(GRADUS_MISSING_TENSOR, "{" + wRecord + "}");
  expect(GRADUS_MISSING_TENSOR, "{}");
  expect(GRADUS_MISSING_TENSOR, "{\"__metadata__\":{\"w\":\"\",\"n\":\"\"}}");
  for (const char *version : {"0", "2", "", "1.0", "one"})
    expect(GRADUS_WRONG_VERSION, "{" + wRecord + ",\"__metadata__\":{\"gradus_abi\":\"" + version +
                                     "\"}," + nRecord + "}");
  expect(GRADUS_WRONG_TENSOR, w(R"({"dtype":"F64","shape":[2,3],"data_offsets":[0,24]})"));
  expect(GRADUS_WRONG_TENSOR, w(R"({"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]})"));
  expect(GRADUS_WRONG_TENSOR, w(R"({"dtype":4,"shape":[2,3],"data_offsets":[0,24]})"));
  for (const char *shape : {"[3,2]", "[6]", "[]", "[2,3,1]", "[2,30]", "[22,3]", "[2.0,3]", "6",
                            "null", "\"[2,3]\"", "[[2,3]]", "{}", "[-2,-3]"})
    expect(GRADUS_WRONG_TENSOR,
           w(std::string(R"({"dtype":"F32","shape":)") + shape + R"(,"data_offsets":[0,24]})"));
  for (const char *offsets : {"[0,23]",
                              "[0,28]",
                              "[24,0]",
                              "[5,29]",
                              "[4,29]",
                              "[24]",
                              "[0,24,0]",
                              "[-1,23]",
                              "[]",
                              "24",
                              "[00,24]",
                              "[0,0024]",
                              "[0.0,24]",
                              "[0,1e9]",
                              "[9223372036854775784,9223372036854775808]",
                              "[18446744073709551592,18446744073709551616]",
                              "[999999999999999975,999999999999999999]",
                              "{}",
                              "[\"0\",24]",
                              "[0 24]",
                              "[0,2 4]"})
    expect(GRADUS_BAD_FILE,
           w(std::string(R"({"dtype":"F32","shape":[2,3],"data_offsets":)") + offsets + "}"));
  expect(GRADUS_BAD_FILE, w("3"));
  expect(GRADUS_BAD_FILE, w("[]"));
  expect(GRADUS_BAD_FILE, w("{}"));
  expect(GRADUS_BAD_FILE, w(R"({"dtype":"F32","shape":[2,3]})"));
  expect(GRADUS_BAD_FILE, w(R"({"dtype":"F32","data_offsets":[0,24]})"));
  expect(GRADUS_BAD_FILE, w(R"({"shape":[2,3],"data_offsets":[0,24]})"));
  expect(GRADUS_BAD_FILE,
         w(R"({"dtype":"F32","dtype":"F32","shape":[2,3],"data_offsets":[0,24]})"));
  expect(GRADUS_BAD_FILE, "{" + wRecord + "," + wRecord + "," + nRecord + "}");
  expect(GRADUS_BAD_FILE, "{\"__metadata__\":{\"a\":1}," + wRecord + "," + nRecord + "}");
  expect(GRADUS_BAD_FILE, "{\"__metadata__\":[]," + wRecord + "," + nRecord + "}");
}

TEST(LibraryFile, WhatIsNoJsonIsRefusedWhereverItStands) {
  Small small;
  for (const char *value :
       {"",        "[",        "{",          "[}",          "{]",        "[1,]",   "[,1]",  "[1 2]",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",       "{1:1}",     "tru",    "truex", "nul",
        "01",      "1.",       ".5",         "1e",          "1e+",       "+1",     "-",     "--1",
        "\"",      "\"\\\"",   "\"\\x\"",    "\"\\u12g4\"", "\"\\u12\"", "\"\n\"", "1,2",   "]",
        "}",       "'a'",      "NaN",        "Infinity",    "/**/1"})
    EXPECT_EQ(small.load("{\"x\":" + std::string(value) + "," + wRecord + "," + nRecord + "}"),
              GRADUS_BAD_FILE)
        << value;
  for (const std::string &header :
       {std::string(), std::string(" "), std::string("[]"), std::string("null"),
        "{" + wRecord + "," + nRecord, "{" + wRecord + "," + nRecord + "}}",
        "{" + wRecord + "," + nRecord + "} x", "{" + wRecord + " " + nRecord + "}",
        "{," + wRecord + "," + nRecord + "}", "{" + wRecord + "," + nRecord + ",}",
        "{" + wRecord + "," + nRecord + "}" + std::string(1, '\0'),
        "\xef\xbb\xbf{" + wRecord + "," + nRecord + "}"})
    EXPECT_EQ(small.load(header), GRADUS_BAD_FILE) << header;
  auto nested = [&](size_t depth, const std::string &open, const std::string &close) {
    std::string value;
    for (size_t i = 0; i < depth; ++i)
      value += open;
    value += "1";
    for (size_t i = 0; i < depth; ++i)
      value += close;
    return small.load("{\"x\":" + value + "," + wRecord + "," + nRecord + "}");
  };
  EXPECT_EQ(nested(30, "[", "]"), GRADUS_OK);
  EXPECT_EQ(nested(30, "{\"a\":", "}"), GRADUS_OK);
  EXPECT_EQ(nested(31, "[", "]"), GRADUS_BAD_FILE);
  EXPECT_EQ(nested(100000, "{\"a\":", "}"), GRADUS_BAD_FILE);
}

TEST(LibraryFile, AFileThatEndsTooEarlyIsRefused) {
  const Model model(someRecords());
  const auto state = model.initialised(3);
  const std::string file = model.saved(state.get());
  auto loaded = model.memory();
  const std::string before = model.bytesOf(loaded.get());
  for (size_t size = 0; size < file.size(); ++size)
    ASSERT_EQ(model.load(loaded.get(), file.substr(0, size)), GRADUS_BAD_FILE) << size;
  EXPECT_EQ(model.bytesOf(loaded.get()), before);
  EXPECT_EQ(model.load(loaded.get(), file + "more"), GRADUS_OK);
}

TEST(LibraryFile, AHostileLengthOfTheHeaderIsRefused) {
  Small small;
  std::string file = fileOf("{" + wRecord + "," + nRecord + "}", small.w + small.n);
  for (uint64_t length : {uint64_t{0}, uint64_t{1}, uint64_t{file.size() - 7}, uint64_t{1} << 32,
                          uint64_t{1} << 63, ~uint64_t{0}, ~uint64_t{7}, uint64_t{INT64_MAX}}) {
    for (int i = 0; i < 8; ++i)
      file[static_cast<size_t>(i)] = static_cast<char>(length >> 8 * i);
    EXPECT_EQ(small.loadFile(file), GRADUS_BAD_FILE) << length;
  }
  const Model &model = small.model;
  auto state = model.memory();
  const uint8_t byte = 0;
  for (int64_t bytes : {int64_t{-1}, INT64_MIN, int64_t{0}})
    EXPECT_EQ(gradus_state_load(&model.model, model.tensors.data(), model.text.data(), state.get(),
                                &byte, bytes),
              GRADUS_BAD_FILE);
}

TEST(LibraryFile, NoChangeOfBytesIsReadOutOfBoundsOrHalfLoaded) {
  std::vector<StateRecord> records = someRecords();
  records.erase(records.begin(), records.begin() + 3);
  const Model model(records);
  const std::string good = model.saved(model.initialised(1).get());
  const size_t head = 8 + static_cast<size_t>(model.model.header_bytes);
  auto state = model.memory();
  const std::string before = model.bytesOf(state.get());
  const std::string letters = "{}[]\",:\\0123456789-+.eEutn \n";
  Philox random(1);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string file = good;
    for (uint64_t changes = 1 + random.nextBelow(4); changes > 0; --changes) {
      const size_t at = random.nextBelow(head);
      switch (random.nextBelow(4)) {
      case 0:
        file[at] = static_cast<char>(random.next());
        break;
      case 1:
        file.erase(at, 1 + random.nextBelow(20));
        break;
      default:
        file[at] = letters[random.nextBelow(letters.size())];
      }
    }
    if (model.load(state.get(), file) == GRADUS_OK) {
      ++accepted;
      state = model.memory();
    } else {
      ASSERT_EQ(model.bytesOf(state.get()), before) << file.substr(8, head);
    }
  }
  EXPECT_LT(accepted, 20000 / 2);
}

TEST(LibraryFile, SavingAndLoadingCheckWhatTheyAreGiven) {
  const Model model(someRecords());
  auto state = model.initialised(), other = model.memory();
  std::string buffer(static_cast<size_t>(model.model.saved_bytes) + 10, 'x');
  EXPECT_EQ(model.save(state.get(), buffer.data(), model.model.saved_bytes - 1), GRADUS_WRONG_SIZE);
  EXPECT_EQ(model.save(state.get(), buffer.data(), -1), GRADUS_WRONG_SIZE);
  EXPECT_EQ(model.save(state.get(), nullptr, model.model.saved_bytes), GRADUS_NULL_POINTER);
  EXPECT_EQ(model.save(nullptr, buffer.data(), model.model.saved_bytes), GRADUS_NULL_POINTER);
  EXPECT_EQ(model.save(other.get(), buffer.data(), model.model.saved_bytes), GRADUS_WRONG_STATE);
  EXPECT_EQ(model.save(state.get() + 8, buffer.data(), model.model.saved_bytes), GRADUS_MISALIGNED);
  EXPECT_EQ(buffer, std::string(buffer.size(), 'x'));
  // at any address, and no byte more
  EXPECT_EQ(model.save(state.get(), buffer.data() + 3, model.model.saved_bytes + 7), GRADUS_OK);
  EXPECT_EQ(buffer.substr(3, buffer.size() - 10), model.saved(state.get()));
  EXPECT_EQ(buffer.substr(buffer.size() - 7), "xxxxxxx");
  EXPECT_EQ(model.load(other.get() + 8, buffer.substr(3)), GRADUS_MISALIGNED);
  EXPECT_EQ(model.load(nullptr, buffer.substr(3)), GRADUS_NULL_POINTER);
  EXPECT_EQ(gradus_state_load(&model.model, model.tensors.data(), model.text.data(), other.get(),
                              nullptr, 100),
            GRADUS_NULL_POINTER);
  EXPECT_EQ(model.load(other.get(), buffer.substr(3)), GRADUS_OK);
}

TEST(LibraryFile, ABoolThatIsNeitherZeroNorOneIsRefused) {
  const Model model({{"mask", DType::boolean, {4}, {}, false, {}}});
  auto state = model.initialised();
  std::string file = model.saved(state.get());
  file.back() = 1;
  EXPECT_EQ(model.load(state.get(), file), GRADUS_OK);
  file.back() = 2;
  EXPECT_EQ(model.load(state.get(), file), GRADUS_WRONG_TENSOR);
}

} // namespace
