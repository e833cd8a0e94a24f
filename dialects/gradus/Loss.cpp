#include "dialects/gradus/Loss.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Normalization.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {

/// Equal shapes and equal floating-point types.
static LogicalResult inferPair(const Rule &rule, SmallVectorImpl<Type> &types) {
  Value a = rule.operands[0], b = rule.operands[1];
  // squared_error.1 binary_cross_entropy_with_logits.1
  if (arrayOf(shapeOf(a)) != arrayOf(shapeOf(b)))
    return rule.fail("shapes " + shapeText(shapeOf(a)) + " and " + shapeText(shapeOf(b)) +
                     " differ (a loss does not broadcast; reshape one of them)");
  // squared_error.2 binary_cross_entropy_with_logits.2
  if (elementOf(a) != elementOf(b))
    return rule.fail("element types " + elementText(elementOf(a)) + " and " +
                     elementText(elementOf(b)) +
                     " differ (operands need one element type; convert with cast)");
  if (failed(rule.checkElements(Elements::floating, elementOf(a))))
    return failure();
  return rule.give(arrayOf(shapeOf(a)), elementOf(a), types);
}

//===--- squared_error
//--------------------------------------------------------------------------===//

LogicalResult SquaredErrorOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferPair({loc, getOperationName(), adaptor.getOperands(), {"prediction", "target"}},
                   types);
}

// y = (p - t)²    dp = 2 dy (p - t)    dt = -dp
SmallVector<Value> SquaredErrorOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr p(builder, getLoc(), getPrediction()), t = p.with(getTarget()), d = p.with(dResults[0]);
  Expr dp = d * 2 * (p - t);
  return {dp, -dp};
}

SmallVector<Value> SquaredErrorOp::decompose(OpBuilder &builder) {
  Expr p(builder, getLoc(), getPrediction()), t = p.with(getTarget());
  Expr difference = p - t;
  return {difference * difference};
}

//===--- cross_entropy
//--------------------------------------------------------------------------===//

static bool hasLabels(CrossEntropyOp op) { return isa<IntegerType>(elementOf(op.getTarget())); }

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"logits", "target"});
  ShapeSpan logits = shapeOf(adaptor.getLogits()), target = shapeOf(adaptor.getTarget());
  Type element = elementOf(adaptor.getLogits()), targetElement = elementOf(adaptor.getTarget());
  if (logits.empty() || logits.back() == 0) // cross_entropy.1
    return rule.fail("logits of shape " + shapeText(logits) +
                     " have no classes (the last axis is the classes)");
  if (failed(rule.checkElements(Elements::floating, element)))
    return failure();
  ShapeSpan examples = logits.first(logits.size() - 1);
  if (targetElement.isInteger(32) || targetElement.isInteger(64)) {
    if (!llvm::equal(target, examples)) // cross_entropy.2
      return rule.fail("labels of shape " + shapeText(target) + " do not fit logits of shape " +
                       shapeText(logits) + " (must be " + shapeText(examples) +
                       ", one label per row)");
  } else if (targetElement != element || !llvm::equal(target, logits)) { // cross_entropy.3
    return rule.fail("a target of shape " + shapeText(target) + " and element type " +
                     elementText(targetElement) + " does not fit logits of shape " +
                     shapeText(logits) + " and element type " + elementText(element) +
                     " (must be integer labels of shape " + shapeText(examples) +
                     ", or probabilities like the logits)");
  }
  return rule.give(arrayOf(examples), element, types);
}

// y = log Σ exp x - x[label]    dx = dy (softmax x - one_hot label)
// y = -Σ p log_softmax x        dx = dy (softmax x Σ p - p)    dp = -dy log_softmax x
SmallVector<Value> CrossEntropyOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getLogits()), target = x.with(getTarget());
  int64_t axis = x.rank() - 1;
  auto rows = [&](Expr row) { return spread(row, x.shape(), axis); };
  Expr d = rows(x.with(dResults[0]));
  Expr softmax = x.with(builder.create<SoftmaxOp>(getLoc(), x, axis));
  if (hasLabels(*this)) {
    Expr hot = x.with(
        builder.create<OneHotOp>(getLoc(), target, x.shape()[axis], x.type().getElementType()));
    return {d * (softmax - hot), Value()};
  }
  Expr logs = x.with(builder.create<LogSoftmaxOp>(getLoc(), x, axis));
  return {d * (softmax * rows(sum(target, axis)) - target), -d * logs};
}

// With z = x - max x: log Σ exp z - z[label], where z[label] = Σ over classes of (class = label ? z
// : 0).
static Expr labelLoss(Expr x, Expr label) {
  int64_t axis = x.rank() - 1, classes = x.shape()[axis];
  Type element = label.type().getElementType();
  Expr z = x - spread(max(x, axis), x.shape(), axis);
  Expr isLabel = eq(spread(label, x.shape(), axis), iota(x, x.shape(), axis, element));
  Expr loss = log(sum(exp(z), axis)) - sum(where(isLabel, z, zerosLike(z)), axis);
  Expr inRange = both(ge(label, 0), lt(label, static_cast<double>(classes)));
  return where(inRange, loss, constantLike(loss, NAN));
}

SmallVector<Value> CrossEntropyOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getLogits()), target = x.with(getTarget());
  int64_t axis = x.rank() - 1;
  if (hasLabels(*this))
    return {labelLoss(x, target)};
  // p = 0 counts as 0, also where the log is -inf.
  Expr logs = x.with(builder.create<LogSoftmaxOp>(getLoc(), x, axis));
  return {-sum(where(eq(target, 0), zerosLike(logs), target * logs), axis)};
}

//===--- binary_cross_entropy_with_logits
//-------------------------------------------------------===//

LogicalResult BinaryCrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                     Adaptor adaptor,
                                                     SmallVectorImpl<Type> &types) {
  return inferPair({loc, getOperationName(), adaptor.getOperands(), {"logits", "target"}}, types);
}

// y = max(x, 0) - x t + log1p(exp(-|x|))    dx = dy (sigmoid x - t)    dt = -dy x
SmallVector<Value> BinaryCrossEntropyOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getLogits()), t = x.with(getTarget()), d = x.with(dResults[0]);
  return {d * (sigmoid(x) - t), -d * x};
}

SmallVector<Value> BinaryCrossEntropyOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getLogits()), t = x.with(getTarget());
  return {relu(x) - x * t + log1p(exp(-abs(x)))};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Loss.cpp.inc"
