#include "compiler/memory/ArenaPlanner.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace gradus::compiler {

static int64_t aligned(int64_t bytes, int64_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

static bool aliveTogether(const Lifetime &a, const Lifetime &b) {
  return a.first <= b.last && b.first <= a.last;
}

// Places the buffers in the given order, each in the lowest gap that is free while it is alive.
static std::pair<std::vector<int64_t>, int64_t>
place(const std::vector<Lifetime> &buffers, const std::vector<size_t> &order, int64_t alignment) {
  std::vector<int64_t> offsets(buffers.size(), 0);
  std::vector<size_t> placed; // ascending by offset
  int64_t total = 0;
  for (size_t b : order) {
    int64_t at = 0, need = aligned(buffers[b].bytes, alignment);
    for (size_t other : placed) {
      if (!aliveTogether(buffers[b], buffers[other]))
        continue;
      if (offsets[other] >= at + need)
        break;
      at = std::max(at, offsets[other] + aligned(buffers[other].bytes, alignment));
    }
    offsets[b] = at;
    total = std::max(total, at + need);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), b,
                                   [&](size_t x, size_t y) { return offsets[x] < offsets[y]; }),
                  b);
  }
  return {offsets, total};
}

static int64_t lowerBoundOf(const std::vector<Lifetime> &buffers, int64_t alignment) {
  int64_t bound = 0;
  for (const Lifetime &at : buffers) { // the sum can only rise where a buffer begins
    int64_t sum = 0;
    for (const Lifetime &b : buffers)
      if (b.first <= at.first && at.first <= b.last)
        sum += aligned(b.bytes, alignment);
    bound = std::max(bound, sum);
  }
  return bound;
}

namespace {
// Tries orders and remembers the best plan.
struct Search {
  const std::vector<Lifetime> &buffers;
  int64_t alignment;
  ArenaPlan plan;
  std::vector<size_t> best; // the order that gave the plan

  bool done() const { return !best.empty() && plan.bytes == plan.lowerBound; }

  void attempt(const std::vector<size_t> &order) {
    auto [offsets, bytes] = place(buffers, order, alignment);
    if (best.empty() || bytes < plan.bytes) {
      plan.offsets = std::move(offsets);
      plan.bytes = bytes;
      best = order;
    }
  }

  // The buffer that reaches the top of the arena is placed first, and again with what then does.
  void improve(int rounds) {
    std::vector<size_t> order = best;
    for (int round = 0; round < rounds && !done(); ++round) {
      auto [offsets, bytes] = place(buffers, order, alignment);
      auto top =
          std::find_if(order.begin(), order.end(), [&, &at = offsets, end = bytes](size_t b) {
            return at[b] + aligned(buffers[b].bytes, alignment) == end;
          });
      std::rotate(order.begin(), top, top + 1);
      attempt(order);
    }
  }
};
} // namespace

ArenaPlan planArena(const std::vector<Lifetime> &buffers, int64_t alignment) {
  Search search{buffers, alignment, {}, {}};
  search.plan.lowerBound = lowerBoundOf(buffers, alignment);
  if (buffers.empty())
    return search.plan;
  auto length = [&](size_t b) { return buffers[b].last - buffers[b].first + 1; };
  const std::function<bool(size_t, size_t)> orders[] = {
      [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; },
      [&](size_t a, size_t b) {
        return buffers[a].bytes * length(a) > buffers[b].bytes * length(b);
      },
      [&](size_t a, size_t b) { return length(a) > length(b); },
      [&](size_t a, size_t b) { return buffers[a].first < buffers[b].first; },
      [&](size_t a, size_t b) { return buffers[a].last > buffers[b].last; },
  };
  for (const auto &before : orders) {
    std::vector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), before);
    search.attempt(order);
    if (search.done())
      return search.plan;
  }
  search.improve(64);
  return search.plan;
}

} // namespace gradus::compiler
