// Formulas over tensors whose ops all carry one line: that of the user's who called the function.
// For the compiler, not for users.
#pragma once
#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Movement.h"
#include "compiler/graph/ops/Reduction.h"

namespace gradus {

/// A tensor and the line that the ops made of it get.
class Term {
public:
  Term(Tensor tensor, Location at) : tensor(std::move(tensor)), at(at) {}
  operator Tensor() const { return tensor; }
  Operand operand() const { return {tensor, at}; }
  Shape shape() const { return tensor.shape(); }
  DType dtype() const { return tensor.dtype(); }
  Graph graph() const { return GraphImpl::handle(GraphImpl::graphOf(tensor)->shared_from_this()); }
  /// Another tensor, on the same line.
  Term with(Tensor other) const { return {std::move(other), at}; }
  /// A constant of this element type and graph, on the same line.
  Term constant(double value) const { return with(graph().constant(value, dtype(), at)); }
  Term constant(const NDArray &values) const {
    return with(graph().constant(values.cast(dtype()), at));
  }

  Tensor tensor;
  Location at;
};

#define GRADUS_TERM_OPERATOR(op)                                                                   \
  inline Term operator op(const Term &a, const Term &b) {                                          \
    return {a.operand() op b.operand(), a.at};                                                     \
  }                                                                                                \
  inline Term operator op(const Term &a, double b) {                                               \
    return {a.operand() op Operand(b, a.at), a.at};                                                \
  }                                                                                                \
  inline Term operator op(double a, const Term &b) {                                               \
    return {Operand(a, b.at) op b.operand(), b.at};                                                \
  }
GRADUS_TERM_OPERATOR(+)
GRADUS_TERM_OPERATOR(-)
GRADUS_TERM_OPERATOR(*)
GRADUS_TERM_OPERATOR(/)
GRADUS_TERM_OPERATOR(<)
GRADUS_TERM_OPERATOR(<=)
GRADUS_TERM_OPERATOR(>)
GRADUS_TERM_OPERATOR(>=)
#undef GRADUS_TERM_OPERATOR

inline Term operator&(const Term &a, const Term &b) { return {a.operand() & b.operand(), a.at}; }
inline Term operator|(const Term &a, const Term &b) { return {a.operand() | b.operand(), a.at}; }
inline Term operator-(const Term &x) { return {-x.operand(), x.at}; }

#define GRADUS_TERM_BINARY(name)                                                                   \
  inline Term name(const Term &a, const Term &b) {                                                 \
    return {name(a.operand(), b.operand(), a.at), a.at};                                           \
  }                                                                                                \
  inline Term name(const Term &a, double b) {                                                      \
    return {name(a.operand(), Operand(b, a.at), a.at), a.at};                                      \
  }                                                                                                \
  inline Term name(double a, const Term &b) {                                                      \
    return {name(Operand(a, b.at), b.operand(), b.at), b.at};                                      \
  }
GRADUS_TERM_BINARY(maximum)
GRADUS_TERM_BINARY(minimum)
GRADUS_TERM_BINARY(pow)
GRADUS_TERM_BINARY(equal)
GRADUS_TERM_BINARY(xlogy)
#undef GRADUS_TERM_BINARY

#define GRADUS_TERM_UNARY(name)                                                                    \
  inline Term name(const Term &x) { return {name(x.tensor, x.at), x.at}; }
GRADUS_TERM_UNARY(abs)
GRADUS_TERM_UNARY(cos)
GRADUS_TERM_UNARY(exp)
GRADUS_TERM_UNARY(log)
GRADUS_TERM_UNARY(log1p)
GRADUS_TERM_UNARY(sqrt)
GRADUS_TERM_UNARY(rsqrt)
GRADUS_TERM_UNARY(relu)
GRADUS_TERM_UNARY(sigmoid)
GRADUS_TERM_UNARY(lgamma)
GRADUS_TERM_UNARY(digamma)
GRADUS_TERM_UNARY(stopGradient)
#undef GRADUS_TERM_UNARY

inline Term where(const Term &condition, const Term &a, const Term &b) {
  return {where(condition.tensor, a.operand(), b.operand(), a.at), a.at};
}
inline Term where(const Term &condition, const Term &a, double b) {
  return {where(condition.tensor, a.operand(), Operand(b, a.at), a.at), a.at};
}
inline Term where(const Term &condition, double a, const Term &b) {
  return {where(condition.tensor, Operand(a, b.at), b.operand(), b.at), b.at};
}
inline Term sum(const Term &x, const Axes &axes, bool keepDims = false) {
  return {sum(x.tensor, axes, keepDims, x.at), x.at};
}
inline Term mean(const Term &x, const Axes &axes, bool keepDims = false) {
  return {mean(x.tensor, axes, keepDims, x.at), x.at};
}

// These add no op where there is nothing to do.
inline Term cast(const Term &x, DType type) {
  return x.dtype() == type ? x : x.with(cast(x.tensor, type, x.at));
}
inline Term reshape(const Term &x, const Shape &shape) {
  return x.shape() == shape ? x : x.with(reshape(x.tensor, shape, x.at));
}
inline Term broadcastTo(const Term &x, const Shape &shape) {
  return x.shape() == shape ? x : x.with(broadcastTo(x.tensor, shape, x.at));
}

inline Term square(const Term &x) { return x * x; }
/// log(1 + e^x), stable.
inline Term softplus(const Term &x) { return maximum(x, 0) + log1p(exp(-abs(x))); }

} // namespace gradus
