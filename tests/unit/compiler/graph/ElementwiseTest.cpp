// Elementwise ops where no derivative tells: integers that wrap or divide by zero, casts among all
// types, bits, NaN and infinities, signs of zeros.
#include "compiler/Compile.h"
#include "compiler/graph/Ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gradus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int32_t low32 = std::numeric_limits<int32_t>::min();
constexpr int32_t high32 = std::numeric_limits<int32_t>::max();
constexpr int64_t low64 = std::numeric_limits<int64_t>::min();
constexpr int64_t high64 = std::numeric_limits<int64_t>::max();

/// The elements of op(x) and op(x, y) for vectors x and y; T and Y are their element types.
template <class R, class T>
std::vector<R> computed(std::vector<T> x, std::function<Tensor(Tensor)> op) {
  Graph g("one");
  Tensor in = g.input("x", {int64_t(x.size())}, dtypeOf<T>());
  g.result("y", op(in));
  Program program = compile(g, {.threads = 1, .cache = false});
  NDArray y = program.run({{"x", NDArray::fromVector<T>(x)}}).at("y");
  EXPECT_EQ(y.dtype(), dtypeOf<R>());
  return std::vector<R>(y.data<R>(), y.data<R>() + y.size());
}

template <class R, class T>
std::vector<R> computed(std::vector<T> x, std::vector<T> y,
                        std::function<Tensor(Tensor, Tensor)> op) {
  Graph g("two");
  Shape shape{int64_t(x.size())};
  Tensor a = g.input("x", shape, dtypeOf<T>()), b = g.input("y", shape, dtypeOf<T>());
  g.result("z", op(a, b));
  Program program = compile(g, {.threads = 1, .cache = false});
  NDArray z =
      program.run({{"x", NDArray::fromVector<T>(x)}, {"y", NDArray::fromVector<T>(y)}}).at("z");
  EXPECT_EQ(z.dtype(), dtypeOf<R>());
  return std::vector<R>(z.data<R>(), z.data<R>() + z.size());
}

/// NaN equals NaN, 0 differs from -0.
template <class T> void expectSame(const std::vector<T> &got, const std::vector<T> &wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_TRUE(got[i] == wanted[i] || (std::isnan(got[i]) && std::isnan(wanted[i])))
        << "element " << i << ": " << got[i] << " instead of " << wanted[i];
    if (!std::isnan(wanted[i])) {
      EXPECT_EQ(std::signbit(got[i]), std::signbit(wanted[i])) << "element " << i;
    }
  }
}

std::string errorOf(std::function<void()> function) {
  try {
    function();
  } catch (const GraphError &error) {
    return error.what();
  }
  return "";
}

TEST(Elementwise, DivisionsOfIntegersHaveNoTraps) {
  std::vector<int32_t> x{7, -7, 7, -7, 5, low32, low32}, y{3, 3, -3, -3, 0, -1, 0};
  EXPECT_THAT(computed<int32_t>(x, y, [](Tensor a, Tensor b) { return a / b; }),
              ElementsAre(2, -2, -2, 2, 0, low32, 0));
  EXPECT_THAT(computed<int32_t>(x, y, [](Tensor a, Tensor b) { return floorDivide(a, b); }),
              ElementsAre(2, -3, -3, 2, 0, low32, 0));
  EXPECT_THAT(computed<int32_t>(x, y, [](Tensor a, Tensor b) { return fmod(a, b); }),
              ElementsAre(1, -1, 1, -1, 0, 0, 0));
  EXPECT_THAT(computed<int32_t>(x, y, [](Tensor a, Tensor b) { return remainder(a, b); }),
              ElementsAre(1, 2, -2, -1, 0, 0, 0));
}

