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
      index = {emitInteger(ctx.builder(), ctx.loc(), 0), 0, {}};
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
  Index result{emitInteger(ctx.builder(), ctx.loc(), 0), 0, {}};
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0; stride *= shape[i])
    if (shape[i] != 1)
      result = addIndex(ctx, scaleIndex(ctx, at[i], stride), result);
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
  SmallVector<Index> source(from.size(), Index{emitInteger(b, ctx.loc(), 0), 0, {}});
  if (llvm::is_contained(to, 0))
    return ctx.operand(getXMutable(), source);
  for (Group g : groups(from, to)) {
    Index position = linear(ctx, at.slice(g.resultBegin, g.resultEnd - g.resultBegin),
                            to.slice(g.resultBegin, g.resultEnd - g.resultBegin));
    SmallVector<size_t> axes;
    for (size_t axis = g.operandBegin; axis < g.operandEnd; ++axis)
      if (from[axis] != 1)
        axes.push_back(axis);
    if (axes.size() > 1 && position.moves() && ctx.lanes() > 1)
      return {};
    while (!axes.empty()) {
      size_t axis = axes.pop_back_val();
      if (axes.empty()) {
        source[axis] = position;
        break;
      }
      Value size = emitInteger(b, ctx.loc(), from[axis]);
      source[axis] = {b.create<arith::RemUIOp>(ctx.loc(), position.value, size), 0, {}};
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

//===--- slice
//--------------------------------------------------------------------------------------------------===//

/// Whether each list has an entry for each of the `count` axes that are meant.
static LogicalResult checkEntries(const Rule &rule, size_t count,
                                  ArrayRef<std::pair<const char *, ArrayRef<int64_t>>> lists) {
  for (auto [name, list] : lists)
    if (list.size() != count)
      return rule.fail(Twine(name) + " has " + Twine(list.size()) + " entries for " + Twine(count) +
                       " axes");
  return success();
}

static LogicalResult checkPositive(const Rule &rule,
                                   ArrayRef<std::pair<const char *, ArrayRef<int64_t>>> lists) {
  for (auto [name, list] : lists)
    for (int64_t entry : list)
      if (entry < 1)
        return rule.fail(Twine(name) + " has the entry " + Twine(entry) + " (must be positive)");
  return success();
}

/// The last of `count` places that are `step` apart, from `start` on; INT64_MAX if it is beyond.
static int64_t lastPlace(int64_t start, int64_t count, int64_t step) {
  int64_t last;
  if (__builtin_mul_overflow(count - 1, step, &last) || __builtin_add_overflow(last, start, &last))
    return INT64_MAX;
  return last;
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ShapeSpan from = shapeOf(adaptor.getX());
  ArrayRef<int64_t> starts = adaptor.getStarts(), sizes = adaptor.getSizes(),
                    steps = adaptor.getSteps();
  if (failed(checkEntries(rule, from.size(),
                          {{"starts", starts}, {"sizes", sizes}, {"steps", steps}}))) // slice.1
    return failure();
  SmallVector<int64_t> shape;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    int64_t start = starts[axis], size = sizes[axis], step = steps[axis];
    if (start < 0 || step < 1) // slice.2
      return rule.fail("axis " + Twine(axis) + " starts at " + Twine(start) + " with step " +
                       Twine(step) + " (the start must not be negative, the step positive)");
    if (size == -1 && start == 0 && step == 1) {
      shape.push_back(from[axis]);
      continue;
    }
    int64_t last = size > 0 ? lastPlace(start, size, step) : start - 1;
    if (size < 0 || from[axis] == kUnknown || last >= from[axis]) // slice.3
      return rule.fail("axis " + Twine(axis) + ", of " +
                       (from[axis] == kUnknown ? "unknown size" : "size " + Twine(from[axis])) +
                       ", has no " + Twine(size) + " elements from " + Twine(start) + " with step " +
                       Twine(step));
    shape.push_back(size);
  }
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

/// The constant of one value that an op which only moves elements gives when its operand is one.
static OpFoldResult movedSplat(Attribute operand, Type result) {
  auto value = dyn_cast_if_present<SplatElementsAttr>(operand);
  auto type = cast<RankedTensorType>(result);
  if (!value || !type.hasStaticShape())
    return {};
  return DenseElementsAttr::get(type, value.getSplatValue<Attribute>());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType() && llvm::all_of(getSteps(), [](int64_t step) { return step == 1; }) &&
      llvm::all_of(getStarts(), [](int64_t start) { return start == 0; }))
    return getX();
  return movedSplat(adaptor.getX(), getType());
}

Value SliceOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  SmallVector<Index> source;
  for (auto [index, start, step] : llvm::zip_equal(at, getStarts(), getSteps()))
    source.push_back(addIndex(ctx, scaleIndex(ctx, index, step), start));
  return ctx.operand(getXMutable(), source);
}

