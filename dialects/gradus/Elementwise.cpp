// The elementwise ops whose rules do not fit the common record: where, cast.
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace gradus::ir {

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

//===--- folding
//--------------------------------------------------------------------------------===//

/// The number of which a floating-point constant is full, in its own precision.
static std::optional<APFloat> fullOf(Attribute constant) {
  auto splat = dyn_cast_if_present<SplatElementsAttr>(constant);
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  return splat.getSplatValue<APFloat>();
}

static bool isFullOf(Attribute constant, double number) {
  std::optional<APFloat> value = fullOf(constant);
  return value && value->convertToDouble() == number;
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

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isFullOf(adaptor.getB(), 0) && keepsType(getA(), *this))
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
