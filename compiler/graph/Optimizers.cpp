#include "compiler/graph/Optimizers.h"

#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/Ops.h"
#include "dialects/gradus/Structure.h"
#include "dialects/gradus/Rules.h"

#include <cmath>

namespace gradus {

/// Only [low, high] is possible; NaN is not.
static void require(Graph &graph, Location at, const char *option, double value, double low,
                    double high, const char *rule) {
  if (!(value >= low && value <= high))
    graph.implementation().fail(at, "trainingStep",
                                llvm::Twine(option) + " is " + compiler::numberText(value) +
                                    " (must be " + rule + ")");
}

static void requireRate(Graph &graph, Location at, const char *option, double value) {
  require(graph, at, option, value, 0, 1e30, "a finite number, not negative");
}

static std::string nameOf(const Tensor &parameter) {
  auto op = GraphImpl::valueOf(parameter).getDefiningOp<ir::VariableOpInterface>();
  return op.getVariableName().str();
}

/// a * b with the line of the user's call.
static Operand operandAt(const Tensor &tensor, Location at) { return {tensor, at}; }

/// Advances the state `name` by one; gives the number of this step, t = 1, 2, ..., as f64.
static Tensor countSteps(Graph &graph, const char *name, Location at) {
  Tensor step = graph.state(name, {}, zeros(), DType::i64, at);
  Tensor next = operandAt(step, at) + Operand(1, at);
  graph.assign(step, next, at);
  return cast(next, DType::f64, at);
}

/// rate / (1 + decay (t-1))
static Tensor decayedRate(double rate, double decay, const Tensor &t, Location at) {
  Tensor slower = operandAt(operandAt(t, at) * Operand(decay, at), at) + Operand(1 - decay, at);
  return Operand(rate, at) / operandAt(slower, at);
}

//===--- Sgd
//------------------------------------------------------------------------------------===//

Optimizer::Optimizer(const Sgd &options)
    : update([options](Graph &graph, const std::vector<Tensor> &parameters,
                       const std::vector<Tensor> &gradients, Location at) {
        requireRate(graph, at, "rate", options.rate);
        requireRate(graph, at, "weightDecay", options.weightDecay);
        requireRate(graph, at, "rateDecay", options.rateDecay);
        require(graph, at, "momentum", options.momentum, 0, 1, "between 0 and 1");
        auto L = [at](const Tensor &tensor) { return operandAt(tensor, at); };
        Tensor decayed;
        if (options.rateDecay != 0)
          decayed =
              decayedRate(options.rate, options.rateDecay, countSteps(graph, "sgd/step", at), at);
        for (size_t i = 0; i < parameters.size(); ++i) {
          const Tensor &p = parameters[i];
          Tensor g = gradients[i];
          if (options.weightDecay != 0)
            g = L(g) + L(L(p) * options.weightDecay);
          if (options.momentum != 0) {
            Tensor b = graph.state("sgd/momentum/" + nameOf(p), p.shape(), zeros(), p.dtype(), at);
            Tensor next = L(L(b) * options.momentum) + L(g);
            graph.assign(b, next, at);
            g = options.nesterov ? L(g) + L(L(next) * options.momentum) : next;
          }
          Operand rate =
              decayed.valid() ? L(cast(decayed, p.dtype(), at)) : Operand(options.rate, at);
          graph.assign(p, L(p) - L(L(g) * rate), at);
        }
      }) {}

//===--- Adam
//-----------------------------------------------------------------------------------===//

namespace {
/// What Adam and AdamW share; `decayWeights` is AdamW's p *= 1 - rate weightDecay.
struct AdamRule {
  Adam options;
  bool decayWeights;

  void check(Graph &graph, Location at) const {
    requireRate(graph, at, "rate", options.rate);
    requireRate(graph, at, "weightDecay", options.weightDecay);
    requireRate(graph, at, "rateDecay", options.rateDecay);
    requireRate(graph, at, "epsilon", options.epsilon);
    double belowOne = std::nextafter(1.0, 0.0);
    require(graph, at, "beta1", options.beta1, 0, belowOne, "in [0, 1)");
    require(graph, at, "beta2", options.beta2, 0, belowOne, "in [0, 1)");
  }

  void operator()(Graph &graph, const std::vector<Tensor> &parameters,
                  const std::vector<Tensor> &gradients, Location at) const {
    check(graph, at);
    auto L = [at](const Tensor &tensor) { return operandAt(tensor, at); };
    Tensor t = countSteps(graph, "adam/step", at);
    // The rate and the corrections are scalars: f64, then the parameter's type.
    Tensor plain;
    if (options.rateDecay != 0)
      plain = decayedRate(options.rate, options.rateDecay, t, at);
    Tensor rate = (plain.valid() ? L(plain) : Operand(options.rate, at)) /
                  L(Operand(1, at) - L(pow(Operand(options.beta1, at), L(t), at)));
    Tensor scale = rsqrt(Operand(1, at) - L(pow(Operand(options.beta2, at), L(t), at)), at);
    for (size_t i = 0; i < parameters.size(); ++i)
      updateOne(graph, parameters[i], gradients[i], plain, rate, scale, at);
  }

  // p -= rate' m / (sqrt(v) scale + epsilon), rate' = rate / (1-beta1^t), scale = 1 /
  // sqrt(1-beta2^t)
  // `plain` is the decayed rate, empty where the rate is constant.
  void updateOne(Graph &graph, Tensor p, Tensor g, const Tensor &plain, const Tensor &rate,
                 const Tensor &scale, Location at) const {
    auto L = [at](const Tensor &tensor) { return operandAt(tensor, at); };
    Tensor variable = p;
    double decay = options.weightDecay;
    if (decay != 0 && decayWeights && plain.valid())
      p = L(p) * L(Operand(1, at) - L(L(cast(plain, variable.dtype(), at)) * Operand(decay, at)));
    else if (decay != 0 && decayWeights)
      p = L(p) * Operand(1 - options.rate * decay, at);
    else if (decay != 0)
      g = L(g) + L(L(p) * Operand(decay, at));
    std::string name = nameOf(variable);
    Tensor m = graph.state("adam/m/" + name, p.shape(), zeros(), p.dtype(), at);
    Tensor v = graph.state("adam/v/" + name, p.shape(), zeros(), p.dtype(), at);
    Tensor nextM = L(L(m) * Operand(options.beta1, at)) + L(L(g) * Operand(1 - options.beta1, at));
    Tensor nextV =
        L(L(v) * Operand(options.beta2, at)) + L(L(L(g) * L(g)) * Operand(1 - options.beta2, at));
    graph.assign(m, nextM, at);
    graph.assign(v, nextV, at);
    Tensor denominator =
        L(L(sqrt(nextV, at)) * L(cast(scale, p.dtype(), at))) + Operand(options.epsilon, at);
    Tensor change = L(L(nextM) / L(denominator)) * L(cast(rate, p.dtype(), at));
    graph.assign(variable, L(p) - L(change), at);
  }
};
} // namespace

Optimizer::Optimizer(const Adam &options) : update(AdamRule{options, false}) {}

Optimizer::Optimizer(const AdamW &options)
    : update(AdamRule{{options.rate, options.beta1, options.beta2, options.epsilon,
                       options.weightDecay, options.rateDecay},
                      true}) {}

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
