//===- Templates.h - one loop-nest template per kind of kernel --------------------------------===//
#pragma once

#include "compiler/codegen/Target.h"
#include "compiler/lower/Emitter.h"
#include "dialects/gradus/Kernel.h"

namespace gradus::compiler {

/// A kernel while its code is emitted: work on the tiles [begin, end).
struct KernelCode {
  ir::KernelOp kernel;
  const Target &target;
  mlir::OpBuilder &builder;
  std::vector<Buffer> inputs, outputs;
  mlir::Value begin, end;

  /// Binds the arguments of the body to memory.
  void bind(Emitter &emitter) const;
  /// Computes the yielded values `which` at `at` and only then stores them: an output may lie in the
  /// place of an operand that dies here.
  void storeYields(Emitter &emitter, llvm::ArrayRef<unsigned> which,
                   llvm::ArrayRef<Index> at) const;
};

/// Lanes that suit the widest floating-point type of a kernel.
int64_t lanesOf(ir::KernelOp kernel, const Target &target);

/// Whether the template stores its large results in whole vectors that begin at multiples of a vector.
bool writesWholeVectors(ir::KernelOp kernel, const Target &target);

/// The number of tiles, the units of parallel work, of a kernel. It depends on shapes and target
/// only.
int64_t tilesOf(ir::KernelOp kernel, const Target &target);
/// Emits the loops of a kernel at the builder's insertion point.
void emitKernel(KernelCode &code);

// map: one iteration space; each result is written once at each of its points.
int64_t mapTiles(ir::KernelOp kernel, const Target &target);
void emitMap(KernelCode &code);
/// Whether all ranges that are gone through on their own begin at a multiple of `lanes` of a row.
bool mapPartsBeginAt(ir::KernelOp kernel, int64_t lanes);
// row: reductions over axes that include the innermost one, and what is computed from them over the
// same row again.
int64_t rowTiles(ir::KernelOp kernel, const Target &target);
void emitRow(KernelCode &code);
/// Whether the lanes run across rows, which are unrolled, and not along them.
bool lanesAcrossRows(ir::KernelOp kernel, int64_t lanes);
// fold: reductions over outer axes; lanes run along the innermost axis.
int64_t foldTiles(ir::KernelOp kernel, const Target &target);
void emitFold(KernelCode &code);
// product: one matmul with its epilogue.
int64_t productTiles(ir::KernelOp kernel, const Target &target);
void emitProductKernel(KernelCode &code);
// move: transposes in blocks that fit the registers.
int64_t moveTiles(ir::KernelOp kernel, const Target &target);
void emitMove(KernelCode &code);
// serial: what has to run in order along an axis: scans, sorts, scatters with repeated indices.
int64_t serialTiles(ir::KernelOp kernel, const Target &target);
void emitSerial(KernelCode &code);

} // namespace gradus::compiler
