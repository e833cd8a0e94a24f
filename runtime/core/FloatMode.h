// What happens to subnormal numbers on the calling thread.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace gradus {

/// Whether subnormal operands and results become zero while a program runs.
enum class Subnormals { flush, keep };

/// Sets the mode of the calling thread for the life of the object, then restores what was before.
/// The control register is written only if its mode differs. No effect on processors without such a
/// mode.
class FloatMode {
public:
  explicit FloatMode(Subnormals wanted) : saved(read()) {
    const uint64_t set = wanted == Subnormals::flush ? saved | kFlush : saved & ~kFlush;
    changed = set != saved;
    if (changed)
      write(set);
  }
  ~FloatMode() {
    if (changed)
      write(saved);
  }
  FloatMode(const FloatMode &) = delete;
  FloatMode &operator=(const FloatMode &) = delete;

  /// The mode of the calling thread now.
  static Subnormals current() {
    return kFlush != 0 && (read() & kFlush) == kFlush ? Subnormals::flush : Subnormals::keep;
  }
  /// Sets the mode of the calling thread for good.
  static void set(Subnormals wanted) {
    const uint64_t was = read();
    const uint64_t now = wanted == Subnormals::flush ? was | kFlush : was & ~kFlush;
    if (now != was)
      write(now);
  }
  /// Whether this processor has such a mode.
  static constexpr bool supported() { return kFlush != 0; }

private:
#if defined(__x86_64__) || defined(_M_X64)
  static constexpr uint64_t kFlush =
      0x8040; // MXCSR: flush to zero (bit 15), denormals are zero (bit 6)
  static uint64_t read() { return _mm_getcsr(); }
  static void write(uint64_t value) { _mm_setcsr(static_cast<unsigned>(value)); }
#elif defined(__aarch64__)
  static constexpr uint64_t kFlush = 1u << 24; // FPCR.FZ: operands and results
  static uint64_t read() {
    uint64_t value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write(uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
  static constexpr uint64_t kFlush = 0;
  static uint64_t read() { return 0; }
  static void write(uint64_t) {}
#endif

  uint64_t saved;
  bool changed;
};

} // namespace gradus
