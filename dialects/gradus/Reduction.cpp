#include "dialects/gradus/Reduction.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {

/// The operand's shape without the axes. `needsElements`: a reduced axis may not be empty.
static LogicalResult inferReduction(const Rule &rule, ArrayRef<int64_t> axes, bool needsElements,
                                    SmallVectorImpl<Type> &types,
                                    Elements allowed = Elements::number) {
  ShapeSpan from = shapeOf(rule.operands[0]);
  if (failed(rule.checkAxes(axes, from.size()))) // sum.1 max.1 min.1
    return failure();
  if (failed(rule.checkElements(allowed, elementOf(rule.operands[0])))) // sum.2 max.2 min.2
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

//===--- mean
//-----------------------------------------------------------------------------------===//

LogicalResult MeanOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), false,
                        types, Elements::floating); // mean.1 mean.2
}

/// The number of elements that are reduced into one.
static double reducedElements(Value x, ArrayRef<int64_t> axes) {
  double n = 1;
  for (int64_t axis : axes)
    n *= static_cast<double>(shapeOf(x)[axis]);
  return n;
}

// y = Σ x / n    dx = dy / n, repeated along the axes
SmallVector<Value> MeanOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr d(builder, getLoc(), dResults[0]);
  return {spread(d / reducedElements(getX(), getAxes()), arrayOf(shapeOf(getX())), getAxes())};
}

SmallVector<Value> MeanOp::decompose(OpBuilder &builder) {
  return {sum(Expr(builder, getLoc(), getX()), getAxes()) / reducedElements(getX(), getAxes())};
}

//===--- log_sum_exp
//----------------------------------------------------------------------------===//

LogicalResult LogSumExpOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), true,
                        types, Elements::floating); // log_sum_exp.1 log_sum_exp.2 log_sum_exp.3
}

// y = log Σ exp x    dx = dy exp(x - y)
SmallVector<Value> LogSumExpOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), y = x.with(getResult()), d = x.with(dResults[0]);
  return {spread(d, x.shape(), getAxes()) * exp(x - spread(y, x.shape(), getAxes()))};
}

// m + log Σ exp(x - m) with m = max x; an infinite m is not subtracted, for inf - inf is NaN.
SmallVector<Value> LogSumExpOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  Expr largest = max(x, getAxes());
  Expr m = where(eq(abs(largest), INFINITY), zerosLike(largest), largest);
  return {m + log(sum(exp(x - spread(m, x.shape(), getAxes())), getAxes()))};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Reduction.cpp.inc"
