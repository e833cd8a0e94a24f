#include "compiler/graph/ops/Normalization.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Normalization.h"

namespace gradus {

using namespace building;

Tensor softmax(const Tensor &x, int64_t axis, Location at) {
  return alongAxis<ir::SoftmaxOp>(x, axis, at);
}
Tensor logSoftmax(const Tensor &x, int64_t axis, Location at) {
  return alongAxis<ir::LogSoftmaxOp>(x, axis, at);
}

} // namespace gradus
