#include "compiler/graph/ops/Elementwise.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Elementwise.h"

namespace gradus {

using namespace building;

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

Tensor stopGradient(const Tensor &x, Location at) { return unary<ir::StopGradientOp>(x, at); }

} // namespace gradus
