#include "dialects/gradus/Indexing.h"
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
      llvm::any_of(at.take_front(rank), [](const Index &i) { return i.moves(); }))
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

//===--- argmax
//---------------------------------------------------------------------------------===//

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ShapeSpan from = shapeOf(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (failed(rule.checkAxes(axis, from.size())) ||                             // argmax.1
      failed(rule.checkElements(Elements::number, elementOf(adaptor.getX())))) // argmax.2
    return failure();
  if (from[axis] == 0 || from[axis] > INT32_MAX) // argmax.3
    return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(from) +
                     " must have between 1 and 2^31-1 elements");
  SmallVector<int64_t> shape(from.begin(), from.end());
  shape.erase(shape.begin() + axis);
  return rule.give(shape, IntegerType::get(context, 32), types);
}

// The least i with x[i] = max x, or x[i] NaN.
SmallVector<Value> ArgmaxOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  int64_t axis = getAxis();
  Expr best = either(eq(x, spread(max(x, axis), x.shape(), axis)), ne(x, x));
  Expr index = iota(x, x.shape(), axis, builder.getI32Type());
  Expr none = constantLike(index, static_cast<double>(x.shape()[axis]));
  return {min(where(best, index, none), axis)};
}

//===--- one_hot
//--------------------------------------------------------------------------------===//

LogicalResult OneHotOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  if (failed(checkIndices(rule, adaptor.getIndices()))) // one_hot.1
    return failure();
  int64_t classes = adaptor.getClasses();
  if (classes < 0) // one_hot.2
    return rule.fail("the number of classes is " + Twine(classes) + " (must not be negative)");
  if (failed(rule.checkElements(Elements::number, adaptor.getElement())))
    return failure();
  ShapeSpan indices = shapeOf(adaptor.getIndices());
  SmallVector<int64_t> shape(indices.begin(), indices.end());
  shape.push_back(classes);
  return rule.give(shape, adaptor.getElement(), types);
}

SmallVector<Value> OneHotOp::decompose(OpBuilder &builder) {
  Expr indices(builder, getLoc(), getIndices());
  ArrayRef<int64_t> shape = arrayOf(shapeOf(getResult()));
  int64_t axis = indices.rank();
  Expr isHot =
      eq(spread(indices, shape, axis), iota(indices, shape, axis, elementOf(getIndices())));
  return {cast(isHot, getElement())};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Indexing.cpp.inc"
