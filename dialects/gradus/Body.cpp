#include "dialects/gradus/Body.h"

#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Special.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace gradus::ir {

ElementContext::~ElementContext() = default;

Value emitInteger(OpBuilder &builder, Location loc, int64_t value) {
  return builder.create<arith::ConstantIntOp>(loc, value, 64);
}

Type withElement(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), element);
  return element;
}

Value emitSplat(OpBuilder &builder, Location loc, Value scalar, int64_t lanes) {
  if (lanes == 1)
    return scalar;
  return builder.create<vector::SplatOp>(loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

/// lane * step for each lane, as integers of `bits` bits.
static Value laneSteps(ElementContext &ctx, int64_t step, unsigned bits = 64) {
  OpBuilder &b = ctx.builder();
  SmallVector<APInt> steps;
  for (int64_t lane = 0; lane < ctx.lanes(); ++lane)
    steps.push_back(APInt(bits, lane * step, /*isSigned=*/true));
  auto type = VectorType::get({ctx.lanes()}, b.getIntegerType(bits));
  return b.create<arith::ConstantOp>(ctx.loc(), DenseElementsAttr::get(type, steps));
}

Value emitCoordinate(ElementContext &ctx, const Index &index) {
  if (index.each)
    return index.each;
  Value base = emitSplat(ctx.builder(), ctx.loc(), index.value, ctx.lanes());
  if (ctx.lanes() == 1 || index.lane == 0)
    return base;
  return ctx.builder().create<arith::AddIOp>(ctx.loc(), base, laneSteps(ctx, index.lane));
}

template <class Op> static Value fold(ElementContext &ctx, Value a, Value b) {
  return ctx.builder().createOrFold<Op>(ctx.loc(), a, b);
}

static Value like(ElementContext &ctx, Value value, int64_t number) {
  auto type = dyn_cast<VectorType>(value.getType());
  Value scalar = emitInteger(ctx.builder(), ctx.loc(), number);
  return type ? emitSplat(ctx.builder(), ctx.loc(), scalar, type.getNumElements()) : scalar;
}

Index addIndex(ElementContext &ctx, const Index &a, const Index &b) {
  Index sum{fold<arith::AddIOp>(ctx, a.value, b.value), a.lane + b.lane, {}};
  if (a.each || b.each)
    sum.each = fold<arith::AddIOp>(ctx, emitCoordinate(ctx, a), emitCoordinate(ctx, b));
  return sum;
}

Index addIndex(ElementContext &ctx, const Index &a, int64_t b) {
  return b == 0 ? a : addIndex(ctx, a, Index{like(ctx, a.value, b), 0, {}});
}

Index scaleIndex(ElementContext &ctx, const Index &a, int64_t factor) {
  if (factor == 1)
    return a;
  Index scaled{fold<arith::MulIOp>(ctx, a.value, like(ctx, a.value, factor)), a.lane * factor, {}};
  if (a.each)
    scaled.each = fold<arith::MulIOp>(ctx, a.each, like(ctx, a.each, factor));
  return scaled;
}

// An unsigned comparison excludes what is negative, too. Lanes are compared and divided as i32 where
// that suffices: vectors of i64 are wide, and few targets divide them.
Place findIndex(ElementContext &ctx, const Index &index, int64_t count, int64_t step) {
  OpBuilder &b = ctx.builder();
  Location loc = ctx.loc();
  int64_t end = count ? (count - 1) * step + 1 : 0;
  bool isVector = index.moves() && ctx.lanes() > 1;
  bool narrow = isVector && !index.each && end <= INT32_MAX / 4 &&
                std::abs(index.lane) * ctx.lanes() <= INT32_MAX / 8;
  Value at = isVector ? emitCoordinate(ctx, index) : index.value;
  if (narrow) { // what lies far outside stays outside
    Value low = emitInteger(b, loc, INT32_MIN / 2), high = emitInteger(b, loc, INT32_MAX / 2);
    Value base = fold<arith::MinSIOp>(ctx, fold<arith::MaxSIOp>(ctx, index.value, low), high);
    base = b.createOrFold<arith::TruncIOp>(loc, b.getI32Type(), base);
    at = fold<arith::AddIOp>(ctx, emitSplat(b, loc, base, ctx.lanes()),
                             laneSteps(ctx, index.lane, 32));
  }
  auto number = [&](int64_t value) -> Value {
    if (!narrow)
      return like(ctx, at, value);
    Value scalar = b.create<arith::ConstantIntOp>(loc, value, 32);
    return emitSplat(b, loc, scalar, ctx.lanes());
  };
  Value valid = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, at, number(end));
  Value quotient = at;
  if (step != 1) {
    quotient = fold<arith::DivUIOp>(ctx, at, number(step));
    Value back = fold<arith::MulIOp>(ctx, quotient, number(step));
    Value whole = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, back, at);
    valid = fold<arith::AndIOp>(ctx, valid, whole);
  }
  if (!isVector) {
    Value zero = emitInteger(b, loc, 0);
    return {{b.createOrFold<arith::SelectOp>(loc, valid, quotient, zero), 0, {}}, valid};
  }
  if (step == 1)
    return {index, valid};
  if (narrow)
    quotient = b.create<arith::ExtUIOp>(loc, VectorType::get({ctx.lanes()}, b.getI64Type()), quotient);
  return {{index.value, 0, quotient}, valid};
}

