#include "compiler/lower/elementary/Coefficients.h"
#include "compiler/lower/elementary/Functions.h"
#include "compiler/lower/elementary/TwoOverPi.h"

using llvm::ArrayRef;
using mlir::SmallVector;
using mlir::Value;

namespace gradus::compiler::elementary {
namespace {

using namespace gradus::compiler::coefficients;

// x = n pi/2 + r + rest in f64, |r| <= pi/4; the two lowest bits of `quadrant` are those of n.
struct Angle {
  Num r, rest;
  Int quadrant;
};

// pi/2 in three pieces of 53 bits
constexpr double halfPi[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};
constexpr double twoOverPi = 0x1.45f306dc9c883p-1;

Num magic(Numbers &in) { return in.number(0x1.8p52); }

struct Pair {
  Num high, low;
};

// a + b for any a and b
Pair twoSum(Num a, Num b) {
  Num high = a + b, t = high - a;
  return {high, (a - (high - t)) + (b - t)};
}

// |x| < 2^30
Angle reduceSmall(Num x) {
  Num shift = magic(*x.in), t = fma(x, twoOverPi, shift), n = t - shift;
  Num first = exactFma(n, -halfPi[0], x);
  Num second = n * -halfPi[1];
  Pair r = twoSum(first, second);
  Num lost = exactFma(n, -halfPi[1], -second); // of the product
  return {r.high, r.low + fma(n, -halfPi[2], lost), bits(t)};
}

// |x| < 2^40 with 24 bits: no f32 there lies so near a multiple of pi/2 that more pieces would
// matter.
Angle reduceSmallSingle(Num x) {
  Num shift = magic(*x.in), t = fma(x, twoOverPi, shift), n = t - shift;
  return {fma(n, -halfPi[1], exactFma(n, -halfPi[0], x)), x.in->number(0), bits(t)};
}

// x modulo 4, within [-2, 2]; exact.
Num moduloFour(Num x) { return fma(nearest(x * 0.25), -4.0, x); }

// The sum of numbers within [-2, 2], times pi/2, as an angle.
class Turns {
public:
  explicit Turns(Numbers &in) : high(in.number(0)), low(in.number(0)) {}
  void add(Num turn) {
    Pair sum = twoSum(high, turn);
    high = sum.high;
    low = low + sum.low;
  }
  Angle angle() const {
    Num n = nearest(high);
    Pair part = twoSum(high - n, low);
    Num r = part.high * halfPi[0];
    Num rest = exactFma(part.high, halfPi[0], -r);
    rest = fma(part.high, halfPi[1], fma(part.low, halfPi[0], rest));
    Pair sum = twoSum(r, rest);
    return {sum.high, sum.low, bits(n + magic(*n.in))};
  }

private:
  Num high, low;
};

// Any x of f32, in f64: the products with 29 bits of 2/pi are exact, and whole turns can be dropped
// from each of them.
Angle reduceLargeSingle(Num x) {
  Turns turns(*x.in);
  for (double chunk : twoOverPi29)
    turns.add(moduloFour(x * chunk));
  return turns.angle();
}

// Any x of f64: the same with products of two pieces.
Angle reduceLarge(Num x) {
  Turns turns(*x.in);
  auto add = [&](Num factor, double chunk) {
    Num high = factor * chunk;
    turns.add(moduloFour(high));
    turns.add(moduloFour(exactFma(factor, chunk, -high)));
  };
  for (double chunk : twoOverPi53)
    add(x, chunk);
  Num scaled = x * 0x1p-400;
  for (double chunk : twoOverPi53Scaled)
    add(scaled, chunk);
  return turns.angle();
}

// x: f64. The reduction of large angles runs only where a lane needs it.
Angle reduce(Num x, bool isSingle) {
  Angle small = isSingle ? reduceSmallSingle(x) : reduceSmall(x);
  Truth isLarge = greaterEqual(abs(x), isSingle ? 0x1p40 : 0x1p30);
  auto slow = [&]() -> SmallVector<Value> {
    Angle large = isSingle ? reduceLargeSingle(x) : reduceLarge(x);
    auto pick = [&](Value yes, Value no) -> Value {
      return x.in->builder.create<mlir::arith::SelectOp>(x.in->location, isLarge.value, yes, no);
    };
    return {pick(large.r.value, small.r.value), pick(large.rest.value, small.rest.value),
            pick(large.quadrant.value, small.quadrant.value)};
  };
  SmallVector<Value> results =
      ifAny(isLarge, slow, {small.r.value, small.rest.value, small.quadrant.value});
  return {{x.in, results[0]}, {x.in, results[1]}, {x.in, results[2]}};
}

// sin(r + rest) = high + low, and cos
Pair sinOf(const Angle &angle) {
  Num r = angle.r, z = r * r;
  Num low = fma(r * z, polynomial(sinF64, z), angle.rest * fma(z, -0.5, 1.0));
  return {r, low};
}

Pair cosOf(const Angle &angle) {
  Num r = angle.r, z = r * r, half = z * 0.5;
  Num high = r.in->number(1.0) - half;
  Num lost = (r.in->number(1.0) - high) - half;
  return {high, lost + fma(z * z, polynomial(cosF64, z), -(r * angle.rest))};
}

Num sinSingle(Num r) {
  Num z = r * r;
  return fma(r * z, polynomial(sinF32, z), r);
}

Num cosSingle(Num r) {
  Num z = r * r;
  return fma(z, fma(z, polynomial(cosF32, z), -0.5), 1.0);
}

// sin (or cos) of quadrant*pi/2 + angle from both of the angle.
Num turned(Num sine, Num cosine, Int quadrant) {
  Num size = select(notZero(quadrant & 1), cosine, sine);
  Int sign = (quadrant & 2) << (sine.in->isDouble() ? 62 : 30);
  return fromBits(bits(size) ^ sign);
}

Int narrowed(Int quadrant, Numbers &to) {
  return {&to, to.builder.create<mlir::arith::TruncIOp>(to.location, to.integers, quadrant.value)};
}

Num sinOrCos(Num x, int64_t quarter) {
  Numbers &in = *x.in;
  if (in.isDouble()) {
    Angle angle = reduce(x, false);
    Pair s = sinOf(angle), c = cosOf(angle);
    return turned(s.high + s.low, c.high + c.low, angle.quadrant + in.integer(quarter));
  }
  Numbers wide = in.asDouble();
  Angle angle = reduce(widen(x, wide), true);
  Num r = narrow(angle.r, in);
  return turned(sinSingle(r), cosSingle(r), narrowed(angle.quadrant, in) + in.integer(quarter));
}

// tan = sin/cos, or -cos/sin in every second quadrant; the quotient of two pairs.
Num tanOf(const Angle &angle) {
  Pair s = sinOf(angle), c = cosOf(angle);
  auto normal = [](Pair p) { // high + low as a pair again
    Num sum = p.high + p.low;
    return Pair{sum, (p.high - sum) + p.low};
  };
  s = normal(s);
  c = normal(c);
  Truth odd = notZero(angle.quadrant & 1);
  Num above = select(odd, -c.high, s.high), aboveLow = select(odd, -c.low, s.low);
  Num below = select(odd, s.high, c.high), belowLow = select(odd, s.low, c.low);
  Num quotient = above / below;
  Num rest = exactFma(-quotient, below, above) + (aboveLow - quotient * belowLow);
  return quotient + rest / below;
}

// Near 0 the function is x, with its sign.
Num orItself(Num result, Num x) {
  return select(less(abs(x), x.in->pick(0x1p-13, 0x1p-28)), x, result);
}

} // namespace

Num sin(Num x) { return orItself(sinOrCos(x, 0), x); }
Num cos(Num x) { return sinOrCos(x, 1); }

Num tan(Num x) {
  Numbers &in = *x.in;
  if (in.isDouble())
    return orItself(tanOf(reduce(x, false)), x);
  Numbers wide = in.asDouble();
  return orItself(narrow(tanOf(reduce(widen(x, wide), true)), in), x);
}

} // namespace gradus::compiler::elementary
