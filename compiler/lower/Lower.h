//===- Lower.h - from kernels to loops and vectors over memory --------------------------------===//
#pragma once

#include "compiler/codegen/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace gradus::compiler {

/// What a kernel costs, reckoned from its shapes.
struct KernelCost {
  std::string name, kind, location;
  int64_t flops = 0;       ///< multiplications, additions and the like; a function counts as one
  int64_t bytes = 0;       ///< read and written once
  int64_t tiles = 1;       ///< units of parallel work
  double microseconds = 0; ///< at the rates of the target, one thread
  bool boundByBytes = false;
};

/// The kernels in their order.
std::vector<KernelCost> kernelCosts(mlir::ModuleOp module, const Target &target);

/// A module with one function per distinct kernel, and the public entries NAME_step and NAME_loop of
/// runtime/abi/gradus_abi.h. Numbers do not depend on `threads` at run time: tiles are the same.
mlir::OwningOpRef<mlir::ModuleOp> lowerKernels(mlir::ModuleOp module, const Target &target,
                                               const std::string &name,
                                               const std::string &descriptor);

} // namespace gradus::compiler
