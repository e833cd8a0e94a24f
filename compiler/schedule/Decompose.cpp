#include "compiler/schedule/Decompose.h"

#include "dialects/gradus/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace gradus::compiler {

void decompose(ModuleOp module) {
  SmallVector<ir::DecomposeOpInterface> composites;
  do {
    composites.clear();
    module.walk([&](ir::DecomposeOpInterface op) { composites.push_back(op); });
    for (ir::DecomposeOpInterface op : composites) {
      OpBuilder builder(op);
      op->replaceAllUsesWith(op.decompose(builder));
      op->erase();
    }
  } while (!composites.empty());
}

void simplify(ModuleOp module) {
  RewritePatternSet patterns(module.getContext());
  for (RegisteredOperationName op : module.getContext()->getRegisteredOperations())
    if (op.getDialectNamespace() == ir::GradusDialect::getDialectNamespace())
      op.getCanonicalizationPatterns(patterns, module.getContext());
  (void)applyPatternsAndFoldGreedily(module, std::move(patterns));
  IRRewriter rewriter(module.getContext());
  DominanceInfo dominance(module);
  eliminateCommonSubExpressions(rewriter, dominance, module);
}

} // namespace gradus::compiler
