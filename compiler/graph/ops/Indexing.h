// Ops that select elements by indices.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// indices [i...] -> [i..., classes]; an index out of range gives zeros.
Tensor oneHot(const Tensor &indices, int64_t classes, DType type = DType::f32,
              Location at = Location::current());
/// Rows of a table: table [v, ...], indices [i...] -> [i..., ...]. An index out of range takes the
/// nearest row.
Tensor gather(const Tensor &table, const Tensor &indices, Location at = Location::current());

} // namespace gradus
