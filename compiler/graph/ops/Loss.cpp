#include "compiler/graph/ops/Loss.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Indexing.h"
#include "compiler/graph/ops/Movement.h"
#include "compiler/graph/ops/Normalization.h"
#include "compiler/graph/ops/Term.h"
#include "dialects/gradus/Loss.h"

#include <cmath>
#include <numbers>

namespace gradus {

using namespace building;

static Term reduced(const Term &each, Reduction reduction) {
  switch (reduction) {
  case Reduction::mean:
    return mean(each, {});
  case Reduction::sum:
    return sum(each, {});
  case Reduction::batchMean: {
    // The sum divided by the size of axis 0, which may be unknown yet.
    Shape shape = each.shape();
    double rest = 1;
    for (size_t axis = 1; axis < shape.size(); ++axis)
      rest *= static_cast<double>(shape[axis]);
    return mean(each, {}) * rest;
  }
  case Reduction::none:
    break;
  }
  return each;
}

/// What a loss is asked about before it is built. Errors are those of an op of this name.
class Checks {
public:
  Checks(const Tensor &first, StringRef op, Location at) : impl(graphOf(first, op, at)), op(op), at(at) {
    value(first);
  }
  Value value(const Tensor &tensor) const { return impl.value(tensor, op, at); }
  [[noreturn]] void fail(const Twine &message, ArrayRef<Value> operands) const {
    impl.fail(at, op, message, operands);
  }
  void floating(const Tensor &tensor) const {
    Value x = value(tensor);
    if (!isa<FloatType>(ir::elementOf(x)))
      fail("element type " + ir::elementText(ir::elementOf(x)) +
               " does not fit (must be f32 or f64; convert with cast)",
           {x});
  }
  void alike(const Tensor &a, const Tensor &b) const {
    Value x = value(a), y = value(b);
    floating(a);
    if (ir::arrayOf(ir::shapeOf(x)) != ir::arrayOf(ir::shapeOf(y)))
      fail("shapes " + ir::shapeText(ir::shapeOf(x)) + " and " + ir::shapeText(ir::shapeOf(y)) +
               " differ (a loss does not broadcast; reshape one of them)",
           {x, y});
    sameElement(a, b);
  }
  void sameElement(const Tensor &a, const Tensor &b) const {
    Value x = value(a), y = value(b);
    if (ir::elementOf(x) != ir::elementOf(y))
      fail("element types " + ir::elementText(ir::elementOf(x)) + " and " +
               ir::elementText(ir::elementOf(y)) +
               " differ (operands need one element type; convert with cast)",
           {x, y});
  }
  /// The target has one number for each row of x.
  void perRow(const Tensor &x, const Tensor &target) const {
    Value rows = value(x), t = value(target);
    ir::ShapeSpan shape = ir::shapeOf(rows);
    if (shape.empty())
      fail("the operand is a scalar (its last axis must be the features)", {rows, t});
    if (ir::arrayOf(shape).drop_back() != ir::arrayOf(ir::shapeOf(t)))
      fail("a target of shape " + ir::shapeText(ir::shapeOf(t)) + " does not fit rows of shape " +
               ir::shapeText(shape) + " (must be " +
               ir::shapeText(shape.first(shape.size() - 1)) + ", one number per row)",
           {rows, t});
  }
  void option(const char *name, double given, double low, double high, const char *rule) const {
    if (!(given >= low && given <= high))
      fail(Twine(name) + " is " + compiler::numberText(given) + " (must be " + rule + ")", {});
  }
  void finite(const char *name, double given) const {
    option(name, given, -1e300, 1e300, "a finite number");
  }
  /// A weight multiplies the losses without making more of them.
  void fits(const char *name, const Tensor &weight, const Tensor &x) const {
    Value w = value(weight), v = value(x);
    sameElement(weight, x);
    if (!ir::broadcastsTo(ir::shapeOf(w), ir::shapeOf(v)))
      fail(Twine(name) + " of shape " + ir::shapeText(ir::shapeOf(w)) +
               " does not broadcast to losses of shape " + ir::shapeText(ir::shapeOf(v)),
           {v, w});
  }

