#include "compiler/graph/Ops.h"

#include "compiler/graph/Diagnostics.h"
#include "compiler/graph/GraphImpl.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus {

//===--- operands
//-------------------------------------------------------------------------------===//

static GraphImpl &graphOf(const Tensor &tensor, StringRef op, Location at) {
  if (GraphImpl *impl = GraphImpl::graphOf(tensor))
    return *impl;
  throw GraphError(compiler::locationText(at) + ": error: " + op.str() +
                   ": an operand is an empty tensor (it was never given a value)");
}

/// The graph of the first operand that is a tensor.
static GraphImpl &graphOf(ArrayRef<const Operand *> operands, StringRef op, Location at) {
  for (const Operand *operand : operands)
    if (!operand->isNumber)
      return graphOf(operand->tensor, op, at);
  throw GraphError(compiler::locationText(at) + ": error: " + op.str() +
                   ": both operands are numbers (one must be a tensor)");
}

/// The values of operands; a number takes the element type of the tensors, `otherwise` if there are
/// none.
static SmallVector<Value, 3> valuesOf(GraphImpl &impl, ArrayRef<const Operand *> operands,
                                      StringRef op, Location at, DType otherwise = DType::f32) {
  for (const Operand *operand : operands)
    if (!operand->isNumber) {
      impl.value(operand->tensor, op, at);
      otherwise = operand->tensor.dtype();
      break;
    }
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  SmallVector<Value, 3> values;
  for (const Operand *operand : operands)
    values.push_back(impl.value(operand->isNumber ? graph.constant(operand->number, otherwise, at)
                                                  : operand->tensor,
                                op, at));
  return values;
}

template <class Op> static Tensor binary(const Operand &a, const Operand &b, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf({&a, &b}, op, at);
  return impl.make<Op>(at, valuesOf(impl, {&a, &b}, op, at));
}

template <class Op>
static Tensor unary(const Tensor &x, Location at, ArrayRef<NamedAttribute> attributes = {}) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  return impl.make<Op>(at, impl.value(x, op, at), attributes);
}

template <class Op> static Tensor unary(const Operand &x) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf({&x}, op, x.at);
  return impl.make<Op>(x.at, impl.value(x.tensor, op, x.at));
}

static NamedAttribute named(GraphImpl &impl, StringRef name, Attribute value) {
  return {StringAttr::get(impl.context(), name), value};
}

static NamedAttribute list(GraphImpl &impl, StringRef name, ArrayRef<int64_t> values) {
  return named(impl, name, DenseI64ArrayAttr::get(impl.context(), values));
}

static NamedAttribute number(GraphImpl &impl, StringRef name, int64_t value) {
  return named(impl, name, IntegerAttr::get(IntegerType::get(impl.context(), 64), value));
}

static NamedAttribute element(GraphImpl &impl, StringRef name, DType type) {
  return named(impl, name, TypeAttr::get(compiler::elementType(impl.context(), type)));
}

//===--- elementwise
//----------------------------------------------------------------------------===//

