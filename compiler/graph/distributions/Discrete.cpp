// Bernoulli, Categorical.
#include "compiler/graph/distributions/Parts.h"

namespace gradus {

using namespace distributions;

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
  // The difference is exact; softplus(l) as a whole would swallow what is left.
  return cast(Term(x, at), type) * logit - maximum(logit, 0) - log1p(exp(-abs(logit)));
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

} // namespace gradus
