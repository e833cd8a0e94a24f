// Operators on tensors for functions that build graphs: every op gets the line of the function's
// caller, and a formula reads as one.
#pragma once
#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/Ops.h"

namespace gradus::formulas {

/// A tensor and the line that asked for it.
class Term {
public:
  Term(Tensor tensor, Location at) : value(std::move(tensor)), at(at) {}
  operator const Tensor &() const { return value; }
  Operand operand() const { return {value, at}; }
  const Tensor &tensor() const { return value; }
  Location location() const { return at; }
  Shape shape() const { return value.shape(); }
  int64_t rank() const { return value.rank(); }
  DType dtype() const { return value.dtype(); }
  Term with(Tensor other) const { return {std::move(other), at}; }

private:
  Tensor value;
  Location at;
};

#define GRADUS_TERM_OPERATOR(op)                                                                   \
  inline Term operator op(const Term &a, const Term &b) {                                          \
    return a.with(a.operand() op b.operand());                                                     \
  }                                                                                                \
  inline Term operator op(const Term &a, double b) {                                               \
    return a.with(a.operand() op Operand(b, a.location()));                                        \
  }                                                                                                \
  inline Term operator op(double a, const Term &b) {                                               \
    return b.with(Operand(a, b.location()) op b.operand());                                        \
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
inline Term operator&(const Term &a, const Term &b) { return a.with(a.operand() & b.operand()); }
inline Term operator|(const Term &a, const Term &b) { return a.with(a.operand() | b.operand()); }
inline Term operator-(const Term &x) { return x.with(-x.operand()); }
inline Term operator!(const Term &x) { return x.with(!x.operand()); }

#define GRADUS_TERM_FUNCTION(name)                                                                 \
  inline Term name(const Term &x) { return x.with(gradus::name(x.tensor(), x.location())); }
GRADUS_TERM_FUNCTION(abs)
GRADUS_TERM_FUNCTION(exp)
GRADUS_TERM_FUNCTION(log)
GRADUS_TERM_FUNCTION(log1p)
GRADUS_TERM_FUNCTION(sqrt)
GRADUS_TERM_FUNCTION(rsqrt)
GRADUS_TERM_FUNCTION(sigmoid)
GRADUS_TERM_FUNCTION(stopGradient)
GRADUS_TERM_FUNCTION(lgamma)
GRADUS_TERM_FUNCTION(digamma)
#undef GRADUS_TERM_FUNCTION

inline Term maximum(const Term &a, const Term &b) {
  return a.with(gradus::maximum(a.operand(), b.operand(), a.location()));
}
inline Term maximum(const Term &a, double b) {
  return a.with(gradus::maximum(a.operand(), Operand(b, a.location()), a.location()));
}
inline Term minimum(const Term &a, const Term &b) {
  return a.with(gradus::minimum(a.operand(), b.operand(), a.location()));
}
inline Term minimum(const Term &a, double b) {
  return a.with(gradus::minimum(a.operand(), Operand(b, a.location()), a.location()));
}
inline Term equal(const Term &a, const Term &b) {
  return a.with(gradus::equal(a.operand(), b.operand(), a.location()));
}
inline Term equal(const Term &a, double b) {
  return a.with(gradus::equal(a.operand(), Operand(b, a.location()), a.location()));
}
/// a log(b), 0 where a is 0.
inline Term xlogy(const Term &a, const Term &b) {
  return a.with(gradus::xlogy(a.operand(), b.operand(), a.location()));
}
inline Term where(const Term &condition, const Term &a, const Term &b) {
  return a.with(gradus::where(condition.tensor(), a.operand(), b.operand(), a.location()));
}
inline Term where(const Term &condition, const Term &a, double b) {
  return a.with(gradus::where(condition.tensor(), a.operand(), Operand(b, a.location()), a.location()));
}
inline Term where(const Term &condition, double a, const Term &b) {
  return b.with(gradus::where(condition.tensor(), Operand(a, b.location()), b.operand(), b.location()));
}
inline Term cast(const Term &x, DType type) {
  return x.dtype() == type ? x : x.with(gradus::cast(x.tensor(), type, x.location()));
}
inline Term square(const Term &x) { return x * x; }
inline Term sum(const Term &x, const Axes &axes, bool keepDims = false) {
  return x.with(gradus::sum(x.tensor(), axes, keepDims, x.location()));
}
inline Term reshape(const Term &x, const Shape &shape) {
  return x.shape() == shape ? x : x.with(gradus::reshape(x.tensor(), shape, x.location()));
}
inline Term broadcastTo(const Term &x, const Shape &shape) {
  return x.shape() == shape ? x : x.with(gradus::broadcastTo(x.tensor(), shape, x.location()));
}
/// Every element `value`, of this shape (which may have the batch) and element type.
inline Term full(const Term &like, const Shape &shape, double value) {
  Graph graph = GraphImpl::handle(GraphImpl::graphOf(like.tensor())->shared_from_this());
  Term one = like.with(graph.constant(value, like.dtype(), like.location()));
  return broadcastTo(one, shape);
}
/// log(1 + e^x), stable.
inline Term softplus(const Term &x) { return maximum(x, 0) + log1p(exp(-abs(x))); }

} // namespace gradus::formulas
