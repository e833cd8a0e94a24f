// First values, get and set, checks.
#include "Model.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <set>

using namespace gradus;
using gradus::tests::Model;
using gradus::tests::someRecords;

namespace {

std::string rawOf(const NDArray &array) {
  return std::string(static_cast<const char *>(array.raw()), static_cast<size_t>(array.bytes()));
}

TEST(LibraryState, FirstValuesAreThoseOfAStateOfTheRuntime) {
  const Model model(someRecords());
  std::map<std::string, NDArray> data;
  NDArray mask = NDArray::zeros({11}, DType::boolean);
  std::memcpy(mask.raw(), model.data.data(), 11);
  data["mask"] = mask;
  const uint64_t seed = 0x123456789abcdef;
  State state(model.records, seed, data);
  const auto own = model.initialised(seed);
  for (size_t i = 0; i < model.records.size(); ++i)
    EXPECT_EQ(rawOf(model.values(own.get(), i)), rawOf(state.get(model.records[i].name)))
        << model.records[i].name;
  EXPECT_EQ(model.values(own.get(), 8).item<int64_t>(), -3);
  EXPECT_EQ(model.values(own.get(), 11).data<uint8_t>()[26], 200);
  const std::vector<int32_t> dice = model.values(own.get(), 9).toVector<int32_t>();
  EXPECT_EQ(std::set<int32_t>(dice.begin(), dice.end()), (std::set<int32_t>{1, 2, 3, 4, 5, 6}));
}

TEST(LibraryState, EveryByteOfAStateDependsOnModelAndSeedAlone) {
  const Model model(someRecords());
  auto first = model.initialised(5), second = model.memory();
  std::memset(second.get(), 0, static_cast<size_t>(model.model.state_bytes));
  EXPECT_EQ(
      gradus_state_init(&model.model, model.tensors.data(), model.data.data(), second.get(), 5),
      GRADUS_OK);
  EXPECT_EQ(model.bytesOf(first.get()), model.bytesOf(second.get()));
  EXPECT_NE(model.bytesOf(first.get()), model.bytesOf(model.initialised(6).get()));
}

TEST(LibraryState, WithoutDoublesTheValuesAreTheSame) {
  std::vector<StateRecord> records = someRecords();
  Model refused(records);
  auto state = refused.memory();
  EXPECT_EQ(gradus_state_init_single(&refused.model, refused.tensors.data(), refused.data.data(),
                                     state.get(), 0),
            GRADUS_WRONG_TENSOR);
  for (StateRecord &record : records) // doubles remain, but none is drawn
    if (record.dtype != DType::f32 && record.init.kind != InitialValues::Kind::data)
      record.init = {InitialValues::Kind::constant, 7.75};
  const Model model(records);
  state = model.memory();
  EXPECT_EQ(gradus_state_init_single(&model.model, model.tensors.data(), model.data.data(),
                                     state.get(), 9),
            GRADUS_OK);
  EXPECT_EQ(model.bytesOf(state.get()), model.bytesOf(model.initialised(9).get()));
}

TEST(LibraryState, ConstantsOfIntegersAreTruncatedAndSaturate) {
  const double inf = std::numeric_limits<double>::infinity();
  auto constant = [](DType type, double value) {
    return initialValues({"c", type, {}, {}, false, {InitialValues::Kind::constant, value}}, 0);
  };
  for (double x : {0.0, -0.0, 0.99, -0.99, 1.0, 2.5, -2.5, 123456789.75, -2147483648.0, 1e-300})
    EXPECT_EQ(constant(DType::i32, x).item<int32_t>(), static_cast<int32_t>(x)) << x;
  for (double x : {1e15 + 0.5, -4503599627370497.0, 9007199254740993.0, 9.2e18, -9.2e18})
    EXPECT_EQ(constant(DType::i64, x).item<int64_t>(), static_cast<int64_t>(x)) << x;
  for (double x : {3e9, 1e300, inf})
    EXPECT_EQ(constant(DType::i32, x).item<int32_t>(), INT32_MAX);
  for (double x : {-3e9, -1e300, -inf})
    EXPECT_EQ(constant(DType::i32, x).item<int32_t>(), INT32_MIN);
  EXPECT_EQ(constant(DType::i64, 0x1p63).item<int64_t>(), INT64_MAX);
  EXPECT_EQ(constant(DType::i64, -0x1p63).item<int64_t>(), INT64_MIN);
  EXPECT_EQ(constant(DType::i64, -inf).item<int64_t>(), INT64_MIN);
  EXPECT_EQ(constant(DType::i32, std::nan("")).item<int32_t>(), 0);
  EXPECT_EQ(constant(DType::u8, -5).item<uint8_t>(), 0);
  EXPECT_EQ(constant(DType::u8, 256).item<uint8_t>(), 255);
  EXPECT_TRUE(constant(DType::boolean, 0.25).item<bool>());
  EXPECT_FALSE(constant(DType::boolean, -0.0).item<bool>());
}

TEST(LibraryState, TheSinglePrecisionQuantileIsTheDoubleOneRounded) {
  double worst = 0;
  auto check = [&](uint32_t bits) {
    const double exact = normalQuantile(openUniform(bits));
    const double found = gradus_normal_single(bits);
    worst = std::max(worst, std::abs(found - exact) / std::abs(exact));
  };
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 9973)
    check(static_cast<uint32_t>(bits));
  for (uint32_t i = 0; i < 1000; ++i)
    for (uint32_t from : {0u, 0u - 1000u, 0x80000000u, 0x80000000u - 1000u, 322122547u - 500u})
      check(from + i);
  EXPECT_LT(worst, 4e-7);
  for (uint32_t bits : {0u, 1u, 77u, 0x13579bdfu, 0x7fffffffu})
    EXPECT_EQ(gradus_normal_single(bits), -gradus_normal_single(~bits));
}

