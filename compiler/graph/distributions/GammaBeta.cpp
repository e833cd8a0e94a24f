#include "compiler/graph/distributions/Parts.h"

namespace gradus {

using namespace distributions;

static void requirePositive(const Tensor &any, const char *op, const char *name,
                            const Operand &operand, Location at) {
  if (operand.isNumber && !(operand.number > 0))
    fail(any, op, at,
         Twine("the ") + name + " is " + compiler::numberText(operand.number) + " (must be positive)");
}

//===--- Gamma
//--------------------------------------------------------------------------------------===//

Gamma::Gamma(const Operand &concentration, const Operand &rate, Location at) {
  auto both = parameters("Gamma", {&concentration, &rate}, {"concentration", "rate"}, at);
  requirePositive(both[0], "Gamma", "concentration", concentration, at);
  requirePositive(both[0], "Gamma", "rate", rate, at);
  this->concentration = both[0];
  this->rate = both[1];
}

// a log r + (a - 1) log x - r x - log gamma(a)
Tensor Gamma::logProb(const Tensor &x, Location at) const {
  Term a{concentration, at}, r{rate, at}, y = cast(Term(x, at), type);
  return inside(y, a * log(r) + xlogy(a - 1, y) - r * y - lgamma(a));
}

Tensor Gamma::entropy(Location at) const {
  Term a{concentration, at}, r{rate, at};
  return a - log(r) + lgamma(a) + (1 - a) * digamma(a);
}

Tensor Gamma::mean(Location at) const { return Term(concentration, at) / Term(rate, at); }
Tensor Gamma::variance(Location at) const {
  return Term(concentration, at) / square(Term(rate, at));
}

Tensor Gamma::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  Shape shape = samplesOf(sampleShape, extent);
  Term x{random.gamma(broadcastTo(Term(concentration, at), shape), at), at};
  return x / stopGradient(Term(rate, at));
}

// (a_p - a_q) psi(a_p) - log gamma(a_p) + log gamma(a_q) + a_q log(r_p / r_q) + a_p (r_q / r_p - 1)
Tensor kl(const Gamma &p, const Gamma &q, Location at) {
  Term a{p.concentration, at}, b{q.concentration, at}, r{p.rate, at}, s{q.rate, at};
  return (a - b) * digamma(a) - lgamma(a) + lgamma(b) + b * log(r / s) + a * (s / r - 1);
}

//===--- Beta
//---------------------------------------------------------------------------------------===//

Beta::Beta(const Operand &a, const Operand &b, Location at) {
  auto both = parameters("Beta", {&a, &b}, {"first concentration", "second concentration"}, at);
  requirePositive(both[0], "Beta", "first concentration", a, at);
  requirePositive(both[0], "Beta", "second concentration", b, at);
  this->a = both[0];
  this->b = both[1];
}

/// log of Euler's beta function.
static Term logBeta(const Term &a, const Term &b) { return lgamma(a) + lgamma(b) - lgamma(a + b); }

// (a - 1) log x + (b - 1) log(1 - x) - log B(a, b)
Tensor Beta::logProb(const Tensor &x, Location at) const {
  Term p{a, at}, q{b, at}, y = cast(Term(x, at), type);
  Term density = xlogy(p - 1, y) + xlogy(q - 1, 1 - y) - logBeta(p, q);
  return where((y >= 0) & (y <= 1), density, -INFINITY);
}

Tensor Beta::entropy(Location at) const {
  Term p{a, at}, q{b, at};
  return logBeta(p, q) - (p - 1) * digamma(p) - (q - 1) * digamma(q) +
         (p + q - 2) * digamma(p + q);
}

Tensor Beta::mean(Location at) const { return Term(a, at) / (Term(a, at) + Term(b, at)); }

Tensor Beta::variance(Location at) const {
  Term p{a, at}, q{b, at}, total = p + q;
  return p / total * (q / total) / (total + 1);
}

Tensor Beta::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  Shape shape = samplesOf(sampleShape, extent);
  return random.beta(broadcastTo(Term(a, at), shape), broadcastTo(Term(b, at), shape), at);
}

// log(B_q / B_p) + (a_p - a_q) psi(a_p) + (b_p - b_q) psi(b_p) + (a_q - a_p + b_q - b_p) psi(a_p + b_p)
Tensor kl(const Beta &p, const Beta &q, Location at) {
  Term a{p.a, at}, b{p.b, at}, c{q.a, at}, d{q.b, at};
  return logBeta(c, d) - logBeta(a, b) + (a - c) * digamma(a) + (b - d) * digamma(b) +
         (c - a + d - b) * digamma(a + b);
}

} // namespace gradus
