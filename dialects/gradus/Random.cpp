#include "dialects/gradus/Random.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <array>
#include <cmath>
#include <numbers>

using namespace mlir;

namespace gradus::ir {

//===--- what the sources share
//------------------------------------------------------------------------------===//

static constexpr int64_t kStreams = 1 << 23, kStreamBits = 40;

template <class Op> static void setRandomBatch(Op op, int64_t batch) {
  SmallVector<int64_t> shape(op.getShape());
  std::replace(shape.begin(), shape.end(), int64_t(-1), batch);
  op.setShape(shape);
}

static LogicalResult inferRandom(Rule rule, Value key, Value counter, int64_t stream,
                                 ArrayRef<int64_t> attribute, Elements allowed, Type element,
                                 SmallVectorImpl<Type> &types) {
  rule.roles = {"key", "counter"};
  for (auto [value, name] : {std::pair(key, "key"), std::pair(counter, "counter")})
    if (!shapeOf(value).empty() || !elementOf(value).isInteger(64)) // random.1
      return rule.fail(Twine("the ") + name + " has shape " + shapeText(shapeOf(value)) +
                       " and element type " + elementText(elementOf(value)) +
                       " (must be a scalar of i64)");
  if (stream < 0 || stream >= kStreams) // random.2
    return rule.fail("stream " + Twine(stream) + " is outside 0 .. " + Twine(kStreams - 1));
  if (failed(rule.checkElements(allowed, element))) // random.3
    return failure();
  SmallVector<int64_t> shape(attribute);
  std::replace(shape.begin(), shape.end(), int64_t(-1), int64_t(kUnknown));
  return rule.give(shape, element, types);
}

namespace {
using Words = std::array<Value, 4>;

/// Integers in i64 lanes, numbers in f64 or f32 lanes, as the words of one element need them.
class Lanes {
public:
  explicit Lanes(ElementContext &ctx) : ctx(ctx), b(ctx.builder()), loc(ctx.loc()) {}

  Value number(Value like, double value) { return emitConstant(b, loc, like.getType(), value); }
  Value add(Value x, Value y) { return b.create<arith::AddIOp>(loc, x, y); }
  Value mul(Value x, Value y) { return b.create<arith::MulIOp>(loc, x, y); }
  Value exclusive(Value x, Value y) { return b.create<arith::XOrIOp>(loc, x, y); }
  Value both(Value x, double mask) { return b.create<arith::AndIOp>(loc, x, number(x, mask)); }
  Value low(Value x) { return both(x, 0xffffffffu); }
  Value shiftRight(Value x, int bits) { return b.create<arith::ShRUIOp>(loc, x, number(x, bits)); }
  Value shiftLeft(Value x, int bits) { return b.create<arith::ShLIOp>(loc, x, number(x, bits)); }
  Value choose(Value bit, Value one, Value zero) {
    Value set = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, bit, number(bit, 0));
    return b.create<arith::SelectOp>(loc, set, one, zero);
  }
  Value scaled(Value x, double factor) {
    return b.create<arith::MulFOp>(loc, x, number(x, factor));
  }

  /// The row-major number of the element.
  Value position(ArrayRef<Index> at, ArrayRef<int64_t> shape) {
    Index result{emitInteger(b, loc, 0), 0};
    int64_t stride = 1;
    for (size_t axis = shape.size(); axis-- > 0; stride *= shape[axis])
      result = addIndex(ctx, result, scaleIndex(ctx, at[axis], stride));
    return emitCoordinate(ctx, result);
  }

  /// Philox4x32-10 of block `index`. Every word lies in the lower half of an i64, where the product of two is one instruction.
  Words philox(Value index, Value key, Value counter) {
    Words c = {low(index), shiftRight(index, 32), low(counter), shiftRight(counter, 32)};
    Value k0 = low(key), k1 = shiftRight(key, 32);
    for (int round = 0; round < 10; ++round) {
      Value p0 = mul(c[0], number(c[0], 0xD2511F53u)), p1 = mul(c[2], number(c[2], 0xCD9E8D57u));
      c = {exclusive(exclusive(shiftRight(p1, 32), c[1]), k0), low(p1),
           exclusive(exclusive(shiftRight(p0, 32), c[3]), k1), low(p0)};
      k0 = low(add(k0, number(k0, 0x9E3779B9u)));
      k1 = low(add(k1, number(k1, 0xBB67AE85u)));
    }
    return c;
  }