  GraphImpl &impl;
  StringRef op;
  Location at;
};

template <class Op>
static Term pairLoss(const Tensor &prediction, const Tensor &target, Location at,
                     function_ref<NamedAttribute(GraphImpl &)> attribute = nullptr) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(prediction, op, at);
  Value operands[] = {impl.value(prediction, op, at), impl.value(target, op, at)};
  SmallVector<NamedAttribute> attributes;
  if (attribute)
    attributes.push_back(attribute(impl));
  return {impl.make<Op>(at, operands, attributes), at};
}

//===--- differences
//--------------------------------------------------------------------------------===//

Tensor squaredError(const Tensor &prediction, const Tensor &target, Reduction reduction,
                    Location at) {
  return reduced(pairLoss<ir::SquaredErrorOp>(prediction, target, at), reduction);
}

Tensor halfSquaredError(const Tensor &prediction, const Tensor &target, Reduction reduction,
                        Location at) {
  return reduced(pairLoss<ir::SquaredErrorOp>(prediction, target, at) * 0.5, reduction);
}

Tensor absoluteError(const Tensor &prediction, const Tensor &target, Reduction reduction,
                     Location at) {
  Checks(prediction, "absoluteError", at).alike(prediction, target);
  return reduced(abs(Term(prediction, at) - Term(target, at)), reduction);
}

static Term huberEach(const Tensor &prediction, const Tensor &target, double delta, Location at) {
  return pairLoss<ir::HuberOp>(prediction, target, at, [&](GraphImpl &impl) {
    return named(impl, "delta", FloatAttr::get(Float64Type::get(impl.context()), delta));
  });
}

Tensor huber(const Tensor &prediction, const Tensor &target, double delta, Reduction reduction,
             Location at) {
  return reduced(huberEach(prediction, target, delta, at), reduction);
}

Tensor smoothL1(const Tensor &prediction, const Tensor &target, double beta, Reduction reduction,
                Location at) {
  Checks(prediction, "smoothL1", at).option("beta", beta, 0, 1e300, "a finite number, not negative");
  if (beta == 0)
    return absoluteError(prediction, target, reduction, at);
  return reduced(huberEach(prediction, target, beta, at) / beta, reduction);
}

//===--- classes
//------------------------------------------------------------------------------------===//

/// An op on [..., classes] and one thing per row; `axis` counts from the front.
template <class Op>
static Term classLoss(const Tensor &x, const Tensor &target, int64_t axis, Location at) {
  return pairLoss<Op>(x, target, at,
                      axis == x.rank() - 1 || x.rank() == 0
                          ? function_ref<NamedAttribute(GraphImpl &)>()
                          : [&](GraphImpl &impl) { return number(impl, "axis", axis); });
}

namespace {
/// The parts of a loss of labelled examples that PyTorch shares among its losses: which examples
/// count, and how much.
struct Labelled {
  Labelled(const Tensor &x, const Tensor &target, const ClassOptions &options, StringRef op,
           Location at)
      : checks(x, op, at), options(options), at(at) {
    checks.floating(x);
    if (x.rank() == 0)
      checks.fail("the logits are a scalar (one axis must be the classes)", {checks.value(x)});
    axis = resolveAxis(checks.impl, op, checks.value(x), options.axis, at);
    classes = x.shape()[axis];
    if (options.weight.valid()) {
      Value weight = checks.value(options.weight);
      checks.sameElement(options.weight, x);
      if (options.weight.shape() != Shape{classes})
        checks.fail("a weight of shape " + ir::shapeText(ir::shapeOf(weight)) + " does not fit " +
                        Twine(classes) + " classes (must be " + Twine(classes) + ")",
                    {checks.value(x), weight});
    }
    checks.option("labelSmoothing", options.labelSmoothing, 0, 1, "between 0 and 1");
    labelled = isa<IntegerType>(ir::elementOf(checks.value(target)));
    if (options.ignored && !labelled)
      checks.fail("a label is ignored, but the target is probabilities (must be labels)",
                  {checks.value(x), checks.value(target)});
    if (!labelled || !options.ignored)
      return;
    double label = static_cast<double>(*options.ignored);
    if (target.dtype() == DType::i32 && *options.ignored != static_cast<int32_t>(*options.ignored))
      return; // no i32 is that label
    ignored = equal(Operand(target, at), Operand(label, at), at);
  }

