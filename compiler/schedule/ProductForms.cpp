#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace gradus::compiler {

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

static RankedTensorType turnedType(RankedTensorType type) {
  SmallVector<int64_t> shape(type.getShape());
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  return RankedTensorType::get(shape, type.getElementType());
}

static SmallVector<int64_t> swapLast(int64_t rank) {
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(perm[rank - 1], perm[rank - 2]);
  return perm;
}

// Marks transposes that are to be pulled towards the inputs.
static constexpr StringLiteral kPull = "gradus.pull";

static Value turn(OpBuilder &b, Location loc, Value v, bool pull) {
  auto op = b.create<ir::TransposeOp>(loc, turnedType(typeOf(v)), v, swapLast(typeOf(v).getRank()));
  if (pull)
    op->setAttr(kPull, b.getUnitAttr());
  return op;
}

/// The value whose last two axes are swapped to give `v`; null if `v` is no such transpose.
static Value turnedFrom(Value v) {
  auto op = v.getDefiningOp<ir::TransposeOp>();
  if (!op || ArrayRef<int64_t>(swapLast(typeOf(v).getRank())) != op.getPermutation())
    return {};
  return op.getX();
}

// --- parameters with few columns ---------------------------------------------------------------

namespace {
/// transpose(f(a, b)) = f(transpose(a), transpose(b)); transpose(a b) = transpose(b) transpose(a).
struct PullTranspose : OpRewritePattern<ir::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ir::TransposeOp op, PatternRewriter &rewriter) const override {
    Operation *producer = op.getX().getDefiningOp();
    if (!op->hasAttr(kPull) || !producer)
      return failure();
    Location loc = producer->getLoc();
    if (Value inner = turnedFrom(op.getX())) {
      rewriter.replaceOp(op, inner);
      return success();
    }
    if (auto matmul = dyn_cast<ir::MatmulOp>(producer)) {
      Value left = turn(rewriter, loc, matmul.getB(), false);
      Value right = turn(rewriter, loc, matmul.getA(), false);
      rewriter.replaceOpWithNewOp<ir::MatmulOp>(op, op.getType(), left, right);
      return success();
    }
    if (auto broadcast = dyn_cast<ir::BroadcastOp>(producer); broadcast && typeOf(broadcast.getX()).getRank() == 0) {
      rewriter.replaceOpWithNewOp<ir::BroadcastOp>(op, op.getType(), broadcast.getX(),
                                                   typeOf(op.getResult()).getShape());
      return success();
    }
    if (!isa<ir::ElementwiseOpInterface>(producer))
      return failure();
    IRMapping map;
    for (Value operand : producer->getOperands())
      if (!map.contains(operand))
        map.map(operand, turn(rewriter, loc, operand, true));
    Operation *clone = rewriter.clone(*producer, map);
    for (Value result : clone->getResults())
      result.setType(turnedType(typeOf(result)));
    rewriter.replaceOp(op, clone->getResults());
    return success();
  }
};
} // namespace

// The variables whose new values are elementwise functions of the new value of `seed`: its optimizer states.
static void collectFamily(Value seed, ArrayRef<ir::AssignOp> assigns, SetVector<Value> &family) {
  SmallVector<Value> work;
  for (ir::AssignOp assign : assigns)
    if (assign.getVariable() == seed)
      work.push_back(assign.getValue());
  DenseSet<Value> seen;
  while (!work.empty()) {
    Value v = work.pop_back_val();
    if (!seen.insert(v).second || typeOf(v).getShape() != typeOf(seed).getShape())
      continue;
    Operation *op = v.getDefiningOp();
    if (isa<ir::VariableOpInterface>(op)) {
      if (family.insert(v))
        collectFamily(v, assigns, family);
    } else if (isa<ir::ElementwiseOpInterface>(op)) {
      llvm::append_range(work, op->getOperands());
    }
  }
}

