#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace gradus::ir {

static LogicalResult checkIndices(const Rule &rule, Value indices) {
  Type element = elementOf(indices);
  if (element.isInteger(32) || element.isInteger(64))
    return success();
  return rule.fail("the indices have element type " + elementText(element) +
                   " (must be i32 or i64)");
}

/// Whether there may be an index although there is no element to take.
static bool lacksElements(int64_t size, ShapeSpan indices) {
  return size == 0 && !llvm::is_contained(indices, 0);
}

//===--- take, embedding
//-------------------------------------------------------------------------===//

/// x [a..., v, b...], indices [i...] -> [a..., i..., b...].
static LogicalResult inferTake(const Rule &rule, int64_t axis, SmallVectorImpl<Type> &types) {
  ShapeSpan x = shapeOf(rule.operands[0]), indices = shapeOf(rule.operands[1]);
  if (failed(checkIndices(rule, rule.operands[1]))) // take.2 embedding.2
    return failure();
  if (lacksElements(x[axis], indices)) // take.3 embedding.3
    return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(x) +
                     " has no element to take");
  SmallVector<int64_t> shape(x.begin(), x.begin() + axis);
  shape.append(indices.begin(), indices.end());
  shape.append(x.begin() + axis + 1, x.end());
  return rule.give(shape, elementOf(rule.operands[0]), types);
}

LogicalResult TakeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"tensor", "index operand"});
  if (failed(rule.checkAxes(adaptor.getAxis(), shapeOf(adaptor.getX()).size()))) // take.1
    return failure();
  return inferTake(rule, adaptor.getAxis(), types);
}

/// All indices along `axis`, 1 along the other axes of x.
static Expr alongAxis(Expr x, Expr indices, int64_t axis) {
  SmallVector<int64_t> shape(x.rank(), 1);
  shape[axis] = indices.type().getNumElements();
  return reshape(indices, shape);
}

SmallVector<Value> TakeOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX()), indices = x.with(getIndices());
  Expr taken = takeAlongAxis(x, alongAxis(x, indices, getAxis()), getAxis());
  return {reshape(taken, arrayOf(shapeOf(getResult())))};
}

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"table", "index operand"});
  ShapeSpan table = shapeOf(adaptor.getTable());
  if (table.empty()) // embedding.1
    return rule.fail("the table is a scalar (its first axis must be the rows)");
  if (failed(inferTake(rule, 0, types)))
    return failure();
  int64_t padding = adaptor.getPadding();
  if (padding < 0 || padding >= table[0]) // embedding.4
    return rule.fail("padding row " + Twine(padding) + " is outside the " + Twine(table[0]) +
                     " rows of the table");
  return success();
}

SmallVector<Value> EmbeddingOp::decompose(OpBuilder &builder) {
  Expr table(builder, getLoc(), getTable());
  return {take(table, table.with(getIndices()), 0)};
}

// y[i..] = t[index(i)]    dt = Σ over i of dy[i..], into row index(i) unless it is the padding
SmallVector<Value> EmbeddingOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr table(builder, getLoc(), getTable()), d = table.with(dResults[0]);
  Expr indices = alongAxis(table, table.with(getIndices()), 0);
  SmallVector<int64_t> shape(table.shape());
  shape[0] = indices.shape()[0];
  d = reshape(d, shape);
  Expr padded = broadcast(eq(indices, static_cast<double>(getPadding())), shape);
  return {scatter(zerosLike(table), indices, where(padded, zerosLike(d), d), 0, "add"), Value()};
}

//===--- take_along_axis
//-------------------------------------------------------------------------===//

LogicalResult TakeAlongAxisOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"tensor", "index operand"});
  ShapeSpan x = shapeOf(adaptor.getX()), indices = shapeOf(adaptor.getIndices());
  int64_t axis = adaptor.getAxis();
  if (failed(rule.checkAxes(axis, x.size())) ||          // take_along_axis.1
      failed(checkIndices(rule, adaptor.getIndices()))) // take_along_axis.2
    return failure();
  bool fits = x.size() == indices.size();
  for (size_t i = 0; fits && i < x.size(); ++i)
    fits = int64_t(i) == axis || indices[i] == x[i] || indices[i] == 1;
  if (!fits) // take_along_axis.3
    return rule.fail("indices of shape " + shapeText(indices) + " do not fit a tensor of shape " +
                     shapeText(x) + " (beside axis " + Twine(axis) +
                     " the sizes must be equal, or 1 in the indices)");
  if (lacksElements(x[axis], indices)) // take_along_axis.4
    return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(x) +
                     " has no element to take");
  SmallVector<int64_t> shape(x.begin(), x.end());
  shape[axis] = indices[axis];
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