static TypedAttr numberAttr(Type type, APFloat value) {
  Type element = getElementTypeOrSelf(type);
  TypedAttr scalar = FloatAttr::get(element, value);
  return isa<VectorType>(type)
             ? TypedAttr(DenseElementsAttr::get(cast<VectorType>(type), Attribute(scalar)))
             : scalar;
}

static TypedAttr numberAttr(Type type, const APInt &value) {
  Type element = getElementTypeOrSelf(type);
  TypedAttr scalar = IntegerAttr::get(element, value);
  return isa<VectorType>(type)
             ? TypedAttr(DenseElementsAttr::get(cast<VectorType>(type), Attribute(scalar)))
             : scalar;
}

Value emitConstant(OpBuilder &b, Location loc, Type type, const APInt &value) {
  return b.create<arith::ConstantOp>(loc, numberAttr(type, value));
}

static Value integer(OpBuilder &b, Location loc, Type type, int64_t value) {
  return emitConstant(
      b, loc, type,
      APInt(getElementTypeOrSelf(type).getIntOrFloatBitWidth(), value, /*isSigned=*/true));
}

Value emitConstant(OpBuilder &b, Location loc, Type type, double value) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  if (!element)
    return integer(b, loc, type, static_cast<int64_t>(value));
  APFloat number(value);
  bool inexact;
  number.convert(element.getFloatSemantics(), APFloat::rmNearestTiesToEven, &inexact);
  return b.create<arith::ConstantOp>(loc, numberAttr(type, number));
}

//===--- conversions
//--------------------------------------------------------------------------------------------===//

static bool isUnsigned(Type element) { return element.isInteger(1) || element.isInteger(8); }

/// Rounds toward zero, saturates; NaN gives 0. The conversion itself is undefined outside the
/// range, so such elements are replaced before it.
static Value floatToInteger(OpBuilder &b, Location loc, Value x, Type to) {
  Type type = x.getType(), result = withElement(type, to);
  unsigned bits = to.getIntOrFloatBitWidth();
  bool isSigned = !isUnsigned(to);
  APInt low = isSigned ? APInt::getSignedMinValue(bits) : APInt(bits, 0);
  APInt high = isSigned ? APInt::getSignedMaxValue(bits) : APInt::getMaxValue(bits);
  double limit = isSigned ? std::ldexp(1.0, bits - 1) : std::ldexp(1.0, bits);
  Value tooHigh =
      b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGE, x, emitConstant(b, loc, type, limit));
  // Unsigned: everything from -1 down truncates below 0. Signed: -limit itself is representable.
  Value tooLow =
      b.create<arith::CmpFOp>(loc, isSigned ? arith::CmpFPredicate::OLT : arith::CmpFPredicate::OLE,
                              x, emitConstant(b, loc, type, isSigned ? -limit : -1.0));
  Value isNan = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNO, x, x);
  Value outside = b.create<arith::OrIOp>(loc, b.create<arith::OrIOp>(loc, tooHigh, tooLow), isNan);
  Value safe = b.create<arith::SelectOp>(loc, outside, emitConstant(b, loc, type, 0), x);
  Value y = isSigned ? Value(b.create<arith::FPToSIOp>(loc, result, safe))
                     : Value(b.create<arith::FPToUIOp>(loc, result, safe));
  y = b.create<arith::SelectOp>(loc, tooHigh, emitConstant(b, loc, result, high), y);
  return b.create<arith::SelectOp>(loc, tooLow, emitConstant(b, loc, result, low), y);
}

