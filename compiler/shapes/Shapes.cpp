#include "compiler/shapes/Shapes.h"

#include "compiler/graph/Diagnostics.h"
#include "compiler/graph/GraphImpl.h"
#include "dialects/gradus/Structure.h"
#include "dialects/gradus/Rules.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace gradus::compiler {

static bool hasUnknownSize(Operation *op) {
  return llvm::any_of(op->getResultTypes(),
                      [](Type type) { return !cast<RankedTensorType>(type).hasStaticShape(); });
}

/// Inputs, and ops that state the batch in an attribute.
static LogicalResult setBatch(Block &block, int64_t batch) {
  for (Operation &op : block) {
    auto batched = dyn_cast<ir::BatchOpInterface>(&op);
    if (!batched || !hasUnknownSize(&op))
      continue;
    if (batch < 1)
      return ir::Rule(op.getLoc(), op.getName().getStringRef(), {})
          .fail("the batch is " + Twine(batch) + " (must be at least 1)");
    batched.setBatch(batch);
    if (!isa<ir::InputOp>(op))
      continue;
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    if (std::string error = ir::checkShape(type.getShape(), type.getElementType()); !error.empty())
      return ir::Rule(op.getLoc(), op.getName().getStringRef(), {}).fail(error);
  }
  return success();
}

/// Infers the result types of one op again from its operands.
static LogicalResult inferAgain(Operation &op) {
  auto infer = dyn_cast<InferTypeOpInterface>(&op);
  if (!infer)
    return op.getNumResults() ? success() : verify(&op, /*verifyRecursively=*/false);
  SmallVector<Type> types;
  if (failed(infer.inferReturnTypes(op.getContext(), op.getLoc(), op.getOperands(),
                                    op.getAttrDictionary(), op.getPropertiesStorage(),
                                    op.getRegions(), types)))
    return failure();
  for (auto [result, type] : llvm::zip_equal(op.getResults(), types))
    result.setType(type);
  if (hasUnknownSize(&op))
    return ir::Rule(op.getLoc(), op.getName().getStringRef(), op.getOperands())
        .fail("a size is still unknown");
  return success();
}

static void resolveBroadcasts(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto broadcasting = dyn_cast<ir::BroadcastingOpInterface>(&op);
    if (!broadcasting)
      continue;
    OpBuilder builder(&op);
    if (Value value = broadcasting.resolveBroadcasts(builder)) {
      op.getResult(0).replaceAllUsesWith(value);
      op.erase();
    }
  }
}

LogicalResult inferShapesIn(ModuleOp module, int64_t batch) {
  for (auto function : module.getOps<func::FuncOp>()) {
    Block &block = function.getBody().front();
    if (failed(setBatch(block, batch)))
      return failure();
    for (Operation &op : block)
      if (failed(inferAgain(op)))
        return failure();
    resolveBroadcasts(block);
  }
  return success();
}

void inferShapes(ModuleOp module, int64_t batch) {
  checkGraph(module);
  CollectedErrors errors(module.getContext());
  if (failed(inferShapesIn(module, batch)))
    errors.raise();
}

} // namespace gradus::compiler
