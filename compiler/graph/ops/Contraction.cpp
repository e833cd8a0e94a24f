#include "compiler/graph/ops/Contraction.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Contraction.h"

namespace gradus {

using namespace building;

Tensor matmul(const Tensor &a, const Tensor &b, Location at) {
  return binary<ir::MatmulOp>(Operand(a, at), Operand(b, at), at);
}

} // namespace gradus
