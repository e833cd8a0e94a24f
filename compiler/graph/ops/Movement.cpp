#include "compiler/graph/ops/Movement.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Movement.h"

namespace gradus {

using namespace building;

Tensor transpose(const Tensor &x, Location at) {
  graphOf(x, ir::TransposeOp::getOperationName(), at);
  std::vector<int64_t> order;
  for (int64_t axis = x.rank(); axis-- > 0;)
    order.push_back(axis);
  return transpose(x, order, at);
}

Tensor transpose(const Tensor &x, const std::vector<int64_t> &order, Location at) {
  StringRef op = ir::TransposeOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  SmallVector<int64_t> resolved;
  for (int64_t axis : order)
    resolved.push_back(resolveAxis(impl, op, impl.value(x, op, at), axis, at));
  return unary<ir::TransposeOp>(x, at, list(impl, "permutation", resolved));
}

Tensor reshape(const Tensor &x, const Shape &shape, Location at) {
  GraphImpl &impl = graphOf(x, ir::ReshapeOp::getOperationName(), at);
  return unary<ir::ReshapeOp>(x, at, list(impl, "shape", shape));
}

Tensor broadcastTo(const Tensor &x, const Shape &shape, Location at) {
  GraphImpl &impl = graphOf(x, ir::BroadcastOp::getOperationName(), at);
  return unary<ir::BroadcastOp>(x, at, list(impl, "shape", shape));
}

} // namespace gradus
