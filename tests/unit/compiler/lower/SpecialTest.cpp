#include "dialects/gradus/Special.h"
#include "compiler/codegen/Codegen.h"
#include "compiler/jit/Jit.h"
#include "compiler/lower/Elementary.h"
#include "tests/unit/compiler/lower/SpecialValues.h"

#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/Func/IR/FuncOps.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/Dialect/Math/IR/Math.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <random>

using namespace gradus;
using namespace gradus::compiler;
using gradus::compiler::tests::SpecialValue;
using gradus::compiler::tests::specialValues;
using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

namespace {

using Unary = Value (*)(OpBuilder &, Location, Value);
using Binary = Value (*)(OpBuilder &, Location, Value, Value);
using Emit = std::function<Value(OpBuilder &, Location, Value, Value)>;

Emit of(Unary emit) {
  return [emit](OpBuilder &b, Location loc, Value x, Value) { return emit(b, loc, x); };
}

// The functions, and the errors (ulp of f32 and f64) that are documented for them.
struct Function {
  Unary emit;
  double floatUlp, doubleUlp;
};
const std::map<std::string, Function> functions = {
    {"erfc", {ir::emitErfc, 0.6, 4}},         {"erfinv", {ir::emitErfinv, 0.6, 4}},
    {"lgamma", {ir::emitLgamma, 0.6, 4}},     {"digamma", {ir::emitDigamma, 0.6, 4}},
    {"trigamma", {ir::emitTrigamma, 0.6, 4}}, {"tetragamma", {ir::emitTetragamma, 0.6, 4}}};

template <class T> using Kernel = void(const T *x, const T *y, T *out, int64_t n);

// A module with f(x, y, out, n): out[i] = emit(x[i], y[i]) over vectors of `lanes` (1: scalars).
struct Emitted {
  Emitted(const Emit &emit, bool isDouble, int64_t lanes)
      : context(mlir::MLIRContext::Threading::DISABLED) {
    context
        .loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::LLVM::LLVMDialect,
                     mlir::math::MathDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
    OpBuilder b(&context);
    Location loc = b.getUnknownLoc();
    module = mlir::ModuleOp::create(loc);
    b.setInsertionPointToEnd(module->getBody());
    mlir::Type pointer = mlir::LLVM::LLVMPointerType::get(&context), i64 = b.getI64Type();
    mlir::Type element = isDouble ? mlir::Type(b.getF64Type()) : b.getF32Type();
    mlir::Type type = lanes == 1 ? element : mlir::VectorType::get({lanes}, element);
    unsigned bytes = isDouble ? 8 : 4;
    auto entry = b.create<mlir::func::FuncOp>(
        loc, "f", b.getFunctionType({pointer, pointer, pointer, i64}, {}));
    mlir::Block *body = entry.addEntryBlock();
    b.setInsertionPointToStart(body);
    Value zero = b.create<mlir::arith::ConstantIntOp>(loc, 0, 64);
    Value step = b.create<mlir::arith::ConstantIntOp>(loc, lanes, 64);
    auto loop = b.create<mlir::scf::ForOp>(loc, zero, body->getArgument(3), step);
    b.create<mlir::func::ReturnOp>(loc);
    b.setInsertionPointToStart(loop.getBody());
    auto at = [&](int argument) -> Value {
      return b.create<mlir::LLVM::GEPOp>(loc, pointer, element, body->getArgument(argument),
                                         mlir::ValueRange{loop.getInductionVar()});
    };
    Value x = b.create<mlir::LLVM::LoadOp>(loc, type, at(0), bytes);
    Value y = b.create<mlir::LLVM::LoadOp>(loc, type, at(1), bytes);
    b.create<mlir::LLVM::StoreOp>(loc, emit(b, loc, x, y), at(2), bytes);
    expandElementary(*module);
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

// Results of scalars, after vectors of several lengths gave the same bits.
template <class T>
std::vector<T> evaluate(const Emit &emit, std::vector<T> x, std::vector<T> y = {}) {
  size_t count = x.size();
  while (x.size() % 16 != 0)
    x.push_back(1);
  y.resize(x.size(), T(1));
  std::vector<T> result(x.size());
  for (int64_t lanes : {1, 2, 16}) {
    Emitted emitted(emit, sizeof(T) == 8, lanes);
    auto loaded = load(emitObject(*emitted.module, Target::native()), "special");
    std::vector<T> out(x.size());
    loaded.function<Kernel<T>>("f")(x.data(), y.data(), out.data(), static_cast<int64_t>(x.size()));
    if (lanes == 1)
      result = out;
    for (size_t i = 0; i < count; ++i)
      if (!(std::isnan(out[i]) && std::isnan(result[i]))) {
        EXPECT_EQ(std::memcmp(&out[i], &result[i], sizeof(T)), 0)
            << "scalars and " << lanes << " lanes differ at " << x[i] << ", " << y[i];
      }
  }
  result.resize(count);
  return result;
}

template <class T> T evaluate(const Emit &emit, T x, T y = T(1)) {
  return evaluate<T>(emit, std::vector<T>{x}, std::vector<T>{y}).front();
}

// Same number, both NaN, or within so many units of the last place; zeros with their sign.
template <class T> void expectClose(T got, long double exact, double ulp) {
  T rounded = static_cast<T>(exact);
  if (std::isnan(rounded)) {
    EXPECT_TRUE(std::isnan(got)) << got;
  } else if (rounded == 0 || std::isinf(rounded)) {
    EXPECT_EQ(got, rounded);
    EXPECT_EQ(std::signbit(got), std::signbit(rounded));
  } else {
    int exponent = std::max(std::ilogb(rounded), std::numeric_limits<T>::min_exponent - 1);
    long double unit = std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits + 1);
    EXPECT_LE(std::abs(got - exact) / unit, ulp) << got << " for " << exact;
  }
}

template <class T> std::vector<T> specialNumbers() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> x;
  for (T each : {T(0), T(0.5), T(1), T(1.5), T(2), T(3), T(7), T(0.1), T(1e30), T(16777217),
                 Limits::infinity(), Limits::quiet_NaN(), Limits::max(), Limits::min(),
                 Limits::denorm_min(), Limits::min() / 3, Limits::epsilon()})
    x.insert(x.end(), {each, -each});
  return x;
}

// All pairs of special numbers, then random ones: any bits, and moderate.
template <class T> std::pair<std::vector<T>, std::vector<T>> pairs(size_t count = 20000) {
  std::vector<T> x, y;
  for (T a : specialNumbers<T>())
    for (T b : specialNumbers<T>()) {
      x.push_back(a);
      y.push_back(b);
    }
  std::mt19937_64 random(11);
  auto bits = [&] {
    uint64_t word = random();
    T value;
    std::memcpy(&value, &word, sizeof(T));
    return value;
  };
  auto moderate = [&] { return T(std::uniform_real_distribution<double>(-50, 50)(random)); };
  while (x.size() < count) {
    x.insert(x.end(), {bits(), moderate(), moderate()});
    y.insert(y.end(), {bits(), moderate(), bits()});
  }
  return {x, y};
}

template <class T>
void checkBinary(Binary emit, const std::function<long double(T, T)> &exact, double ulp) {
  auto [x, y] = pairs<T>();
  std::vector<T> out = evaluate<T>(emit, x, y);
  for (size_t i = 0; i < x.size() && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "of " << x[i] << " and " << y[i]);
    expectClose<T>(out[i], exact(x[i], y[i]), ulp);
  }
}

