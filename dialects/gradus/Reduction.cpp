#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {

/// The operand's shape without the axes. `needsElements`: a reduced axis may not be empty.
static LogicalResult inferReduction(const Rule &rule, ArrayRef<int64_t> axes, bool needsElements,
                                    SmallVectorImpl<Type> &types) {
  ShapeSpan from = shapeOf(rule.operands[0]);
  if (failed(rule.checkAxes(axes, from.size()))) // sum.1 max.1 min.1
    return failure();
  if (failed(
          rule.checkElements(Elements::number, elementOf(rule.operands[0])))) // sum.2 max.2 min.2
    return failure();
  SmallVector<int64_t> shape;
  for (auto [axis, size] : llvm::enumerate(from)) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(axis)))
      shape.push_back(size);
    else if (needsElements && size == 0) // max.3 min.3
      return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(from) +
                       " is empty (no elements have no extremum)");
  }
  return rule.give(shape, elementOf(rule.operands[0]), types);
}

static TypedAttr numberAttr(Type element, double value) { return FloatAttr::get(element, value); }

//===--- sum
//----------------------------------------------------------------------------------------------------===//

LogicalResult SumOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), false,
                        types);
}

OpFoldResult SumOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

TypedAttr SumOp::identity(Type element) {
  return isa<FloatType>(element) ? numberAttr(element, 0) : TypedAttr(IntegerAttr::get(element, 0));
}

Value SumOp::combine(OpBuilder &builder, Location loc, Value accumulator, Value value) {
  return emitAdd(builder, loc, accumulator, value);
}

// y = Σ x over the axes    dx = dy, repeated along them
SmallVector<Value> SumOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return {spread(Expr(builder, getLoc(), dResults[0]), arrayOf(shapeOf(getX())), getAxes())};
}

//===--- max, min
//-----------------------------------------------------------------------------------------------===//

// y = max x    dx = dy [x = y] / |{x = y}|: ties share evenly
static SmallVector<Value> extremumGradient(OpBuilder &builder, Location loc, Value operand,
                                           Value result, ArrayRef<int64_t> axes, Value dResult) {
  Expr x(builder, loc, operand), y = x.with(result), d = x.with(dResult);
  Expr best = cast(eq(x, spread(y, x.shape(), axes)), x.type().getElementType());
  return {best * spread(d / sum(best, axes), x.shape(), axes)};
}

LogicalResult MaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), true,
                        types);
}

OpFoldResult MaxOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

TypedAttr MaxOp::identity(Type element) {
  if (isa<FloatType>(element))
    return numberAttr(element, -INFINITY);
  return IntegerAttr::get(element, APInt::getSignedMinValue(element.getIntOrFloatBitWidth()));
}

Value MaxOp::combine(OpBuilder &builder, Location loc, Value accumulator, Value value) {
  return emitMaximum(builder, loc, value, accumulator);
}

SmallVector<Value> MaxOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return extremumGradient(builder, getLoc(), getX(), getResult(), getAxes(), dResults[0]);
}

LogicalResult MinOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), true,
                        types);
}

OpFoldResult MinOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

TypedAttr MinOp::identity(Type element) {
  if (isa<FloatType>(element))
    return numberAttr(element, INFINITY);
  return IntegerAttr::get(element, APInt::getSignedMaxValue(element.getIntOrFloatBitWidth()));
}

Value MinOp::combine(OpBuilder &builder, Location loc, Value accumulator, Value value) {
  return emitMinimum(builder, loc, value, accumulator);
}

SmallVector<Value> MinOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return extremumGradient(builder, getLoc(), getX(), getResult(), getAxes(), dResults[0]);
}

} // namespace gradus::ir
