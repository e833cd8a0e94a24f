#include "compiler/Compile.h"

#include "compiler/Pipeline.h"
#include "compiler/Prepare.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/jit/Fingerprint.h"
#include "compiler/jit/Jit.h"
#include "compiler/jit/ObjectCache.h"

#include <chrono>

using namespace mlir;

namespace gradus {

using compiler::ObjectFiles;

namespace {

std::string cacheKey(ModuleOp module, const compiler::PipelineOptions &options) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  stream << "gradus " << GRADUS_VERSION << ' ' << compiler::compilerFingerprint() << '\n'
         << options.target.key() << '\n'
         << options.name << ' ' << options.batch << '\n';
  OpPrintingFlags flags;
  flags.enableDebugInfo();
  module.print(stream, flags);
  return key;
}

Program compileGraph(const Graph &graph, CompileOptions options, std::shared_ptr<Threads> threads) {
  auto start = std::chrono::steady_clock::now();
  GraphImpl &impl = GraphImpl::of(graph);
  auto module = impl.copyModule();
  compiler::keepOnly(*module, options.results, options.assigns);
  bool batched = compiler::usesBatch(*module);
  if (batched && options.batch <= 0)
    throw std::invalid_argument("compile: batch is " + std::to_string(options.batch) +
                                ", expected a positive number");
  if (options.threads < 0)
    throw std::invalid_argument("compile: threads is " + std::to_string(options.threads) +
                                ", expected 0 (one per processor) or more");
  if (const State *state = options.state.get()) // a shared state keeps the layouts that it has
    compiler::fixLayouts(*module, [&](const std::string &name) {
      return state->contains(name) ? std::optional(state->record(name).layout) : std::nullopt;
    });

  compiler::PipelineOptions pipelineOptions;
  pipelineOptions.target = compiler::Target::named(options.target);
  bool portable = options.numerics == Numerics::portable;
  if (portable)
    pipelineOptions.target = pipelineOptions.target.portable();
  pipelineOptions.name = graph.name();
  pipelineOptions.batch = batched ? options.batch : 0;

  ProgramParts parts;
  parts.data = compiler::dataInitializers(*module);
  auto cache = options.cache ? compiler::ObjectCache::standard() : compiler::ObjectCache("");
  std::string key = cache.enabled() ? cacheKey(*module, pipelineOptions) : "";
  std::string name = pipelineOptions.name;
  compiler::LoadedObject code;
  std::optional<ObjectFiles> cached;
  if (auto bytes = cache.enabled() ? cache.get(key) : std::nullopt)
    cached = compiler::unpackObjects(*bytes);
  if (cached) {
    code = compiler::load(*cached, name);
    parts.cacheHit = true;
  } else {
    compiler::Pipeline pipeline(std::move(module), std::move(pipelineOptions));
    pipeline.runUntil(compiler::Phase::Codegen);
    code = compiler::load(pipeline.objects, name);
    if (cache.enabled())
      cache.put(key, compiler::packObjects(pipeline.objects));
  }
  parts.descriptor = static_cast<const char *>(code.lookup(name + "_descriptor"));
  parts.step = code.function<int32_t(const gradus_call *)>(name + "_step");
  parts.loop = code.function<int32_t(const gradus_call *, int64_t, const int64_t *, const int64_t *)>(name + "_loop");
  parts.code = code.keepAlive();
  parts.state = options.state;
  parts.threads = threads ? threads : std::make_shared<Threads>(options.threads);
  parts.subnormals = portable ? Subnormals::keep : options.subnormals;
  parts.seed = options.seed;
  parts.batch = batched ? options.batch : 0;
  std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  parts.compileMs = took.count();
  auto pool = parts.threads;
  if (!batched)
    return Program(std::move(parts));
  // The same for another batch size runs on the same state; which that is, is known only below.
  auto shared = std::make_shared<std::weak_ptr<State>>();
  parts.rebatch = [graph, options, pool, shared](int64_t batch) {
    CompileOptions other = options;
    other.batch = batch;
    other.state = shared->lock();
    return compileGraph(graph, other, pool);
  };
  Program program(std::move(parts));
  *shared = program.state();
  return program;
}

} // namespace

Program compile(const Graph &graph, const CompileOptions &options) {
  return compileGraph(graph, options, nullptr);
}

Program compile(const Graph &, const TrainingStep &step, const CompileOptions &options) {
  return compileGraph(step.graph(), options, nullptr);
}

std::string differentiatedText(const Graph &graph, int64_t batch) {
  auto module = GraphImpl::of(graph).copyModule();
  compiler::PipelineOptions options;
  options.name = graph.name();
  options.batch = compiler::usesBatch(*module) ? batch : 0;
  compiler::Pipeline pipeline(std::move(module), std::move(options));
  pipeline.runUntil(compiler::Phase::Autodiff);
  std::string text;
  llvm::raw_string_ostream stream(text);
  pipeline.module->print(stream);
  return text;
}

} // namespace gradus
