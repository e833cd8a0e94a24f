#include "compiler/graph/ops/Reduction.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Indexing.h"
#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Reduction.h"

namespace gradus {

using namespace building;

Tensor sum(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::SumOp>(x, axes, keepDims, at);
}
Tensor mean(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::MeanOp>(x, axes, keepDims, at);
}
Tensor prod(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::ProdOp>(x, axes, keepDims, at);
}
Tensor max(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::MaxOp>(x, axes, keepDims, at);
}
Tensor min(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::MinOp>(x, axes, keepDims, at);
}
Tensor logSumExp(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::LogSumExpOp>(x, axes, keepDims, at);
}
Tensor any(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::AnyOp>(x, axes, keepDims, at);
}
Tensor all(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::AllOp>(x, axes, keepDims, at);
}
Tensor countNonzero(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::CountNonzeroOp>(x, axes, keepDims, at);
}

/// A reduction with one more attribute.
template <class Op>
static Tensor reduceWith(const Tensor &x, const Axes &axes, bool keepDims, Location at, StringRef name,
                         llvm::function_ref<Attribute(MLIRContext *)> attribute) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  SmallVector<int64_t> resolved = resolveAxes(impl, op, impl.value(x, op, at), axes, at);
  Tensor reduced = unary<Op>(
      x, at, {list(impl, "axes", resolved), named(impl, name, attribute(impl.context()))});
  return keepDims ? keepAxes(impl, reduced, x.shape(), resolved, at) : reduced;
}

template <class Op>
static Tensor spreadOf(const Tensor &x, const Axes &axes, bool keepDims, int64_t correction,
                       Location at) {
  return reduceWith<Op>(x, axes, keepDims, at, "correction", [&](MLIRContext *context) {
    return IntegerAttr::get(IntegerType::get(context, 64), correction);
  });
}

Tensor var(const Tensor &x, const Axes &axes, bool keepDims, int64_t correction, Location at) {
  return spreadOf<ir::VarOp>(x, axes, keepDims, correction, at);
}
Tensor stdDev(const Tensor &x, const Axes &axes, bool keepDims, int64_t correction, Location at) {
  return spreadOf<ir::StdOp>(x, axes, keepDims, correction, at);
}
std::pair<Tensor, Tensor> varMean(const Tensor &x, const Axes &axes, bool keepDims,
                                    int64_t correction, Location at) {
  return {var(x, axes, keepDims, correction, at), mean(x, axes, keepDims, at)};
}

Tensor norm(const Tensor &x, double p, const Axes &axes, bool keepDims, Location at) {
  return reduceWith<ir::NormOp>(x, axes, keepDims, at, "p", [&](MLIRContext *context) {
    return FloatAttr::get(Float64Type::get(context), p);
  });
}

template <class Op>
static Tensor search(const Tensor &x, int64_t axis, bool keepDims, DType type, Location at) {
  if (type != DType::i32 && type != DType::i64)
    graphOf(x, Op::getOperationName(), at)
        .fail(at, Op::getOperationName(), "indices are i32 or i64",
              graphOf(x, Op::getOperationName(), at).value(x, Op::getOperationName(), at));
  Tensor reduced = alongAxis<Op>(x, axis, at);
  if (keepDims)
    reduced = keepAxes(*GraphImpl::graphOf(x), reduced, x.shape(), axis, at);
  return type == DType::i64 ? cast(reduced, type, at) : reduced;
}

Tensor argmax(const Tensor &x, int64_t axis, bool keepDims, DType type, Location at) {
  return search<ir::ArgmaxOp>(x, axis, keepDims, type, at);
}
Tensor argmin(const Tensor &x, int64_t axis, bool keepDims, DType type, Location at) {
  return search<ir::ArgminOp>(x, axis, keepDims, type, at);
}

/// The elements at the indices, which have size 1 along the axis.
static ValuesAndIndices elementsAt(const Tensor &x, const Tensor &indices, int64_t axis,
                                   bool keepDims, Location at) {
  Tensor values = takeAlongAxis(x, indices, axis, at);
  if (keepDims)
    return {values, indices};
  GraphImpl &impl = *GraphImpl::graphOf(x);
  Shape shape = values.shape();
  shape.erase(shape.begin() + (axis < 0 ? axis + x.rank() : axis));
  auto dropped = [&](const Tensor &kept) {
    return impl.make<ir::ReshapeOp>(at, GraphImpl::valueOf(kept), list(impl, "shape", shape));
  };
  return {dropped(values), dropped(indices)};
}

ValuesAndIndices maxWithIndices(const Tensor &x, int64_t axis, bool keepDims, Location at) {
  return elementsAt(x, argmax(x, axis, true, DType::i32, at), axis, keepDims, at);
}
ValuesAndIndices minWithIndices(const Tensor &x, int64_t axis, bool keepDims, Location at) {
  return elementsAt(x, argmin(x, axis, true, DType::i32, at), axis, keepDims, at);
}

} // namespace gradus
