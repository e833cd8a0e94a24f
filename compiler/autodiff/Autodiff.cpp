#include "compiler/autodiff/Autodiff.h"

#include "compiler/graph/Diagnostics.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace gradus::compiler {

static bool isReal(Value value) { return isa<FloatType>(ir::elementOf(value)); }

namespace {
/// The backward walk for one gradus.gradients.
class Backward {
public:
  explicit Backward(ir::GradientsOp request) : request(request), builder(request) {}

  LogicalResult run() {
    decomposeRuleless();
    findDependents();
    if (dependents.contains(request.getLoss()))
      adjoints[request.getLoss()] = filled(request.getLoss(), 1);
    Block::iterator position(request);
    while (position != request->getBlock()->begin())
      if (Operation &op = *--position; failed(visit(op)))
        return failure();
    for (auto [result, x] : llvm::zip_equal(request.getResults(), request.getWithRespectTo())) {
      Value gradient = adjoints.lookup(x);
      result.replaceAllUsesWith(gradient ? gradient : filled(x, 0));
    }
    request.erase();
    return success();
  }

private:
  /// A composite without a rule of its own is differentiated through its decomposition.
  void decomposeRuleless() {
    Block::iterator position(request);
    while (position != request->getBlock()->begin()) {
      Operation *op = &*--position;
      auto composite = dyn_cast<ir::DecomposeOpInterface>(op);
      if (!composite || isa<ir::GradientOpInterface>(op))
        continue;
      OpBuilder inPlace(op);
      op->replaceAllUsesWith(composite.decompose(inPlace));
      position = Block::iterator(op->getNextNode()); // parts may be composites, too
      op->erase();
    }
  }

  /// The floating-point values that depend on one of the tensors asked for.
  void findDependents() {
    for (Value x : request.getWithRespectTo())
      dependents.insert(x);
    for (Operation &op : *request->getBlock()) {
      if (&op == request)
        break;
      if (llvm::any_of(op.getOperands(),
                       [&](Value operand) { return dependents.contains(operand); }))
        for (Value result : op.getResults())
          if (isReal(result))
            dependents.insert(result);
    }
  }

  Value filled(Value like, double value) {
    return ir::splat(builder, like.getLoc(), cast<RankedTensorType>(like.getType()), value);
  }

  /// Carries the adjoints of an op's results to its operands.
  LogicalResult visit(Operation &op) {
    bool reached =
        llvm::any_of(op.getResults(), [&](Value result) { return adjoints.contains(result); });
    bool wanted =
        llvm::any_of(op.getOperands(), [&](Value operand) { return dependents.contains(operand); });
    if (!reached || !wanted)
      return success();
    auto rule = dyn_cast<ir::GradientOpInterface>(&op);
    if (!rule)
      return emitError(op.getLoc())
             << op.getName().getStringRef()
             << ": has no gradient, but the loss depends on a parameter through it";
    SmallVector<Value> dResults;
    for (Value result : op.getResults()) {
      Value adjoint = adjoints.lookup(result);
      dResults.push_back(adjoint ? adjoint : filled(result, 0));
    }
    for (auto [operand, gradient] :
         llvm::zip_equal(op.getOperands(), rule.gradient(builder, dResults)))
      if (gradient && dependents.contains(operand))
        accumulate(operand, gradient);
    return success();
  }

  // A value that is used several times gets the sum of what its uses send back.
  void accumulate(Value value, Value gradient) {
    assert(gradient.getType() == value.getType() && "a gradient has the type of its operand");
    Value &sum = adjoints[value];
    sum = sum ? builder.create<ir::AddOp>(value.getLoc(), sum, gradient) : gradient;
  }

  ir::GradientsOp request;
  OpBuilder builder;
  llvm::DenseSet<Value> dependents;
  llvm::DenseMap<Value, Value> adjoints;
};
} // namespace

/// Rules answer for all operands; what nobody asked for goes.
static void eraseDead(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

LogicalResult differentiateIn(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    Block &block = function.getBody().front();
    for (auto request : llvm::to_vector(block.getOps<ir::GradientsOp>()))
      if (failed(Backward(request).run()))
        return failure();
    eraseDead(block);
  }
  return success();
}

void differentiate(ModuleOp module) {
  CollectedErrors errors(module.getContext());
  if (failed(differentiateIn(module)))
    errors.raise();
}

} // namespace gradus::compiler
