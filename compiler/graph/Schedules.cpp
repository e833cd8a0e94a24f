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
