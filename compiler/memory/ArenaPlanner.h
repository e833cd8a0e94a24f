//===- ArenaPlanner.h - offsets in one arena for buffers with known lifetimes -----------------===//
#pragma once

#include <cstdint>
#include <vector>

namespace gradus::compiler {

/// A buffer that is alive from step `first` to step `last`, both included.
struct Lifetime {
  int64_t bytes = 0;
  int64_t first = 0, last = 0;
};

struct ArenaPlan {
  std::vector<int64_t> offsets; ///< in bytes, each a multiple of the alignment
  int64_t bytes = 0;            ///< size of the arena
  int64_t lowerBound = 0;       ///< the largest sum of (aligned) bytes alive at one step
};

/// Buffers that are alive together never overlap. Several greedy orders (by size, by lifetime times size, by
/// time) place each buffer in the lowest gap; then, while the arena is above the lower bound, the buffer at its top
/// is placed earlier, a fixed number of times. The smallest arena wins.
ArenaPlan planArena(const std::vector<Lifetime> &buffers, int64_t alignment = 64);

} // namespace gradus::compiler
