// What the compiler throws when it cannot finish: the text says what failed and where.
#ifndef GRADUS_COMPILER_CODEGEN_COMPILEERROR_H
#define GRADUS_COMPILER_CODEGEN_COMPILEERROR_H

#include <stdexcept>
#include <string>

namespace gradus::compiler {

/// A failure of code generation or loading. what() holds one message, followed by the diagnostics
/// of MLIR (one per line) where there are any.
class CompileError : public std::runtime_error {
public:
  explicit CompileError(const std::string &message) : std::runtime_error(message) {}
};

} // namespace gradus::compiler

#endif
