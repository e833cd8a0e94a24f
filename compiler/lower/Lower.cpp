#include "compiler/lower/Lower.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Sorting.h"
#include "dialects/gradus/Structure.h"
#include "compiler/graph/Diagnostics.h"
#include "compiler/lower/Elementary.h"
#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"
#include "compiler/memory/Memory.h"
#include "compiler/schedule/Layout.h"
#include "compiler/schedule/Schedule.h"
#include "runtime/abi/gradus_abi.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace gradus::compiler {

// --- costs -------------------------------------------------------------------------------------

static int64_t elements(Value v) { return cast<RankedTensorType>(v.getType()).getNumElements(); }

static KernelCost costOf(ir::KernelOp kernel, const Target &target) {
  KernelCost cost;
  cost.kind = kernel.getKind();
  cost.location = locationText(kernel.getLoc(), "");
  cost.tiles = tilesOf(kernel, target);
  double scalarWork = 0; // elements that a vector unit handles one vector at a time
  for (Operation &op : kernel.getBody().front()) {
    if (auto matmul = dyn_cast<ir::MatmulOp>(op)) {
      auto a = cast<RankedTensorType>(matmul.getA().getType()).getShape();
      cost.flops += 2 * elements(op.getResult(0)) * a.back();
    } else if (isa<ir::ReductionOpInterface>(op)) {
      cost.flops += elements(op.getOperand(0));
      scalarWork += elements(op.getOperand(0));
    } else if (isa<ir::ElementwiseOpInterface, ir::ScanOpInterface>(op)) {
      cost.flops += elements(op.getResult(0));
      scalarWork += elements(op.getResult(0));
    } else if (auto sort = dyn_cast<ir::SortOp>(op)) { // some 8 cycles for each step of a merge
      int64_t size = cast<RankedTensorType>(sort.getX().getType()).getDimSize(sort.getAxis());
      int64_t steps = elements(op.getResult(0)) * llvm::Log2_64_Ceil(std::max<int64_t>(1, size));
      cost.flops += 8 * 2 * target.lanes(4) * std::max(1, target.fmaPorts) * steps;
    }
  }
  for (Value v : kernel->getOperands())
    cost.bytes += bytesOf(cast<RankedTensorType>(v.getType()));
  for (Value v : kernel->getResults())
    cost.bytes += bytesOf(cast<RankedTensorType>(v.getType()));
  // About 3 GHz; a vector op per element and cycle group; caches give some 50 GB/s.
  constexpr double kGigahertz = 3, kGigabytesPerSecond = 50;
  double lanes = double(target.lanes(4)), fma = double(std::max(1, target.fmaPorts));
  double compute = (cost.flops - scalarWork) / (2 * lanes * fma) + scalarWork / lanes * 2;
  double computeUs = compute / (kGigahertz * 1e3);
  double memoryUs = double(cost.bytes) / (kGigabytesPerSecond * 1e3);
  cost.microseconds = std::max(computeUs, memoryUs);
  cost.boundByBytes = memoryUs > computeUs;
  return cost;
}

std::vector<KernelCost> kernelCosts(ModuleOp module, const Target &target) {
  std::vector<KernelCost> costs;
  module.walk([&](ir::KernelOp kernel) {
    costs.push_back(costOf(kernel, target));
    costs.back().name = costs.back().kind + std::to_string(costs.size() - 1);
  });
  return costs;
}

// Below this, waking a second thread costs more than it brings.
static constexpr double kParallelMicroseconds = 3;

// A kernel that moves more than a last-level cache holds does not profit from finding its results there, and
// a plain store would first read the line that it overwrites.
static constexpr int64_t kStreamedBytes = int64_t(64) << 20;

