#include "dialects/gradus/Loss.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Normalization.h"
#include "dialects/gradus/Rules.h"

#include <cmath>

using namespace mlir;

namespace gradus::ir {

static std::string numberText(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

/// Equal shapes and equal floating-point types.
static LogicalResult inferPair(const Rule &rule, SmallVectorImpl<Type> &types) {
  Value a = rule.operands[0], b = rule.operands[1];
  // squared_error.1 huber.1 binary_cross_entropy.1 binary_cross_entropy_with_logits.1
  // kl_divergence.1
  if (arrayOf(shapeOf(a)) != arrayOf(shapeOf(b)))
    return rule.fail("shapes " + shapeText(shapeOf(a)) + " and " + shapeText(shapeOf(b)) +
                     " differ (a loss does not broadcast; reshape one of them)");
  // squared_error.2 huber.2 binary_cross_entropy.2 binary_cross_entropy_with_logits.2
  // kl_divergence.2
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

//===--- huber
//--------------------------------------------------------------------------------------------===//

LogicalResult HuberOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"prediction", "target"});
  double delta = adaptor.getDelta().convertToDouble();
  if (!(delta > 0 && std::isfinite(delta))) // huber.3
    return rule.fail("delta is " + numberText(delta) + " (must be a positive number)");
  return inferPair(rule, types);
}

// e = p - t    y = q (|e| - q/2), q = min(|e|, delta)    dp = dy clamp(e)    dt = -dp
SmallVector<Value> HuberOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr p(builder, getLoc(), getPrediction()), t = p.with(getTarget()), d = p.with(dResults[0]);
  double delta = getDelta().convertToDouble();
  Expr dp = d * maximum(minimum(p - t, delta), -delta);
  return {dp, -dp};
}

SmallVector<Value> HuberOp::decompose(OpBuilder &builder) {
  Expr p(builder, getLoc(), getPrediction()), t = p.with(getTarget());
  Expr size = abs(p - t), near = minimum(size, getDelta().convertToDouble());
  return {near * (size - near * 0.5)};
}

//===--- labels
//-------------------------------------------------------------------------------------------===//

/// What the last axis, or the given one, is to labels: the rest of the shape has one label each.
static SmallVector<int64_t> withoutAxis(ShapeSpan shape, int64_t axis) {
  SmallVector<int64_t> rest(shape.begin(), shape.end());
  rest.erase(rest.begin() + axis);
  return rest;
}

/// Checks that there are classes; gives their axis.
static FailureOr<int64_t> checkClasses(const Rule &rule, std::optional<int64_t> given) {
  ShapeSpan shape = shapeOf(rule.operands[0]);
  // cross_entropy.4 nll.3
  if (given && failed(rule.checkAxes(*given, static_cast<int64_t>(shape.size()))))
    return failure();
  int64_t axis = given.value_or(static_cast<int64_t>(shape.size()) - 1);
  if (shape.empty() || shape[axis] == 0) // cross_entropy.1 nll.1
    return rule.fail("logits of shape " + shapeText(shape) + " have no classes (the " +
                     (given ? "given" : "last") + " axis is the classes)");
  if (failed(rule.checkElements(Elements::floating, elementOf(rule.operands[0]))))
    return failure();
  return axis;
}

/// Whether the class is the label, for every class of every example.
static Expr isLabel(Expr x, Expr label, int64_t axis) {
  Type element = label.type().getElementType();
  return eq(spread(label, x.shape(), axis), iota(x, x.shape(), axis, element));
}

/// The value, or NaN where the label is no class.
static Expr checked(Expr value, Expr label, int64_t classes) {
  Expr inRange = both(ge(label, 0), lt(label, static_cast<double>(classes)));
  return where(inRange, value, constantLike(value, NAN));
}

/// 1 at the label, 0 elsewhere.
static Expr oneHot(Expr x, Expr label, int64_t axis) {
  if (axis != x.rank() - 1)
    return where(isLabel(x, label, axis), onesLike(x), zerosLike(x));
  return x.with(x.builder().create<OneHotOp>(x.loc(), label, x.shape()[axis],
                                             x.type().getElementType()));
}

