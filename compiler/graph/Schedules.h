// Learning rates that change from step to step, computed inside the compiled step. A schedule needs no more than
// the number of the step, which is a state like any other: a run that is saved and resumed goes on where it was.
#pragma once
#include "compiler/graph/Graph.h"

#include <functional>

namespace gradus {

// k = 0, 1, ... is the number of the step.

/// rate gamma^k
struct ExponentialRate {
  double rate = 0.01;
  double gamma = 0.99;
};

/// rate gamma^floor(k / every)
struct StepRate {
  double rate = 0.01;
  double gamma = 0.1;
  int64_t every = 1000;
};

/// Loshchilov and Hutter 2017, with a warm-up: rate (k+1) / warmup while k < warmup, then
/// least + (rate - least) (1 + cos(pi (k - warmup) / (steps - warmup))) / 2, and `least` from step
/// `steps` on.
struct CosineRate {
  double rate = 0.01;
  int64_t steps = 1000;
  int64_t warmup = 0;
  double least = 0;
};

/// rate / (1 + decay k). It needs no number of steps in advance, so a run can go on for longer than
/// was planned. With decay 0 a rate that stays.
struct InverseRate {
  double rate = 0.01;
  double decay = 0.001;
};

/// The rate of an optimizer: a number that stays, one of the above, or one's own.
class Schedule {
public:
  /// The rate of step k, a scalar f64 like k. Ops that it makes should get the line `at`.
  using Rate = std::function<Tensor(const Tensor &k, Location at)>;
  Schedule(double rate) : constant(rate) {}
  Schedule(const ExponentialRate &options);
  Schedule(const StepRate &options);
  Schedule(const CosineRate &options);
  Schedule(const InverseRate &options);
  Schedule(Rate rate) : rate(std::move(rate)) {}

  bool isConstant() const { return !rate; }
  double constant = 0; ///< where it stays
  Rate rate;           ///< else; throws GraphError if an option is impossible
};

} // namespace gradus