  /// 0 <= x < 2^52 as f64: the mantissa of 2^52 + x. A conversion would be one lane at a time before AVX-512.
  Value real(Value x) {
    Value bits = b.create<arith::OrIOp>(loc, x, number(x, 0x1p62 + 0x033p52)); // the bits of 2^52
    Value value = b.create<arith::BitcastOp>(loc, withElement(x.getType(), b.getF64Type()), bits);
    return b.create<arith::SubFOp>(loc, value, number(value, 0x1p52));
  }
  Value narrow(Value x) {
    return b.create<arith::TruncFOp>(loc, withElement(x.getType(), b.getF32Type()), x);
  }
  /// The upper 24 bits of a word, in [0, 1).
  Value unit32(Value word) {
    Value small = b.create<arith::TruncIOp>(loc, withElement(word.getType(), b.getI32Type()),
                                            shiftRight(word, 8));
    Value value = b.create<arith::SIToFPOp>(loc, withElement(word.getType(), b.getF32Type()), small);
    return scaled(value, 0x1p-24);
  }
  /// (word + 1/2) 2^-32 rounded, in (0, 1].
  Value positive32(Value word) {
    Value value = real(word);
    value = b.create<arith::AddFOp>(loc, value, number(value, 0.5));
    return narrow(scaled(value, 0x1p-32));
  }
  /// The upper 53 bits of two words, and a half if asked for, times 2^-53.
  Value unit64(Value lowWord, Value highWord, bool half) {
    Value tail = real(shiftRight(lowWord, 11));
    if (half)
      tail = b.create<arith::AddFOp>(loc, tail, number(tail, 0.5));
    return b.create<arith::AddFOp>(loc, scaled(real(highWord), 0x1p-32), scaled(tail, 0x1p-53));
  }

private:
  ElementContext &ctx;
  OpBuilder &b;
  Location loc;
};

/// The words of one element: `count` (1, 2 or 4) beginning with word `count` i.
template <class Op> SmallVector<Value, 4> wordsOf(ElementContext &ctx, Op op, ArrayRef<Index> at, int count) {
  Lanes lanes(ctx);
  Value key = ctx.operand(op.getKeyMutable(), {}), counter = ctx.operand(op.getCounterMutable(), {});
  Value i = lanes.position(at, arrayOf(shapeOf(op.getResult())));
  Value block = count == 4 ? i : lanes.shiftRight(i, count == 2 ? 1 : 2);
  block = lanes.add(block, lanes.number(block, std::ldexp(double(op.getStream()), kStreamBits)));
  Words w = lanes.philox(block, key, counter);
  if (count == 4)
    return {w[0], w[1], w[2], w[3]};
  Value odd = lanes.both(i, 1);
  if (count == 2)
    return {lanes.choose(odd, w[2], w[0]), lanes.choose(odd, w[3], w[1])};
  Value upper = lanes.both(i, 2);
  return {lanes.choose(upper, lanes.choose(odd, w[3], w[2]), lanes.choose(odd, w[1], w[0]))};
}
} // namespace

//===--- random_bits
//------------------------------------------------------------------------------------------===//

LogicalResult RandomBitsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferRandom(Rule(loc, getOperationName(), adaptor.getOperands()), adaptor.getKey(),
                     adaptor.getCounter(), adaptor.getStream(), adaptor.getShape(),
                     Elements::integer, adaptor.getElement(), types);
}

Value RandomBitsOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  OpBuilder &b = ctx.builder();
  Lanes lanes(ctx);
  if (getElement().isInteger(32)) {
    Value word = wordsOf(ctx, *this, at, 1)[0];
    return b.create<arith::TruncIOp>(ctx.loc(), withElement(word.getType(), getElement()), word);
  }
  auto words = wordsOf(ctx, *this, at, 2);
  return b.create<arith::OrIOp>(ctx.loc(), lanes.shiftLeft(words[1], 32), words[0]);
}

//===--- random_uniform
//---------------------------------------------------------------------------------------===//

LogicalResult RandomUniformOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferRandom(Rule(loc, getOperationName(), adaptor.getOperands()), adaptor.getKey(),
                     adaptor.getCounter(), adaptor.getStream(), adaptor.getShape(),
                     Elements::floating, adaptor.getElement(), types);
}

Value RandomUniformOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  Lanes lanes(ctx);
  if (getElement().isF32()) {
    Value word = wordsOf(ctx, *this, at, 1)[0];
    return getPositive() ? lanes.positive32(word) : lanes.unit32(word);
  }
  auto words = wordsOf(ctx, *this, at, 2);
  return lanes.unit64(words[0], words[1], getPositive());
}

//===--- random_normal
//----------------------------------------------------------------------------------------===//

LogicalResult RandomNormalOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferRandom(Rule(loc, getOperationName(), adaptor.getOperands()), adaptor.getKey(),
                     adaptor.getCounter(), adaptor.getStream(), adaptor.getShape(),
                     Elements::floating, adaptor.getElement(), types);
}

// sqrt(-2 log u) cos(2 pi v)
Value RandomNormalOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  OpBuilder &b = ctx.builder();
  Location loc = ctx.loc();
  Lanes lanes(ctx);
  Value u, v;
  if (getElement().isF32()) {
    auto words = wordsOf(ctx, *this, at, 2);
    u = lanes.positive32(words[0]);
    v = lanes.unit32(words[1]);
  } else {
    auto words = wordsOf(ctx, *this, at, 4);
    u = lanes.unit64(words[0], words[1], true);
    v = lanes.unit64(words[2], words[3], false);
  }
  Value radius =
      b.create<math::SqrtOp>(loc, lanes.scaled(b.create<math::LogOp>(loc, u), -2));
  Value turned = b.create<math::CosOp>(loc, lanes.scaled(v, 2 * std::numbers::pi));
  return b.create<arith::MulFOp>(loc, radius, turned);
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Random.cpp.inc"
