#include "compiler/tools/gradus/Report.h"

#include "runtime/train/Machine.h"
#include "runtime/train/Plot.h"
#include "runtime/train/Progress.h"

#include <algorithm>
#include <cstdio>

namespace gradus::tool {
namespace {

double per(double count, double seconds) { return seconds > 0 ? count / seconds : 0; }

/// The last evaluation there is.
const Evaluation *lastTest(const RunReport &report) {
  const std::vector<EpochReport> &history = report.result.position.history;
  return history.empty() || !history.back().test ? nullptr : &*history.back().test;
}

std::string className(const Dataset &data, int64_t number) {
  auto at = static_cast<size_t>(number);
  return at < data.classNames.size() ? data.classNames[at] : std::to_string(number);
}

/// The three pairs of classes that are most often taken for each other.
std::string worstConfusions(const Evaluation &test, const Dataset &data) {
  struct Pair {
    int64_t count, label, said;
  };
  std::vector<Pair> pairs;
  for (int64_t label = 0; label < test.classes; ++label)
    for (int64_t said = 0; said < test.classes; ++said)
      if (int64_t count = test.confusion[static_cast<size_t>(label * test.classes + said)];
          label != said && count > 0)
        pairs.push_back({count, label, said});
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair &a, const Pair &b) { return a.count > b.count; });
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(3, pairs.size()); ++i)
    text += (i ? ", " : "") + className(data, pairs[i].label) + " as " +
            className(data, pairs[i].said) + " (" + std::to_string(pairs[i].count) + ")";
  return text;
}

void printTest(const RunReport &report, const Evaluation &test) {
  if (test.accuracy) {
    std::printf("test      accuracy %.2f %% of %s\n", *test.accuracy * 100,
                withThousands(static_cast<double>(test.samples)).c_str());
    if (!test.confusion.empty())
      if (std::string text = worstConfusions(test, report.data.test); !text.empty())
        std::printf("          most often mistaken: %s\n", text.c_str());
  }
  if (test.rootMeanSquaredError)
    std::printf("test      error %.4g (root mean square), %.4g (mean absolute)",
                *test.rootMeanSquaredError, *test.meanAbsoluteError);
  if (test.r2)
    std::printf(", R2 %.4g", *test.r2);
  if (test.rootMeanSquaredError)
    std::printf("\n");
}

PlotPanel lossPanel(const RunReport &report) {
  PlotPanel panel{"loss",
                  "epoch",
                  report.spec.classes && report.spec.kind != "linear" ? "cross-entropy (nats)"
                                                                      : "squared error",
                  {}};
  PlotSeries steps{
      "mean of " + std::to_string(report.curve.stepsPerPoint()) + " steps", {}, {}, true, false};
  if (report.curve.stepsPerPoint() == 1)
    steps.label = "each step";
  const std::vector<EpochReport> &history = report.result.position.history;
  int64_t perEpoch = (report.data.train.size() + report.config.batch - 1) / report.config.batch;
  for (auto [step, loss] : report.curve.points()) {
    steps.x.push_back((static_cast<double>(report.stepsBefore) + step) /
                      static_cast<double>(perEpoch));
    steps.y.push_back(loss);
  }
  PlotSeries train{"training, mean of the epoch", {}, {}, false, true},
      test{"test", {}, {}, false, true};
  for (const EpochReport &epoch : history) {
    train.x.push_back(static_cast<double>(epoch.epoch));
    train.y.push_back(epoch.trainLoss);
    if (epoch.test && epoch.test->loss) {
      test.x.push_back(static_cast<double>(epoch.epoch));
      test.y.push_back(*epoch.test->loss);
    }
  }
  panel.series = {std::move(steps), std::move(train), std::move(test)};
  return panel;
}

