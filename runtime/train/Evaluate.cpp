#include "runtime/train/Evaluate.h"

#include "runtime/train/Ports.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace gradus {
namespace {

using detail::Ports;

/// Position of the first largest element; nan counts as largest.
int64_t argmax(const float *row, int64_t count) {
  int64_t best = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (std::isnan(row[i]))
      return i;
    if (row[i] > row[best])
      best = i;
  }
  return best;
}

/// The class that a prediction says for one sample.
int64_t predictedClass(const NDArray &prediction, int64_t row) {
  int64_t width = prediction.size() / prediction.shape()[0];
  switch (prediction.dtype()) {
  case DType::i32:
    return prediction.data<int32_t>()[row];
  case DType::i64:
    return prediction.data<int64_t>()[row];
  default:
    return argmax(prediction.data<float>() + row * width, width);
  }
}

/// Sums over the batches of one evaluation.
struct Sums {
  double loss = 0, absolute = 0, squared = 0, target = 0, targetSquared = 0;
  int64_t right = 0, values = 0;
};

void checkPrediction(const Program &program, const Ports &ports, const Dataset &data) {
  if (ports.prediction < 0)
    throw std::invalid_argument("evaluate: the program has no output with one row per sample");
  const PortRecord &port = program.outputs()[static_cast<size_t>(ports.prediction)];
  auto misuse = [&](const std::string &expected) {
    throw std::invalid_argument("evaluate: output \"" + port.name + "\" is " +
                                std::string(nameOf(port.dtype)) + " " + toString(port.shape) +
                                ", expected " + expected);
  };
  if (port.shape.empty() || port.shape[0] != detail::batchOf(program, ports))
    misuse("one row per sample");
  int64_t width = elementCount(Shape(port.shape.begin() + 1, port.shape.end()));
  bool integers = port.dtype == DType::i32 || port.dtype == DType::i64;
  if (data.classification()) {
    if (integers ? width != 1 : port.dtype != DType::f32 || width != data.classes)
      misuse("an integer, or " + std::to_string(data.classes) + " scores as f32, per sample");
  } else {
    int64_t targets = data.targets.size() / data.size();
    if (port.dtype != DType::f32 || width != targets)
      misuse(std::to_string(targets) + " f32 per sample");
  }
}

void addClasses(Sums &sums, Evaluation &result, const NDArray &prediction, const int32_t *labels,
                int64_t rows) {
  for (int64_t row = 0; row < rows; ++row) {
    int64_t said = predictedClass(prediction, row);
    sums.right += said == labels[row];
    // A class that does not exist is counted as wrong, but has no column.
    if (said >= 0 && said < result.classes)
      ++result.confusion[static_cast<size_t>(labels[row] * result.classes + said)];
  }
}

void addTargets(Sums &sums, const float *said, const float *targets, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    double error = double{said[i]} - double{targets[i]};
    sums.absolute += std::abs(error);
    sums.squared += error * error;
    sums.target += targets[i];
    sums.targetSquared += double{targets[i]} * double{targets[i]};
  }
  sums.values += count;
}

void finish(Evaluation &result, const Sums &sums, bool hasLoss, bool classification) {
  auto n = static_cast<double>(result.samples), values = static_cast<double>(sums.values);
  if (hasLoss)
    result.loss = sums.loss / n;
  if (classification) {
    result.accuracy = static_cast<double>(sums.right) / n;
    return;
  }
  result.meanAbsoluteError = sums.absolute / values;
  result.rootMeanSquaredError = std::sqrt(sums.squared / values);
  double spread = sums.targetSquared - sums.target * sums.target / values;
  if (spread > 0)
    result.r2 = 1 - sums.squared / spread;
}

} // namespace

Json Evaluation::toJson() const {
  Json json = Json::object();
  json.set("samples", samples);
  auto set = [&](const char *key, const std::optional<double> &value) {
    if (value)
      json.set(key, *value);
  };
  set("loss", loss);
  set("accuracy", accuracy);
  set("mean_absolute_error", meanAbsoluteError);
  set("root_mean_squared_error", rootMeanSquaredError);
  set("r2", r2);
  return json;
}

Evaluation evaluate(Program &program, const Dataset &data, const PortNames &names) {
  Ports ports = detail::findPorts(program, data, names, "evaluate");
  checkPrediction(program, ports, data);
  Evaluation result;
  result.samples = data.size();
  result.classes = data.classes;
  result.confusion.assign(static_cast<size_t>(data.classes * data.classes), 0);
  const NDArray &targets = detail::targetsOf(data);
  const auto *features = static_cast<const char *>(data.features.raw());
  const auto *wanted = static_cast<const char *>(targets.raw());
  int64_t featureBytes = detail::rowBytes(data.features), wantedBytes = detail::rowBytes(targets);

  Sums sums;
  Program current = program;
  for (int64_t begin = 0, batch = detail::batchOf(program, ports); begin < data.size();
       begin += batch) {
    int64_t rows = std::min(batch, data.size() - begin);
    if (rows < batch)
      current = program.withBatch(rows);
    current.bind(ports.features, static_cast<const void *>(features + begin * featureBytes));
    if (ports.target >= 0)
      current.bind(ports.target, static_cast<const void *>(wanted + begin * wantedBytes));
    current.step();
    NDArray prediction = current.output(ports.prediction);
    if (data.classification())
      addClasses(sums, result, prediction, data.labels.data<int32_t>() + begin, rows);
    else
      addTargets(sums, prediction.data<float>(),
                 reinterpret_cast<const float *>(wanted + begin * wantedBytes),
                 rows * (wantedBytes / static_cast<int64_t>(sizeof(float))));
    if (ports.loss >= 0)
      sums.loss += detail::ScalarOutput(current, ports.loss).read() * static_cast<double>(rows);
  }
  finish(result, sums, ports.loss >= 0, data.classification());
  return result;
}

} // namespace gradus
