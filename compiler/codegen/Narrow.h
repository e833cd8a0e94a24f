// Private to compiler/codegen.
#ifndef GRADUS_COMPILER_CODEGEN_NARROW_H
#define GRADUS_COMPILER_CODEGEN_NARROW_H

#include <mlir/IR/BuiltinOps.h>

namespace gradus::compiler {

/// For 32-bit machines: integers of 64 bits whose values are known to fit into 32, such as indices and
/// the counters of loops, become integers of 32 bits. `module` is a whole program: how many tiles a
/// kernel has is read from the calls of it.
void narrowIndices(mlir::ModuleOp module);

} // namespace gradus::compiler

#endif
