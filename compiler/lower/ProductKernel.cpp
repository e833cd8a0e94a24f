//===- ProductKernel.cpp - a matmul and what is computed from its result in registers ---------===//

#include "compiler/lower/Loops.h"
#include "compiler/lower/Product.h"
#include "compiler/lower/Templates.h"
#include "compiler/schedule/Layout.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Movement.h"
using namespace mlir;

namespace gradus::compiler {

static ir::MatmulOp matmulOf(ir::KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (auto matmul = dyn_cast<ir::MatmulOp>(op))
      return matmul;
  llvm_unreachable("a product holds a matmul");
}

namespace {
// An operand of the matmul: an argument of the kernel, or its last two axes swapped.
struct Operand {
  unsigned argument;
  MatrixAccess access;
  int64_t batchStride;
};
} // namespace

static Operand operandOf(ir::KernelOp kernel, Value value) {
  bool turned = false;
  if (auto transpose = value.getDefiningOp<ir::TransposeOp>()) {
    turned = true;
    value = transpose.getX();
  }
  auto argument = cast<BlockArgument>(value);
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  int64_t rows = shape[shape.size() - 2], columns = shape.back();
  int64_t panel = panelOf(kernel.getInputs()[argument.getArgNumber()]);
  MatrixAccess access = MatrixAccess::strided(columns, 1);
  if (panel)
    access = MatrixAccess::panels(rows, columns, panel);
  else if (turned)
    access = MatrixAccess::strided(1, columns);
  assert(!(turned && panel) && "the schedule keeps what is read transposed row-major");
  return {argument.getArgNumber(), access, rows * columns};
}

static ProductSpec specOf(ir::KernelOp kernel) {
  ir::MatmulOp op = matmulOf(kernel);
  auto shape = cast<RankedTensorType>(op.getType()).getShape();
  ArrayRef<int64_t> left = cast<RankedTensorType>(op.getA().getType()).getShape();
  Operand a = operandOf(kernel, op.getA()), b = operandOf(kernel, op.getB());
  ProductSpec spec;
  spec.m = shape[shape.size() - 2];
  spec.n = shape.back();
  spec.k = left.back();
  spec.a = a.access;
  spec.b = b.access;
  spec.element = cast<RankedTensorType>(op.getType()).getElementType();
  spec.batch = product(shape.drop_back(2));
  spec.aBatchStride = a.batchStride;
  spec.bBatchStride = b.batchStride;
  // Results are row-major or in panels; weights among them are cut where their panels are.
  spec.along = ProductSpec::Along::Columns;
  for (Value result : kernel.getResults())
    if (int64_t panel = panelOf(result))
      spec.resultPanel = panel;
  return spec;
}

int64_t productTiles(ir::KernelOp kernel, const Target &target) {
  return planProduct(specOf(kernel), target).tiles;
}

void emitProductKernel(KernelCode &code) {
  Emitter emitter(code.builder, code.kernel.getLoc());
  code.bind(emitter);
  ir::KernelOp kernel = code.kernel;
  ir::MatmulOp op = matmulOf(kernel);
  ProductSpec spec = specOf(kernel);
  ProductPlan plan = planProduct(spec, code.target);
  auto shape = cast<RankedTensorType>(op.getType()).getShape();
  auto which = llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));

  // Single numbers, such as a learning rate, are read once, outside the tiles.
  for (BlockArgument argument : kernel.getBody().front().getArguments())
    if (cast<RankedTensorType>(argument.getType()).getRank() == 0) {
      emitter.setLanes(plan.lanes, plan.lanes);
      emitter.element(argument, {});
    }

  // Pieces of one tile come in one block and share what does not depend on the row.
  Block *open = nullptr;
  std::optional<Emitter::Nested> scope;
  auto epilogue = [&](OpBuilder &, Location, const ProductElement &piece) {
    if (code.builder.getInsertionBlock() != open) {
      scope.reset();
      scope.emplace(emitter);
      open = code.builder.getInsertionBlock();
    }
    auto vector = dyn_cast<VectorType>(piece.acc.getType());
    emitter.setLanes(vector ? vector.getDimSize(0) : 1, piece.valid);
    SmallVector<Index> at = delinearize(emitter, piece.batch, shape.drop_back(2));
    at.push_back({piece.row, piece.alongRows && vector ? 1 : 0});
    at.push_back({piece.col, !piece.alongRows && vector ? 1 : 0});
    Value sum = piece.acc;
    emitter.define(op.getResult(), [sum](Emitter &, ArrayRef<Index>) { return sum; });
    code.storeYields(emitter, which, at);
  };
  Operand a = operandOf(kernel, op.getA()), b = operandOf(kernel, op.getB());
  emitProduct(code.builder, kernel.getLoc(), spec, plan, code.target, code.inputs[a.argument].pointer,
              code.inputs[b.argument].pointer, code.begin, code.end, epilogue);
}

} // namespace gradus::compiler
