// Softmax and normalisations.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

Tensor softmax(const Tensor &x, int64_t axis = -1, Location at = Location::current());
Tensor logSoftmax(const Tensor &x, int64_t axis = -1, Location at = Location::current());

} // namespace gradus