// y[i] = x[start + i·step]    dx[j] = dy[(j - start)/step] where that is an element, else 0
SmallVector<Value> SliceOp::gradient(OpBuilder &builder, ValueRange dResults) {
  SmallVector<int64_t> high, interior;
  ShapeSpan from = shapeOf(getX()), to = shapeOf(getResult());
  for (auto [n, size, start, step] : llvm::zip_equal(from, to, getStarts(), getSteps())) {
    high.push_back(n - start - (size ? (size - 1) * step + 1 : 0));
    interior.push_back(step - 1);
  }
  return {pad(Expr(builder, getLoc(), dResults[0]), getStarts(), high, interior)};
}

//===--- pad
//----------------------------------------------------------------------------------------------------===//

/// Whether the element type has this number, or rounds to it.
static bool holds(Type element, double value) {
  if (isa<FloatType>(element))
    return true;
  unsigned bits = element.getIntOrFloatBitWidth();
  bool isUnsigned = bits <= 8;
  double low = isUnsigned ? 0 : -std::ldexp(1.0, bits - 1);
  return value >= low && value < std::ldexp(1.0, isUnsigned ? bits : bits - 1);
}

/// The size of a padded axis, or INT64_MAX.
static int64_t paddedSize(int64_t size, int64_t low, int64_t high, int64_t interior) {
  int64_t between, sum;
  if (__builtin_mul_overflow(std::max<int64_t>(size - 1, 0), interior, &between) ||
      __builtin_add_overflow(size, between, &sum) || __builtin_add_overflow(sum, low, &sum) ||
      __builtin_add_overflow(sum, high, &sum))
    return INT64_MAX;
  return sum;
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ShapeSpan from = shapeOf(adaptor.getX());
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh(),
                    interior = adaptor.getInterior();
  if (failed(checkEntries(rule, from.size(),
                          {{"low", low}, {"high", high}, {"interior", interior}}))) // pad.1
    return failure();
  SmallVector<int64_t> shape;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    if (interior[axis] < 0) // pad.2
      return rule.fail("axis " + Twine(axis) + " has " + Twine(interior[axis]) +
                       " elements in between (must not be negative)");
    if (from[axis] == kUnknown) {
      if (low[axis] || high[axis] || interior[axis]) // pad.5
        return rule.fail("axis " + Twine(axis) + " is the batch, which cannot be padded");
      shape.push_back(kUnknown);
      continue;
    }
    int64_t size = paddedSize(from[axis], low[axis], high[axis], interior[axis]);
    if (size < 0) // pad.3
      return rule.fail("axis " + Twine(axis) + " of size " + Twine(from[axis]) +
                       " would have the size " + Twine(size) + " (low " + Twine(low[axis]) +
                       ", high " + Twine(high[axis]) + ", interior " + Twine(interior[axis]) + ")");
    shape.push_back(size);
  }
  Type element = elementOf(adaptor.getX());
  double value = adaptor.getValue().convertToDouble();
  if (!holds(element, value)) // pad.4
    return rule.fail("element type " + elementText(element) + " cannot hold the value " +
                     std::to_string(value));
  return rule.give(shape, element, types);
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto none = [](ArrayRef<int64_t> list) {
    return llvm::all_of(list, [](int64_t entry) { return entry == 0; });
  };
  return none(getLow()) && none(getHigh()) && none(getInterior()) ? OpFoldResult(getX()) : OpFoldResult();
}

