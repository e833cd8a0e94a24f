// Reductions.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// Reductions drop the axes, or keep them with size 1.
Tensor sum(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor mean(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
            Location at = Location::current());
Tensor max(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor min(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor logSumExp(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
                 Location at = Location::current());
/// The first index of the largest element, i32.
Tensor argmax(const Tensor &x, int64_t axis = -1, bool keepDims = false,
              Location at = Location::current());

} // namespace gradus
