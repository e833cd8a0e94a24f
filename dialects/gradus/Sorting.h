// Sorting ops, as C++ classes.
#pragma once
#include "dialects/gradus/Dialect.h"

#define GET_OP_CLASSES
#include "dialects/gradus/Sorting.h.inc"

namespace gradus::ir {

/// x < y, where a NaN is larger than any number.
mlir::Value emitLess(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x, mlir::Value y);

} // namespace gradus::ir