  /// The label, 0 where the example is ignored.
  Tensor safe(const Tensor &labels) const {
    return ignored.valid() ? Tensor(where(Term(ignored, at), 0, Term(labels, at))) : labels;
  }
  /// What counts of one number per example.
  Term counted(const Term &each) const {
    return ignored.valid() ? where(Term(ignored, at), 0, each) : each;
  }
  /// The weights of the classes, shaped to broadcast along the logits' class axis.
  Term alongClasses(const Tensor &x) const {
    Shape shape(x.rank() - axis, 1);
    shape[0] = classes;
    return {reshape(options.weight, shape, at), at};
  }
  /// The weight of each label.
  Term ofLabels(const Tensor &labels) const {
    return {gather(options.weight, safe(labels), at), at};
  }
  /// The mean is over the weights of what counts.
  Term finish(const Term &each, const Tensor &labels) const {
    if (options.reduction != Reduction::mean || (!options.weight.valid() && !ignored.valid()))
      return reduced(each, options.reduction);
    Term weights = options.weight.valid()
                       ? ofLabels(labels)
                       : Term(broadcastTo(one(each.tensor), each.shape(), at), at);
    return sum(each, {}) / sum(counted(weights), {});
  }
  Tensor one(const Tensor &like) const {
    return GraphImpl::handle(checks.impl.shared_from_this()).constant(1, like.dtype(), at);
  }

  Checks checks;
  const ClassOptions &options;
  Location at;
  int64_t axis = 0, classes = 0;
  bool labelled = true;
  Tensor ignored; ///< empty where every example counts
};
} // namespace

Tensor crossEntropy(const Tensor &logits, const Tensor &target, Reduction reduction, Location at) {
  return reduced(pairLoss<ir::CrossEntropyOp>(logits, target, at), reduction);
}

Tensor crossEntropy(const Tensor &logits, const Tensor &target, const ClassOptions &options,
                    Location at) {
  Labelled rows(logits, target, options, ir::CrossEntropyOp::getOperationName(), at);
  double smooth = options.labelSmoothing, even = smooth / static_cast<double>(rows.classes);
  bool weighted = options.weight.valid();
  auto entropy = [&](const Tensor &wanted) {
    return classLoss<ir::CrossEntropyOp>(logits, wanted, rows.axis, at);
  };
  if (!rows.labelled) {
    // -Σ w p' log softmax x, p' = (1 - smooth) p + smooth / classes
    Term p(target, at);
    if (smooth != 0)
      p = p * (1 - smooth) + even;
    return reduced(entropy(weighted ? p * rows.alongClasses(logits) : p), options.reduction);
  }
  // (1 - smooth) w[label] CE(x, label) + smooth / classes Σ w (-log softmax x)
  Term each = entropy(rows.safe(target));
  if (weighted)
    each = each * rows.ofLabels(target);
  if (smooth != 0) {
    Term ones = weighted ? rows.alongClasses(logits) : Term(rows.one(logits), at);
    each = each * (1 - smooth) + entropy(broadcastTo(ones, logits.shape(), at)) * even;
  }
  return rows.finish(rows.counted(each), target);
}

Tensor nll(const Tensor &logProbabilities, const Tensor &labels, const ClassOptions &options,
           Location at) {
  Labelled rows(logProbabilities, labels, options, ir::NllOp::getOperationName(), at);
  if (options.labelSmoothing != 0)
    rows.checks.fail("labelSmoothing is " + compiler::numberText(options.labelSmoothing) +
                         " (must be 0; crossEntropy has it)",
                     {});
  Tensor safe = rows.labelled ? rows.safe(labels) : labels;
  Term each = classLoss<ir::NllOp>(logProbabilities, safe, rows.axis, at);
  if (options.weight.valid())
    each = each * rows.ofLabels(labels);
  return rows.finish(rows.counted(each), labels);
}

Tensor multiMargin(const Tensor &x, const Tensor &labels, double margin, double power,
                   const ClassOptions &options, Location at) {
  StringRef op = "multiMargin";
  Labelled rows(x, labels, options, op, at);
  rows.checks.finite("margin", margin);
  if (power != 1 && power != 2)
    rows.checks.fail("power is " + compiler::numberText(power) + " (must be 1 or 2)", {});
  if (options.ignored || options.labelSmoothing != 0)
    rows.checks.fail("ignored and labelSmoothing do not apply here", {});
  Shape kept = x.shape(), classAxis(x.rank() - rows.axis, 1);
  kept[rows.axis] = 1;
  // The label's own term is always margin^power.
  Term chosen = -classLoss<ir::NllOp>(x, labels, rows.axis, at);
  Term above = relu(Term(x, at) - chosen.with(reshape(chosen, kept, at)) + margin);
  if (power == 2)
    above = above * above;
  double own = std::pow(std::max(margin, 0.0), power);
  Term each = (sum(above, rows.axis) - own) / static_cast<double>(rows.classes);
  if (options.weight.valid())
    each = each * rows.ofLabels(labels);
  return reduced(each, options.reduction);
}

