#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {

/// A shape attribute as a tensor shape: -1 is the batch.
static SmallVector<int64_t> sizes(ArrayRef<int64_t> attribute) {
  SmallVector<int64_t> shape(attribute);
  std::replace(shape.begin(), shape.end(), int64_t(-1), int64_t(kUnknown));
  return shape;
}

/// Sets the batch in the shape attribute and in the result type.
template <class Op> static void setShapeBatch(Op op, int64_t batch) {
  SmallVector<int64_t> shape(op.getShape());
  std::replace(shape.begin(), shape.end(), int64_t(-1), batch);
  op.setShape(shape);
}

//===--- broadcast
//----------------------------------------------------------------------------------------------===//

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  SmallVector<int64_t> shape = sizes(adaptor.getShape());
  if (failed(rule.give(shape, elementOf(adaptor.getX()), types)))
    return failure();
  if (!broadcastsTo(shapeOf(adaptor.getX()), spanOf(shape))) // broadcast.1
    return rule.fail("shape " + shapeText(shapeOf(adaptor.getX())) + " does not broadcast to " +
                     shapeText(spanOf(shape)) +
                     " (aligned at the right, sizes must match or be 1 in the operand)");
  return success();
}

void BroadcastOp::setBatch(int64_t batch) { setShapeBatch(*this, batch); }

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  auto type = cast<RankedTensorType>(getType());
  if (auto value = dyn_cast_if_present<SplatElementsAttr>(adaptor.getX());
      value && type.hasStaticShape())
    return DenseElementsAttr::get(type, value.getSplatValue<Attribute>());
  return {};
}

Value BroadcastOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  ShapeSpan from = shapeOf(getX());
  SmallVector<Index> source(at.take_back(from.size()));
  for (auto [index, size] : llvm::zip(source, from))
    if (size == 1)
      index = {emitInteger(ctx.builder(), ctx.loc(), 0), 0};
  return ctx.operand(getXMutable(), source);
}

// y[.., i] = x[.., i or 0]    dx = dy summed over the repeated axes, in x's shape
SmallVector<Value> BroadcastOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr d(builder, getLoc(), dResults[0]);
  std::vector<int64_t> axes = stretchedAxes(shapeOf(getX()), shapeOf(getResult()));
  if (!axes.empty())
    d = sum(d, axes);
  return {reshape(d, arrayOf(shapeOf(getX())))};
}

//===--- transpose
//----------------------------------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ShapeSpan from = shapeOf(adaptor.getX());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  SmallVector<int64_t> shape, sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, from.size()))) { // transpose.1
    std::string list;
    for (int64_t axis : permutation)
      list += (list.empty() ? "" : ", ") + std::to_string(axis);
    return rule.fail("axes [" + list + "] do not name each of the " + Twine(from.size()) +
                     " axes of shape " + shapeText(from) + " once");
  }
  for (int64_t axis : permutation)
    shape.push_back(from[axis]);
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::is_sorted(getPermutation()))
    return getX();
  if (auto value = dyn_cast_if_present<SplatElementsAttr>(adaptor.getX()))
    return DenseElementsAttr::get(cast<RankedTensorType>(getType()),
                                  value.getSplatValue<Attribute>());
  if (auto inner = getX().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> both;
    for (int64_t axis : getPermutation())
      both.push_back(inner.getPermutation()[axis]);
    if (llvm::is_sorted(both))
      return inner.getX();
    setPermutation(both);
    getXMutable().set(inner.getX());
    return getResult();
  }
  return {};
}

Value TransposeOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  SmallVector<Index> source(at.size());
  for (auto [i, axis] : llvm::enumerate(getPermutation()))
    source[axis] = at[i];
  return ctx.operand(getXMutable(), source);
}

// y = transpose(x, p)    dx = transpose(dy, p⁻¹)
SmallVector<Value> TransposeOp::gradient(OpBuilder &builder, ValueRange dResults) {
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [i, axis] : llvm::enumerate(getPermutation()))
    inverse[axis] = i;
  return {transpose(Expr(builder, getLoc(), dResults[0]), inverse)};
}

//===--- reshape
//------------------------------------------------------------------------------------------------===//

