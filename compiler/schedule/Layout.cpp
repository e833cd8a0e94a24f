#include "compiler/schedule/Layout.h"

#include "dialects/gradus/Kernel.h"

using namespace mlir;

namespace gradus::compiler {

int64_t panelOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return 0;
  if (auto panels = op->getAttrOfType<DenseI64ArrayAttr>("panels"))
    return panels[cast<OpResult>(value).getResultNumber()];
  if (auto panel = op->getAttrOfType<IntegerAttr>("panel"))
    return panel.getInt();
  return 0;
}

void setPanel(Value value, int64_t panel) {
  Operation *op = value.getDefiningOp();
  Builder b(op->getContext());
  if (!isa<ir::KernelOp>(op)) {
    op->setAttr("panel", b.getI64IntegerAttr(panel));
    return;
  }
  SmallVector<int64_t> panels;
  for (Value result : op->getResults())
    panels.push_back(panelOf(result));
  panels[cast<OpResult>(value).getResultNumber()] = panel;
  op->setAttr("panels", b.getDenseI64ArrayAttr(panels));
}

ir::KernelOp copyKernel(OpBuilder &b, Value v) {
  auto kernel = b.create<ir::KernelOp>(v.getLoc(), TypeRange{v.getType()}, "map", ValueRange{v});
  Block *body = new Block();
  kernel.getBody().push_back(body);
  Value argument = body->addArgument(v.getType(), v.getLoc());
  OpBuilder::atBlockEnd(body).create<ir::YieldOp>(v.getLoc(), ValueRange{argument});
  return kernel;
}

} // namespace gradus::compiler
