//===- Schedule.h - from primitives to kernels in their final order ---------------------------===//
#pragma once

#include "compiler/codegen/Target.h"
#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace gradus::compiler {

/// Brings every matmul into a form that has a fast template, without transposing a weight in a step:
/// narrow parameters (10 classes) are stored transposed, and a product with a transposed weight,
/// dx = dy * W^T, becomes dx^T = W * dy^T, which transposes the small activations instead.
void chooseProductForms(mlir::ModuleOp module, const Target &target);

/// Groups the primitives into kernels: chains of elementwise ops, reductions with what comes before
/// and after, products with their epilogues. No group closes a cycle.
void formKernels(mlir::ModuleOp module, const Target &target);

/// Decides which variables, with their optimizer states, are stored in panels.
void chooseLayouts(mlir::ModuleOp module, const Target &target);

/// Orders the kernels for a low peak of memory; a variable is overwritten only after every kernel that
/// reads its old value.
void orderKernels(mlir::ModuleOp module);

/// The kernels as a drawing in the language of Graphviz: one cluster per kernel.
std::string drawKernels(mlir::ModuleOp module);

/// The value in memory of which `v` is a view (another shape of the same elements).
mlir::Value rootOf(mlir::Value v);

/// Whether the kernel reads this operand only at the index at which it writes its results.
bool readsOnlyInPlace(mlir::Operation *kernel, unsigned operand);

} // namespace gradus::compiler