PlotPanel qualityPanel(const RunReport &report) {
  bool classes = report.spec.classes > 0;
  PlotPanel panel{
      classes ? "accuracy on the test data" : "R2 on the test data", "epoch", "", {}, classes};
  PlotSeries test{classes ? "test accuracy" : "R2", {}, {}, false, true};
  for (const EpochReport &epoch : report.result.position.history)
    if (epoch.test)
      if (auto value = classes ? epoch.test->accuracy : epoch.test->r2) {
        test.x.push_back(static_cast<double>(epoch.epoch));
        test.y.push_back(*value);
      }
  panel.series = {std::move(test)};
  return panel;
}

const char *nameOf(FitResult::End end) {
  switch (end) {
  case FitResult::End::complete:
    return "complete";
  case FitResult::End::stopped:
    return "stopped";
  case FitResult::End::interrupted:
    return "interrupted";
  case FitResult::End::failed:
    return "failed";
  }
  return "";
}

void setHistory(Json &json, const std::vector<EpochReport> &history) {
  Json trainLoss = Json::array(), testLoss = Json::array(), accuracy = Json::array(),
       seconds = Json::array();
  double best = 0;
  for (const EpochReport &epoch : history) {
    trainLoss.push(epoch.trainLoss);
    seconds.push(epoch.seconds);
    if (epoch.test && epoch.test->loss)
      testLoss.push(*epoch.test->loss);
    if (epoch.test && epoch.test->accuracy) {
      accuracy.push(*epoch.test->accuracy);
      best = std::max(best, *epoch.test->accuracy);
    }
  }
  json.set("train_loss", std::move(trainLoss));
  json.set("test_loss", std::move(testLoss));
  json.set("epoch_seconds", std::move(seconds));
  if (accuracy.size()) {
    json.set("test_accuracy_per_epoch", std::move(accuracy));
    json.set("best_test_accuracy", best);
  }
}

void setTest(Json &json, const Evaluation &test) {
  if (test.accuracy)
    json.set("test_accuracy", *test.accuracy);
  if (test.rootMeanSquaredError) {
    json.set("test_root_mean_squared_error", *test.rootMeanSquaredError);
    json.set("test_mean_absolute_error", *test.meanAbsoluteError);
  }
  if (test.r2)
    json.set("test_r2", *test.r2);
  if (test.confusion.empty())
    return;
  Json rows = Json::array();
  for (int64_t label = 0; label < test.classes; ++label) {
    auto begin = test.confusion.begin() + label * test.classes;
    rows.push(Json::arrayOf(std::vector<int64_t>(begin, begin + test.classes)));
  }
  json.set("confusion", std::move(rows));
}

void setProgram(Json &json, const RunReport &report) {
  const ProgramInfo &info = report.step.info();
  json.set("compile_ms", info.compileMs);
  json.set("cache_hit", info.cacheHit);
  json.set("kernels", info.kernels);
  json.set("arena_bytes", info.arenaBytes);
  json.set("arena_lower_bound_bytes", info.arenaLowerBoundBytes);
  json.set("flops_per_step", info.flops);
  if (report.evaluation.valid()) {
    json.set("evaluation_compile_ms", report.evaluation.info().compileMs);
    json.set("evaluation_cache_hit", report.evaluation.info().cacheHit);
  }
  const State &state = *report.step.state();
  json.set("parameters", state.trainedCount());
  json.set("parameter_bytes", state.trainedBytes());
  json.set("state_bytes", state.bytes());
  NamedTensors tensors;
  for (const std::string &name : state.names())
    tensors[name] = state.get(name);
  json.set("weights_checksum", checksumOf(tensors));
}

} // namespace

double RunReport::stepsPerSecond() const {
  return per(static_cast<double>(result.steps), result.seconds);
}
double RunReport::samplesPerSecond() const {
  return per(static_cast<double>(result.samples), result.seconds);
}
double RunReport::gflops() const { return per(result.flops * 1e-9, result.stepSeconds); }
double RunReport::peakShare() const { return per(gflops(), peakGflops); }

