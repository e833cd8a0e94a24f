//===- SinkReshapes.cpp - axes of size 1 after elementwise ops, not before ---------------------===//
//
// mean(x, keepDims) is a reduction and a reshape that puts an axis of size 1 back. What is computed from
// such values element by element has the shape of the reshape, [n, 1], and so would not be recognised as
// belonging to the rows of the reduction, whose results are [n]. It is computed in the shape [n], and
// reshaped after.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Decompose.h"

#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace gradus::compiler {

static ArrayRef<int64_t> shapeOf(Value v) { return cast<RankedTensorType>(v.getType()).getShape(); }

/// What `v` is a reshape of, if that only puts in axes of size 1.
static Value withoutUnitAxes(Value v) {
  auto reshape = v.getDefiningOp<ir::ReshapeOp>();
  if (!reshape)
    return {};
  SmallVector<int64_t> rest;
  llvm::copy_if(shapeOf(v), std::back_inserter(rest), [](int64_t size) { return size != 1; });
  return shapeOf(reshape.getX()) == ArrayRef<int64_t>(rest) ? reshape.getX() : Value();
}

static Attribute splatOf(Value v) {
  auto constant = v.getDefiningOp<ir::ConstantOp>();
  auto values = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : SplatElementsAttr();
  return values ? values.getSplatValue<Attribute>() : Attribute();
}

static void sink(Operation *op) {
  Value first;
  for (Value operand : op->getOperands())
    if (Value inner = withoutUnitAxes(operand); inner && !first)
      first = inner;
    else if (!inner && !splatOf(operand))
      return;
  if (!first)
    return;
  OpBuilder b(op);
  ArrayRef<int64_t> shape = shapeOf(first);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    auto type = RankedTensorType::get(shape, cast<RankedTensorType>(operand.getType()).getElementType());
    if (Attribute value = splatOf(operand))
      operands.push_back(b.create<ir::ConstantOp>(op->getLoc(), type, DenseElementsAttr::get(type, value)));
    else
      operands.push_back(withoutUnitAxes(operand));
  }
  Operation *inner = b.clone(*op);
  inner->setOperands(operands);
  Value result = inner->getResult(0);
  auto outer = cast<RankedTensorType>(op->getResult(0).getType());
  result.setType(RankedTensorType::get(shape, outer.getElementType()));
  op->getResult(0).replaceAllUsesWith(reshape(ir::Expr(b, op->getLoc(), result), outer.getShape()));
  llvm::SmallSetVector<Value, 4> before(op->operand_begin(), op->operand_end());
  op->erase();
  for (Value operand : before)
    if (Operation *reshape = operand.getDefiningOp(); reshape && isOpTriviallyDead(reshape))
      reshape->erase();
}

void sinkReshapes(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    for (Operation *op : llvm::to_vector(llvm::map_range(
             function.getBody().front().getOps<ir::ElementwiseOpInterface>(),
             [](ir::ElementwiseOpInterface op) { return op.getOperation(); })))
      sink(op);
}

} // namespace gradus::compiler
