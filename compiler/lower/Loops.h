//===- Loops.h - pieces that several templates share ------------------------------------------===//
#pragma once

#include "compiler/lower/Emitter.h"
#include "dialects/gradus/Kernel.h"

namespace gradus::compiler {

inline int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t product(llvm::ArrayRef<int64_t> sizes);

/// The coordinates of the point number `linear` of a space, row-major.
llvm::SmallVector<Index> delinearize(Emitter &emitter, mlir::Value linear,
                                     llvm::ArrayRef<int64_t> sizes);

/// A loop over [0, size) in vectors of `lanes`, the last one masked. `body` gets the index of lane 0.
void vectorLoop(Emitter &emitter, int64_t size, int64_t lanes,
                llvm::function_ref<void(mlir::Value)> body);

/// Combines the lanes of a vector in a fixed tree.
mlir::Value combineLanes(mlir::OpBuilder &b, mlir::Location loc, ir::ReductionOpInterface reduction,
                         mlir::Value vector);

/// The identity of a reduction as a scalar (lanes 1) or a vector.
mlir::Value identityOf(Emitter &emitter, ir::ReductionOpInterface reduction, int64_t lanes);

/// The reductions of a kernel whose operands depend on the same number of earlier reductions, first
/// those that depend on none.
llvm::SmallVector<llvm::SmallVector<ir::ReductionOpInterface>> reductionStages(ir::KernelOp kernel);

/// The shape that the reductions of a kernel read, and the axes that they reduce.
llvm::ArrayRef<int64_t> reducedSpace(ir::KernelOp kernel);
llvm::ArrayRef<int64_t> reducedAxes(ir::KernelOp kernel);

} // namespace gradus::compiler
