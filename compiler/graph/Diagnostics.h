// MLIR's diagnostics as the text of a GraphError.
#pragma once
#include "compiler/graph/GraphError.h"
#include "mlir/IR/Diagnostics.h"

namespace gradus::compiler {

/// "file:line:col" of the first file location in `loc`, `otherwise` if there is none. On one line,
/// whatever the name of the file.
std::string locationText(mlir::Location loc, llvm::StringRef otherwise = "unknown");
/// "file:line:col: error: message", then one line per note.
std::string diagnosticText(mlir::Diagnostic &diagnostic, llvm::StringRef otherwise = "unknown");

/// While it lives, the errors of this thread in this context are collected.
class CollectedErrors {
public:
  /// `file` stands in for unknown locations.
  explicit CollectedErrors(mlir::MLIRContext *context, llvm::StringRef file = "");
  /// Throws GraphError with the first error.
  [[noreturn]] void raise(const std::string &otherwise = "error") const;
  bool any() const { return !text.empty(); }

private:
  std::string text;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace gradus::compiler
