//===- Serial.cpp - what has to run in order --------------------------------------------------===//
//
// scatter_add: indices may repeat, so the updates are added one after the other, in the order of
// the indices; the result does not depend on threads.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"

#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace gradus::compiler {

static ir::ScatterAddOp scatterOf(ir::KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (auto scatter = dyn_cast<ir::ScatterAddOp>(op))
      return scatter;
  llvm_unreachable("a serial kernel holds a scatter");
}

void emitSerial(KernelCode &code) {
  Emitter e(code.builder, code.kernel.getLoc());
  code.bind(e);
  ir::ScatterAddOp op = scatterOf(code.kernel);
  int64_t lanes = lanesOf(code.kernel, code.target);
  auto table = cast<RankedTensorType>(op.getType());
  auto indexShape = cast<RankedTensorType>(op.getIndices().getType()).getShape();
  ArrayRef<int64_t> rowShape = table.getShape().drop_front();
  int64_t rowSize = product(rowShape), count = product(indexShape);
  Buffer &out = code.outputs[0];
  OpBuilder &b = code.builder;
  // The result as [rows, elements of a row].
  Buffer flat{out.pointer, RankedTensorType::get({table.getDimSize(0), rowSize}, table.getElementType()), {}};
  if (flat.type.getNumElements() == 0)
    return;
  e.loop(e.constant(0), e.constant(table.getDimSize(0)), 1, [&](Value row) {
    vectorLoop(e, rowSize, lanes, [&](Value j) {
      Type type = VectorType::get({lanes}, table.getElementType());
      e.store(flat, {{row, 0}, {j, 1}}, b.create<arith::ConstantOp>(e.loc(), b.getZeroAttr(type)));
    });
  });
  e.loop(e.constant(0), e.constant(count), 1, [&](Value i) {
    SmallVector<Index> where = delinearize(e, i, indexShape);
    e.setLanes(1, 1);
    Value row = e.element(op.getIndices(), where);
    if (!row.getType().isInteger(64))
      row = b.create<arith::ExtSIOp>(e.loc(), b.getI64Type(), row);
    // An index outside the table counts as the nearest row, as in gradus.gather.
    row = e.max(e.min(row, e.constant(table.getDimSize(0) - 1)), e.constant(0));
    vectorLoop(e, rowSize, lanes, [&](Value j) {
      SmallVector<Index> at = where;
      // The last axis takes the flat position in the row: updates are row-major.
      for (size_t axis = 0; axis < rowShape.size(); ++axis)
        at.push_back({e.constant(0), 0});
      if (rowShape.empty())
        e.setLanes(1, 1);
      else
        at.back() = {j, 1};
      SmallVector<Index> to{{row, 0}, {j, rowShape.empty() ? 0 : 1}};
      Value update = e.element(op.getUpdates(), at);
      Value old = e.load(flat, to);
      Value sum = isa<FloatType>(table.getElementType())
                      ? Value(b.create<arith::AddFOp>(e.loc(), old, update))
                      : Value(b.create<arith::AddIOp>(e.loc(), old, update));
      e.store(flat, to, sum);
    });
  });
}

} // namespace gradus::compiler
