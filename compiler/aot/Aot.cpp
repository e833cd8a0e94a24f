#include "compiler/aot/Aot.h"

#include "compiler/Pipeline.h"
#include "compiler/Prepare.h"
#include "compiler/aot/Entries.h"
#include "compiler/aot/Files.h"
#include "compiler/aot/Model.h"
#include "compiler/codegen/ObjectReport.h"
#include "compiler/graph/GraphImpl.h"
#include "dialects/gradus/Structure.h"
#include "runtime/abi/gradus_abi.h"
#include "runtime/core/Layout.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Parser/Parser.h"
#include "llvm/TargetParser/Triple.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <stdexcept>

using namespace mlir;

namespace gradus {

using compiler::Phase;
using compiler::Pipeline;
using compiler::Target;

namespace {

AotReport reportOf(const ahead::Model &model, const std::string &prefix, const compiler::ObjectFile &object,
                   const compiler::StackUse &stack) {
  compiler::ObjectReport sizes = compiler::reportObject(object);
  AotReport report;
  report.target = model.target;
  report.code = sizes.code;
  report.constants = sizes.constants + sizes.data;
  report.state = model.hasState() ? model.stateBytes : 0;
  report.arena = model.arenaBytes;
  for (const std::string &symbol : sizes.undefined)
    if (symbol != "__stack_pointer" && symbol != "_GLOBAL_OFFSET_TABLE_") // every linker makes these
      report.undefined.push_back(symbol);
  auto stackOf = [&](const std::string &verb) {
    std::string symbol = prefix + verb;
    return stack.frames.count(symbol) ? stack.of(symbol) : -1;
  };
  if (model.hasState())
    for (const char *verb : {"_init", "_load", "_save"})
      report.functions.push_back({.name = model.name + verb, .stack = stackOf(verb)});
  for (const ahead::Entry &entry : model.entries) {
    const ProgramInfo &info = entry.descriptor.info;
    report.functions.push_back({entry.function, info.kernels, info.flops, entry.bytes, info.arenaBytes,
                                stackOf(entry.function.substr(model.name.size()))});
  }
  return report;
}

[[noreturn]] void refuse(const std::string &what) { throw std::invalid_argument(what); }

/// Of the x86-64 psABI: 1 to 4.
int levelOf(const std::string &target) {
  static const std::vector<std::string> names = {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
  auto found = std::find(names.begin(), names.end(), target);
  if (found == names.end())
    refuse("several targets are levels of x86-64 (x86-64, x86-64-v2, x86-64-v3, x86-64-v4), found " + target);
  return static_cast<int>(found - names.begin()) + 1;
}

/// The graphs of a model, in one context.
struct Graphs {
  std::shared_ptr<MLIRContext> context;
  OwningOpRef<ModuleOp> training, inference;
};

/// What becomes a function.
struct Wanted {
  std::string function, program; ///< without the model's name
  bool training = false;
  int64_t batch = 0;
};

std::vector<std::string> resultsOf(ModuleOp module) {
  std::vector<std::string> names;
  module.walk([&](ir::ResultOp result) { names.push_back(result.getName().str()); });
  return names;
}

bool hasAssigns(ModuleOp module) {
  return module.walk([](ir::AssignOp) { return WalkResult::interrupt(); }).wasInterrupted();
}

// The graph of the evaluation lives in a context of its own; text leads from one to the other.
OwningOpRef<ModuleOp> copyInto(MLIRContext *context, const Graph &graph) {
  if (GraphImpl::of(graph).context() == context)
    return GraphImpl::of(graph).copyModule();
  return parseSourceString<ModuleOp>(graph.toText(/*locations=*/true), ParserConfig(context));
}

class Compiler {
public:
  Compiler(const Graph &model, const Graph *evaluation, const AotOptions &options) : options(options) {
    name = options.name.empty() ? ahead::identifier(model.name()) : options.name;
    graphs.context = GraphImpl::of(model).sharedContext();
    auto main = GraphImpl::of(model).copyModule();
    bool trains = hasAssigns(*main);
    auto entry = options.entry.value_or(trains ? AotOptions::Entry::both : AotOptions::Entry::inference);
    if (entry != AotOptions::Entry::inference) {
      if (!trains)
        refuse("there is nothing to train: the graph \"" + model.name() + "\" sets no variable");
      graphs.training = OwningOpRef<ModuleOp>(main->clone());
      compiler::keepOnly(*graphs.training, options.stepResults, /*assigns=*/true);
    }
    if (entry != AotOptions::Entry::training) {
      std::vector<std::string> results = inferenceResults(*main, trains, evaluation != nullptr);
      graphs.inference = evaluation ? copyInto(graphs.context.get(), *evaluation) : std::move(main);
      compiler::keepOnly(*graphs.inference, results, /*assigns=*/false);
    }
    check();
    list();
    if (graphs.inference)
      data = compiler::dataInitializers(*graphs.inference);
    if (graphs.training)
      data.merge(compiler::dataInitializers(*graphs.training));
  }

  AotResult run();

private:
  void check() const {
    if (!ahead::isIdentifier(name))
      refuse("\"" + name + "\" cannot be a name in C");
    if (name.starts_with("gradus_"))
      refuse("\"" + name + "\": names that begin with gradus_ are those of the library in every object");
    if (options.targets.empty() || options.batches.empty())
      refuse("expected at least one target and one batch size");
    for (int64_t batch : options.batches) {
      if (batch <= 0)
        refuse("batch is " + std::to_string(batch) + ", expected a positive number");
      if (std::count(options.batches.begin(), options.batches.end(), batch) > 1)
        refuse("batch " + std::to_string(batch) + " is given twice");
    }
    if (options.targets.size() > 1 && (!options.cpu.empty() || !options.features.empty()))
      refuse("a processor and features go with a single target");
    if (!options.values.empty() && options.weights == AotOptions::Weights::none)
      refuse("values are given, but not whether they are embedded or go to a file");
    if (options.targets.size() > 1 && options.emit != AotOptions::Emit::object)
      refuse("several targets make an archive of objects, no text");
  }

  std::vector<std::string> inferenceResults(ModuleOp main, bool trains, bool separate) const {
    if (!options.results.empty() || separate)
      return options.results;
    std::vector<std::string> others;
    if (!trains)
      return others;
    for (const std::string &result : resultsOf(main))
      if (result != "loss")
        others.push_back(result);
    return others;
  }

  void list() {
    std::vector<int64_t> batches = options.batches;
    auto add = [&](const char *verb, const char *program, ModuleOp module, bool training) {
      bool batched = compiler::usesBatch(module);
      for (int64_t batch : batched ? batches : std::vector<int64_t>{0}) {
        std::string suffix = batched && batches.size() > 1 ? "_b" + std::to_string(batch) : "";
        wanted.push_back({verb + suffix, program + suffix, training, batch});
      }
    };
    if (graphs.training)
      add("step", "training", *graphs.training, true);
    if (graphs.inference)
      add("infer", "inference", *graphs.inference, false);
  }

  struct Built {
    ahead::Model model;
    OwningOpRef<ModuleOp> programs;
  };
  Built build(const Target &target, const std::string &prefix);
  std::optional<NDArray> knownValues(const StateRecord &record) const;
  void giveValues(ahead::Model &model) const;
  std::string weightsFile(const ahead::Model &model) const;
  std::pair<std::string, std::string> emit(Built &built, const Target &target, const std::string &prefix,
                                           AotReport &report) const;
  std::pair<std::string, std::string> emitDispatchers(const ahead::Model &model, const std::vector<std::string> &prefixes,
                                                      const std::vector<int> &levels) const;
  Target targetNamed(const std::string &text) const;
  bool flushes() const { return options.numerics == Numerics::native && options.subnormals == Subnormals::flush; }

  AotOptions options;
  std::string name;
  Graphs graphs;
  std::vector<Wanted> wanted;
  std::map<std::string, NDArray> data; ///< of states that begin with data of the model's
};

Target Compiler::targetNamed(const std::string &text) const {
  const auto &known = Target::knownNames();
  bool isTriple = text.find('-') != std::string::npos && llvm::Triple(text).getArch() != llvm::Triple::UnknownArch;
  bool byName = !isTriple || text == "native" || std::find(known.begin(), known.end(), text) != known.end();
  Target target = byName ? Target::named(text) : Target::named(text, options.cpu, options.features);
  if (byName && (!options.cpu.empty() || !options.features.empty())) {
    std::string features = options.cpu.empty() ? target.features : "";
    if (!options.features.empty())
      features += (features.empty() ? "" : ",") + options.features;
    target = Target::named(target.triple, options.cpu.empty() ? target.cpu : options.cpu, features);
  }
  return options.numerics == Numerics::portable ? target.portable() : target;
}

// All programs of one target, lowered, in one module, with the functions around them.
Compiler::Built Compiler::build(const Target &target, const std::string &prefix) {
  Built built;
  ahead::Model &model = built.model;
  model.name = name;
  model.triple = target.triple;
  model.target = target.triple + " " + target.cpu;
  model.threads = options.threads;
  model.embedded = options.weights == AotOptions::Weights::embedded && !graphs.training;
  model.perLevel = options.targets.size() > 1;
  ahead::EntryOptions entryOptions{.prefix = prefix, .flush = flushes()};
  ahead::FloatModeNames mode = ahead::floatModeOf(target, entryOptions);

  for (const Wanted &each : wanted) {
    OwningOpRef<ModuleOp> graph((each.training ? *graphs.training : *graphs.inference).clone());
    compiler::fixLayouts(*graph, [&](const std::string &state) -> std::optional<Layout> {
      for (const ahead::Tensor &tensor : model.tensors)
        if (tensor.record.name == state)
          return tensor.record.layout;
      return std::nullopt;
    });
    compiler::PipelineOptions pipelineOptions;
    pipelineOptions.target = target;
    pipelineOptions.name = prefix + "_" + each.program;
    pipelineOptions.batch = each.batch;
    pipelineOptions.lowering = {.threads = options.threads, .loop = false, .enter = mode.enter, .leave = mode.leave};
    Pipeline pipeline(std::move(graph), pipelineOptions);
    pipeline.runUntil(Phase::Lower);

    ahead::Entry entry;
    entry.function = name + "_" + each.function;
    entry.program = name + "_" + each.program;
    entry.training = each.training;
    entry.batch = each.batch;
    entry.descriptor = parseDescriptor(pipeline.descriptor);
    for (const compiler::KernelCost &kernel : pipeline.kernels)
      entry.bytes += kernel.bytes;
    model.add(std::move(entry));

    if (!built.programs) {
      built.programs = std::move(pipeline.module);
      continue;
    }
    for (Operation &op : llvm::make_early_inc_range(pipeline.module->getBody()->getOperations()))
      op.moveBefore(built.programs->getBody(), built.programs->getBody()->end());
  }
  // Defined with the entries.
  built.programs->walk([&](LLVM::LLVMFuncOp function) {
    if (function.isExternal() && (function.getSymName() == mode.enter || function.getSymName() == mode.leave))
      function.erase();
  });
  model.finish();
  giveValues(model);
  ahead::addEntries(*built.programs, model, target, entryOptions);
  return built;
}

// Values that do not come from the seed: the caller's, or the model's own data.
std::optional<NDArray> Compiler::knownValues(const StateRecord &record) const {
  if (auto given = options.values.find(record.name); given != options.values.end()) {
    const NDArray &values = given->second;
    if (values.dtype() != record.dtype || values.shape() != record.shape)
      refuse("the values of \"" + record.name + "\" are " + values.describe() + ", expected " +
             std::string(nameOf(record.dtype)) + " " + toString(record.shape));
    return values;
  }
  if (!options.values.empty() && record.trained)
    refuse("there are no values for the parameter \"" + record.name + "\" (" + std::string(nameOf(record.dtype)) + " " +
           toString(record.shape) + ")");
  if (auto own = data.find(record.name); own != data.end())
    return own->second;
  return std::nullopt;
}

// Row-major for NAME_init; of a model without a state, in the layouts that the programs read.
void Compiler::giveValues(ahead::Model &model) const {
  if (model.embedded)
    model.values.resize(static_cast<size_t>(model.stateBytes));
  for (ahead::Tensor &tensor : model.tensors) {
    const StateRecord &record = tensor.record;
    std::optional<NDArray> values = knownValues(record);
    if (model.embedded) {
      packInto(values ? *values : initialValues(record, options.seed), record.layout, model.values.data() + tensor.offset);
    } else if (values && (options.weights == AotOptions::Weights::embedded || data.count(record.name))) {
      tensor.data = ahead::alignUp(static_cast<int64_t>(model.values.size()), GRADUS_ALIGNMENT);
      model.values.resize(static_cast<size_t>(tensor.data));
      model.values.append(static_cast<const char *>(values->raw()), static_cast<size_t>(tensor.bytes));
    }
  }
}

std::string Compiler::weightsFile(const ahead::Model &model) const {
  std::string file;
  for (int byte = 0; byte < 8; ++byte)
    file += static_cast<char>(model.fileHeader.size() >> (8 * byte));
  file += model.fileHeader;
  size_t begin = file.size();
  file.resize(static_cast<size_t>(model.savedBytes));
  for (const ahead::Tensor &tensor : model.tensors) {
    std::optional<NDArray> known = knownValues(tensor.record);
    NDArray values = known ? *known : initialValues(tensor.record, options.seed);
    std::memcpy(file.data() + begin + tensor.file, values.raw(), static_cast<size_t>(tensor.bytes));
  }
  return file;
}

// The object, or the text that was asked for, as a file; the report is of objects only.
std::pair<std::string, std::string> Compiler::emit(Built &built, const Target &target, const std::string &prefix,
                                                   AotReport &report) const {
  compiler::CodegenOptions codegen;
  codegen.name = prefix;
  codegen.filePrefixes = options.filePrefixes;
  // Where every byte counts, a linker leaves out what is not called; elsewhere sections cost more than they save.
  codegen.sections = llvm::Triple(target.triple).isOSUnknown();
  switch (options.emit) {
  case AotOptions::Emit::assembly:
    return {prefix + ".s", compiler::emitAssembly(*built.programs, target, codegen)};
  case AotOptions::Emit::llvm:
    return {prefix + ".ll", compiler::emitLlvmIr(*built.programs, target, codegen)};
  case AotOptions::Emit::mlir: {
    std::string text;
    llvm::raw_string_ostream stream(text);
    built.programs->print(stream);
    return {prefix + ".mlir", text};
  }
  case AotOptions::Emit::object:
    break;
  }
  compiler::StackUse stack;
  if (options.stack)
    codegen.stack = &stack;
  compiler::ObjectFile object = compiler::emitObject(*built.programs, target, codegen);
  report = reportOf(built.model, prefix, object, stack);
  return {prefix + ".o", std::string(object.begin(), object.end())};
}

// The functions of the header, which call those of the best level. They run before it is known what the processor has.
std::pair<std::string, std::string> Compiler::emitDispatchers(const ahead::Model &model,
                                                              const std::vector<std::string> &prefixes,
                                                              const std::vector<int> &levels) const {
  auto module = ahead::dispatchers(graphs.context.get(), model, prefixes, levels);
  compiler::CodegenOptions codegen;
  codegen.name = name;
  compiler::ObjectFile object = compiler::emitObject(*module, Target::named("x86-64"), codegen);
  return {name + ".o", std::string(object.begin(), object.end())};
}

AotResult Compiler::run() {
  AotResult result;
  ahead::Members members; // of the archive
  std::vector<std::string> prefixes;
  std::vector<int> levels;
  ahead::Model model;
  bool several = options.targets.size() > 1;
  for (const std::string &text : options.targets) {
    auto start = std::chrono::steady_clock::now();
    Target target = targetNamed(text);
    std::string prefix = name;
    if (several) {
      int level = levelOf(text);
      if (!levels.empty() && level <= levels.back())
        refuse("the levels of x86-64 must rise: " + text + " does not come after " + options.targets[levels.size() - 1]);
      prefix += "_v" + std::to_string(level);
      prefixes.push_back(prefix);
      levels.push_back(level);
    }
    Built built = build(target, prefix);
    AotReport report;
    members.push_back(emit(built, target, prefix, report));
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    report.milliseconds = took.count();
    result.reports.push_back(report);
    built.model.arenaBytes = std::max(built.model.arenaBytes, model.arenaBytes); // enough for every level
    model = std::move(built.model);
  }
  if (several) {
    model.target = model.triple;
    for (const std::string &text : options.targets)
      model.target += " " + text;
    members.push_back(emitDispatchers(model, prefixes, levels));
  } else {
    result.files.insert(members[0]);
  }
  result.files[name + ".h"] = ahead::writeHeader(model);
  if (options.json)
    result.files[name + ".json"] = ahead::writeDescription(model) + "\n";
  if (options.archive || several)
    result.files[name + ".a"] = ahead::archive(members);
  if (options.shared)
    result.files.insert(ahead::link(members, model));
  if (options.weights == AotOptions::Weights::file)
    result.files[name + ".safetensors"] = weightsFile(model);
  return result;
}

} // namespace

AotResult aot(const Graph &model, const AotOptions &options) { return Compiler(model, nullptr, options).run(); }

AotResult aot(const TrainingStep &step, const AotOptions &options) {
  return Compiler(step.graph(), nullptr, options).run();
}

AotResult aot(const TrainingStep &step, const Graph &evaluation, const AotOptions &options) {
  return Compiler(step.graph(), &evaluation, options).run();
}

} // namespace gradus
