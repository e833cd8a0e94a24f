#include "compiler/graph/ops/Loss.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Reduction.h"
#include "dialects/gradus/Loss.h"

namespace gradus {

using namespace building;

template <class Op>
static Tensor loss(const Tensor &prediction, const Tensor &target, Reduction reduction,
                   Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(prediction, op, at);
  Value operands[] = {impl.value(prediction, op, at), impl.value(target, op, at)};
  Tensor each = impl.make<Op>(at, operands);
  switch (reduction) {
  case Reduction::mean:
    return mean(each, {}, false, at);
  case Reduction::sum:
    return sum(each, {}, false, at);
  case Reduction::none:
    break;
  }
  return each;
}

Tensor squaredError(const Tensor &prediction, const Tensor &target, Reduction reduction,
                    Location at) {
  return loss<ir::SquaredErrorOp>(prediction, target, reduction, at);
}

Tensor crossEntropy(const Tensor &logits, const Tensor &target, Reduction reduction, Location at) {
  return loss<ir::CrossEntropyOp>(logits, target, reduction, at);
}

Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target, Reduction reduction,
                                    Location at) {
  return loss<ir::BinaryCrossEntropyOp>(logits, target, reduction, at);
}

} // namespace gradus
