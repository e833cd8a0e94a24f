#include "compiler/lower/elementary/Logarithm.h"
#include "compiler/lower/elementary/Coefficients.h"
#include "compiler/lower/elementary/Functions.h"

#include <limits>

using llvm::ArrayRef;

namespace gradus::compiler::elementary {
namespace {

using namespace gradus::compiler::coefficients;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// The exponent e of x = 2^e m with sqrt(1/2) <= m < sqrt(2), for normal x > 0.
Int exponentOf(Num x) {
  Numbers &in = *x.in;
  int64_t root = in.isDouble() ? 0x3fe6a09e667f3bcd : 0x3f3504f3;
  return (bits(x) - in.integer(root)) >> in.mantissaBits();
}

// log(1+f) = f + y
Num tailOfLog(Num f) {
  if (!f.in->isDouble())
    return f * f * fma(polynomial(logfF32, f), f, -0.5);
  // With s = f/(2+f): log(1+f) = 2s + s z q(z), z = s^2, and 2s = f - f^2/2 + s f^2/2.
  Num s = f / (f + 2.0), z = s * s;
  Num half = f * f * 0.5;
  return fma(s, fma(z, polynomial(logsF64, z), half), -half);
}

// What every logarithm gives outside (0, inf): -inf at 0, NaN below, x itself beyond.
Num withLimits(Num result, Num x, Num distance) {
  Num inside = select(less(x, infinity), result, x);
  Num outside = select(equal(distance, 0.0), -infinity, nan);
  return select(greater(distance, 0.0), inside, outside);
}

// e ln 2 + f + y, smallest terms first; the product with the short piece of ln 2 is exact.
Num assemble(Num e, Num f, Num y) {
  Numbers &in = *f.in;
  Num low = f + fma(e, in.pick(0x1.7f7d1cp-20, 0x1.cf79abc9e3b3ap-40), y);
  return fma(e, in.pick(0x1.62e4p-1, 0x1.62e42fefap-1), low);
}

} // namespace

Split splitFloat(Num x) {
  Numbers &in = *x.in;
  Truth tiny = less(x, in.pick(0x1p-126, 0x1p-1022));
  Num normal = select(tiny, x * in.pick(0x1p24, 0x1p54), x);
  Int exponent = exponentOf(normal);
  Num m = fromBits(bits(normal) - (exponent << in.mantissaBits()));
  Num e = toNumber(exponent) + select(tiny, in.pick(-24.0, -54.0), 0.0, in);
  return {e, m};
}

Num logOfPair(Num high, Num low, Num exponent) {
  auto [e, m] = splitFloat(high);
  Num f = m - 1.0;
  return assemble(e + exponent, f, tailOfLog(f) + low / high);
}

Num log(Num x) {
  auto [e, m] = splitFloat(x);
  Num f = m - 1.0;
  return withLimits(assemble(e, f, tailOfLog(f)), x, x);
}

// (f + y)/ln 2 with 1/ln 2 in two pieces
Num log2(Num x) {
  Numbers &in = *x.in;
  auto [e, m] = splitFloat(x);
  Num f = m - 1.0;
  double high = in.pick(0x1.715476p+0, 0x1.71547652b82fep+0);
  double low = in.pick(0x1.4ae0cp-26, 0x1.777d0ffda0d24p-56);
  Num rest = fma(f, low, tailOfLog(f) * high);
  return withLimits(e + fma(f, high, rest), x, x);
}

// e log10(2) + (f + y)/ln 10
Num log10(Num x) {
  Numbers &in = *x.in;
  auto [e, m] = splitFloat(x);
  Num f = m - 1.0;
  double high = in.pick(0x1.bcb7b2p-2, 0x1.bcb7b1526e50ep-2);
  double low = in.pick(-0x1.5b235ep-27, 0x1.95355baaafad3p-57);
  Num rest = fma(f, low, tailOfLog(f) * high);
  rest = fma(e, in.pick(-0x1.ec10cp-27, -0x1.9dc1da994fd21p-59), rest);
  return withLimits(fma(e, in.pick(0x1.344136p-2, 0x1.34413509f79ffp-2), fma(f, high, rest)), x, x);
}

// 1 + x = 2^e (1 + f) with f = 2^-e x + (2^-e - 1): what 1 + x loses in rounding is kept.
Num log1p(Num x) {
  Numbers &in = *x.in;
  Num sum = x + 1.0;
  Int exponent = exponentOf(sum);
  // 4 2^-e, which is a normal number for every e.
  Int two = in.integer(in.oneBits() + (int64_t(2) << in.mantissaBits()));
  Num scale = fromBits(two - (exponent << in.mantissaBits()));
  Num f = fma(x * 0.25, scale, fma(scale, 0.25, -1.0));
  Num result = withLimits(assemble(toNumber(exponent), f, tailOfLog(f)), x, sum);
  return select(less(abs(x), in.pick(0x1p-26, 0x1p-55)), x, result);
}

} // namespace gradus::compiler::elementary
