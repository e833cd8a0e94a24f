// What is looked at before and after MLIR's parser, which trusts its texts: it recurses as deep as
// they nest, and an alias can stand for a tree of any size.
#pragma once
#include "mlir/IR/BuiltinOps.h"

#include <string_view>

namespace gradus::compiler {

/// Throws GraphError for a text that no Graph::toText writes and that could take the parser's stack
/// or hours: nesting of more than kMostNesting brackets, affine maps, aliases of types and
/// attributes, resources, bytecode, words of more than kMostLetters.
void checkText(std::string_view text, std::string_view file);

/// Throws GraphError for a location that is no file and line and too large to be walked.
void checkLocations(mlir::ModuleOp module, std::string_view file);

inline constexpr int kMostNesting = 64;
inline constexpr size_t kMostLetters = 1000;

} // namespace gradus::compiler
