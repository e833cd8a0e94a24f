// The loss of every step of a run of any length, in constant memory.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace gradus {

/// Means of the loss over equal numbers of steps: one each at first; when `capacity` means are
/// full, neighbours are joined. add() never allocates.
class LossCurve {
public:
  explicit LossCurve(size_t capacity = 1024) : most(capacity < 2 ? 2 : capacity & ~size_t{1}) {
    means.reserve(most);
  }

  void add(double loss) {
    sum += loss;
    if (++inSum < width)
      return;
    means.push_back(sum / static_cast<double>(width));
    sum = 0;
    inSum = 0;
    if (means.size() == most)
      joinNeighbours();
  }

  /// (steps up to the middle of the group, mean loss of the group).
  std::vector<std::pair<double, double>> points() const {
    std::vector<std::pair<double, double>> out;
    for (size_t i = 0; i < means.size(); ++i)
      out.emplace_back((static_cast<double>(i) + 0.5) * static_cast<double>(width), means[i]);
    return out;
  }
  int64_t stepsPerPoint() const { return width; }

private:
  void joinNeighbours() {
    for (size_t i = 0; i < most / 2; ++i)
      means[i] = (means[2 * i] + means[2 * i + 1]) / 2;
    means.resize(most / 2);
    width *= 2;
  }

  size_t most;
  std::vector<double> means;
  double sum = 0;
  int64_t inSum = 0, width = 1;
};

} // namespace gradus
