// Private to compiler/codegen.
#ifndef GRADUS_COMPILER_CODEGEN_EXPAND64_H
#define GRADUS_COMPILER_CODEGEN_EXPAND64_H

namespace llvm {
class Module;
}

namespace gradus::compiler {

/// Writes out what a 32-bit machine would call a library for: quotients and remainders of 64-bit
/// integers, and their conversions from and to floats. The results are the same, bit for bit.
void expandLongIntegers(llvm::Module &module);

} // namespace gradus::compiler

#endif
