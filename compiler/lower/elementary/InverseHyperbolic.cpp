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

// a + sqrt(a^2 + one), one = 1 or -1, as a sum of two numbers: nothing is lost before the
// logarithm.
struct Pair {
  Num high, low;
};

Pair sumWithRoot(Num a, double one) {
  Num square = a * a, squareLow = exactFma(a, a, -square);
  Num h = square + one, t = h - square;
  Num low = (square - (h - t)) + (a.in->number(one) - t) + squareLow;
  Num root = sqrt(h);
  Num rootLow = (exactFma(-root, root, h) + low) / (root + root);
  Num sum = a + root;
  Num larger = one > 0 ? root : a, smaller = one > 0 ? a : root;
  return {sum, ((larger - sum) + smaller) + rootLow};
}

// log(a + sqrt(a^2 + one)); log 2a where the one does not count (and a^2 may be infinite).
Num logOfSumWithRoot(Num a, double one) {
  Numbers &in = *a.in;
  Truth isLarge = greater(a, in.pick(0x1p13, 0x1p28));
  Pair sum = sumWithRoot(a, one);
  Num log = logOfPair(select(isLarge, a, sum.high), select(isLarge, 0.0, sum.low),
                      select(isLarge, 1.0, 0.0, in));
  return select(less(a, infinity), log, a);
}

} // namespace

// asinh x = x + x^3 q(x^2) to 1/2, else log(x + sqrt(x^2 + 1)).
Num asinh(Num x) {
  Num a = abs(x), z = a * a;
  Num q = polynomial(x.in->pick(ArrayRef<double>(asinhF32), ArrayRef<double>(asinhF64)), z);
  return copySign(select(less(a, 0.5), fma(a * z, q, a), logOfSumWithRoot(a, 1)), x);
}

// With t = x - 1: sqrt(2t) (1 + t q(t)) to x = 3/2, else log(x + sqrt(x^2 - 1)).
Num acosh(Num x) {
  Num t = x - 1.0, root = sqrt(t + t);
  Num q = polynomial(x.in->pick(ArrayRef<double>(acoshF32), ArrayRef<double>(acoshF64)), t);
  return select(less(x, 1.5), fma(root * t, q, root), logOfSumWithRoot(x, -1));
}

// atanh x = x + x^3 q(x^2) to 1/2, else half the logarithm of (1+x)/(1-x), a quotient with its
// rest.
Num atanh(Num x) {
  Numbers &in = *x.in;
  Num a = abs(x), z = a * a;
  Num q = polynomial(in.pick(ArrayRef<double>(atanhF32), ArrayRef<double>(atanhF64)), z);
  Num above = a + 1.0, aboveLow = a - (above - 1.0), below = in.number(1.0) - a;
  Num quotient = above / below;
  Num rest = (exactFma(-quotient, below, above) + aboveLow) / below;
  Num log = logOfPair(quotient, rest, in.number(0)) * 0.5;
  log = select(less(a, 1.0), log, select(equal(a, 1.0), infinity, nan, in));
  return copySign(select(less(a, 0.5), fma(a * z, q, a), log), x);
}

} // namespace gradus::compiler::elementary
