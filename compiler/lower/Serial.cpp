//===- Serial.cpp - what has to run in order --------------------------------------------------===//
//
// A serial kernel holds one op: a scan, a sort or a scatter. Along its axis the op goes element by
// element; rows beside the axis are independent, so they are what lanes and tiles run over.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Serial.h"

#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Sorting.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace gradus::compiler {

Operation *serialOpOf(ir::KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (isa<ir::ScanOpInterface, ir::SortOp, ir::ScatterOp>(op))
      return &op;
  llvm_unreachable("a serial kernel holds a scan, a sort or a scatter");
}

Buffer viewOf(const Buffer &buffer, ArrayRef<int64_t> shape) {
  return {buffer.pointer, RankedTensorType::get(shape, buffer.type.getElementType()), {}};
}

SerialOperand::SerialOperand(const KernelCode &code, Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    buffer = code.inputs[argument.getArgNumber()];
    return;
  }
  auto attr = cast<SplatElementsAttr>(value.getDefiningOp<ir::ConstantOp>().getValue());
  OpBuilder &b = code.builder;
  constant = b.create<arith::ConstantOp>(value.getLoc(),
                                         cast<TypedAttr>(attr.getSplatValue<Attribute>()));
}

SerialOperand SerialOperand::as(ArrayRef<int64_t> shape) const {
  SerialOperand other = *this;
  if (buffer)
    other.buffer = viewOf(*buffer, shape);
  return other;
}

Value SerialOperand::load(Emitter &e, ArrayRef<Index> at) const {
  if (buffer)
    return e.load(*buffer, at);
  bool moves = llvm::any_of(at, [](const Index &i) { return i.lane != 0; });
  return e.splat(constant, moves ? e.vectorLanes() : 1);
}

int64_t serialTiles(ir::KernelOp kernel, const Target &target) {
  Operation *op = serialOpOf(kernel);
  if (auto scan = dyn_cast<ir::ScanOpInterface>(op))
    return scanTiles(scan, lanesOf(kernel, target));
  return isa<ir::SortOp>(op) ? sortTiles(op) : scatterTiles(op);
}

void emitSerial(KernelCode &code) {
  Operation *op = serialOpOf(code.kernel);
  if (auto scan = dyn_cast<ir::ScanOpInterface>(op))
    return emitScan(code, scan);
  return isa<ir::SortOp>(op) ? emitSort(code, op) : emitScatter(code, op);
}

} // namespace gradus::compiler