Tensor operator+(const Operand &a, const Operand &b) { return binary<ir::AddOp>(a, b, a.at); }
Tensor operator-(const Operand &a, const Operand &b) { return binary<ir::SubOp>(a, b, a.at); }
Tensor operator*(const Operand &a, const Operand &b) { return binary<ir::MulOp>(a, b, a.at); }
Tensor operator/(const Operand &a, const Operand &b) { return binary<ir::DivOp>(a, b, a.at); }
Tensor operator<(const Operand &a, const Operand &b) { return binary<ir::LtOp>(a, b, a.at); }
Tensor operator<=(const Operand &a, const Operand &b) { return binary<ir::LeOp>(a, b, a.at); }
Tensor operator>(const Operand &a, const Operand &b) { return binary<ir::GtOp>(a, b, a.at); }
Tensor operator>=(const Operand &a, const Operand &b) { return binary<ir::GeOp>(a, b, a.at); }
Tensor operator&(const Operand &a, const Operand &b) { return binary<ir::AndOp>(a, b, a.at); }
Tensor operator|(const Operand &a, const Operand &b) { return binary<ir::OrOp>(a, b, a.at); }
Tensor operator^(const Operand &a, const Operand &b) { return binary<ir::XorOp>(a, b, a.at); }
Tensor operator-(const Operand &x) { return unary<ir::NegOp>(x); }
Tensor operator!(const Operand &x) { return unary<ir::NotOp>(x); }
Tensor equal(const Operand &a, const Operand &b, Location at) { return binary<ir::EqOp>(a, b, at); }
Tensor notEqual(const Operand &a, const Operand &b, Location at) {
  return binary<ir::NeOp>(a, b, at);
}
Tensor maximum(const Operand &a, const Operand &b, Location at) {
  return binary<ir::MaximumOp>(a, b, at);
}
Tensor minimum(const Operand &a, const Operand &b, Location at) {
  return binary<ir::MinimumOp>(a, b, at);
}
Tensor pow(const Operand &a, const Operand &b, Location at) { return binary<ir::PowOp>(a, b, at); }
Tensor abs(const Tensor &x, Location at) { return unary<ir::AbsOp>(x, at); }
Tensor sign(const Tensor &x, Location at) { return unary<ir::SignOp>(x, at); }
Tensor exp(const Tensor &x, Location at) { return unary<ir::ExpOp>(x, at); }
Tensor expm1(const Tensor &x, Location at) { return unary<ir::Expm1Op>(x, at); }
Tensor log(const Tensor &x, Location at) { return unary<ir::LogOp>(x, at); }
Tensor log1p(const Tensor &x, Location at) { return unary<ir::Log1pOp>(x, at); }
Tensor sqrt(const Tensor &x, Location at) { return unary<ir::SqrtOp>(x, at); }
Tensor rsqrt(const Tensor &x, Location at) { return unary<ir::RsqrtOp>(x, at); }
Tensor tanh(const Tensor &x, Location at) { return unary<ir::TanhOp>(x, at); }
Tensor sigmoid(const Tensor &x, Location at) { return unary<ir::SigmoidOp>(x, at); }
Tensor relu(const Tensor &x, Location at) { return unary<ir::ReluOp>(x, at); }

Tensor where(const Tensor &condition, const Operand &a, const Operand &b, Location at) {
  StringRef op = ir::WhereOp::getOperationName();
  GraphImpl &impl = graphOf(condition, op, at);
  SmallVector<Value, 3> values{impl.value(condition, op, at)};
  llvm::append_range(values, valuesOf(impl, {&a, &b}, op, at));
  return impl.make<ir::WhereOp>(at, values);
}

Tensor cast(const Tensor &x, DType type, Location at) {
  GraphImpl &impl = graphOf(x, ir::CastOp::getOperationName(), at);
  return unary<ir::CastOp>(x, at, element(impl, "to", type));
}

//===--- reductions
//-----------------------------------------------------------------------------===//

/// An axis counted from the front.
static int64_t resolveAxis(GraphImpl &impl, StringRef op, Value x, int64_t axis, Location at) {
  int64_t rank = static_cast<int64_t>(ir::shapeOf(x).size());
  if (axis < -rank || axis >= rank)
    impl.fail(at, op,
              "axis " + Twine(axis) + " is outside the " + Twine(rank) + " axes of shape " +
                  ir::shapeText(ir::shapeOf(x)),
              x);
  return axis < 0 ? axis + rank : axis;
}

static SmallVector<int64_t> resolveAxes(GraphImpl &impl, StringRef op, Value x, const Axes &axes,
                                        Location at) {
  SmallVector<int64_t> resolved;
  if (!axes.list)
    return llvm::to_vector(llvm::seq<int64_t>(0, ir::shapeOf(x).size()));
  for (int64_t axis : *axes.list)
    resolved.push_back(resolveAxis(impl, op, x, axis, at));
  llvm::sort(resolved);
  return resolved;
}

/// Puts dropped axes back with size 1.
static Tensor keepAxes(GraphImpl &impl, const Tensor &reduced, Shape shape, ArrayRef<int64_t> axes,
                       Location at) {
  for (int64_t axis : axes)
    shape[axis] = 1;
  return impl.make<ir::ReshapeOp>(at, GraphImpl::valueOf(reduced), list(impl, "shape", shape));
}

template <class Op>
static Tensor reduce(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  SmallVector<int64_t> resolved = resolveAxes(impl, op, impl.value(x, op, at), axes, at);
  Tensor reduced = unary<Op>(x, at, list(impl, "axes", resolved));
  return keepDims ? keepAxes(impl, reduced, x.shape(), resolved, at) : reduced;
}

