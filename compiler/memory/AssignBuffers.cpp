#include "compiler/memory/ArenaPlanner.h"
#include "compiler/memory/Memory.h"
#include "compiler/schedule/Layout.h"
#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace gradus::compiler {

int64_t bytesOf(RankedTensorType type) {
  return type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8);
}

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

// The number of an op among those of its kind: how the ABI numbers inputs, states, outputs.
template <class... Ops> static int64_t numberOf(Operation *op) {
  int64_t n = 0;
  for (Operation &other : *op->getBlock()) {
    if (&other == op)
      return n;
    if (isa<Ops...>(other))
      ++n;
  }
  llvm_unreachable("an op is in its block");
}

Place placeOf(Value value) {
  Value root = rootOf(value);
  Operation *op = root.getDefiningOp();
  if (isa<ir::InputOp>(op))
    return {Place::Input, numberOf<ir::InputOp>(op)};
  if (isa<ir::VariableOpInterface>(op))
    return {Place::State, numberOf<ir::VariableOpInterface>(op)};
  if (isa<ir::ConstantOp>(op))
    return {Place::Constant, numberOf<ir::ConstantOp>(op)};
  auto buffers = op->getAttrOfType<DenseI64ArrayAttr>("buffers");
  unsigned i = cast<OpResult>(root).getResultNumber();
  return {Place::Space(buffers[2 * i]), buffers[2 * i + 1]};
}

namespace {

class Assigner {
public:
  explicit Assigner(func::FuncOp function) : block(function.getBody().front()) {}

  ArenaReport run() {
    for (ir::KernelOp kernel : block.getOps<ir::KernelOp>()) {
      number[kernel] = kernels.size();
      kernels.push_back(kernel);
    }
    for (Operation &op : block) {
      if (auto assign = dyn_cast<ir::AssignOp>(op))
        fixed[assign.getValue()] = placeOf(assign.getVariable());
      if (auto result = dyn_cast<ir::ResultOp>(op))
        fixed[rootOf(result.getValue())] = {Place::Output, numberOf<ir::ResultOp>(&op)};
    }
    findLastUses();
    for (ir::KernelOp kernel : kernels)
      giveResultsABuffer(kernel);
    ArenaPlan plan = planArena(lifetimes);
    for (ir::KernelOp kernel : kernels) {
      SmallVector<int64_t> buffers;
      for (Value result : kernel.getResults()) {
        Place place = fixed.contains(result) ? fixed[result]
                                             : Place{Place::Arena, plan.offsets[bufferOf[result]]};
        buffers.append({place.space, place.offset});
      }
      kernel->setAttr("buffers", OpBuilder(kernel).getDenseI64ArrayAttr(buffers));
    }
    return {plan.bytes, plan.lowerBound};
  }

private:
  void findLastUses() {
    for (ir::KernelOp kernel : kernels)
      for (Value input : kernel.getInputs())
        lastUse[rootOf(input)] = number[kernel];
  }

  void giveResultsABuffer(ir::KernelOp kernel) {
    int64_t now = number[kernel];
    DenseSet<size_t> taken;
    for (Value result : kernel.getResults()) {
      if (fixed.contains(result))
        continue;
      int64_t last = lastUse.contains(result) ? lastUse[result] : now;
      std::optional<size_t> buffer = dyingOperand(kernel, result, taken);
      if (buffer) {
        lifetimes[*buffer].last = last;
      } else {
        buffer = lifetimes.size();
        lifetimes.push_back({bytesOf(typeOf(result)), now, last});
      }
      taken.insert(*buffer);
      bufferOf[result] = *buffer;
    }
  }

  // The buffer of an operand that nobody needs after this kernel and that the result may overwrite.
  std::optional<size_t> dyingOperand(ir::KernelOp kernel, Value result, const DenseSet<size_t> &taken) {
    for (auto [i, input] : llvm::enumerate(kernel.getInputs())) {
      Value root = rootOf(input);
      auto it = bufferOf.find(root);
      if (it == bufferOf.end() || taken.contains(it->second) || lastUse[root] != number[kernel])
        continue;
      bool otherReads = false; // under another argument (a view)
      for (auto [j, other] : llvm::enumerate(kernel.getInputs()))
        otherReads |= j != i && rootOf(other) == root;
      if (!otherReads && input.getType() == result.getType() && panelOf(root) == panelOf(result) &&
          readsOnlyInPlace(kernel, i))
        return it->second;
    }
    return std::nullopt;
  }

  Block &block;
  std::vector<ir::KernelOp> kernels;
  DenseMap<Operation *, int64_t> number;
  DenseMap<Value, Place> fixed;
  DenseMap<Value, int64_t> lastUse;
  DenseMap<Value, size_t> bufferOf;
  std::vector<Lifetime> lifetimes;
};

} // namespace

ArenaReport assignBuffers(ModuleOp module) {
  ArenaReport report;
  for (auto function : module.getOps<func::FuncOp>()) {
    report = Assigner(function).run();
    function->setAttr(kArenaBytes, Builder(function).getI64IntegerAttr(report.bytes));
  }
  return report;
}

} // namespace gradus::compiler
