#include "dialects/gradus/Normalization.h"
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Reduction.h"
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

//===--- standardize, rms_norm
//--------------------------------------------------------------------===//

template <class Adaptor>
static LogicalResult inferScaled(const Rule &rule, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ShapeSpan shape = shapeOf(adaptor.getX());
  double epsilon = adaptor.getEpsilon().convertToDouble();
  if (failed(rule.checkAxes(adaptor.getAxes(), shape.size())) || // standardize.1 rms_norm.1
      failed(rule.checkElements(Elements::floating,
                                elementOf(adaptor.getX())))) // standardize.2 rms_norm.2
    return failure();
  if (!(epsilon >= 0) || std::isinf(epsilon)) // standardize.3 rms_norm.3
    return rule.fail("epsilon is " + std::to_string(epsilon) + " (must be finite and not negative)");
  return rule.give(arrayOf(shape), elementOf(adaptor.getX()), types);
}

static Expr meanOf(Expr x, ArrayRef<int64_t> axes) {
  return x.with(x.builder().create<MeanOp>(x.loc(), x, axes));
}
/// The mean, at every element.
static Expr meanSpread(Expr x, ArrayRef<int64_t> axes) { return spread(meanOf(x, axes), x.shape(), axes); }

/// 1 / sqrt(mean(x²) + epsilon), at every element.
static Expr inverseScale(Expr x, ArrayRef<int64_t> axes, const APFloat &epsilon) {
  Expr square = meanOf(x * x, axes) + epsilon.convertToDouble();
  return spread(x.with(x.builder().create<RsqrtOp>(x.loc(), square)), x.shape(), axes);
}

LogicalResult StandardizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                              Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferScaled({loc, getOperationName(), adaptor.getOperands()}, adaptor, types);
}

// y = r (x - mean x), r = 1 / sqrt(var x + ε)    dx = r (dy - mean dy - y mean(dy y))
SmallVector<Value> StandardizeOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), y = x.with(getResult()), d = x.with(dResults[0]);
  ArrayRef<int64_t> axes = getAxes();
  Expr r = inverseScale(x - meanSpread(x, axes), axes, getEpsilon());
  return {r * (d - meanSpread(d, axes) - y * meanSpread(d * y, axes))};
}

SmallVector<Value> StandardizeOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  Expr centred = x - meanSpread(x, getAxes());
  return {centred * inverseScale(centred, getAxes(), getEpsilon())};
}

LogicalResult RmsNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferScaled({loc, getOperationName(), adaptor.getOperands()}, adaptor, types);
}

// y = r x, r = 1 / sqrt(mean x² + ε)    dx = r (dy - y mean(dy y))
SmallVector<Value> RmsNormOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), y = x.with(getResult()), d = x.with(dResults[0]);
  ArrayRef<int64_t> axes = getAxes();
  return {inverseScale(x, axes, getEpsilon()) * (d - y * meanSpread(d * y, axes))};
}

SmallVector<Value> RmsNormOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  return {x * inverseScale(x, getAxes(), getEpsilon())};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Normalization.cpp.inc"
