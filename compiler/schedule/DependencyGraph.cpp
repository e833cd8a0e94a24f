#include "compiler/schedule/DependencyGraph.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/topological_sort.hpp>

#include <algorithm>
#include <numeric>

namespace gradus::compiler {

using BoostGraph = boost::adjacency_list<boost::setS, boost::vecS, boost::bidirectionalS>;

struct DependencyGraph::Impl {
  BoostGraph graph;
  explicit Impl(size_t nodes) : graph(nodes) {}
};

DependencyGraph::DependencyGraph(size_t nodes) : impl(std::make_unique<Impl>(nodes)) {}
DependencyGraph::~DependencyGraph() = default;
void DependencyGraph::addEdge(size_t from, size_t to) {
  if (from != to)
    boost::add_edge(from, to, impl->graph);
}
size_t DependencyGraph::size() const { return boost::num_vertices(impl->graph); }

bool DependencyGraph::wouldCloseCycle(const std::vector<size_t> &group) const {
  const BoostGraph &g = impl->graph;
  std::vector<char> inside(size(), 0), seen(size(), 0);
  for (size_t v : group)
    inside[v] = 1;
  // What the group reaches by leaving it; a way back in is a cycle.
  std::vector<size_t> stack;
  auto leave = [&](size_t v) {
    for (auto [e, end] = boost::out_edges(v, g); e != end; ++e)
      if (size_t to = boost::target(*e, g); !inside[to] && !seen[to]) {
        seen[to] = 1;
        stack.push_back(to);
      }
  };
  for (size_t v : group)
    leave(v);
  while (!stack.empty()) {
    size_t v = stack.back();
    stack.pop_back();
    for (auto [e, end] = boost::out_edges(v, g); e != end; ++e)
      if (inside[boost::target(*e, g)])
        return true;
    leave(v);
  }
  return false;
}

bool DependencyGraph::hasPath(size_t from, size_t to) const {
  struct Found {};
  struct Visitor : boost::default_bfs_visitor {
    size_t to;
    explicit Visitor(size_t to) : to(to) {}
    void discover_vertex(size_t v, const BoostGraph &) const {
      if (v == to)
        throw Found{};
    }
  };
  try {
    boost::breadth_first_search(impl->graph, from, boost::visitor(Visitor(to)));
  } catch (Found) {
    return true;
  }
  return false;
}

void DependencyGraph::forEachEdge(const std::function<void(size_t, size_t)> &visit) const {
  for (auto [e, end] = boost::edges(impl->graph); e != end; ++e)
    visit(boost::source(*e, impl->graph), boost::target(*e, impl->graph));
}

namespace {
// Bytes alive while nodes are run one after the other.
class Live {
public:
  Live(const std::vector<DependencyGraph::Traffic> &traffic, const std::vector<int64_t> &bytes)
      : traffic(traffic), bytes(bytes), readers(bytes.size(), 0) {
    for (const auto &t : traffic)
      for (size_t v : t.reads)
        ++readers[v];
  }
  // What running a node adds to the bytes alive afterwards.
  int64_t growth(size_t node) const {
    int64_t sum = 0;
    for (size_t v : traffic[node].writes)
      sum += readers[v] ? bytes[v] : 0;
    for (size_t v : traffic[node].reads)
      sum -= readers[v] == 1 ? bytes[v] : 0;
    return sum;
  }
  void run(size_t node) {
    for (size_t v : traffic[node].writes)
      alive += bytes[v];
    peak = std::max(peak, alive);
    for (size_t v : traffic[node].reads)
      if (--readers[v] == 0)
        alive -= bytes[v];
    for (size_t v : traffic[node].writes)
      if (readers[v] == 0)
        alive -= bytes[v];
  }
  int64_t peak = 0;

private:
  const std::vector<DependencyGraph::Traffic> &traffic;
  const std::vector<int64_t> &bytes;
  std::vector<int64_t> readers;
  int64_t alive = 0;
};
} // namespace

std::optional<std::vector<size_t>>
DependencyGraph::order(const std::vector<Traffic> &traffic,
                       const std::vector<int64_t> &valueBytes) const {
  const BoostGraph &g = impl->graph;
  std::vector<size_t> waiting(size()), ready, greedy;
  for (size_t v = 0; v < size(); ++v)
    if ((waiting[v] = boost::in_degree(v, g)) == 0)
      ready.push_back(v);
  Live live(traffic, valueBytes);
  while (!ready.empty()) {
    auto best = std::min_element(ready.begin(), ready.end(), [&](size_t a, size_t b) {
      return std::pair(live.growth(a), a) < std::pair(live.growth(b), b);
    });
    size_t node = *best;
    ready.erase(best);
    greedy.push_back(node);
    live.run(node);
    for (auto [e, end] = boost::out_edges(node, g); e != end; ++e)
      if (--waiting[boost::target(*e, g)] == 0)
        ready.push_back(boost::target(*e, g));
  }
  if (greedy.size() != size())
    return std::nullopt;
  // The order of the numbers, in which the program was written, is often good already: the better of the two.
  std::vector<size_t> written(size());
  std::iota(written.begin(), written.end(), 0);
  bool isOrder = true;
  forEachEdge([&](size_t from, size_t to) { isOrder &= from < to; });
  if (!isOrder) {
    written.clear();
    boost::topological_sort(g, std::back_inserter(written));
    std::reverse(written.begin(), written.end());
  }
  if (peakBytes(written, traffic, valueBytes) < live.peak)
    return written;
  return greedy;
}

int64_t peakBytes(const std::vector<size_t> &order,
                  const std::vector<DependencyGraph::Traffic> &traffic,
                  const std::vector<int64_t> &valueBytes) {
  Live live(traffic, valueBytes);
  for (size_t node : order)
    live.run(node);
  return live.peak;
}

} // namespace gradus::compiler
