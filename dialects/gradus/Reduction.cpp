#include "dialects/gradus/Reduction.h"
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {

/// The operand's shape without the axes. `needsElements`: a reduced axis may not be empty.
static LogicalResult inferReduction(const Rule &rule, ArrayRef<int64_t> axes, bool needsElements,
                                    SmallVectorImpl<Type> &types,
                                    Elements allowed = Elements::number) {
  ShapeSpan from = shapeOf(rule.operands[0]);
  if (failed(rule.checkAxes(axes, from.size()))) // sum.1 max.1 min.1
    return failure();
  if (failed(rule.checkElements(allowed, elementOf(rule.operands[0])))) // sum.2 max.2 min.2
    return failure();
  SmallVector<int64_t> shape;
  for (auto [axis, size] : llvm::enumerate(from)) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(axis)))
      shape.push_back(size);
    else if (needsElements && size == 0) // max.3 min.3
      return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(from) +
                       " is empty (no elements have no extremum)");
  }
  return rule.give(shape, elementOf(rule.operands[0]), types);
}

/// The result has another element type than the operand.
static LogicalResult inferReductionTo(const Rule &rule, ArrayRef<int64_t> axes, Type element,
                                      SmallVectorImpl<Type> &types) {
  SmallVector<Type> like;
  if (failed(inferReduction(rule, axes, false, like, Elements::any))) // any.1 all.1 count_nonzero.1
    return failure();
  return rule.give(cast<RankedTensorType>(like[0]).getShape(), element, types);
}

static TypedAttr numberAttr(Type element, double value) { return FloatAttr::get(element, value); }

//===--- sum
//----------------------------------------------------------------------------------------------------===//

LogicalResult SumOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), false,
                        types);
}

OpFoldResult SumOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

TypedAttr SumOp::identity(Type element) {
  return isa<FloatType>(element) ? numberAttr(element, 0) : TypedAttr(IntegerAttr::get(element, 0));
}

Value SumOp::combine(OpBuilder &builder, Location loc, Value accumulator, Value value) {
  return emitAdd(builder, loc, accumulator, value);
}

// y = Σ x over the axes    dx = dy, repeated along them
SmallVector<Value> SumOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return {spread(Expr(builder, getLoc(), dResults[0]), arrayOf(shapeOf(getX())), getAxes())};
}

//===--- max, min
//-----------------------------------------------------------------------------------------------===//

// y = max x    dx = dy [x = y] / |{x = y}|: ties share evenly
static SmallVector<Value> extremumGradient(OpBuilder &builder, Location loc, Value operand,
                                           Value result, ArrayRef<int64_t> axes, Value dResult) {
  Expr x(builder, loc, operand), y = x.with(result), d = x.with(dResult);
  Expr best = cast(eq(x, spread(y, x.shape(), axes)), x.type().getElementType());
  return {best * spread(d / sum(best, axes), x.shape(), axes)};
}

LogicalResult MaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), true,
                        types);
}

OpFoldResult MaxOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

TypedAttr MaxOp::identity(Type element) {
  if (isa<FloatType>(element))
    return numberAttr(element, -INFINITY);
  return IntegerAttr::get(element, APInt::getSignedMinValue(element.getIntOrFloatBitWidth()));
}

Value MaxOp::combine(OpBuilder &builder, Location loc, Value accumulator, Value value) {
  return emitMaximum(builder, loc, value, accumulator);
}

SmallVector<Value> MaxOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return extremumGradient(builder, getLoc(), getX(), getResult(), getAxes(), dResults[0]);
}

LogicalResult MinOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), true,
                        types);
}

OpFoldResult MinOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

TypedAttr MinOp::identity(Type element) {
  if (isa<FloatType>(element))
    return numberAttr(element, INFINITY);
  return IntegerAttr::get(element, APInt::getSignedMaxValue(element.getIntOrFloatBitWidth()));
}

Value MinOp::combine(OpBuilder &builder, Location loc, Value accumulator, Value value) {
  return emitMinimum(builder, loc, value, accumulator);
}

SmallVector<Value> MinOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return extremumGradient(builder, getLoc(), getX(), getResult(), getAxes(), dResults[0]);
}

//===--- mean
//-----------------------------------------------------------------------------------===//

LogicalResult MeanOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), false,
                        types, Elements::floating); // mean.1 mean.2
}

/// The number of elements that are reduced into one.
static double reducedElements(Value x, ArrayRef<int64_t> axes) {
  double n = 1;
  for (int64_t axis : axes)
    n *= static_cast<double>(shapeOf(x)[axis]);
  return n;
}

// y = Σ x / n    dx = dy / n, repeated along the axes
SmallVector<Value> MeanOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr d(builder, getLoc(), dResults[0]);
  return {spread(d / reducedElements(getX(), getAxes()), arrayOf(shapeOf(getX())), getAxes())};
}

