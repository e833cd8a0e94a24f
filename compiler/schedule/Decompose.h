// Composites to primitives, and tidying up.
#pragma once
#include "mlir/IR/BuiltinOps.h"

namespace gradus::compiler {

/// Requires the contract of phase autodiff. Rewrites composites until only primitives are left.
void decompose(mlir::ModuleOp module);

/// Folds constants and neutral elements, merges equal ops, drops what nothing needs. Inputs and
/// variables stay.
void simplify(mlir::ModuleOp module);

/// Computes what is elementwise on values that a reshape has given axes of size 1 in the shape without
/// them, and reshapes after.
void sinkReshapes(mlir::ModuleOp module);

/// Cuts large reductions to few results into parts that can be computed at once. The parts depend on the
/// shape alone, and so does the order in which numbers are added.
void splitReductions(mlir::ModuleOp module);

} // namespace gradus::compiler
