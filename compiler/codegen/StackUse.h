// How much stack a function needs: its frame, and the deepest of those that it calls.
#ifndef GRADUS_COMPILER_CODEGEN_STACKUSE_H
#define GRADUS_COMPILER_CODEGEN_STACKUSE_H

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace llvm {
class Module;
}

namespace gradus::compiler {

/// Of all functions that an object defines, by symbol.
struct StackUse {
  std::map<std::string, int64_t> frames; ///< bytes, the return address included; -1: not fixed
  /// What it calls, or takes the address of: who is given that calls it, at that depth or deeper.
  std::map<std::string, std::set<std::string>> calls;

  /// The most bytes of stack that a call of `function` takes; -1 if that is not fixed (recursion,
  /// frames of a size that is not known). What is defined elsewhere counts nothing.
  int64_t of(const std::string &function) const;
  /// The largest of() over all functions.
  int64_t most() const;
  void add(const StackUse &other);
};

/// The calls of a module, as it goes to code generation.
std::map<std::string, std::set<std::string>> callsOf(const llvm::Module &module);

/// Frames as LLVM writes them (one "file:line:function<tab>bytes<tab>static" per line), with
/// `overhead` bytes more each.
std::map<std::string, int64_t> parseFrames(const std::string &text, int64_t overhead);

} // namespace gradus::compiler

#endif