// Along an axis from which something is only taken away every element is one of the operand's.
Value PadOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  OpBuilder &b = ctx.builder();
  ShapeSpan from = shapeOf(getX());
  Type element = elementOf(getX());
  Type type = ctx.lanes() == 1 ? element : Type(VectorType::get({ctx.lanes()}, element));
  Value outside = emitConstant(b, ctx.loc(), type, getValue().convertToDouble());
  if (llvm::is_contained(from, 0))
    return outside;
  SmallVector<Index> source;
  Value scalar, lanes; // which elements are the operand's
  auto also = [&](Value &all, Value valid) {
    all = all ? b.createOrFold<arith::AndIOp>(ctx.loc(), all, valid) : valid;
  };
  for (size_t axis = 0; axis < from.size(); ++axis) {
    Index index = addIndex(ctx, at[axis], -getLow()[axis]);
    if (getLow()[axis] > 0 || getHigh()[axis] > 0 || getInterior()[axis] > 0) {
      Place place = findIndex(ctx, index, from[axis], getInterior()[axis] + 1);
      also(isa<VectorType>(place.valid.getType()) ? lanes : scalar, place.valid);
      index = place.index;
    }
    source.push_back(index);
  }
  Value inside = lanes ? ctx.operand(getXMutable(), source, lanes) : ctx.operand(getXMutable(), source);
  for (Value valid : {lanes, scalar})
    if (valid)
      inside = b.createOrFold<arith::SelectOp>(ctx.loc(), valid, inside, outside);
  return inside;
}

// y = x between and among constants    dx = dy without them
SmallVector<Value> PadOp::gradient(OpBuilder &builder, ValueRange dResults) {
  SmallVector<int64_t> low, high, steps, starts(getLow().size(), 0);
  for (auto [before, after, between] : llvm::zip_equal(getLow(), getHigh(), getInterior())) {
    low.push_back(-before);
    high.push_back(-after);
    steps.push_back(between + 1);
  }
  Expr inner = pad(Expr(builder, getLoc(), dResults[0]), low, high);
  return {slice(inner, starts, arrayOf(shapeOf(getX())), steps)};
}

//===--- reverse
//------------------------------------------------------------------------------------------------===//

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ShapeSpan from = shapeOf(adaptor.getX());
  if (failed(rule.checkAxes(adaptor.getAxes(), from.size()))) // reverse.1
    return failure();
  return rule.give(arrayOf(from), elementOf(adaptor.getX()), types);
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  bool moves = llvm::any_of(getAxes(), [&](int64_t axis) { return shapeOf(getX())[axis] != 1; });
  return moves ? movedSplat(adaptor.getX(), getType()) : OpFoldResult(getX());
}

Value ReverseOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  SmallVector<Index> source(at);
  for (int64_t axis : getAxes())
    source[axis] = addIndex(ctx, scaleIndex(ctx, at[axis], -1), shapeOf(getX())[axis] - 1);
  return ctx.operand(getXMutable(), source);
}

SmallVector<Value> ReverseOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return {reverse(Expr(builder, getLoc(), dResults[0]), getAxes())};
}

//===--- concat
//-------------------------------------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  if (adaptor.getParts().empty()) // concat.1
    return rule.fail("there is no operand");
  Value front = adaptor.getParts().front();
  SmallVector<int64_t> shape(arrayOf(shapeOf(front)));
  int64_t axis = adaptor.getAxis(), rank = shape.size();
  if (axis < 0 || axis >= rank)
    return rule.fail("axis " + Twine(axis) + " is outside the " + Twine(rank) +
                     " axes of the first operand");
  int64_t size = 0;
  for (auto [i, part] : llvm::enumerate(adaptor.getParts())) {
    if (elementOf(part) != elementOf(front)) // concat.2
      return rule.fail("element types " + elementText(elementOf(front)) + " and " +
                       elementText(elementOf(part)) + " of operands 0 and " + Twine(i) +
                       " differ (convert with cast)");
    SmallVector<int64_t> other(arrayOf(shapeOf(part)));
    int64_t own = static_cast<int64_t>(other.size()) == rank ? other[axis] : -1;
    if (own == kUnknown) // concat.4
      return rule.fail("axis " + Twine(axis) + " of operand " + Twine(i) +
                       " is the batch, of unknown size");
    if (own != -1)
      other[axis] = shape[axis];
    if (other != shape) // concat.3
      return rule.fail("shapes " + shapeText(shapeOf(front)) + " and " + shapeText(shapeOf(part)) +
                       " of operands 0 and " + Twine(i) + " differ in more than axis " + Twine(axis));
    if (__builtin_add_overflow(size, own, &size))
      size = INT64_MAX;
  }
  shape[axis] = size;
  return rule.give(shape, elementOf(front), types);
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getParts().size() == 1 ? OpFoldResult(getParts().front()) : OpFoldResult();
}

