#include "dialects/gradus/Scan.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace gradus::ir {

static LogicalResult inferScan(const Rule &rule, int64_t axis, SmallVectorImpl<Type> &types,
                               Elements allowed = Elements::number) {
  ShapeSpan shape = shapeOf(rule.operands[0]);
  Type element = elementOf(rule.operands[0]);
  if (failed(rule.checkAxes(axis, shape.size()))) // cumsum.1 cumprod.1 log_cum_sum_exp.1 linear_scan.1
    return failure();
  if (failed(rule.checkElements(allowed, element))) // cumsum.2 cumprod.2 log_cum_sum_exp.2
    return failure();
  return rule.give(arrayOf(shape), element, types);
}

/// The state of `lanes` equal numbers.
static Value filled(OpBuilder &b, Location loc, Type element, int64_t lanes, double value) {
  return emitConstant(b, loc, lanes == 1 ? element : VectorType::get({lanes}, element), value);
}

static Value expOf(OpBuilder &b, Location loc, Value x) { return b.create<math::ExpOp>(loc, x); }

//===--- cumsum
//----------------------------------------------------------------------------------===//

LogicalResult CumsumOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferScan({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxis(), types);
}

SmallVector<Value> CumsumOp::start(OpBuilder &b, Location loc, int64_t lanes) {
  return {filled(b, loc, elementOf(getX()), lanes, 0)};
}

SmallVector<Value> CumsumOp::step(OpBuilder &b, Location loc, SmallVectorImpl<Value> &state,
                                  ValueRange elements, Value) {
  Value before = state[0];
  state[0] = emitAdd(b, loc, before, elements[0]);
  return {getExclusive() ? before : state[0]};
}

// y[i] = Σ x[j] over j <= i    dx[j] = Σ dy[i] over i >= j
SmallVector<Value> CumsumOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return {cumsum(Expr(builder, getLoc(), dResults[0]), getAxis(), !getReverse(), getExclusive())};
}

//===--- cumprod
//---------------------------------------------------------------------------------===//

LogicalResult CumprodOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferScan({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxis(), types);
}

SmallVector<Value> CumprodOp::start(OpBuilder &b, Location loc, int64_t lanes) {
  return {filled(b, loc, elementOf(getX()), lanes, 1)};
}

SmallVector<Value> CumprodOp::step(OpBuilder &b, Location loc, SmallVectorImpl<Value> &state,
                                   ValueRange elements, Value) {
  Value before = state[0];
  state[0] = emitMul(b, loc, before, elements[0]);
  return {getExclusive() ? before : state[0]};
}

// With e the exclusive product, e[i+1] = x[i] e[i], and λ[i] the cotangent of e[i+1]:
// y = e      λ[i-1] = x[i] λ[i] + dy[i]          dx = λ e
// y = x e    λ[i-1] = x[i] λ[i] + dy[i] x[i]     dx = (dy + λ) e
SmallVector<Value> CumprodOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), d = x.with(dResults[0]);
  if (getExclusive())
    return {linearScan(x, d, getAxis(), !getReverse(), 0) * x.with(getResult())};
  Expr e = cumprod(x, getAxis(), getReverse(), true);
  return {(d + linearScan(x, d * x, getAxis(), !getReverse(), 0)) * e};
}

//===--- log_cum_sum_exp
//-------------------------------------------------------------------------===//

LogicalResult LogCumSumExpOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferScan({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxis(), types,
                   Elements::floating);
}

// The largest element m so far, and Σ exp(x - m).
SmallVector<Value> LogCumSumExpOp::start(OpBuilder &b, Location loc, int64_t lanes) {
  return {filled(b, loc, elementOf(getX()), lanes, -INFINITY),
          filled(b, loc, elementOf(getX()), lanes, 0)};
}

/// An infinite maximum is not subtracted, for inf - inf is NaN.
static Value finiteOrZero(OpBuilder &b, Location loc, Value x) {
  Value infinite = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OEQ,
                                           b.create<math::AbsFOp>(loc, x),
                                           emitConstant(b, loc, x.getType(), INFINITY));
  return b.create<arith::SelectOp>(loc, infinite, emitConstant(b, loc, x.getType(), 0), x);
}