// Where lanes run along the indices each lane has a place of its own, which is a gather.
Value TakeAlongAxisOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  OpBuilder &b = ctx.builder();
  Value zero = emitInteger(b, ctx.loc(), 0);
  SmallVector<Index> where(at);
  for (auto [index, size] : llvm::zip_equal(where, shapeOf(getIndices())))
    if (size == 1)
      index = {zero, 0};
  bool moves = ctx.lanes() > 1 && llvm::any_of(where, [](const Index &i) { return i.moves(); });
  Value place = ctx.operand(getIndicesMutable(), where);
  if (!place)
    return {};
  if (ctx.lanes() > 1 && !moves)
    place = b.create<vector::ExtractOp>(ctx.loc(), place, ArrayRef<int64_t>{0});
  place = emitCast(b, ctx.loc(), place, b.getI64Type());
  int64_t lanes = moves ? ctx.lanes() : 1;
  Value last = emitInteger(b, ctx.loc(), std::max<int64_t>(0, shapeOf(getX())[getAxis()] - 1));
  place = b.create<arith::MinSIOp>(ctx.loc(), place, emitSplat(b, ctx.loc(), last, lanes));
  place = b.create<arith::MaxSIOp>(ctx.loc(), place, emitSplat(b, ctx.loc(), zero, lanes));
  SmallVector<Index> source(at);
  source[getAxis()] = moves ? Index{zero, 0, place} : Index{place, 0};
  return ctx.operand(getXMutable(), source);
}

// y[.., k, ..] = x[.., i[.., k, ..], ..]    dx = Σ over k of dy[.., k, ..], into i[.., k, ..]
SmallVector<Value> TakeAlongAxisOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX());
  return {scatter(zerosLike(x), x.with(getIndices()), x.with(dResults[0]), getAxis(), "add"),
          Value()};
}

//===--- scatter
//---------------------------------------------------------------------------------===//

static constexpr StringLiteral kModes[] = {"set", "add", "mul", "max", "min"};

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(),
            {"tensor", "index operand", "update operand"});
  ShapeSpan x = shapeOf(adaptor.getX()), indices = shapeOf(adaptor.getIndices()),
            updates = shapeOf(adaptor.getUpdates());
  int64_t axis = adaptor.getAxis();
  if (failed(rule.checkAxes(axis, x.size())) ||          // scatter.1
      failed(checkIndices(rule, adaptor.getIndices()))) // scatter.2
    return failure();
  bool fits = x.size() == updates.size();
  for (size_t i = 0; fits && i < x.size(); ++i)
    fits = int64_t(i) == axis || updates[i] <= x[i];
  if (!fits) // scatter.3
    return rule.fail("updates of shape " + shapeText(updates) + " do not fit a tensor of shape " +
                     shapeText(x) + " (beside axis " + Twine(axis) +
                     " they must not be longer than the tensor)");
  fits = indices.size() == updates.size();
  for (size_t i = 0; fits && i < indices.size(); ++i)
    fits = indices[i] == updates[i] || (int64_t(i) != axis && indices[i] == 1);
  if (!fits) // scatter.4
    return rule.fail("indices of shape " + shapeText(indices) + " do not fit updates of shape " +
                     shapeText(updates) + " (the sizes must be equal, or 1 beside axis " +
                     Twine(axis) + ")");
  Type element = elementOf(adaptor.getX());
  if (element != elementOf(adaptor.getUpdates())) // scatter.5
    return rule.fail("element types " + elementText(element) + " and " +
                     elementText(elementOf(adaptor.getUpdates())) +
                     " differ (operands need one element type; convert with cast)");
  if (!llvm::is_contained(kModes, adaptor.getMode())) // scatter.6
    return rule.fail("mode \"" + adaptor.getMode() + "\" is unknown (must be set, add, mul, max or min)");
  if (adaptor.getMode() != "set" && failed(rule.checkElements(Elements::number, element)))
    return failure();
  if (lacksElements(x[axis], updates)) // scatter.7
    return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(x) +
                     " has no element to change");
  return rule.give(arrayOf(x), element, types);
}

Value ScatterOp::combine(OpBuilder &b, Location loc, Value old, Value update) {
  return llvm::StringSwitch<llvm::function_ref<Value()>>(getMode())
      .Case("add", [&] { return emitAdd(b, loc, old, update); })
      .Case("mul", [&] { return emitMul(b, loc, old, update); })
      .Case("max", [&] { return emitMaximum(b, loc, old, update); })
      .Case("min", [&] { return emitMinimum(b, loc, old, update); })
      .Default([&] { return update; })();
}

namespace {
/// What the gradients of gradus.scatter have in common: the same indices, the same axis.
struct Scattered {
  mutable ScatterOp op;
  Expr x, indices, updates, y, d;