// Where the loops are split by the operands, it is known whose element this is.
Value ConcatOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  OpBuilder &b = ctx.builder();
  int64_t axis = getAxis(), begin = 0;
  Value result;
  std::optional<int64_t> chosen = ctx.part(*this);
  for (auto [i, operand] : llvm::enumerate(getPartsMutable())) {
    ShapeSpan from = shapeOf(operand.get());
    SmallVector<Index> source(at);
    source[axis] = addIndex(ctx, at[axis], -begin);
    begin += from[axis];
    if (chosen) {
      if (*chosen == static_cast<int64_t>(i))
        return ctx.operand(operand, source);
      continue;
    }
    if (from[axis] == 0)
      continue;
    Place place = findIndex(ctx, source[axis], from[axis]);
    source[axis] = place.index;
    bool isVector = isa<VectorType>(place.valid.getType());
    Value element = isVector ? ctx.operand(operand, source, place.valid) : ctx.operand(operand, source);
    result = result ? b.createOrFold<arith::SelectOp>(ctx.loc(), place.valid, element, result) : element;
  }
  return result;
}

// y = [a; b; ...]    da, db, ... = the parts of dy
SmallVector<Value> ConcatOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr d(builder, getLoc(), dResults[0]);
  SmallVector<Value> parts;
  int64_t begin = 0;
  for (Value part : getParts()) {
    int64_t size = shapeOf(part)[getAxis()];
    parts.push_back(slice(d, getAxis(), begin, size));
    begin += size;
  }
  return parts;
}

//===--- window, overlap_add
//------------------------------------------------------------------------------------===//

/// How many elements of an axis a window touches, from its first to its last; INT64_MAX if too many.
static int64_t reach(int64_t size, int64_t dilation) {
  int64_t last = lastPlace(0, size, dilation);
  return last == INT64_MAX ? last : last + 1;
}

LogicalResult WindowOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ShapeSpan from = shapeOf(adaptor.getX());
  ArrayRef<int64_t> axes = adaptor.getAxes(), sizes = adaptor.getSizes(),
                    strides = adaptor.getStrides(), dilations = adaptor.getDilations();
  if (failed(rule.checkAxes(axes, from.size())) ||
      failed(checkEntries(
          rule, axes.size(),
          {{"sizes", sizes}, {"strides", strides}, {"dilations", dilations}})) || // window.1
      failed(checkPositive(
          rule, {{"sizes", sizes}, {"strides", strides}, {"dilations", dilations}}))) // window.2
    return failure();
  SmallVector<int64_t> shape(arrayOf(from));
  for (auto [axis, size, stride, dilation] : llvm::zip_equal(axes, sizes, strides, dilations)) {
    int64_t reached = reach(size, dilation);
    if (from[axis] == kUnknown || reached > from[axis]) // window.3
      return rule.fail("a window of " + Twine(size) + " elements with dilation " + Twine(dilation) +
                       " does not fit into axis " + Twine(axis) + " of shape " + shapeText(from));
    shape[axis] = (from[axis] - reached) / stride + 1;
  }
  shape.append(sizes.begin(), sizes.end());
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

Value WindowOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  size_t rank = shapeOf(getX()).size();
  SmallVector<Index> source(at.take_front(rank));
  for (auto [i, axis] : llvm::enumerate(getAxes()))
    source[axis] = addIndex(ctx, scaleIndex(ctx, at[axis], getStrides()[i]),
                            scaleIndex(ctx, at[rank + i], getDilations()[i]));
  return ctx.operand(getXMutable(), source);
}

// y[w, k] = x[w·stride + k·dilation]    dx[j] = Σ dy[w, k] over w·stride + k·dilation = j
SmallVector<Value> WindowOp::gradient(OpBuilder &builder, ValueRange dResults) {
  SmallVector<int64_t> extents;
  for (int64_t axis : getAxes())
    extents.push_back(shapeOf(getX())[axis]);
  return {overlapAdd(Expr(builder, getLoc(), dResults[0]), getAxes(), extents, getStrides(),
                     getDilations())};
}

