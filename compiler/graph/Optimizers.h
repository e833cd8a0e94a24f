// Optimizers are graph functions: they build the update of every parameter out of ops.
#pragma once
#include "compiler/graph/Graph.h"

#include <functional>

namespace gradus {

// Each has a rateDecay d: the rate of step t = 1, 2, ... is rate / (1 + d (t-1)). It needs no
// number of steps in advance, so a run can go on for longer than was planned.

/// Stochastic gradient descent. g is the gradient:
///   g += weightDecay p;  with momentum: b = momentum b + g, then g = b, or with nesterov g +
///   momentum b;  p -= rate g
/// State of p: "sgd/momentum/p"; with rateDecay also "sgd/step" (i64).
struct Sgd {
  double rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double weightDecay = 0;
  double rateDecay = 0;
};

/// Kingma and Ba 2015. t = 1, 2, ...
///   g += weightDecay p;  m = beta1 m + (1-beta1) g;  v = beta2 v + (1-beta2) g^2
///   p -= rate (m / (1-beta1^t)) / (sqrt(v) / sqrt(1-beta2^t) + epsilon)
/// States: "adam/step" (i64), "adam/m/p", "adam/v/p".
struct Adam {
  double rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 0;
  double rateDecay = 0;
};

/// Loshchilov and Hutter 2019: p *= 1 - rate weightDecay, then Adam without decay.
struct AdamW {
  double rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 1e-2;
  double rateDecay = 0;
};

/// Any of the above, or one's own: a function that assigns to each parameter, given its gradient.
class Optimizer {
public:
  using Update = std::function<void(Graph &graph, const std::vector<Tensor> &parameters,
                                    const std::vector<Tensor> &gradients, Location at)>;
  Optimizer(const Sgd &options);
  Optimizer(const Adam &options);
  Optimizer(const AdamW &options);
  Optimizer(Update update) : update(std::move(update)) {}
  Update update;
};

/// A graph that trains another one: the model, the gradients of its loss, the updates of its
/// parameters. Its results are the model's and "loss". The model itself stays as it was, so that it
/// can also be compiled for evaluation.
class TrainingStep {
public:
  explicit TrainingStep(Graph graph) : graph_(std::move(graph)) {}
  const Graph &graph() const { return graph_; }

private:
  Graph graph_;
};

/// Trains every floating-point parameter of the loss's graph. Throws GraphError if there is
/// none, the loss is not a floating-point scalar, an option is impossible (a negative rate, a beta
/// outside [0, 1)), or the name "loss" is taken.
TrainingStep trainingStep(const Tensor &loss, const Optimizer &optimizer,
                          Location at = Location::current());

} // namespace gradus