//===--- yes or no
//----------------------------------------------------------------------------------===//

/// log(1 + exp x)
static Term softPlus(const Term &x) {
  Tensor zero = broadcastTo(x.constant(0).tensor, x.shape(), x.at);
  return pairLoss<ir::BinaryCrossEntropyOp>(x, zero, x.at);
}

Tensor binaryCrossEntropy(const Tensor &probability, const Tensor &target, Reduction reduction,
                          Location at) {
  return binaryCrossEntropy(probability, target, BinaryOptions{.reduction = reduction}, at);
}

Tensor binaryCrossEntropy(const Tensor &probability, const Tensor &target,
                          const BinaryOptions &options, Location at) {
  Term each = pairLoss<ir::ProbabilityCrossEntropyOp>(probability, target, at);
  Checks checks(probability, ir::ProbabilityCrossEntropyOp::getOperationName(), at);
  if (options.positiveWeight.valid())
    checks.fail("a positive weight is given (binaryCrossEntropyWithLogits takes one)", {});
  if (options.weight.valid()) {
    checks.fits("a weight", options.weight, probability);
    each = each * Term(options.weight, at);
  }
  return reduced(each, options.reduction);
}

Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target, Reduction reduction,
                                    Location at) {
  return reduced(pairLoss<ir::BinaryCrossEntropyOp>(logits, target, at), reduction);
}

/// Before the reduction. With a positive weight w: (1 - t) x + (1 + (w - 1) t) log(1 + exp(-x)).
static Term logitLoss(const Tensor &logits, const Tensor &target, const BinaryOptions &options,
                      Location at) {
  Term each = pairLoss<ir::BinaryCrossEntropyOp>(logits, target, at);
  Checks checks(logits, ir::BinaryCrossEntropyOp::getOperationName(), at);
  if (options.positiveWeight.valid()) {
    checks.fits("a positive weight", options.positiveWeight, logits);
    Term x(logits, at), t(target, at), w(options.positiveWeight, at);
    each = (1 - t) * x + ((w - 1) * t + 1) * softPlus(-x);
  }
  if (options.weight.valid()) {
    checks.fits("a weight", options.weight, logits);
    each = each * Term(options.weight, at);
  }
  return each;
}

Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target,
                                    const BinaryOptions &options, Location at) {
  return reduced(logitLoss(logits, target, options, at), options.reduction);
}

Tensor multilabelSoftMargin(const Tensor &logits, const Tensor &target,
                            const BinaryOptions &options, Location at) {
  return reduced(mean(logitLoss(logits, target, options, at), -1), options.reduction);
}

Tensor softMargin(const Tensor &x, const Tensor &target, Reduction reduction, Location at) {
  Checks(x, "softMargin", at).alike(x, target);
  return reduced(softPlus(-(Term(x, at) * Term(target, at))), reduction);
}

static Term hingeEach(const Tensor &x, const Tensor &target, const char *op, Location at) {
  Checks(x, op, at).alike(x, target);
  return relu(1 - Term(x, at) * Term(target, at));
}

Tensor hinge(const Tensor &x, const Tensor &target, Reduction reduction, Location at) {
  return reduced(hingeEach(x, target, "hinge", at), reduction);
}

Tensor squaredHinge(const Tensor &x, const Tensor &target, Reduction reduction, Location at) {
  Term each = hingeEach(x, target, "squaredHinge", at);
  return reduced(each * each, reduction);
}

/// `positive` where the target is 1, `negative` where it is -1, else 0.
static Term bySign(const Tensor &target, const Term &positive, const Term &negative, Location at) {
  Term t(target, at);
  return where(equal(t, 1), positive, where(equal(t, -1), negative, 0));
}

Tensor hingeEmbedding(const Tensor &x, const Tensor &target, double margin, Reduction reduction,
                      Location at) {
  Checks checks(x, "hingeEmbedding", at);
  checks.alike(x, target);
  checks.finite("margin", margin);
  return reduced(bySign(target, {x, at}, relu(margin - Term(x, at)), at), reduction);
}

