#include "compiler/schedule/DependencyGraph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

using namespace gradus::compiler;
using Traffic = DependencyGraph::Traffic;

namespace {

// Edges only from smaller to larger numbers: no cycle.
std::vector<std::pair<size_t, size_t>> randomEdges(size_t nodes, uint64_t seed) {
  std::mt19937_64 rng(seed);
  std::vector<std::pair<size_t, size_t>> edges;
  for (size_t to = 1; to < nodes; ++to)
    for (size_t k = rng() % 3; k > 0; --k)
      edges.push_back({rng() % to, to});
  return edges;
}

// The group as one node: is there a way from it back to it? By repeated squaring of reachability.
bool closesCycle(size_t nodes, const std::vector<std::pair<size_t, size_t>> &edges,
                 const std::vector<size_t> &group) {
  auto leader = [&](size_t v) {
    return std::count(group.begin(), group.end(), v) ? group.front() : v;
  };
  std::vector<std::vector<char>> reach(nodes, std::vector<char>(nodes, 0));
  for (auto [from, to] : edges)
    if (leader(from) != leader(to))
      reach[leader(from)][leader(to)] = 1;
  for (size_t k = 0; k < nodes; ++k)
    for (size_t i = 0; i < nodes; ++i)
      for (size_t j = 0; j < nodes; ++j)
        reach[i][j] |= reach[i][k] && reach[k][j];
  return reach[group.front()][group.front()];
}

bool respects(const std::vector<size_t> &order,
              const std::vector<std::pair<size_t, size_t>> &edges) {
  std::vector<size_t> at(order.size());
  for (size_t i = 0; i < order.size(); ++i)
    at[order[i]] = i;
  return std::all_of(edges.begin(), edges.end(),
                     [&](auto e) { return at[e.first] < at[e.second]; });
}

} // namespace

TEST(DependencyGraph, AGroupThatAPathLeavesAndEntersClosesACycle) {
  DependencyGraph graph(4); // 0 -> 1 -> 2, 0 -> 2, 3 apart
  graph.addEdge(0, 1);
  graph.addEdge(1, 2);
  graph.addEdge(0, 2);
  EXPECT_TRUE(graph.wouldCloseCycle({0, 2}));
  EXPECT_FALSE(graph.wouldCloseCycle({0, 1}));
  EXPECT_FALSE(graph.wouldCloseCycle({0, 1, 2}));
  EXPECT_FALSE(graph.wouldCloseCycle({1, 3}));
}

TEST(DependencyGraph, CyclesAreFoundAsByBruteForce) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 rng(seed + 1000);
    size_t nodes = 2 + rng() % 12;
    auto edges = randomEdges(nodes, seed);
    DependencyGraph graph(nodes);
    for (auto [from, to] : edges)
      graph.addEdge(from, to);
    std::vector<size_t> group;
    for (size_t v = 0; v < nodes; ++v)
      if (rng() % 3 == 0)
        group.push_back(v);
    if (!group.empty()) {
      EXPECT_EQ(graph.wouldCloseCycle(group), closesCycle(nodes, edges, group)) << "seed " << seed;
    }
  }
}

TEST(DependencyGraph, PathsFollowEdgesForward) {
  DependencyGraph graph(4);
  graph.addEdge(0, 1);
  graph.addEdge(1, 2);
  EXPECT_TRUE(graph.hasPath(0, 2));
  EXPECT_FALSE(graph.hasPath(2, 0));
  EXPECT_FALSE(graph.hasPath(0, 3));
}

TEST(DependencyGraph, AnOrderRespectsEveryEdge) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    auto edges = randomEdges(20, seed);
    DependencyGraph graph(20);
    for (auto [from, to] : edges)
      graph.addEdge(from, to);
    auto order = graph.order(std::vector<Traffic>(20), {});
    ASSERT_TRUE(order);
    std::vector<size_t> sorted = *order;
    std::sort(sorted.begin(), sorted.end());
    std::vector<size_t> all(20);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(sorted, all);
    EXPECT_TRUE(respects(*order, edges)) << "seed " << seed;
  }
}

TEST(DependencyGraph, ACycleHasNoOrder) {
  DependencyGraph graph(3);
  graph.addEdge(0, 1);
  graph.addEdge(1, 2);
  graph.addEdge(2, 0);
  EXPECT_FALSE(graph.order(std::vector<Traffic>(3), {}));
}

TEST(DependencyGraph, AnEdgeFromANodeToItselfDoesNotCount) {
  DependencyGraph graph(1);
  graph.addEdge(0, 0);
  EXPECT_TRUE(graph.order(std::vector<Traffic>(1), {}));
}

TEST(DependencyGraph, TheOrderFreesMemoryBeforeItTakesMore) {
  // Two chains of a large and a small value: 0 -> 1, 2 -> 3. One after the other needs one large
  // value at a time.
  DependencyGraph graph(4);
  graph.addEdge(0, 1);
  graph.addEdge(2, 3);
  std::vector<Traffic> traffic = {{{0}, {}}, {{1}, {0}}, {{2}, {}}, {{3}, {2}}};
  std::vector<int64_t> bytes = {1000, 0, 1000, 0};
  auto order = graph.order(traffic, bytes);
  ASSERT_TRUE(order);
  EXPECT_EQ(peakBytes(*order, traffic, bytes), 1000);
}

TEST(DependencyGraph, ThePeakCountsWhatIsAliveTogether) {
  std::vector<Traffic> traffic = {{{0}, {}}, {{1}, {}}, {{2}, {0, 1}}};
  EXPECT_EQ(peakBytes({0, 1, 2}, traffic, {10, 20, 5}), 35);
}

TEST(DependencyGraph, TheOrderIsNeverWorseThanTheWrittenOne) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    auto edges = randomEdges(15, seed);
    std::mt19937_64 rng(seed);
    DependencyGraph graph(15);
    std::vector<Traffic> traffic(15);
    std::vector<int64_t> bytes(15);
    for (size_t v = 0; v < 15; ++v) {
      traffic[v].writes = {v};
      bytes[v] = int64_t(rng() % 100);
    }
    for (auto [from, to] : edges) {
      graph.addEdge(from, to);
      auto &reads = traffic[to].reads;
      if (std::find(reads.begin(), reads.end(), from) == reads.end())
        reads.push_back(from);
    }
    std::vector<size_t> written(15);
    std::iota(written.begin(), written.end(), 0);
    auto order = graph.order(traffic, bytes);
    ASSERT_TRUE(order);
    EXPECT_LE(peakBytes(*order, traffic, bytes), peakBytes(written, traffic, bytes))
        << "seed " << seed;
  }
}
