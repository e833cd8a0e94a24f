// Private to compiler/codegen.
#ifndef GRADUS_COMPILER_CODEGEN_FINALIZE_H
#define GRADUS_COMPILER_CODEGEN_FINALIZE_H

#include "compiler/codegen/Codegen.h"

namespace gradus::compiler {

/// Loads the dialects and registers the translations that finalize and translation need.
void prepareContext(mlir::MLIRContext &context);

/// Converts everything to the LLVM dialect, in one conversion. Throws CompileError.
void finalizeToLlvm(mlir::ModuleOp module, const Target &target);

/// Gives each function of the LLVM dialect a debug scope and each op the line of the user's file
/// that its location leads to. Prefixes as in CodegenOptions.
void attachLineTables(mlir::ModuleOp module,
                      const std::vector<std::pair<std::string, std::string>> &filePrefixes);

/// Collects what MLIR reports while it lives; text() is the errors and notes, one per line.
class DiagnosticText {
public:
  explicit DiagnosticText(mlir::MLIRContext &context);
  ~DiagnosticText();
  const std::string &text() const { return message; }

private:
  mlir::MLIRContext &context;
  uint64_t handler;
  std::string message;
};

} // namespace gradus::compiler

#endif
