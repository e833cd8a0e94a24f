#include "compiler/lower/Templates.h"

#include "dialects/gradus/Kernel.h"
#include "compiler/schedule/Layout.h"

using namespace mlir;

namespace gradus::compiler {

void KernelCode::bind(Emitter &emitter) const {
  ir::KernelOp op = kernel;
  for (unsigned i = 0; i < inputs.size(); ++i)
    emitter.bind(op.getArgument(i), inputs[i]);
}

void KernelCode::storeYields(Emitter &emitter, ArrayRef<unsigned> which, ArrayRef<Index> at) const {
  ir::KernelOp op = kernel;
  SmallVector<Value> values;
  for (unsigned i : which)
    values.push_back(emitter.element(op.getYield().getOperand(i), at));
  for (auto [i, value] : llvm::zip_equal(which, values))
    emitter.store(outputs[i], at, value);
}

int64_t lanesOf(ir::KernelOp kernel, const Target &target) {
  int64_t bytes = 4;
  kernel.getBody().walk([&](Operation *op) {
    for (Value v : op->getOperands())
      if (cast<RankedTensorType>(v.getType()).getElementType().isF64())
        bytes = 8;
  });
  return target.lanes(bytes);
}

bool writesWholeVectors(ir::KernelOp kernel, const Target &target) {
  StringRef kind = kernel.getKind();
  int64_t lanes = lanesOf(kernel, target);
  if (kind == "row" ? lanesAcrossRows(kernel, lanes) : kind != "map" && kind != "move")
    return false;
  if (kind == "map" && !mapPartsBeginAt(kernel, lanes))
    return false;
  return llvm::all_of(kernel->getResultTypes(), [&](Type type) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(type).getShape();
    return shape.size() == 1 || (!shape.empty() && shape.back() % lanes == 0);
  });
}

int64_t tilesOf(ir::KernelOp kernel, const Target &target) {
  return llvm::StringSwitch<llvm::function_ref<int64_t(ir::KernelOp, const Target &)>>(
             kernel.getKind())
      .Case("map", mapTiles)
      .Case("row", rowTiles)
      .Case("fold", foldTiles)
      .Case("product", productTiles)
      .Case("move", moveTiles)
      .Default(serialTiles)(kernel, target);
}

void emitKernel(KernelCode &code) {
  llvm::StringSwitch<llvm::function_ref<void(KernelCode &)>>(code.kernel.getKind())
      .Case("map", emitMap)
      .Case("row", emitRow)
      .Case("fold", emitFold)
      .Case("product", emitProductKernel)
      .Case("move", emitMove)
      .Default(emitSerial)(code);
}

} // namespace gradus::compiler
