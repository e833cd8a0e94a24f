// Private to compiler/codegen.
#ifndef GRADUS_COMPILER_CODEGEN_SPLIT_H
#define GRADUS_COMPILER_CODEGEN_SPLIT_H

#include <llvm/ADT/StringSet.h>
#include <mlir/IR/BuiltinOps.h>
#include <mlir/IR/OwningOpRef.h>

#include <vector>

namespace gradus::compiler {

/// A part of a program that becomes one LLVM module.
struct Part {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  llvm::StringSet<> local;  ///< defined here, used nowhere else: internal linkage
  llvm::StringSet<> hidden; ///< shared by the parts of the program, not seen outside
};

/// Splits the functions of `module` into at most `parts` modules of about equal size and moves them
/// there; what one part uses of another is declared. The split depends on the module and the number
/// alone. With one part, the functions move into one module.
std::vector<Part> splitModule(mlir::ModuleOp module, int parts);

} // namespace gradus::compiler

#endif
