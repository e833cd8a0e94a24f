// What the distributions share.
#pragma once
#include "compiler/graph/Distributions.h"
#include "compiler/graph/Formula.h"
#include "compiler/graph/ops/Building.h"

#include <cmath>
#include <numbers>

namespace gradus::distributions {

using namespace formulas;
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

} // namespace gradus::distributions
