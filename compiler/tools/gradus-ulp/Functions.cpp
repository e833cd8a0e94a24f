#include "compiler/tools/gradus-ulp/Functions.h"
#include "compiler/lower/Elementary.h"
#include "dialects/gradus/Special.h"

#include <cmath>
#include <limits>

using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

namespace gradus::compiler::ulp {
namespace {

using Long = long double;
using Unary = Value (*)(OpBuilder &, Location, Value);
using Binary = Value (*)(OpBuilder &, Location, Value, Value);

template <class Op> Value emitOp(OpBuilder &b, Location loc, Value x) {
  return b.create<Op>(loc, x);
}

constexpr Long pi = 3.14159265358979323846264338327950288L;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Long nan = std::numeric_limits<double>::quiet_NaN();

template <class T> T sigmoid(T x) {
  T e = std::exp(-std::abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

// Newton's method on erfc, from Winitzki's guess.
Long erfinv(Long x) {
  Long a = std::abs(x);
  if (!(a < 1))
    return a == 1 ? std::copysign(Long(infinity), x) : nan;
  if (a < 1e-12L)
    return x * std::sqrt(pi) / 2;
  Long l = std::log1p(-a * a), t = 2 / (pi * 0.147L) + l / 2;
  Long y = std::sqrt(std::sqrt(t * t - l / 0.147L) - t);
  for (int i = 0; i < 5; ++i) {
    Long wrong = a < 0.5L ? a - std::erf(y) : std::erfc(y) - (1 - a);
    Long step = wrong * std::sqrt(pi) / 2 * std::exp(y * y);
    y += step / (1 + y * step); // Halley's
  }
  return std::copysign(y, x);
}

// B_2k / (2k)
constexpr Long bernoulli[] = {1.0L / 12,   -1.0L / 120,     1.0L / 252,
                              -1.0L / 240, 1.0L / 132,      -691.0L / 32760,
                              1.0L / 12,   -3617.0L / 8160, 43867.0L / 14364};

// cos(pi r) for |r| <= 1/2, 0 where it should be
Long cosPi(Long r) { return std::sin(pi * (0.5L - std::abs(r))); }

// Recurrence up to 20, asymptotic series beyond; below 0 the reflection, with the exact distance to
// the nearest integer.
Long digamma(Long x) {
  if (x == 0)
    return std::copysign(Long(infinity), -x);
  if (x < 0) {
    Long r = x - std::nearbyint(x);
    return r == 0 || std::isinf(x) ? nan : digamma(1 - x) - pi * cosPi(r) / std::sin(pi * r);
  }
  // Close to the root the sum below would lose digits: a Taylor series.
  constexpr Long taylor[] = {
      0.9676722454476211704274L,   -0.4427631689835921060929L,   0.2584997609556510106244L,
      -0.1639427054424065275043L,  0.1078240506912623657572L,    -0.07219956125645471092612L,
      0.04880428816414310722509L,  -0.03316112647484735929226L,  0.02259764823221810465962L,
      -0.0154247659049489591388L,  0.01053879161661217538812L,   -0.00720453438635686824097L,
      0.004926781395729853446354L, -0.003369801655439328082793L, 0.002305126326734927836938L,
      -0.001576936771430197259271L};
  Long d = (x - 0x1.762d86356be3fp+0L) - 0x1.b86a722197829p-54L;
  if (std::abs(d) < 0.05L) {
    Long value = 0;
    for (int k = 15; k >= 0; --k)
      value = value * d + taylor[k];
    return value * d;
  }
  Long sum = 0;
  for (; x < 20; x += 1)
    sum -= 1 / x;
  Long s = 1 / (x * x), power = s, series = 0;
  for (Long b : bernoulli) {
    series += b * power;
    power *= s;
  }
  return sum + std::log(x) - 1 / (2 * x) - series;
}

// (-1)^(n+1) times polygamma(n, x) for n = 1, 2 and x > 0
Long polygammaOfPositive(int n, Long x) {
  Long sum = 0;
  for (; x < 20; x += 1)
    sum += n == 1 ? 1 / (x * x) : 2 / (x * x * x);
  Long s = 1 / (x * x), power = s / x, series = 0;
  int k = 1;
  for (Long b : bernoulli) { // derivatives of the series of digamma
    Long first = 2 * k * b * power;
    series += n == 1 ? first : first * (2 * k + 1) / x;
    power *= s;
    ++k;
  }
  return sum + series + (n == 1 ? 1 / x + s / 2 : s + s / x);
}

Long trigamma(Long x) {
  if (x > 0 || std::isnan(x))
    return polygammaOfPositive(1, x);
  Long sine = std::sin(pi * (x - std::nearbyint(x)));
  if (std::isinf(x))
    return nan;
  return pi * pi / (sine * sine) - (x == 0 ? 0 : polygammaOfPositive(1, 1 - x));
}

Long tetragamma(Long x) {
  if (x > 0 || std::isnan(x))
    return -polygammaOfPositive(2, x);
  if (x == 0)
    return std::copysign(Long(infinity), -x);
  Long r = x - std::nearbyint(x), sine = std::sin(pi * r);
  if (r == 0 || std::isinf(x))
    return nan;
  return -polygammaOfPositive(2, 1 - x) - 2 * pi * pi * pi * cosPi(r) / (sine * sine * sine);
}

template <class T> T remainderOf(T x, T y) {
  T rest = std::fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

template <class T> T floorDivide(T x, T y) {
  if (y == 0)
    return x / y;
  T rest = std::fmod(x, y), quotient = (x - rest) / y;
  quotient = std::nearbyint(rest != 0 && (rest < 0) != (y < 0) ? quotient - 1 : quotient);
  return quotient == 0 ? std::copysign(T(0), x / y) : quotient;
}

#define GRADUS_UNARY(name, Name, low, high)                                                        \
  Function {                                                                                       \
    #name, 1, [](OpBuilder &b, Location loc, Value x, Value) { return emit##Name(b, loc, x); },    \
        [](double x, double) { return double(std::name(x)); },                                     \
        [](Long x, Long) { return Long(std::name(x)); }, low, high                                 \
  }
#define GRADUS_OWN(name, Name, low, high)                                                          \
  Function {                                                                                       \
    #name, 1, [](OpBuilder &b, Location loc, Value x, Value) { return emit##Name(b, loc, x); },    \
        [](double x, double) { return double(name(Long(x))); },                                    \
        [](Long x, Long) { return name(x); }, low, high                                            \
  }
#define GRADUS_BINARY(name, emitter, reference, low, high)                                         \
  Function {                                                                                       \
    name, 2, emitter, [](double x, double y) { return double(reference(Long(x), Long(y))); },      \
        [](Long x, Long y) { return Long(reference(x, y)); }, low, high                            \
  }

Function with(Function function, double floatBound, double doubleBound, const char *note) {
  function.floatBound = floatBound;
  function.doubleBound = doubleBound;
  function.note = note;
  return function;
}

Function hard(Function function, double from, double to) {
  function.hardFrom = from;
  function.hardTo = to;
  return function;
}

Function aboveZero(Function function, const char *note) {
  function.positiveDoubles = true;
  function.note = note;
  return function;
}

} // namespace

std::vector<Function> functions() {
  using ir::emitDigamma;
  using ir::emitErfc;
  using ir::emitErfinv;
  using ir::emitLgamma;
  using ir::emitTetragamma;
  using ir::emitTrigamma;
  const char *nearRoots = "f64: above 0; below, near a root of the function, the error is that of "
                          "a sum of larger terms";
  return {
      GRADUS_UNARY(exp, Exp, -10, 10),
      GRADUS_UNARY(exp2, Exp2, -10, 10),
      GRADUS_UNARY(expm1, Expm1, -10, 10),
      GRADUS_UNARY(log, Log, 0, 10),
      GRADUS_UNARY(log2, Log2, 0, 10),
      GRADUS_UNARY(log10, Log10, 0, 10),
      GRADUS_UNARY(log1p, Log1p, 0, 10),
      {"rsqrt", 1, [](OpBuilder &b, Location loc, Value x, Value) { return emitRsqrt(b, loc, x); },
       [](double x, double) { return 1 / std::sqrt(x); },
       [](Long x, Long) { return 1 / std::sqrt(x); }, 0, 10},
      GRADUS_UNARY(cbrt, Cbrt, -10, 10),
      GRADUS_UNARY(sin, Sin, -10, 10),
      GRADUS_UNARY(cos, Cos, -10, 10),
      hard(GRADUS_UNARY(tan, Tan, -10, 10), 0, infinity),
      GRADUS_UNARY(asin, Asin, -1, 1),
      GRADUS_UNARY(acos, Acos, -1, 1),
      GRADUS_UNARY(atan, Atan, -4, 4),
      {"sigmoid", 1,
       [](OpBuilder &b, Location loc, Value x, Value) { return emitSigmoid(b, loc, x); },
       [](double x, double) { return sigmoid(x); }, [](Long x, Long) { return sigmoid(x); }, -10,
       10},
      GRADUS_UNARY(tanh, Tanh, -4, 4),
      GRADUS_UNARY(sinh, Sinh, -4, 4),
      GRADUS_UNARY(cosh, Cosh, -4, 4),
      GRADUS_UNARY(asinh, Asinh, -4, 4),
      GRADUS_UNARY(acosh, Acosh, 1, 8),
      GRADUS_UNARY(atanh, Atanh, -1, 1),
      GRADUS_UNARY(erf, Erf, -4, 4),
      GRADUS_UNARY(erfc, Erfc, -4, 4),
      GRADUS_OWN(erfinv, Erfinv, -1, 1),
      hard(aboveZero(GRADUS_UNARY(lgamma, Lgamma, 0, 20), nearRoots), -64, 0),
      hard(aboveZero(GRADUS_OWN(digamma, Digamma, 0, 20), nearRoots), -64, 0),
      GRADUS_OWN(trigamma, Trigamma, 0, 20),
      hard(aboveZero(GRADUS_OWN(tetragamma, Tetragamma, 0, 20), nearRoots), -64, 0),
      GRADUS_BINARY("pow", emitPow, std::pow, 0, 10),
      GRADUS_BINARY("atan2", emitAtan2, std::atan2, -4, 4),
      GRADUS_BINARY("hypot", ir::emitHypot, std::hypot, -4, 4),
      with(GRADUS_BINARY("fmod", emitFmod, std::fmod, -100, 100), 0, 0, "exact"),
      with(GRADUS_BINARY("remainder", ir::emitRemainder, remainderOf, -100, 100), 0.5, 0.5,
           "exact, but for the sum that moves it to the sign of the divisor"),
      GRADUS_BINARY("floorDivide", ir::emitFloorDivide, floorDivide, -100, 100),
  };
}

} // namespace gradus::compiler::ulp