std::string asBytes(double bytes) {
  char text[40];
  if (bytes < 1e3)
    std::snprintf(text, sizeof text, "%.0f bytes", bytes);
  else if (bytes < 1e6)
    std::snprintf(text, sizeof text, "%.1f kB", bytes * 1e-3);
  else if (bytes < 1e9)
    std::snprintf(text, sizeof text, "%.2f MB", bytes * 1e-6);
  else
    std::snprintf(text, sizeof text, "%.2f GB", bytes * 1e-9);
  return text;
}

void printCompiled(const Program &step, const Program &evaluation) {
  const ProgramInfo &info = step.info();
  std::printf(
      "compiled  one program for forward, backward and update: %lld kernels, %s FLOP a step\n",
      static_cast<long long>(info.kernels), withThousands(static_cast<double>(info.flops)).c_str());
  std::printf("          arena %s (lower bound %s), parameters and optimizer %s\n",
              asBytes(static_cast<double>(info.arenaBytes)).c_str(),
              asBytes(static_cast<double>(info.arenaLowerBoundBytes)).c_str(),
              asBytes(static_cast<double>(step.state()->bytes())).c_str());
  std::printf("          in %.0f ms%s, the evaluation in %.0f ms%s\n", info.compileMs,
              info.cacheHit ? " (from the cache)" : "", evaluation.info().compileMs,
              evaluation.info().cacheHit ? " (from the cache)" : "");
}

void printEnd(const RunReport &report) {
  const FitResult &result = report.result;
  if (result.steps > 0) {
    std::printf("trained   %s steps in %s: %s steps/s, %s samples/s\n",
                withThousands(static_cast<double>(result.steps)).c_str(),
                asDuration(result.seconds).c_str(), withThousands(report.stepsPerSecond()).c_str(),
                withThousands(report.samplesPerSecond()).c_str());
    std::printf("          %.1f GFLOP/s in the compiled step, %.0f %% of the FMA peak of %d %s "
                "(%.0f GFLOP/s)\n",
                report.gflops(), report.peakShare() * 100, report.step.threads()->count(),
                report.step.threads()->count() == 1 ? "thread" : "threads", report.peakGflops);
  }
  if (const Evaluation *test = lastTest(report))
    printTest(report, *test);
}

std::string drawCurves(const RunReport &report) {
  std::string title = report.spec.describe() + " on " + report.data.what;
  return plotSvg(title, {lossPanel(report), qualityPanel(report)});
}

Json summarize(const RunReport &report) {
  const FitResult &result = report.result;
  Json json = Json::object();
  json.set("gradus", GRADUS_VERSION);
  json.set("end", nameOf(result.end));
  json.set("data", report.data.what);
  json.set("train_samples", report.data.train.size());
  json.set("test_samples", report.data.test.size());
  json.set("config", report.config.toJson());
  json.set("layers", Json::arrayOf(report.spec.layers()));
  json.set("epochs", result.position.epoch);
  if (const Evaluation *test = lastTest(report))
    setTest(json, *test);
  setHistory(json, result.position.history);
  json.set("steps", result.steps);
  json.set("samples", result.samples);
  json.set("train_seconds", result.seconds);
  json.set("step_seconds", result.stepSeconds);
  json.set("evaluate_seconds", result.evaluateSeconds);
  json.set("steps_per_second", report.stepsPerSecond());
  json.set("samples_per_second", report.samplesPerSecond());
  json.set("gflops", report.gflops());
  json.set("peak_gflops", report.peakGflops);
  json.set("peak_share", report.peakShare());
  setProgram(json, report);
  json.set("threads", report.step.threads()->count());
  json.set("cpu", cpuName());
  json.set("target", report.step.info().target);
  json.set("checkpoint", report.files.checkpoint.string());
  json.set("plot", report.files.plot.string());
  return json;
}

} // namespace gradus::tool
