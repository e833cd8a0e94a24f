// Optimizers are graph functions: they build the update of every parameter out of ops.
#pragma once
#include "compiler/graph/Graph.h"
#include "compiler/graph/Schedules.h"

#include <functional>

namespace gradus {

// Formulas and defaults are PyTorch's. p is a parameter, g its gradient, t = 1, 2, ... the number of the step. Where
// it is not 0, weightDecay begins each step with g += weightDecay p, but for AdamW. A rate that changes (Schedules.h)
// counts in the state "NAME/step" (i64).

/// Stochastic gradient descent.
///   with momentum: b = momentum b + g, then g = b, or with nesterov g + momentum b;  p -= rate g
/// State of p: "sgd/momentum/p".
struct Sgd {
  Schedule rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double weightDecay = 0;
};

/// Kingma and Ba 2015.
///   m = beta1 m + (1-beta1) g;  v = beta2 v + (1-beta2) g^2
///   p -= rate (m / (1-beta1^t)) / (sqrt(v) / sqrt(1-beta2^t) + epsilon)
/// With amsgrad (Reddi et al. 2018) the largest v so far stands in the denominator.
/// States: "adam/step" (i64), "adam/m/p", "adam/v/p", with amsgrad "adam/vmax/p".
struct Adam {
  Schedule rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 0;
  bool amsgrad = false;
};

/// Loshchilov and Hutter 2019: p *= 1 - rate weightDecay, then Adam without decay.
struct AdamW {
  Schedule rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 1e-2;
  bool amsgrad = false;
};

/// Tieleman and Hinton 2012; centered: Graves 2013.
///   v = alpha v + (1-alpha) g^2;  centered: a = alpha a + (1-alpha) g, and v - a^2 for v below
///   q = g / (sqrt(v) + epsilon);  with momentum: b = momentum b + q, then q = b;  p -= rate q
/// States: "rmsprop/v/p", "rmsprop/mean/p", "rmsprop/momentum/p".
struct Rmsprop {
  Schedule rate = 0.01;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double weightDecay = 0;
  double momentum = 0;
  bool centered = false;
};

/// Duchi et al. 2011: s = s + g^2, at first initialSum;  p -= rate g / (sqrt(s) + epsilon)
/// (PyTorch's lr_decay is an InverseRate.) State: "adagrad/sum/p".
struct Adagrad {
  Schedule rate = 0.01;
  double epsilon = 1e-10;
  double weightDecay = 0;
  double initialSum = 0;
};

/// Zeiler 2012.
///   v = rho v + (1-rho) g^2;  d = sqrt(u + epsilon) / sqrt(v + epsilon) g
///   u = rho u + (1-rho) d^2;  p -= rate d
/// States: "adadelta/v/p", "adadelta/u/p".
struct Adadelta {
  Schedule rate = 1;
  double rho = 0.9;
  double epsilon = 1e-6;
  double weightDecay = 0;
};

/// Kingma and Ba 2015, section 7.1: m as Adam's;  u = max(beta2 u, |g| + epsilon)
///   p -= rate / (1-beta1^t) m / u
/// States: "adamax/step" (i64), "adamax/m/p", "adamax/u/p".
struct Adamax {
  Schedule rate = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 0;
};

/// Any of the above, or one's own: a function that assigns to each parameter, given its gradient.
class Optimizer {
public:
  using Update = std::function<void(Graph &graph, const std::vector<Tensor> &parameters,
                                    const std::vector<Tensor> &gradients, Location at)>;
  Optimizer(const Sgd &options);
  Optimizer(const Adam &options);
  Optimizer(const AdamW &options);
  Optimizer(const Rmsprop &options);
  Optimizer(const Adagrad &options);
  Optimizer(const Adadelta &options);
  Optimizer(const Adamax &options);
  Optimizer(Update update) : update(std::move(update)) {}
  Update update;
};

/// The optimizer sees every element of the gradients between -limit and limit. The limit is
/// positive.
Optimizer clipByValue(const Optimizer &optimizer, double limit);
/// The optimizer sees the gradients times min(1, limit / (n + 1e-6)), n = globalNorm(gradients):
/// their direction stays. The limit is positive.
Optimizer clipByGlobalNorm(const Optimizer &optimizer, double limit);
/// The square root of the sum of all squares, a scalar: f64 if one of the tensors is, else f32.
/// GraphError if there are none, or one is not floating point.
Tensor globalNorm(const std::vector<Tensor> &tensors, Location at = Location::current());

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
