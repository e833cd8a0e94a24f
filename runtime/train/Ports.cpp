#include "runtime/train/Ports.h"

#include <stdexcept>

namespace gradus::detail {
namespace {

[[noreturn]] void misuse(const std::string &who, const std::string &what) {
  throw std::invalid_argument(who + ": " + what);
}

int64_t perSample(const Shape &shape) {
  return elementCount(Shape(shape.begin() + 1, shape.end()));
}

void checkInput(const PortRecord &port, const NDArray &array, const std::string &what,
                const std::string &who) {
  std::string name = "input \"" + port.name + "\"";
  if (port.shape.empty())
    misuse(who, name + " is a scalar, expected an axis for the samples");
  if (port.dtype != array.dtype())
    misuse(who, name + " is " + std::string(nameOf(port.dtype)) + ", the " + what + " are " +
                    std::string(nameOf(array.dtype())));
  if (perSample(port.shape) != perSample(array.shape()))
    misuse(who, name + " takes " + std::to_string(perSample(port.shape)) +
                    " elements per sample, the " + what + " have " +
                    std::to_string(perSample(array.shape())));
}

int64_t findLoss(const Program &program, const std::string &name) {
  if (!name.empty())
    return program.outputIndex(name);
  const std::vector<PortRecord> &outputs = program.outputs();
  int64_t first = -1;
  for (size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].shape.empty()) {
      if (outputs[i].name == "loss")
        return static_cast<int64_t>(i);
      if (first < 0)
        first = static_cast<int64_t>(i);
    }
  return first;
}

int64_t findPrediction(const Program &program, const std::string &name) {
  if (!name.empty())
    return program.outputIndex(name);
  const std::vector<PortRecord> &outputs = program.outputs();
  int64_t first = -1;
  for (std::string_view known : {"prediction", "logits"})
    for (size_t i = 0; i < outputs.size(); ++i)
      if (outputs[i].name == known)
        return static_cast<int64_t>(i);
  for (size_t i = 0; i < outputs.size() && first < 0; ++i)
    if (!outputs[i].shape.empty())
      first = static_cast<int64_t>(i);
  return first;
}

} // namespace

const NDArray &targetsOf(const Dataset &data) {
  return data.classification() ? data.labels : data.targets;
}

int64_t rowBytes(const NDArray &array) { return perSample(array.shape()) * sizeOf(array.dtype()); }

Ports findPorts(const Program &program, const Dataset &data, const PortNames &names,
                const std::string &who) {
  data.check().orThrow();
  if (data.size() == 0)
    misuse(who, "the data set has no samples");
  Ports ports;
  const std::vector<PortRecord> &inputs = program.inputs();
  if (inputs.empty())
    misuse(who, "the program has no inputs");
  ports.features = names.features.empty() ? 0 : program.inputIndex(names.features);
  if (!names.target.empty())
    ports.target = program.inputIndex(names.target);
  else if (inputs.size() > 1)
    ports.target = ports.features == 0 ? 1 : 0;
  checkInput(inputs[static_cast<size_t>(ports.features)], data.features, "features", who);
  if (ports.target >= 0)
    checkInput(inputs[static_cast<size_t>(ports.target)], targetsOf(data),
               data.classification() ? "labels" : "targets", who);
  for (size_t i = 0; i < inputs.size(); ++i)
    if (static_cast<int64_t>(i) != ports.features && static_cast<int64_t>(i) != ports.target)
      misuse(who, "input \"" + inputs[i].name + "\" is neither features nor labels");
  ports.loss = findLoss(program, names.loss);
  ports.prediction = findPrediction(program, names.prediction);
  return ports;
}

int64_t batchOf(const Program &program, const Ports &ports) {
  return program.inputs()[static_cast<size_t>(ports.features)].shape[0];
}

ScalarOutput::ScalarOutput(const Program &program, int64_t output)
    : view(program.output(output)), wide(view.dtype() == DType::f64) {
  if (view.size() != 1 || (!wide && view.dtype() != DType::f32))
    throw std::invalid_argument("output " + std::to_string(output) + " is " + view.describe() +
                                ", expected one f32 or f64 as the loss");
}

double ScalarOutput::read() const {
  return wide ? *static_cast<const double *>(view.raw()) : *static_cast<const float *>(view.raw());
}

} // namespace gradus::detail
