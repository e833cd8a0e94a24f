// Reductions.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// Elements, and where they are along an axis (i32).
struct ValuesAndIndices {
  Tensor values, indices;
};

/// Reductions drop the axes, or keep them with size 1. Errors: GraphError if an axis is outside, or given
/// twice, or the element type does not fit.
Tensor sum(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor mean(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
            Location at = Location::current());
/// The product of no elements is 1.
Tensor prod(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
            Location at = Location::current());
/// Equal elements share the gradient evenly. GraphError if a reduced axis is empty.
Tensor max(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor min(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor logSumExp(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
                 Location at = Location::current());
/// Σ (x - mean)² / (n - correction). NumPy's default correction is 0, PyTorch's 1.
Tensor var(const Tensor &x, const Axes &axes = {}, bool keepDims = false, int64_t correction = 0,
           Location at = Location::current());
/// The square root of var.
Tensor stdDev(const Tensor &x, const Axes &axes = {}, bool keepDims = false, int64_t correction = 0,
           Location at = Location::current());
/// Variance and mean.
std::pair<Tensor, Tensor> varMean(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
                                  int64_t correction = 0, Location at = Location::current());
/// (Σ |x|^p)^(1/p); p may be 0 (the number of elements that are not zero), inf or -inf.
Tensor norm(const Tensor &x, double p = 2, const Axes &axes = {}, bool keepDims = false,
            Location at = Location::current());
/// Whether some element is not zero; a boolean.
Tensor any(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
/// Whether no element is zero; a boolean.
Tensor all(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
/// How many elements are not zero; i64.
Tensor countNonzero(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
                    Location at = Location::current());
/// The first index of the largest element, i32 or i64. A NaN counts as the largest.
Tensor argmax(const Tensor &x, int64_t axis = -1, bool keepDims = false, DType type = DType::i32,
              Location at = Location::current());
/// The first index of the smallest element, i32 or i64. A NaN counts as the smallest.
Tensor argmin(const Tensor &x, int64_t axis = -1, bool keepDims = false, DType type = DType::i32,
              Location at = Location::current());
/// The first of the largest elements, which gets the whole gradient, and its index: torch.max(x, axis).
ValuesAndIndices maxWithIndices(const Tensor &x, int64_t axis = -1, bool keepDims = false,
                                Location at = Location::current());
ValuesAndIndices minWithIndices(const Tensor &x, int64_t axis = -1, bool keepDims = false,
                                Location at = Location::current());

} // namespace gradus