TEST(Elementwise, ShiftsOutsideTheWidthLeaveTheSign) {
  std::vector<int32_t> x{1, -8, -8, 8, -8, 8}, y{31, 1, 32, 33, -1, -1};
  EXPECT_THAT(computed<int32_t>(x, y, [](Tensor a, Tensor b) { return shiftLeft(a, b); }),
              ElementsAre(low32, -16, 0, 0, 0, 0));
  EXPECT_THAT(computed<int32_t>(x, y, [](Tensor a, Tensor b) { return shiftRight(a, b); }),
              ElementsAre(0, -4, -1, 0, -1, 0));
  std::vector<uint8_t> u{200, 200, 200, 1}, by{1, 7, 8, 255};
  EXPECT_THAT(computed<uint8_t>(u, by, [](Tensor a, Tensor b) { return shiftRight(a, b); }),
              ElementsAre(100, 1, 0, 0));
  EXPECT_THAT(computed<uint8_t>(u, by, [](Tensor a, Tensor b) { return shiftLeft(a, b); }),
              ElementsAre(144, 0, 0, 0));
  EXPECT_THAT(computed<uint8_t>(u, by, [](Tensor a, Tensor b) { return !a & b; }),
              ElementsAre(1, 7, 0, 254));
}

TEST(Elementwise, BytesAndBooleansCompareUnsigned) {
  std::vector<uint8_t> x{200, 0}, y{100, 255};
  EXPECT_THAT(computed<uint8_t>(x, y, [](Tensor a, Tensor b) { return maximum(a, b); }),
              ElementsAre(200, 255));
  EXPECT_THAT(computed<uint8_t>(x, y, [](Tensor a, Tensor b) { return minimum(a, b); }),
              ElementsAre(100, 0));
  std::vector<bool> p{true, true, false}, q{true, false, false};
  EXPECT_THAT(computed<bool>(p, q, [](Tensor a, Tensor b) { return maximum(a, b); }),
              ElementsAre(true, true, false));
  EXPECT_THAT(computed<bool>(p, q, [](Tensor a, Tensor b) { return minimum(a, b); }),
              ElementsAre(true, false, false));
}

template <class T> Tensor castTo(Tensor x) { return cast(x, dtypeOf<T>()); }

TEST(Elementwise, CastsOfFloatsSaturate) {
  std::vector<double> x{2.9, -2.9, nan, inf, -inf, 3e9, -3e9, 255.5, 256, -0.5};
  EXPECT_THAT(computed<int32_t>(x, castTo<int32_t>),
              ElementsAre(2, -2, 0, high32, low32, high32, low32, 255, 256, 0));
  EXPECT_THAT(computed<int64_t>(x, castTo<int64_t>),
              ElementsAre(2, -2, 0, high64, low64, 3000000000, -3000000000, 255, 256, 0));
  EXPECT_THAT(computed<uint8_t>(x, castTo<uint8_t>),
              ElementsAre(2, 0, 0, 255, 0, 255, 0, 255, 255, 0));
  EXPECT_THAT(computed<bool>(x, castTo<bool>),
              ElementsAre(true, true, true, true, true, true, true, true, true, true));
  std::vector<float> s{2.5f, -0.0f, 3e38f, NAN};
  EXPECT_THAT(computed<int64_t>(s, castTo<int64_t>), ElementsAre(2, 0, high64, 0));
  EXPECT_THAT(computed<bool>(s, castTo<bool>), ElementsAre(true, false, true, true));
  expectSame(computed<double>(s, castTo<double>), {2.5, -0.0, double(3e38f), nan});
  expectSame(computed<float>(std::vector<double>{1e300, -1e-300, 0.1}, castTo<float>),
             {float(inf), -0.0f, 0.1f});
}

TEST(Elementwise, CastsOfIntegersWrapAround) {
  std::vector<int64_t> x{-1, 256, 1ll << 32, high64, -200};
  EXPECT_THAT(computed<int32_t>(x, castTo<int32_t>), ElementsAre(-1, 256, 0, -1, -200));
  EXPECT_THAT(computed<uint8_t>(x, castTo<uint8_t>), ElementsAre(255, 0, 0, 255, 56));
  EXPECT_THAT(computed<bool>(x, castTo<bool>), ElementsAre(true, true, true, true, true));
  EXPECT_THAT(computed<float>(x, castTo<float>),
              ElementsAre(-1, 256, 4294967296.f, 9223372036854775808.f, -200));
  std::vector<uint8_t> u{0, 1, 200, 255};
  EXPECT_THAT(computed<float>(u, castTo<float>), ElementsAre(0, 1, 200, 255));
  EXPECT_THAT(computed<double>(u, castTo<double>), ElementsAre(0, 1, 200, 255));
  EXPECT_THAT(computed<int32_t>(u, castTo<int32_t>), ElementsAre(0, 1, 200, 255));
  EXPECT_THAT(computed<int64_t>(u, castTo<int64_t>), ElementsAre(0, 1, 200, 255));
  EXPECT_THAT(computed<bool>(u, castTo<bool>), ElementsAre(false, true, true, true));
  std::vector<bool> p{true, false};
  EXPECT_THAT(computed<uint8_t>(p, castTo<uint8_t>), ElementsAre(1, 0));
  EXPECT_THAT(computed<int32_t>(p, castTo<int32_t>), ElementsAre(1, 0));
  EXPECT_THAT(computed<int64_t>(p, castTo<int64_t>), ElementsAre(1, 0));
  EXPECT_THAT(computed<float>(p, castTo<float>), ElementsAre(1, 0));
}

