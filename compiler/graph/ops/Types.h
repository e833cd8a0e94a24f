// Arguments that several ops take.
#pragma once
#include "compiler/graph/Graph.h"

#include <initializer_list>
#include <optional>

namespace gradus {

/// Axes of a reduction; negative ones count from the last. Without any: all.
class Axes {
public:
  Axes() = default;
  Axes(int64_t axis) : list{{axis}} {}
  Axes(std::initializer_list<int64_t> axes) : list(axes) {}
  Axes(std::vector<int64_t> axes) : list(std::move(axes)) {}
  std::optional<std::vector<int64_t>> list;
};

} // namespace gradus