SmallVector<Value> MeanOp::decompose(OpBuilder &builder) {
  return {sum(Expr(builder, getLoc(), getX()), getAxes()) / reducedElements(getX(), getAxes())};
}

//===--- log_sum_exp
//----------------------------------------------------------------------------===//

LogicalResult LogSumExpOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), false,
                        types, Elements::floating); // log_sum_exp.1 log_sum_exp.2
}

/// max x, from which nothing is differentiated; 0 where it is infinite, for inf - inf is NaN.
static Expr shiftOf(Expr x, ArrayRef<int64_t> axes) {
  Expr largest = max(x, axes);
  largest = x.with(x.builder().create<StopGradientOp>(x.loc(), largest.value()));
  return where(eq(abs(largest), INFINITY), zerosLike(largest), largest);
}

// y = log Σ exp x    dx = dy exp(x - m) / Σ exp(x - m): exp(x - y) would lose the digits that y has lost.
SmallVector<Value> LogSumExpOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), d = x.with(dResults[0]);
  if (reducedElements(x, getAxes()) == 0)
    return {zerosLike(x)};
  Expr e = exp(x - spread(shiftOf(x, getAxes()), x.shape(), getAxes()));
  return {e * spread(d / sum(e, getAxes()), x.shape(), getAxes())};
}

// m + log Σ exp(x - m)
SmallVector<Value> LogSumExpOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  if (reducedElements(x, getAxes()) == 0)
    return {splat(builder, getLoc(), cast<RankedTensorType>(getType()), -INFINITY)};
  Expr m = shiftOf(x, getAxes());
  return {m + log(sum(exp(x - spread(m, x.shape(), getAxes())), getAxes()))};
}

//===--- prod
//------------------------------------------------------------------------------------===//

LogicalResult ProdOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  return inferReduction({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(), false,
                        types); // prod.1 prod.2
}

OpFoldResult ProdOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

TypedAttr ProdOp::identity(Type element) {
  return isa<FloatType>(element) ? numberAttr(element, 1) : TypedAttr(IntegerAttr::get(element, 1));
}

Value ProdOp::combine(OpBuilder &builder, Location loc, Value accumulator, Value value) {
  return emitMul(builder, loc, accumulator, value);
}

// y = Π x    dx = dy · (product of the elements before) · (product of those after)
// Several axes become one, the last, for the running products.
SmallVector<Value> ProdOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX());
  SmallVector<int64_t> order, inverse(x.rank()), shape, rows;
  int64_t reduced = 1;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!llvm::is_contained(getAxes(), axis)) {
      order.push_back(axis);
      rows.push_back(x.shape()[axis]);
    } else {
      reduced *= x.shape()[axis];
    }
  llvm::append_range(order, getAxes());
  for (auto [i, axis] : llvm::enumerate(order)) {
    inverse[axis] = i;
    shape.push_back(x.shape()[axis]);
  }
  rows.push_back(reduced);
  int64_t last = rows.size() - 1;
  Expr flat = reshape(transpose(x, order), rows);
  Expr others = cumprod(flat, last, false, true) * cumprod(flat, last, true, true);
  Expr dx = spread(x.with(dResults[0]), rows, last) * others;
  return {transpose(reshape(dx, shape), inverse)};
}

//===--- any, all, count_nonzero
//------------------------------------------------------------------------------------===//

/// x != 0 as a number.
static Expr nonzero(Expr x, Type number) {
  bool isBoolean = x.type().getElementType().isInteger(1);
  return cast(isBoolean ? x : ne(x, zerosLike(x)), number);
}

LogicalResult AnyOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                      Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferReductionTo({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(),
                          IntegerType::get(context, 1), types);
}

/// The extremum of the elements as 0 and 1; without elements that of nothing.
static Value logical(OpBuilder &builder, Operation *op, ArrayRef<int64_t> axes, bool isAll) {
  Expr x(builder, op->getLoc(), op->getOperand(0));
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (reducedElements(x, axes) == 0)
    return splat(builder, op->getLoc(), type, isAll);
  Expr bits = nonzero(x, builder.getI32Type());
  Expr y = isAll ? min(bits, axes) : max(bits, axes);
  return ne(y, zerosLike(y));
}

SmallVector<Value> AnyOp::decompose(OpBuilder &builder) {
  return {logical(builder, *this, getAxes(), false)};
}

LogicalResult AllOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                      Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferReductionTo({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(),
                          IntegerType::get(context, 1), types);
}

SmallVector<Value> AllOp::decompose(OpBuilder &builder) {
  return {logical(builder, *this, getAxes(), true)};
}

LogicalResult CountNonzeroOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferReductionTo({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(),
                          IntegerType::get(context, 64), types);
}

SmallVector<Value> CountNonzeroOp::decompose(OpBuilder &builder) {
  return {sum(nonzero(Expr(builder, getLoc(), getX()), builder.getI64Type()), getAxes())};
}

