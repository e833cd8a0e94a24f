// Phase shapes: every type static, every broadcast explicit.
#pragma once
#include "mlir/IR/BuiltinOps.h"

namespace gradus::compiler {

/// Requires a graph. Replaces the unknown size by `batch`, infers every shape again, and makes each
/// broadcast a gradus.broadcast. `batch` is ignored when nothing is unknown. Emits an error at the
/// op's location and fails if the sizes contradict a rule.
mlir::LogicalResult inferShapesIn(mlir::ModuleOp module, int64_t batch);

/// The same. Throws GraphError.
void inferShapes(mlir::ModuleOp module, int64_t batch);

} // namespace gradus::compiler