Value emitCast(OpBuilder &b, Location loc, Value x, Type to) {
  Type from = getElementTypeOrSelf(x), result = withElement(x.getType(), to);
  if (from == to)
    return x;
  if (to.isInteger(1))
    return emitCompare(b, loc, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne,
                       arith::CmpIPredicate::ne, x, emitConstant(b, loc, x.getType(), 0));
  if (isa<FloatType>(from) && isa<FloatType>(to))
    return from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth()
               ? Value(b.create<arith::ExtFOp>(loc, result, x))
               : Value(b.create<arith::TruncFOp>(loc, result, x));
  if (isa<FloatType>(from))
    return floatToInteger(b, loc, x, to);
  if (isa<FloatType>(to))
    return isUnsigned(from) ? Value(b.create<arith::UIToFPOp>(loc, result, x))
                            : Value(b.create<arith::SIToFPOp>(loc, result, x));
  if (from.getIntOrFloatBitWidth() > to.getIntOrFloatBitWidth())
    return b.create<arith::TruncIOp>(loc, result, x);
  return isUnsigned(from) ? Value(b.create<arith::ExtUIOp>(loc, result, x))
                          : Value(b.create<arith::ExtSIOp>(loc, result, x));
}

//===--- arithmetic
//---------------------------------------------------------------------------------------------===//

Value emitAdd(OpBuilder &b, Location loc, Value x, Value y) {
  return isFloat(x) ? Value(b.create<arith::AddFOp>(loc, x, y))
                    : Value(b.create<arith::AddIOp>(loc, x, y));
}

Value emitSub(OpBuilder &b, Location loc, Value x, Value y) {
  return isFloat(x) ? Value(b.create<arith::SubFOp>(loc, x, y))
                    : Value(b.create<arith::SubIOp>(loc, x, y));
}

Value emitMul(OpBuilder &b, Location loc, Value x, Value y) {
  return isFloat(x) ? Value(b.create<arith::MulFOp>(loc, x, y))
                    : Value(b.create<arith::MulIOp>(loc, x, y));
}

// Division by 0 and by -1 may trap, so such lanes divide by 1 and are set afterwards.
Value emitDiv(OpBuilder &b, Location loc, Value x, Value y) {
  if (isFloat(x))
    return b.create<arith::DivFOp>(loc, x, y);
  Type type = x.getType();
  Value zero = integer(b, loc, type, 0), one = integer(b, loc, type, 1),
        minus = integer(b, loc, type, -1);
  Value byZero = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, y, zero);
  Value byMinus = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, y, minus);
  Value special = b.create<arith::OrIOp>(loc, byZero, byMinus);
  Value quotient =
      b.create<arith::DivSIOp>(loc, x, b.create<arith::SelectOp>(loc, special, one, y));
  quotient = b.create<arith::SelectOp>(loc, byMinus, emitNeg(b, loc, x), quotient);
  return b.create<arith::SelectOp>(loc, byZero, zero, quotient);
}

Value emitNeg(OpBuilder &b, Location loc, Value x) {
  return isFloat(x) ? Value(b.create<arith::NegFOp>(loc, x))
                    : emitSub(b, loc, integer(b, loc, x.getType(), 0), x);
}

