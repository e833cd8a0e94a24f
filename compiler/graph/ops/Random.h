// Random numbers from (key, counter): the same on every machine and for any number of threads.
#pragma once
#include "compiler/graph/ops/Types.h"

#include <memory>

namespace gradus {

/// A key, an i64 scalar. Any two keys give unrelated numbers.
Tensor randomKey(const Graph &graph, int64_t seed, Location at = Location::current());
/// A key from a key and a number, an i64 scalar: of a step, an epoch, a layer.
Tensor foldIn(const Tensor &key, const Tensor &number, Location at = Location::current());
Tensor foldIn(const Tensor &key, int64_t number, Location at = Location::current());
/// `count` keys from a key. Throws GraphError unless 1 <= count <= 2^20.
std::vector<Tensor> splitKey(const Tensor &key, int64_t count, Location at = Location::current());

/// A source of random numbers, after NumPy's. Every draw of the program has a stream of its own; a counter makes every step
/// different. A cheap handle: copies go on where the others are. What is drawn is a function of
/// (key, counter, number of the draw, position in the result) alone; bits and uniform numbers are the same on every machine, and what is
/// computed from them is as exact as the functions in docs/accuracy.md.
///
/// No gradient flows into what decides a draw; uniform, normal, exponential, laplace and gumbel scale
/// standard numbers by arithmetic, so gradients flow through numbers and tensors that are multiplied on.
/// Shapes may have kBatch. Each throws GraphError for an impossible number.
class Generator {
public:
  /// States of the graph: "NAME/key", which begins as `seed`, and "NAME/counter", which begins at 0 and
  /// advances by one per step. Both are in checkpoints, so a run that is resumed draws what it would have drawn.
  explicit Generator(Graph graph, std::string_view name = "random", int64_t seed = 0,
                     Location at = Location::current());
  /// The same numbers in every step. key, counter: i64 scalars.
  explicit Generator(const Tensor &key, Location at = Location::current());
  /// The caller advances the counter.
  Generator(const Tensor &key, const Tensor &counter, Location at = Location::current());

  /// i32 or i64, all bits random.
  Tensor bits(const Shape &shape, DType type = DType::i32, Location at = Location::current()) const;
  /// In [low, high).
  Tensor uniform(const Shape &shape, double low = 0, double high = 1, DType type = DType::f32,
                 Location at = Location::current()) const;
  Tensor normal(const Shape &shape, double mean = 0, double standardDeviation = 1,
                DType type = DType::f32, Location at = Location::current()) const;
  /// Integers low .. high-1, each with probability 1 / (high - low) up to 2^-53. At most 2^53 of them.
  Tensor integers(const Shape &shape, int64_t low, int64_t high, DType type = DType::i32,
                  Location at = Location::current()) const;
  /// True with probability p.
  Tensor bernoulli(const Shape &shape, double p, Location at = Location::current()) const;
  /// p [...] -> bool [...].
  Tensor bernoulli(const Tensor &p, Location at = Location::current()) const;
  /// Mean 1 / rate: -log(u) / rate.
  Tensor exponential(const Shape &shape, double rate = 1, DType type = DType::f32,
                     Location at = Location::current()) const;
  /// Density exp(-|x - location| / scale) / (2 scale): the difference of two exponential numbers.
  Tensor laplace(const Shape &shape, double location = 0, double scale = 1,
                 DType type = DType::f32, Location at = Location::current()) const;
  /// Gumbel's standard distribution, -log(-log(u)).
  Tensor gumbel(const Shape &shape, DType type = DType::f32,
                Location at = Location::current()) const;
  /// Indices into the last axis, with probability softmax(logits): logits [b..., k] -> i32 [b...], or with a sample shape
  /// [s..., b...]. The largest of logits + Gumbel numbers (Gumbel 1954). A logit of -inf is never drawn.
  Tensor categorical(const Tensor &logits, const Shape &sampleShape = {},
                     Location at = Location::current()) const;
  /// 0 .. n-1 in random order, i32 or i64: the order that sorts n random words.
  Tensor permutation(int64_t n, DType type = DType::i32, Location at = Location::current()) const;
  /// The rows of x [n, ...] in random order.
  Tensor shuffle(const Tensor &x, Location at = Location::current()) const;
  /// Gamma with this concentration (> 0) and rate 1, of the concentration's shape and type.
  /// Marsaglia and Tsang 2000, with a fixed number of attempts: 6 in f32, 10 in f64. All fail with a probability below 2e-8 and
  /// 1e-13; the result is then close to the mean. No gradient flows to the concentration.
  Tensor gamma(const Tensor &concentration, Location at = Location::current()) const;
  /// a, b > 0 broadcast. From two gamma numbers, by their logarithms, so that small a and b do not underflow.
  Tensor beta(const Tensor &a, const Tensor &b, Location at = Location::current()) const;
  /// Counts with this mean, of the rate's shape and type; a rate of 0 gives 0. By inversion below 10, by transformed rejection
  /// above (Hormann 1993: PTRS), in f64, with 16 attempts, which all fail with a probability below 1e-9; then the mean is taken.
  Tensor poisson(const Tensor &rate, Location at = Location::current()) const;
  /// The number of ones in n throws, 0 <= n <= 2^31, each 1 with probability p; of p's shape and type. As poisson (Hormann 1993: BTRS).
  Tensor binomial(int64_t n, const Tensor &p, Location at = Location::current()) const;

private:
  Tensor logGamma(const Tensor &concentration, Location at) const;

  Tensor key, counter;
  std::shared_ptr<int64_t> draws = std::make_shared<int64_t>(0);
};

/// In training, every element is 0 with probability p, else x / (1 - p) (Srivastava et al. 2014, scaled in training); the gradient
/// goes through the same mask. Otherwise x itself. Throws GraphError unless 0 <= p <= 1.
Tensor dropout(const Tensor &x, double p, const Generator &random, bool training = true,
               Location at = Location::current());

} // namespace gradus
