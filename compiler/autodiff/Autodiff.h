// Phase autodiff: gradients become ops. Knows no op, only ir::GradientOpInterface.
#pragma once
#include "mlir/IR/BuiltinOps.h"

namespace gradus::compiler {

/// Requires the contract of phase shapes. Replaces every gradus.gradients, in program order, by the
/// ops that compute it: only those that are needed, and a tensor of zeros where the loss does not
/// depend on an operand. Emits an error and fails if an op on the way has no gradient.
mlir::LogicalResult differentiateIn(mlir::ModuleOp module);

/// The same. Throws GraphError.
void differentiate(mlir::ModuleOp module);

} // namespace gradus::compiler