static bool isNarrowWeight(Value v, const Target &target) {
  auto type = typeOf(v);
  if (type.getRank() != 2 || !type.getElementType().isF32() || !isa<ir::VariableOpInterface>(v.getDefiningOp()))
    return false;
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  bool isRight = llvm::any_of(v.getUsers(), [&](Operation *user) {
    auto matmul = dyn_cast<ir::MatmulOp>(user);
    return matmul && matmul.getB() == v;
  });
  return isRight && columns > 1 && columns <= target.lanes(4) && rows >= 2 * target.lanes(4);
}

static void storeTransposed(Value variable, ArrayRef<ir::AssignOp> assigns) {
  Operation *op = variable.getDefiningOp();
  OpBuilder b(op->getContext());
  b.setInsertionPointAfter(op);
  variable.setType(turnedType(typeOf(variable)));
  op->setAttr("transposed", b.getUnitAttr());
  Value logical = turn(b, op->getLoc(), variable, false);
  variable.replaceUsesWithIf(logical, [&](OpOperand &use) {
    return use.getOwner() != logical.getDefiningOp() &&
           !(isa<ir::AssignOp>(use.getOwner()) && use.getOperandNumber() == 0);
  });
  for (ir::AssignOp assign : assigns)
    if (assign.getVariable() == variable) {
      b.setInsertionPoint(assign);
      assign.getValueMutable().set(turn(b, assign.getLoc(), assign.getValue(), true));
    }
}

// --- products with a transposed right operand --------------------------------------------------

static void chooseForm(ir::MatmulOp op, const Target &target) {
  Value source = turnedFrom(op.getB());
  if (!source)
    return;
  auto type = typeOf(op.getResult());
  int64_t n = type.getShape().back();
  // Both operands contiguous along the summed axis and few columns: dot products.
  if (n <= target.lanes(4) && !turnedFrom(op.getA()))
    return;
  bool isWeight = isa_and_nonnull<ir::VariableOpInterface>(source.getDefiningOp());
  int64_t small = typeOf(op.getA()).getNumElements() + type.getNumElements();
  if (!isWeight && small >= typeOf(source).getNumElements())
    return; // the right operand is transposed by a move
  OpBuilder b(op);
  Value left = turn(b, op.getLoc(), op.getA(), false);
  if (Value inner = turnedFrom(op.getA()))
    left = inner;
  Value product = b.create<ir::MatmulOp>(op.getLoc(), turnedType(type), source, left);
  op.getResult().replaceAllUsesWith(turn(b, op.getLoc(), product, false));
  op.erase();
}

void chooseProductForms(ModuleOp module, const Target &target) {
  SmallVector<ir::AssignOp> assigns;
  module.walk([&](ir::AssignOp op) { assigns.push_back(op); });
  SetVector<Value> narrow;
  module.walk([&](Operation *op) {
    if (!isa<ir::VariableOpInterface>(op))
      return;
    if (auto fixed = op->getAttrOfType<BoolAttr>("fixed_transposed")) { // shared with another program
      if (fixed.getValue())
        narrow.insert(op->getResult(0));
    } else if (isNarrowWeight(op->getResult(0), target)) {
      narrow.insert(op->getResult(0));
      collectFamily(op->getResult(0), assigns, narrow);
    }
  });
  for (Value v : narrow)
    storeTransposed(v, assigns);
  RewritePatternSet patterns(module.getContext());
  patterns.add<PullTranspose>(module.getContext());
  (void)applyPatternsAndFoldGreedily(module, std::move(patterns));
  SmallVector<ir::MatmulOp> products;
  module.walk([&](ir::MatmulOp op) { products.push_back(op); });
  for (ir::MatmulOp op : products)
    chooseForm(op, target);
  (void)applyPatternsAndFoldGreedily(module, FrozenRewritePatternSet(RewritePatternSet(module.getContext())));
}

} // namespace gradus::compiler
