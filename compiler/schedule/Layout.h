//===- Layout.h - how values that cross kernels lie in memory ---------------------------------===//
#pragma once

#include "dialects/gradus/Kernel.h"

namespace gradus::compiler {

/// The panel width of a value that crosses kernels, 0 for row-major. It stands in the attribute
/// `panels` of the kernel that writes it (one number per result) or `panel` of its variable.
int64_t panelOf(mlir::Value value);
void setPanel(mlir::Value value, int64_t panel);

/// A kernel that copies `v`: into another layout, or where its writer cannot write itself.
ir::KernelOp copyKernel(mlir::OpBuilder &b, mlir::Value v);

} // namespace gradus::compiler