/// The product of the known sizes, and how many sizes are unknown.
static std::pair<int64_t, int> knownSize(ArrayRef<int64_t> shape, int64_t unknown) {
  int64_t product = 1;
  for (int64_t size : shape)
    if (size != unknown && __builtin_mul_overflow(product, size, &product))
      return {-1, 0};
  return {product, static_cast<int>(llvm::count(shape, unknown))};
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ArrayRef<int64_t> from = arrayOf(shapeOf(adaptor.getX()));
  SmallVector<int64_t> to(adaptor.getShape());
  auto [have, batches] = knownSize(from, kUnknown);
  auto [want, open] = knownSize(to, -1);
  if (open > 1 || llvm::any_of(to, [](int64_t size) { return size < -1; })) // reshape.1
    return rule.fail("at most one size may be -1, and no other negative");
  SmallVector<int64_t> shown = sizes(to);
  if (open == 1 && want > 0 && have >= 0 && have % want == 0 && batches <= 1) {
    // With an unknown batch, the open size is the batch when nothing else is left, else some
    // multiple of it.
    *llvm::find(to, -1) = batches ? kUnknown : have / want;
    return rule.give(to, elementOf(adaptor.getX()), types);
  }
  if (open == 0 && batches == 0 && have == want && have >= 0)
    return rule.give(to, elementOf(adaptor.getX()), types);
  return rule.fail("shape " + shapeText(spanOf(from)) + " cannot become " +
                   shapeText(spanOf(shown)) + " (the number of elements must stay)"); // reshape.2
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getType());
  if (!type.hasStaticShape())
    return {};
  if (getX().getType() == type)
    return getX();
  if (auto value = dyn_cast_if_present<DenseElementsAttr>(adaptor.getX()))
    return value.reshape(type);
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().set(inner.getX());
    return getResult();
  }
  return {};
}

/// Row-major position in `shape`, as an index: lanes keep one step.
static Index linear(ElementContext &ctx, ArrayRef<Index> at, ArrayRef<int64_t> shape) {
  OpBuilder &b = ctx.builder();
  Index result{emitInteger(b, ctx.loc(), 0), 0};
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0; stride *= shape[i]) {
    if (shape[i] == 1)
      continue;
    Value term = at[i].value;
    if (stride != 1)
      term = b.create<arith::MulIOp>(ctx.loc(), term, emitInteger(b, ctx.loc(), stride));
    result.value = b.create<arith::AddIOp>(ctx.loc(), result.value, term);
    result.lane += at[i].lane * stride;
  }
  return result;
}

/// Sizes [from, from + count) of one shape and of the other with equal products.
struct Group {
  size_t operandBegin, operandEnd, resultBegin, resultEnd;
};

/// The finest split of both shapes into runs of equal products. Sizes are positive.
static SmallVector<Group> groups(ArrayRef<int64_t> operand, ArrayRef<int64_t> result) {
  SmallVector<Group> list;
  size_t i = 0, j = 0;
  while (i < operand.size() || j < result.size()) {
    Group group{i, i, j, j};
    int64_t a = i < operand.size() ? operand[i++] : 1;
    int64_t b = j < result.size() ? result[j++] : 1;
    while (a != b)
      a < b ? a *= operand[i++] : b *= result[j++];
    group.operandEnd = i;
    group.resultEnd = j;
    list.push_back(group);
  }
  return list;
}

// Each group goes through its row-major position. Lanes may not cross rows of an operand group of
// several axes.
Value ReshapeOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  ArrayRef<int64_t> from = arrayOf(shapeOf(getX())), to = arrayOf(shapeOf(getResult()));
  OpBuilder &b = ctx.builder();
  SmallVector<Index> source(from.size(), Index{emitInteger(b, ctx.loc(), 0), 0});
  if (llvm::is_contained(to, 0))
    return ctx.operand(getXMutable(), source);
  for (Group g : groups(from, to)) {
    Index position = linear(ctx, at.slice(g.resultBegin, g.resultEnd - g.resultBegin),
                            to.slice(g.resultBegin, g.resultEnd - g.resultBegin));
    SmallVector<size_t> axes;
    for (size_t axis = g.operandBegin; axis < g.operandEnd; ++axis)
      if (from[axis] != 1)
        axes.push_back(axis);
    if (axes.size() > 1 && position.lane != 0 && ctx.lanes() > 1)
      return {};
    while (!axes.empty()) {
      size_t axis = axes.pop_back_val();
      if (axes.empty()) {
        source[axis] = position;
        break;
      }
      Value size = emitInteger(b, ctx.loc(), from[axis]);
      source[axis] = {b.create<arith::RemUIOp>(ctx.loc(), position.value, size), 0};
      position.value = b.create<arith::DivUIOp>(ctx.loc(), position.value, size);
    }
  }
  return ctx.operand(getXMutable(), source);
}

SmallVector<Value> ReshapeOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return {reshape(Expr(builder, getLoc(), dResults[0]), arrayOf(shapeOf(getX())))};
}

//===--- iota
//---------------------------------------------------------------------------------------------------===//

LogicalResult IotaOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  SmallVector<int64_t> shape = sizes(adaptor.getShape());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(shape.size())) // iota.1
    return rule.fail("axis " + Twine(axis) + " is outside the " + Twine(shape.size()) +
                     " axes of shape " + shapeText(spanOf(shape)));
  if (failed(rule.checkElements(Elements::number, adaptor.getElement()))) // iota.2
    return failure();
  return rule.give(shape, adaptor.getElement(), types);
}

void IotaOp::setBatch(int64_t batch) { setShapeBatch(*this, batch); }

Value IotaOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  return emitCast(ctx.builder(), ctx.loc(), emitCoordinate(ctx, at[getAxis()]), getElement());
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Movement.cpp.inc"
