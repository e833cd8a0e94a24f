// Counter-based random numbers: every value is a function of (key, counter) alone.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace gradus {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, 2011).
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// FNV-1a of the bytes, then mixed; stable on every machine. Names a random stream.
uint64_t hashName(std::string_view name);

/// Random numbers keyed by (seed, stream). `at`, `uniform`, `normal` are functions of their index
/// and so independent of the order of calls; next* walk along a counter of their own.
class Philox {
public:
  explicit Philox(uint64_t seed, uint64_t stream = 0);

  /// Block `index`: four independent 32-bit words.
  std::array<uint32_t, 4> block(uint64_t index) const;
  /// Word `index` (word i is word i % 4 of block i / 4).
  uint32_t at(uint64_t index) const { return block(index / 4)[index % 4]; }

  uint32_t next();
  uint64_t next64();
  /// In [0, 1), a multiple of 2^-24.
  float nextUniform();
  /// In [low, high).
  float nextUniform(float low, float high);
  /// In [0, bound), without bias. bound > 0.
  uint64_t nextBelow(uint64_t bound);
  /// Standard normal.
  double nextNormal();

private:
  std::array<uint32_t, 2> key;
  uint64_t stream;
  uint64_t counter = 0;
  std::array<uint32_t, 4> buffer{};
  int left = 0;
};

/// Uniform in [0, 1), a multiple of 2^-24 (exact in float).
constexpr float unitUniform(uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }

/// Uniform in (0, 1), never 0 or 1: (bits + 1/2) 2^-32.
constexpr double openUniform(uint32_t bits) { return (static_cast<double>(bits) + 0.5) * 0x1p-32; }

/// Quantile of the standard normal distribution for 0 < p < 1 (Wichura, algorithm AS 241, relative
/// error 1e-15). The same bits on every machine.
double normalQuantile(double p);

} // namespace gradus
