#include "runtime/train/Fit.h"

#include "runtime/train/Ports.h"
#include "runtime/train/Progress.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace gradus {
namespace {

using Clock = std::chrono::steady_clock;
using detail::Ports;

double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// A program for one size of batch, its inputs bound to the staging buffers.
struct Stepper {
  Program program;
  detail::ScalarOutput loss;
  double flops;

  Stepper(Program wanted, const Ports &ports, const Batches &batches, bool classification)
      : program(std::move(wanted)), loss(program, ports.loss),
        flops(static_cast<double>(program.info().flops)) {
    // By address: a short batch reads the first rows of the same buffers.
    program.bind(ports.features, batches.features().raw());
    if (ports.target >= 0)
      program.bind(ports.target, (classification ? batches.labels() : batches.targets()).raw());
  }
};

class Loop {
public:
  Loop(Program &step, const Dataset &data, const FitOptions &options)
      : options(options), ports(findPorts(step, data, options)), batches(batchesOf(step, data)),
        whole(programFor(step, batches.batchSize()), ports, batches, data.classification()),
        progress(options.progress ? std::optional<Progress>(std::in_place, stdout) : std::nullopt) {
    if (int64_t rows = data.size() % batches.batchSize(); rows != 0)
      rest.emplace(programFor(step, rows), ports, batches, data.classification());
    result.position = options.start;
    report.epochs = options.epochs;
    report.steps = batches.count();
  }

  FitResult run() {
    while (result.position.epoch < options.epochs && result.end == FitResult::End::complete)
      if (runSteps())
        endEpoch();
    if (result.end == FitResult::End::stopped || result.end == FitResult::End::interrupted)
      save();
    if (progress)
      progress->finish();
    return std::move(result);
  }

private:
  static Ports findPorts(const Program &step, const Dataset &data, const FitOptions &options) {
    if (options.epochs < 0 || options.batch < 0)
      throw std::invalid_argument("fit: epochs and batch must not be negative");
    Ports ports = detail::findPorts(step, data, options.ports, "fit");
    if (ports.loss < 0)
      throw std::invalid_argument("fit: the program has no scalar output for the loss");
    return ports;
  }

  Batches batchesOf(const Program &step, const Dataset &data) const {
    int64_t batch = options.batch ? options.batch : detail::batchOf(step, ports);
    // A data set smaller than one batch is one batch.
    return Batches(data, {.batch = std::min(batch, data.size()),
                          .seed = options.seed,
                          .shuffle = options.shuffle,
                          .threads = step.threads()});
  }

  Program programFor(const Program &step, int64_t batch) const {
    return batch == detail::batchOf(step, ports) ? step : step.withBatch(batch);
  }

  /// What is left of the epoch. False if the run ends before it does.
  bool runSteps() {
    FitPosition &at = result.position;
    if (at.step > batches.count())
      throw std::invalid_argument("fit: the position to start from is step " +
                                  std::to_string(at.step) + " of an epoch of " +
                                  std::to_string(batches.count()));
    report.epoch = at.epoch + 1;
    epochSamples = 0;
    epochSeconds = 0;
    if (progress)
      progress->beginEpoch(batches.dataset().size(), at.samples);
    batches.startEpoch(at.epoch, at.step);
    Clock::time_point begin = Clock::now();
    while (at.step < batches.count() && result.end == FitResult::End::complete) {
      if (options.interrupt && options.interrupt->load(std::memory_order_relaxed))
        result.end = FitResult::End::interrupted;
      else
        oneStep();
    }
    epochSeconds = secondsSince(begin);
    result.seconds += epochSeconds;
    return at.step == batches.count() && result.status.ok();
  }

  void oneStep() {
    FitPosition &at = result.position;
    int64_t rows = batches.next();
    Stepper &stepper = rows == batches.batchSize() ? whole : *rest;
    Clock::time_point begin = Clock::now();
    stepper.program.step();
    result.stepSeconds += secondsSince(begin);
    double loss = stepper.loss.read();
    at.step += 1;
    at.samples += rows;
    at.lossSum += loss * static_cast<double>(rows);
    epochSamples += rows;
    result.steps += 1;
    result.samples += rows;
    result.flops += stepper.flops;
    report.step = at.step;
    report.globalStep = at.epoch * batches.count() + at.step;
    report.samples = at.samples;
    report.loss = loss;
    report.meanLoss = at.lossSum / static_cast<double>(at.samples);
    if (!std::isfinite(loss))
      return failAt(loss);
    if (progress)
      progress->step(report);
    if (options.onStep && !options.onStep(report))
      result.end = FitResult::End::stopped;
  }

  void failAt(double loss) {
    char text[160];
    std::snprintf(text, sizeof text, "loss is %s at epoch %lld, step %lld (step %lld of the run)",
                  std::isnan(loss) ? "nan"
                  : loss > 0       ? "inf"
                                   : "-inf",
                  static_cast<long long>(report.epoch), static_cast<long long>(report.step),
                  static_cast<long long>(report.globalStep));
    result.end = FitResult::End::failed;
    result.status = Status::error(text);
  }