TEST(Elementwise, BitcastKeepsTheBits) {
  EXPECT_THAT(computed<int32_t>(std::vector<float>{1, -0.0f, INFINITY},
                                [](Tensor x) { return bitcast(x, DType::i32); }),
              ElementsAre(0x3f800000, low32, 0x7f800000));
  EXPECT_THAT(computed<double>(std::vector<int64_t>{0x3ff0000000000000, 0},
                               [](Tensor x) { return bitcast(x, DType::f64); }),
              ElementsAre(1, 0));
  Graph g("wrong");
  Tensor x = g.input("x", {3});
  EXPECT_THAT(errorOf([&] { bitcast(x, DType::i64); }),
              HasSubstr("gradus.bitcast: the bits of f32 cannot be read as i64"));
}

TEST(Elementwise, AddingZeroKeepsItsMeaning) {
  std::vector<float> x{-0.0f, 0.0f, 1};
  expectSame(computed<float>(x, [](Tensor x) { return x + 0.0; }), {0.0f, 0.0f, 1.0f});
  expectSame(computed<float>(x, [](Tensor x) { return x + -0.0; }), {-0.0f, 0.0f, 1.0f});
  expectSame(computed<float>(x, [](Tensor x) { return x - 0.0; }), {-0.0f, 0.0f, 1.0f});
  expectSame(computed<float>(x, [](Tensor x) { return x - -0.0; }), {0.0f, 0.0f, 1.0f});
}

TEST(Elementwise, RoundingFollowsIeee) {
  std::vector<float> x{0.5f, 1.5f, 2.5f, -0.5f, -2.5f, NAN, INFINITY, -0.2f};
  float oo = INFINITY;
  expectSame(computed<float>(x, [](Tensor x) { return round(x); }),
             {0, 2, 2, -0.0f, -2, NAN, oo, -0.0f});
  expectSame(computed<float>(x, [](Tensor x) { return floor(x); }),
             {0, 1, 2, -1, -3, NAN, oo, -1});
  expectSame(computed<float>(x, [](Tensor x) { return ceil(x); }),
             {1, 2, 3, -0.0f, -2, NAN, oo, -0.0f});
  expectSame(computed<float>(x, [](Tensor x) { return trunc(x); }),
             {0, 1, 2, -0.0f, -2, NAN, oo, -0.0f});
}

TEST(Elementwise, SpecialValuesAreTheDocumentedOnes) {
  std::vector<double> x{nan, inf, -inf, 0, -3};
  expectSame(computed<double>(x, [](Tensor x) { return sign(x); }), {0, 1, -1, 0, -1});
  expectSame(computed<double>(x, [](Tensor x) { return clamp(x, -1, 2); }), {nan, 2, -1, 0, -1});
  expectSame(computed<double>(x, [](Tensor x) { return clamp(x, 2, -1); }),
             {nan, -1, -1, -1, -1});
  expectSame(computed<double>(x, [](Tensor x) { return softplus(x); }),
             {nan, inf, 0, std::log(2), std::log1p(std::exp(-3))});
  expectSame(computed<double>(x, [](Tensor x) { return nanToNum(x, 7); }),
             {7, std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest(), 0, -3});
  expectSame(computed<double>(x, [](Tensor x) { return nanToNum(x, 7, 1, -1); }), {7, 1, -1, 0, -3});
  EXPECT_THAT(computed<bool>(x, [](Tensor x) { return isNan(x); }),
              ElementsAre(true, false, false, false, false));
  EXPECT_THAT(computed<bool>(x, [](Tensor x) { return isInf(x); }),
              ElementsAre(false, true, true, false, false));
  EXPECT_THAT(computed<bool>(x, [](Tensor x) { return isFinite(x); }),
              ElementsAre(false, false, false, true, true));
  std::vector<double> y{1, inf, -inf, 0, nan};
  EXPECT_THAT(computed<bool>(x, y, [](Tensor a, Tensor b) { return isClose(a, b); }),
              ElementsAre(false, true, true, true, false));
  expectSame(computed<double>(std::vector<double>{0, 0, 0, 2}, std::vector<double>{0, inf, nan, 0},
                              [](Tensor a, Tensor b) { return xlogy(a, b); }),
             {0, 0, nan, -inf});
  expectSame(computed<double>(std::vector<double>{-inf, inf, -inf, 2000},
                              std::vector<double>{-inf, inf, 3, 2000},
                              [](Tensor a, Tensor b) { return logAddExp2(a, b); }),
             {-inf, inf, 3, 2001});
}

