//===- Arithmetic.h - what a target cannot compute --------------------------------------------===//
#pragma once

#include "compiler/codegen/Target.h"
#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <string>

namespace gradus::compiler {

/// The first op of each line of the user's, by "file:line:column": for messages about code that has only
/// its line left.
std::map<std::string, std::string> opsByLine(mlir::ModuleOp module);

/// Throws GraphError, "LINE: error: OP: cortex-m4 has no f64 arithmetic", for lowered code that computes in
/// a type for which `target` has no instructions. Such numbers may still be moved.
void checkArithmetic(mlir::ModuleOp lowered, const Target &target,
                     const std::map<std::string, std::string> &ops);

} // namespace gradus::compiler
