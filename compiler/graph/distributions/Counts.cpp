// Binomial, Poisson.
#include "compiler/graph/distributions/Parts.h"

namespace gradus {

using namespace distributions;

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

/// k log p + (n - k) log(1 - p) without the loss of a difference of large numbers.
static Term logThrows(double n, const Term &k, const Term &logit) {
  return k * logit - maximum(logit, 0) * n - log1p(exp(-abs(logit))) * n;
}

/// log of the number of ways to choose x of n.
static Term logChoices(double n, const Term &x) {
  return -lgamma(x + 1) - lgamma(n + 1 - x) + std::lgamma(n + 1);
}

Tensor Binomial::logProb(const Tensor &x, Location at) const {
  Term logit{l, at}, k = cast(Term(x, at), type);
  return logChoices(double(n), k) + logThrows(double(n), k, logit);
}

Tensor Binomial::entropy(Location at) const {
  Shape apart = extent;
  apart.push_back(1);
  Term logit = reshape(Term(l, at), apart), k = indices(logit, {n + 1});
  Term logs = logChoices(double(n), k) + logThrows(double(n), k, logit);
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
