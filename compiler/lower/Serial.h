//===- Serial.h - the ops whose elements depend on an order: scans, sort, scatter -------------===//
#pragma once

#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"

namespace gradus::compiler {

/// The op of a serial kernel; the others of its body are constants of one value.
mlir::Operation *serialOpOf(ir::KernelOp kernel);

/// A shape seen from one axis: [outer, size, inner].
struct AxisView {
  int64_t outer, size, inner;
  AxisView(llvm::ArrayRef<int64_t> shape, int64_t axis)
      : outer(product(shape.take_front(axis))), size(shape[axis]),
        inner(product(shape.drop_front(axis + 1))) {}
  int64_t elements() const { return outer * size * inner; }
};

/// An operand of a serial op: memory, or one value everywhere.
class SerialOperand {
public:
  SerialOperand(const KernelCode &code, mlir::Value value);
  /// Sees the memory under another shape of the same elements.
  SerialOperand as(llvm::ArrayRef<int64_t> shape) const;
  /// The element at `at`: a vector if an index moves with the lanes, else a scalar.
  mlir::Value load(Emitter &e, llvm::ArrayRef<Index> at) const;

private:
  std::optional<Buffer> buffer;
  mlir::Value constant;
};

/// A row-major buffer under another shape of the same elements.
Buffer viewOf(const Buffer &buffer, llvm::ArrayRef<int64_t> shape);

// scan: a state goes along an axis.
int64_t scanTiles(ir::ScanOpInterface op, int64_t lanes);
void emitScan(KernelCode &code, ir::ScanOpInterface op);
// sort: a merge sort of indices along an axis.
int64_t sortTiles(mlir::Operation *op);
void emitSort(KernelCode &code, mlir::Operation *op);
// scatter: updates in their order.
int64_t scatterTiles(mlir::Operation *op);
void emitScatter(KernelCode &code, mlir::Operation *op);

} // namespace gradus::compiler
