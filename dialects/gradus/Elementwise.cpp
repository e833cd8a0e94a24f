// The elementwise ops whose rules do not fit the common record: where, cast, bitcast, clamp, tetragamma.
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Formula.h"
#include "dialects/gradus/Rules.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace gradus::ir {

//===--- what records need
//---------------------------------------------------------------------------------------------------===//

static double numberOf(Operation *op, StringRef name) {
  return op->getAttrOfType<FloatAttr>(name).getValueAsDouble();
}

static constexpr double seluAlpha = 1.6732632423543772848170429916717;
static constexpr double seluScale = 1.0507009873554804934193349852946;

/// a - b, but 0 where both are the same infinity.
static Expr distance(Expr a, Expr b) { return where(eq(a, b), zerosLike(a), a - b); }

static constexpr double geluTwice = M_SQRT1_2 * M_2_SQRTPI * 2, geluCube = 0.044715;

// 2 u = 2 sqrt(2/pi) (x + 0.044715 x^3)
static formula::Num geluArgument(formula::Num x) {
  return x * (x * x * geluCube + 1) * geluTwice;
}

// y = x s(2u)    y' = s + x s (1 - s) 2u'
static Expr geluTanhSlope(Expr x) {
  Expr square = x * x;
  Expr s = sigmoid(x * (square * geluCube + 1) * geluTwice);
  return s + x * (s * (1 - s)) * ((square * (3 * geluCube) + 1) * geluTwice);
}

// y = x t, t = tanh(softplus(x))    y' = t + x (1 - t^2) sigmoid(x)
static Expr mishSlope(Expr x) {
  Expr t = tanh(softplus(x));
  return t + x * sigmoid(x) * (1 - t * t);
}

//===--- where
//--------------------------------------------------------------------------------------------------===//

LogicalResult WhereOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(),
            {"condition", "first choice", "second choice"});
  Type condition = elementOf(adaptor.getCondition());
  Type a = elementOf(adaptor.getA()), b = elementOf(adaptor.getB());
  if (!condition.isInteger(1)) // where.1
    return rule.fail("the condition has element type " + elementText(condition) +
                     " (must be bool)");
  if (a != b) // where.2
    return rule.fail("element types " + elementText(a) + " and " + elementText(b) +
                     " differ (both choices need one element type; convert with cast)");
  static constexpr const char *names[] = {"in the condition", "in the first choice",
                                          "in the second choice"};
  ShapeSpan shapes[] = {shapeOf(adaptor.getCondition()), shapeOf(adaptor.getA()),
                        shapeOf(adaptor.getB())};
  Broadcasted result = broadcastShapes(shapes, names); // where.3
  if (!result.error.empty())
    return rule.fail(result.error);
  return rule.give(result.shape, a, types);
}

Value WhereOp::emitBody(OpBuilder &builder, Location loc, ValueRange operands) {
  return builder.create<arith::SelectOp>(loc, operands[0], operands[1], operands[2]);
}

Value WhereOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  return emitElementwise(ctx, *this, at);
}

Value WhereOp::resolveBroadcasts(OpBuilder &builder) { return broadcastOperands(builder, *this); }

// y = c ? a : b    da = c ? dy : 0    db = c ? 0 : dy
SmallVector<Value> WhereOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr c(builder, getLoc(), getCondition()), d(builder, getLoc(), dResults[0]);
  return {Value(), where(c, d, zerosLike(d)), where(c, zerosLike(d), d)};
}

//===--- cast
//---------------------------------------------------------------------------------------------------===//

LogicalResult CastOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  Type to = adaptor.getTo();
  if (!to.isF32() && !to.isF64() && !to.isInteger(1) && !to.isInteger(8) && !to.isInteger(32) &&
      !to.isInteger(64)) // cast.1
    return rule.fail("cannot convert to " + elementText(to) +
                     " (must be f32, f64, i32, i64, bool or u8)");
  return rule.give(arrayOf(shapeOf(adaptor.getX())), to, types);
}

Value CastOp::emitBody(OpBuilder &builder, Location loc, ValueRange operands) {
  return emitCast(builder, loc, operands[0], getTo());
}

Value CastOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  return emitElementwise(ctx, *this, at);
}

// Between floating-point types dx = dy in x's type; elsewhere nothing flows.
SmallVector<Value> CastOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Type from = elementOf(getX());
  if (!isa<FloatType>(from) || !isa<FloatType>(getTo()))
    return {Value()};
  return {cast(Expr(builder, getLoc(), dResults[0]), from)};
}

//===--- bitcast
//---------------------------------------------------------------------------------------------------===//

LogicalResult BitcastOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  Type from = elementOf(adaptor.getX()), to = adaptor.getTo();
  bool fits = (to.isF32() || to.isF64() || to.isInteger(32) || to.isInteger(64)) &&
              from.getIntOrFloatBitWidth() == to.getIntOrFloatBitWidth();
  if (!fits && from != to) // bitcast.1
    return rule.fail("the bits of " + elementText(from) + " cannot be read as " + elementText(to) +
                     " (must be f32 and i32, f64 and i64, or the same type)");
  return rule.give(arrayOf(shapeOf(adaptor.getX())), to, types);
}

Value BitcastOp::emitBody(OpBuilder &builder, Location loc, ValueRange operands) {
  Value x = operands[0];
  return builder.create<arith::BitcastOp>(loc, withElement(x.getType(), getTo()), x);
}

Value BitcastOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  return emitElementwise(ctx, *this, at);
}

SmallVector<Value> BitcastOp::gradient(OpBuilder &, ValueRange) { return {Value()}; }

OpFoldResult BitcastOp::fold(FoldAdaptor) {
  return getX().getType() == getType() ? OpFoldResult(getX()) : OpFoldResult();
}

