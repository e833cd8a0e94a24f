#include "compiler/graph/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

using namespace mlir;

namespace gradus::compiler {

std::string locationText(Location loc, StringRef otherwise) {
  std::string text = otherwise.str();
  loc->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    text = file.getFilename().str() + ":" + std::to_string(file.getLine()) + ":" +
           std::to_string(file.getColumn());
    return WalkResult::interrupt();
  });
  return text;
}

std::string diagnosticText(Diagnostic &diagnostic) {
  std::string text = locationText(diagnostic.getLocation()) + ": error: " + diagnostic.str();
  for (Diagnostic &note : diagnostic.getNotes())
    text.append("\n")
        .append(locationText(note.getLocation()))
        .append(": note: ")
        .append(note.str());
  return text;
}

CollectedErrors::CollectedErrors(MLIRContext *context)
    : handler(context, [this](Diagnostic &diagnostic) {
        if (text.empty() && diagnostic.getSeverity() == DiagnosticSeverity::Error)
          text = diagnosticText(diagnostic);
        return success();
      }) {}

void CollectedErrors::raise(const std::string &otherwise) const {
  throw GraphError(text.empty() ? otherwise : text);
}

} // namespace gradus::compiler