TEST(LibraryState, ValuesGoInAndOutRowMajorWhateverTheLayout) {
  const Model model(someRecords());
  auto state = model.initialised();
  for (size_t i = 0; i < model.records.size(); ++i) {
    const StateRecord &record = model.records[i];
    NDArray values = NDArray::zeros(record.shape, record.dtype);
    auto *bytes = static_cast<uint8_t *>(values.raw());
    for (int64_t j = 0; j < values.bytes(); ++j)
      bytes[j] = static_cast<uint8_t>(record.dtype == DType::boolean ? j % 2 : j * 31 % 251);
    ASSERT_EQ(model.set(state.get(), static_cast<int64_t>(i), values.raw(), values.bytes()), 0);
    EXPECT_EQ(rawOf(model.values(state.get(), i)), rawOf(values)) << record.name;
    if (record.layout.kind != Layout::Kind::rowMajor) {
      const Layout &layout = record.layout;
      const int64_t rows = record.shape[0], cols = record.shape[1], size = sizeOf(record.dtype);
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < cols; ++c)
          ASSERT_EQ(std::memcmp(state.get() + model.tensors[i].offset +
                                    size * layout.offset(r, c, rows, cols),
                                bytes + size * (r * cols + c), static_cast<size_t>(size)),
                    0);
    }
  }
}

