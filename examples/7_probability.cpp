// Lesson 7: probability, likelihood, and why one takes the log of a sum of exponentials.
//
// A classifier does not say "this is a 7". It says how likely each answer is. Whoever trains it asks: with
// which weights would the data that we have seen be most likely? That is maximum likelihood, and the
// cross-entropy loss is nothing else.
#include "gradus/gradus.h"

#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>

using namespace gradus;

// 1. Likelihood of coin throws
//
// A coin shows heads (1) with probability p. Of ten throws seven were heads. How likely is that for a given
// p? The throws are independent, so their probabilities multiply: p^7 (1 - p)^3. Products of many small
// numbers vanish in the rounding; so one adds their logarithms.
void coin() {
  Graph g("coin");
  Tensor throws = g.constant(NDArray::fromVector<float>({1, 0, 1, 1, 1, 0, 1, 1, 0, 1}));
  Tensor p = g.input("p", {});
  Tensor logLikelihood = sum(Bernoulli::ofProbabilities(p).logProb(throws));
  g.result("log-likelihood", logLikelihood);
  g.result("slope", gradients(logLikelihood, {p})[0]);
  Program program = compile(g);

  PlotSeries curve{"log-likelihood", {}, {}};
  for (int i = 1; i < 100; ++i) {
    curve.x.push_back(i / 100.0);
    curve.y.push_back(program.run({{"p", NDArray::scalar(i / 100.0f)}})["log-likelihood"].item<float>());
  }
  for (float p : {0.5f, 0.7f, 0.9f}) {
    std::map<std::string, NDArray> at = program.run({{"p", NDArray::scalar(p)}});
    std::cout << "p = " << p << ": log-likelihood " << at["log-likelihood"].item<float>() << ", slope "
              << std::round(at["slope"].item<float>() * 100) / 100 + 0.0 << "\n";
  }
  // prints: p = 0.5: log-likelihood -6.93147, slope 8
  // prints: p = 0.7: log-likelihood -6.10864, slope 0
  // prints: p = 0.9: log-likelihood -7.64528, slope -22.22
  // At the maximum the slope is 0: the best p is the share of heads, 7 of 10.
  std::ofstream("7_probability.svg") << plotSvg(
      "Seven heads in ten throws", {{"How likely is it?", "probability of heads", "log-likelihood", {curve}}});
}

// 2. Likelihood of a die, found by gradient ascent
//
// A die has six probabilities, which must be positive and add up to 1. Free numbers, the logits, are easier
// to train: softmax makes probabilities of them. The best ones are again the shares in the data.
void die() {
  std::vector<int32_t> throws = {0, 5, 5, 2, 3, 5, 1, 5, 4, 5, 2, 5, 0, 3, 5, 4};
  Graph g("die");
  Tensor seen = g.constant(NDArray::fromVector(throws));
  Tensor logits = g.parameter("logits", {6}, zeros());
  Tensor loss = -mean(Categorical::ofLogits(logits).logProb(seen));
  g.result("loss", loss);
  g.result("probabilities", softmax(logits));
  Program step = compile(g, trainingStep(loss, Sgd{.rate = 1}));
  step.step();
  std::cout << "before: " << step.output("probabilities") << "\n";
  step.steps(2000);
  std::cout << "after:  " << step.output("probabilities") << "\n";
  // prints: before: [0.16667, 0.16667, 0.16667, 0.16667, 0.16667, 0.16667] (f32 6)
  // prints: after:  [ 0.125, 0.0625,  0.125,  0.125,  0.125, 0.4375] (f32 6)
  // Seven of the sixteen throws were the last face: 7 / 16 = 0.4375.

  // -log p of what was seen is the cross-entropy. crossEntropy(logits, labels) is the same number, and is
  // what one writes for a classifier, whose logits are different for each sample.
  Graph h("same");
  Tensor l = h.constant(NDArray::fromVector<float>({0, 1, 2, 0, 0, 3, 1, 0, 0}, {3, 3}));
  Tensor labels = h.constant(NDArray::fromVector<int32_t>({2, 2, 0}));
  h.result("negative log-likelihood", -mean(Categorical::ofLogits(l).logProb(labels)));
  h.result("cross-entropy", crossEntropy(l, labels));
  std::map<std::string, NDArray> same = compile(h).run({});
  for (const std::string &name : h.results())
    std::cout << name << ": " << same[name].item<float>() << "\n";
  // prints: negative log-likelihood: 0.351325
  // prints: cross-entropy: 0.351325
}

// 3. Why log-sum-exp
//
// softmax(x) = exp(x) / sum exp(x). In f32, exp(89) is infinite, and infinite / infinite is no number. The way
// out: softmax does not change when a constant is subtracted from all x. With the largest one subtracted
// the largest exponent is 0. For the logarithm of the sum,
//
//     logSumExp(x) = m + log(sum exp(x - m)),  m = max x.
//
// Gradus's softmax, logSoftmax, logSumExp, crossEntropy and distributions do so by themselves.
void logSumOfExponentials() {
  Graph g("stable");
  Tensor x = g.constant(NDArray::fromVector<float>({1000, 999, -1000}));
  Tensor naive = log(sum(exp(x))), stable = logSumExp(x);
  g.result("log(sum(exp(x)))", naive);
  g.result("logSumExp(x)", stable);
  g.result("naive softmax", exp(x) / sum(exp(x)));
  g.result("softmax", softmax(x));
  g.result("gradient of logSumExp", gradients(stable, {x})[0]);
  Tensor label = g.constant(NDArray::scalar<int32_t>(2));
  g.result("cross-entropy of an unlikely label", crossEntropy(x, label));
  std::map<std::string, NDArray> at = compile(g).run({});
  for (const std::string &name : g.results()) {
    std::cout << name << ":";
    for (float value : at[name].span<float>())
      if (std::isnan(value))
        std::cout << " nan";
      else
        std::cout << " " << value;
    std::cout << "\n";
  }
  // prints: log(sum(exp(x))): inf
  // prints: logSumExp(x): 1000.31
  // prints: naive softmax: nan nan 0
  // prints: softmax: 0.731059 0.268941 0
  // prints: gradient of logSumExp: 0.731059 0.268941 0
  // prints: cross-entropy of an unlikely label: 2000.31
}

// 4. Sampling
//
// A generator draws numbers inside the compiled program. They follow from its seed and from how often it
// was asked, not from the machine or the number of threads: the same program gives the same numbers
// everywhere.
void sampling() {
  Graph g("sampling");
  Generator random(g, "random", 7);
  Tensor p = g.constant(NDArray::fromVector<float>({0.5f, 0.3f, 0.2f}));
  Tensor drawn = Categorical::ofProbabilities(p).sample(random, {10000});
  g.result("shares", mean(oneHot(drawn, 3), 0));
  Tensor z = Normal(g.constant(1), g.constant(2)).sample(random, {10000});
  g.result("mean of a normal", mean(z));
  g.result("its variance", var(z));
  std::map<std::string, NDArray> at = compile(g).run({});
  for (const std::string &name : g.results())
    std::cout << name << ": " << toText(at[name], {.digits = 3}) << "\n";
  // prints: shares: [0.503,   0.3, 0.196] (f32 3)
  // prints: mean of a normal: 1 (f32 scalar)
  // prints: its variance: 4.06 (f32 scalar)
}

int main() {
  coin();
  die();
  logSumOfExponentials();
  sampling();
}
