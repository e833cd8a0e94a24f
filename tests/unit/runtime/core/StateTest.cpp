#include "runtime/core/State.h"

#include "runtime/core/Json.h"

#include <cmath>
#include <gtest/gtest.h>
#include <stdexcept>

using namespace gradus;

static StateRecord matrix(std::string name, Layout layout = {}, InitialValues init = {}) {
  return {std::move(name), DType::f32, {30, 20}, layout, true, init};
}

static InitialValues glorot() { return {InitialValues::Kind::glorotUniform, 0, 0, 30, 20}; }

TEST(State, InitialValuesDependOnNeitherLayoutNorOrder) {
  const Layout layouts[] = {{}, {Layout::Kind::transposed, 0}, {Layout::Kind::panels, 8}};
  const NDArray expected = initialValues(matrix("w", {}, glorot()), 7);
  for (const Layout &layout : layouts) {
    State first({matrix("w", layout, glorot()), matrix("v", layout, glorot())}, 7);
    State second({matrix("v", layout, glorot()), matrix("w", layout, glorot())}, 7);
    EXPECT_EQ(first.get("w").toVector<float>(), expected.toVector<float>());
    EXPECT_EQ(second.get("w").toVector<float>(), expected.toVector<float>());
    EXPECT_NE(first.get("v").toVector<float>(), expected.toVector<float>());
    first.initialise(8);
    EXPECT_NE(first.get("w").toVector<float>(), expected.toVector<float>());
    first.initialise(7);
    EXPECT_EQ(first.get("w").toVector<float>(), expected.toVector<float>());
  }
}

TEST(State, EachInitialiserHasItsDistribution) {
  auto moments = [](InitialValues init) {
    StateRecord record{"w", DType::f32, {200, 300}, {}, true, init};
    const NDArray values = initialValues(record, 3);
    double sum = 0, squares = 0, largest = 0;
    for (float x : values.span<float>()) {
      sum += x;
      squares += double(x) * x;
      largest = std::max(largest, std::abs(double(x)));
    }
    const double n = static_cast<double>(values.size());
    return std::array<double, 3>{sum / n, std::sqrt(squares / n), largest};
  };
  auto check = [&](InitialValues init, double mean, double rms, double bound) {
    const auto [gotMean, gotRms, largest] = moments(init);
    EXPECT_NEAR(gotMean, mean, 0.02 * (rms + 1e-9));
    EXPECT_NEAR(gotRms, rms, 0.02 * rms + 1e-9);
    EXPECT_LE(largest, bound);
  };
  using Kind = InitialValues::Kind;
  check({Kind::zeros}, 0, 0, 0);
  check({Kind::constant, 2.5}, 2.5, 2.5, 2.5);
  check({Kind::uniform, -3, 3}, 0, std::sqrt(3.0), 3);
  check({Kind::normal, 0, 2}, 0, 2, 12);
  const double limit = std::sqrt(6.0 / 500);
  check({Kind::glorotUniform, 0, 0, 200, 300}, 0, limit / std::sqrt(3.0), limit * 1.0001);
  check({Kind::glorotNormal, 0, 0, 200, 300}, 0, std::sqrt(2.0 / 500), 1);
  check({Kind::heUniform, 0, 0, 200, 300}, 0, std::sqrt(2.0 / 200), std::sqrt(6.0 / 200) * 1.0001);
  check({Kind::heNormal, 0, 0, 200, 300}, 0, std::sqrt(2.0 / 200), 1);
}

TEST(State, ValuesGoInAndOutRowMajorWhateverTheLayout) {
  State state({matrix("w", {Layout::Kind::panels, 16})});
  std::vector<float> values(600);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);
  state.set("w", NDArray::fromVector(values, {30, 20}));
  EXPECT_EQ(state.get("w").toVector<float>(), values);
  const float *raw = static_cast<const float *>(state.buffer("w"));
  EXPECT_EQ(raw[16], 20) << "row 1 of the first panel follows row 0";
  EXPECT_EQ(reinterpret_cast<uintptr_t>(raw) % GRADUS_ALIGNMENT, 0u);
}

TEST(State, MisuseNamesTheStateAndWhatWasExpected) {
  State state({matrix("w")});
  try {
    state.set("w", NDArray::zeros({20, 30}));
    FAIL();
  } catch (const std::invalid_argument &problem) {
    EXPECT_STREQ(problem.what(), "state \"w\": expected f32 30x20, found f32 20x30");
  }
  EXPECT_THROW(state.set("w", NDArray::zeros({30, 20}, DType::f64)), std::invalid_argument);
  EXPECT_THROW(state.get("x"), std::invalid_argument);
  EXPECT_THROW(state.buffer("x"), std::invalid_argument);
}

TEST(State, ASecondProgramSharesBuffersAndMustAgreeOnThem) {
  State state({matrix("w", {}, glorot())}, 1);
  void *buffer = state.buffer("w");
  const auto before = state.get("w").toVector<float>();
  EXPECT_EQ(state.add(matrix("w", {}, {InitialValues::Kind::zeros})), buffer);
  EXPECT_EQ(state.get("w").toVector<float>(), before);
  EXPECT_THROW(state.add(matrix("w", {Layout::Kind::transposed, 0})), std::invalid_argument);
  void *added = state.add(matrix("u"));
  EXPECT_EQ(added, state.buffer("u"));
  EXPECT_EQ(state.buffer("w"), buffer);
  EXPECT_EQ(state.names(), (std::vector<std::string>{"w", "u"}));
}

TEST(State, GivenDataIsTheInitialValueAgainAndAgain) {
  const InitialValues given{InitialValues::Kind::data};
  const NDArray values = NDArray::fromVector(std::vector<float>(600, 3), {30, 20});
  EXPECT_THROW(State({matrix("w", {}, given)}), std::invalid_argument);
  EXPECT_THROW(State({matrix("w", {}, given)}, 0, {{"w", NDArray::zeros({2})}}),
               std::invalid_argument);
  State state({matrix("w", {Layout::Kind::transposed, 0}, given)}, 0, {{"w", values}});
  state.set("w", NDArray::zeros({30, 20}));
  state.initialise(5);
  EXPECT_EQ(state.get("w").toVector<float>(), values.toVector<float>());
}

TEST(State, CountsBytesOfAllAndOfTrainedStates) {
  State state({matrix("w"), {"step", DType::i64, {}, {}, false, {}}});
  EXPECT_EQ(state.bytes(), 2400 + 8);
  EXPECT_EQ(state.trainedBytes(), 2400);
  EXPECT_EQ(state.trainedCount(), 600);
}

TEST(InitialValues, JsonReadsBackAndNonsenseIsRefused) {
  const InitialValues init = glorot();
  EXPECT_EQ(InitialValues::fromJson(init.toJson()), init);
  for (const char *text :
       {R"({"kind":"magic"})", R"({"kind":"he_normal","fan_in":0})", R"({})", "3"})
    EXPECT_THROW(InitialValues::fromJson(parseJson(text).value()), std::invalid_argument) << text;
}