TEST(LibraryState, GetAndSetCheckWhatTheyAreGiven) {
  const Model model(someRecords());
  auto state = model.initialised(), other = model.memory();
  std::vector<float> b(19, 3);
  const auto last = static_cast<int64_t>(model.records.size());
  EXPECT_EQ(model.get(state.get(), 3, b.data(), 76), GRADUS_OK);
  EXPECT_EQ(model.get(state.get(), 3, b.data(), 75), GRADUS_WRONG_SIZE);
  EXPECT_EQ(model.get(state.get(), 3, b.data(), 80), GRADUS_WRONG_SIZE);
  EXPECT_EQ(model.get(state.get(), 3, b.data(), -1), GRADUS_WRONG_SIZE);
  EXPECT_EQ(model.get(state.get(), 3, nullptr, 76), GRADUS_NULL_POINTER);
  EXPECT_EQ(model.get(nullptr, 3, b.data(), 76), GRADUS_NULL_POINTER);
  EXPECT_EQ(model.get(state.get() + 4, 3, b.data(), 76), GRADUS_MISALIGNED);
  EXPECT_EQ(model.get(other.get(), 3, b.data(), 76), GRADUS_WRONG_STATE);
  for (int64_t which : {int64_t{-1}, last, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(model.get(state.get(), which, b.data(), 76), GRADUS_BAD_INDEX);
    EXPECT_EQ(model.set(state.get(), which, b.data(), 76), GRADUS_BAD_INDEX);
  }
  EXPECT_EQ(model.set(state.get(), 3, b.data(), 72), GRADUS_WRONG_SIZE);
  EXPECT_EQ(model.set(state.get(), 3, nullptr, 76), GRADUS_NULL_POINTER);
  EXPECT_EQ(model.set(other.get(), 3, b.data(), 76), GRADUS_WRONG_STATE);
  EXPECT_EQ(model.set(state.get() + 8, 3, b.data(), 76), GRADUS_MISALIGNED);
  const std::string before = model.bytesOf(state.get());
  const uint8_t noBools[11] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 2};
  EXPECT_EQ(model.set(state.get(), 10, noBools, 11), GRADUS_WRONG_TENSOR);
  EXPECT_EQ(model.bytesOf(state.get()), before);
  EXPECT_EQ(gradus_state_init(&model.model, model.tensors.data(), nullptr, nullptr, 0),
            GRADUS_NULL_POINTER);
  EXPECT_EQ(gradus_state_init(&model.model, model.tensors.data(), nullptr, state.get() + 32, 0),
            GRADUS_MISALIGNED);
}

TEST(LibraryChecks, ACallIsCheckedPointerByPointer) {
  const Model model(someRecords());
  auto state = model.initialised(), arena = model.memory();
  auto check = [&](void *a, void *b, void *c, const uint8_t *s, const void *arenaPointer,
                   int64_t hasState = 1) {
    const int64_t entry[] = {1, 2, hasState, 64, 1, 4, 1, 8, 0, 1}; // the input is the caller's second
    void *inputs[] = {nullptr, a}, *outputs[] = {c, b};
    return gradus_check_call(&model.model, entry, s, inputs, outputs, arenaPointer);
  };
  alignas(64) uint8_t x[64];
  EXPECT_EQ(check(x, x, x + 1, state.get(), arena.get()), GRADUS_OK);
  EXPECT_EQ(check(x + 4, x + 8, x, state.get(), arena.get()), GRADUS_OK);
  EXPECT_EQ(check(x + 2, x, x, state.get(), arena.get()), GRADUS_MISALIGNED);
  EXPECT_EQ(check(x, x + 4, x, state.get(), arena.get()), GRADUS_MISALIGNED);
  EXPECT_EQ(check(x, x, nullptr, state.get(), arena.get()), GRADUS_NULL_POINTER);
  EXPECT_EQ(check(x, x, x, nullptr, arena.get()), GRADUS_NULL_POINTER);
  EXPECT_EQ(check(x, x, x, arena.get(), arena.get(), 0), GRADUS_OK);
  EXPECT_EQ(check(x, x, x, state.get() + 32, arena.get()), GRADUS_MISALIGNED);
  EXPECT_EQ(check(x, x, x, arena.get(), arena.get()), GRADUS_WRONG_STATE);
  EXPECT_EQ(check(x, x, x, state.get(), nullptr), GRADUS_NULL_POINTER);
  EXPECT_EQ(check(x, x, x, state.get(), arena.get() + 8), GRADUS_MISALIGNED);
}

TEST(LibraryChecks, EveryCodeHasATextOfItsOwn) {
  std::set<std::string> texts;
  for (int32_t code = GRADUS_OK; code <= GRADUS_NO_CPU; ++code)
    texts.insert(gradus_error_text(code));
  EXPECT_EQ(texts.size(), static_cast<size_t>(GRADUS_NO_CPU + 1));
  EXPECT_STREQ(gradus_error_text(GRADUS_OK), "ok");
  EXPECT_THAT(gradus_error_text(GRADUS_NO_CPU), testing::HasSubstr("processor"));
  for (int32_t code : {-1, GRADUS_NO_CPU + 1, INT32_MAX, INT32_MIN})
    EXPECT_STREQ(gradus_error_text(code), "unknown error");
}

} // namespace
