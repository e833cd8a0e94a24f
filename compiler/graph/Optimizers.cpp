#include "compiler/graph/Optimizers.h"

#include "compiler/graph/OptionChecks.h"
#include "compiler/graph/ops/Term.h"
#include "dialects/gradus/Rules.h"
#include "dialects/gradus/Structure.h"

namespace gradus {

namespace {

/// The step of one optimizer while it is built.
class Step {
public:
  Step(Graph &graph, std::string name, Location at)
      : graph(graph), name(std::move(name)), at(at), checks{graph.implementation(), at} {}

  /// The number of this step, t = 1, 2, ..., as f64. The counter is made when it is asked for.
  Term count() {
    if (!counted.valid()) {
      Term step(graph.state(name + "/step", {}, zeros(), DType::i64, at), at);
      Term next = step + 1;
      graph.assign(step, next, at);
      counted = cast(next, DType::f64);
    }
    return {counted, at};
  }

  /// Takes the rate; to be asked before `rate`.
  void follow(const Schedule &schedule) {
    constant = schedule.constant;
    if (schedule.isConstant())
      return checks.notNegative("rate", constant);
    scheduled = schedule.rate(count() - 1, at);
    if (!scheduled.valid() || scheduled.rank() != 0 || scheduled.dtype() != DType::f64)
      checks.impl.fail(at, "trainingStep", "the schedule does not give a scalar of f64");
  }
  bool isConstant() const { return !scheduled.valid(); }
  /// x times the rate, in x's type.
  Term timesRate(const Term &x) const {
    return isConstant() ? x * constant : x * cast(Term(scheduled, at), x.dtype());
  }
  /// The rate divided by a scalar of f64.
  Term rateOver(const Term &divisor) const {
    return isConstant() ? constant / divisor : Term(scheduled, at) / divisor;
  }

  Graph &graph;
  std::string name;
  Location at;
  OptionChecks checks;
  double constant = 0;

private:
  Tensor counted, scheduled;
};

/// One parameter in a step.
class Trained {
public:
  Trained(Step &step, const Tensor &variable, const Tensor &gradient)
      : step(step), variable(variable), p(variable, step.at), g(gradient, step.at) {}

  void decayWeights(double decay) {
    if (decay != 0)
      g = g + p * decay;
  }
  /// The state NAME/part/p of the parameter's shape.
  Term state(const char *part, double initial = 0) {
    auto op = GraphImpl::valueOf(variable).getDefiningOp<ir::VariableOpInterface>();
    std::string name = step.name + "/" + part + "/" + op.getVariableName().str();
    return {step.graph.state(name, variable.shape(), initial ? constant(initial) : zeros(),
                             variable.dtype(), step.at),
            step.at};
  }
  Term advance(const Term &state, const Term &next) {
    step.graph.assign(state, next, step.at);
    return next;
  }
  /// share state + (1-share) x
  Term average(const char *part, double share, const Term &x) {
    Term mean = state(part);
    return advance(mean, mean * share + x * (1 - share));
  }
  void subtract(const Term &change) { step.graph.assign(variable, p - change, step.at); }