//===--- clamp
//---------------------------------------------------------------------------------------------------===//

LogicalResult ClampOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  std::optional<APFloat> low = adaptor.getLow(), high = adaptor.getHigh();
  if (!low && !high) // clamp.2
    return rule.fail("there is no bound (give low, high or both)");
  if ((low && low->isNaN()) || (high && high->isNaN())) // clamp.3
    return rule.fail("a bound is NaN (must be a number)");
  return rule.elementwise(Elements::number, false, types); // clamp.1
}

/// A bound as a constant; among integers the next one that satisfies it.
static Value emitBound(OpBuilder &b, Location loc, Type type, const APFloat &bound,
                       APFloat::roundingMode rounding) {
  auto element = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
  if (!element)
    return emitConstant(b, loc, type, bound.convertToDouble());
  APSInt whole(element.getWidth(), /*isUnsigned=*/false);
  bool exact;
  bound.convertToInteger(whole, rounding, &exact); // saturates
  return emitConstant(b, loc, type, static_cast<const APInt &>(whole));
}

// x < low ? low : x keeps NaN, as does x > high ? high : x.
Value ClampOp::emitBody(OpBuilder &b, Location loc, ValueRange operands) {
  Value x = operands[0];
  auto bound = [&](std::optional<APFloat> limit, bool isLow) {
    if (!limit)
      return;
    Value value = emitBound(b, loc, x.getType(), *limit,
                            isLow ? APFloat::rmTowardPositive : APFloat::rmTowardNegative);
    Value below = emitCompare(b, loc, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt,
                              arith::CmpIPredicate::ult, isLow ? x : value, isLow ? value : x);
    x = b.create<arith::SelectOp>(loc, below, value, x);
  };
  bound(getLow(), true);
  bound(getHigh(), false);
  return x;
}

Value ClampOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  return emitElementwise(ctx, *this, at);
}

Value ClampOp::resolveBroadcasts(OpBuilder &) { return {}; }

// dx = low <= x <= high ? dy : 0, so on the bounds too, as PyTorch has it
SmallVector<Value> ClampOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), d(builder, getLoc(), dResults[0]);
  std::optional<APFloat> low = getLow(), high = getHigh();
  Expr inside = low ? ge(x, low->convertToDouble()) : le(x, high->convertToDouble());
  if (low && high)
    inside = both(inside, le(x, high->convertToDouble()));
  return {where(inside, d, zerosLike(d))};
}

//===--- tetragamma
//---------------------------------------------------------------------------------------------===//

LogicalResult TetragammaOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return Rule(loc, getOperationName(), adaptor.getOperands())
      .elementwise(Elements::floating, false, types);
}

Value TetragammaOp::emitBody(OpBuilder &builder, Location loc, ValueRange operands) {
  return emitTetragamma(builder, loc, operands[0]);
}

Value TetragammaOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  return emitElementwise(ctx, *this, at);
}

Value TetragammaOp::resolveBroadcasts(OpBuilder &) { return {}; }

//===--- folding
//--------------------------------------------------------------------------------===//

/// The number of which a floating-point constant is full, in its own precision.
static std::optional<APFloat> fullOf(Attribute constant) {
  auto splat = dyn_cast_if_present<SplatElementsAttr>(constant);
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  return splat.getSplatValue<APFloat>();
}

/// Zeros by their sign too.
static bool isFullOf(Attribute constant, double number) {
  std::optional<APFloat> value = fullOf(constant);
  return value && value->convertToDouble() == number &&
         value->isNegative() == std::signbit(number);
}

/// A constant of the result's type where both operands are full of one number.
template <class Compute>
static OpFoldResult foldFull(Operation *op, Attribute a, Attribute b, Compute compute) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  std::optional<APFloat> x = fullOf(a), y = fullOf(b);
  if (!x || !y || !type.hasStaticShape())
    return {};
  compute(*x, *y);
  return DenseElementsAttr::get(type, *x);
}

static constexpr auto nearest = APFloat::rmNearestTiesToEven;
static bool keepsType(Value operand, Operation *op) {
  return operand.getType() == op->getResult(0).getType();
}

// x + 0 is not x where x is -0; x + -0 is.
OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isFullOf(adaptor.getB(), -0.0) && keepsType(getA(), *this))
    return getA();
  return foldFull(*this, adaptor.getA(), adaptor.getB(),
                  [](APFloat &x, const APFloat &y) { x.add(y, nearest); });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isFullOf(adaptor.getB(), 0) && keepsType(getA(), *this))
    return getA();
  return foldFull(*this, adaptor.getA(), adaptor.getB(),
                  [](APFloat &x, const APFloat &y) { x.subtract(y, nearest); });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isFullOf(adaptor.getB(), 1) && keepsType(getA(), *this))
    return getA();
  return foldFull(*this, adaptor.getA(), adaptor.getB(),
                  [](APFloat &x, const APFloat &y) { x.multiply(y, nearest); });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isFullOf(adaptor.getB(), 1) && keepsType(getA(), *this))
    return getA();
  return foldFull(*this, adaptor.getA(), adaptor.getB(),
                  [](APFloat &x, const APFloat &y) { x.divide(y, nearest); });
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getX().getDefiningOp<NegOp>())
    return inner.getX();
  return foldFull(*this, adaptor.getX(), adaptor.getX(),
                  [](APFloat &x, const APFloat &) { x.changeSign(); });
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  auto to = dyn_cast<FloatType>(getTo());
  if (!to)
    return {};
  return foldFull(*this, adaptor.getX(), adaptor.getX(), [&](APFloat &x, const APFloat &) {
    bool inexact;
    x.convert(to.getFloatSemantics(), nearest, &inexact);
  });
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Elementwise.cpp.inc"
