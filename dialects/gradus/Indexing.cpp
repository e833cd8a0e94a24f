#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace gradus::ir {

//===--- gather
//-------------------------------------------------------------------------------------------------===//

static LogicalResult checkIndices(const Rule &rule, Value indices) {
  Type element = elementOf(indices);
  if (element.isInteger(32) || element.isInteger(64))
    return success();
  return rule.fail("the indices have element type " + elementText(element) +
                   " (must be i32 or i64)");
}

/// Whether there may be an index although there is no row to take.
static bool lacksRows(int64_t rows, ShapeSpan indices) {
  return rows == 0 && !llvm::is_contained(indices, 0);
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"table", "index operand"});
  ShapeSpan table = shapeOf(adaptor.getTable()), indices = shapeOf(adaptor.getIndices());
  if (table.empty()) // gather.1
    return rule.fail("the table is a scalar (its first axis must be the rows)");
  if (failed(checkIndices(rule, adaptor.getIndices()))) // gather.2
    return failure();
  if (lacksRows(table[0], indices)) // gather.3
    return rule.fail("the table of shape " + shapeText(table) + " has no row to take");
  SmallVector<int64_t> shape(indices.begin(), indices.end());
  shape.append(table.begin() + 1, table.end());
  return rule.give(shape, elementOf(adaptor.getTable()), types);
}

// Lanes may run along the row, not along the indices.
Value GatherOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  OpBuilder &b = ctx.builder();
  size_t rank = shapeOf(getIndices()).size();
  if (ctx.lanes() > 1 &&
      llvm::any_of(at.take_front(rank), [](const Index &i) { return i.lane != 0; }))
    return {};
  Value row = ctx.operand(getIndicesMutable(), at.take_front(rank));
  if (!row)
    return {};
  if (ctx.lanes() > 1)
    row = b.create<vector::ExtractOp>(ctx.loc(), row, ArrayRef<int64_t>{0});
  row = emitCast(b, ctx.loc(), row, b.getI64Type());
  Value last = emitInteger(b, ctx.loc(), shapeOf(getTable())[0] - 1),
        zero = emitInteger(b, ctx.loc(), 0);
  row = b.create<arith::MaxSIOp>(ctx.loc(), b.create<arith::MinSIOp>(ctx.loc(), row, last), zero);
  SmallVector<Index> source{{row, 0}};
  llvm::append_range(source, at.drop_front(rank));
  return ctx.operand(getTableMutable(), source);
}

// y[i..] = t[index(i)]    dt = Σ over i of dy[i..], into row index(i)
SmallVector<Value> GatherOp::gradient(OpBuilder &builder, ValueRange dResults) {
  int64_t rows = shapeOf(getTable())[0];
  return {builder.create<ScatterAddOp>(getLoc(), getIndices(), dResults[0], rows), Value()};
}

//===--- scatter_add
//--------------------------------------------------------------------------------------------===//

LogicalResult ScatterAddOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"index operand", "update operand"});
  ShapeSpan indices = shapeOf(adaptor.getIndices()), updates = shapeOf(adaptor.getUpdates());
  if (updates.size() < indices.size() ||
      !llvm::equal(updates.first(indices.size()), indices)) // scatter_add.1
    return rule.fail("updates of shape " + shapeText(updates) +
                     " do not begin with the axes of the indices, " + shapeText(indices));
  if (failed(checkIndices(rule, adaptor.getIndices())) || // scatter_add.2
      failed(rule.checkElements(Elements::number, elementOf(adaptor.getUpdates()))))
    return failure();
  int64_t rows = adaptor.getRows();
  if (rows < 0 || lacksRows(rows, indices)) // scatter_add.3
    return rule.fail("a result of " + Twine(rows) + " rows has no row to add to");
  SmallVector<int64_t> shape{rows};
  shape.append(updates.begin() + indices.size(), updates.end());
  return rule.give(shape, elementOf(adaptor.getUpdates()), types);
}

// y[r] = Σ of u[i] with index(i) = r    du[i] = dy[index(i)]
SmallVector<Value> ScatterAddOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return {Value(), builder.create<GatherOp>(getLoc(), dResults[0], getIndices())};
}

} // namespace gradus::ir
