#include "dialects/gradus/Kernel.h"

using namespace mlir;
using namespace gradus::ir;

YieldOp KernelOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }

LogicalResult KernelOp::verify() {
  Block &block = getBody().front();
  // kernel.1: arguments of the body stand for the operands.
  if (block.getNumArguments() != getInputs().size() ||
      !llvm::equal(block.getArgumentTypes(), getInputs().getTypes()))
    return emitOpError("kernel.1: the arguments of the body and the operands differ");
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  // kernel.2: the yielded values are the results.
  if (!yield || !llvm::equal(yield.getValues().getTypes(), getOutputs().getTypes()))
    return emitOpError("kernel.2: the yielded values and the results differ");
  static constexpr StringLiteral kinds[] = {"map", "row", "fold", "product", "move", "serial"};
  // kernel.3: a known template.
  if (!llvm::is_contained(kinds, getKind()))
    return emitOpError("kernel.3: unknown kind \"") << getKind() << "\"";
  return success();
}

#define GET_OP_CLASSES
#include "dialects/gradus/Kernel.cpp.inc"
