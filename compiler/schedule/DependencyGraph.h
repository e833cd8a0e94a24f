//===- DependencyGraph.h - questions about the order of work, answered by Boost.Graph ---------===//
//
// A view: it is built from plain numbers, asked, and thrown away. No MLIR here.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gradus::compiler {

/// Nodes 0..n-1 and edges "from must come before to".
class DependencyGraph {
public:
  explicit DependencyGraph(size_t nodes);
  ~DependencyGraph();
  void addEdge(size_t from, size_t to);
  size_t size() const;

  /// Whether replacing the nodes of `group` by one node would close a cycle: a path leaves the
  /// group and comes back.
  bool wouldCloseCycle(const std::vector<size_t> &group) const;
  /// Whether `to` can be reached from `from`.
  bool hasPath(size_t from, size_t to) const;
  void forEachEdge(const std::function<void(size_t from, size_t to)> &visit) const;

  /// What a node does to memory when it runs: bytes of each value that it writes, and the values
  /// that it reads. Values are numbered by the caller.
  struct Traffic {
    std::vector<size_t> writes, reads;
  };
  /// A topological order with a low peak of bytes alive: of the nodes that are ready, the one that
  /// frees most and allocates least comes first; ties go to the smaller number. nullopt on a cycle.
  std::optional<std::vector<size_t>> order(const std::vector<Traffic> &traffic,
                                           const std::vector<int64_t> &valueBytes) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

/// The largest sum of bytes alive at one position of an order.
int64_t peakBytes(const std::vector<size_t> &order,
                  const std::vector<DependencyGraph::Traffic> &traffic,
                  const std::vector<int64_t> &valueBytes);

} // namespace gradus::compiler
