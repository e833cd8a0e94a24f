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
    std::string name = file.getFilename().str();
    std::replace_if(name.begin(), name.end(), [](unsigned char c) { return c < 0x20; }, '?');
    // Line 0 is MLIR's place of a whole text.
    text = name + ":" + std::to_string(std::max(1u, file.getLine())) + ":" +
           std::to_string(std::max(1u, file.getColumn()));
    return WalkResult::interrupt();
  });
  return text;
}

std::string diagnosticText(Diagnostic &diagnostic, StringRef otherwise) {
  std::string text =
      locationText(diagnostic.getLocation(), otherwise) + ": error: " + diagnostic.str();
  for (Diagnostic &note : diagnostic.getNotes())
    text.append("\n")
        .append(locationText(note.getLocation(), otherwise))
        .append(": note: ")
        .append(note.str());
  return text;
}

CollectedErrors::CollectedErrors(MLIRContext *context, StringRef file)
    : handler(context, [this, otherwise = file.empty() ? "unknown" : file.str() + ":1:1"](
                           Diagnostic &diagnostic) {
        if (text.empty() && diagnostic.getSeverity() == DiagnosticSeverity::Error)
          text = diagnosticText(diagnostic, otherwise);
        return success();
      }) {}

void CollectedErrors::raise(const std::string &otherwise) const {
  throw GraphError(text.empty() ? otherwise : text);
}

} // namespace gradus::compiler
