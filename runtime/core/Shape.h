// Shapes: the sizes of the axes, outermost first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gradus {

using Shape = std::vector<int64_t>;

/// Number of elements; 1 for a scalar. Nothing if a size is negative or the product leaves int64_t.
std::optional<int64_t> checkedElementCount(const Shape &shape);

/// The same, for shapes of one's own. Throws std::invalid_argument where the above gives nothing.
int64_t elementCount(const Shape &shape);

/// "32x784", "scalar" for rank 0: how messages write a shape.
std::string toString(const Shape &shape);

} // namespace gradus