  Step &step;
  Tensor variable;
  Term p, g;
};

} // namespace

template <class Options> static Optimizer::Update updateOf(const char *name, Options options) {
  return [=](Graph &graph, const std::vector<Tensor> &parameters,
             const std::vector<Tensor> &gradients, Location at) {
    Step step(graph, name, at);
    step.checks.notNegative("weightDecay", options.weightDecay);
    step.follow(options.rate);
    auto updateOne = prepare(options, step);
    for (size_t i = 0; i < parameters.size(); ++i)
      updateOne(Trained(step, parameters[i], gradients[i]));
  };
}

//===--- Sgd
//------------------------------------------------------------------------------------===//

static auto prepare(const Sgd &options, Step &step) {
  step.checks.fraction("momentum", options.momentum);
  return [&](Trained p) {
    p.decayWeights(options.weightDecay);
    if (options.momentum != 0) {
      Term b = p.state("momentum");
      Term next = p.advance(b, b * options.momentum + p.g);
      p.g = options.nesterov ? p.g + next * options.momentum : next;
    }
    p.subtract(step.timesRate(p.g));
  };
}

Optimizer::Optimizer(const Sgd &options) : update(updateOf("sgd", options)) {}

//===--- Adam
//-----------------------------------------------------------------------------------===//

namespace {
/// AdamW's p *= 1 - rate weightDecay instead of a part of the gradient.
struct AdamRule : Adam {
  bool decaysApart = false;
};
} // namespace

static auto prepare(const AdamRule &options, Step &step) {
  step.checks.notNegative("epsilon", options.epsilon);
  step.checks.belowOne("beta1", options.beta1);
  step.checks.belowOne("beta2", options.beta2);
  // The rate and the corrections are scalars: f64, then the parameter's type.
  Term rate = step.rateOver(1 - pow(options.beta1, step.count()));
  Term scale = rsqrt(1 - pow(options.beta2, step.count()));
  // p -= rate' m / (sqrt(v) scale + epsilon), rate' = rate / (1-beta1^t), scale = 1 /
  // sqrt(1-beta2^t)
  return [=, &options, &step](Trained p) {
    double decay = options.weightDecay;
    DType type = p.variable.dtype();
    if (!options.decaysApart)
      p.decayWeights(decay);
    else if (decay != 0 && step.isConstant())
      p.p = p.p * (1 - step.constant * decay);
    else if (decay != 0)
      p.p = p.p * (1 - cast(step.rateOver(p.p.with(step.graph.constant(1, DType::f64, step.at))), type) * decay);
    Term m = p.average("m", options.beta1, p.g);
    Term v = p.average("v", options.beta2, p.g * p.g);
    if (options.amsgrad) {
      Term largest = p.state("vmax");
      v = p.advance(largest, maximum(largest, v));
    }
    Term denominator = sqrt(v) * cast(scale, type) + options.epsilon;
    p.subtract(m / denominator * cast(rate, type));
  };
}

Optimizer::Optimizer(const Adam &options) : update(updateOf("adam", AdamRule{options, false})) {}

Optimizer::Optimizer(const AdamW &options)
    : update(updateOf("adam", AdamRule{{options.rate, options.beta1, options.beta2, options.epsilon,
                                        options.weightDecay, options.amsgrad},
                                       true})) {}

//===--- Rmsprop
//--------------------------------------------------------------------------------===//

static auto prepare(const Rmsprop &options, Step &step) {
  step.checks.belowOne("alpha", options.alpha);
  step.checks.notNegative("epsilon", options.epsilon);
  step.checks.fraction("momentum", options.momentum);
  return [&](Trained p) {
    p.decayWeights(options.weightDecay);
    Term v = p.average("v", options.alpha, p.g * p.g);
    if (options.centered) {
      Term mean = p.average("mean", options.alpha, p.g);
      v = maximum(v - mean * mean, 0); // below 0 by rounding only
    }
    Term q = p.g / (sqrt(v) + options.epsilon);
    if (options.momentum != 0) {
      Term b = p.state("momentum");
      q = p.advance(b, b * options.momentum + q);
    }
    p.subtract(step.timesRate(q));
  };
}

Optimizer::Optimizer(const Rmsprop &options) : update(updateOf("rmsprop", options)) {}

//===--- Adagrad
//--------------------------------------------------------------------------------===//

static auto prepare(const Adagrad &options, Step &step) {
  step.checks.notNegative("epsilon", options.epsilon);
  step.checks.notNegative("initialSum", options.initialSum);
  return [&](Trained p) {
    p.decayWeights(options.weightDecay);
    Term sum = p.state("sum", options.initialSum);
    sum = p.advance(sum, sum + p.g * p.g);
    p.subtract(step.timesRate(p.g) / (sqrt(sum) + options.epsilon));
  };
}

Optimizer::Optimizer(const Adagrad &options) : update(updateOf("adagrad", options)) {}

//===--- Adadelta
//-------------------------------------------------------------------------------===//

static auto prepare(const Adadelta &options, Step &step) {
  step.checks.belowOne("rho", options.rho);
  step.checks.notNegative("epsilon", options.epsilon);
  return [&](Trained p) {
    p.decayWeights(options.weightDecay);
    Term v = p.average("v", options.rho, p.g * p.g), u = p.state("u");
    Term d = sqrt(u + options.epsilon) / sqrt(v + options.epsilon) * p.g;
    p.advance(u, u * options.rho + d * d * (1 - options.rho));
    p.subtract(step.timesRate(d));
  };
}

Optimizer::Optimizer(const Adadelta &options) : update(updateOf("adadelta", options)) {}

//===--- Adamax
//---------------------------------------------------------------------------------===//

static auto prepare(const Adamax &options, Step &step) {
  step.checks.belowOne("beta1", options.beta1);
  step.checks.belowOne("beta2", options.beta2);
  step.checks.notNegative("epsilon", options.epsilon);
  Term rate = step.rateOver(1 - pow(options.beta1, step.count()));
  return [=, &options](Trained p) {
    p.decayWeights(options.weightDecay);
    Term m = p.average("m", options.beta1, p.g), u = p.state("u");
    u = p.advance(u, maximum(u * options.beta2, abs(p.g) + options.epsilon));
    p.subtract(m / u * cast(rate, p.variable.dtype()));
  };
}

Optimizer::Optimizer(const Adamax &options) : update(updateOf("adamax", options)) {}

//===--- clipping
//-------------------------------------------------------------------------------===//

/// The optimizer sees what `clip` makes of the gradients.
static Optimizer clipped(
    const Optimizer &optimizer, double limit,
    std::function<std::vector<Tensor>(const std::vector<Tensor> &gradients, Location at)> clip) {
  if (!optimizer.update)
    return optimizer;
  return Optimizer([=](Graph &graph, const std::vector<Tensor> &parameters,
                       const std::vector<Tensor> &gradients, Location at) {
    OptionChecks{graph.implementation(), at}.positive("limit", limit);
    optimizer.update(graph, parameters, clip(gradients, at), at);
  });
}

Optimizer clipByValue(const Optimizer &optimizer, double limit) {
  return clipped(optimizer, limit, [limit](const std::vector<Tensor> &gradients, Location at) {
    std::vector<Tensor> bounded;
    for (const Tensor &g : gradients)
      bounded.push_back(maximum(minimum(Term(g, at), limit), -limit));
    return bounded;
  });
}

Tensor globalNorm(const std::vector<Tensor> &tensors, Location at) {
  if (tensors.empty())
    throw GraphError(compiler::locationText(at) + ": error: globalNorm: there are no tensors");
  DType type = DType::f32;
  for (const Tensor &x : tensors) {
    GraphImpl *impl = GraphImpl::graphOf(tensors[0]);
    if (!impl)
      throw GraphError(compiler::locationText(at) +
                       ": error: globalNorm: an operand is an empty tensor (it was never given a value)");
    mlir::Value value = impl->value(x, "globalNorm", at);
    if (x.dtype() != DType::f32 && x.dtype() != DType::f64)
      impl->fail(at, "globalNorm",
                 "element type " + ir::elementText(ir::elementOf(value)) +
                     " does not fit (must be f32 or f64; convert with cast)",
                 value);
    if (x.dtype() == DType::f64)
      type = DType::f64;
  }
  std::optional<Term> total;
  for (const Tensor &x : tensors) {
    Term squares = cast(sum(Term(x, at) * Term(x, at), {}), type);
    total = total ? *total + squares : squares;
  }
  return sqrt(*total);
}

Optimizer clipByGlobalNorm(const Optimizer &optimizer, double limit) {
  return clipped(optimizer, limit, [limit](const std::vector<Tensor> &gradients, Location at) {
    Term norm(globalNorm(gradients, at), at);
    Term scale = minimum(limit / (norm + 1e-6), 1);
    std::vector<Tensor> scaled;
    for (const Tensor &g : gradients)
      scaled.push_back(Term(g, at) * cast(scale, g.dtype()));
    return scaled;
  });
}

//===--- the step
//-------------------------------------------------------------------------------===//

/// Names the loss as the result "loss", unless the model did so.
static void nameLoss(Graph &graph, const Tensor &loss, Location at) {
  for (auto result : graph.implementation().function().getOps<ir::ResultOp>())
    if (result.getName() == "loss" && result.getValue() == GraphImpl::valueOf(loss))
      return;
  graph.result("loss", loss, at);
}

TrainingStep trainingStep(const Tensor &loss, const Optimizer &optimizer, Location at) {
  GraphImpl *model = GraphImpl::graphOf(loss);
  if (!model || !optimizer.update)
    throw GraphError(compiler::locationText(at) + ": error: trainingStep: " +
                     (model ? "the optimizer has no update"
                            : "the loss is an empty tensor (it was never given a value)"));
  Tensor copied = loss;
  Graph graph = GraphImpl::handle(model->copy(copied));
  std::vector<Tensor> trained;
  for (const Tensor &parameter : graph.parameters())
    if (parameter.dtype() == DType::f32 || parameter.dtype() == DType::f64)
      trained.push_back(parameter);
  std::vector<Tensor> parameterGradients = gradients(copied, trained, at); // checks the loss
  if (trained.empty())
    graph.implementation().fail(
        at, "trainingStep",
        "graph \"" + graph.name() +
            "\" has nothing to train (must have a floating-point parameter)");
  optimizer.update(graph, trained, parameterGradients, at);
  nameLoss(graph, copied, at);
  return TrainingStep(graph);
}

} // namespace gradus
