#include "compiler/graph/ops/Reduction.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Reduction.h"

namespace gradus {

using namespace building;

Tensor sum(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::SumOp>(x, axes, keepDims, at);
}
Tensor mean(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::MeanOp>(x, axes, keepDims, at);
}
Tensor max(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::MaxOp>(x, axes, keepDims, at);
}
Tensor min(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::MinOp>(x, axes, keepDims, at);
}
Tensor logSumExp(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::LogSumExpOp>(x, axes, keepDims, at);
}

Tensor argmax(const Tensor &x, int64_t axis, bool keepDims, Location at) {
  Tensor reduced = alongAxis<ir::ArgmaxOp>(x, axis, at);
  return keepDims ? keepAxes(*GraphImpl::graphOf(x), reduced, x.shape(), axis, at) : reduced;
}

} // namespace gradus
