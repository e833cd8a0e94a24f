#include "compiler/graph/ops/Elementwise.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Movement.h"
#include "dialects/gradus/Elementwise.h"

#include <limits>

namespace gradus {

using namespace building;

/// A number as a tensor without axes, in the graph and type of another.
static Tensor constantLike(const Tensor &like, double number, Location at) {
  GraphImpl &impl = graphOf(like, "gradus.constant", at);
  return GraphImpl::handle(impl.shared_from_this()).constant(number, like.dtype(), at);
}

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

Tensor floor(const Tensor &x, Location at) { return unary<ir::FloorOp>(x, at); }
Tensor ceil(const Tensor &x, Location at) { return unary<ir::CeilOp>(x, at); }
Tensor trunc(const Tensor &x, Location at) { return unary<ir::TruncOp>(x, at); }
Tensor round(const Tensor &x, Location at) { return unary<ir::RoundOp>(x, at); }
Tensor frac(const Tensor &x, Location at) { return unary<ir::FracOp>(x, at); }
Tensor square(const Tensor &x, Location at) { return unary<ir::SquareOp>(x, at); }
Tensor reciprocal(const Tensor &x, Location at) { return unary<ir::ReciprocalOp>(x, at); }
Tensor cbrt(const Tensor &x, Location at) { return unary<ir::CbrtOp>(x, at); }
Tensor exp2(const Tensor &x, Location at) { return unary<ir::Exp2Op>(x, at); }
Tensor log2(const Tensor &x, Location at) { return unary<ir::Log2Op>(x, at); }
Tensor log10(const Tensor &x, Location at) { return unary<ir::Log10Op>(x, at); }
Tensor sin(const Tensor &x, Location at) { return unary<ir::SinOp>(x, at); }
Tensor cos(const Tensor &x, Location at) { return unary<ir::CosOp>(x, at); }
Tensor tan(const Tensor &x, Location at) { return unary<ir::TanOp>(x, at); }
Tensor asin(const Tensor &x, Location at) { return unary<ir::AsinOp>(x, at); }
Tensor acos(const Tensor &x, Location at) { return unary<ir::AcosOp>(x, at); }
Tensor atan(const Tensor &x, Location at) { return unary<ir::AtanOp>(x, at); }
Tensor sinh(const Tensor &x, Location at) { return unary<ir::SinhOp>(x, at); }
Tensor cosh(const Tensor &x, Location at) { return unary<ir::CoshOp>(x, at); }
Tensor asinh(const Tensor &x, Location at) { return unary<ir::AsinhOp>(x, at); }
Tensor acosh(const Tensor &x, Location at) { return unary<ir::AcoshOp>(x, at); }
Tensor atanh(const Tensor &x, Location at) { return unary<ir::AtanhOp>(x, at); }
Tensor erf(const Tensor &x, Location at) { return unary<ir::ErfOp>(x, at); }
Tensor erfc(const Tensor &x, Location at) { return unary<ir::ErfcOp>(x, at); }
Tensor erfinv(const Tensor &x, Location at) { return unary<ir::ErfinvOp>(x, at); }
Tensor lgamma(const Tensor &x, Location at) { return unary<ir::LgammaOp>(x, at); }
Tensor digamma(const Tensor &x, Location at) { return unary<ir::DigammaOp>(x, at); }
Tensor trigamma(const Tensor &x, Location at) { return unary<ir::TrigammaOp>(x, at); }
Tensor isNan(const Tensor &x, Location at) { return unary<ir::IsNanOp>(x, at); }
Tensor isInf(const Tensor &x, Location at) { return unary<ir::IsInfOp>(x, at); }
Tensor isFinite(const Tensor &x, Location at) { return unary<ir::IsFiniteOp>(x, at); }
Tensor selu(const Tensor &x, Location at) { return unary<ir::SeluOp>(x, at); }
Tensor silu(const Tensor &x, Location at) { return unary<ir::SiluOp>(x, at); }
Tensor mish(const Tensor &x, Location at) { return unary<ir::MishOp>(x, at); }
Tensor hardsigmoid(const Tensor &x, Location at) { return unary<ir::HardsigmoidOp>(x, at); }
Tensor hardswish(const Tensor &x, Location at) { return unary<ir::HardswishOp>(x, at); }
Tensor logSigmoid(const Tensor &x, Location at) { return unary<ir::LogSigmoidOp>(x, at); }
Tensor softsign(const Tensor &x, Location at) { return unary<ir::SoftsignOp>(x, at); }
Tensor tanhshrink(const Tensor &x, Location at) { return unary<ir::TanhshrinkOp>(x, at); }

Tensor atan2(const Operand &a, const Operand &b, Location at) {
  return binary<ir::Atan2Op>(a, b, at);
}
Tensor hypot(const Operand &a, const Operand &b, Location at) {
  return binary<ir::HypotOp>(a, b, at);
}
Tensor logAddExp(const Operand &a, const Operand &b, Location at) {
  return binary<ir::LogAddExpOp>(a, b, at);
}
Tensor logAddExp2(const Operand &a, const Operand &b, Location at) {
  return binary<ir::LogAddExp2Op>(a, b, at);
}
Tensor xlogy(const Operand &a, const Operand &b, Location at) {
  return binary<ir::XlogyOp>(a, b, at);
}
Tensor fmod(const Operand &a, const Operand &b, Location at) {
  return binary<ir::FmodOp>(a, b, at);
}
Tensor remainder(const Operand &a, const Operand &b, Location at) {
  return binary<ir::RemainderOp>(a, b, at);
}
Tensor floorDivide(const Operand &a, const Operand &b, Location at) {
  return binary<ir::FloorDivideOp>(a, b, at);
}
Tensor copysign(const Operand &a, const Operand &b, Location at) {
  return binary<ir::CopysignOp>(a, b, at);
}
Tensor shiftLeft(const Operand &a, const Operand &b, Location at) {
  return binary<ir::ShiftLeftOp>(a, b, at);
}
Tensor shiftRight(const Operand &a, const Operand &b, Location at) {
  return binary<ir::ShiftRightOp>(a, b, at);
}

/// An op with attributes that are numbers.
template <class Op>
static Tensor unaryWith(const Tensor &x, ArrayRef<std::pair<StringRef, double>> numbers,
                        Location at) {
  GraphImpl &impl = graphOf(x, Op::getOperationName(), at);
  SmallVector<NamedAttribute> attributes;
  for (auto [name, value] : numbers)
    attributes.push_back(
        named(impl, name, FloatAttr::get(Float64Type::get(impl.context()), value)));
  return unary<Op>(x, at, attributes);
}

Tensor leakyRelu(const Tensor &x, double slope, Location at) {
  return unaryWith<ir::LeakyReluOp>(x, {{"slope", slope}}, at);
}
Tensor hardtanh(const Tensor &x, double low, double high, Location at) {
  return unaryWith<ir::HardtanhOp>(x, {{"low", low}, {"high", high}}, at);
}
Tensor relu6(const Tensor &x, Location at) { return hardtanh(x, 0, 6, at); }
Tensor hardshrink(const Tensor &x, double lambda, Location at) {
  return unaryWith<ir::HardshrinkOp>(x, {{"lambda", lambda}}, at);
}
Tensor softshrink(const Tensor &x, double lambda, Location at) {
  return unaryWith<ir::SoftshrinkOp>(x, {{"lambda", lambda}}, at);
}
Tensor threshold(const Tensor &x, double threshold, double value, Location at) {
  return unaryWith<ir::ThresholdOp>(x, {{"threshold", threshold}, {"value", value}}, at);
}
Tensor elu(const Tensor &x, double alpha, Location at) {
  return unaryWith<ir::EluOp>(x, {{"alpha", alpha}}, at);
}
Tensor celu(const Tensor &x, double alpha, Location at) {
  return unaryWith<ir::CeluOp>(x, {{"alpha", alpha}}, at);
}
Tensor gelu(const Tensor &x, Approximation approximation, Location at) {
  return approximation == Approximation::tanh ? unary<ir::GeluTanhOp>(x, at)
                                              : unary<ir::GeluOp>(x, at);
}
Tensor softplus(const Tensor &x, double beta, double threshold, Location at) {
  return unaryWith<ir::SoftplusOp>(x, {{"beta", beta}, {"threshold", threshold}}, at);
}

Tensor prelu(const Tensor &x, const Tensor &weight, Location at) {
  StringRef op = ir::PreluOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  impl.value(x, op, at);
  impl.value(weight, op, at);
  if (weight.shape().size() != 1 || weight.shape()[0] == 1 || x.shape().size() < 2)
    return binary<ir::PreluOp>(x, weight, at);
  Shape shape(x.shape().size() - 1, 1);
  shape[0] = weight.shape()[0];
  return binary<ir::PreluOp>(
      x, unary<ir::ReshapeOp>(weight, at, list(impl, "shape", shape)), at);
}

Tensor polygamma(int64_t order, const Tensor &x, Location at) {
  GraphImpl &impl = graphOf(x, "gradus.polygamma", at);
  switch (order) {
  case 0:
    return digamma(x, at);
  case 1:
    return trigamma(x, at);
  case 2:
    return unary<ir::TetragammaOp>(x, at);
  default:
    impl.fail(at, "gradus.polygamma", "order " + Twine(order) + " (must be 0, 1 or 2)",
              impl.value(x, "gradus.polygamma", at));
  }
}

Tensor glu(const Tensor &x, int64_t axis, Location at) {
  GraphImpl &impl = graphOf(x, "gradus.glu", at);
  Value value = impl.value(x, "gradus.glu", at);
  axis = resolveAxis(impl, "gradus.glu", value, axis, at);
  int64_t size = x.shape()[axis];
  if (size < 0 || size % 2 != 0)
    impl.fail(at, "gradus.glu",
              "axis " + Twine(axis) + " of shape " + ir::shapeText(ir::shapeOf(value)) +
                  " has no two halves (its size must be known and even)",
              value);
  std::vector<Tensor> halves = split(x, std::vector<int64_t>{size / 2, size / 2}, axis, at);
  return binary<ir::MulOp>(halves[0], sigmoid(halves[1], at), at);
}

Tensor clamp(const Tensor &x, std::optional<double> low, std::optional<double> high, Location at) {
  SmallVector<std::pair<StringRef, double>, 2> bounds;
  if (low)
    bounds.push_back({"low", *low});
  if (high)
    bounds.push_back({"high", *high});
  return unaryWith<ir::ClampOp>(x, bounds, at);
}

Tensor clamp(const Tensor &x, const Tensor &low, const Tensor &high, Location at) {
  Tensor raised = where(binary<ir::LtOp>(x, low, at), low, x, at);
  return where(binary<ir::GtOp>(raised, high, at), high, raised, at);
}

Tensor lerp(const Operand &a, const Operand &b, const Operand &weight, Location at) {
  StringRef op = ir::LerpOp::getOperationName();
  GraphImpl &impl = graphOf({&a, &b, &weight}, op, at);
  return impl.make<ir::LerpOp>(at, valuesOf(impl, {&a, &b, &weight}, op, at));
}

Tensor addcmul(const Tensor &x, const Operand &a, const Operand &b, double value, Location at) {
  Tensor product = binary<ir::MulOp>(a, b, at);
  if (value != 1)
    product = binary<ir::MulOp>(product, value, at);
  return binary<ir::AddOp>(x, product, at);
}

Tensor addcdiv(const Tensor &x, const Operand &a, const Operand &b, double value, Location at) {
  Tensor quotient = binary<ir::DivOp>(a, b, at);
  if (value != 1)
    quotient = binary<ir::MulOp>(quotient, value, at);
  return binary<ir::AddOp>(x, quotient, at);
}

Tensor logit(const Tensor &x, std::optional<double> eps, Location at) {
  Tensor p = eps ? clamp(x, *eps, 1 - *eps, at) : x;
  return binary<ir::SubOp>(log(p, at), log1p(unary<ir::NegOp>(p, at), at), at);
}

Tensor isClose(const Operand &a, const Operand &b, double rtol, double atol, bool equalNan,
               Location at) {
  Tensor distance = abs(binary<ir::SubOp>(a, b, at), at);
  Tensor other = b.isNumber ? constantLike(distance, b.number, at) : b.tensor;
  Tensor allowed = binary<ir::AddOp>(binary<ir::MulOp>(abs(other, at), rtol, at), atol, at);
  // An infinite b allows everything, but only itself is close to it.
  Tensor near = binary<ir::AndOp>(binary<ir::LeOp>(distance, allowed, at), isFinite(distance, at), at);
  Tensor close = binary<ir::OrOp>(near, equal(a, b, at), at);
  if (!equalNan)
    return close;
  Tensor first = a.isNumber ? constantLike(distance, a.number, at) : a.tensor;
  return binary<ir::OrOp>(close, binary<ir::AndOp>(isNan(first, at), isNan(other, at), at), at);
}

Tensor nanToNum(const Tensor &x, double nan, std::optional<double> positive,
                std::optional<double> negative, Location at) {
  double infinity = std::numeric_limits<double>::infinity();
  Tensor isNotNumber = isNan(x, at); // f32 or f64 from here on
  double largest = x.dtype() == DType::f32 ? double(std::numeric_limits<float>::max())
                                           : std::numeric_limits<double>::max();
  Tensor y = where(isNotNumber, nan, x, at);
  y = where(equal(x, infinity, at), positive.value_or(largest), y, at);
  return where(equal(x, -infinity, at), negative.value_or(-largest), y, at);
}

Tensor maskedFill(const Tensor &x, const Tensor &mask, const Operand &value, Location at) {
  return where(mask, value, x, at);
}

Tensor bitcast(const Tensor &x, DType type, Location at) {
  GraphImpl &impl = graphOf(x, ir::BitcastOp::getOperationName(), at);
  return unary<ir::BitcastOp>(x, at, element(impl, "to", type));
}

Tensor stopGradient(const Tensor &x, Location at) { return unary<ir::StopGradientOp>(x, at); }

} // namespace gradus
