#include "dialects/gradus/Special.h"

#include "dialects/gradus/Numbers.h"
#include "dialects/gradus/SpecialCoefficients.h"

#include <limits>

using namespace mlir;
using namespace gradus::formula;

namespace gradus::ir {
namespace {

using namespace coefficients;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// These become math ops, which compiler/lower expands.
template <class Op> Num call(Num x) {
  return {x.in, x.in->builder.create<Op>(x.in->location, x.value).getResult()};
}
Num expOf(Num x) { return call<math::ExpOp>(x); }
Num logOf(Num x) { return call<math::LogOp>(x); }
Num floorOf(Num x) { return call<math::FloorOp>(x); }

// How exact an f64 formula has to be: enough to be rounded to f32, or all of f64.
enum class For { f32, f64 };

ArrayRef<double> pick(For format, ArrayRef<double> single, ArrayRef<double> twice) {
  return format == For::f32 ? single : twice;
}

// f32 in f64, rounded once at the end.
Value emitInDouble(OpBuilder &b, Location loc, Value x, Num (*formula)(Num, For)) {
  Numbers in(b, loc, x.getType());
  if (in.isDouble())
    return formula(in.of(x), For::f64).value;
  Numbers wide = in.asDouble();
  return narrow(formula(widen(in.of(x), wide), For::f32), in).value;
}

// e^-x^2 times a polynomial; x^2 in two pieces, of which the second enters as 1 - low. In f64,
// where erf is below 1/2, 1 - erf keeps more digits.
Num erfc(Num x, For format) {
  Numbers &in = *x.in;
  Num a = atMost(abs(x), format == For::f32 ? 10.1 : 27.3); // 0 beyond
  Num p = polynomial(pick(format, erfcF32, erfcF64), (a - 4.0) / (a + 4.0)) / fma(a, 2.0, 1.0);
  Num square = a * a;
  Num size = p * expOf(-square);
  if (format == For::f64)
    size = select(less(a, 0.46875), fma(-a, polynomial(erfSmallF64, square), 1.0),
                  fma(size, -exactFma(a, a, -square), size));
  return select(less(x, 0.0), in.number(2.0) - size, size);
}

// x times a polynomial in w = -log(1 - x^2), or in its root where w is large.
Num erfinv(Num x, For format) {
  Num one = x.in->number(1.0), a = abs(x);
  Num w = -logOf((one - a) * (one + a)), root = sqrt(w);
  Num ratio = polynomial(pick(format, erfinvLowF32, erfinvLowF64), w - 3.0);
  Num middle = polynomial(pick(format, erfinvMiddleF32, erfinvMiddleF64), root - 3.25);
  ratio = select(less(w, 6.0), ratio, middle);
  if (format == For::f64)
    ratio = select(greater(w, 16.0), polynomial(erfinvHighF64, root - 5.0), ratio);
  return x * select(equal(a, 1.0), infinity, ratio);
}

// What is left of a beyond whole numbers, from -1/2 to 1/2; exact.
Num distanceToInteger(Num a) { return a - nearest(a); }

constexpr double pi = 0x1.921fb54442d18p+1, piRest = 0x1.1a62633145c07p-53;

// sin(pi r) for |r| <= 1/2
Num sinPi(Num r) {
  Num z = r * r;
  return fma(r, pi, r * fma(z, polynomial(sinPiF64, z), piRest));
}

// pi / sin(pi r) as the sum of two numbers; infinite and NaN at 0
struct Pair {
  Num high, low;
};

Pair piOverSinPi(Num r) {
  Num z = r * r, rest = r * fma(z, polynomial(sinPiF64, z), piRest);
  Num sine = fma(r, pi, rest), lost = exactFma(r, pi, -sine) + rest;
  Num high = r.in->number(pi) / sine;
  Num low = (exactFma(-high, sine, pi) + (r.in->number(piRest) - high * lost)) / sine;
  return {high, low};
}

// cos(pi r) for |r| <= 1/2, exact to the last digits also near its root
Num cosPi(Num r) { return sinPi(r.in->number(0.5) - abs(r)); }

// Up to 8: x = 2 + z + k with -3/4 <= z <= 1/2, so gamma(x) is gamma(2 + z) times (or divided by) a
// product of |k| factors. Beyond: Stirling's series. Negative: gamma(x) gamma(-x) = -pi / (x sin pi
// x).
Num lgamma(Num x, For) {
  Numbers &in = *x.in;
  Num one = in.number(1.0), a = abs(x);
  Num n = nearest(a);
  n = select(greaterEqual(a, 1.25) & less(n, 2.0), 2.0, n);
  Num z = a - n;
  Num product = one;
  for (int j = 1; j <= 6; ++j)
    product = product * select(greaterEqual(n, j + 2.0), a - double(j), one);
  Truth below = less(n, 2.0);
  product = select(below, a, product);
  product = select(less(n, 1.0), a * (a + 1.0), product);
  Truth isFar = greaterEqual(a, 8.0);
  Num logarithm = logOf(select(isFar, a, product));
  Num near = fma(z, polynomial(lgammaNearTwoF64, z), select(below, -logarithm, logarithm));
  Num s = one / a;
  Num tail = fma(s, polynomial(stirlingF64, s * s), 0x1.acfe390c97d69p-2);
  Num size = select(isFar, fma(a - 0.5, logarithm - 1.0, tail), near);
  // Close to 0 both signs are alike.
  Truth reflected = less(x, -0x1p-60);
  Num sine = abs(sinPi(distanceToInteger(a)));
  Num other = -(logOf(a * sine * 0x1.45f306dc9c883p-2) + size);
  Num result = select(reflected, other, size);
  return select(equal(a, infinity), infinity, result);
}

// For a > 0: a polynomial around the root, for all of [1, 2); from there the recurrence leads to
// (0, 6), where the sum of 1/(a-j) is kept as one quotient. Beyond, the asymptotic series.
Num digammaOfPositive(Num a) {
  Numbers &in = *a.in;
  Num one = in.number(1.0);
  Num count = floorOf(a) - 1.0; // a - count is in [1, 2)
  Num above = in.number(0), below = one;
  for (int j = 1; j <= 4; ++j) {
    Truth isIn = greaterEqual(count, double(j));
    Num factor = a - double(j);
    above = select(isIn, fma(above, factor, below), above);
    below = select(isIn, below * factor, below);
  }
  Truth small = less(count, 0.0);
  above = select(small, -one, above);
  below = select(small, a, below);
  Num y = a - count;
  Num distance = (y - 0x1.762d86356be3fp+0) - 0x1.b86a722197829p-54;
  Num near = fma(distance, polynomial(digammaNearRootF64, y - 1.5), above / below);
  Num s = one / a, z = s * s;
  Num far = logOf(a) - fma(z, polynomial(digammaTailF64, z), s * 0.5);
  return select(less(a, 6.0), near, far);
}

// Below 0: digamma(x) = digamma(1 - x) - pi cot pi x.
Num digamma(Num x, For) {
  Numbers &in = *x.in;
  Num a = abs(x);
  Truth isNegative = less(x, 0.0);
  Num size = digammaOfPositive(select(isNegative, a + 1.0, a));
  Num r = distanceToInteger(a);
  Num cotangent = cosPi(r) * pi / sinPi(r);
  cotangent = select(equal(r, 0.0), nan, cotangent);
  Num result = select(isNegative, size + cotangent, size);
  return select(equal(x, 0.0), copySign(in.number(infinity), -x), result);
}

// The sum of 1/(a+j)^power over j = 1..5 as a quotient; power is 2 or 3. The largest term comes
// last, so that its error is the only one that counts.
Num shiftedSum(Num a, int power) {
  Num above = a.in->number(0), below = a.in->number(1);
  for (int j = 5; j >= 1; --j) {
    Num term = a + double(j);
    Num factor = power == 2 ? term * term : term * term * term;
    above = fma(above, factor, below);
    below = below * factor;
  }
  return above / below;
}

// From 6 on the asymptotic series; six terms of the sum of 1/(a+k)^2 lead there.
Num trigammaOfPositive(Num a, For format) {
  Truth isNear = less(a, 6.0);
  Num one = a.in->number(1.0), inverse = one / a;
  Num s = select(isNear, one / (a + 6.0), inverse), z = s * s;
  Num tail =
      fma(z * s, polynomial(pick(format, trigammaTailF32, trigammaTailF64), z), fma(z, 0.5, s));
  Num near = fma(inverse, inverse, shiftedSum(a, 2) + tail);
  return select(isNear, near, tail);
}

// Below 0: trigamma(x) = (pi / sin pi x)^2 - trigamma(1 - x).
Num trigamma(Num x, For format) {
  Num a = abs(x);
  Truth isNegative = less(x, 0.0);
  Num size = trigammaOfPositive(select(isNegative, a + 1.0, a), format);
  auto [high, low] = piOverSinPi(abs(distanceToInteger(a)));
  Num square = fma(high, high, low * (high + high) - size);
  square = select(greaterEqual(high, 0x1p512), infinity, square); // where its terms may be NaN
  return select(isNegative, square, size);
}

Num tetragammaOfPositive(Num a) {
  Truth isNear = less(a, 6.0);
  Num one = a.in->number(1.0), inverse = one / a;
  Num s = select(isNear, one / (a + 6.0), inverse), z = s * s;
  Num tail = fma(z * z, polynomial(tetragammaTailF64, z), fma(z, s, z));
  Num rest = fma(shiftedSum(a, 3), 2.0, tail);
  return -select(isNear, fma(inverse * inverse, inverse * 2.0, rest), tail);
}

// Below 0: polygamma(2, x) = polygamma(2, 1 - x) - 2 pi^3 cos(pi x) / sin(pi x)^3.
Num tetragamma(Num x, For) {
  Num a = abs(x);
  Truth isNegative = less(x, 0.0);
  Num size = tetragammaOfPositive(select(isNegative, a + 1.0, a));
  Num r = distanceToInteger(a);
  Num inverse = x.in->number(pi) / sinPi(r);
  Num turn = cosPi(r) * inverse * inverse * inverse * 2.0;
  Num result = select(isNegative, size + select(equal(r, 0.0), nan, turn), size);
  return select(equal(x, 0.0), copySign(x.in->number(infinity), -x), result);
}

} // namespace

Value emitErfc(OpBuilder &b, Location loc, Value x) { return emitInDouble(b, loc, x, erfc); }
Value emitErfinv(OpBuilder &b, Location loc, Value x) { return emitInDouble(b, loc, x, erfinv); }
Value emitLgamma(OpBuilder &b, Location loc, Value x) { return emitInDouble(b, loc, x, lgamma); }
Value emitDigamma(OpBuilder &b, Location loc, Value x) { return emitInDouble(b, loc, x, digamma); }
Value emitTrigamma(OpBuilder &b, Location loc, Value x) {
  return emitInDouble(b, loc, x, trigamma);
}
Value emitTetragamma(OpBuilder &b, Location loc, Value x) {
  return emitInDouble(b, loc, x, tetragamma);
}

// f32 in f64, where nothing overflows. f64 is scaled where squares would.
Value emitHypot(OpBuilder &b, Location loc, Value x, Value y) {
  Numbers in(b, loc, x.getType());
  if (!in.isDouble()) {
    Numbers wide = in.asDouble();
    Num u = widen(in.of(x), wide), v = widen(in.of(y), wide);
    Num size = sqrt(fma(u, u, v * v));
    Truth isInfinite = equal(abs(u), infinity) | equal(abs(v), infinity);
    return narrow(select(isInfinite, infinity, size), in).value;
  }
  Num u = abs(in.of(x)), v = abs(in.of(y));
  Truth swap = less(u, v);
  Num large = select(swap, v, u), small = select(swap, u, v);
  Truth tooLarge = greater(large, 0x1p500), tooSmall = less(large, 0x1p-500);
  Num scale = select(tooLarge, 0x1p-600, select(tooSmall, 0x1p600, 1.0), in);
  Num back = select(tooLarge, 0x1p600, select(tooSmall, 0x1p-600, 1.0), in);
  Num p = large * scale, q = small * scale;
  Num size = sqrt(fma(p, p, q * q)) * back;
  Truth isInfinite = equal(u, infinity) | equal(v, infinity);
  return select(isInfinite, infinity, size).value;
}

// max + log(1 + e^-|x-y|); equal infinities have no difference.
Value emitLogAddExp(OpBuilder &b, Location loc, Value x, Value y) {
  Numbers in(b, loc, x.getType());
  Num u = in.of(x), v = in.of(y);
  Num large = select(less(u, v), v, u);
  Num rest = call<math::Log1pOp>(expOf(-abs(u - v)));
  return (large + select(equal(u, v), 0x1.62e42fefa39efp-1, rest)).value;
}

Value emitFmod(OpBuilder &b, Location loc, Value x, Value y) {
  return b.create<arith::RemFOp>(loc, x, y);
}

namespace {

// fmod, and where its sign is not that of y, once more y.
struct Division {
  Num rest;
  Truth moved;
};

Division floored(Num x, Num y) {
  Num rest = x.in->of(emitFmod(x.in->builder, x.in->location, x.value, y.value));
  Truth differ = (less(rest, 0.0) & greater(y, 0.0)) | (greater(rest, 0.0) & less(y, 0.0));
  return {rest, differ};
}

} // namespace

Value emitRemainder(OpBuilder &b, Location loc, Value x, Value y) {
  Numbers in(b, loc, x.getType());
  Num divisor = in.of(y);
  auto [rest, moved] = floored(in.of(x), divisor);
  return select(moved, rest + divisor, rest).value;
}

// (x - x mod y)/y is nearly an integer; the nearest one is meant. f32 in f64, where it is that
// integer.
Value emitFloorDivide(OpBuilder &b, Location loc, Value x, Value y) {
  Numbers in(b, loc, x.getType()), wide = in.asDouble();
  auto widened = [&](Value v) { return in.isDouble() ? in.of(v) : widen(in.of(v), wide); };
  Num dividend = widened(x), divisor = widened(y);
  auto [rest, moved] = floored(dividend, divisor);
  Num quotient = (dividend - rest) / divisor;
  quotient = nearest(select(moved, quotient - 1.0, quotient));
  Num plain = dividend / divisor;
  quotient = select(equal(quotient, 0.0), copySign(dividend.in->number(0), plain), quotient);
  quotient = select(equal(divisor, 0.0), plain, quotient);
  return (in.isDouble() ? quotient : narrow(quotient, in)).value;
}

} // namespace gradus::ir
