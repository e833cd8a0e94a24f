#include "dialects/gradus/Sorting.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace gradus::ir {

Value emitLess(OpBuilder &b, Location loc, Value x, Value y) {
  if (!isFloat(x))
    return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, y);
  Value less = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OLT, x, y);
  Value number = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::ORD, x, x);
  Value nan = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNO, y, y);
  return b.create<arith::OrIOp>(loc, less, b.create<arith::AndIOp>(loc, number, nan));
}

//===--- sort
//------------------------------------------------------------------------------------===//

LogicalResult SortOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ShapeSpan shape = shapeOf(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (failed(rule.checkAxes(axis, shape.size()))) // sort.1
    return failure();
  if (shape[axis] > INT32_MAX)
    return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(shape) +
                     " is too long for its i32 indices (at most 2^31-1 elements)");
  if (failed(rule.checkElements(Elements::number, elementOf(adaptor.getX())))) // sort.2
    return failure();
  if (failed(rule.give(arrayOf(shape), elementOf(adaptor.getX()), types)))
    return failure();
  return rule.give(arrayOf(shape), IntegerType::get(context, 32), types);
}

// y[i] = x[index[i]], each element once    dx[index[i]] = dy[i]
SmallVector<Value> SortOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr d(builder, getLoc(), dResults[0]);
  return {scatter(zerosLike(d), d.with(getIndices()), d, getAxis(), "add")};
}

//===--- search_sorted
//---------------------------------------------------------------------------===//

LogicalResult SearchSortedOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"sequence", "values"});
  ShapeSpan sorted = shapeOf(adaptor.getSorted()), values = shapeOf(adaptor.getValues());
  if (sorted.empty()) // search_sorted.1
    return rule.fail("the sequence is a scalar (its last axis must be the sequence)");
  if (sorted.back() > INT32_MAX)
    return rule.fail("a sequence of " + Twine(sorted.back()) +
                     " elements is too long for i32 results (at most 2^31-1)");
  size_t leading = sorted.size() - 1;
  if (leading > 0 && (values.size() != sorted.size() ||
                      !llvm::equal(values.first(leading), sorted.first(leading)))) // search_sorted.2
    return rule.fail("values of shape " + shapeText(values) +
                     " do not fit sequences of shape " + shapeText(sorted) +
                     " (all axes but the last must be equal)");
  if (elementOf(adaptor.getSorted()) != elementOf(adaptor.getValues())) // search_sorted.3
    return rule.fail("element types " + elementText(elementOf(adaptor.getSorted())) + " and " +
                     elementText(elementOf(adaptor.getValues())) +
                     " differ (operands need one element type; convert with cast)");
  if (failed(rule.checkElements(Elements::number, elementOf(adaptor.getSorted()))))
    return failure();
  return rule.give(arrayOf(values), IntegerType::get(context, 32), types);
}

// Halves the steps: `found` elements are known to lie before the value.
Value SearchSortedOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  if (ctx.lanes() > 1)
    return {};
  OpBuilder &b = ctx.builder();
  Location loc = ctx.loc();
  ShapeSpan shape = shapeOf(getSorted());
  int64_t n = shape.back();
  Value value = ctx.operand(getValuesMutable(), at);
  Value found = emitInteger(b, loc, 0), end = emitInteger(b, loc, n), one = emitInteger(b, loc, 1);
  SmallVector<Index> source(at.take_front(shape.size() - 1));
  source.push_back({});
  for (int64_t step = n > 0 ? int64_t(llvm::bit_floor(uint64_t(n))) : 0; step > 0; step /= 2) {
    Value next = b.create<arith::AddIOp>(loc, found, emitInteger(b, loc, step));
    Value inside = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sle, next, end);
    Value last = b.create<arith::SubIOp>(loc, b.create<arith::MinSIOp>(loc, next, end), one);
    source.back() = {last, 0};
    Value element = ctx.operand(getSortedMutable(), source);
    Value before = getRight() ? emitNot(b, loc, emitLess(b, loc, value, element))
                              : emitLess(b, loc, element, value);
    before = b.create<arith::AndIOp>(loc, inside, before);
    found = b.create<arith::SelectOp>(loc, before, next, found);
  }
  return b.create<arith::TruncIOp>(loc, b.getI32Type(), found);
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Sorting.cpp.inc"
