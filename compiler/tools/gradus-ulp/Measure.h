// Errors of generated code in units of the last place.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_ULP_MEASURE_H
#define GRADUS_COMPILER_TOOLS_GRADUS_ULP_MEASURE_H

#include "compiler/codegen/Target.h"
#include "compiler/jit/Jit.h"
#include "compiler/tools/gradus-ulp/Functions.h"

#include <cstdint>

namespace gradus::compiler::ulp {

/// The largest error found, and where. 1e30: a wrong NaN, infinity or sign of zero.
struct Worst {
  double ulp = -1;
  double x = 0, y = 0, got = 0, expected = 0;
  void take(const Worst &other) {
    if (other.ulp > ulp)
      *this = other;
  }
};

/// How much is measured. With stride 1, every f32 of a function of one argument.
struct Effort {
  uint64_t stride = 1;         ///< every n-th f32
  uint64_t libraryStride = 61; ///< of those, every n-th is held against the library; the others
                               ///< first against the formula of f64
  uint64_t samples = 20000000; ///< random arguments of f64 and of functions of two arguments
  int threads = 1;
  bool progress = false; ///< on stderr
};

class Compiled {
public:
  Compiled(const Function &function, const Target &target);

  Worst measureFloat(const Effort &effort) const;
  Worst measureDouble(const Effort &effort) const;
  /// Nanoseconds per element, from arrays in the first-level cache.
  double floatTime() const;
  double doubleTime() const;

private:
  const Function &function;
  LoadedObject code;
};

} // namespace gradus::compiler::ulp

#endif
