// Systems of triangular matrices are unrolled: an element is had by a product with a unit vector, so that only sums and products are needed.
#include "compiler/graph/distributions/Parts.h"

namespace gradus {

using namespace distributions;

static constexpr int64_t kLargest = 64;

/// A constant of d or d*d numbers in the type of `like`.
static Term numbers(const Term &like, const Shape &shape,
                    const std::function<double(int64_t row, int64_t column)> &number) {
  std::vector<double> values;
  for (int64_t row = 0; row < (shape.size() == 2 ? shape[0] : 1); ++row)
    for (int64_t column = 0; column < shape.back(); ++column)
      values.push_back(number(row, column));
  return like.constant(NDArray::fromVector(values, shape));
}

static Term unitVector(const Term &like, int64_t d, int64_t i) {
  return numbers(like, {d}, [i](int64_t, int64_t column) { return column == i; });
}

/// With one more axis at the end.
static Term column(const Term &x) {
  Shape shape = x.shape();
  shape.push_back(1);
  return reshape(x, shape);
}

/// With one more axis before the last.
static Term row(const Term &x) {
  Shape shape = x.shape();
  shape.insert(shape.end() - 1, 1);
  return reshape(x, shape);
}

static Term diagonalOf(const Term &matrix, int64_t d) {
  return sumLast(matrix * numbers(matrix, {d, d}, [](int64_t i, int64_t j) { return i == j; }));
}

/// What is not above the diagonal; NaN there does no harm.
static Term lowerTriangle(const Term &matrix, int64_t d) {
  return where(numbers(matrix, {d, d}, [](int64_t i, int64_t j) { return i >= j; }) > 0, matrix, 0);
}

/// z with L z = b, L [..., d, d], b [..., d]: z_i = (b_i - sum of L_ij z_j, j < i) / L_ii.
static Term solveLower(const Term &l, const Term &b, int64_t d) {
  Term diagonal = diagonalOf(l, d);
  Term rest = b, z = b * 0;
  for (int64_t i = 0; i < d; ++i) {
    Term unit = unitVector(b, d, i);
    Term zi = sum(rest * unit, Axes(-1), true) / sum(diagonal * unit, Axes(-1), true); // [..., 1]
    z = z + zi * unit;
    if (i + 1 < d)
      rest = rest - zi * sumLast(l * unit); // column i of L
  }
  return z;
}

/// Throws unless the matrix is [..., d, d].
static int64_t sizeOf(const Tensor &matrix, const char *op, Location at) {
  building::graphOf(matrix, op, at);
  Shape shape = matrix.shape();
  size_t rank = shape.size();
  if (rank < 2 || shape[rank - 1] != shape[rank - 2] || shape[rank - 1] < 1 ||
      shape[rank - 1] > kLargest)
    fail(matrix, op, at,
         "the matrix has shape " + Twine(ir::shapeText(ir::shapeOf(GraphImpl::valueOf(matrix)))) +
             " (must be [..., d, d], d at most " + Twine(kLargest) + ")");
  if (matrix.dtype() != DType::f32 && matrix.dtype() != DType::f64)
    fail(matrix, op, at, "the matrix has element type " + Twine(nameOf(matrix.dtype())) +
                             " (must be f32 or f64)");
  return shape[rank - 1];
}

// Column j of L is column j of what is left of C, below the diagonal, divided by the root of its diagonal element; then l lᵀ is taken off.
Tensor cholesky(const Tensor &c, Location at) {
  int64_t d = sizeOf(c, "cholesky", at);
  Term rest{c, at}, factor = rest * 0;
  for (int64_t j = 0; j < d; ++j) {
    Term unit = unitVector(rest, d, j);
    Term below = numbers(rest, {d}, [j](int64_t, int64_t i) { return i >= j; });
    Term left = sumLast(rest * unit) * below; // [..., d]
    Term l = left / sqrt(sum(left * unit, Axes(-1), true));
    factor = factor + column(l) * unit;
    if (j + 1 < d)
      rest = rest - column(l) * row(l);
  }
  return factor;
}

MultivariateNormal MultivariateNormal::ofScale(const Tensor &mean, const Tensor &scaleTril,
                                               Location at) {
  const char *op = "MultivariateNormal";
  int64_t d = sizeOf(scaleTril, op, at);
  building::graphOf(mean, op, at);
  if (mean.rank() < 1 || mean.shape().back() != d)
    fail(mean, op, at,
         "the mean has shape " + Twine(ir::shapeText(ir::shapeOf(GraphImpl::valueOf(mean)))) +
             " (must be [..., " + Twine(d) + "], as the matrix)");
  if (mean.dtype() != scaleTril.dtype())
    fail(mean, op, at, "the element types of mean and matrix differ (must be equal)");
  MultivariateNormal result;
  result.d = d;
  result.type = mean.dtype();
  Term scale = lowerTriangle({scaleTril, at}, d);
  // The common shape of [..., d, 1] and [..., d, d].
  Operand centre = column(Term(mean, at)).operand(), matrix = scale.operand();
  MultivariateNormal both;
  Shape common = both.parameters(op, {&centre, &matrix}, {"mean", "matrix"}, at)[1].shape();
  result.scale = broadcastTo(scale, common);
  common.pop_back();
  result.location = broadcastTo(Term(mean, at), common);
  common.pop_back();
  result.extent = common;
  return result;
}

MultivariateNormal MultivariateNormal::ofCovariance(const Tensor &mean, const Tensor &covariance,
                                                    Location at) {
  sizeOf(covariance, "MultivariateNormal", at);
  return ofScale(mean, cholesky(covariance, at), at);
}

MultivariateNormal MultivariateNormal::ofDiagonal(const Tensor &mean,
                                                  const Tensor &standardDeviations, Location at) {
  const char *op = "MultivariateNormal";
  building::graphOf(standardDeviations, op, at);
  if (standardDeviations.rank() < 1)
    fail(standardDeviations, op, at, "the standard deviations are a scalar (must be [..., d])");
  int64_t d = standardDeviations.shape().back();
  if (d < 1 || d > kLargest)
    fail(standardDeviations, op, at, "d is " + Twine(d) + " (must be 1 .. " + Twine(kLargest) + ")");
  Term s{standardDeviations, at};
  Term matrix = column(s) * numbers(s, {d, d}, [](int64_t i, int64_t j) { return i == j; });
  return ofScale(mean, matrix, at);
}

// -(|z|^2 + d log(2 pi)) / 2 - sum log L_ii, L z = x - mean
Tensor MultivariateNormal::logProb(const Tensor &x, Location at) const {
  Term l{scale, at}, z = solveLower(l, cast(Term(x, at), type) - Term(location, at), d);
  return (sumLast(square(z)) + double(d) * kLogTwoPi) * -0.5 - sumLast(log(diagonalOf(l, d)));
}

Tensor MultivariateNormal::entropy(Location at) const {
  return sumLast(log(diagonalOf({scale, at}, d))) + double(d) * (kLogTwoPi + 1) / 2;
}

Tensor MultivariateNormal::mean(Location) const { return location; }
Tensor MultivariateNormal::variance(Location at) const { return sumLast(square(Term(scale, at))); }

Tensor MultivariateNormal::rsample(const Generator &random, const Shape &sampleShape,
                                   Location at) const {
  Shape shape = samplesOf(sampleShape, location.shape());
  Term z{random.normal(shape, 0, 1, type, at), at};
  return Term(location, at) + sumLast(Term(scale, at) * row(z));
}

Tensor MultivariateNormal::sample(const Generator &random, const Shape &sampleShape,
                                  Location at) const {
  return stopGradient(rsample(random, sampleShape, at), at);
}

// sum log(Q_ii / P_ii) + (|Q^-1 P|^2 + |Q^-1 (m_p - m_q)|^2 - d) / 2
Tensor kl(const MultivariateNormal &p, const MultivariateNormal &q, Location at) {
  if (p.d != q.d)
    fail(p.location, "kl", at,
         "the vectors have " + Twine(p.d) + " and " + Twine(q.d) + " elements (must be equal)");
  Term lp{p.scale, at}, lq{q.scale, at};
  Term total = sumLast(log(diagonalOf(lq, q.d))) - sumLast(log(diagonalOf(lp, p.d)));
  Term apart = solveLower(lq, Term(p.location, at) - Term(q.location, at), p.d);
  Term norm = sumLast(square(apart));
  for (int64_t j = 0; j < p.d; ++j) {
    Term ratio = solveLower(lq, sumLast(lp * unitVector(lp, p.d, j)), p.d);
    norm = norm + sumLast(square(ratio));
  }
  return total + (norm - double(p.d)) * 0.5;
}

} // namespace gradus