Value emitCompare(OpBuilder &b, Location loc, arith::CmpFPredicate real,
                  arith::CmpIPredicate isSigned, arith::CmpIPredicate isUnsignedPredicate, Value x,
                  Value y) {
  if (isFloat(x))
    return b.create<arith::CmpFOp>(loc, real, x, y);
  return b.create<arith::CmpIOp>(
      loc, isUnsigned(getElementTypeOrSelf(x)) ? isUnsignedPredicate : isSigned, x, y);
}

static Value greater(OpBuilder &b, Location loc, Value x, Value y) {
  return emitCompare(b, loc, arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt,
                     arith::CmpIPredicate::ugt, x, y);
}

Value emitAbs(OpBuilder &b, Location loc, Value x) {
  if (isFloat(x))
    return b.create<math::AbsFOp>(loc, x);
  Value negative = greater(b, loc, integer(b, loc, x.getType(), 0), x);
  return b.create<arith::SelectOp>(loc, negative, emitNeg(b, loc, x), x);
}

Value emitSign(OpBuilder &b, Location loc, Value x) {
  Type type = x.getType();
  Value zero = emitConstant(b, loc, type, 0);
  Value y =
      b.create<arith::SelectOp>(loc, greater(b, loc, x, zero), emitConstant(b, loc, type, 1), zero);
  return b.create<arith::SelectOp>(loc, greater(b, loc, zero, x), emitConstant(b, loc, type, -1),
                                   y);
}

// x > y ? x : y is one maximum instruction on x86; it gives y when either is NaN, so NaN in x is
// put back.
static Value pick(OpBuilder &b, Location loc, Value chooseX, Value x, Value y) {
  Value best = b.create<arith::SelectOp>(loc, chooseX, x, y);
  if (!isFloat(x))
    return best;
  Value isNan = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNO, x, x);
  return b.create<arith::SelectOp>(loc, isNan, x, best);
}

Value emitMaximum(OpBuilder &b, Location loc, Value x, Value y) {
  return pick(b, loc, greater(b, loc, x, y), x, y);
}

Value emitMinimum(OpBuilder &b, Location loc, Value x, Value y) {
  return pick(b, loc, greater(b, loc, y, x), x, y);
}

// 0 > x ? 0 : x keeps NaN and is one instruction.
Value emitRelu(OpBuilder &b, Location loc, Value x) {
  Value zero = emitConstant(b, loc, x.getType(), 0);
  return b.create<arith::SelectOp>(loc, greater(b, loc, zero, x), zero, x);
}

Value emitSigmoid(OpBuilder &b, Location loc, Value x) {
  Value one = emitConstant(b, loc, x.getType(), 1);
  Value exp = b.create<math::ExpOp>(loc, b.create<arith::NegFOp>(loc, x));
  return b.create<arith::DivFOp>(loc, one, b.create<arith::AddFOp>(loc, one, exp));
}

Value emitNot(OpBuilder &b, Location loc, Value x) {
  return b.create<arith::XOrIOp>(loc, x, integer(b, loc, x.getType(), -1));
}

//===--- bits, remainders
//---------------------------------------------------------------------------------------------===//

// The shift itself is undefined outside the width, so such amounts are replaced before it.
static Value clampedShift(OpBuilder &b, Location loc, Value amount, int64_t last, Value &isInside) {
  Type type = amount.getType();
  Value limit = integer(b, loc, type, last);
  isInside = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ule, amount, limit);
  return b.create<arith::SelectOp>(loc, isInside, amount, limit);
}

Value emitShiftLeft(OpBuilder &b, Location loc, Value x, Value amount) {
  Value isInside;
  Value by = clampedShift(b, loc, amount,
                          getElementTypeOrSelf(x).getIntOrFloatBitWidth() - 1, isInside);
  return b.create<arith::SelectOp>(loc, isInside, b.create<arith::ShLIOp>(loc, x, by),
                                   integer(b, loc, x.getType(), 0));
}

