#include "compiler/lower/elementary/Coefficients.h"
#include "compiler/lower/elementary/Functions.h"

#include <limits>

using llvm::ArrayRef;

namespace gradus::compiler::elementary {
namespace {

using namespace gradus::compiler::coefficients;

// x = n ln 2 + r with |r| <= ln(2)/2. The integer n is kept in the low bits of t = n + 1.5 2^23 (or
// 2^52), where adding that constant has rounded it.
struct Reduced {
  Num r, t;
};

Num shifter(Numbers &in) { return in.number(in.pick(0x1.8p23, 0x1.8p52)); }

double log2e(Numbers &in) { return in.pick(0x1.715476p+0, 0x1.71547652b82fep+0); }
// ln 2 in two pieces; the first is short, so that its product with n is exact.
double ln2High(Numbers &in) { return in.pick(0x1.62e4p-1, 0x1.62e42fefap-1); }
double ln2Low(Numbers &in) { return in.pick(0x1.7f7d1cp-20, 0x1.cf79abc9e3b3ap-40); }

Reduced reduce(Num x) {
  Numbers &in = *x.in;
  Num magic = shifter(in);
  Num t = fma(x, log2e(in), magic);
  Num n = t - magic;
  return {fma(n, -ln2Low(in), fma(n, -ln2High(in), x)), t};
}

// e^r = 1 + r + r^2 q(r)
Num expOfReduced(Num r) {
  Num q = polynomial(r.in->pick(ArrayRef<double>(expF32), ArrayRef<double>(expF64)), r);
  return fma(r * r, q, r) + 1.0;
}

// The bits of n at the place of the exponent.
Int exponentOf(Num t) { return bits(t) << t.in->mantissaBits(); }

// 2^n for -126 <= n <= 127 (f32).
Num powerOfTwo(Num t) { return fromBits(exponentOf(t) + t.in->integer(t.in->oneBits())); }

// About half of n, at the place of the exponent.
Int halfExponent(Int n) { return (n >> 1) & ~((int64_t(1) << n.in->mantissaBits()) - 1); }

// p 2^n in two steps, so that subnormal results and those near the largest are right.
Num scale(Num p, Num t) {
  Int n = exponentOf(t), half = halfExponent(n), one = p.in->integer(p.in->oneBits());
  return p * fromBits(half + one) * fromBits(n - half + one);
}

// e^x for x that is not above the largest finite result's.
Num expBelow(Num x) {
  // Below this every result is 0; the product with log2(e) stays small.
  Reduced reduced = reduce(atLeast(x, x.in->pick(-104.0, -746.0)));
  return scale(expOfReduced(reduced.r), reduced.t);
}

} // namespace

Num exp(Num x) { return expBelow(atMost(x, x.in->pick(89.0, 710.0))); }

Num expOfSum(Num x, Num rest) {
  Reduced reduced = reduce(x);
  return scale(expOfReduced(reduced.r + rest), reduced.t);
}

// x = n + r, 2^r = 1 + r q(r)
Num exp2(Num x) {
  Numbers &in = *x.in;
  x = atLeast(atMost(x, in.pick(129.0, 1025.0)), in.pick(-151.0, -1076.0));
  Num magic = shifter(in);
  Num t = x + magic;
  Num r = x - (t - magic);
  Num q = polynomial(in.pick(ArrayRef<double>(exp2F32), ArrayRef<double>(exp2F64)), r);
  return scale(fma(r, q, 1.0), t);
}

// e^x - 1 = 2^n (e^r - 1) + (2^n - 1); halves keep 2^n finite where the result is.
Num expm1(Num x) {
  Numbers &in = *x.in;
  Num clamped = atLeast(atMost(x, in.pick(89.0, 710.0)), in.pick(-20.0, -40.0));
  Reduced reduced = reduce(clamped);
  Num r = reduced.r;
  Num q = polynomial(in.pick(ArrayRef<double>(expm1F32), ArrayRef<double>(expm1F64)), r);
  Num p = fma(r * r, q, r);
  Num half = fromBits(exponentOf(reduced.t) +
                      in.integer(in.oneBits() - (int64_t(1) << in.mantissaBits())));
  Num result = fma(p, half, half - 0.5) * 2.0;
  return select(less(abs(x), in.pick(0x1p-26, 0x1p-55)), x, result);
}

// With e^-x = S (1 + u), S = 2^n: 1/(1+e^-x) = 1/((1 + S) + S u), where what the first sum loses is
// added to the second. S is taken in two steps, which keeps small results right: S = S1 S2, and
// everything but the 1 on top is divided by S1.
Num sigmoid(Num x) {
  Numbers &in = *x.in;
  Reduced reduced = reduce(atLeast(atMost(-x, in.pick(104.0, 746.0)), -40.0));
  Num r = reduced.r;
  Num u = fma(r * r, polynomial(in.pick(ArrayRef<double>(expF32), ArrayRef<double>(expF64)), r), r);
  Int n = exponentOf(reduced.t), half = halfExponent(n), one = in.integer(in.oneBits());
  Num inverse = fromBits(one - half), rest = fromBits(n - half + one);
  Num sum = inverse + rest;
  Truth above = greater(rest, inverse);
  Num larger = select(above, rest, inverse), smaller = select(above, inverse, rest);
  Num lost = smaller - (sum - larger);
  return in.number(1.0) / (sum + fma(rest, u, lost)) * inverse;
}

// tanh x = x + x^3 q(x^2) near 0, else 1 - 2/(e^2x + 1).
Num tanh(Num x) {
  Numbers &in = *x.in;
  Num a = abs(x), z = a * a;
  Num q = polynomial(in.pick(ArrayRef<double>(tanhF32), ArrayRef<double>(tanhF64)), z);
  Num small = fma(a * z, q, a);
  Num twice = atMost(a + a, in.pick(20.0, 42.0)); // from there on the result is 1
  Reduced reduced = reduce(twice);
  Num e = expOfReduced(reduced.r) * powerOfTwo(reduced.t);
  Num large = in.number(1.0) - in.number(2.0) / (e + 1.0);
  return copySign(select(less(a, 0.625), small, large), x);
}

namespace {

// e^a / 2, which is finite where sinh and cosh are.
Num halfExp(Num a) {
  Reduced reduced = reduce(atMost(a, a.in->pick(90.0, 711.0)));
  return scale(expOfReduced(reduced.r), reduced.t - 1.0);
}

} // namespace

// sinh x = x + x^3 q(x^2) up to 1, else (e^a - e^-a)/2.
Num sinh(Num x) {
  Numbers &in = *x.in;
  Num a = abs(x), z = a * a;
  Num q = polynomial(in.pick(ArrayRef<double>(sinhF32), ArrayRef<double>(sinhF64)), z);
  Num half = halfExp(a);
  return copySign(select(less(a, 1.0), fma(a * z, q, a), half - in.number(0.25) / half), x);
}

Num cosh(Num x) {
  Num half = halfExp(abs(x));
  return half + x.in->number(0.25) / half;
}

// erf x = x + x q(x^2) up to 1; beyond, 1 - e^-(x^2 + q(u)), u = 4/(x+2) - 1.
Num erf(Num x) {
  Numbers &in = *x.in;
  Num a = abs(x);
  Num small =
      fma(a, polynomial(in.pick(ArrayRef<double>(erfF32), ArrayRef<double>(erfF64)), a * a), a);
  Num b = atMost(a, in.pick(4.0, 6.0)); // from there on the result is 1
  Num u = in.number(4.0) / (b + 2.0) - 1.0;
  Num q = polynomial(in.pick(ArrayRef<double>(erfcF32), ArrayRef<double>(erfcF64)), u);
  Reduced reduced = reduce(-fma(b, b, q));
  Num large = in.number(1.0) - expOfReduced(reduced.r) * powerOfTwo(reduced.t);
  return copySign(select(less(a, 1.0), small, large), x);
}

} // namespace gradus::compiler::elementary
