#include "compiler/lower/elementary/Coefficients.h"
#include "compiler/lower/elementary/Functions.h"

#include <limits>

using llvm::ArrayRef;

namespace gradus::compiler::elementary {
namespace {

using namespace gradus::compiler::coefficients;

constexpr double infinity = std::numeric_limits<double>::infinity();

// pi/2 in two pieces
double halfPi(Numbers &in) { return in.pick(0x1.921fb6p+0, 0x1.921fb54442d18p+0); }
double halfPiRest(Numbers &in) { return in.pick(-0x1.777a5cp-25, 0x1.1a62633145c07p-54); }

// times pi/2 - y, y = high + low, for 0 <= y <= times pi/2
Num complement(double times, Num high, Num low) {
  Numbers &in = *high.in;
  double whole = times * halfPi(in);
  Num first = in.number(whole) - high;
  Num lost = (in.number(whole) - first) - high;
  return first + (lost - (low - times * halfPiRest(in)));
}

// atan t - t for 0 <= t <= 1
Num tailOfAtan(Num t) {
  Num z = t * t;
  return t * z * polynomial(t.in->pick(ArrayRef<double>(atanF32), ArrayRef<double>(atanF64)), z);
}

// asin x = s + rest or pi/2 - 2 (s + rest), where s is x or, beyond 1/2, sqrt((1-x)/2).
struct Sine {
  Num s, rest;
  Truth isLarge;
};

Sine sineOf(Num a) {
  Numbers &in = *a.in;
  Truth isLarge = greater(a, 0.5);
  Num half = (in.number(1.0) - a) * 0.5;
  Num z = select(isLarge, half, a * a);
  Num root = sqrt(half);
  Num s = select(isLarge, root, a);
  Num tail = s * z * polynomial(in.pick(ArrayRef<double>(asinF32), ArrayRef<double>(asinF64)), z);
  // What the root has lost; at 0 it is nothing.
  Num lost = exactFma(-root, root, half) / atLeast(root + root, 0x1p-100);
  return {s, tail + select(isLarge, lost, 0.0), isLarge};
}

} // namespace

// The angle of the smaller coordinate over the larger one, then to its octant.
Num atan2(Num y, Num x) {
  Num a = abs(x), b = abs(y);
  Truth isSteep = greater(b, a);
  Num small = select(isSteep, a, b), large = select(isSteep, b, a);
  Num t = small / large;
  t = select(equal(large, 0.0) & equal(small, 0.0), 0.0, t);
  t = select(equal(large, infinity) & equal(small, infinity), 1.0, t);
  Num rest = tailOfAtan(t);
  Truth isLeft = negative(bits(x));
  Num steep = complement(1, select(isLeft, -t, t), select(isLeft, -rest, rest));
  Num flat = select(isLeft, complement(2, t, rest), t + rest);
  return copySign(select(isSteep, steep, flat), y);
}

Num atan(Num x) {
  Numbers &in = *x.in;
  Num a = abs(x);
  Truth isSteep = greater(a, 1.0);
  Num t = select(isSteep, in.number(1.0) / a, a);
  Num rest = tailOfAtan(t);
  return copySign(select(isSteep, complement(1, t, rest), t + rest), x);
}

Num asin(Num x) {
  auto [s, rest, isLarge] = sineOf(abs(x));
  return copySign(select(isLarge, complement(1, s + s, rest + rest), s + rest), x);
}

// pi/2 - asin x; beyond 1/2 that is 2 (s + rest), or pi minus it.
Num acos(Num x) {
  auto [s, rest, isLarge] = sineOf(abs(x));
  Truth isNegative = less(x, 0.0);
  Num signedS = copySign(s, x), signedRest = select(isNegative, -rest, rest);
  Num middle = complement(1, signedS, signedRest);
  Num outer = select(isNegative, complement(2, s + s, rest + rest), (s + rest) * 2.0);
  return select(isLarge, outer, middle);
}

} // namespace gradus::compiler::elementary
