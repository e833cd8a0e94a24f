// Optimizers and training steps for Python, from the descriptions of the reference runs.
#include "tests/conformance/runner/Bindings.h"

#include "compiler/Compile.h"
#include "compiler/graph/Optimizers.h"

namespace gradus::conformance {

namespace {

/// A description that nothing in Gradus answers to; NotImplementedError in Python.
[[noreturn]] void missing(const std::string &what) {
  PyErr_SetString(PyExc_NotImplementedError, ("Gradus has no " + what).c_str());
  throw py::error_already_set();
}

double number(const py::dict &options, const char *key, double otherwise = 0) {
  return options.contains(key) ? options[key].cast<double>() : otherwise;
}

bool flag(const py::dict &options, const char *key) {
  return options.contains(key) && options[key].cast<bool>();
}

std::pair<double, double> betas(const py::dict &options) {
  return options["betas"].cast<std::pair<double, double>>();
}

Schedule scheduleOf(double rate, const std::optional<py::dict> &schedule, int64_t steps) {
  if (!schedule)
    return rate;
  std::string kind = (*schedule)["kind"].cast<std::string>();
  if (kind == "constant")
    return rate;
  if (kind == "exp")
    return ExponentialRate{rate, number(*schedule, "gamma")};
  if (kind == "step")
    return StepRate{rate, number(*schedule, "gamma"), int64_t(number(*schedule, "every"))};
  if (kind == "cosine")
    return CosineRate{.rate = rate,
                      .steps = steps,
                      .warmup = int64_t(number(*schedule, "warmup")),
                      .least = number(*schedule, "min")};
  missing("schedule " + kind);
}

Optimizer optimizerOf(const py::dict &options, const std::optional<py::dict> &schedule,
                      int64_t steps) {
  std::string name = options["name"].cast<std::string>();
  double decay = number(options, "weight_decay"), epsilon = number(options, "eps");
  Schedule rate = scheduleOf(number(options, "lr"), schedule, steps);
  if (number(options, "dampening") != 0)
    missing(name + " with dampening");
  if (name == "sgd")
    return Sgd{rate, number(options, "momentum"), flag(options, "nesterov"), decay};
  if (name == "adam") {
    auto [beta1, beta2] = betas(options);
    return Adam{rate, beta1, beta2, epsilon, decay, flag(options, "amsgrad")};
  }
  if (name == "adamw") {
    auto [beta1, beta2] = betas(options);
    return AdamW{rate, beta1, beta2, epsilon, decay, flag(options, "amsgrad")};
  }
  if (name == "rmsprop")
    return Rmsprop{rate, number(options, "alpha"), epsilon, decay, number(options, "momentum"), flag(options, "centered")};
  if (name == "adagrad") {
    if (double slower = number(options, "lr_decay"); slower != 0) {
      if (schedule)
        missing("adagrad with lr_decay and a schedule");
      rate = InverseRate{rate.constant, slower};
    }
    return Adagrad{rate, epsilon, decay, number(options, "initial_accumulator_value")};
  }
  if (name == "adadelta")
    return Adadelta{rate, number(options, "rho"), epsilon, decay};
  if (name == "adamax") {
    auto [beta1, beta2] = betas(options);
    return Adamax{rate, beta1, beta2, epsilon, decay};
  }
  missing("optimizer " + name);
}

TrainingStep stepOf(const Tensor &loss, const py::dict &options,
                    const std::optional<py::dict> &schedule, std::optional<double> clip,
                    int64_t steps) {
  Optimizer optimizer = optimizerOf(options, schedule, steps);
  return trainingStep(loss, clip ? clipByGlobalNorm(optimizer, *clip) : optimizer);
}

} // namespace

void bindTraining(py::module_ &module) {
  py::class_<TrainingStep>(module, "TrainingStep");
  module.def("training_step", &stepOf);
  module.def("compile_step", [](const Graph &graph, const TrainingStep &step,
                                const CompileOptions &options) {
    return compile(graph, step, options);
  });
}

} // namespace gradus::conformance