//===--- cross_entropy
//--------------------------------------------------------------------------===//

static bool hasLabels(CrossEntropyOp op) { return isa<IntegerType>(elementOf(op.getTarget())); }

int64_t CrossEntropyOp::classAxis() {
  return getAxis().value_or(shapeOf(getLogits()).size() - 1);
}

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"logits operand", "target"});
  ShapeSpan logits = shapeOf(adaptor.getLogits()), target = shapeOf(adaptor.getTarget());
  Type element = elementOf(adaptor.getLogits()), targetElement = elementOf(adaptor.getTarget());
  FailureOr<int64_t> axis = checkClasses(rule, adaptor.getAxis());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> examples = withoutAxis(logits, *axis);
  if (targetElement.isInteger(32) || targetElement.isInteger(64)) {
    if (!llvm::equal(target, examples)) // cross_entropy.2
      return rule.fail("labels of shape " + shapeText(target) + " do not fit logits of shape " +
                       shapeText(logits) + " (must be " + shapeText(spanOf(examples)) +
                       ", one label per row)");
  } else if (targetElement != element || !llvm::equal(target, logits)) { // cross_entropy.3
    return rule.fail("a target of shape " + shapeText(target) + " and element type " +
                     elementText(targetElement) + " does not fit logits of shape " +
                     shapeText(logits) + " and element type " + elementText(element) +
                     " (must be integer labels of shape " + shapeText(spanOf(examples)) +
                     ", or probabilities like the logits)");
  }
  return rule.give(examples, element, types);
}

// y = log Σ exp x - x[label]    dx = dy (softmax x - one_hot label)
// y = -Σ p log_softmax x        dx = dy (softmax x Σ p - p)    dp = -dy log_softmax x
SmallVector<Value> CrossEntropyOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getLogits()), target = x.with(getTarget());
  int64_t axis = classAxis();
  auto rows = [&](Expr row) { return spread(row, x.shape(), axis); };
  Expr d = rows(x.with(dResults[0]));
  Expr softmax = x.with(builder.create<SoftmaxOp>(getLoc(), x, axis));
  if (hasLabels(*this))
    return {d * (softmax - oneHot(x, target, axis)), Value()};
  Expr logs = x.with(builder.create<LogSoftmaxOp>(getLoc(), x, axis));
  return {d * (softmax * rows(sum(target, axis)) - target), -d * logs};
}

// With z = x - max x: log Σ exp z - z[label], where z[label] = Σ over classes of (class = label ? z
// : 0).
static Expr labelLoss(Expr x, Expr label, int64_t axis) {
  Expr z = x - spread(max(x, axis), x.shape(), axis);
  Expr chosen = where(isLabel(x, label, axis), z, zerosLike(z));
  return checked(log(sum(exp(z), axis)) - sum(chosen, axis), label, x.shape()[axis]);
}

SmallVector<Value> CrossEntropyOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getLogits()), target = x.with(getTarget());
  int64_t axis = classAxis();
  if (hasLabels(*this))
    return {labelLoss(x, target, axis)};
  // p = 0 counts as 0, also where the log is -inf.
  Expr logs = x.with(builder.create<LogSoftmaxOp>(getLoc(), x, axis));
  return {-sum(where(eq(target, 0), zerosLike(logs), target * logs), axis)};
}

//===--- nll
//------------------------------------------------------------------------------------------===//

int64_t NllOp::classAxis() {
  return getAxis().value_or(shapeOf(getLogProbabilities()).size() - 1);
}