SmallVector<Value> LogCumSumExpOp::step(OpBuilder &b, Location loc, SmallVectorImpl<Value> &state,
                                        ValueRange elements, Value) {
  auto log = [&] {
    Value m = finiteOrZero(b, loc, state[0]);
    return emitAdd(b, loc, m, b.create<math::LogOp>(loc, state[1]));
  };
  Value before;
  if (getExclusive())
    before = log();
  Value largest = emitMaximum(b, loc, state[0], elements[0]), m = finiteOrZero(b, loc, largest);
  Value old = emitMul(b, loc, state[1], expOf(b, loc, emitSub(b, loc, state[0], m)));
  state[1] = emitAdd(b, loc, old, expOf(b, loc, emitSub(b, loc, elements[0], m)));
  state[0] = largest;
  return {getExclusive() ? before : log()};
}

// With y the inclusive result and z the exclusive one (in order of the scan z[i] = y[i-1]):
// of y   dx[j] = Σ dy[k] exp(x[j] - y[k]) over k >= j = exp(x[j] - y[j]) (dy[j] + E[j])
//        E[j-1] = w[j] (E[j] + dy[j]), w = exp(z - y) <= 1
// of z   dx[j] = Σ dz[k] exp(x[j] - z[k]) over k > j  = exp(x[j] - y[j]) F[j]
//        F[j-1] = w[j] F[j] + dz[j]
SmallVector<Value> LogCumSumExpOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), d = x.with(dResults[0]), own = x.with(getResult());
  auto other = [&] {
    return x.with(builder.create<LogCumSumExpOp>(getLoc(), x, getAxis(), getReverse(), !getExclusive())
                      .getResult());
  };
  Expr y = getExclusive() ? other() : own, z = getExclusive() ? own : other();
  y = where(eq(abs(y), INFINITY), zerosLike(y), y);
  Expr w = exp(z - y), p = exp(x - y);
  if (getExclusive())
    return {p * linearScan(w, d, getAxis(), !getReverse(), 0)};
  return {p * (d + linearScan(w, w * d, getAxis(), !getReverse(), 0))};
}

//===--- cummax, cummin
//--------------------------------------------------------------------------===//

static LogicalResult inferExtremum(const Rule &rule, int64_t axis, SmallVectorImpl<Type> &types) {
  ShapeSpan shape = shapeOf(rule.operands[0]);
  if (failed(inferScan(rule, axis, types))) // cummax.1 cummax.2 cummin.1 cummin.2
    return failure();
  if (shape[axis] > INT32_MAX)
    return rule.fail("axis " + Twine(axis) + " of shape " + shapeText(shape) +
                     " is too long for its i32 indices (at most 2^31-1 elements)");
  return rule.give(arrayOf(shape), IntegerType::get(types[0].getContext(), 32), types);
}

static SmallVector<Value> startExtremum(OpBuilder &b, Location loc, Type element, int64_t lanes,
                                        bool largest) {
  Value worst;
  if (isa<FloatType>(element)) {
    worst = filled(b, loc, element, lanes, largest ? -INFINITY : INFINITY);
  } else {
    unsigned bits = element.getIntOrFloatBitWidth();
    APInt limit = largest ? APInt::getSignedMinValue(bits) : APInt::getSignedMaxValue(bits);
    worst = emitSplat(b, loc, b.create<arith::ConstantOp>(loc, IntegerAttr::get(element, limit)),
                      lanes);
  }
  return {worst, filled(b, loc, b.getI32Type(), lanes, 0)};
}

