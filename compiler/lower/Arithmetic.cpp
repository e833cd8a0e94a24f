#include "compiler/lower/Arithmetic.h"

#include "compiler/graph/Diagnostics.h"
#include "dialects/gradus/Dialect.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Structure.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace gradus::compiler {

std::map<std::string, std::string> opsByLine(ModuleOp module) {
  std::map<std::string, std::string> ops;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa_and_nonnull<ir::GradusDialect>(op->getDialect()) && !isa<ir::KernelOp, ir::ConstantOp>(op))
      ops.try_emplace(locationText(op->getLoc()), op->getName().getStringRef().str());
  });
  return ops;
}

// Choosing and reinterpreting need no arithmetic.
static bool computes(Operation *op) {
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         !isa<arith::ConstantOp, arith::SelectOp, arith::BitcastOp>(op);
}

void checkArithmetic(ModuleOp lowered, const Target &target, const std::map<std::string, std::string> &ops) {
  if (target.hasSingle && target.hasDouble)
    return;
  auto missing = [&](Type type) {
    Type element = getElementTypeOrSelf(type);
    return (element.isF64() && !target.hasDouble) || (element.isF32() && !target.hasSingle);
  };
  lowered.walk([&](Operation *op) {
    if (!computes(op) && !isa<vector::FMAOp>(op))
      return;
    for (TypeRange types : {TypeRange(op->getOperandTypes()), TypeRange(op->getResultTypes())})
      for (Type type : types)
        if (missing(type)) {
          std::string line = locationText(op->getLoc());
          auto named = ops.find(line);
          throw GraphError(line + ": error: " + (named == ops.end() ? "" : named->second + ": ") +
                           target.title() + " has no " + (getElementTypeOrSelf(type).isF64() ? "f64" : "f32") +
                           " arithmetic");
        }
  });
}

} // namespace gradus::compiler
