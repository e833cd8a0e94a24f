#include "compiler/lower/Elementary.h"
#include "compiler/codegen/Codegen.h"
#include "compiler/jit/Jit.h"
#include "tests/unit/compiler/codegen/Parsed.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace gradus::compiler;
using gradus::compiler::tests::Parsed;

namespace {

struct Function {
  const char *op;
  double (*forFloat)(double);
  long double (*forDouble)(long double);
  double floatUlp, doubleUlp; // as measured by gradus-ulp, rounded up
};

#define GRADUS_FUNCTION(op, name, floatUlp, doubleUlp)                                             \
  Function {                                                                                       \
    op, [](double x) { return std::name(x); }, [](long double x) { return std::name(x); },         \
        floatUlp, doubleUlp                                                                        \
  }

const Function functions[] = {
    GRADUS_FUNCTION("exp", exp, 1.1, 1.1),
    GRADUS_FUNCTION("exp2", exp2, 1.0, 1.0),
    GRADUS_FUNCTION("expm1", expm1, 1.6, 1.9),
    GRADUS_FUNCTION("log", log, 1.0, 1.0),
    GRADUS_FUNCTION("log2", log2, 1.2, 1.2),
    GRADUS_FUNCTION("log10", log10, 1.0, 1.0),
    GRADUS_FUNCTION("log1p", log1p, 1.6, 1.6),
    GRADUS_FUNCTION("tanh", tanh, 1.5, 1.5),
    GRADUS_FUNCTION("sinh", sinh, 1.7, 1.7),
    GRADUS_FUNCTION("cosh", cosh, 1.5, 1.5),
    GRADUS_FUNCTION("erf", erf, 1.4, 1.5),
    GRADUS_FUNCTION("sin", sin, 1.6, 1.0),
    GRADUS_FUNCTION("cos", cos, 1.6, 1.0),
    GRADUS_FUNCTION("tan", tan, 0.6, 1.2),
    GRADUS_FUNCTION("asin", asin, 1.0, 1.0),
    GRADUS_FUNCTION("acos", acos, 1.0, 1.0),
    GRADUS_FUNCTION("atan", atan, 1.2, 1.4),
    GRADUS_FUNCTION("asinh", asinh, 1.1, 1.1),
    GRADUS_FUNCTION("acosh", acosh, 1.6, 1.6),
    GRADUS_FUNCTION("atanh", atanh, 1.1, 1.1),
    GRADUS_FUNCTION("cbrt", cbrt, 1.0, 1.0),
    Function{"rsqrt", [](double x) { return 1 / std::sqrt(x); },
             [](long double x) { return 1 / std::sqrt(x); }, 1.5, 1.5},
};

// out[i] = op(x[i], ...) for blocks of 16 elements, over vectors of `lanes` (1: scalars).
LoadedObject compileOp(const std::string &op, const std::string &element, int arguments, int lanes,
                       const Target &target = Target::native()) {
  std::string type = lanes == 1 ? element : "vector<" + std::to_string(lanes) + "x" + element + ">";
  std::string bytes = element == "f64" || element == "i64" ? "8" : "4";
  std::string access = "{alignment = " + bytes + " : i64}";
  std::string text = "func.func @f(%x: !llvm.ptr, %y: !llvm.ptr, %out: !llvm.ptr, %n: i64) {\n"
                     "%zero = arith.constant 0 : i64\n%step = arith.constant " +
                     std::to_string(lanes) +
                     " : i64\nscf.for %i = %zero to %n step %step : i64 {\n";
  auto pointer = [&](const std::string &name, const std::string &base) {
    return "%" + name + " = llvm.getelementptr %" + base +
           "[%i] : (!llvm.ptr, i64) -> !llvm.ptr, " + element + "\n";
  };
  text += pointer("px", "x") + "%a = llvm.load %px " + access + " : !llvm.ptr -> " + type + "\n";
  if (arguments == 2)
    text += pointer("py", "y") + "%b = llvm.load %py " + access + " : !llvm.ptr -> " + type + "\n";
  text += "%r = math." + op + " %a" + (arguments == 2 ? ", %b" : "") + " : " + type + "\n";
  text += pointer("po", "out") + "llvm.store %r, %po " + access + " : " + type + ", !llvm.ptr\n}\n";
  text += "return\n}\n";
  Parsed parsed(text);
  expandElementary(*parsed);
  (*parsed).walk([&](mlir::Operation *each) {
    EXPECT_NE(each->getName().getStringRef().str(), "math." + op) << "not expanded";
  });
  return load(emitObject(*parsed, target), op);
}

template <class T> using Kernel = void(const T *, const T *, T *, int64_t);

template <class T> std::vector<T> samples(size_t count) {
  std::vector<T> x = {T(0),     T(-0.0),   T(1),     T(-1),    T(0.5),  T(-0.5),
                      T(2),     T(-2),     T(1e-3),  T(-1e-3), T(88.7), T(-88.7),
                      T(103.9), T(-103.9), T(709.5), T(-745.1)};
  using Limits = std::numeric_limits<T>;
  for (T special : {Limits::infinity(), Limits::quiet_NaN(), Limits::max(), Limits::min(),
                    Limits::denorm_min(), Limits::epsilon(), Limits::min() / 3})
    x.insert(x.end(), {special, -special});
  std::mt19937_64 random(99);
  while (x.size() < count || x.size() % 16 != 0) {
    uint64_t bits = random();
    T value;
    std::memcpy(&value, &bits, sizeof(T)); // any bits
    x.push_back(value);
    x.push_back(T(std::uniform_real_distribution<double>(-100, 100)(random)));
    x.push_back(T(std::uniform_real_distribution<double>(-2, 2)(random)));
  }
  return x;
}

template <class T, class Wide> void expectWithin(T got, Wide exact, double ulp) {
  T rounded = static_cast<T>(exact);
  if (std::isnan(rounded)) {
    EXPECT_TRUE(std::isnan(got)) << got;
  } else if (std::isinf(rounded) || rounded == 0) {
    if (got != rounded) // overflow and underflow may come one unit early
      EXPECT_TRUE(std::nextafter(got, rounded) == rounded) << got << " for " << rounded;
    else
      EXPECT_EQ(std::signbit(got), std::signbit(rounded));
  } else {
    int exponent = std::max(std::ilogb(exact), std::numeric_limits<T>::min_exponent - 1);
    Wide unit = std::ldexp(Wide(1), exponent - std::numeric_limits<T>::digits + 1);
    EXPECT_LE(static_cast<double>(std::abs(static_cast<Wide>(got) - exact) / unit), ulp)
        << got << " for " << exact;
  }
}

template <class T, class Wide>
void check(const Function &function, const std::string &element, Wide (*reference)(Wide),
           double ulp, int lanes) {
  auto x = samples<T>(20000);
  std::vector<T> vectors(x.size()), scalars(x.size());
  LoadedObject vector = compileOp(function.op, element, 1, lanes);
  LoadedObject scalar = compileOp(function.op, element, 1, 1);
  vector.function<Kernel<T>>("f")(x.data(), x.data(), vectors.data(), x.size());
  scalar.function<Kernel<T>>("f")(x.data(), x.data(), scalars.data(), x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    SCOPED_TRACE(std::string(function.op) + " of " + std::to_string(x[i]));
    expectWithin<T, Wide>(vectors[i], reference(x[i]), ulp);
    if (!std::isnan(vectors[i])) {
      EXPECT_EQ(std::memcmp(&vectors[i], &scalars[i], sizeof(T)), 0) << "scalar and vector differ";
    }
    if (testing::Test::HasFailure())
      return;
  }
}

class Elementary : public testing::TestWithParam<Function> {};

TEST_P(Elementary, FloatsAreWithinTheDocumentedError) {
  check<float, double>(GetParam(), "f32", GetParam().forFloat, GetParam().floatUlp, 16);
}

TEST_P(Elementary, DoublesAreWithinTheDocumentedError) {
  check<double, long double>(GetParam(), "f64", GetParam().forDouble, GetParam().doubleUlp, 8);
}

INSTANTIATE_TEST_SUITE_P(Functions, Elementary, testing::ValuesIn(functions),
                         [](const auto &info) { return std::string(info.param.op); });

template <class T, class Wide> void checkPower(const std::string &element, int lanes, double ulp) {
  LoadedObject loaded = compileOp("powf", element, 2, lanes);
  std::vector<T> x, y;
  std::vector<T> special = samples<T>(30);
  for (T extra : {T(3), T(-3), T(4), T(-4), T(1.5), T(16777217), T(-7), T(1e30)})
    special.push_back(extra);
  for (T a : special)
    for (T b : special) {
      x.push_back(a);
      y.push_back(b);
    }
  auto random = samples<T>(30000);
  for (size_t i = 0; i + 1 < random.size(); ++i) {
    x.push_back(std::abs(random[i]));
    y.push_back(random[i + 1]);
  }
  // Results over the whole range, where the digits of the logarithm count most.
  std::mt19937_64 generator(5);
  double range = std::log(double(std::numeric_limits<T>::max()));
  for (int i = 0; i < 20000; ++i) {
    T base = static_cast<T>(std::uniform_real_distribution<double>(0.1, 5)(generator));
    double size = std::uniform_real_distribution<double>(-range, range)(generator);
    x.push_back(base);
    y.push_back(static_cast<T>(size / std::log(double(base))));
  }
  while (x.size() % 16 != 0) {
    x.push_back(1);
    y.push_back(1);
  }
  std::vector<T> out(x.size());
  loaded.function<Kernel<T>>("f")(x.data(), y.data(), out.data(), x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    SCOPED_TRACE(std::to_string(x[i]) + " to the power " + std::to_string(y[i]));
    // The wide function for the size, C's own for which special value it is.
    T library = std::pow(x[i], y[i]);
    Wide exact = std::pow(Wide(x[i]), Wide(y[i]));
    expectWithin<T, Wide>(out[i], std::isnan(library) ? Wide(library) : exact, ulp);
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(ElementaryPower, FloatsFollowTheRulesOfC) { checkPower<float, long double>("f32", 16, 0.6); }
TEST(ElementaryPower, DoublesFollowTheRulesOfC) { checkPower<double, long double>("f64", 8, 1.3); }

TEST(ElementaryPower, ConstantExponentsAreTheSameFunction) {
  for (const char *exponent : {"0.0", "1.0", "2.0", "3.0", "-1.0", "0.5", "2.5", "-2.0"})
    for (const char *type : {"f32", "vector<1xf32>"}) {
      std::string value = type[0] == 'f' ? exponent : std::string("dense<") + exponent + ">";
      Parsed parsed(std::string(R"mlir(
        func.func @f(%p: !llvm.ptr) {
          %x = llvm.load %p : !llvm.ptr -> )mlir") +
                    type + "\n%y = arith.constant " + value + " : " + type +
                    "\n%r = math.powf %x, %y : " + type + "\nllvm.store %r, %p : " + type +
                    ", !llvm.ptr\nreturn\n}");
      expandElementary(*parsed);
      auto loaded = load(emitObject(*parsed, Target::native()), "pow");
      for (float x : samples<float>(2000)) {
        SCOPED_TRACE(std::to_string(x) + " to the power " + exponent);
        float result = x;
        loaded.function<void(float *)>("f")(&result);
        double y = std::strtod(exponent, nullptr);
        expectWithin<float, double>(result, std::pow(double(x), y), 1.6);
        if (testing::Test::HasFailure())
          return;
      }
    }
}

template <class T> void checkIntegerPower(const std::string &element, int lanes) {
  LoadedObject loaded = compileOp("ipowi", element, 2, lanes);
  std::vector<T> x, y;
  for (T a : {T(0), T(1), T(-1), T(2), T(-2), T(3), T(-7), T(10), std::numeric_limits<T>::min(),
              std::numeric_limits<T>::max()})
    for (T b : {T(0), T(1), T(2), T(3), T(5), T(9), T(31), T(-1), T(-2), T(-3),
                std::numeric_limits<T>::min(), std::numeric_limits<T>::max()}) {
      x.push_back(a);
      y.push_back(b);
    }
  while (x.size() % 16 != 0) {
    x.push_back(1);
    y.push_back(1);
  }
  std::vector<T> out(x.size());
  loaded.function<Kernel<T>>("f")(x.data(), y.data(), out.data(), x.size());
  using Unsigned = std::make_unsigned_t<T>;
  for (size_t i = 0; i < x.size(); ++i) {
    Unsigned expected = 1, base = static_cast<Unsigned>(x[i]);
    if (y[i] < 0)
      expected = x[i] == 1 ? 1 : x[i] == -1 ? (y[i] % 2 ? Unsigned(-1) : 1) : 0;
    else
      for (Unsigned left = static_cast<Unsigned>(y[i]); left; left >>= 1, base *= base)
        if (left & 1)
          expected *= base;
    EXPECT_EQ(out[i], static_cast<T>(expected)) << x[i] << " to the power " << y[i];
  }
}

TEST(ElementaryPower, IntegersWrapAndTruncate) {
  checkIntegerPower<int32_t>("i32", 16);
  checkIntegerPower<int64_t>("i64", 8);
  checkIntegerPower<int32_t>("i32", 1);
}

TEST(ElementaryExpansion, NoTargetNeedsALibraryForThem) {
  std::vector<std::string> ops = {"floor", "ceil", "trunc", "roundeven", "absf", "sqrt", "fma"};
  for (const Function &function : functions)
    ops.push_back(function.op);
  for (const char *name : {"x86-64", "x86-64-v3", "znver4", "aarch64", "riscv64", "wasm32"})
    for (const std::string &op : ops) {
      for (const char *type : {"vector<4xf32>", "f64"}) {
        std::string operands = op == "fma" ? " %x, %x, %x : " : " %x : ";
        Parsed parsed(std::string("func.func @f(%x: ") + type + ") -> " + type +
                      " {\n  %r = math." + op + operands + type + "\n  return %r : " + type +
                      "\n}");
        expandElementary(*parsed);
        std::string text = emitAssembly(*parsed, Target::named(name));
        for (const char *call : {"callq", "\tbl\t", "\tcall\t"})
          EXPECT_EQ(text.find(call), std::string::npos) << op << " on " << name;
      }
    }
}

// 1/(1 + exp(-x)) as a whole: also where exp(-x) overflows or the result is subnormal.
TEST(ElementaryExpansion, AWrittenSigmoidIsWithinTwoUlp) {
  Parsed parsed(R"mlir(
    func.func @f(%x: f32) -> f32 {
      %one = arith.constant 1.0 : f32
      %n = arith.negf %x : f32
      %e = math.exp %n : f32
      %s = arith.addf %one, %e : f32
      %r = arith.divf %one, %s : f32
      return %r : f32
    })mlir");
  expandElementary(*parsed);
  auto loaded = load(emitObject(*parsed, Target::native()), "sigmoid");
  auto *sigmoid = loaded.function<float(float)>("f");
  for (float x : samples<float>(20000)) {
    double e = std::exp(-std::abs(double(x)));
    SCOPED_TRACE(x);
    expectWithin<float, double>(sigmoid(x), (x < 0 ? e : 1.0) / (1 + e), 1.8);
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(ElementaryExpansion, OtherTypesAreLeftAlone) {
  Parsed parsed("func.func @f(%x: f16, %y: vector<2x2xf32>) -> f16 {\n  %r = math.exp %x : f16\n"
                "  %s = math.exp %y : vector<2x2xf32>\n  return %r : f16\n}");
  expandElementary(*parsed);
  int left = 0;
  (*parsed).walk([&](mlir::math::ExpOp) { ++left; });
  EXPECT_EQ(left, 2);
}

} // namespace
