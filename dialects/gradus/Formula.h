// Bodies of elementwise ops as formulas on floats. With Numbers.h: operators, comparisons, select.
#pragma once
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Numbers.h"
#include "dialects/gradus/Special.h"

namespace gradus::formula {

template <class Op> Num applied(Num x) {
  return {x.in, x.in->builder.create<Op>(x.in->location, x.value).getResult()};
}

inline Num exp(Num x) { return applied<mlir::math::ExpOp>(x); }
inline Num exp2(Num x) { return applied<mlir::math::Exp2Op>(x); }
inline Num expm1(Num x) { return applied<mlir::math::ExpM1Op>(x); }
inline Num log(Num x) { return applied<mlir::math::LogOp>(x); }
inline Num log1p(Num x) { return applied<mlir::math::Log1pOp>(x); }
inline Num tanh(Num x) { return applied<mlir::math::TanhOp>(x); }
inline Num trunc(Num x) { return applied<mlir::math::TruncOp>(x); }
inline Num erfc(Num x) { return {x.in, ir::emitErfc(x.in->builder, x.in->location, x.value)}; }
inline Num sigmoid(Num x) {
  return {x.in, ir::emitSigmoid(x.in->builder, x.in->location, x.value)};
}

inline Num operator+(double a, Num b) { return b.in->number(a) + b; }
inline Num operator-(double a, Num b) { return b.in->number(a) - b; }
inline Num operator*(double a, Num b) { return b.in->number(a) * b; }
inline Num operator/(double a, Num b) { return b.in->number(a) / b; }
/// False for NaN.
inline Truth lessEqual(Num a, Term b) { return greaterEqual(b.in(*a.in), a); }

/// log(1 + e^x), without overflow.
inline Num softplus(Num x) { return select(greater(x, 0), x, 0) + log1p(exp(-abs(x))); }

/// tanh(log(1 + e^x)), a quotient in e^-|x|, so without overflow and cancellation.
inline Num tanhOfSoftplus(Num x) {
  Num e = exp(-abs(x)), small = e * (e + 2), large = e * 2 + 1;
  Truth isPositive = greater(x, 0);
  Num above = select(isPositive, large, small);
  return above / select(isPositive, large + e * e * 2, small + 2);
}

/// log2(2^a + 2^b); equal infinities have the difference 0.
inline Num logAddExp2(Num a, Num b) {
  Num larger = select(greater(a, b), a, b);
  Num distance = select(equal(a, b), 0, abs(a - b));
  return larger + log1p(exp2(-distance)) * 0x1.71547652b82fep+0; // 1 / log(2)
}

} // namespace gradus::formula

namespace gradus::ir {

/// The value of a formula of one or two operands, which are floats or vectors of them.
template <class F> Value emitFormula(OpBuilder &b, Location loc, Value x, F formula) {
  formula::Numbers in(b, loc, x.getType());
  return formula(in.of(x)).value;
}
template <class F> Value emitFormula(OpBuilder &b, Location loc, Value x, Value y, F formula) {
  formula::Numbers in(b, loc, x.getType());
  return formula(in.of(x), in.of(y)).value;
}

} // namespace gradus::ir
