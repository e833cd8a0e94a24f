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

Optimizer optimizerOf(const py::dict &options) {
  std::string name = options["name"].cast<std::string>();
  double rate = number(options, "lr"), decay = number(options, "weight_decay");
  if (name == "sgd") {
    if (number(options, "dampening") != 0)
      missing("sgd with dampening");
    return Sgd{.rate = rate,
               .momentum = number(options, "momentum"),
               .nesterov = flag(options, "nesterov"),
               .weightDecay = decay};
  }
  if (flag(options, "amsgrad"))
    missing(name + " with amsgrad");
  if (name == "adam" || name == "adamw") {
    auto [beta1, beta2] = betas(options);
    double epsilon = number(options, "eps");
    if (name == "adam")
      return Adam{.rate = rate,
                  .beta1 = beta1,
                  .beta2 = beta2,
                  .epsilon = epsilon,
                  .weightDecay = decay};
    return AdamW{.rate = rate,
                 .beta1 = beta1,
                 .beta2 = beta2,
                 .epsilon = epsilon,
                 .weightDecay = decay};
  }
  missing("optimizer " + name);
}

TrainingStep stepOf(const Tensor &loss, const py::dict &options,
                    const std::optional<py::dict> &schedule, std::optional<double> clip,
                    int64_t /*steps*/) {
  if (schedule)
    missing("schedule " + (*schedule)["kind"].cast<std::string>());
  if (clip)
    missing("clipping by the global norm");
  return trainingStep(loss, optimizerOf(options));
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
