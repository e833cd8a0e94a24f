#include "dialects/gradus/Normalization.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {

template <class Adaptor>
static LogicalResult inferRow(const Rule &rule, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ShapeSpan shape = shapeOf(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (failed(rule.checkAxes(axis, shape.size())) || // softmax.1 log_softmax.1
      failed(rule.checkElements(Elements::floating,
                                elementOf(adaptor.getX())))) // softmax.2 log_softmax.2
    return failure();
  return rule.give(arrayOf(shape), elementOf(adaptor.getX()), types);
}

/// x minus its largest element along the axis.
static Expr shifted(Expr x, int64_t axis) { return x - spread(max(x, axis), x.shape(), axis); }

//===--- softmax
//--------------------------------------------------------------------------------===//

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferRow({loc, getOperationName(), adaptor.getOperands()}, adaptor, types);
}

// y = exp(x) / Σ exp(x)    dx = y (dy - Σ dy y)
SmallVector<Value> SoftmaxOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr y(builder, getLoc(), getResult()), d = y.with(dResults[0]);
  int64_t axis = getAxis();
  return {y * (d - spread(sum(d * y, axis), y.shape(), axis))};
}

SmallVector<Value> SoftmaxOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  int64_t axis = getAxis();
  if (x.shape()[axis] == 0)
    return {x};
  Expr e = exp(shifted(x, axis));
  return {e * spread(1 / sum(e, axis), x.shape(), axis)}; // one division a row
}

//===--- log_softmax
//----------------------------------------------------------------------------===//

LogicalResult LogSoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferRow({loc, getOperationName(), adaptor.getOperands()}, adaptor, types);
}

// y = x - log Σ exp(x)    dx = dy - exp(y) Σ dy
SmallVector<Value> LogSoftmaxOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr y(builder, getLoc(), getResult()), d = y.with(dResults[0]);
  int64_t axis = getAxis();
  return {d - exp(y) * spread(sum(d, axis), y.shape(), axis)};
}

SmallVector<Value> LogSoftmaxOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  int64_t axis = getAxis();
  if (x.shape()[axis] == 0)
    return {x};
  Expr z = shifted(x, axis);
  return {z - spread(log(sum(exp(z), axis)), x.shape(), axis)};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Normalization.cpp.inc"
