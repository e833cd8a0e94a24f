#include "compiler/lower/elementary/Coefficients.h"
#include "compiler/lower/elementary/Functions.h"
#include "compiler/lower/elementary/Logarithm.h"

#include <limits>

using llvm::ArrayRef;

namespace gradus::compiler::elementary {
namespace {

using namespace gradus::compiler::coefficients;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// What |x|^y is by C's rules, once its size is known: the sign for odd y, and NaN for the root of a
// negative number.
Num withSign(Num size, Num x, Num y) {
  Truth integral = equal(nearest(y), y);
  Num half = y * 0.5;
  Truth odd = integral & !equal(nearest(half), half);
  Num result = select(odd & negative(bits(x)), -size, size);
  Truth root = less(x, 0.0) & greater(x, -infinity) & !integral;
  return select(root, nan, result);
}

// |x|^y of f32 in f64: log2 |x| to 44 bits, then 2^(y log2 |x|), rounded to f32 once.
Num powerInDouble(Num x, Num y) {
  Numbers wide = x.in->asDouble();
  Num a = abs(x);
  Num big = widen(a, wide);
  auto [e, m] = splitFloat(big);
  Num f = m - 1.0;
  Num s = f / (f + 2.0), z = s * s;
  Num logarithm = fma(z * s, polynomial(logsShortF64, z), s + s);
  Num log2 = fma(logarithm, 0x1.71547652b82fep+0, e);
  log2 = select(less(big, infinity), log2, big);
  log2 = select(equal(big, 0.0), -infinity, log2);
  Num v = widen(y, wide) * log2;
  // 1 to any power and anything to the power 0 is 1, also where the other is NaN or infinite.
  v = select(equal(a, 1.0) | equal(y, 0.0), 0.0, v);
  v = atLeast(atMost(v, 160.0), -160.0);
  Num magic = wide.number(0x1.8p52);
  Num t = v + magic;
  Num r = v - (t - magic);
  Num p = fma(r, polynomial(exp2ShortF64, r), 1.0);
  Num scale = fromBits((bits(t) << 52) + wide.integer(wide.oneBits()));
  return narrow(p * scale, *x.in);
}

// A number as the sum of two.
struct Pair {
  Num high, low;
};

Pair product(Num a, Num b) {
  Num high = a * b;
  return {high, exactFma(a, b, -high)};
}

// a + b for |a| >= |b| (or a = 0)
Pair sum(Num a, Num b) {
  Num high = a + b;
  return {high, (a - high) + b};
}

// log |x| to about 64 bits: 2s + 2/3 s z + s z^2 q(z), the first two terms in pairs.
Pair longLog(Num a) {
  auto [e, m] = splitFloat(a);
  Num f = m - 1.0;
  Num d = f + 2.0, dRest = f - (d - 2.0);
  Num reciprocal = a.in->number(1.0) / d;
  Num s = f * reciprocal;
  Num sRest = (exactFma(-s, d, f) - s * dRest) * reciprocal;
  Pair z = product(s, s);
  z.low = fma(s + s, sRest, z.low);
  Pair w = product(s, z.high);
  w.low = fma(s, z.low, fma(sRest, z.high, w.low));
  Pair third = product(w.high, a.in->number(0x1.5555555555555p-1));
  third.low = fma(w.low, 0x1.5555555555555p-1, fma(w.high, 0x1.5555555555555p-55, third.low));
  Num tail = w.high * z.high * polynomial(powlogF64, z.high);
  Pair log = sum(s + s, third.high);
  log.low = log.low + (fma(sRest, 2.0, third.low) + tail);
  Pair result = sum(e * 0x1.62e42fefap-1, log.high);
  // The tail is no rounding error: without this sum, the low part could move e^r out of its
  // interval.
  return sum(result.high, result.low + fma(e, 0x1.cf79abc9e3b3ap-40, log.low));
}

// |x|^y of f64
Num powerInPairs(Num x, Num y) {
  Num a = abs(x);
  Pair log = longLog(a);
  Num high = select(less(a, infinity), log.high, a);
  high = select(equal(a, 0.0), -infinity, high);
  Num v = y * high;
  Num rest = fma(y, log.low, exactFma(y, high, -v));
  Truth one = equal(a, 1.0) | equal(y, 0.0);
  v = select(one, 0.0, v);
  // Beyond, the result is 0 or infinite, and the rest may be NaN.
  rest = select(less(abs(v), 800.0) & !one, rest, 0.0, *x.in);
  return expOfSum(atLeast(atMost(v, 800.0), -800.0), rest);
}

} // namespace

Num pow(Num x, Num y) {
  Num size = x.in->isDouble() ? powerInPairs(x, y) : powerInDouble(x, y);
  return withSign(size, x, y);
}

// |x| = 2^(3k) M with M = 2^r m, r = -1, 0, 1: 2^k M^(1/3), by a polynomial in m and one step of
// Halley's.
Num cbrt(Num x) {
  Numbers &in = *x.in;
  Num a = abs(x);
  auto [e, m] = splitFloat(a);
  Num magic = in.number(in.pick(0x1.8p23, 0x1.8p52));
  Num t = fma(e, 1.0 / 3, magic), r = fma(t - magic, -3.0, e);
  Truth up = greater(r, 0.5), down = less(r, -0.5);
  Num y = polynomial(in.pick(ArrayRef<double>(cbrtF32), ArrayRef<double>(cbrtF64)), m - 1.0);
  y = y * select(up, 0x1.428a2f98d728bp+0, select(down, 0x1.965fea53d6e3dp-1, 1.0), in);
  m = m * select(up, 2.0, select(down, 0.5, 1.0), in);
  Num square = y * y, cube = square * y;
  Num root = fma(y, fma(-square, y, m) / (cube + cube + m), y);
  root = root * fromBits((bits(t) << in.mantissaBits()) + in.integer(in.oneBits()));
  return select(greater(a, 0.0) & less(a, infinity), copySign(root, x), x);
}

Num rsqrt(Num x) { return x.in->number(1.0) / sqrt(x); }

} // namespace gradus::compiler::elementary
