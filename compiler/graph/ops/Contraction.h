// Products.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// Product of the last two axes. a: [..., m, k], b: [..., k, n] -> [..., m, n]; leading axes
/// broadcast; an operand of rank 1 is a row on the left, a column on the right. Throws GraphError
/// if the inner sizes differ.
Tensor matmul(const Tensor &a, const Tensor &b, Location at = Location::current());

} // namespace gradus
