// Probability distributions are graph functions: built of ops, so differentiated, fused and compiled
// like everything else.
//
// Parameters are tensors of f32 or f64, or numbers beside at least one tensor; they broadcast, and their
// common shape is the distribution's. A number that is impossible is a GraphError; a tensor's elements
// are not checked, and give NaN or infinities. x broadcasts against the shape of the distribution, and
// may be of another element type (counts, booleans): it is converted. logProb, entropy, mean, variance and kl are differentiable in
// parameters and in x. sample gives [sampleShape..., shape...] and lets no gradient through; rsample, where it exists, is a
// differentiable function of the parameters and of numbers that do not depend on them (Kingma and Welling 2014).
// kl(p, q) is the divergence of q from p, sum of p log(p / q).
//
// Formulas: Johnson, Kotz, Kemp, Balakrishnan: Univariate discrete / continuous distributions.
#pragma once
#include "compiler/graph/ops/Random.h"
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// What all have in common.
class Distribution {
public:
  const Shape &shape() const { return extent; }
  DType dtype() const { return type; }

protected:
  Distribution() = default;
  /// Tensors of `operands`, of one floating-point type and of their common shape.
  std::vector<Tensor> parameters(const char *op, std::vector<const Operand *> operands,
                                 std::vector<const char *> names, Location at);
  Shape extent;
  DType type = DType::f32;
};

/// 0 or 1.
class Bernoulli : public Distribution {
public:
  /// Of log(p / (1 - p)). Nothing is lost where p is close to 0 or 1.
  static Bernoulli ofLogits(const Tensor &logits, Location at = Location::current());
  /// Of the probability of 1; clamped to [eps, 1 - eps], as PyTorch has it, so that log-probabilities are finite.
  static Bernoulli ofProbabilities(const Tensor &p, Location at = Location::current());
  /// x l - log(1 + e^l)
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  /// Of the parameters' type.
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Bernoulli &p, const Bernoulli &q, Location at);
  const Tensor &logits() const { return l; }

private:
  Tensor l;
};

/// 0 .. k-1. Parameters [..., k]; the shape is without the last axis.
class Categorical : public Distribution {
public:
  /// Unnormalised: any constant may be added to a row. -inf is a probability of 0.
  static Categorical ofLogits(const Tensor &logits, Location at = Location::current());
  /// Not negative; divided by their sum.
  static Categorical ofProbabilities(const Tensor &p, Location at = Location::current());
  /// x: i32 or i64, [...]. NaN for an x out of range.
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  /// Of the index: sum of i p_i.
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  Tensor probabilities(Location at = Location::current()) const;
  /// i32.
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Categorical &p, const Categorical &q, Location at);

private:
  Tensor logP; ///< normalised, [..., k]
};

/// The number of ones in n throws.
class Binomial : public Distribution {
public:
  /// 0 <= n <= 2^24.
  static Binomial ofLogits(int64_t n, const Tensor &logits, Location at = Location::current());
  static Binomial ofProbabilities(int64_t n, const Tensor &p, Location at = Location::current());
  /// log(n over x) + x l - n log(1 + e^l)
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  /// The sum over all n + 1 counts, on an axis of that size.
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  /// Throws GraphError unless both have the same n.
  friend Tensor kl(const Binomial &p, const Binomial &q, Location at);

private:
  int64_t n = 0;
  Tensor l;
};

class Normal : public Distribution {
public:
  Normal(const Operand &mean, const Operand &standardDeviation, Location at = Location::current());
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  /// mean + standardDeviation z
  Tensor rsample(const Generator &random, const Shape &sampleShape = {},
                 Location at = Location::current()) const;
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Normal &p, const Normal &q, Location at);

private:
  Tensor location, scale;
};

/// Vectors of d numbers, d <= 64: what needs a triangular system is unrolled over d. The mean is [..., d], the shape is without the last axis.
class MultivariateNormal : public Distribution {
public:
  /// L [..., d, d], lower triangular with a positive diagonal, so that the covariance is L Lᵀ. What lies above the
  /// diagonal is not read.
  static MultivariateNormal ofScale(const Tensor &mean, const Tensor &scaleTril,
                                    Location at = Location::current());
  /// C [..., d, d], symmetric and positive definite; by cholesky.
  static MultivariateNormal ofCovariance(const Tensor &mean, const Tensor &covariance,
                                         Location at = Location::current());
  /// Independent numbers with these standard deviations [..., d].
  static MultivariateNormal ofDiagonal(const Tensor &mean, const Tensor &standardDeviations,
                                       Location at = Location::current());
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  /// The diagonal of the covariance.
  Tensor variance(Location at = Location::current()) const;
  /// mean + L z
  Tensor rsample(const Generator &random, const Shape &sampleShape = {},
                 Location at = Location::current()) const;
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const MultivariateNormal &p, const MultivariateNormal &q, Location at);

