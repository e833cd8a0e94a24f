#include "compiler/codegen/Finalize.h"

#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>
#include <mlir/IR/Dominance.h>
#include <mlir/IR/PatternMatch.h>
#include <mlir/Interfaces/LoopLikeInterface.h>
#include <mlir/Transforms/CSE.h>
#include <mlir/Transforms/GreedyPatternRewriteDriver.h>
#include <mlir/Transforms/LoopInvariantCodeMotionUtils.h>

using namespace mlir;

namespace gradus::compiler {

void optimizeLowered(ModuleOp module) {
  MLIRContext *context = module.getContext();
  prepareContext(*context);
  RewritePatternSet patterns(context);
  const llvm::StringRef dialects[] = {"arith", "vector", "scf", "llvm"};
  for (RegisteredOperationName name : context->getRegisteredOperations())
    if (llvm::is_contained(dialects, name.getDialectNamespace()))
      name.getCanonicalizationPatterns(patterns, context);
  FrozenRewritePatternSet frozen(std::move(patterns));
  IRRewriter rewriter(context);
  for (Operation &function : module.getBody()->getOperations()) {
    GreedyRewriteConfig config;
    config.useTopDownTraversal = true;
    config.enableRegionSimplification = GreedySimplifyRegionLevel::Disabled;
    // Not converging within the limit is no error: the code is correct at every point.
    (void)applyPatternsAndFoldGreedily(&function, frozen, config);
    function.walk([](LoopLikeOpInterface loop) { moveLoopInvariantCode(loop); });
    DominanceInfo dominance(&function);
    eliminateCommonSubExpressions(rewriter, dominance, &function);
  }
}

} // namespace gradus::compiler
