// The contract of phase schedule: structure, views and kernels that their templates can emit.
#include "compiler/Violation.h"
#include "compiler/schedule/Layout.h"
#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Sorting.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace gradus::compiler {

namespace {

using Sizes = ArrayRef<int64_t>;

Sizes shapeOf(Value v) { return cast<RankedTensorType>(v.getType()).getShape(); }

template <class OpType> SmallVector<OpType> opsIn(ir::KernelOp kernel) {
  return llvm::to_vector(kernel.getBody().front().getOps<OpType>());
}

bool isArgument(Value v) { return isa<BlockArgument>(v); }
bool isArgumentOrConstant(Value v) { return isArgument(v) || v.getDefiningOp<ir::ConstantOp>(); }

// Memory, or what is repeated where it is read and comes from memory.
bool isFromMemory(Value v) {
  if (isArgument(v))
    return true;
  Operation *op = v.getDefiningOp();
  return isa<ir::BroadcastOp, ir::IotaOp, ir::ReshapeOp, ir::ConstantOp, ir::TransposeOp, ir::MoverOpInterface>(op) &&
         llvm::all_of(op->getOperands(), isFromMemory);
}

// --- bodies ------------------------------------------------------------------------------------

bool isSerial(Operation *op) { return isa<ir::ScanOpInterface, ir::SortOp, ir::ScatterOp>(op); }

bool isPrimitive(Operation *op) {
  if (isa<ir::DecomposeOpInterface>(op))
    return false;
  return isa<ir::ElementOpInterface, ir::ReductionOpInterface, ir::MatmulOp,
             ir::YieldOp>(op) ||
         isSerial(op);
}

void verifyBody(ir::KernelOp kernel) {
  for (Operation &op : kernel.getBody().front()) {
    if (!isPrimitive(&op))
      violated(&op, "is no primitive, in a kernel");
    if (auto constant = dyn_cast<ir::ConstantOp>(op); constant && !constant.getValue().isSplat())
      violated(&op, "a constant of several values lies outside kernels");
    // What reads other places than the one it writes reads memory.
    bool fromMemory =
        isa<ir::TransposeOp, ir::TakeAlongAxisOp, ir::SearchSortedOp, ir::ConcatOp, ir::MoverOpInterface>(op);
    if (fromMemory && !llvm::all_of(op.getOperands(), isFromMemory))
      violated(&op, "reads a value of its own kernel elsewhere than where it is computed");
    if (isSerial(&op) && !llvm::all_of(op.getOperands(), isArgumentOrConstant))
      violated(&op, "reads a value of its own kernel elsewhere than where it is computed");
    for (Type type : op.getResultTypes())
      if (!cast<RankedTensorType>(type).hasStaticShape())
        violated(&op, "the type is not static");
  }
}

Sizes firstShape(ir::KernelOp kernel) { return shapeOf(kernel.getYield().getOperand(0)); }

void verifyOneSpace(ir::KernelOp kernel) {
  for (Value result : kernel.getResults())
    if (shapeOf(result) != firstShape(kernel))
      violated(kernel, "the results of a " + kernel.getKind() + " have different shapes");
}

void verifyCount(ir::KernelOp kernel, StringRef what, size_t count, size_t expected) {
  if (count != expected)
    violated(kernel, "a " + kernel.getKind() + " holds " + Twine(count) + " " + what +
                         ", expected " + Twine(expected));
}

void verifyReductions(ir::KernelOp kernel) {
  auto reductions = opsIn<ir::ReductionOpInterface>(kernel);
  if (reductions.empty())
    violated(kernel, "a " + kernel.getKind() + " holds no reduction");
  Sizes space = shapeOf(reductions.front()->getOperand(0)), axes = reductions.front().getAxes();
  for (ir::ReductionOpInterface r : reductions)
    if (shapeOf(r->getOperand(0)) != space || Sizes(r.getAxes()) != axes)
      violated(r, "the reductions of one kernel differ in shape or axes");
  if (axes.empty())
    violated(kernel, "a reduction along no axis");
  bool alongRow = axes.back() + 1 == int64_t(space.size());
  if (alongRow != (kernel.getKind() == "row"))
    violated(kernel, "a row reduces the innermost axis, a fold does not");
  Sizes reduced = shapeOf(reductions.front()->getResult(0));
  for (Value result : kernel.getResults())
    if (shapeOf(result) != reduced && (!alongRow || shapeOf(result) != space))
      violated(kernel, "a result has neither the shape of the rows nor that of the space");
}

void verifyProduct(ir::KernelOp kernel) {
  auto products = opsIn<ir::MatmulOp>(kernel);
  verifyCount(kernel, "matmuls", products.size(), 1);
  for (Value operand : products.front()->getOperands()) {
    auto turned = operand.getDefiningOp<ir::TransposeOp>();
    if (!isArgument(operand) && !turned)
      violated(products.front(), "an operand is computed in its own kernel");
    if (!turned)
      continue;
    if (!isArgument(turned.getX())) {
      violated(turned, "what a product reads transposed is not in memory");
      continue;
    }
    auto perm = turned.getPermutation();
    int64_t rank = perm.size();
    if (rank < 2 || perm[rank - 1] != rank - 2 ||
        !llvm::equal(perm.drop_back(2), llvm::seq<int64_t>(0, rank - 2)))
      violated(turned, "a product reads only a transpose of the last two axes in place");
    if (panelOf(kernel.getInputs()[cast<BlockArgument>(turned.getX()).getArgNumber()]))
      violated(turned, "what is read transposed lies in panels");
  }
  if (shapeOf(products.front().getResult()) != firstShape(kernel))
    violated(kernel, "a result has another shape than the product");
  verifyOneSpace(kernel);
}

void verifyMove(ir::KernelOp kernel) {
  bool turns = llvm::any_of(opsIn<ir::TransposeOp>(kernel), [](ir::TransposeOp op) {
    return op.getPermutation().back() + 1 != int64_t(op.getPermutation().size());
  });
  if (!turns)
    violated(kernel, "a move holds no transpose that moves the innermost axis");
  verifyOneSpace(kernel);
}

SmallVector<Operation *> serialOps(ir::KernelOp kernel) {
  SmallVector<Operation *> ops;
  for (Operation &op : kernel.getBody().front())
    if (isSerial(&op))
      ops.push_back(&op);
  return ops;
}

void verifyKind(ir::KernelOp kernel) {
  StringRef kind = kernel.getKind();
  if (kernel.getResults().empty())
    violated(kernel, "has no result");
  if (kind != "product")
    verifyCount(kernel, "matmuls", opsIn<ir::MatmulOp>(kernel).size(), 0);
  if (kind != "serial")
    verifyCount(kernel, "serial ops", serialOps(kernel).size(), 0);
  if (kind != "row" && kind != "fold")
    verifyCount(kernel, "reductions", opsIn<ir::ReductionOpInterface>(kernel).size(), 0);
  if (kind == "row" || kind == "fold")
    verifyReductions(kernel);
  else if (kind == "product")
    verifyProduct(kernel);
  else if (kind == "move")
    verifyMove(kernel);
  else if (kind == "map")
    verifyOneSpace(kernel);
  else {
    verifyCount(kernel, "serial ops", serialOps(kernel).size(), 1);
    if (!llvm::equal(kernel.getYield().getValues(), serialOps(kernel).front()->getResults()))
      violated(kernel, "a serial kernel writes all results of its op");
  }
}

// --- the function ------------------------------------------------------------------------------

// Kernels, and what they leave behind, in their order.
class Sequence {
public:
  explicit Sequence(Block &block) : block(block) {
    for (Operation &op : block)
      number[&op] = number.size();
  }