//===--- var, std
//--------------------------------------------------------------------------------===//

static LogicalResult inferSpread(const Rule &rule, ArrayRef<int64_t> axes, int64_t correction,
                                 SmallVectorImpl<Type> &types) {
  if (correction < 0) // var.3 std.3
    return rule.fail("the correction is " + Twine(correction) + " (must not be negative)");
  return inferReduction(rule, axes, false, types, Elements::floating); // var.1 var.2 std.1 std.2
}

static Expr centred(Expr x, ArrayRef<int64_t> axes) {
  return x - spread(sum(x, axes) / reducedElements(x, axes), x.shape(), axes);
}

static double freedom(Value x, ArrayRef<int64_t> axes, int64_t correction) {
  return std::max(0.0, reducedElements(x, axes) - static_cast<double>(correction));
}

LogicalResult VarOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferSpread({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(),
                     adaptor.getCorrection(), types);
}

// y = Σ (x - mean)² / f    dx = 2 dy (x - mean) / f
// f = 0: dy times inf where x is the mean, else NaN, as PyTorch has it.
SmallVector<Value> VarOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), d = x.with(dResults[0]);
  if (freedom(x, getAxes(), getCorrection()) == 0) {
    Expr undefined = where(eq(centred(x, getAxes()), 0), constantLike(x, INFINITY), constantLike(x, NAN));
    return {spread(d, x.shape(), getAxes()) * undefined};
  }
  Expr scale = d * 2 / freedom(x, getAxes(), getCorrection());
  return {spread(scale, x.shape(), getAxes()) * centred(x, getAxes())};
}

SmallVector<Value> VarOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX()), c = centred(x, getAxes());
  return {sum(c * c, getAxes()) / freedom(x, getAxes(), getCorrection())};
}

LogicalResult StdOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferSpread({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxes(),
                     adaptor.getCorrection(), types);
}

/// a / b, and 0 where b is 0, also in the derivatives.
static Expr overOrZero(Expr a, Expr b) {
  Expr isZero = eq(b, 0);
  return where(isZero, zerosLike(a), a / where(isZero, onesLike(b), b));
}

// y = √(Σ (x - mean)² / f)    dx = dy (x - mean) / (y f)
SmallVector<Value> StdOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), y = x.with(getResult()), d = x.with(dResults[0]);
  Expr scale = overOrZero(d, y) / freedom(x, getAxes(), getCorrection());
  return {spread(scale, x.shape(), getAxes()) * centred(x, getAxes())};
}

SmallVector<Value> StdOp::decompose(OpBuilder &builder) {
  return {sqrt(Expr(builder, getLoc(),
                    builder.create<VarOp>(getLoc(), getX(), getAxes(), getCorrection())))};
}

//===--- norm
//------------------------------------------------------------------------------------===//

LogicalResult NormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  double p = adaptor.getP().convertToDouble();
  if (std::isnan(p)) // norm.4
    return rule.fail("p is NaN (must be a number, inf or -inf)");
  return inferReduction(rule, adaptor.getAxes(), std::isinf(p) || p < 0, types,
                        Elements::floating); // norm.1 norm.2 norm.3
}

// y = (Σ |x|^p)^(1/p)    dx = dy sign(x) |x|^(p-1) / y^(p-1)
SmallVector<Value> NormOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), y = x.with(getResult()), d = x.with(dResults[0]);
  double p = getP().convertToDouble();
  ArrayRef<int64_t> axes = getAxes();
  auto all = [&](Expr row) { return spread(row, x.shape(), axes); };
  if (p == 0)
    return {Value()};
  if (p == 1)
    return {all(d) * sign(x)};
  if (p == 2)
    return {all(overOrZero(d, y)) * x};
  if (std::isinf(p))
    return {sign(x) * x.with(extremumGradient(builder, getLoc(), abs(x), y, axes, d)[0])};
  // Where x is 0, so is the gradient for p > 1; its power need not be differentiable there.
  Expr isZero = eq(x, 0), size = where(isZero, onesLike(x), abs(x));
  Expr power = where(isZero, zerosLike(x), sign(x) * pow(size, p - 1));
  Expr yZero = eq(y, 0), safe = where(yZero, onesLike(y), y);
  return {all(where(yZero, zerosLike(d), d / pow(safe, p - 1))) * power};
}

SmallVector<Value> NormOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX()), size = abs(x);
  double p = getP().convertToDouble();
  if (p == 0)
    return {sum(nonzero(x, x.type().getElementType()), getAxes())};
  if (p == 1)
    return {sum(size, getAxes())};
  if (p == 2)
    return {sqrt(sum(x * x, getAxes()))};
  if (std::isinf(p))
    return {p > 0 ? max(size, getAxes()) : min(size, getAxes())};
  return {pow(sum(pow(size, p), getAxes()), 1 / p)};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Reduction.cpp.inc"