static std::vector<unsigned> streamedResults(ir::KernelOp kernel, const Target &target) {
  std::vector<unsigned> list;
  int64_t bytes = 0;
  for (Value v : kernel->getOperands())
    bytes += bytesOf(cast<RankedTensorType>(v.getType()));
  for (Value v : kernel->getResults())
    bytes += bytesOf(cast<RankedTensorType>(v.getType()));
  if (bytes < kStreamedBytes || !writesWholeVectors(kernel, target))
    return list;
  for (auto [i, result] : llvm::enumerate(kernel.getResults())) {
    auto type = cast<RankedTensorType>(result.getType());
    bool inPlace = llvm::any_of(kernel.getInputs(), [&](Value input) {
      Place a = placeOf(input), b = placeOf(result);
      return a.space == b.space && a.offset == b.offset;
    });
    if (!inPlace && !panelOf(result) && bytesOf(type) * 4 >= bytes)
      list.push_back(i);
  }
  return list;
}

// --- functions ---------------------------------------------------------------------------------

namespace {

class Lowering {
public:
  Lowering(ModuleOp source, const Target &target, const std::string &name, const LowerOptions &options)
      : source(source), target(target), name(name), options(options), context(source.getContext()), b(context),
        pointer(LLVM::LLVMPointerType::get(context)) {}

  OwningOpRef<ModuleOp> run(const std::string &descriptor) {
    OwningOpRef<ModuleOp> module(ModuleOp::create(source.getLoc(), name));
    b.setInsertionPointToEnd(module->getBody());
    auto function = *source.getOps<func::FuncOp>().begin();
    block = &function.getBody().front();
    emitConstants();
    for (ir::KernelOp kernel : block->getOps<ir::KernelOp>())
      calls.push_back(callOf(kernel));
    emitBody();
    emitStep();
    if (options.loop)
      emitLoop();
    emitText(name + "_descriptor", descriptor);
    expandElementary(*module);
    return module;
  }

private:
  struct Call {
    ir::KernelOp kernel;
    func::FuncOp function;  // (pointers.., begin, end)
    LLVM::LLVMFuncOp tiles; // (context, begin, end), for parallel_for; may be null
    int64_t count;
  };

  Value i64(int64_t v, Location loc) { return b.create<arith::ConstantIntOp>(loc, v, 64); }

  void emitConstants() {
    int64_t n = 0;
    for (auto constant : block->getOps<ir::ConstantOp>()) {
      auto values = cast<DenseElementsAttr>(constant.getValue());
      Type element = values.getElementType();
      if (element.isInteger(1)) {
        values = values.mapValues(b.getI8Type(), [](const APInt &v) { return v.zext(8); });
        element = b.getI8Type();
      }
      auto flat = values.reshape(RankedTensorType::get({values.getNumElements()}, element));
      auto global = b.create<LLVM::GlobalOp>(
          constant.getLoc(), LLVM::LLVMArrayType::get(element, flat.getNumElements()), true,
          LLVM::Linkage::Private, name + "_constant" + std::to_string(n++), flat, 64);
      constants.push_back(global.getSymName().str());
    }
  }

  func::FuncOp function(Location loc, const std::string &symbol, ArrayRef<Type> arguments, bool isPublic,
                        ArrayRef<Type> results = {}) {
    auto f = b.create<func::FuncOp>(loc, symbol, b.getFunctionType(arguments, results));
    f.setVisibility(isPublic ? SymbolTable::Visibility::Public : SymbolTable::Visibility::Private);
    f.addEntryBlock();
    return f;
  }

  // Kernels with equal bodies, shapes and layouts share a function.
  Call callOf(ir::KernelOp kernel) {
    int64_t count = tilesOf(kernel, target);
    for (Call &other : calls)
      if (sameCode(other.kernel, kernel))
        return {kernel, other.function, other.tiles, count};
    Call call{kernel, emitFunction(kernel, count), {}, count};
    if (options.threads && count > 1 && costOf(kernel, target).microseconds >= kParallelMicroseconds)
      call.tiles = emitTiles(call.function);
    return call;
  }

  static bool sameCode(ir::KernelOp a, ir::KernelOp c) {
    if (a.getKind() != c.getKind() || a->getNumOperands() != c->getNumOperands() ||
        a->getResultTypes() != c->getResultTypes())
      return false;
    for (auto [x, y] : llvm::zip(a.getInputs(), c.getInputs()))
      if (x.getType() != y.getType() || panelOf(rootOf(x)) != panelOf(rootOf(y)))
        return false;
    for (auto [x, y] : llvm::zip(a.getResults(), c.getResults()))
      if (panelOf(x) != panelOf(y))
        return false;
    return OperationEquivalence::isRegionEquivalentTo(&a.getBody(), &c.getBody(),
                                                      OperationEquivalence::IgnoreLocations);
  }

