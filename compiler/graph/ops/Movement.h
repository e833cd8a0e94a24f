// Ops that move elements.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// All axes in reverse order.
Tensor transpose(const Tensor &x, Location at = Location::current());
/// Axis i of the result is axis order[i] of x; negative ones count from the last.
Tensor transpose(const Tensor &x, const std::vector<int64_t> &order,
                 Location at = Location::current());
/// One size may be -1 (or kBatch): it follows from the others.
Tensor reshape(const Tensor &x, const Shape &shape, Location at = Location::current());
/// Repeats x along new leading axes and along axes of size 1. kBatch stands for the batch.
Tensor broadcastTo(const Tensor &x, const Shape &shape, Location at = Location::current());

} // namespace gradus