  void endEpoch() {
    FitPosition &at = result.position;
    EpochReport epoch;
    epoch.epoch = at.epoch + 1;
    epoch.epochs = options.epochs;
    epoch.steps = at.step;
    epoch.samples = at.samples;
    epoch.trainLoss = at.lossSum / static_cast<double>(at.samples);
    epoch.seconds = epochSeconds;
    epoch.timedSamples = epochSamples;
    if (options.evaluation.valid() && options.test) {
      Clock::time_point begin = Clock::now();
      Program evaluation = options.evaluation;
      epoch.test = evaluate(evaluation, *options.test, options.ports);
      result.evaluateSeconds += secondsSince(begin);
    }
    at.history.push_back(epoch);
    at.epoch += 1;
    at.step = 0;
    at.samples = 0;
    at.lossSum = 0;
    if (progress)
      progress->endEpoch(epoch);
    if (options.onEpoch && !options.onEpoch(epoch) && result.end == FitResult::End::complete)
      result.end = FitResult::End::stopped;
    if (result.end == FitResult::End::complete)
      save();
  }

  void save() {
    if (options.checkpoint.empty())
      return;
    Metadata metadata = options.metadata;
    metadata["fit"] = result.position.toJson().dump();
    result.status = saveState(options.checkpoint, *whole.program.state(), metadata);
    if (!result.status)
      result.end = FitResult::End::failed;
  }

  const FitOptions &options;
  Ports ports;
  Batches batches;
  Stepper whole;
  std::optional<Stepper> rest;
  std::optional<Progress> progress;
  StepReport report;
  FitResult result;
  double epochSeconds = 0;
  int64_t epochSamples = 0;
};

Json toJson(const EpochReport &report) {
  Json json = Json::object();
  json.set("epoch", report.epoch);
  json.set("steps", report.steps);
  json.set("samples", report.samples);
  json.set("train_loss", report.trainLoss);
  json.set("seconds", report.seconds);
  json.set("timed_samples", report.timedSamples);
  if (report.test)
    json.set("test", report.test->toJson());
  return json;
}

/// A count that must be there and must not be negative.
int64_t countAt(const Json &json, const char *key) {
  int64_t value = json.at(key).asInt();
  if (value < 0)
    throw std::invalid_argument(std::string(key) + " is negative");
  return value;
}

Evaluation evaluationFrom(const Json &json) {
  Evaluation evaluation;
  evaluation.samples = countAt(json, "samples");
  auto get = [&](const char *key, std::optional<double> &value) {
    if (const Json *found = json.find(key); found && !found->isNull())
      value = found->asDouble();
  };
  get("loss", evaluation.loss);
  get("accuracy", evaluation.accuracy);
  get("mean_absolute_error", evaluation.meanAbsoluteError);
  get("root_mean_squared_error", evaluation.rootMeanSquaredError);
  get("r2", evaluation.r2);
  return evaluation;
}

EpochReport reportFrom(const Json &json) {
  EpochReport report;
  report.epoch = countAt(json, "epoch");
  report.steps = countAt(json, "steps");
  report.samples = countAt(json, "samples");
  report.trainLoss = json.at("train_loss").asDouble();
  report.seconds = json.at("seconds").asDouble();
  report.timedSamples = countAt(json, "timed_samples");
  if (const Json *test = json.find("test"))
    report.test = evaluationFrom(*test);
  return report;
}

} // namespace

Json FitPosition::toJson() const {
  Json json = Json::object();
  json.set("epoch", epoch);
  json.set("step", step);
  json.set("loss_sum", lossSum);
  json.set("samples", samples);
  Json reports = Json::array();
  for (const EpochReport &report : history)
    reports.push(gradus::toJson(report));
  json.set("history", std::move(reports));
  return json;
}

FitPosition FitPosition::fromJson(const Json &json) {
  FitPosition position;
  position.epoch = countAt(json, "epoch");
  position.step = countAt(json, "step");
  position.lossSum = json.at("loss_sum").asDouble();
  position.samples = countAt(json, "samples");
  for (const Json &report : json.at("history").asArray())
    position.history.push_back(reportFrom(report));
  return position;
}

FitResult fit(Program &step, const Dataset &data, const FitOptions &options) {
  return Loop(step, data, options).run();
}

Result<FitPosition> positionOf(const TensorFile &file, const std::string &name) {
  auto text = file.metadata.find("fit");
  if (text == file.metadata.end())
    return Status::error(name +
                         ": __metadata__: expected \"fit\" (where the run stood), found none");
  Result<Json> json = parseJson(text->second);
  if (!json)
    return Status::error(name + ": __metadata__, \"fit\", " + json.message());
  try {
    return FitPosition::fromJson(*json);
  } catch (const std::invalid_argument &error) {
    return Status::error(name + ": __metadata__, \"fit\": " + error.what());
  }
}

Result<FitPosition> resumeFit(const std::filesystem::path &checkpoint, State &state) {
  Result<TensorFile> file = loadTensors(checkpoint);
  if (!file)
    return file.status();
  Result<FitPosition> position = positionOf(*file, checkpoint.string());
  if (!position)
    return position.status();
  if (Status status = restoreState(file->tensors, state, checkpoint.string()); !status)
    return status;
  return position;
}

} // namespace gradus
