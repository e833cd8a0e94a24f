// Phase jit: object bytes of this machine, linked and callable.
#ifndef GRADUS_COMPILER_JIT_JIT_H
#define GRADUS_COMPILER_JIT_JIT_H

#include <memory>
#include <string>
#include <vector>

namespace gradus::compiler {

/// Code that has been linked into this process. A handle: copies share the code, which stays until
/// the last of them (and of keepAlive()) is gone.
class LoadedObject {
public:
  /// Address of a public symbol. Throws CompileError if no object defines it.
  void *lookup(const std::string &symbol) const;
  template <class Function> Function *function(const std::string &symbol) const {
    return reinterpret_cast<Function *>(lookup(symbol));
  }
  /// Holds the code in memory, for owners that know nothing of the JIT.
  std::shared_ptr<void> keepAlive() const { return code; }

private:
  friend LoadedObject load(const std::vector<std::vector<char>> &, const std::string &);
  struct Code;
  std::shared_ptr<Code> code;
};

/// Links relocatable objects (they may refer to each other, and to symbols of the process such as
/// memcpy) and makes them executable. `name` is what errors and debuggers call them. Debuggers
/// learn of the code by themselves; with GRADUS_PERF set in the environment, `perf report` gets
/// /tmp/perf-<pid>.map and `perf inject --jit` a jitdump with lines.
/// Throws CompileError: damaged bytes, another architecture, an unresolved symbol.
LoadedObject load(const std::vector<std::vector<char>> &objects, const std::string &name);
LoadedObject load(const std::vector<char> &object, const std::string &name);

} // namespace gradus::compiler

#endif