class Special : public testing::TestWithParam<std::string> {};

TEST_P(Special, FollowsTheTableOfValues) {
  Function function = functions.at(GetParam());
  std::vector<float> singles;
  std::vector<double> doubles;
  std::vector<long double> values;
  for (const SpecialValue &value : specialValues)
    if (GetParam() == value.function) {
      singles.push_back(static_cast<float>(value.x));
      doubles.push_back(value.x);
      values.push_back(value.value);
    }
  ASSERT_GE(values.size(), 15u);
  auto low = evaluate<float>(of(function.emit), singles);
  auto high = evaluate<double>(of(function.emit), doubles);
  for (size_t i = 0; i < values.size(); ++i) {
    SCOPED_TRACE(testing::Message() << GetParam() << " of " << doubles[i]);
    expectClose<float>(low[i], values[i], function.floatUlp);
    // Between the poles below 0 larger terms cancel.
    bool cancels = doubles[i] < 0 && GetParam().find("gamma") != std::string::npos;
    long double term = std::max(1.0L, std::abs(values[i]));
    if (cancels)
      EXPECT_LE(std::abs(high[i] - values[i]) / term, 8 * std::numeric_limits<double>::epsilon());
    else
      expectClose<double>(high[i], values[i], function.doubleUlp);
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, Special,
                         testing::Values("erfc", "erfinv", "lgamma", "digamma", "trigamma",
                                         "tetragamma"),
                         [](const auto &info) { return info.param; });

template <class T> void checkLimits() {
  using Limits = std::numeric_limits<T>;
  const T inf = Limits::infinity(), nan = Limits::quiet_NaN(), tiny = Limits::denorm_min();
  auto at = [](Unary emit, T x) { return evaluate<T>(of(emit), x); };
  EXPECT_EQ(at(ir::emitErfc, inf), 0);
  EXPECT_EQ(at(ir::emitErfc, -inf), 2);
  EXPECT_EQ(at(ir::emitErfc, T(0)), 1);
  EXPECT_EQ(at(ir::emitErfc, T(-0.0)), 1);
  EXPECT_EQ(at(ir::emitErfc, T(30)), 0);
  EXPECT_EQ(at(ir::emitErfinv, T(1)), inf);
  EXPECT_EQ(at(ir::emitErfinv, T(-1)), -inf);
  EXPECT_TRUE(std::isnan(at(ir::emitErfinv, T(1.5))));
  EXPECT_TRUE(std::isnan(at(ir::emitErfinv, -inf)));
  EXPECT_TRUE(std::signbit(at(ir::emitErfinv, T(-0.0))));
  for (T pole : {T(0), T(-0.0), T(-1), T(-2), T(-30), T(-1e20)}) {
    EXPECT_EQ(at(ir::emitLgamma, pole), inf) << pole;
    EXPECT_EQ(at(ir::emitTrigamma, pole), inf) << pole;
    if (pole == 0)
      continue;
    EXPECT_TRUE(std::isnan(at(ir::emitDigamma, pole))) << pole;
    EXPECT_TRUE(std::isnan(at(ir::emitTetragamma, pole))) << pole;
  }
  for (T end : {inf, -inf})
    EXPECT_EQ(at(ir::emitLgamma, end), inf);
  EXPECT_EQ(at(ir::emitLgamma, Limits::max()), inf);
  EXPECT_EQ(at(ir::emitDigamma, T(0)), -inf);
  EXPECT_EQ(at(ir::emitDigamma, T(-0.0)), inf);
  EXPECT_EQ(at(ir::emitDigamma, inf), inf);
  EXPECT_TRUE(std::isnan(at(ir::emitDigamma, -inf)));
  EXPECT_EQ(at(ir::emitTrigamma, inf), 0);
  EXPECT_EQ(at(ir::emitTetragamma, T(0)), -inf);
  EXPECT_EQ(at(ir::emitTetragamma, T(-0.0)), inf);
  EXPECT_EQ(at(ir::emitErfc, tiny), 1);
  expectClose<T>(at(ir::emitErfinv, tiny), tiny, 0.6);
  expectClose<T>(at(ir::emitLgamma, tiny), -std::log((long double)tiny), 1);
  expectClose<T>(at(ir::emitLgamma, -tiny), -std::log((long double)tiny), 1);
  for (const auto &[name, function] : functions)
    EXPECT_TRUE(std::isnan(at(function.emit, nan))) << name;
  for (Binary emit :
       {ir::emitHypot, ir::emitLogAddExp, ir::emitFmod, ir::emitRemainder, ir::emitFloorDivide}) {
    EXPECT_TRUE(std::isnan(evaluate<T>(emit, nan, T(2))));
    EXPECT_TRUE(std::isnan(evaluate<T>(emit, T(2), nan)));
  }
}

TEST(SpecialLimits, OfFloats) { checkLimits<float>(); }
TEST(SpecialLimits, OfDoubles) { checkLimits<double>(); }

TEST(SpecialRemainders, OfCAreExact) {
  auto exact = [](auto x, auto y) { return (long double)std::fmod(x, y); };
  checkBinary<float>(ir::emitFmod, exact, 0);
  checkBinary<double>(ir::emitFmod, exact, 0);
}

// The slowest of them: every step leaves as much as it can.
TEST(SpecialRemainders, OfHugeQuotientsAreExact) {
  std::vector<double> x, y;
  for (double big : {1.7976931348623157e308, 0x1.fffffffffffffp1000, 0x1.23456789abcdep700})
    for (double small : {5e-324, 1.5e-323, 0x1.8p-1050, 0x1.fffffffffffffp-1000, 0.1, 3.0, 1e300}) {
      x.push_back(big);
      y.push_back(small);
    }
  std::vector<double> out = evaluate<double>(ir::emitFmod, x, y);
  for (size_t i = 0; i < x.size(); ++i)
    EXPECT_EQ(out[i], std::fmod(x[i], y[i])) << x[i] << ", " << y[i];
}

TEST(SpecialRemainders, OfPythonHaveTheSignOfTheDivisor) {
  auto exact = [](auto x, auto y) -> long double {
    auto rest = std::fmod(x, y);
    return rest != 0 && (rest < 0) != (y < 0) ? (long double)rest + y : rest;
  };
  checkBinary<float>(ir::emitRemainder, exact, 0.5);
  checkBinary<double>(ir::emitRemainder, exact, 0.5);
  EXPECT_EQ(evaluate<float>(ir::emitRemainder, -7, 3), 2);
  EXPECT_EQ(evaluate<float>(ir::emitRemainder, 7, -3), -2);
}

TEST(SpecialRemainders, FloorDivisionTakesTheExactQuotient) {
  EXPECT_EQ(evaluate<float>(ir::emitFloorDivide, -7, 2), -4);
  EXPECT_EQ(evaluate<float>(ir::emitFloorDivide, 7, 2), 3);
  // 1 / 0.1f rounds to 10, but 0.1f is above 1/10
  EXPECT_EQ(evaluate<float>(ir::emitFloorDivide, 1, 0.1f), 9);
  EXPECT_EQ(evaluate<double>(ir::emitFloorDivide, 1, 0.1), 9);
  EXPECT_EQ(evaluate<float>(ir::emitFloorDivide, 1, 0), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(evaluate<float>(ir::emitFloorDivide, 0, 0)));
  EXPECT_TRUE(std::signbit(evaluate<float>(ir::emitFloorDivide, -0.0f, 3)));
  std::vector<float> x, y;
  for (int i = -40; i <= 40; ++i)
    for (int j = -9; j <= 9; ++j)
      if (j != 0) {
        x.push_back(static_cast<float>(i) / 4);
        y.push_back(static_cast<float>(j) / 8);
      }
  std::vector<float> out = evaluate<float>(ir::emitFloorDivide, x, y);
  for (size_t i = 0; i < x.size(); ++i)
    EXPECT_EQ(out[i], std::floor(x[i] / y[i])) << x[i] << " // " << y[i];
}

TEST(SpecialHypot, NeitherOverflowsNorForgetsInfinity) {
  auto exact = [](auto x, auto y) { return std::hypot((long double)x, (long double)y); };
  checkBinary<float>(ir::emitHypot, exact, 0.6);
  checkBinary<double>(ir::emitHypot, exact, 1.1);
}

TEST(SpecialLogAddExp, StaysFiniteWhereTheResultIs) {
  auto check = [](auto type) {
    using T = decltype(type);
    const T inf = std::numeric_limits<T>::infinity();
    std::vector<T> x, y;
    for (T a : {T(-1e4), T(-100), T(-2), T(0), T(3), T(90), T(1e4), inf, -inf})
      for (T b : {T(-1e4), T(-101), T(-2), T(0.5), T(3), T(88), T(1e4), inf, -inf}) {
        x.push_back(a);
        y.push_back(b);
      }
    std::vector<T> out = evaluate<T>(ir::emitLogAddExp, x, y);
    for (size_t i = 0; i < x.size(); ++i) {
      long double a = std::max(x[i], y[i]), b = std::min(x[i], y[i]);
      SCOPED_TRACE(testing::Message() << x[i] << " and " << y[i]);
      expectClose<T>(out[i], a == b ? a + std::log(2.0L) : a + std::log1p(std::exp(b - a)), 2);
    }
  };
  check(float());
  check(double());
}

TEST(SpecialAngles, Atan2HasTheTableOfC) {
  auto exact = [](auto y, auto x) { return std::atan2((long double)y, (long double)x); };
  checkBinary<float>(emitAtan2, exact, 1.6);
  checkBinary<double>(emitAtan2, exact, 1.6);
}

// Where the processor cannot round, that is done by sums; here the host's own code says what is
// right.
TEST(SpecialRounding, WithoutAnInstructionGivesTheSame) {
  Target target = Target::native();
  for (bool rounds : {true, false}) {
    target.rounds = rounds;
    auto check = [&](auto type, Unary emit, auto reference) {
      using T = decltype(type);
      auto [x, unused] = pairs<T>(4000);
      for (int i = -12; i <= 12; ++i)
        x.push_back(T(i) / 4);
      for (T big : {T(1) / std::numeric_limits<T>::epsilon()})
        x.insert(x.end(), {big / 2 + T(0.5), big - T(0.5), big, big + 1, -big / 2 - T(0.5)});
      x.resize(x.size() / 16 * 16);
      Emitted emitted(of(emit), sizeof(T) == 8, 4);
      auto loaded = load(emitObject(*emitted.module, target), "round");
      std::vector<T> out(x.size());
      loaded.function<Kernel<T>>("f")(x.data(), x.data(), out.data(),
                                      static_cast<int64_t>(x.size()));
      for (size_t i = 0; i < x.size() && !HasFailure(); ++i)
        expectClose<T>(out[i], reference(x[i]), 0);
    };
    auto all = [&](auto type) {
      using T = decltype(type);
      check(
          T(),
          [](OpBuilder &b, Location loc, Value x) -> Value {
            return b.create<mlir::math::FloorOp>(loc, x);
          },
          [](T x) { return std::floor(x); });
      check(
          T(),
          [](OpBuilder &b, Location loc, Value x) -> Value {
            return b.create<mlir::math::CeilOp>(loc, x);
          },
          [](T x) { return std::ceil(x); });
      check(
          T(),
          [](OpBuilder &b, Location loc, Value x) -> Value {
            return b.create<mlir::math::TruncOp>(loc, x);
          },
          [](T x) { return std::trunc(x); });
      check(
          T(),
          [](OpBuilder &b, Location loc, Value x) -> Value {
            return b.create<mlir::math::RoundEvenOp>(loc, x);
          },
          [](T x) { return std::nearbyint(x); });
    };
    all(float());
    all(double());
  }
}

TEST(SpecialExpansion, NoTargetNeedsALibraryForThem) {
  std::map<std::string, Emit> all = {{"hypot", ir::emitHypot},
                                     {"logAddExp", ir::emitLogAddExp},
                                     {"fmod", ir::emitFmod},
                                     {"remainder", ir::emitRemainder},
                                     {"floorDivide", ir::emitFloorDivide},
                                     {"atan2", emitAtan2},
                                     {"pow", emitPow}};
  for (const auto &[name, function] : functions)
    all.emplace(name, of(function.emit));
  for (const char *target : {"x86-64", "x86-64-v3", "aarch64", "riscv64", "wasm32"})
    for (const auto &[name, emit] : all)
      for (bool isDouble : {false, true}) {
        Emitted emitted(emit, isDouble, 4);
        std::string text = emitAssembly(*emitted.module, Target::named(target));
        for (const char *call : {"callq", "\tbl\t", "\tcall\t"})
          EXPECT_EQ(text.find(call), std::string::npos) << name << " on " << target;
      }
}

} // namespace
