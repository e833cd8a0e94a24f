// Losses.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// How a loss makes one number of one number per example.
enum class Reduction { mean, sum, none };

/// (prediction - target)^2. Shapes must be equal.
Tensor squaredError(const Tensor &prediction, const Tensor &target,
                    Reduction reduction = Reduction::mean, Location at = Location::current());
/// Softmax cross-entropy. logits [..., classes]; target: integer labels [...] or probabilities
/// [..., classes]. A label out of range gives NaN.
Tensor crossEntropy(const Tensor &logits, const Tensor &target,
                    Reduction reduction = Reduction::mean, Location at = Location::current());
/// Cross-entropy of sigmoid(logits) against probabilities of the same shape.
Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target,
                                    Reduction reduction = Reduction::mean,
                                    Location at = Location::current());

} // namespace gradus
