#include "dialects/gradus/Expr.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Reduction.h"
#include "dialects/gradus/Scan.h"
#include "dialects/gradus/Sorting.h"
#include "dialects/gradus/Structure.h"

using namespace mlir;

namespace gradus::ir {

SmallVector<Expr> exprs(OpBuilder &builder, Location loc, ValueRange values) {
  SmallVector<Expr> result;
  for (Value value : values)
    result.push_back({builder, loc, value});
  return result;
}

Value splat(OpBuilder &builder, Location loc, RankedTensorType type, double value) {
  Type element = type.getElementType();
  TypedAttr attr = isa<FloatType>(element)
                       ? TypedAttr(FloatAttr::get(element, value))
                       : TypedAttr(IntegerAttr::get(element, static_cast<int64_t>(value)));
  return builder.create<ConstantOp>(loc, DenseElementsAttr::get(type, Attribute(attr)));
}

Expr constantLike(Expr like, double value) {
  return like.with(splat(like.builder(), like.loc(), like.type(), value));
}

template <class Op, class... Args> static Expr make(Expr x, Args &&...args) {
  return x.with(x.builder().create<Op>(x.loc(), x.value(), std::forward<Args>(args)...));
}

Expr operator-(Expr x) { return make<NegOp>(x); }
Expr operator+(Expr a, Expr b) { return make<AddOp>(a, b.value()); }
Expr operator-(Expr a, Expr b) { return make<SubOp>(a, b.value()); }
Expr operator*(Expr a, Expr b) { return make<MulOp>(a, b.value()); }
Expr operator/(Expr a, Expr b) { return make<DivOp>(a, b.value()); }
Expr pow(Expr a, Expr b) { return make<PowOp>(a, b.value()); }
Expr maximum(Expr a, Expr b) { return make<MaximumOp>(a, b.value()); }
Expr minimum(Expr a, Expr b) { return make<MinimumOp>(a, b.value()); }
Expr eq(Expr a, Expr b) { return make<EqOp>(a, b.value()); }
Expr ne(Expr a, Expr b) { return make<NeOp>(a, b.value()); }
Expr lt(Expr a, Expr b) { return make<LtOp>(a, b.value()); }
Expr le(Expr a, Expr b) { return make<LeOp>(a, b.value()); }
Expr gt(Expr a, Expr b) { return make<GtOp>(a, b.value()); }
Expr ge(Expr a, Expr b) { return make<GeOp>(a, b.value()); }
Expr hypot(Expr a, Expr b) { return make<HypotOp>(a, b.value()); }
Expr xlogy(Expr a, Expr b) { return make<XlogyOp>(a, b.value()); }
Expr copysign(Expr a, Expr b) { return make<CopysignOp>(a, b.value()); }
Expr both(Expr a, Expr b) { return make<AndOp>(a, b.value()); }
Expr either(Expr a, Expr b) { return make<OrOp>(a, b.value()); }
Expr exp(Expr x) { return make<ExpOp>(x); }
Expr log(Expr x) { return make<LogOp>(x); }
Expr log1p(Expr x) { return make<Log1pOp>(x); }
Expr sqrt(Expr x) { return make<SqrtOp>(x); }
Expr rsqrt(Expr x) { return make<RsqrtOp>(x); }
Expr sin(Expr x) { return make<SinOp>(x); }
Expr cos(Expr x) { return make<CosOp>(x); }
Expr sinh(Expr x) { return make<SinhOp>(x); }
Expr cosh(Expr x) { return make<CoshOp>(x); }
Expr tanh(Expr x) { return make<TanhOp>(x); }
Expr erfc(Expr x) { return make<ErfcOp>(x); }
Expr digamma(Expr x) { return make<DigammaOp>(x); }
Expr trigamma(Expr x) { return make<TrigammaOp>(x); }
Expr tetragamma(Expr x) { return make<TetragammaOp>(x); }
Expr square(Expr x) { return make<SquareOp>(x); }
Expr round(Expr x) { return make<RoundOp>(x); }
Expr softplus(Expr x) { return make<SoftplusOp>(x, APFloat(1.0), APFloat(20.0)); }
Expr abs(Expr x) { return make<AbsOp>(x); }
Expr sign(Expr x) { return make<SignOp>(x); }
Expr sigmoid(Expr x) { return make<SigmoidOp>(x); }
Expr relu(Expr x) { return make<ReluOp>(x); }
Expr where(Expr condition, Expr a, Expr b) {
  return make<WhereOp>(condition, a.value(), b.value());
}
Expr cast(Expr x, Type element) {
  return x.type().getElementType() == element ? x : make<CastOp>(x, TypeAttr::get(element));
}
Expr sum(Expr x, ArrayRef<int64_t> axes) { return make<SumOp>(x, axes); }
Expr max(Expr x, ArrayRef<int64_t> axes) { return make<MaxOp>(x, axes); }
Expr min(Expr x, ArrayRef<int64_t> axes) { return make<MinOp>(x, axes); }
Expr cumsum(Expr x, int64_t axis, bool reverse, bool exclusive) {
  return make<CumsumOp>(x, axis, reverse, exclusive);
}
Expr cumprod(Expr x, int64_t axis, bool reverse, bool exclusive) {
  return make<CumprodOp>(x, axis, reverse, exclusive);
}
Expr linearScan(Expr a, Expr b, int64_t axis, bool reverse, double init) {
  return make<LinearScanOp>(a, b.value(), axis, reverse, APFloat(init));
}
std::pair<Expr, Expr> sort(Expr x, int64_t axis, bool descending) {
  auto op = x.builder().create<SortOp>(x.loc(), x.value(), axis, descending);
  return {x.with(op.getResult()), x.with(op.getIndices())};
}
Expr take(Expr x, Expr indices, int64_t axis) { return make<TakeOp>(x, indices.value(), axis); }
Expr takeAlongAxis(Expr x, Expr indices, int64_t axis) {
  return make<TakeAlongAxisOp>(x, indices.value(), axis);
}
Expr scatter(Expr x, Expr indices, Expr updates, int64_t axis, StringRef mode) {
  return make<ScatterOp>(x, indices.value(), updates.value(), axis, mode);
}
Expr matmul(Expr a, Expr b) { return make<MatmulOp>(a, b.value()); }
Expr reshape(Expr x, ArrayRef<int64_t> shape) {
  return x.shape() == shape ? x : make<ReshapeOp>(x, shape);
}
Expr transpose(Expr x, ArrayRef<int64_t> permutation) { return make<TransposeOp>(x, permutation); }
Expr broadcast(Expr x, ArrayRef<int64_t> shape) {
  return x.shape() == shape ? x : make<BroadcastOp>(x, shape);
}

Expr share(Expr d, Expr less, Expr equal) {
  return where(less, zerosLike(d), where(equal, d * 0.5, d));
}

Expr transposed(Expr x) {
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  std::swap(permutation[x.rank() - 1], permutation[x.rank() - 2]);
  return transpose(x, permutation);
}

Expr iota(Expr like, ArrayRef<int64_t> shape, int64_t axis, Type element) {
  return like.with(like.builder().create<IotaOp>(like.loc(), shape, axis, element));
}

/// The list, or `count` times `otherwise` where there is none.
static SmallVector<int64_t> orElse(ArrayRef<int64_t> list, size_t count, int64_t otherwise) {
  return list.empty() ? SmallVector<int64_t>(count, otherwise) : SmallVector<int64_t>(list);
}

Expr slice(Expr x, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes, ArrayRef<int64_t> steps) {
  return make<SliceOp>(x, starts, sizes, orElse(steps, starts.size(), 1));
}

Expr slice(Expr x, int64_t axis, int64_t start, int64_t size, int64_t step) {
  SmallVector<int64_t> starts(x.rank(), 0), sizes(x.shape()), steps(x.rank(), 1);
  starts[axis] = start;
  sizes[axis] = size;
  steps[axis] = step;
  return slice(x, starts, sizes, steps);
}

Expr pad(Expr x, ArrayRef<int64_t> low, ArrayRef<int64_t> high, ArrayRef<int64_t> interior,
         double value) {
  return make<PadOp>(x, low, high, orElse(interior, low.size(), 0), APFloat(value));
}

Expr concat(ArrayRef<Expr> parts, int64_t axis) {
  SmallVector<Value> values(parts.begin(), parts.end());
  Expr x = parts.front();
  return x.with(x.builder().create<ConcatOp>(x.loc(), values, axis));
}

Expr reverse(Expr x, ArrayRef<int64_t> axes) { return make<ReverseOp>(x, axes); }

Expr window(Expr x, ArrayRef<int64_t> axes, ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides,
            ArrayRef<int64_t> dilations) {
  return make<WindowOp>(x, axes, sizes, orElse(strides, axes.size(), 1),
                        orElse(dilations, axes.size(), 1));
}

Expr overlapAdd(Expr x, ArrayRef<int64_t> axes, ArrayRef<int64_t> extents,
                ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations) {
  return make<OverlapAddOp>(x, axes, extents, orElse(strides, axes.size(), 1),
                            orElse(dilations, axes.size(), 1));
}

SmallVector<int64_t> keepDims(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> kept(shape);
  for (int64_t axis : axes)
    kept[axis] = 1;
  return kept;
}

Expr spread(Expr reduced, ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  return broadcast(reshape(reduced, keepDims(shape, axes)), shape);
}

} // namespace gradus::ir
