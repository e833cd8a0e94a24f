// Private to compiler/codegen and compiler/jit.
#ifndef GRADUS_COMPILER_CODEGEN_LLVMTARGETS_H
#define GRADUS_COMPILER_CODEGEN_LLVMTARGETS_H

namespace gradus::compiler {

/// Registers LLVM's back ends, once per process.
void initializeLlvmTargets();

} // namespace gradus::compiler

#endif
