// Ops that select or change elements by indices. Indices are i32 or i64; one outside the axis means the
// nearest element, so nothing is ever read or written out of bounds.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// indices [i...] -> [i..., classes]; an index out of range gives zeros.
Tensor oneHot(const Tensor &indices, int64_t classes, DType type = DType::f32,
              Location at = Location::current());
/// x [a..., v, b...], indices [i...] -> [a..., i..., b...]. Errors: GraphError if the axis is outside or
/// empty, or the indices are no integers.
Tensor take(const Tensor &x, const Tensor &indices, int64_t axis, Location at = Location::current());
/// From x in row-major order, in the shape of the indices.
Tensor take(const Tensor &x, const Tensor &indices, Location at = Location::current());
/// Rows of a table: take along axis 0.
Tensor gather(const Tensor &table, const Tensor &indices, Location at = Location::current());
/// Element [.., k, ..] is x[.., indices[.., k, ..], ..]; beside the axis the indices have the sizes of x,
/// or 1: then one index serves them all.
Tensor takeAlongAxis(const Tensor &x, const Tensor &indices, int64_t axis,
                     Location at = Location::current());
/// Rows of a table; row `padding`, if not negative, is not trained.
Tensor embedding(const Tensor &indices, const Tensor &table, int64_t padding = -1,
                 Location at = Location::current());

/// What an update does to the element at its index.
enum class ScatterMode { set, add, mul, max, min };

/// x, with the element at [.., indices[.., k, ..], ..] changed by each update, in row-major order. Of
/// several updates of one element, `set` keeps the last. Beside the axis the updates may be shorter than
/// x, and the indices have the sizes of the updates, or 1.
Tensor scatter(const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
               ScatterMode mode = ScatterMode::set, Location at = Location::current());
/// Adds slices: x[.., indices[k], ..] += updates[.., k, ..]. The indices have one axis.
Tensor indexAdd(const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
                Location at = Location::current());
/// Replaces slices: x[.., indices[k], ..] = updates[.., k, ..]; the last of equal indices wins.
Tensor indexCopy(const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
                 Location at = Location::current());
/// x[indices[0], indices[1], ..] = values, or += with `accumulate`. All indices have one shape [i...];
/// values: [i..., the axes of x that have no index...].
Tensor indexPut(const Tensor &x, const std::vector<Tensor> &indices, const Tensor &values,
                bool accumulate = false, Location at = Location::current());

/// A selection whose size only values know: the first `count` of its rows count, the others are filled.
struct Selection {
  Tensor values; ///< [size] or [size, rank]
  Tensor count;  ///< i32; at most `size`
};

/// The elements of x where the mask holds, in row-major order, padded with `fill` or cut to `size`. x and
/// mask are of one shape.
Selection maskedSelect(const Tensor &x, const Tensor &mask, int64_t size, double fill = 0,
                       Location at = Location::current());
/// The coordinates [size, rank] (i32) of the elements that are not zero, in row-major order; rows beyond the
/// count are `fill`.
Selection nonzero(const Tensor &x, int64_t size, double fill = 0, Location at = Location::current());

} // namespace gradus