// polygamma(2, 1) = -2 zeta(3), polygamma(2, 1/2) = -14 zeta(3)
TEST(Elementwise, PolygammaOfOrderTwoIsTetragamma) {
  constexpr double zeta3 = 1.2020569031595942;
  std::vector<double> y = computed<double>(std::vector<double>{1, 0.5},
                                           [](Tensor x) { return polygamma(2, x); });
  EXPECT_NEAR(y[0], -2 * zeta3, 1e-14);
  EXPECT_NEAR(y[1], -14 * zeta3, 1e-13);
}

TEST(Elementwise, ClampOfIntegersRoundsItsBoundsInward) {
  std::vector<int32_t> x{-5, 0, 5};
  EXPECT_THAT(computed<int32_t>(x, [](Tensor x) { return clamp(x, -2.5, 2.5); }),
              ElementsAre(-2, 0, 2));
  EXPECT_THAT(computed<int32_t>(x, [](Tensor x) { return clamp(x, -inf, 1e30); }),
              ElementsAre(-5, 0, 5));
}

TEST(Elementwise, RefusesWhatHasNoMeaning) {
  Graph g("wrong");
  Tensor x = g.input("x", {3}), n = g.input("n", {3}, DType::i32);
  EXPECT_THAT(errorOf([&] { clamp(x, std::optional<double>(), {}); }), HasSubstr("there is no bound"));
  EXPECT_THAT(errorOf([&] { clamp(x, nan, {}); }), HasSubstr("a bound is NaN"));
  EXPECT_THAT(errorOf([&] { hardtanh(x, 1, 0); }), HasSubstr("low is above high"));
  EXPECT_THAT(errorOf([&] { softplus(x, 0); }), HasSubstr("beta is not positive"));
  EXPECT_THAT(errorOf([&] { sin(n); }), HasSubstr("element type i32 does not fit"));
  EXPECT_THAT(errorOf([&] { shiftLeft(x, x); }), HasSubstr("must be i32, i64 or u8"));
  EXPECT_THAT(errorOf([&] { lerp(x, n, 0.5); }), HasSubstr("element types f32 and i32 differ"));
  EXPECT_THAT(errorOf([&] { glu(x); }),
              HasSubstr("gradus.glu: axis 0 of shape 3 has no two halves (its size must be known and even)"));
  EXPECT_THAT(errorOf([&] { polygamma(3, x); }), HasSubstr("order 3 (must be 0, 1 or 2)"));
  EXPECT_THAT(errorOf([&] { glu(x, 1); }), HasSubstr("axis 1 is outside"));
  EXPECT_THAT(errorOf([&] { prelu(x, Tensor()); }), HasSubstr("empty tensor"));
}

// The third derivative of log gamma is an op; a fourth has no rule, which is said at the user's line.
TEST(Elementwise, TheChainOfDigammaEnds) {
  Graph g("deep");
  Tensor w = g.parameter("w", {3}, constant(2.5));
  Tensor y = sum(trigamma(w));
  Tensor once = gradients(y, {w})[0];
  EXPECT_THAT(errorOf([&] {
                g.result("twice", gradients(sum(once), {w})[0]);
                compile(g, {.threads = 1, .cache = false});
              }),
              HasSubstr("tetragamma"));
}

} // namespace
} // namespace gradus
