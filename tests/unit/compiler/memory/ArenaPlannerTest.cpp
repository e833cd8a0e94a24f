#include "compiler/memory/ArenaPlanner.h"

#include <gtest/gtest.h>

#include <random>

using namespace gradus::compiler;

namespace {

int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

std::vector<Lifetime> randomLifetimes(uint64_t seed) {
  std::mt19937_64 rng(seed);
  std::vector<Lifetime> buffers(rng() % 60);
  for (Lifetime &b : buffers) {
    b.bytes = int64_t(rng() % (rng() % 4 ? 5000 : 200000));
    b.first = int64_t(rng() % 40);
    b.last = b.first + int64_t(rng() % (rng() % 3 ? 5 : 30));
  }
  return buffers;
}

int64_t mostAlive(const std::vector<Lifetime> &buffers) {
  int64_t most = 0;
  for (int64_t step = 0; step < 80; ++step) {
    int64_t sum = 0;
    for (const Lifetime &b : buffers)
      if (b.first <= step && step <= b.last)
        sum += aligned(b.bytes);
    most = std::max(most, sum);
  }
  return most;
}

// Forward, backward and update of an MLP as the compiler sees it: activations are kept for the
// backward pass.
std::vector<Lifetime> mlp(int64_t batch, const std::vector<int64_t> &sizes) {
  std::vector<Lifetime> buffers;
  int64_t layers = int64_t(sizes.size()) - 1, steps = 3 * layers;
  for (int64_t l = 0; l < layers; ++l) { // activation of layer l, read by its weight's gradient
    buffers.push_back({4 * batch * sizes[l + 1], l, steps - 2 * l - 1});
    // the gradient of the activation, read by the layer below
    buffers.push_back({4 * batch * sizes[l + 1], steps - 2 * l - 2, steps - 2 * l});
  }
  return buffers;
}

} // namespace

TEST(ArenaPlanner, BuffersAliveTogetherNeverOverlap) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    auto buffers = randomLifetimes(seed);
    ArenaPlan plan = planArena(buffers);
    ASSERT_EQ(plan.offsets.size(), buffers.size());
    for (size_t a = 0; a < buffers.size(); ++a)
      for (size_t b = 0; b < a; ++b) {
        bool together = buffers[a].first <= buffers[b].last && buffers[b].first <= buffers[a].last;
        bool apart = plan.offsets[a] + buffers[a].bytes <= plan.offsets[b] ||
                     plan.offsets[b] + buffers[b].bytes <= plan.offsets[a];
        ASSERT_TRUE(!together || apart) << "seed " << seed << ", buffers " << a << " and " << b;
      }
  }
}

TEST(ArenaPlanner, OffsetsAreAlignedAndInsideTheArena) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    auto buffers = randomLifetimes(seed);
    ArenaPlan plan = planArena(buffers);
    for (size_t b = 0; b < buffers.size(); ++b) {
      EXPECT_EQ(plan.offsets[b] % 64, 0);
      EXPECT_GE(plan.offsets[b], 0);
      EXPECT_LE(plan.offsets[b] + buffers[b].bytes, plan.bytes);
    }
  }
}

TEST(ArenaPlanner, TheLowerBoundIsTheLargestSumAliveAtOneStep) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    auto buffers = randomLifetimes(seed);
    ArenaPlan plan = planArena(buffers);
    EXPECT_EQ(plan.lowerBound, mostAlive(buffers)) << "seed " << seed;
    EXPECT_GE(plan.bytes, plan.lowerBound);
  }
}

TEST(ArenaPlanner, RandomLifetimesStayNearTheLowerBound) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    ArenaPlan plan = planArena(randomLifetimes(seed));
    EXPECT_LE(double(plan.bytes), 1.35 * double(plan.lowerBound)) << "seed " << seed;
  }
}

TEST(ArenaPlanner, MlpsStayWithinFivePercentOfTheLowerBound) {
  for (int64_t batch : {1, 32, 256, 1000})
    for (const auto &sizes : std::vector<std::vector<int64_t>>{{784, 10},
                                                               {784, 256, 10},
                                                               {784, 512, 512, 10},
                                                               {100, 90, 80, 70, 60, 50, 40},
                                                               {8, 3, 500, 3, 500, 1}}) {
      ArenaPlan plan = planArena(mlp(batch, sizes));
      EXPECT_LE(double(plan.bytes), 1.05 * double(plan.lowerBound))
          << "batch " << batch << ", layers " << sizes.size();
    }
}

TEST(ArenaPlanner, AnEmptyProgramNeedsNoArena) {
  ArenaPlan plan = planArena({});
  EXPECT_EQ(plan.bytes, 0);
  EXPECT_EQ(plan.lowerBound, 0);
  EXPECT_TRUE(plan.offsets.empty());
}

TEST(ArenaPlanner, BuffersOfNoBytesTakeNoPlace) {
  ArenaPlan plan = planArena({{0, 0, 3}, {100, 1, 2}, {0, 1, 1}});
  EXPECT_EQ(plan.bytes, 128);
}

TEST(ArenaPlanner, EqualInputsGiveEqualPlans) {
  auto buffers = randomLifetimes(42);
  EXPECT_EQ(planArena(buffers).offsets, planArena(buffers).offsets);
}
