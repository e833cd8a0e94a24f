// Bernoulli, Categorical, Binomial, Poisson.
#include "compiler/graph/distributions/Parts.h"

#include <limits>

namespace gradus {

using namespace distributions;

/// Half the distance from 1 to the next number.
static double epsilonOf(DType type) {
  return type == DType::f64 ? std::numeric_limits<double>::epsilon()
                            : double(std::numeric_limits<float>::epsilon());
}

/// log(p / (1 - p)) with p in [eps, 1 - eps].
static Tensor logitsOf(const char *op, const Tensor &p, Location at) {
  building::graphOf(p, op, at);
  if (p.dtype() != DType::f32 && p.dtype() != DType::f64)
    fail(p, op, at, "the probabilities have element type " + Twine(nameOf(p.dtype())) +
                        " (must be f32 or f64)");
  double eps = epsilonOf(p.dtype());
  Term inner = minimum(maximum(Term(p, at), eps), 1 - eps);
  return log(inner) - log1p(-inner);
}

/// Entropy of a throw: log(1 + e^-|l|) + |l| / (1 + e^|l|), without differences.
static Term throwEntropy(const Term &l) {
  Term size = abs(l), small = exp(-size);
  return log1p(small) + size * small / (small + 1);
}

/// p log(p / q) + (1 - p) log((1 - p) / (1 - q)), from logits.
static Term throwDivergence(const Term &p, const Term &q) {
  return sigmoid(p) * (softplus(-q) - softplus(-p)) + sigmoid(-p) * (softplus(q) - softplus(p));
}

//===--- Bernoulli
//----------------------------------------------------------------------------------===//

Bernoulli Bernoulli::ofLogits(const Tensor &logits, Location at) {
  Bernoulli result;
  Operand operand(logits, at);
  result.l = result.parameters("Bernoulli", {&operand}, {"logits"}, at)[0];
  return result;
}

Bernoulli Bernoulli::ofProbabilities(const Tensor &p, Location at) {
  return ofLogits(logitsOf("Bernoulli", p, at), at);
}

Tensor Bernoulli::logProb(const Tensor &x, Location at) const {
  Term logit{l, at};
  return cast(Term(x, at), type) * logit - softplus(logit);
}

Tensor Bernoulli::entropy(Location at) const { return throwEntropy({l, at}); }
Tensor Bernoulli::mean(Location at) const { return sigmoid(l, at); }
Tensor Bernoulli::variance(Location at) const {
  Term logit{l, at};
  return sigmoid(logit) * sigmoid(-logit);
}

Tensor Bernoulli::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  Term p = sigmoid(stopGradient(Term(l, at)));
  return cast(random.bernoulli(broadcastTo(p, samplesOf(sampleShape, extent)), at), type, at);
}

Tensor kl(const Bernoulli &p, const Bernoulli &q, Location at) {
  return throwDivergence({p.l, at}, {q.l, at});
}

//===--- Categorical
//--------------------------------------------------------------------------------===//

Categorical Categorical::ofLogits(const Tensor &logits, Location at) {
  Categorical result;
  Operand operand(logits, at);
  Tensor x = result.parameters("Categorical", {&operand}, {"logits"}, at)[0];
  if (result.extent.empty() || result.extent.back() == 0)
    fail(x, "Categorical", at, "the logits must have a last axis of classes, not empty");
  result.extent.pop_back();
  result.logP = logSoftmax(x, -1, at);
  return result;
}

Categorical Categorical::ofProbabilities(const Tensor &p, Location at) {
  building::graphOf(p, "Categorical", at);
  if (p.dtype() != DType::f32 && p.dtype() != DType::f64)
    fail(p, "Categorical", at, "the probabilities have element type " + Twine(nameOf(p.dtype())) +
                                   " (must be f32 or f64)");
  return ofLogits(log(p, at), at);
}

/// 0 where p is 0, whatever the other factor is.
static Term weighted(const Term &logP, const Term &x) {
  Term p = exp(logP), none = equal(p, 0);
  return where(none, 0, p * where(none, 0, x));
}

static Term indices(const Term &like, const Shape &shape) {
  Shape own = {shape.back()};
  std::vector<double> numbers(size_t(shape.back()));
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = double(i);
  Graph graph = GraphImpl::handle(GraphImpl::graphOf(like.tensor())->shared_from_this());
  return like.with(
      graph.constant(NDArray::fromVector(numbers, own).cast(like.dtype()), like.location()));
}

Tensor Categorical::logProb(const Tensor &x, Location at) const {
  building::graphOf(x, "Categorical", at);
  if (x.dtype() != DType::i32 && x.dtype() != DType::i64)
    fail(x, "Categorical", at,
         "x has element type " + Twine(nameOf(x.dtype())) + " (must be i32 or i64)");
  int64_t classes = logP.shape().back();
  Term hot{oneHot(x, classes, type, at), at};
  Term chosen = sumLast(where(hot > 0, Term(logP, at), 0));
  return where(sumLast(hot) > 0, chosen, NAN);
}

