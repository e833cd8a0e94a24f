#include "compiler/lower/elementary/Functions.h"

#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>

#include <limits>

using namespace mlir;

namespace gradus::compiler::elementary {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// One step removes this many bits of the quotient: so few that its products with the divisor, or
// with each half of one of f64, are exact without fused multiply-add.
int64_t bitsPerStep(bool isSingle) { return isSingle ? 28 : 25; }

// The exponent of a > 0, biased.
Int exponentOf(Num a) { return bits(a) >> 52; }

// b 2^k for k >= 0 without overflow on the way.
Num scaled(Num b, Int k, bool isSingle) {
  auto power = [&](Int n) { return fromBits((n << 52) + b.in->integer(b.in->oneBits())); };
  if (isSingle)
    return b * power(k);
  Int first = atMost(k, 700), second = atMost(k - first, 700);
  return b * power(first) * power(second) * power(k - first - second);
}

// a modulo d within [0, d), for a < d 2^bitsPerStep. All sums and products are exact.
Num reduced(Num a, Num d, bool isSingle) {
  Num magic = a.in->number(0x1.8p52);
  Num q = (a / d + magic) - magic;
  q = select(less(q * d, infinity), q, q - 1.0); // rounded up past the largest number
  Num r = a;
  if (isSingle) {
    r = r - q * d;
  } else {
    Num high = fromBits(bits(d) & ~((int64_t(1) << 26) - 1));
    r = (r - q * high) - q * (d - high);
  }
  return select(less(r, 0.0), r + d, r);
}

// a modulo b: long division, by b 2^k for falling k, until no lane has bits left.
Num longDivision(Num a, Num b, Int k, bool isSingle) {
  Numbers &in = *a.in;
  OpBuilder &builder = in.builder;
  SmallVector<Type> types = {in.type, in.integers};
  auto loop = builder.create<scf::WhileOp>(
      in.location, types, ValueRange{a.value, k.value},
      [&](OpBuilder &, Location location, ValueRange state) {
        Num rest{&in, state[0]};
        Int shift{&in, state[1]};
        rest = reduced(rest, scaled(b, shift, isSingle), isSingle);
        Value more = notZero(shift).value;
        if (isa<VectorType>(more.getType()))
          more = builder.create<vector::ReductionOp>(location, vector::CombiningKind::OR, more);
        Int next = atLeast(shift - in.integer(bitsPerStep(isSingle)), 0);
        builder.create<scf::ConditionOp>(location, more, ValueRange{rest.value, next.value});
      },
      [&](OpBuilder &, Location location, ValueRange state) {
        builder.create<scf::YieldOp>(location, state);
      });
  return {&in, loop.getResult(0)};
}

Num remainder(Num x, Num y, bool isSingle) {
  Numbers &in = *x.in;
  Num a = abs(x), b = abs(y);
  Truth valid = less(a, infinity) & greater(b, 0.0);
  Int exponent = exponentOf(b);
  if (!isSingle) { // a subnormal divisor has no exponent of its own
    Truth tiny = less(b, 0x1p-1022);
    exponent = select(tiny, exponentOf(b * 0x1p54) - in.integer(54), exponent);
  }
  Int k = exponentOf(a) - exponent - in.integer(bitsPerStep(isSingle) - 1);
  k = select(valid, atLeast(k, 0), in.integer(0));
  Num size = longDivision(a, b, k, isSingle);
  return select(less(a, b), x, select(valid, copySign(size, x), nan));
}

} // namespace

// f32 in f64: every step is exact there, and so is the result.
Num fmod(Num x, Num y) {
  Numbers &in = *x.in;
  if (in.isDouble())
    return remainder(x, y, false);
  Numbers wide = in.asDouble();
  return narrow(remainder(widen(x, wide), widen(y, wide), true), in);
}

} // namespace gradus::compiler::elementary