  Scattered(ScatterOp op, OpBuilder &builder, Value dResult)
      : op(op), x(builder, op.getLoc(), op.getX()), indices(x.with(op.getIndices())),
        updates(x.with(op.getUpdates())), y(x.with(op.getResult())), d(x.with(dResult)) {}

  /// What lies in `value`, of the shape of x, at the places of the updates.
  Expr at(Expr value) const {
    SmallVector<int64_t> part(updates.shape());
    part[op.getAxis()] = x.shape()[op.getAxis()];
    return takeAlongAxis(leading(value, part), indices, op.getAxis());
  }
  Expr into(Expr value, Expr what, StringRef mode) const {
    return scatter(value, indices, what, op.getAxis(), mode);
  }
  /// The leading part of `value` of shape `part`.
  static Expr leading(Expr value, ArrayRef<int64_t> part) {
    for (auto [axis, size] : llvm::enumerate(part))
      if (value.shape()[axis] != size)
        value = take(value, iota(value, {size}, 0, value.builder().getI32Type()), axis);
    return value;
  }

  // y = x, but the last update wins    dx = dy where nothing was set, du = dy for the winner
  SmallVector<Value> set() const {
    Type count = x.builder().getI32Type();
    Expr none = x.with(splat(x.builder(), x.loc(), RankedTensorType::get(x.shape(), count), -1));
    Expr number = iota(x, updates.shape(), op.getAxis(), count);
    Expr winner = into(none, number, "set");
    Expr du = at(d);
    return {where(lt(winner, 0), d, zerosLike(d)), Value(),
            where(eq(at(winner), number), du, zerosLike(du))};
  }

  // y = x Π u    dx = dy Π u    du = dy x Π (the other u)
  // With P the product of the factors that are not zero, and Z the number of the others: the product
  // of all others than u is P / u if Z = 0; P if u alone is zero; else 0.
  SmallVector<Value> mul() const {
    auto zero = [](Expr v) { return eq(v, 0); };
    auto nonzero = [&](Expr v) { return where(zero(v), onesLike(v), v); };
    auto asNumber = [&](Expr flag) { return cast(flag, x.type().getElementType()); };
    Expr dx = d * into(onesLike(x), updates, "mul");
    Expr product = at(d * into(nonzero(x), nonzero(updates), "mul"));
    Expr zeros = at(into(asNumber(zero(x)), asNumber(zero(updates)), "add"));
    Expr others = zeros - asNumber(zero(updates));
    return {dx, Value(), where(gt(others, 0), zerosLike(product), product / nonzero(updates))};
  }

  // y = the extremum    d is shared by those that are equal to it
  SmallVector<Value> extremum() const {
    auto asNumber = [&](Expr flag) { return cast(flag, x.type().getElementType()); };
    Expr own = asNumber(eq(x, y)), others = asNumber(eq(updates, at(y)));
    Expr share = d / maximum(into(own, others, "add"), 1);
    return {own * share, Value(), others * at(share)};
  }
};
} // namespace

SmallVector<Value> ScatterOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Scattered s(*this, builder, dResults[0]);
  if (getMode() == "set")
    return s.set();
  if (getMode() == "add")
    return {s.d, Value(), s.at(s.d)};
  return getMode() == "mul" ? s.mul() : s.extremum();
}

//===--- argmax, argmin
//---------------------------------------------------------------------------------===//

static LogicalResult inferSearch(const Rule &rule, int64_t axis, SmallVectorImpl<Type> &types) {
  ShapeSpan from = shapeOf(rule.operands[0]);
  Type element = elementOf(rule.operands[0]);
  if (failed(rule.checkAxes(axis, from.size())) ||           // argmax.1 argmin.1
      failed(rule.checkElements(Elements::number, element))) // argmax.2 argmin.2
    return failure();
  if (from[axis] == 0 || from[axis] > INT32_MAX) // argmax.3 argmin.3
    return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(from) +
                     " must have between 1 and 2^31-1 elements");
  SmallVector<int64_t> shape(from.begin(), from.end());
  shape.erase(shape.begin() + axis);
  return rule.give(shape, IntegerType::get(element.getContext(), 32), types);
}

// The least i with x[i] = extreme, or x[i] NaN.
static Value search(Expr x, Expr extreme, int64_t axis) {
  Expr best = either(eq(x, spread(extreme, x.shape(), axis)), ne(x, x));
  Expr index = iota(x, x.shape(), axis, x.builder().getI32Type());
  Expr none = constantLike(index, static_cast<double>(x.shape()[axis]));
  return min(where(best, index, none), axis);
}

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferSearch({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxis(), types);
}

SmallVector<Value> ArgmaxOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  return {search(x, max(x, getAxis()), getAxis())};
}

LogicalResult ArgminOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferSearch({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxis(), types);
}

SmallVector<Value> ArgminOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  return {search(x, min(x, getAxis()), getAxis())};
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
