//===- SplitReductions.cpp - large reductions to few results, in parts ------------------------===//
//
// The sum of a long column is one chain of additions, and no thread may cut it: the bits would depend on the
// number of threads. So the shape cuts it. x [r, c] becomes [p, r / p, c], whose p sums are independent, and
// are then added. The parts depend on the shape alone.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Decompose.h"

#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace gradus::compiler {

static constexpr int64_t kLarge = int64_t(1) << 20; // elements
static constexpr int64_t kFewResults = 16 << 10;
static constexpr int64_t kParts = 16;

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

namespace {
/// An axis of size `parts` * `rest` that becomes two.
struct Cut {
  int64_t axis, parts, rest;

  SmallVector<int64_t> of(ArrayRef<int64_t> shape) const {
    SmallVector<int64_t> cut(shape);
    cut[axis] = rest;
    cut.insert(cut.begin() + axis, parts);
    return cut;
  }
};
} // namespace

/// `v` with the axis cut. What is elementwise and used here alone is computed in the new shape, so that it
/// stays in the loops of the reduction; what lies in memory is seen under another shape.
static Value cutValue(OpBuilder &b, Value v, const Cut &cut) {
  Location loc = v.getLoc();
  SmallVector<int64_t> shape = cut.of(typeOf(v).getShape());
  auto type = RankedTensorType::get(shape, typeOf(v).getElementType());
  Operation *op = v.getDefiningOp();
  if (auto constant = dyn_cast<ir::ConstantOp>(op))
    if (auto splat = dyn_cast<SplatElementsAttr>(constant.getValue()))
      return b.create<ir::ConstantOp>(loc, type, DenseElementsAttr::get(type, splat.getSplatValue<Attribute>()));
  if (auto broadcast = dyn_cast<ir::BroadcastOp>(op)) {
    ir::Expr x(b, loc, broadcast.getX());
    int64_t own = cut.axis - (typeOf(v).getRank() - x.rank());
    if (own < 0)
      return ir::broadcast(x, shape);
    if (x.shape()[own] == 1) {
      SmallVector<int64_t> from(x.shape());
      from.insert(from.begin() + own, 1);
      return ir::broadcast(reshape(x, from), shape);
    }
    return ir::broadcast(x.with(cutValue(b, x, {own, cut.parts, cut.rest})), shape);
  }
  if (isa<ir::ElementwiseOpInterface>(op) && op->hasOneUse()) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(cutValue(b, operand, cut));
    Operation *copy = b.clone(*op);
    copy->setOperands(operands);
    copy->getResult(0).setType(type);
    return copy->getResult(0);
  }
  return reshape(ir::Expr(b, loc, v), shape);
}

static Value reduce(OpBuilder &b, Operation *like, Value x, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> shape;
  for (auto [axis, size] : llvm::enumerate(typeOf(x).getShape()))
    if (!llvm::is_contained(axes, int64_t(axis)))
      shape.push_back(size);
  Operation *copy = b.clone(*like);
  copy->setOperands(x);
  copy->setAttr("axes", b.getDenseI64ArrayAttr(axes));
  copy->getResult(0).setType(RankedTensorType::get(shape, typeOf(x).getElementType()));
  return copy->getResult(0);
}

static void split(ir::ReductionOpInterface op) {
  Value x = op->getOperand(0);
  ArrayRef<int64_t> shape = typeOf(x).getShape(), axes = op.getAxes();
  if (typeOf(x).getNumElements() < kLarge || typeOf(op->getResult(0)).getNumElements() > kFewResults ||
      axes.empty() || typeOf(x).getRank() >= ir::kMaxRank)
    return;
  Cut cut{axes.front(), kParts, 0};
  while (shape[cut.axis] % cut.parts)
    --cut.parts;
  cut.rest = shape[cut.axis] / cut.parts;
  if (cut.parts == 1 || cut.rest == 1)
    return;
  // Enough rows to share out are there already.
  int64_t outer = 1;
  for (int64_t axis = 0; axis < cut.axis; ++axis)
    outer *= shape[axis];
  if (outer >= kParts)
    return;
  OpBuilder b(op);
  SmallVector<int64_t> inner;
  for (int64_t axis : axes)
    inner.push_back(axis + 1);
  Value partial = reduce(b, op, cutValue(b, x, cut), inner);
  op->getResult(0).replaceAllUsesWith(reduce(b, op, partial, cut.axis));
  op->erase();
}

void splitReductions(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    for (auto op : llvm::to_vector(function.getBody().front().getOps<ir::ReductionOpInterface>()))
      split(op);
}

} // namespace gradus::compiler
