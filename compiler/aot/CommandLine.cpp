#include "compiler/aot/CommandLine.h"

#include "compiler/cli/Run.h"
#include "compiler/codegen/Target.h"
#include "runtime/checkpoint/Tensors.h"

#include <algorithm>
#include <cstdio>
#include <functional>

namespace gradus {
namespace ahead {

using tool::Arguments;
using tool::RunError;
using tool::UsageError;

std::vector<tool::OptionText> optionTexts() {
  return {
      {"output", "DIR", "folder for the files (default: here); made if it is not there", 'o'},
      {"name", "NAME", "stem of the files and of all C names (default: the model's)"},
      {"entry", "WHAT",
       "inference, training or both (default: both, or inference if nothing is\ntrained)"},
      {"results", "NAME,..", "what the inference computes (default: all results but the loss)"},
      {"step-results", "NAME,..", "what the training step computes (default: all results)"},
      {"batch", "N,..", "batch sizes, which share the state (default 32)"},
      {"target", "NAME,..",
       "the machine: a known name, or an LLVM triple (default native); several levels\n"
       "of x86-64, least first, go into one archive that chooses by cpuid"},
      {"cpu", "NAME", "LLVM's name of the processor"},
      {"features", "LIST", "LLVM's features on top of it: +avx2,-fma"},
      {"numerics", "WHAT",
       "native (default), or portable: the same bits on every machine, without fused\n"
       "multiply-add"},
      {"subnormals", "WHAT", "flush (default) or keep; portable numerics keep them"},
      {"threads", "WHAT", "none (default), or plug-in: functions take a parallel_for of the caller's"},
      {"checkpoint", "FILE", "a safetensors file with values for the model's states"},
      {"weights", "WHERE",
       "embedded: the values are in the object (default with --checkpoint); file: in\n"
       "NAME.safetensors, for NAME_load"},
      {"seed", "N", "of first values that are written or embedded (default 0)"},
      {"emit", "WHAT", "object (default), asm, llvm or mlir"},
      {"archive", "", "NAME.a, too"},
      {"shared", "", "NAME.so (for wasm: NAME.wasm), too; needs a linker"},
      {"json", "", "NAME.json, too: a description for programs"},
      {"report", "", "print what the model needs: code, constants, state, arena, stack, work"},
      {"file-prefix-map", "OLD=NEW",
       "in line tables, replace the beginning of source files' names (a text model is\n"
       "recorded without its folder, so that its files are the same from anywhere)"},
      {"help", "", "this page"}};
}

static std::vector<std::string> splitList(const std::string &text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

AotOptions parseOptions(const Arguments &arguments) {
  AotOptions options;
  options.name = arguments.text("name");
  std::string entry = arguments.oneOf("entry", "", {"inference", "training", "both"});
  if (!entry.empty())
    options.entry = entry == "inference"  ? AotOptions::Entry::inference
                    : entry == "training" ? AotOptions::Entry::training
                                          : AotOptions::Entry::both;
  if (arguments.has("results"))
    options.results = splitList(arguments.text("results"));
  if (arguments.has("step-results"))
    options.stepResults = splitList(arguments.text("step-results"));
  options.batches = arguments.integers("batch", {32}, 1, int64_t(1) << 24, 16);
  if (arguments.has("target"))
    options.targets = splitList(arguments.text("target"));
  options.cpu = arguments.text("cpu");
  options.features = arguments.text("features");
  if (arguments.oneOf("numerics", "native", {"native", "portable"}) == "portable")
    options.numerics = Numerics::portable;
  if (arguments.oneOf("subnormals", "flush", {"flush", "keep"}) == "keep")
    options.subnormals = Subnormals::keep;
  options.threads = arguments.oneOf("threads", "none", {"none", "plug-in"}) == "plug-in";
  options.seed = static_cast<uint64_t>(arguments.integer("seed", 0, 0, INT64_MAX));
  if (arguments.has("checkpoint")) {
    Result<TensorFile> file = loadTensors(arguments.text("checkpoint"));
    if (!file)
      throw RunError(file.message());
    options.values = file->tensors;
  }
  std::string weights = arguments.oneOf("weights", arguments.has("checkpoint") ? "embedded" : "", {"embedded", "file"});
  if (!weights.empty())
    options.weights = weights == "embedded" ? AotOptions::Weights::embedded : AotOptions::Weights::file;
  std::string emit = arguments.oneOf("emit", "object", {"object", "asm", "llvm", "mlir"});
  options.emit = emit == "asm"    ? AotOptions::Emit::assembly
                 : emit == "llvm" ? AotOptions::Emit::llvm
                 : emit == "mlir" ? AotOptions::Emit::mlir
                                  : AotOptions::Emit::object;
  options.archive = arguments.has("archive");
  options.shared = arguments.has("shared");
  options.json = arguments.has("json");
  options.stack = arguments.has("report");
  if (arguments.has("file-prefix-map")) {
    std::string map = arguments.text("file-prefix-map");
    size_t equals = map.find('=');
    if (equals == std::string::npos)
      throw UsageError("--file-prefix-map: expected OLD=NEW, found \"" + map + "\"");
    options.filePrefixes.emplace_back(map.substr(0, equals), map.substr(equals + 1));
  }
  if (options.emit != AotOptions::Emit::object)
    for (const char *option : {"archive", "shared", "report"})
      if (arguments.has(option))
        throw UsageError("--" + std::string(option) + ": goes with --emit object only");
  return options;
}

void finish(const Arguments &arguments, const AotResult &result) {
  result.write(arguments.text("output", "."));
  if (arguments.has("report"))
    for (const AotReport &report : result.reports)
      std::fputs(report.toText().c_str(), stdout);
}

} // namespace ahead

namespace {

int compileWith(int argc, char **argv, const std::function<AotResult(const AotOptions &)> &compileModel) {
  std::string program = argc > 0 ? argv[0] : "model";
  program = program.substr(program.rfind('/') + 1);
  tool::CommandText text;
  text.program = "";
  text.name = program;
  text.synopsis = "[options]";
  text.summary = "Compiles the model in this program to an object file and a C header.";
  text.options = ahead::optionTexts();
  return tool::runCommand(text, {argv + std::min(argc, 1), argv + argc}, [&](const tool::Arguments &arguments) {
    if (!arguments.positional().empty())
      throw tool::UsageError("unexpected argument \"" + arguments.positional()[0] + "\"");
    ahead::finish(arguments, compileModel(ahead::parseOptions(arguments)));
    return 0;
  });
}

} // namespace

int aotMain(int argc, char **argv, const Graph &model) {
  return compileWith(argc, argv, [&](const AotOptions &options) { return aot(model, options); });
}

int aotMain(int argc, char **argv, const TrainingStep &step) {
  return compileWith(argc, argv, [&](const AotOptions &options) { return aot(step, options); });
}

int aotMain(int argc, char **argv, const TrainingStep &step, const Graph &evaluation) {
  return compileWith(argc, argv, [&](const AotOptions &options) { return aot(step, evaluation, options); });
}

} // namespace gradus
