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

Schedule rateOf(double rate, const std::optional<py::dict> &schedule, int64_t steps) {
  if (!schedule)
    return rate;
  std::string kind = (*schedule)["kind"].cast<std::string>();
  if (kind == "cosine")
    return CosineRate{.rate = rate,
                      .steps = steps,
                      .warmup = int64_t(number(*schedule, "warmup")),
                      .least = number(*schedule, "min")};
  if (kind == "step")
    return StepRate{.rate = rate,
                    .gamma = number(*schedule, "gamma"),
                    .every = (*schedule)["every"].cast<int64_t>()};
  if (kind == "exp")
    return ExponentialRate{.rate = rate, .gamma = number(*schedule, "gamma")};
  missing("schedule " + kind);
}

Optimizer sgdOf(const py::dict &options, const Schedule &rate) {
  if (number(options, "dampening") != 0)
    missing("sgd with dampening");
  return Sgd{.rate = rate,
             .momentum = number(options, "momentum"),
             .nesterov = flag(options, "nesterov"),
             .weightDecay = number(options, "weight_decay")};
}

template <class Rule> Optimizer adamOf(const py::dict &options, const Schedule &rate) {
  auto [beta1, beta2] = betas(options);
  return Rule{.rate = rate,
              .beta1 = beta1,
              .beta2 = beta2,
              .epsilon = number(options, "eps"),
              .weightDecay = number(options, "weight_decay"),
              .amsgrad = flag(options, "amsgrad")};
}

Optimizer adamaxOf(const py::dict &options, const Schedule &rate) {
  auto [beta1, beta2] = betas(options);
  return Adamax{.rate = rate,
                .beta1 = beta1,
                .beta2 = beta2,
                .epsilon = number(options, "eps"),
                .weightDecay = number(options, "weight_decay")};
}

Optimizer adagradOf(const py::dict &options, const Schedule &rate) {
  double decay = number(options, "lr_decay");
  if (decay != 0 && !rate.isConstant())
    missing("adagrad with a schedule and lr_decay");
  return Adagrad{.rate = decay != 0 ? Schedule(InverseRate{rate.constant, decay}) : rate,
                 .epsilon = number(options, "eps"),
                 .weightDecay = number(options, "weight_decay"),
                 .initialSum = number(options, "initial_accumulator_value")};
}

Optimizer optimizerOf(const py::dict &options, const std::optional<py::dict> &schedule,
                      int64_t steps) {
  std::string name = options["name"].cast<std::string>();
  Schedule rate = rateOf(number(options, "lr"), schedule, steps);
  double epsilon = number(options, "eps"), decay = number(options, "weight_decay");
  if (name == "sgd")
    return sgdOf(options, rate);
  if (name == "adam")
    return adamOf<Adam>(options, rate);
  if (name == "adamw")
    return adamOf<AdamW>(options, rate);
  if (name == "adamax")
    return adamaxOf(options, rate);
  if (name == "adagrad")
    return adagradOf(options, rate);
  if (name == "rmsprop")
    return Rmsprop{.rate = rate,
                   .alpha = number(options, "alpha"),
                   .epsilon = epsilon,
                   .weightDecay = decay,
                   .momentum = number(options, "momentum"),
                   .centered = flag(options, "centered")};
  if (name == "adadelta")
    return Adadelta{.rate = rate,
                    .rho = number(options, "rho"),
                    .epsilon = epsilon,
                    .weightDecay = decay};
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
