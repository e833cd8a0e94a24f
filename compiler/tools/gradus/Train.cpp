// gradus train: a classifier or a regression, from the data to a checkpoint.
#include "compiler/tools/gradus/Commands.h"
#include "compiler/tools/gradus/Report.h"

#include "runtime/checkpoint/AtomicFile.h"
#include "runtime/train/Interrupt.h"
#include "runtime/train/Machine.h"
#include "runtime/train/Progress.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

namespace gradus::tool {
namespace {

namespace fs = std::filesystem;

constexpr const char *kFolder = "gradus-run";

CommandText trainText() {
  CommandText text;
  text.name = "train";
  text.brief = "train a model on images or a table";
  text.summary =
      "Declares a model, compiles its whole training step (forward, backward and update) into one\n"
      "program, trains it, and saves checkpoint, curves and figures.";
  text.options = dataOptions();
  std::vector<OptionText> more = modelOptions();
  text.options.insert(text.options.end(), more.begin(), more.end());
  more = {
      {"epochs", "N",
       "passes over the training samples, those before --resume included\n(default 10; of a table "
       "60)"},
      {"seed", "N", "of initial weights, order of the samples and split of a table (default 1)"},
      {"threads", "N", "threads to train with; the numbers do not depend on it (default: all)"},
      {"checkpoint", "FILE",
       "save the weights here, after each epoch and on Ctrl-C, as safetensors\n"
       "(default gradus-run/checkpoint.safetensors, or the file of --resume)"},
      {"resume", "FILE",
       "go on where this checkpoint stands, with its options; the result is that\n"
       "of a run that never stopped, bit for bit"},
      {"plot", "FILE.svg", "draw loss and accuracy here (default gradus-run/curves.svg)"},
      {"summary", "FILE.json", "write every figure here (default gradus-run/summary.json)"},
      {"no-cache", "", "compile afresh, and keep nothing in the cache of compiled programs"},
      {"subnormals", "flush|keep", "numbers below 1.2e-38: zero, which is fast (default), or kept"},
      {"help", "", "this page"}};
  text.options.insert(text.options.end(), more.begin(), more.end());
  text.epilogue =
      "examples:\n"
      "  gradus train                                          an mlp on built-in digits\n"
      "  gradus train --data fashion-mnist --epochs 10         IDX files, plain or .gz\n"
      "  gradus train --data housing.csv --target price --model linear\n"
      "  gradus train --resume gradus-run/checkpoint.safetensors --epochs 20\n\n"
      "exit status: 0 done, 1 a file, the data or the loss is at fault, 2 the command line is,\n"
      "130 interrupted (the checkpoint is saved)";
  return text;
}

/// A checkpoint to go on from, read and checked.
struct Resumed {
  TensorFile file;
  TrainConfig config;
  FitPosition position;
  std::optional<TableScaling> scaling;
};

Json metadataJson(const TensorFile &file, const std::string &key, const std::string &name) {
  auto text = file.metadata.find(key);
  if (text == file.metadata.end())
    throw RunError(name + ": __metadata__: expected \"" + key +
                   "\" (a checkpoint of gradus train), found none");
  Result<Json> json = parseJson(text->second);
  if (!json)
    throw RunError(name + ": __metadata__, \"" + key + "\", " + json.message());
  return *json;
}

Resumed readResumed(const fs::path &path) {
  std::string name = path.string();
  Result<TensorFile> file = loadTensors(path);
  if (!file)
    throw RunError(file.message());
  Resumed resumed;
  resumed.file = *std::move(file);
  Result<FitPosition> position = positionOf(resumed.file, name);
  if (!position)
    throw RunError(position.message());
  resumed.position = *std::move(position);
  try {
    resumed.config = TrainConfig::fromJson(metadataJson(resumed.file, "train", name));
    if (resumed.file.metadata.contains("scaling"))
      resumed.scaling = TableScaling::fromJson(metadataJson(resumed.file, "scaling", name));
  } catch (const std::invalid_argument &error) {
    throw RunError(name + ": __metadata__: " + error.what());
  }
  return resumed;
}

/// What decides the weights cannot change half way.
void checkUnchanged(const TrainConfig &now, const Resumed &resumed, const std::string &name) {
  Json was = resumed.config.toJson(), is = now.toJson();
  for (const char *key :
       {"model", "hidden", "optimizer", "batch", "seed", "limit", "target", "task"})
    if (!(was.at(key) == is.at(key)))
      throw RunError(name + ": was trained with " + key + " " + was.at(key).dump() + ", not " +
                     is.at(key).dump() + "; leave the option out to go on, or begin a new run");
}

TrainFiles parseFiles(const Arguments &arguments) {
  TrainFiles files;
  files.resume = arguments.text("resume");
  fs::path folder = kFolder;
  files.checkpoint = arguments.text("checkpoint", files.resume.empty()
                                                      ? (folder / "checkpoint.safetensors").string()
                                                      : files.resume.string());
  files.plot = arguments.text("plot", (folder / "curves.svg").string());
  files.summary = arguments.text("summary", (folder / "summary.json").string());
  if (files.checkpoint == files.plot || files.plot == files.summary ||
      files.summary == files.checkpoint)
    throw UsageError("--checkpoint, --plot and --summary: expected three files, found \"" +
                     files.plot.string() + "\" twice");
  return files;
}

void orThrow(const Status &status) {
  if (!status)
    throw RunError(status.message());
}

/// Says now what would fail at the end.
void prepareFiles(const TrainFiles &files) {
  for (const fs::path &path : {files.checkpoint, files.plot, files.summary}) {
    if (path.parent_path() == kFolder) {
      std::error_code error;
      fs::create_directory(kFolder, error);
      if (error)
        throw RunError(std::string(kFolder) + ": cannot make the folder: " + error.message());
    }
    orThrow(checkWritable(path));
  }
}

/// A size that divides the test data, so that no second program is needed, if there is one.
int64_t evaluationBatch(int64_t samples) {
  for (int64_t batch = std::min<int64_t>(samples, 1024); batch >= 128; --batch)
    if (samples % batch == 0)
      return batch;
  return std::min<int64_t>(samples, 512);
}

/// A model that cannot fit is said before the system kills the process for it.
void checkMemory(const ModelSpec &spec, const TrainConfig &config) {
  int64_t copies = config.optimizer == "sgd"                                   ? 1
                   : config.optimizer == "adam" || config.optimizer == "adamw" ? 3
                                                                               : 2;
  double needed = 4.0 * static_cast<double>(copies) * static_cast<double>(spec.parameters());
  double have =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (needed > 0.8 * have)
    throw RunError("the model takes " + asBytes(needed) + " with its optimizer, this machine has " +
                   asBytes(have));
}

int64_t stepsPerEpoch(const TrainConfig &config, const TrainData &data) {
  return (data.train.size() + config.batch - 1) / config.batch;
}

struct Programs {
  Program step, evaluation;
};

Programs compileBoth(const ModelSpec &spec, const TrainConfig &config, const TrainData &data,
                     bool cache, const std::shared_ptr<Threads> &threads) {
  checkMemory(spec, config);
  Model model = buildModel(spec);
  CompileOptions options;
  options.batch = std::min(config.batch, data.train.size());
  options.threads = 1; // replaced by the pool of the run
  options.cache = cache;
  options.subnormals = config.subnormals;
  options.seed = static_cast<uint64_t>(config.seed);
  Programs programs;
  programs.step = compile(model.graph, stepOf(model, config, stepsPerEpoch(config, data)), options);
  options.batch = evaluationBatch(data.test.size());
  options.state = programs.step.state();
  programs.evaluation = compile(evaluationOf(spec), options);
  programs.step.setThreads(threads);
  programs.evaluation.setThreads(threads);
  return programs;
}

FitOptions fitOptions(const TrainConfig &config, const TrainFiles &files, const TrainData &data) {
  FitOptions options;
  options.epochs = config.epochs;
  options.seed = static_cast<uint64_t>(config.seed);
  options.test = &data.test;
  options.checkpoint = files.checkpoint;
  options.metadata["train"] = config.toJson().dump();
  if (data.scaling)
    options.metadata["scaling"] = data.scaling->toJson().dump();
  return options;
}

void printHead(const TrainConfig &config, const TrainData &data, const ModelSpec &spec,
               int threads) {
  std::printf("gradus %s on %s, %d %s\n", GRADUS_VERSION, cpuName().c_str(), threads,
              threads == 1 ? "thread" : "threads");
  std::printf("data      %s: %s\n", data.what.c_str(), data.describe().c_str());
  std::printf("model     %s, %s parameters; %s, rate %g, decay %g, batch %lld, seed %lld\n",
              spec.describe().c_str(),
              withThousands(static_cast<double>(spec.parameters())).c_str(),
              config.optimizer.c_str(), config.rate, config.decay,
              static_cast<long long>(config.batch), static_cast<long long>(config.seed));
  std::fflush(stdout);
}

void saveOutputs(const RunReport &report) {
  orThrow(writeFileAtomically(report.files.plot, drawCurves(report)));
  orThrow(writeFileAtomically(report.files.summary, summarize(report).dump(2) + "\n"));
}

void printSaved(const RunReport &report) {
  std::printf("saved     %s  (curves)\n", report.files.plot.c_str());
  std::printf("          %s  (every figure)\n", report.files.summary.c_str());
  if (report.result.end == FitResult::End::failed)
    return;
  std::printf("          %s  (checkpoint", report.files.checkpoint.c_str());
  if (report.result.end != FitResult::End::complete)
    std::printf("; go on with gradus train --resume %s", report.files.checkpoint.c_str());
  std::printf(")\n");
}

void resumeInto(Program &step, const Resumed &resumed, const std::string &name,
                const TrainConfig &config) {
  orThrow(restoreState(resumed.file.tensors, *step.state(), name));
  std::printf("resumed   %s: %lld of %lld epochs and %lld steps behind it\n", name.c_str(),
              static_cast<long long>(resumed.position.epoch), static_cast<long long>(config.epochs),
              static_cast<long long>(resumed.position.step));
}

/// The absolute path, so that a run goes on from any folder.
std::string absolute(const std::string &data) {
  std::error_code error;
  fs::path path = fs::absolute(data, error);
  return data.empty() || error ? data : path.lexically_normal().string();
}

int statusOf(const FitResult &result, int signal, const TrainFiles &files) {
  switch (result.end) {
  case FitResult::End::complete:
  case FitResult::End::stopped:
    return 0;
  case FitResult::End::interrupted:
    std::fprintf(stderr,
                 "gradus train: interrupted; the checkpoint is whole, go on with "
                 "gradus train --resume %s\n",
                 files.checkpoint.c_str());
    return 128 + signal;
  case FitResult::End::failed:
    std::fprintf(stderr, "gradus train: %s\n", result.status.message().c_str());
    return 1;
  }
  return 1;
}

int runTrain(const Arguments &arguments) {
  if (!arguments.positional().empty())
    throw UsageError("unexpected argument \"" + arguments.positional().front() + "\"");
  int64_t wanted = arguments.integer("threads", Threads::defaultCount(), 1, 1024);
  TrainFiles files = parseFiles(arguments);
  TrainConfig config = parseTrainConfig(arguments, {}); // a wrong line is said before a wrong file
  std::optional<Resumed> resumed;
  if (!files.resume.empty()) {
    resumed = readResumed(files.resume);
    config = parseTrainConfig(arguments, resumed->config);
    checkUnchanged(config, *resumed, files.resume.string());
  }
  config.data = absolute(config.data);
  auto threads = std::make_shared<Threads>(static_cast<int>(wanted));
  TrainData data = loadTrainData(config, resumed ? resumed->scaling : std::nullopt, *threads);
  ModelSpec spec = specOf(config, data);
  prepareFiles(files);

  printHead(config, data, spec, threads->count());
  Programs programs = compileBoth(spec, config, data, !arguments.has("no-cache"), threads);
  printCompiled(programs.step, programs.evaluation);
  FitOptions options = fitOptions(config, files, data);
  options.evaluation = programs.evaluation;
  if (resumed) {
    resumeInto(programs.step, *resumed, files.resume.string(), config);
    options.start = resumed->position;
  }
  int64_t perEpoch = stepsPerEpoch(config, data);
  if (options.start.step >= perEpoch || options.start.samples > data.train.size())
    throw RunError(files.resume.string() + ": stands at step " +
                   std::to_string(options.start.step) + " of an epoch, the data give " +
                   std::to_string(perEpoch));
  if (options.start.epoch >= config.epochs)
    std::printf("nothing to train: %lld epochs are done (--epochs N for more)\n",
                static_cast<long long>(options.start.epoch));
  LossCurve curve;
  options.onStep = [&](const StepReport &step) {
    curve.add(step.loss);
    return true;
  };
  double peak = probePeakGflops(threads->count());
  InterruptFlag interrupt;
  options.interrupt = interrupt.flag();
  std::fflush(stdout);
  FitResult result = fit(programs.step, data.train, options);
  peak = std::max(peak, probePeakGflops(threads->count()));

  RunReport report{config, files,         data,
                   spec,   programs.step, programs.evaluation,
                   result, curve,         options.start.epoch * perEpoch + options.start.step,
                   peak};
  printEnd(report);
  saveOutputs(report);
  printSaved(report);
  std::fflush(stdout);
  return statusOf(result, interrupt.signal(), files);
}

} // namespace

Command trainCommand() { return {trainText(), runTrain}; }

} // namespace gradus::tool
