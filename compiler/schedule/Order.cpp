//===- Order.cpp - the final order of the kernels, and who writes variables and results -------===//

#include "compiler/schedule/DependencyGraph.h"
#include "compiler/schedule/Layout.h"
#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace gradus::compiler {

Value rootOf(Value v) {
  while (auto view = v.getDefiningOp<ir::ReshapeOp>())
    v = view.getX();
  return v;
}

bool readsOnlyInPlace(Operation *op, unsigned operand) {
  auto kernel = cast<ir::KernelOp>(op);
  BlockArgument argument = kernel.getArgument(operand);
  return llvm::all_of(argument.getUsers(), [&](Operation *user) {
    // A row is read by its reductions before any of it is written.
    if (isa<ir::YieldOp>(user) || (isa<ir::ReductionOpInterface>(user) && kernel.getKind() == "row"))
      return true;
    return isa<ir::ElementwiseOpInterface>(user) &&
           cast<RankedTensorType>(user->getResult(0).getType()).getShape() ==
               cast<RankedTensorType>(argument.getType()).getShape();
  });
}

namespace {

class Orderer {
public:
  explicit Orderer(func::FuncOp function) : function(function), block(function.getBody().front()) {}

  void run() {
    giveResultsABuffer();
    giveVariablesABuffer();
    auto order = tryOrder();
    // Variables that are exchanged cannot both be written in place: the new value is kept aside.
    for (ir::AssignOp assign : llvm::to_vector(block.getOps<ir::AssignOp>())) {
      if (order)
        break;
      assign.getValueMutable().set(copy(assign.getValue(), panelOf(assign.getVariable())));
      order = tryOrder();
    }
    assert(order && "copies leave no cycle");
    apply(*order);
  }

private:
  // A kernel that copies, where the writer of a value cannot write to its place itself.
  Value copy(Value v, int64_t panel) {
    OpBuilder b(block.getTerminator());
    ir::KernelOp kernel = copyKernel(b, v);
    if (panel)
      setPanel(kernel.getResult(0), panel);
    return kernel.getResult(0);
  }

  void giveResultsABuffer() {
    for (ir::ResultOp result : llvm::to_vector(block.getOps<ir::ResultOp>())) {
      Value root = rootOf(result.getValue());
      if (!root.getDefiningOp<ir::KernelOp>() || panelOf(root) || !claimed.insert(root).second)
        result.getValueMutable().set(copy(result.getValue(), 0));
    }
  }

  void giveVariablesABuffer() {
    for (ir::AssignOp assign : llvm::to_vector(block.getOps<ir::AssignOp>())) {
      Value v = assign.getValue();
      auto kernel = v.getDefiningOp<ir::KernelOp>();
      bool direct = kernel && panelOf(v) == panelOf(assign.getVariable()) && claimed.insert(v).second;
      if (direct)
        for (auto [i, input] : llvm::enumerate(kernel.getInputs()))
          if (rootOf(input) == assign.getVariable() && !readsOnlyInPlace(kernel, i))
            direct = false;
      if (!direct)
        assign.getValueMutable().set(copy(v, panelOf(assign.getVariable())));
    }
  }

  std::optional<std::vector<ir::KernelOp>> tryOrder() {
    auto kernels = llvm::to_vector(block.getOps<ir::KernelOp>());
    DenseMap<Operation *, size_t> number;
    DenseMap<Value, size_t> values;
    std::vector<int64_t> bytes;
    std::vector<DependencyGraph::Traffic> traffic(kernels.size());
    DependencyGraph graph(kernels.size());
    for (auto [i, kernel] : llvm::enumerate(kernels)) {
      number[kernel] = i;
      for (Value result : kernel.getResults()) {
        auto type = cast<RankedTensorType>(result.getType());
        // Variables and results have their own memory; only the arena counts.
        bool arena = !claimed.contains(result);
        values[result] = bytes.size();
        traffic[i].writes.push_back(bytes.size());
        bytes.push_back(arena ? type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8) : 0);
      }
    }
    DenseMap<Value, SmallVector<size_t>> readers;
    for (auto [i, kernel] : llvm::enumerate(kernels))
      for (Value input : kernel.getInputs()) {
        Value root = rootOf(input);
        if (auto it = number.find(root.getDefiningOp()); it != number.end()) {
          graph.addEdge(it->second, i);
          if (!llvm::is_contained(traffic[i].reads, values[root]))
            traffic[i].reads.push_back(values[root]);
        } else {
          readers[root].push_back(i);
        }
      }
    for (ir::AssignOp assign : block.getOps<ir::AssignOp>())
      for (size_t reader : readers[assign.getVariable()])
        graph.addEdge(reader, number[assign.getValue().getDefiningOp()]);
    auto order = graph.order(traffic, bytes);
    if (!order)
      return std::nullopt;
    std::vector<ir::KernelOp> result;
    for (size_t i : *order)
      result.push_back(kernels[i]);
    return result;
  }

  // Variables and constants first, then kernels, each followed by the views of its results, then assigns.
  void apply(const std::vector<ir::KernelOp> &order) {
    Operation *end = block.getTerminator();
    SmallVector<Operation *> rest;
    for (Operation &op : block)
      if (isa<ir::AssignOp, ir::ResultOp>(op))
        rest.push_back(&op);
    for (ir::KernelOp kernel : order) {
      for (Value input : kernel.getInputs())
        bringViews(input, end);
      kernel->moveBefore(end);
    }
    for (Operation *op : rest) {
      bringViews(op->getOperands().back(), end);
      op->moveBefore(end);
    }
  }

  void bringViews(Value v, Operation *before) {
    SmallVector<Operation *> chain;
    while (auto view = v.getDefiningOp<ir::ReshapeOp>()) {
      chain.push_back(view);
      v = view.getX();
    }
    for (Operation *view : llvm::reverse(chain))
      if (moved.insert(view).second)
        view->moveBefore(before);
  }

  func::FuncOp function;
  Block &block;
  DenseSet<Value> claimed; // values that are written to a variable or a result
  DenseSet<Operation *> moved;
};

} // namespace

void orderKernels(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    Orderer(function).run();
}

} // namespace gradus::compiler
