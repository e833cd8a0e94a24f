#include "compiler/Compile.h"

#include "dialects/gradus/Structure.h"
#include "compiler/Pipeline.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/jit/Fingerprint.h"
#include "compiler/jit/Jit.h"
#include "compiler/jit/ObjectCache.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <chrono>
#include <cstring>
#include <set>

using namespace mlir;

namespace gradus {

using compiler::ObjectFiles;

namespace {

bool usesBatch(ModuleOp module) {
  bool found = false;
  module.walk([&](Operation *op) { // an input, or what states the batch itself
    for (Type type : op->getResultTypes())
      found |= !cast<RankedTensorType>(type).hasStaticShape();
  });
  return found;
}

// A shared state keeps the layouts that the first program chose.
void fixLayouts(ModuleOp module, const State *state) {
  if (!state)
    return;
  Builder b(module.getContext());
  module.walk([&](ir::VariableOpInterface variable) {
    std::string name = variable.getVariableName().str();
    if (!state->contains(name))
      return;
    const Layout &layout = state->record(name).layout;
    variable->setAttr("fixed_transposed", b.getBoolAttr(layout.kind == Layout::Kind::transposed));
    variable->setAttr("fixed_panel", b.getI64IntegerAttr(layout.kind == Layout::Kind::panels ? layout.panel : 0));
  });
}

// What is left out takes with it the ops and inputs that nothing else needs.
void keepOnly(ModuleOp module, const CompileOptions &options) {
  std::set<std::string> wanted(options.results.begin(), options.results.end());
  std::string known;
  module.walk([&](ir::ResultOp result) {
    known += (known.empty() ? "\"" : ", \"") + result.getName().str() + "\"";
    bool found = wanted.erase(result.getName().str()); // a name occurs once
    if (!options.results.empty() && !found)
      result.erase();
  });
  if (!wanted.empty())
    throw std::invalid_argument("compile: there is no result \"" + *wanted.begin() + "\" (there are " +
                                (known.empty() ? "none" : known) + ")");
  if (!options.assigns)
    module.walk([](ir::AssignOp assign) { assign.erase(); });
  Block &block = compiler::functionOf(module).getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && (isOpTriviallyDead(&op) || isa<ir::InputOp>(op)))
      op.erase();
}

std::map<std::string, NDArray> dataInitializers(ModuleOp module) {
  std::map<std::string, NDArray> data;
  module.walk([&](ir::VariableOpInterface variable) {
    auto values = variable.getInitializer().getAs<DenseElementsAttr>("value");
    if (!values)
      return;
    auto type = values.getType();
    NDArray array = NDArray::zeros(Shape(type.getShape().begin(), type.getShape().end()),
                                   compiler::dtypeOf(type.getElementType()));
    size_t size = type.getElementTypeBitWidth() / 8;
    ArrayRef<char> raw = values.getRawData();
    if (type.getElementType().isInteger(1)) {
      size_t i = 0;
      for (bool value : values.getValues<bool>())
        static_cast<uint8_t *>(array.raw())[i++] = value;
    } else if (values.isSplat()) {
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        std::memcpy(static_cast<char *>(array.raw()) + i * size, raw.data(), size);
    } else {
      std::memcpy(array.raw(), raw.data(), raw.size());
    }
    data[variable.getVariableName().str()] = std::move(array);
  });
  return data;
}

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
  if (!options.results.empty() || !options.assigns)
    keepOnly(*module, options);
  bool batched = usesBatch(*module);
  if (batched && options.batch <= 0)
    throw std::invalid_argument("compile: batch is " + std::to_string(options.batch) +
                                ", expected a positive number");
  if (options.threads < 0)
    throw std::invalid_argument("compile: threads is " + std::to_string(options.threads) +
                                ", expected 0 (one per processor) or more");
  fixLayouts(*module, options.state.get());

  compiler::PipelineOptions pipelineOptions;
  pipelineOptions.target = compiler::Target::named(options.target);
  bool portable = options.numerics == Numerics::portable;
  if (portable)
    pipelineOptions.target = pipelineOptions.target.portable();
  pipelineOptions.name = graph.name();
  pipelineOptions.batch = batched ? options.batch : 0;

  ProgramParts parts;
  parts.data = dataInitializers(*module);
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
  options.batch = usesBatch(*module) ? batch : 0;
  compiler::Pipeline pipeline(std::move(module), std::move(options));
  pipeline.runUntil(compiler::Phase::Autodiff);
  std::string text;
  llvm::raw_string_ostream stream(text);
  pipeline.module->print(stream);
  return text;
}

} // namespace gradus
