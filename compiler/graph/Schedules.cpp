#include "compiler/graph/Schedules.h"

#include "compiler/graph/OptionChecks.h"
#include "compiler/graph/ops/Term.h"

#include <numbers>

namespace gradus {

static OptionChecks checksOf(const Tensor &k, Location at) {
  return {*GraphImpl::graphOf(k), at};
}

Schedule::Schedule(const ExponentialRate &options)
    : rate([options](const Tensor &k, Location at) -> Tensor {
        OptionChecks checks = checksOf(k, at);
        checks.notNegative("rate", options.rate);
        checks.notNegative("gamma", options.gamma);
        return pow(options.gamma, Term(k, at)) * options.rate;
      }) {}

Schedule::Schedule(const StepRate &options)
    : rate([options](const Tensor &k, Location at) -> Tensor {
        OptionChecks checks = checksOf(k, at);
        checks.notNegative("rate", options.rate);
        checks.notNegative("gamma", options.gamma);
        checks.require("every", double(options.every), 1, 1e15, "a positive number of steps");
        // A cast rounds toward zero.
        Term stage = cast(Term(k, at) / double(options.every), DType::i64);
        return pow(options.gamma, cast(stage, DType::f64)) * options.rate;
      }) {}

Schedule::Schedule(const CosineRate &options)
    : rate([options](const Tensor &step, Location at) -> Tensor {
        OptionChecks checks = checksOf(step, at);
        checks.notNegative("rate", options.rate);
        checks.notNegative("least", options.least);
        checks.require("warmup", double(options.warmup), 0, 1e15, "a number of steps");
        checks.require("steps", double(options.steps), double(options.warmup + 1), 1e15,
                       "more than the warm-up");
        double warmup = double(options.warmup), steps = double(options.steps);
        Term k(step, at);
        Term angle = (minimum(k, steps) - warmup) * (std::numbers::pi / (steps - warmup));
        double half = 0.5 * (options.rate - options.least);
        Term falling = (cos(angle) + 1) * half + options.least;
        if (options.warmup == 0)
          return falling;
        return where(k < warmup, (k + 1) * (options.rate / warmup), falling);
      }) {}

Schedule::Schedule(const InverseRate &options) : constant(options.rate) {
  if (options.decay == 0)
    return;
  rate = [options](const Tensor &k, Location at) -> Tensor {
    OptionChecks checks = checksOf(k, at);
    checks.notNegative("rate", options.rate);
    checks.notNegative("decay", options.decay);
    return options.rate / (Term(k, at) * options.decay + 1);
  };
}

} // namespace gradus
