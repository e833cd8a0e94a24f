// Softmax and normalisations.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

Tensor softmax(const Tensor &x, int64_t axis = -1, Location at = Location::current());
Tensor logSoftmax(const Tensor &x, int64_t axis = -1, Location at = Location::current());

/// What batchNorm gives: the result, and the statistics of the batch, one per channel. A layer that
/// keeps running statistics assigns `(1 - momentum) running + momentum mean` to its state, and the
/// same with the unbiased variance.
struct BatchNorm {
  Tensor y;
  Tensor mean;
  Tensor variance;         ///< divided by the number n of elements per channel, as in y
  Tensor unbiasedVariance; ///< divided by n - 1; NaN where n is 1
};
/// Training: (x - mean) / sqrt(variance + epsilon) * scale + shift, with mean and variance over all
/// axes but `axis`, the channels. scale and shift: [channels], or empty. The gradient passes through
/// the statistics. Throws GraphError if shapes do not fit.
BatchNorm batchNorm(const Tensor &x, const Tensor &scale = {}, const Tensor &shift = {},
                    double epsilon = 1e-5, int64_t axis = 1, Location at = Location::current());
/// Inference: the same with given statistics, [channels] each.
Tensor batchNormInference(const Tensor &x, const Tensor &mean, const Tensor &variance,
                          const Tensor &scale = {}, const Tensor &shift = {}, double epsilon = 1e-5,
                          int64_t axis = 1, Location at = Location::current());
/// Standardised over the last axes, whose sizes are `normalized`; scale and shift have that shape,
/// or are empty.
Tensor layerNorm(const Tensor &x, const Shape &normalized, const Tensor &scale = {},
                 const Tensor &shift = {}, double epsilon = 1e-5, Location at = Location::current());
/// x / sqrt(mean(x²) + epsilon) over the last axes, times scale.
Tensor rmsNorm(const Tensor &x, const Shape &normalized, const Tensor &scale = {},
               double epsilon = 1e-6, Location at = Location::current());
/// x [images, channels, ...]: standardised over groups of adjacent channels; scale and shift:
/// [channels], or empty.
Tensor groupNorm(const Tensor &x, int64_t groups, const Tensor &scale = {}, const Tensor &shift = {},
                 double epsilon = 1e-5, Location at = Location::current());
/// groupNorm with a group per channel.
Tensor instanceNorm(const Tensor &x, const Tensor &scale = {}, const Tensor &shift = {},
                    double epsilon = 1e-5, Location at = Location::current());
/// x / (k + alpha mean(x² over `size` channels around))^beta; x [images, channels, ...].
Tensor localResponseNorm(const Tensor &x, int64_t size, double alpha = 1e-4, double beta = 0.75,
                         double k = 1, Location at = Location::current());

} // namespace gradus
