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

/// What the functions around the kernels can do. The kernels themselves are the same for all.
struct LowerOptions {
  bool threads = true; ///< large kernels go through the caller's parallel_for, if there is one
  bool loop = true;    ///< NAME_loop, too
  /// Names of functions () -> i64 and (i64) -> () to be called before and after work on a thread of
  /// the caller's: they set and restore its float mode. Empty: the caller does.
  std::string enter, leave;
};

/// A module with one function per distinct kernel, and the public entries NAME_step and NAME_loop of
/// runtime/abi/gradus_abi.h. Numbers do not depend on `threads` at run time: tiles are the same.
mlir::OwningOpRef<mlir::ModuleOp> lowerKernels(mlir::ModuleOp module, const Target &target,
                                               const std::string &name,
                                               const std::string &descriptor,
                                               const LowerOptions &options = {});

} // namespace gradus::compiler