Value emitShiftRight(OpBuilder &b, Location loc, Value x, Value amount) {
  Value isInside;
  Value by = clampedShift(b, loc, amount,
                          getElementTypeOrSelf(x).getIntOrFloatBitWidth() - 1, isInside);
  if (!isUnsigned(getElementTypeOrSelf(x))) // by width - 1 all bits are the sign
    return b.create<arith::ShRSIOp>(loc, x, by);
  return b.create<arith::SelectOp>(loc, isInside, b.create<arith::ShRUIOp>(loc, x, by),
                                   integer(b, loc, x.getType(), 0));
}

// By 0 and by -1 the remainder may trap; by 1 it is 0 as well.
Value emitAnyFmod(OpBuilder &b, Location loc, Value x, Value y) {
  if (isFloat(x))
    return emitFmod(b, loc, x, y);
  Type type = x.getType();
  Value byZero =
      b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, y, integer(b, loc, type, 0));
  Value byMinus =
      b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, y, integer(b, loc, type, -1));
  Value special = b.create<arith::OrIOp>(loc, byZero, byMinus);
  return b.create<arith::RemSIOp>(
      loc, x, b.create<arith::SelectOp>(loc, special, integer(b, loc, type, 1), y));
}

// Whether the quotient of integers was rounded up when it was rounded toward zero.
static Value wasRoundedUp(OpBuilder &b, Location loc, Value remainder, Value y) {
  Value zero = integer(b, loc, y.getType(), 0);
  Value isNotZero = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, remainder, zero);
  Value signs = b.create<arith::XOrIOp>(loc, remainder, y);
  Value differ = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, signs, zero);
  return b.create<arith::AndIOp>(loc, isNotZero, differ);
}

Value emitAnyRemainder(OpBuilder &b, Location loc, Value x, Value y) {
  if (isFloat(x))
    return emitRemainder(b, loc, x, y);
  Value remainder = emitAnyFmod(b, loc, x, y);
  return b.create<arith::SelectOp>(loc, wasRoundedUp(b, loc, remainder, y),
                                   emitAdd(b, loc, remainder, y), remainder);
}

Value emitAnyFloorDivide(OpBuilder &b, Location loc, Value x, Value y) {
  if (isFloat(x))
    return emitFloorDivide(b, loc, x, y);
  Value quotient = emitDiv(b, loc, x, y), one = integer(b, loc, x.getType(), 1);
  return b.create<arith::SelectOp>(loc, wasRoundedUp(b, loc, emitAnyFmod(b, loc, x, y), y),
                                   emitSub(b, loc, quotient, one), quotient);
}

Value emitLerp(OpBuilder &b, Location loc, Value x, Value y, Value weight) {
  Type type = x.getType();
  Value span = emitSub(b, loc, y, x), rest = emitSub(b, loc, emitConstant(b, loc, type, 1), weight);
  Value fromX = emitAdd(b, loc, x, emitMul(b, loc, weight, span));
  Value fromY = emitSub(b, loc, y, emitMul(b, loc, span, rest));
  return b.create<arith::SelectOp>(loc, greater(b, loc, emitConstant(b, loc, type, 0.5), weight),
                                   fromX, fromY);
}

Value emitElementwise(ElementContext &ctx, ElementwiseOpInterface op, ArrayRef<Index> at) {
  SmallVector<Value, 3> elements;
  for (OpOperand &operand : op->getOpOperands()) {
    elements.push_back(ctx.operand(operand, at));
    if (!elements.back())
      return {};
  }
  return op.emitBody(ctx.builder(), ctx.loc(), elements);
}

Value broadcastOperands(OpBuilder &builder, Operation *op) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  if (llvm::all_of(op->getOperands(), [&](Value x) { return arrayOf(shapeOf(x)) == shape; }))
    return {};
  Operation *copy = builder.clone(*op);
  builder.setInsertionPoint(copy);
  for (OpOperand &operand : copy->getOpOperands())
    operand.set(broadcast(Expr(builder, op->getLoc(), operand.get()), shape));
  builder.setInsertionPointAfter(copy);
  return copy->getResult(0);
}

} // namespace gradus::ir
