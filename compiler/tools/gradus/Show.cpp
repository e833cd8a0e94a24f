// gradus show: what the compiler makes of a model, phase by phase.
#include "compiler/tools/gradus/Commands.h"
#include "compiler/tools/gradus/ModelSource.h"
#include "compiler/tools/gradus/Report.h"

#include "compiler/Pipeline.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/jit/Jit.h"
#include "compiler/schedule/Schedule.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Structure.h"
#include "runtime/train/Progress.h"

#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cstdio>

namespace gradus::tool {
namespace {

using compiler::Phase;
using compiler::Pipeline;

CommandText showText() {
  CommandText text;
  text.name = "show";
  text.brief = "look at any phase of a compilation, at kernels, memory and code";
  text.synopsis = "[FILE.mlir]";
  text.summary =
      "Shows what the compiler makes of a model: its ops after any phase, its kernels, its\n"
      "memory, its code. Of a FILE.mlir of gradus ops, or of the training step of a model.";
  text.options = builtInOptions();
  const std::vector<OptionText> more = {
      {"stop-after", "PHASE",
       "print the module after graph, shapes, autodiff, schedule, memory or lower;\n"
       "after codegen or jit: the descriptor"},
      {"emit", "WHAT",
       "mlir: the module (default with --stop-after); dot: the kernels as a drawing;\n"
       "kernels: a table with their cost (default); arena: what lies where;\n"
       "llvm, asm: the code; time: how long each phase takes"},
      {"locations", "", "with mlir: the source line of each op"},
      {"target", "NAME", "the machine to compile for, e.g. x86-64-v3 (default native)"},
      {"help", "", "this page"}};
  text.options.insert(text.options.end(), more.begin(), more.end());
  text.epilogue = "examples:\n"
                  "  gradus show --model softmax --stop-after=autodiff\n"
                  "  gradus show --emit dot | dot -Tsvg > kernels.svg\n"
                  "  gradus show --emit asm --target x86-64-v3 model.mlir";
  return text;
}

void printModule(Pipeline &pipeline, bool locations) {
  mlir::OpPrintingFlags flags;
  if (locations)
    flags.enableDebugInfo(true, true);
  pipeline.module->print(llvm::outs(), flags);
  llvm::outs().flush();
}

/// "Model.cpp:14:16" of "/home/me/Model.cpp:14:16".
std::string withoutFolders(const std::string &location) {
  return location.substr(location.rfind('/') + 1);
}

void printKernels(const Pipeline &pipeline) {
  std::printf("%3s  %-9s %14s %12s %7s %9s  %-6s %s\n", "#", "kind", "FLOP", "bytes", "tiles", "us",
              "bound", "where");
  double flops = 0, bytes = 0, time = 0;
  int number = 0;
  for (const compiler::KernelCost &k : pipeline.kernels) {
    auto count = [](int64_t n) { return withThousands(static_cast<double>(n)); };
    std::printf("%3d  %-9s %14s %12s %7s %9.1f  %-6s %s\n", number++, k.kind.c_str(),
                count(k.flops).c_str(), count(k.bytes).c_str(), count(k.tiles).c_str(),
                k.microseconds, k.boundByBytes ? "memory" : "FMA",
                withoutFolders(k.location).c_str());
    flops += static_cast<double>(k.flops);
    bytes += static_cast<double>(k.bytes);
    time += k.microseconds;
  }
  std::printf("     %-9s %14s %12s %7s %9.1f  (one thread, at the rates of the target)\n", "all",
              withThousands(flops).c_str(), withThousands(bytes).c_str(), "", time);
}

const char *nameOf(compiler::Place::Space space) {
  static constexpr const char *kNames[] = {"arena", "input", "state", "output", "constant"};
  return kNames[static_cast<size_t>(space)];
}

std::string textOf(mlir::Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type.print(stream);
  return text;
}

void printArena(Pipeline &pipeline) {
  const compiler::ArenaReport &arena = pipeline.arena;
  double over = arena.lowerBound ? 100.0 * static_cast<double>(arena.bytes - arena.lowerBound) /
                                       static_cast<double>(arena.lowerBound)
                                 : 0;
  std::printf("arena %s bytes, lower bound %s (the most that is alive at once), %.1f %% above\n\n",
              withThousands(static_cast<double>(arena.bytes)).c_str(),
              withThousands(static_cast<double>(arena.lowerBound)).c_str(), over);
  std::printf("%6s  %-9s %-9s %12s %12s  %s\n", "kernel", "kind", "space", "at", "bytes", "type");
  int number = 0;
  pipeline.module->walk([&](ir::KernelOp kernel) {
    for (mlir::Value value : kernel.getResults()) {
      compiler::Place place = compiler::placeOf(value);
      auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
      std::printf("%6d  %-9s %-9s %12s %12s  %s\n", number, kernel.getKind().str().c_str(),
                  nameOf(place.space), withThousands(static_cast<double>(place.offset)).c_str(),
                  withThousands(static_cast<double>(compiler::bytesOf(type))).c_str(),
                  textOf(type).c_str());
    }
    ++number;
  });
}

void printTimes(Pipeline &pipeline) {
  pipeline.runUntil(Phase::Codegen);
  auto begin = std::chrono::steady_clock::now();
  compiler::LoadedObject code = compiler::load(pipeline.objects, pipeline.options.name);
  code.lookup(pipeline.options.name + "_step");
  std::chrono::duration<double, std::milli> load = std::chrono::steady_clock::now() - begin;
  double total = 0;
  auto line = [&](const std::string &phase, double milliseconds) {
    std::printf("%-10s %9.2f ms\n", phase.c_str(), milliseconds);
    total += milliseconds;
  };
  for (const Pipeline::Timing &timing : pipeline.timings)
    line(timing.phase, timing.milliseconds);
  line(nameOf(Phase::Jit), load.count());
  std::printf("%-10s %9.2f ms\n", "all", total);
  size_t bytes = 0;
  for (const compiler::ObjectFile &object : pipeline.objects)
    bytes += object.size();
  std::printf("%s of object code in %zu %s\n", asBytes(static_cast<double>(bytes)).c_str(),
              pipeline.objects.size(), pipeline.objects.size() == 1 ? "file" : "files");
}

void emitMlir(Pipeline &pipeline, Phase last, bool locations) {
  pipeline.runUntil(std::min(last, Phase::Codegen)); // nothing is left of the module after codegen
  if (last >= Phase::Codegen)
    std::printf("%s\n", pipeline.descriptor.c_str());
  else
    printModule(pipeline, locations);
}

void emit(Pipeline &pipeline, const std::string &what, Phase last, bool locations) {
  if (what == "mlir") {
    emitMlir(pipeline, last, locations);
  } else if (what == "kernels") {
    pipeline.runUntil(Phase::Schedule);
    printKernels(pipeline);
  } else if (what == "dot") {
    pipeline.runUntil(Phase::Schedule);
    std::fputs(compiler::drawKernels(*pipeline.module).c_str(), stdout);
  } else if (what == "arena") {
    pipeline.runUntil(Phase::Memory);
    printArena(pipeline);
  } else if (what == "time") {
    printTimes(pipeline);
  } else {
    pipeline.runUntil(Phase::Lower);
    compiler::CodegenOptions options;
    options.name = pipeline.options.name;
    auto text = what == "asm" ? compiler::emitAssembly : compiler::emitLlvmIr;
    std::fputs(text(*pipeline.module, pipeline.options.target, options).c_str(), stdout);
  }
}

bool hasBatch(mlir::ModuleOp module) {
  bool found = false;
  module.walk([&](ir::InputOp input) {
    found |= !mlir::cast<mlir::RankedTensorType>(input.getType()).hasStaticShape();
  });
  return found;
}

int runShow(const Arguments &arguments) {
  TrainConfig config = parseTrainConfig(arguments, {});
  std::string after = arguments.oneOf("stop-after", "", compiler::phaseNames());
  std::string what = arguments.oneOf("emit", after.empty() ? "kernels" : "mlir",
                                     {"mlir", "dot", "kernels", "arena", "llvm", "asm", "time"});
  if (what != "mlir" && !after.empty())
    throw UsageError("--stop-after: only --emit mlir shows a phase, found --emit " + what);
  Graph graph = graphOf(arguments, config);
  auto module = GraphImpl::of(graph).copyModule();
  compiler::PipelineOptions options;
  try {
    options.target = compiler::Target::named(arguments.text("target", "native"));
  } catch (const compiler::CompileError &error) {
    throw UsageError("--target: " + std::string(error.what()));
  }
  options.name = graph.name();
  options.batch = hasBatch(*module) ? config.batch : 0;
  Pipeline pipeline(std::move(module), options);
  emit(pipeline, what, after.empty() ? Phase::Graph : compiler::phaseNamed(after),
       arguments.has("locations"));
  return 0;
}

} // namespace

Command showCommand() { return {showText(), runShow}; }

} // namespace gradus::tool
