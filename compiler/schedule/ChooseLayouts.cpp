#include "compiler/lower/Product.h"
#include "compiler/schedule/Layout.h"
#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace gradus::compiler {

// Panels suit a weight whose readers are products that take it as it is (vectors along its columns, or
// single elements along a row), and kernels that go through it element by element.
static bool suitsPanels(OpOperand &use) {
  auto kernel = dyn_cast<ir::KernelOp>(use.getOwner());
  if (!kernel)
    return isa<ir::AssignOp>(use.getOwner());
  if (readsOnlyInPlace(kernel, use.getOperandNumber()))
    return kernel.getKind() == "product" || kernel.getKind() == "map";
  return kernel.getKind() == "product" &&
         llvm::all_of(kernel.getArgument(use.getOperandNumber()).getUsers(), [](Operation *user) {
           return isa<ir::MatmulOp, ir::ElementwiseOpInterface>(user);
         });
}

static bool readByProduct(Value v) {
  return llvm::any_of(v.getUses(), [](OpOperand &use) {
    auto kernel = dyn_cast<ir::KernelOp>(use.getOwner());
    return kernel && llvm::any_of(kernel.getArgument(use.getOperandNumber()).getUsers(),
                                  [](Operation *user) { return isa<ir::MatmulOp>(user); });
  });
}

// Panels of this width suit a matrix with so many columns; 0: row-major is as good.
static int64_t panelFor(RankedTensorType type, const Target &target) {
  if (type.getRank() != 2 || !type.getElementType().isF32())
    return 0;
  int64_t columns = type.getDimSize(1), panel = preferredPanel(columns, target);
  bool fits = panel > 0 && columns % panel == 0 && panel % target.lanes(4) == 0 && columns > panel;
  return fits ? panel : 0;
}

static bool isRightOperand(BlockArgument argument) {
  return llvm::any_of(argument.getUsers(), [&](Operation *user) {
    auto matmul = dyn_cast<ir::MatmulOp>(user);
    return matmul && matmul.getB() == argument;
  });
}

// An activation that a product streams as its right operand, column panel by column panel: row-major, each
// row of a panel would be another page and the same few sets of the cache. The other readers must go
// along the rows of the matrix.
static void writeInConsumersLayout(ir::KernelOp kernel, const Target &target) {
  for (Value result : kernel.getResults()) {
    int64_t panel = panelFor(cast<RankedTensorType>(result.getType()), target);
    bool streamed = false, suits = panel != 0;
    for (OpOperand &use : result.getUses()) {
      auto reader = dyn_cast<ir::KernelOp>(use.getOwner());
      if (!reader) {
        suits = false;
        break;
      }
      BlockArgument argument = reader.getArgument(use.getOperandNumber());
      bool right = isRightOperand(argument);
      streamed |= right;
      if (reader.getKind() == "product")
        suits &= llvm::all_of(argument.getUsers(), [&](Operation *user) {
          auto matmul = dyn_cast<ir::MatmulOp>(user);
          return matmul ? matmul.getA() != argument : isa<ir::ElementwiseOpInterface>(user);
        });
      else // a mover would leave the runs that lie together
        suits &= (reader.getKind() == "fold" || reader.getKind() == "move") &&
                 llvm::none_of(argument.getUsers(),
                               [](Operation *user) { return isa<ir::MoverOpInterface>(user); });
    }
    if (streamed && suits)
      setPanel(result, panel);
  }
}

void chooseLayouts(ModuleOp module, const Target &target) {
  DenseMap<Value, Value> newValue; // of variables
  module.walk([&](ir::AssignOp op) { newValue[op.getVariable()] = op.getValue(); });
  auto set = [&](Value variable, int64_t panel) {
    setPanel(variable, panel);
    // The new value is written in the same layout, unless somebody else reads it row-major.
    Value next = newValue.lookup(variable);
    if (next && next.getDefiningOp<ir::KernelOp>() && next.hasOneUse())
      setPanel(next, panel);
  };
  // shared: another program has chosen the layout already.
  SmallVector<Value> weights, others, shared;
  module.walk([&](Operation *op) {
    if (!isa<ir::VariableOpInterface>(op))
      return;
    Value v = op->getResult(0);
    auto type = cast<RankedTensorType>(v.getType());
    if (auto fixed = op->getAttrOfType<IntegerAttr>("fixed_panel")) {
      if (fixed.getInt() != 0) {
        set(v, fixed.getInt());
        shared.push_back(v);
      }
      return;
    }
    if (type.getRank() != 2 || !type.getElementType().isF32() || !llvm::all_of(v.getUses(), suitsPanels))
      return;
    (readByProduct(v) ? weights : others).push_back(v);
  });
  for (Value v : shared) {
    OpBuilder b(module.getContext());
    b.setInsertionPointAfterValue(v);
    Value rowMajor; // for readers that cannot do with panels
    for (OpOperand &use : llvm::make_early_inc_range(v.getUses())) {
      if (suitsPanels(use))
        continue;
      if (!rowMajor)
        rowMajor = copyKernel(b, v).getResult(0);
      use.set(rowMajor);
    }
  }
  for (Value v : weights) {
    auto shape = cast<RankedTensorType>(v.getType()).getShape();
    int64_t panel = panelFor(cast<RankedTensorType>(v.getType()), target);
    if (panel == 0)
      continue;
    set(v, panel);
    // Its optimizer states follow: what is read and written by the kernel that writes the weight.
    Value next = newValue.lookup(v);
    auto kernel = next ? next.getDefiningOp<ir::KernelOp>() : ir::KernelOp();
    for (Value state : others)
      if (kernel && cast<RankedTensorType>(state.getType()).getShape() == shape &&
          llvm::is_contained(kernel.getInputs(), state))
        set(state, panel);
  }
  module.walk([&](ir::KernelOp kernel) { writeInConsumersLayout(kernel, target); });
}

} // namespace gradus::compiler