private:
  Tensor location, scale; ///< [..., d], [..., d, d] with zeros above the diagonal
  int64_t d = 0;
};

/// The lower triangular L with L Lᵀ = C, unrolled over the columns. C [..., d, d], d <= 64, symmetric; only its lower triangle counts.
/// NaN where C is not positive definite. Throws GraphError for another shape.
Tensor cholesky(const Tensor &c, Location at = Location::current());

/// In [low, high).
class Uniform : public Distribution {
public:
  Uniform(const Operand &low, const Operand &high, Location at = Location::current());
  /// -inf outside.
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  Tensor rsample(const Generator &random, const Shape &sampleShape = {},
                 Location at = Location::current()) const;
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  /// inf where q does not cover p.
  friend Tensor kl(const Uniform &p, const Uniform &q, Location at);

private:
  Tensor low, high;
};

class Laplace : public Distribution {
public:
  Laplace(const Operand &location, const Operand &scale, Location at = Location::current());
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  Tensor rsample(const Generator &random, const Shape &sampleShape = {},
                 Location at = Location::current()) const;
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Laplace &p, const Laplace &q, Location at);

private:
  Tensor location, scale;
};

class Exponential : public Distribution {
public:
  explicit Exponential(const Tensor &rate, Location at = Location::current());
  /// -inf below 0.
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  Tensor rsample(const Generator &random, const Shape &sampleShape = {},
                 Location at = Location::current()) const;
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Exponential &p, const Exponential &q, Location at);

private:
  Tensor rate;
};

class Poisson : public Distribution {
public:
  explicit Poisson(const Tensor &rate, Location at = Location::current());
  /// x log r - r - log x!
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  /// Below a rate of 100 the sum over the counts 0 .. 255, on an axis of that size; else the asymptotic series
  /// log(2 pi e r)/2 - 1/(12 r) - 1/(24 r^2) - 19/(360 r^3), whose error is below 1e-8.
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Poisson &p, const Poisson &q, Location at);

private:
  Tensor rate;
};

/// Density proportional to x^(concentration-1) e^(-rate x).
class Gamma : public Distribution {
public:
  Gamma(const Operand &concentration, const Operand &rate, Location at = Location::current());
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  /// See Generator::gamma. There is no rsample: the number of attempts depends on the concentration, and the derivative by
  /// implicit reparameterisation needs the derivative of the incomplete gamma function, which Gradus lacks.
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Gamma &p, const Gamma &q, Location at);

private:
  Tensor concentration, rate;
};

/// Density proportional to x^(a-1) (1-x)^(b-1).
class Beta : public Distribution {
public:
  Beta(const Operand &a, const Operand &b, Location at = Location::current());
  Tensor logProb(const Tensor &x, Location at = Location::current()) const;
  Tensor entropy(Location at = Location::current()) const;
  Tensor mean(Location at = Location::current()) const;
  Tensor variance(Location at = Location::current()) const;
  /// No rsample, for the reason that Gamma has none.
  Tensor sample(const Generator &random, const Shape &sampleShape = {},
                Location at = Location::current()) const;
  friend Tensor kl(const Beta &p, const Beta &q, Location at);

private:
  Tensor a, b;
};

Tensor kl(const Bernoulli &p, const Bernoulli &q, Location at = Location::current());
Tensor kl(const Categorical &p, const Categorical &q, Location at = Location::current());
Tensor kl(const Binomial &p, const Binomial &q, Location at = Location::current());
Tensor kl(const Normal &p, const Normal &q, Location at = Location::current());
Tensor kl(const MultivariateNormal &p, const MultivariateNormal &q,
          Location at = Location::current());
Tensor kl(const Uniform &p, const Uniform &q, Location at = Location::current());
Tensor kl(const Laplace &p, const Laplace &q, Location at = Location::current());
Tensor kl(const Exponential &p, const Exponential &q, Location at = Location::current());
Tensor kl(const Poisson &p, const Poisson &q, Location at = Location::current());
Tensor kl(const Gamma &p, const Gamma &q, Location at = Location::current());
Tensor kl(const Beta &p, const Beta &q, Location at = Location::current());

} // namespace gradus