  void verifyTargets() {
    for (Operation &op : block) {
      if (auto assign = dyn_cast<ir::AssignOp>(op)) {
        Value v = assign.getValue();
        claim(assign, v);
        if (panelOf(v) != panelOf(assign.getVariable()))
          violated(assign, "the new value has another layout than the variable");
        verifyOverwrite(assign);
      } else if (auto result = dyn_cast<ir::ResultOp>(op)) {
        Value root = rootOf(result.getValue());
        claim(result, root);
        if (panelOf(root))
          violated(result, "a result is not row-major");
      }
    }
  }

private:
  // Each variable and result is written by a kernel of its own.
  void claim(Operation *op, Value v) {
    if (!v.getDefiningOp<ir::KernelOp>())
      violated(op, "the value is not written by a kernel");
    if (!claimed.insert(v).second)
      violated(op, "the value is already written to another place");
  }

  // The old value is read before it is overwritten, or by the same kernel at the same index.
  void verifyOverwrite(ir::AssignOp assign) {
    Operation *writer = assign.getValue().getDefiningOp();
    for (auto kernel : block.getOps<ir::KernelOp>())
      for (auto [i, input] : llvm::enumerate(kernel.getInputs())) {
        if (rootOf(input) != assign.getVariable())
          continue;
        if (number[kernel] > number[writer])
          violated(kernel, "reads a variable after it is overwritten");
        if (kernel == writer && !(input == assign.getVariable() && readsOnlyInPlace(kernel, i)))
          violated(kernel, "overwrites a variable that it reads at other indices");
      }
  }

  Block &block;
  DenseMap<Operation *, size_t> number;
  DenseSet<Value> claimed;
};

} // namespace

static void verifyFunction(func::FuncOp function) {
  for (Operation &op : function.getBody().front()) {
    if (auto kernel = dyn_cast<ir::KernelOp>(op)) {
      verifyBody(kernel);
      verifyKind(kernel);
    } else if (!isa<ir::InputOp, ir::VariableOpInterface, ir::ConstantOp, ir::ReshapeOp,
                    ir::AssignOp, ir::ResultOp, func::ReturnOp>(op)) {
      violated(&op, "stands outside kernels after phase schedule");
    }
    if (isa<ir::ReshapeOp>(op) && panelOf(rootOf(op.getOperand(0))))
      violated(&op, "a view of a value in panels");
  }
}

void verifyKernels(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    verifyFunction(function);
}

void verifySchedule(ModuleOp module) {
  verifyKernels(module);
  for (auto function : module.getOps<func::FuncOp>())
    Sequence(function.getBody().front()).verifyTargets();
}

} // namespace gradus::compiler