Tensor Categorical::entropy(Location at) const {
  Term logs{logP, at};
  return -sumLast(weighted(logs, logs));
}

Tensor Categorical::probabilities(Location at) const { return exp(logP, at); }

Tensor Categorical::mean(Location at) const {
  Term p = exp(Term(logP, at));
  return sumLast(p * indices(p, p.shape()));
}

// sum p_i (i - mean)^2
Tensor Categorical::variance(Location at) const {
  Term p = exp(Term(logP, at)), i = indices(p, p.shape());
  Term centre = sum(p * i, Axes(-1), true);
  return sumLast(p * square(i - centre));
}

Tensor Categorical::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  return random.categorical(logP, sampleShape, at);
}

Tensor kl(const Categorical &p, const Categorical &q, Location at) {
  Term logs{p.logP, at};
  return sumLast(weighted(logs, logs - Term(q.logP, at)));
}

//===--- Binomial
//-----------------------------------------------------------------------------------===//

Binomial Binomial::ofLogits(int64_t n, const Tensor &logits, Location at) {
  Binomial result;
  Operand operand(logits, at);
  result.l = result.parameters("Binomial", {&operand}, {"logits"}, at)[0];
  if (n < 0 || n > int64_t(1) << 24)
    fail(logits, "Binomial", at, "the number of throws is " + Twine(n) + " (must be 0 .. 2^24)");
  result.n = n;
  return result;
}

Binomial Binomial::ofProbabilities(int64_t n, const Tensor &p, Location at) {
  return ofLogits(n, logitsOf("Binomial", p, at), at);
}

/// log of the number of ways to choose x of n.
static Term logChoices(double n, const Term &x) {
  return -lgamma(x + 1) - lgamma(n + 1 - x) + std::lgamma(n + 1);
}

Tensor Binomial::logProb(const Tensor &x, Location at) const {
  Term logit{l, at}, k = cast(Term(x, at), type);
  return logChoices(double(n), k) + k * logit - softplus(logit) * double(n);
}

Tensor Binomial::entropy(Location at) const {
  Shape apart = extent;
  apart.push_back(1);
  Term logit = reshape(Term(l, at), apart), k = indices(logit, {n + 1});
  Term logs = logChoices(double(n), k) + k * logit - softplus(logit) * double(n);
  return -sumLast(exp(logs) * logs);
}

Tensor Binomial::mean(Location at) const { return sigmoid(Term(l, at)) * double(n); }
Tensor Binomial::variance(Location at) const {
  return sigmoid(Term(l, at)) * sigmoid(-Term(l, at)) * double(n);
}

Tensor Binomial::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  Term p = sigmoid(stopGradient(Term(l, at)));
  return random.binomial(n, broadcastTo(p, samplesOf(sampleShape, extent)), at);
}

Tensor kl(const Binomial &p, const Binomial &q, Location at) {
  if (p.n != q.n)
    fail(p.l, "kl", at,
         "the numbers of throws are " + Twine(p.n) + " and " + Twine(q.n) + " (must be equal)");
  return throwDivergence({p.l, at}, {q.l, at}) * double(p.n);
}

//===--- Poisson
//------------------------------------------------------------------------------------===//

Poisson::Poisson(const Tensor &rate, Location at) {
  Operand operand(rate, at);
  this->rate = parameters("Poisson", {&operand}, {"rate"}, at)[0];
}

Tensor Poisson::logProb(const Tensor &x, Location at) const {
  Term r{rate, at}, k = cast(Term(x, at), type);
  return xlogy(k, r) - r - lgamma(k + 1);
}

Tensor Poisson::entropy(Location at) const {
  constexpr double kLargest = 100;
  Shape apart = extent;
  apart.push_back(1);
  Term r{rate, at}, small = reshape(minimum(r, kLargest), apart), k = indices(small, {256});
  Term logs = xlogy(k, small) - small - lgamma(k + 1);
  Term exact = -sumLast(weighted(logs, logs));
  Term inverse = 1 / maximum(r, kLargest);
  Term series = log(maximum(r, kLargest)) * 0.5 + (kLogTwoPi + 1) / 2 -
                inverse * (inverse * (inverse * (19.0 / 360) + 1.0 / 24) + 1.0 / 12);
  return where(r < kLargest, exact, series);
}

Tensor Poisson::mean(Location) const { return rate; }
Tensor Poisson::variance(Location) const { return rate; }

Tensor Poisson::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  return random.poisson(broadcastTo(Term(rate, at), samplesOf(sampleShape, extent)), at);
}

// r_p log(r_p / r_q) - r_p + r_q
Tensor kl(const Poisson &p, const Poisson &q, Location at) {
  Term a{p.rate, at}, b{q.rate, at};
  return xlogy(a, a / b) - a + b;
}

} // namespace gradus
