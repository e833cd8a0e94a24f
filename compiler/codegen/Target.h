// The machine that code is made for, as data. Templates derive their tiles from it; nothing else in
// the compiler asks what machine it runs on.
#ifndef GRADUS_COMPILER_CODEGEN_TARGET_H
#define GRADUS_COMPILER_CODEGEN_TARGET_H

#include <cstdint>
#include <string>
#include <vector>

namespace gradus {

/// native: the fastest code for the machine. portable: loops, lanes, sums and functions that give the
/// same bits on every machine (only the bits of a NaN may differ); no multiplication is fused with
/// an addition, and subnormal numbers are kept.
enum class Numerics { native, portable };

} // namespace gradus

namespace gradus::compiler {

struct Target {
  std::string triple;   ///< LLVM target triple, e.g. "x86_64-unknown-linux-gnu"
  std::string cpu;      ///< LLVM processor name, e.g. "znver4"; never "native"
  std::string features; ///< LLVM feature string on top of the processor, e.g. "+avx2,-avx512f"

  int64_t vectorBits = 128;     ///< widest vector register that kernels use
  int64_t vectorRegisters = 16; ///< how many of them a kernel may hold values in
  int64_t l1Bytes = 32 << 10;   ///< data cache of one core
  int64_t l2Bytes = 512 << 10;  ///< second-level cache of one core
  int fmaPorts = 1;             ///< full-width fused multiply-adds that start per cycle; 0: no FMA

  bool rounds = true; ///< floor, ceil, trunc and roundeven are instructions (x86: from SSE4.1 on)
  int pointerBits = 64;
  bool hasSingle = true; ///< f32 arithmetic is made of instructions, not of calls
  bool hasDouble = true; ///< the same for f64

  Numerics numerics = Numerics::native; ///< set by portable()

  /// Elements of `elementBytes` bytes (1, 2, 4, 8) in one vector register; at least one.
  int64_t lanes(int64_t elementBytes) const {
    return vectorBits < 8 * elementBytes ? 1 : vectorBits / (8 * elementBytes);
  }
  /// Whether a fused multiply-add is one instruction. Without it, code generation turns each
  /// math.fma into a product and a sum.
  bool hasFma() const { return fmaPorts > 0; }
  /// The same machine, described as every other: what is lowered for one portable target is the same
  /// text as for any other, and gives the same bits there.
  Target portable() const;
  /// What to call the machine in a message: its known name, else processor and triple.
  std::string title() const;
  /// Everything above in one line: equal keys, equal code.
  std::string key() const;

  /// The machine that this process runs on. Asked once, then remembered.
  static Target native();
  /// A target by one name: "native", a name of knownNames(), or a processor of LLVM's for this
  /// process's architecture. Throws CompileError that lists the known names.
  static Target named(const std::string &name);
  /// A target by LLVM's own terms. Throws CompileError for an unknown triple, processor or feature;
  /// the message lists the known ones.
  static Target named(const std::string &triple, const std::string &cpu,
                      const std::string &features = "");
  /// Names that named(name) knows by heart, in order: "x86-64-v3", "znver4", "aarch64", ...
  static std::vector<std::string> knownNames();
};

} // namespace gradus::compiler

#endif
