//===- Memory.h - which bytes live where ------------------------------------------------------===//
#pragma once

#include "mlir/IR/BuiltinOps.h"

namespace gradus::compiler {

/// Where a value that crosses kernels lies.
struct Place {
  enum Space : int64_t { Arena = 0, Input = 1, State = 2, Output = 3, Constant = 4 };
  Space space = Arena;
  int64_t offset = 0; ///< bytes in the arena, else the number of the pointer
};

struct ArenaReport {
  int64_t bytes = 0, lowerBound = 0;
};

/// The attribute of the function that holds the size of its arena.
inline constexpr llvm::StringLiteral kArenaBytes = "arena_bytes";

/// Bytes of a tensor in memory (a bool takes one byte).
int64_t bytesOf(mlir::RankedTensorType type);

/// Gives every result of a kernel a place and writes it to the attribute `buffers`: variables and
/// results are written directly, a result takes the place of an operand that dies there and is read only
/// at the index that is written, the rest is planned into one arena.
ArenaReport assignBuffers(mlir::ModuleOp module);

/// The place of a value in an assigned module.
Place placeOf(mlir::Value value);

} // namespace gradus::compiler
