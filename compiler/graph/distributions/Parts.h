// What the distributions share.
#pragma once
#include "compiler/graph/Distributions.h"
#include "compiler/graph/Ops.h"
#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Term.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace gradus::distributions {

using llvm::Twine;

inline const double kLogTwoPi = std::log(2 * std::numbers::pi);

/// The shape of sampleShape samples of something of this shape.
inline Shape samplesOf(const Shape &sampleShape, const Shape &shape) {
  Shape result = sampleShape;
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

[[noreturn]] inline void fail(const Tensor &tensor, const char *op, Location at,
                              const Twine &message) {
  building::graphOf(tensor, op, at).fail(at, op, message, GraphImpl::valueOf(tensor));
}

/// The sum over the last axis.
inline Term sumLast(const Term &x) { return sum(x, Axes(-1)); }

/// 0 <= x, for densities that live there.
inline Term inside(const Term &x, const Term &density) {
  return where(x >= 0, density, -INFINITY);
}

/// Half the distance from 1 to the next number.
inline double epsilonOf(DType type) {
  return type == DType::f64 ? std::numeric_limits<double>::epsilon()
                            : double(std::numeric_limits<float>::epsilon());
}

/// log(p / (1 - p)) with p in [eps, 1 - eps].
inline Tensor logitsOf(const char *op, const Tensor &p, Location at) {
  building::graphOf(p, op, at);
  if (p.dtype() != DType::f32 && p.dtype() != DType::f64)
    fail(p, op, at, "the probabilities have element type " + Twine(nameOf(p.dtype())) +
                        " (must be f32 or f64)");
  double eps = epsilonOf(p.dtype());
  Term inner = minimum(maximum(Term(p, at), eps), 1 - eps);
  return log(inner) - log1p(-inner);
}

/// Entropy of a throw: log(1 + e^-|l|) + |l| / (1 + e^|l|), without differences.
inline Term throwEntropy(const Term &l) {
  Term size = abs(l), small = exp(-size);
  return log1p(small) + size * small / (small + 1);
}

/// p log(p / q) + (1 - p) log((1 - p) / (1 - q)), from logits.
inline Term throwDivergence(const Term &p, const Term &q) {
  return sigmoid(p) * (softplus(-q) - softplus(-p)) + sigmoid(-p) * (softplus(q) - softplus(p));
}

/// 0 where p is 0, whatever the other factor is.
inline Term weighted(const Term &logP, const Term &x) {
  Term p = exp(logP), none = equal(p, 0);
  return where(none, 0, p * where(none, 0, x));
}

inline Term indices(const Term &like, const Shape &shape) {
  Shape own = {shape.back()};
  std::vector<double> numbers(size_t(shape.back()));
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = double(i);
  return like.constant(NDArray::fromVector(numbers, own));
}

} // namespace gradus::distributions