Tensor sum(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::SumOp>(x, axes, keepDims, at);
}
Tensor mean(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  return reduce<ir::MeanOp>(x, axes, keepDims, at);
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

template <class Op> static Tensor alongAxis(const Tensor &x, int64_t &axis, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  axis = resolveAxis(impl, op, impl.value(x, op, at), axis, at);
  return unary<Op>(x, at, number(impl, "axis", axis));
}

Tensor argmax(const Tensor &x, int64_t axis, bool keepDims, Location at) {
  Tensor reduced = alongAxis<ir::ArgmaxOp>(x, axis, at);
  return keepDims ? keepAxes(*GraphImpl::graphOf(x), reduced, x.shape(), axis, at) : reduced;
}

Tensor softmax(const Tensor &x, int64_t axis, Location at) {
  return alongAxis<ir::SoftmaxOp>(x, axis, at);
}
Tensor logSoftmax(const Tensor &x, int64_t axis, Location at) {
  return alongAxis<ir::LogSoftmaxOp>(x, axis, at);
}

//===--- products, movement, indexing
//-----------------------------------------------------------===//

Tensor matmul(const Tensor &a, const Tensor &b, Location at) {
  return binary<ir::MatmulOp>(Operand(a, at), Operand(b, at), at);
}

Tensor transpose(const Tensor &x, Location at) {
  graphOf(x, ir::TransposeOp::getOperationName(), at);
  std::vector<int64_t> order;
  for (int64_t axis = x.rank(); axis-- > 0;)
    order.push_back(axis);
  return transpose(x, order, at);
}

Tensor transpose(const Tensor &x, const std::vector<int64_t> &order, Location at) {
  StringRef op = ir::TransposeOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  SmallVector<int64_t> resolved;
  for (int64_t axis : order)
    resolved.push_back(resolveAxis(impl, op, impl.value(x, op, at), axis, at));
  return unary<ir::TransposeOp>(x, at, list(impl, "permutation", resolved));
}

Tensor reshape(const Tensor &x, const Shape &shape, Location at) {
  GraphImpl &impl = graphOf(x, ir::ReshapeOp::getOperationName(), at);
  return unary<ir::ReshapeOp>(x, at, list(impl, "shape", shape));
}

Tensor broadcastTo(const Tensor &x, const Shape &shape, Location at) {
  GraphImpl &impl = graphOf(x, ir::BroadcastOp::getOperationName(), at);
  return unary<ir::BroadcastOp>(x, at, list(impl, "shape", shape));
}

Tensor oneHot(const Tensor &indices, int64_t classes, DType type, Location at) {
  GraphImpl &impl = graphOf(indices, ir::OneHotOp::getOperationName(), at);
  return unary<ir::OneHotOp>(indices, at,
                             {number(impl, "classes", classes), element(impl, "element", type)});
}

Tensor gather(const Tensor &table, const Tensor &indices, Location at) {
  StringRef op = ir::GatherOp::getOperationName();
  GraphImpl &impl = graphOf(table, op, at);
  Value operands[] = {impl.value(table, op, at), impl.value(indices, op, at)};
  return impl.make<ir::GatherOp>(at, operands);
}

//===--- losses
//---------------------------------------------------------------------------------===//

template <class Op>
static Tensor loss(const Tensor &prediction, const Tensor &target, Reduction reduction,
                   Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(prediction, op, at);
  Value operands[] = {impl.value(prediction, op, at), impl.value(target, op, at)};
  Tensor each = impl.make<Op>(at, operands);
  switch (reduction) {
  case Reduction::mean:
    return mean(each, {}, false, at);
  case Reduction::sum:
    return sum(each, {}, false, at);
  case Reduction::none:
    break;
  }
  return each;
}

Tensor squaredError(const Tensor &prediction, const Tensor &target, Reduction reduction,
                    Location at) {
  return loss<ir::SquaredErrorOp>(prediction, target, reduction, at);
}

Tensor crossEntropy(const Tensor &logits, const Tensor &target, Reduction reduction, Location at) {
  return loss<ir::CrossEntropyOp>(logits, target, reduction, at);
}

Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target, Reduction reduction,
                                    Location at) {
  return loss<ir::BinaryCrossEntropyOp>(logits, target, reduction, at);
}

} // namespace gradus