//===--- distributions
//------------------------------------------------------------------------------===//

Tensor klDivergence(const Tensor &logPrediction, const Tensor &target, bool logTarget,
                    Reduction reduction, Location at) {
  auto attribute = [](GraphImpl &impl) {
    return named(impl, "log_target", UnitAttr::get(impl.context()));
  };
  using Attribute = function_ref<NamedAttribute(GraphImpl &)>;
  return reduced(pairLoss<ir::KlDivergenceOp>(logPrediction, target, at,
                                              logTarget ? Attribute(attribute) : Attribute()),
                 reduction);
}

Tensor poissonNll(const Tensor &prediction, const Tensor &target, const PoissonOptions &options,
                  Location at) {
  Checks checks(prediction, "poissonNll", at);
  checks.alike(prediction, target);
  checks.option("epsilon", options.epsilon, 0, 1e300, "a finite number, not negative");
  Term x(prediction, at), t(target, at);
  Term each = options.logInput ? exp(x) - t * x : x - t * log(x + options.epsilon);
  if (options.full) {
    // Only where t > 1; elsewhere the logarithms see 1.
    Term safe = maximum(t, 1);
    Term stirling = safe * log(safe) - safe + log(safe * (2 * std::numbers::pi)) * 0.5;
    each = each + where(t > 1, stirling, 0);
  }
  return reduced(each, options.reduction);
}

Tensor gaussianNll(const Tensor &prediction, const Tensor &target, const Tensor &variance,
                   const GaussianOptions &options, Location at) {
  Checks checks(prediction, "gaussianNll", at);
  checks.alike(prediction, target);
  checks.fits("a variance", variance, prediction);
  checks.option("epsilon", options.epsilon, 0, 1e300, "a finite number, not negative");
  Term difference = Term(prediction, at) - Term(target, at);
  Term v = maximum(Term(variance, at), options.epsilon);
  Term each = (log(v) + difference * difference / v) * 0.5;
  if (options.full)
    each = each + 0.5 * std::log(2 * std::numbers::pi);
  return reduced(each, options.reduction);
}

//===--- embeddings
//---------------------------------------------------------------------------------===//

Tensor marginRanking(const Tensor &a, const Tensor &b, const Tensor &target, double margin,
                     Reduction reduction, Location at) {
  Checks checks(a, "marginRanking", at);
  checks.alike(a, b);
  checks.alike(a, target);
  checks.finite("margin", margin);
  return reduced(relu(margin - Term(target, at) * (Term(a, at) - Term(b, at))), reduction);
}

Tensor cosineEmbedding(const Tensor &a, const Tensor &b, const Tensor &target, double margin,
                       Reduction reduction, Location at) {
  Checks checks(a, "cosineEmbedding", at);
  checks.alike(a, b);
  checks.perRow(a, target);
  checks.finite("margin", margin);
  Term x(a, at), y(b, at);
  Term cosine = sum(x * y, -1) / sqrt((sum(x * x, -1) + 1e-12) * (sum(y * y, -1) + 1e-12));
  return reduced(bySign(target, 1 - cosine, relu(cosine - margin), at), reduction);
}

Tensor tripletMargin(const Tensor &anchor, const Tensor &positive, const Tensor &negative,
                     const TripletOptions &options, Location at) {
  Checks checks(anchor, "tripletMargin", at);
  checks.alike(anchor, positive);
  checks.alike(anchor, negative);
  if (anchor.rank() == 0)
    checks.fail("the operand is a scalar (its last axis must be the features)",
                {checks.value(anchor)});
  checks.finite("margin", options.margin);
  checks.finite("epsilon", options.epsilon);
  checks.option("power", options.power, 1, 1e300, "a finite number, at least 1");
  auto distance = [&](const Tensor &a, const Tensor &b) {
    Term d = Term(a, at) - Term(b, at) + options.epsilon;
    if (options.power == 1)
      return sum(abs(d), -1);
    if (options.power == 2)
      return sqrt(sum(d * d, -1));
    return pow(sum(pow(abs(d), options.power), -1), 1 / options.power);
  };
  Term near = distance(anchor, positive), far = distance(anchor, negative);
  if (options.swap)
    far = minimum(far, distance(positive, negative));
  return reduced(relu(near - far + options.margin), options.reduction);
}

} // namespace gradus