LogicalResult NllOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"log-probability operand", "label operand"});
  ShapeSpan x = shapeOf(adaptor.getLogProbabilities()), labels = shapeOf(adaptor.getLabels());
  Type labelElement = elementOf(adaptor.getLabels());
  FailureOr<int64_t> axis = checkClasses(rule, adaptor.getAxis());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> examples = withoutAxis(x, *axis);
  bool integers = labelElement.isInteger(32) || labelElement.isInteger(64);
  if (!integers || !llvm::equal(labels, examples)) // nll.2
    return rule.fail("labels of shape " + shapeText(labels) + " and element type " +
                     elementText(labelElement) + " do not fit log-probabilities of shape " +
                     shapeText(x) + " (must be i32 or i64 of shape " + shapeText(spanOf(examples)) +
                     ", one label per row)");
  return rule.give(examples, elementOf(adaptor.getLogProbabilities()), types);
}

// y = -x[label]    dx = -dy one_hot label
SmallVector<Value> NllOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getLogProbabilities()), labels = x.with(getLabels());
  int64_t axis = classAxis();
  Expr d = spread(x.with(dResults[0]), x.shape(), axis);
  return {where(isLabel(x, labels, axis), -d, zerosLike(d)), Value()};
}

SmallVector<Value> NllOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getLogProbabilities()), labels = x.with(getLabels());
  int64_t axis = classAxis();
  Expr chosen = sum(where(isLabel(x, labels, axis), x, zerosLike(x)), axis);
  return {checked(-chosen, labels, x.shape()[axis])};
}

//===--- binary_cross_entropy_with_logits
//-------------------------------------------------------===//

LogicalResult BinaryCrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                     Adaptor adaptor,
                                                     SmallVectorImpl<Type> &types) {
  return inferPair({loc, getOperationName(), adaptor.getOperands(), {"logits operand", "target"}}, types);
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

//===--- binary_cross_entropy
//-------------------------------------------------------------------===//

LogicalResult ProbabilityCrossEntropyOp::inferReturnTypes(MLIRContext *,
                                                          std::optional<Location> loc,
                                                          Adaptor adaptor,
                                                          SmallVectorImpl<Type> &types) {
  return inferPair({loc, getOperationName(), adaptor.getOperands(), {"prediction", "target"}},
                   types);
}

/// log x, not below -100.
static Expr boundedLog(Expr logarithm) { return maximum(logarithm, -100); }

// y = -(t log p + (1 - t) log(1 - p))    dp = dy (p - t) / max(p (1 - p), 1e-12)
// dt = dy (log(1 - p) - log p); the bounds as PyTorch's, whose 1e-12 is a float
SmallVector<Value> ProbabilityCrossEntropyOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr p(builder, getLoc(), getPrediction()), t = p.with(getTarget()), d = p.with(dResults[0]);
  return {d * (p - t) / maximum(p * (1 - p), 1e-12f),
          d * (boundedLog(log1p(-p)) - boundedLog(log(p)))};
}

SmallVector<Value> ProbabilityCrossEntropyOp::decompose(OpBuilder &builder) {
  Expr p(builder, getLoc(), getPrediction()), t = p.with(getTarget());
  return {(t - 1) * boundedLog(log1p(-p)) - t * boundedLog(log(p))};
}

//===--- kl_divergence
//--------------------------------------------------------------------------===//

LogicalResult KlDivergenceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferPair({loc, getOperationName(), adaptor.getOperands(), {"prediction", "target"}},
                   types);
}

// y = t (log t - x)     dx = -dy t        dt = dy (log t + 1 - x), 0 where t = 0
// y = exp(t) (t - x)    dx = -dy exp t    dt = dy exp(t) (t - x + 1)
SmallVector<Value> KlDivergenceOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getPrediction()), t = x.with(getTarget()), d = x.with(dResults[0]);
  if (getLogTarget())
    return {-d * exp(t), d * exp(t) * (t - x + 1)};
  return {-d * t, where(eq(t, 0), zerosLike(d), d * (log(t) + 1 - x))};
}

SmallVector<Value> KlDivergenceOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getPrediction()), t = x.with(getTarget());
  if (getLogTarget())
    return {exp(t) * (t - x)};
  return {where(eq(t, 0), zerosLike(t), t * (log(t) - x))};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Loss.cpp.inc"