/// Takes the element if it is at least as good, or NaN; a NaN gives way to another one only.
static SmallVector<Value> stepExtremum(OpBuilder &b, Location loc, SmallVectorImpl<Value> &state,
                                       Value x, Value position, bool largest) {
  Value best = state[0], take;
  if (isFloat(x)) {
    auto better = largest ? arith::CmpFPredicate::OGE : arith::CmpFPredicate::OLE;
    take = b.create<arith::OrIOp>(
        loc, b.create<arith::CmpFOp>(loc, better, x, best),
        b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNO, x, x));
  } else {
    take = b.create<arith::CmpIOp>(
        loc, largest ? arith::CmpIPredicate::sge : arith::CmpIPredicate::sle, x, best);
  }
  Value index = b.create<arith::TruncIOp>(loc, b.getI32Type(), position);
  auto vector = dyn_cast<VectorType>(x.getType());
  index = emitSplat(b, loc, index, vector ? vector.getDimSize(0) : 1);
  state[0] = b.create<arith::SelectOp>(loc, take, x, best);
  state[1] = b.create<arith::SelectOp>(loc, take, index, state[1]);
  return {state[0], state[1]};
}

// y[i] = x[index[i]]    dx = dy added up by index
static SmallVector<Value> extremumGradient(OpBuilder &builder, Location loc, Value indices,
                                           int64_t axis, Value dResult) {
  Expr d(builder, loc, dResult);
  return {scatter(zerosLike(d), d.with(indices), d, axis, "add")};
}

LogicalResult CummaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferExtremum({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxis(), types);
}

SmallVector<Value> CummaxOp::start(OpBuilder &b, Location loc, int64_t lanes) {
  return startExtremum(b, loc, elementOf(getX()), lanes, true);
}

SmallVector<Value> CummaxOp::step(OpBuilder &b, Location loc, SmallVectorImpl<Value> &state,
                                  ValueRange elements, Value position) {
  return stepExtremum(b, loc, state, elements[0], position, true);
}

SmallVector<Value> CummaxOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return extremumGradient(builder, getLoc(), getIndices(), getAxis(), dResults[0]);
}

LogicalResult CumminOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferExtremum({loc, getOperationName(), adaptor.getOperands()}, adaptor.getAxis(), types);
}

SmallVector<Value> CumminOp::start(OpBuilder &b, Location loc, int64_t lanes) {
  return startExtremum(b, loc, elementOf(getX()), lanes, false);
}

SmallVector<Value> CumminOp::step(OpBuilder &b, Location loc, SmallVectorImpl<Value> &state,
                                  ValueRange elements, Value position) {
  return stepExtremum(b, loc, state, elements[0], position, false);
}

SmallVector<Value> CumminOp::gradient(OpBuilder &builder, ValueRange dResults) {
  return extremumGradient(builder, getLoc(), getIndices(), getAxis(), dResults[0]);
}

//===--- linear_scan
//-----------------------------------------------------------------------------===//

LogicalResult LinearScanOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"factors a", "addends b"});
  if (adaptor.getA().getType() != adaptor.getB().getType()) // linear_scan.2
    return rule.fail("a is " + shapeText(shapeOf(adaptor.getA())) + " of " +
                     elementText(elementOf(adaptor.getA())) + ", b is " +
                     shapeText(shapeOf(adaptor.getB())) + " of " +
                     elementText(elementOf(adaptor.getB())) + " (must be alike)");
  return inferScan(rule, adaptor.getAxis(), types);
}

SmallVector<Value> LinearScanOp::start(OpBuilder &b, Location loc, int64_t lanes) {
  return {filled(b, loc, elementOf(getA()), lanes, getInit().convertToDouble())};
}

SmallVector<Value> LinearScanOp::step(OpBuilder &b, Location loc, SmallVectorImpl<Value> &state,
                                      ValueRange elements, Value) {
  Value before = state[0];
  state[0] = emitAdd(b, loc, emitMul(b, loc, elements[0], before), elements[1]);
  return {before};
}

// y[i+1] = a[i] y[i] + b[i]    λ[i] = dy[i+1] + a[i+1] λ[i+1]: db = λ, da = λ y
SmallVector<Value> LinearScanOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr a(builder, getLoc(), getA()), y = a.with(getResult()), d = a.with(dResults[0]);
  Expr db = linearScan(a, d, getAxis(), !getReverse(), 0);
  return {db * y, db};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Scan.cpp.inc"
