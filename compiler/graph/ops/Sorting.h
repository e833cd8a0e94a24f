// Ops that order elements.
#pragma once
#include "compiler/graph/ops/Reduction.h"
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// The elements along an axis in order, and where they were (i32). Stable; a NaN counts as larger than
/// any number. Errors: GraphError if the axis is outside or the elements are no numbers.
ValuesAndIndices sort(const Tensor &x, int64_t axis = -1, bool descending = false,
                      Location at = Location::current());
/// The indices alone.
Tensor argsort(const Tensor &x, int64_t axis = -1, bool descending = false,
               Location at = Location::current());
/// The k largest (or smallest) elements along an axis, in order. GraphError unless 0 <= k <= size.
ValuesAndIndices topK(const Tensor &x, int64_t k, int64_t axis = -1, bool largest = true,
                      Location at = Location::current());
/// The k-th smallest element (k from 1) along an axis, and where it is. GraphError unless 1 <= k <= size.
ValuesAndIndices kthValue(const Tensor &x, int64_t k, int64_t axis = -1, bool keepDims = false,
                          Location at = Location::current());
/// The lower of the middle elements along an axis, as in PyTorch, and where it is; NaN if an element is
/// NaN. GraphError if the axis is empty.
ValuesAndIndices median(const Tensor &x, int64_t axis = -1, bool keepDims = false,
                        Location at = Location::current());
/// How many elements of the ascending sequence [n] (or sequences [..., n]) are less than each value, with
/// `right` also those equal to it; i32.
Tensor searchSorted(const Tensor &sorted, const Tensor &values, bool right = false,
                    Location at = Location::current());

} // namespace gradus
