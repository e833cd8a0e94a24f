// The elementwise ops whose rules do not fit the common record: where, cast.
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

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

} // namespace gradus::ir