  func::FuncOp emitFunction(ir::KernelOp kernel, int64_t count) {
    OpBuilder::InsertionGuard guard(b);
    unsigned pointers = kernel->getNumOperands() + kernel->getNumResults();
    SmallVector<Type> types(pointers, pointer);
    types.append(2, b.getI64Type());
    std::string symbol = name + "_" + kernel.getKind().str() + std::to_string(functions++);
    auto f = function(kernel.getLoc(), symbol, types, false);
    b.setInsertionPointToStart(&f.getBody().front());
    auto end = b.create<func::ReturnOp>(kernel.getLoc());
    b.setInsertionPoint(end);
    KernelCode code{kernel, target, b, {}, {}, f.getArgument(pointers), f.getArgument(pointers + 1)};
    unsigned i = 0;
    for (Value v : kernel.getInputs())
      code.inputs.push_back({f.getArgument(i++), cast<RankedTensorType>(v.getType()), {panelOf(rootOf(v))}});
    for (Value v : kernel.getResults())
      code.outputs.push_back({f.getArgument(i++), cast<RankedTensorType>(v.getType()), {panelOf(v)}});
    if (count == 0)
      return f;
    std::vector<unsigned> streams = streamedResults(kernel, target);
    if (streams.empty())
      emitKernel(code);
    else
      emitStreamed(code, streams);
    return f;
  }

  // Results of the caller's may lie at any address, so the code for streaming has a twin.
  void emitStreamed(KernelCode &code, ArrayRef<unsigned> streams) {
    Location loc = code.kernel.getLoc();
    Value bits;
    for (unsigned i : streams) {
      Value address = b.create<LLVM::PtrToIntOp>(loc, b.getI64Type(), code.outputs[i].pointer);
      bits = bits ? b.create<arith::OrIOp>(loc, bits, address).getResult() : address;
    }
    Value low = b.create<arith::AndIOp>(loc, bits, i64(GRADUS_ALIGNMENT - 1, loc));
    Value aligned = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, low, i64(0, loc));
    auto branch = b.create<scf::IfOp>(loc, aligned, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(branch.elseYield());
    emitKernel(code);
    for (unsigned i : streams)
      code.outputs[i].streamed = true;
    b.setInsertionPoint(branch.thenYield());
    emitKernel(code);
    // Such stores are not ordered by what threads tell each other otherwise.
    b.create<LLVM::FenceOp>(loc, LLVM::AtomicOrdering::seq_cst, StringRef());
  }