/// The shape with the windows at their places, their own axes still there.
template <class Adaptor>
static LogicalResult placeWindows(const Rule &rule, Adaptor adaptor, SmallVector<int64_t> &shape) {
  ShapeSpan from = shapeOf(adaptor.getX());
  ArrayRef<int64_t> axes = adaptor.getAxes(), extents = adaptor.getExtents(),
                    strides = adaptor.getStrides(), dilations = adaptor.getDilations();
  if (axes.size() > from.size()) // overlap_add.1
    return rule.fail("shape " + shapeText(from) + " does not end with the axes of windows along " +
                     Twine(axes.size()) + " axes");
  size_t rank = from.size() - axes.size();
  if (failed(rule.checkAxes(axes, rank)) ||
      failed(checkEntries(
          rule, axes.size(),
          {{"extents", extents}, {"strides", strides}, {"dilations", dilations}})))
    return failure();
  ArrayRef<int64_t> sizes = arrayOf(from).drop_front(rank);
  if (failed(checkPositive(rule, {{"sizes of windows", sizes},
                                  {"strides", strides},
                                  {"dilations", dilations}}))) // overlap_add.2
    return failure();
  shape.assign(from.begin(), from.end());
  for (auto [i, axis] : llvm::enumerate(axes)) {
    int64_t reached = reach(sizes[i], dilations[i]);
    if (from[axis] == kUnknown || reached > extents[i] ||
        (extents[i] - reached) / strides[i] + 1 != from[axis]) // overlap_add.3
      return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(from) +
                       " does not count the windows of " + Twine(sizes[i]) + " elements in " +
                       Twine(extents[i]) + " (stride " + Twine(strides[i]) + ", dilation " +
                       Twine(dilations[i]) + ")");
    shape[axis] = extents[i];
  }
  return success();
}

LogicalResult OverlapAddOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  SmallVector<int64_t> shape;
  if (failed(placeWindows(rule, adaptor, shape)) ||
      failed(rule.checkElements(Elements::number, elementOf(adaptor.getX())))) // overlap_add.4
    return failure();
  shape.resize(shape.size() - adaptor.getAxes().size());
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

SmallVector<Value> OverlapAddOp::decompose(OpBuilder &builder) {
  Expr placed(builder, getLoc(),
              builder.create<ScatterWindowsOp>(getLoc(), getX(), getAxes(), getExtents(),
                                               getStrides(), getDilations()));
  int64_t rank = placed.rank();
  return {sum(placed, llvm::to_vector(llvm::seq<int64_t>(rank - getAxes().size(), rank)))};
}

// y[j] = Σ x[w, k] over w·stride + k·dilation = j    dx[w, k] = dy[w·stride + k·dilation]
SmallVector<Value> OverlapAddOp::gradient(OpBuilder &builder, ValueRange dResults) {
  ArrayRef<int64_t> sizes = arrayOf(shapeOf(getX())).take_back(getAxes().size());
  return {window(Expr(builder, getLoc(), dResults[0]), getAxes(), sizes, getStrides(), getDilations())};
}

LogicalResult ScatterWindowsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                 Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  SmallVector<int64_t> shape;
  if (failed(placeWindows(rule, adaptor, shape))) // scatter_windows.1
    return failure();
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

Value ScatterWindowsOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
  OpBuilder &b = ctx.builder();
  ShapeSpan from = shapeOf(getX());
  size_t rank = from.size() - getAxes().size();
  SmallVector<Index> source(at);
  Value scalar, lanes;
  for (auto [i, axis] : llvm::enumerate(getAxes())) {
    Index begin = addIndex(ctx, at[axis], scaleIndex(ctx, at[rank + i], -getDilations()[i]));
    Place place = findIndex(ctx, begin, from[axis], getStrides()[i]);
    Value &all = isa<VectorType>(place.valid.getType()) ? lanes : scalar;
    all = all ? b.createOrFold<arith::AndIOp>(ctx.loc(), all, place.valid) : place.valid;
    source[axis] = place.index;
  }
  Value inside = lanes ? ctx.operand(getXMutable(), source, lanes) : ctx.operand(getXMutable(), source);
  Value zero = emitConstant(b, ctx.loc(), inside.getType(), 0);
  for (Value valid : {lanes, scalar})
    if (valid)
      inside = b.createOrFold<arith::SelectOp>(ctx.loc(), valid, inside, zero);
  return inside;
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Movement.cpp.inc"
