// The functions of runtime/abi/gradus_library.h inside the objects of compiled models, as Halide
// does with its runtime. Private to compiler/codegen.
#ifndef GRADUS_COMPILER_CODEGEN_LIBRARY_H
#define GRADUS_COMPILER_CODEGEN_LIBRARY_H

#include <span>

namespace llvm {
class Module;
}

namespace gradus::compiler {

struct Target;

/// Whether the module calls functions of the library: declares gradus_*, that is.
bool usesLibrary(const llvm::Module &module);

/// Defines the functions of the library that the module declares, and what they use, as internal
/// functions for `target`. The variant is chosen by the size of a pointer in the module's data
/// layout. Throws CompileError if a declared function is not one of the library's.
void linkLibrary(llvm::Module &module, const Target &target);

/// The library as LLVM bitcode, with pointers of 64 and of 32 bits.
extern const std::span<const unsigned char> libraryBitcode64, libraryBitcode32;

} // namespace gradus::compiler

#endif