  // Unpacks the pointers that parallel_for hands through. Its address is taken, which needs an llvm.func.
  LLVM::LLVMFuncOp emitTiles(func::FuncOp f) {
    OpBuilder::InsertionGuard guard(b);
    Location loc = f.getLoc();
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context),
                                            {pointer, b.getI64Type(), b.getI64Type()});
    auto tiles = b.create<LLVM::LLVMFuncOp>(loc, f.getSymName().str() + "_tiles", type);
    tiles.setVisibility(SymbolTable::Visibility::Private);
    b.setInsertionPointToStart(tiles.addEntryBlock(b));
    SmallVector<Value> arguments;
    for (unsigned i = 0; i + 2 < f.getNumArguments(); ++i)
      arguments.push_back(loadPointer(loc, tiles.getArgument(0), i));
    arguments.append({tiles.getArgument(1), tiles.getArgument(2)});
    if (options.enter.empty()) {
      b.create<func::CallOp>(loc, f, arguments);
    } else {
      Value mode = b.create<LLVM::CallOp>(loc, outside(options.enter, {}, b.getI64Type()), ValueRange{}).getResult();
      b.create<func::CallOp>(loc, f, arguments);
      b.create<LLVM::CallOp>(loc, outside(options.leave, b.getI64Type(), {}), mode);
    }
    b.create<LLVM::ReturnOp>(loc, ValueRange{});
    return tiles;
  }

  // A function of somebody else's, declared once.
  LLVM::LLVMFuncOp outside(const std::string &symbol, ArrayRef<Type> arguments, Type result) {
    auto module = b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
    if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(symbol))
      return known;
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(module.getBody());
    auto type = LLVM::LLVMFunctionType::get(result ? result : LLVM::LLVMVoidType::get(context), arguments);
    return b.create<LLVM::LLVMFuncOp>(source.getLoc(), symbol, type);
  }

  Value slot(Location loc, Value table, int64_t i) {
    return b.create<LLVM::GEPOp>(loc, pointer, pointer, table, ArrayRef<LLVM::GEPArg>{int32_t(i)});
  }
  Value loadPointer(Location loc, Value table, int64_t i) {
    return b.create<LLVM::LoadOp>(loc, pointer, slot(loc, table, i), 8);
  }
  Value bytesAt(Location loc, Value base, int64_t offset) {
    if (offset == 0)
      return base;
    return b.create<LLVM::GEPOp>(loc, pointer, b.getI8Type(), base, ValueRange{i64(offset, loc)});
  }

  // body(inputs, states, outputs, arena, threads): the kernels one after the other.
  void emitBody() {
    OpBuilder::InsertionGuard guard(b);
    Location loc = source.getLoc();
    body = function(loc, name + "_body", SmallVector<Type>(5, pointer), false);
    b.setInsertionPointToStart(&body.getBody().front());
    int64_t most = 1;
    for (Call &call : calls)
      if (call.tiles)
        most = std::max<int64_t>(most, call.function.getNumArguments());
    Value table = b.create<LLVM::AllocaOp>(loc, pointer, pointer, i64(most, loc), 16);
    std::map<std::pair<int64_t, int64_t>, Value> known;
    auto address = [&](Value v) {
      Place place = placeOf(v);
      Value &value = known[{place.space, place.offset}];
      if (value)
        return value;
      if (place.space == Place::Arena)
        return value = bytesAt(loc, body.getArgument(3), place.offset);
      if (place.space == Place::Constant)
        return value = b.create<LLVM::AddressOfOp>(loc, pointer, constants[place.offset]);
      return value = loadPointer(loc, body.getArgument(place.space - Place::Input), place.offset);
    };
    for (Call &call : calls) {
      if (call.count == 0)
        continue;
      Location at = call.kernel.getLoc();
      SmallVector<Value> arguments;
      for (Value v : call.kernel.getInputs())
        arguments.push_back(address(v));
      for (Value v : call.kernel.getResults())
        arguments.push_back(address(v));
      if (call.tiles)
        emitParallel(at, call, arguments, table);
      else
        emitSerialCall(at, call, arguments);
    }
    b.create<func::ReturnOp>(loc);
  }

  void emitSerialCall(Location loc, Call &call, SmallVector<Value> arguments) {
    arguments.append({i64(0, loc), i64(call.count, loc)});
    b.create<func::CallOp>(loc, call.function, arguments);
  }

  void emitParallel(Location loc, Call &call, ArrayRef<Value> arguments, Value table) {
    Value threads = body.getArgument(4);
    Value null = b.create<LLVM::ZeroOp>(loc, pointer);
    Value alone = b.create<LLVM::ICmpOp>(loc, LLVM::ICmpPredicate::eq, threads, null);
    auto branch = b.create<scf::IfOp>(loc, alone, true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(branch.thenYield());
    emitSerialCall(loc, call, SmallVector<Value>(arguments));
    b.setInsertionPoint(branch.elseYield());
    for (auto [i, v] : llvm::enumerate(arguments))
      b.create<LLVM::StoreOp>(loc, v, slot(loc, table, i), 8);
    // gradus_threads: self, count (padded to 8 bytes), parallel_for.
    Value self = loadPointer(loc, threads, 0), parallelFor = loadPointer(loc, threads, 2);
    Value tiles = b.create<LLVM::AddressOfOp>(loc, pointer, call.tiles.getSymName());
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context),
                                            {pointer, pointer, pointer, b.getI64Type()});
    b.create<LLVM::CallOp>(loc, type, ValueRange{parallelFor, self, tiles, table, i64(call.count, loc)});
  }

  // The members of gradus_call, in order: inputs, states, outputs, arena, threads.
  SmallVector<Value> members(Location loc, Value call) {
    SmallVector<Value> result;
    for (int64_t i = 0; i < 5; ++i)
      result.push_back(loadPointer(loc, call, i));
    return result;
  }

  void emitStep() {
    OpBuilder::InsertionGuard guard(b);
    Location loc = source.getLoc();
    auto f = function(loc, name + "_step", {pointer}, true, {b.getI32Type()});
    b.setInsertionPointToStart(&f.getBody().front());
    b.create<func::CallOp>(loc, body, members(loc, f.getArgument(0)));
    b.create<func::ReturnOp>(loc, ValueRange{b.create<arith::ConstantIntOp>(loc, 0, 32)});
  }

  // Copies the pointers of inputs and outputs, and moves the copies on after each step.
  void emitLoop() {
    OpBuilder::InsertionGuard guard(b);
    Location loc = source.getLoc();
    auto f = function(loc, name + "_loop", {pointer, b.getI64Type(), pointer, pointer}, true, {b.getI32Type()});
    b.setInsertionPointToStart(&f.getBody().front());
    auto all = members(loc, f.getArgument(0));
    int64_t inputs = llvm::range_size(block->getOps<ir::InputOp>());
    int64_t outputs = llvm::range_size(block->getOps<ir::ResultOp>());
    auto copied = [&](Value table, int64_t count) {
      Value local = b.create<LLVM::AllocaOp>(loc, pointer, pointer, i64(std::max<int64_t>(1, count), loc), 16);
      for (int64_t i = 0; i < count; ++i)
        b.create<LLVM::StoreOp>(loc, loadPointer(loc, table, i), slot(loc, local, i), 8);
      return local;
    };
    all[0] = copied(all[0], inputs);
    all[2] = copied(all[2], outputs);
    auto loop = b.create<scf::ForOp>(loc, i64(0, loc), f.getArgument(1), i64(1, loc));
    {
      OpBuilder::InsertionGuard inner(b);
      b.setInsertionPointToStart(loop.getBody());
      b.create<func::CallOp>(loc, body, all);
      auto advance = [&](Value table, Value strides, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          Value at = b.create<LLVM::GEPOp>(loc, pointer, b.getI64Type(), strides, ArrayRef<LLVM::GEPArg>{int32_t(i)});
          Value stride = b.create<LLVM::LoadOp>(loc, b.getI64Type(), at, 8);
          Value next = b.create<LLVM::GEPOp>(loc, pointer, b.getI8Type(), loadPointer(loc, table, i), ValueRange{stride});
          b.create<LLVM::StoreOp>(loc, next, slot(loc, table, i), 8);
        }
      };
      advance(all[0], f.getArgument(2), inputs);
      advance(all[2], f.getArgument(3), outputs);
    }
    b.create<func::ReturnOp>(loc, ValueRange{b.create<arith::ConstantIntOp>(loc, 0, 32)});
  }

  void emitText(const std::string &symbol, const std::string &text) {
    std::string zeroEnded = text + '\0';
    b.create<LLVM::GlobalOp>(source.getLoc(), LLVM::LLVMArrayType::get(b.getI8Type(), zeroEnded.size()), true,
                             LLVM::Linkage::External, symbol, b.getStringAttr(zeroEnded), 1);
  }

  ModuleOp source;
  const Target &target;
  std::string name;
  const LowerOptions &options;
  MLIRContext *context;
  OpBuilder b;
  Type pointer;
  Block *block = nullptr;
  std::vector<Call> calls;
  std::vector<std::string> constants;
  func::FuncOp body;
  int64_t functions = 0;
};

} // namespace

OwningOpRef<ModuleOp> lowerKernels(ModuleOp module, const Target &target, const std::string &name,
                                   const std::string &descriptor, const LowerOptions &options) {
  module.getContext()
      ->loadDialect<arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                    scf::SCFDialect, vector::VectorDialect>();
  return Lowering(module, target, name, options).run(descriptor);
}

} // namespace gradus::compiler
