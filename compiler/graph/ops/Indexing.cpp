#include "compiler/graph/ops/Indexing.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Indexing.h"

namespace gradus {

using namespace building;

Tensor oneHot(const Tensor &indices, int64_t classes, DType type, Location at) {
  GraphImpl &impl = graphOf(indices, ir::OneHotOp::getOperationName(), at);
  return unary<ir::OneHotOp>(indices, at,
                             {number(impl, "classes", classes), element(impl, "element", type)});
}

Tensor gather(const Tensor &table, const Tensor &indices, Location at) {
  StringRef op = ir::GatherOp::getOperationName();
  GraphImpl &impl = graphOf(table, op, at);
  Value operands[] = {impl.value(table, op, at), impl.value(indices, op, at)};
  return impl.make<ir::GatherOp>(at, operands);
}

} // namespace gradus
