#include "compiler/graph/ops/Random.h"

#include "compiler/graph/Ops.h"
#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Term.h"
#include "dialects/gradus/Random.h"

#include <cmath>
#include <numbers>

namespace gradus {

using namespace building;

static Graph handleOf(const Tensor &tensor, StringRef op, Location at) {
  return GraphImpl::handle(graphOf(tensor, op, at).shared_from_this());
}

/// Throws GraphError unless `holds`.
static void require(const Tensor &tensor, StringRef op, Location at, bool holds,
                    const llvm::Twine &message) {
  GraphImpl &impl = graphOf(tensor, op, at);
  if (!holds)
    impl.fail(at, op, message);
}

static Tensor integer(const Graph &graph, int64_t value, Location at) {
  return graph.implementation().tensor(
      GraphImpl::valueOf(Graph(graph).constant(NDArray::scalar<int64_t>(value), at)));
}

template <class Op>
static Tensor source(const Tensor &key, const Tensor &counter, int64_t stream, const Shape &shape,
                     DType type, bool positive, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(key, op, at);
  Value operands[] = {impl.value(key, op, at), impl.value(counter, op, at)};
  SmallVector<NamedAttribute> attributes = {number(impl, "stream", stream),
                                            list(impl, "shape", shape),
                                            element(impl, "element", type)};
  if (positive)
    attributes.push_back(named(impl, "positive", UnitAttr::get(impl.context())));
  return impl.make<Op>(at, operands, attributes);
}

//===--- keys
//---------------------------------------------------------------------------------------===//

Tensor randomKey(const Graph &graph, int64_t seed, Location at) { return integer(graph, seed, at); }

// The bits of (key + a number that no seed is near, counter = number): nothing that a generator with this key draws.
static Tensor derived(const Tensor &key, const Tensor &number, const Shape &shape, int64_t stream,
                      Location at) {
  Graph graph = handleOf(key, ir::RandomBitsOp::getOperationName(), at);
  Tensor apart = Operand(key, at) + Operand(integer(graph, 0x5bf0'3635'dcf5'9a1d, at), at);
  return source<ir::RandomBitsOp>(apart, number, stream, shape, DType::i64, false, at);
}

Tensor foldIn(const Tensor &key, const Tensor &number, Location at) {
  return derived(key, number, {}, 0, at);
}

Tensor foldIn(const Tensor &key, int64_t number, Location at) {
  return foldIn(key, integer(handleOf(key, "foldIn", at), number, at), at);
}

std::vector<Tensor> splitKey(const Tensor &key, int64_t count, Location at) {
  require(key, "splitKey", at, count >= 1 && count <= int64_t(1) << 20,
          "cannot make " + llvm::Twine(count) + " keys (must be 1 .. 2^20)");
  Tensor zero = integer(handleOf(key, "splitKey", at), 0, at);
  std::vector<Tensor> keys;
  for (int64_t i = 0; i < count; ++i)
    keys.push_back(derived(key, zero, {}, i + 1, at));
  return keys;
}

//===--- the generator
//------------------------------------------------------------------------------===//

Generator::Generator(Graph graph, std::string_view name, int64_t seed, Location at) {
  std::string prefix(name);
  key = graph.state(prefix + "/key", {}, data(NDArray::scalar<int64_t>(seed)), DType::i64, at);
  counter = graph.state(prefix + "/counter", {}, zeros(), DType::i64, at);
  graph.assign(counter, Operand(counter, at) + Operand(1, at), at);
}

Generator::Generator(const Tensor &key, Location at)
    : key(key), counter(integer(handleOf(key, "Generator", at), 0, at)) {}

Generator::Generator(const Tensor &key, const Tensor &counter, Location at)
    : key(key), counter(counter) {
  graphOf(key, "Generator", at);
  graphOf(counter, "Generator", at);
}

Tensor Generator::bits(const Shape &shape, DType type, Location at) const {
  return source<ir::RandomBitsOp>(key, counter, (*draws)++, shape, type, false, at);
}

static Tensor uniformFrom(const Tensor &key, const Tensor &counter, int64_t stream,
                          const Shape &shape, DType type, bool positive, Location at) {
  return source<ir::RandomUniformOp>(key, counter, stream, shape, type, positive, at);
}

Tensor Generator::uniform(const Shape &shape, double low, double high, DType type,
                          Location at) const {
  StringRef op = "Generator::uniform";
  require(key, op, at, low < high && std::isfinite(low) && std::isfinite(high),
          "low is " + compiler::numberText(low) + ", high is " + compiler::numberText(high) +
              " (must be finite, low < high)");
  Term u{uniformFrom(key, counter, (*draws)++, shape, type, false, at), at};
  if (low == 0 && high == 1)
    return u;
  // The product may round up to `high`, which is not in the range.
  double below = type == DType::f32
                     ? double(std::nextafter(float(high), -std::numeric_limits<float>::infinity()))
                     : std::nextafter(high, -std::numeric_limits<double>::infinity());
  return minimum(u * (high - low) + low, below);
}

Tensor Generator::normal(const Shape &shape, double mean, double standardDeviation, DType type,
                         Location at) const {
  require(key, "Generator::normal", at,
          std::isfinite(mean) && standardDeviation >= 0 && std::isfinite(standardDeviation),
          "the mean is " + compiler::numberText(mean) + ", the standard deviation " +
              compiler::numberText(standardDeviation) + " (must be finite, the latter not negative)");
  Term z{source<ir::RandomNormalOp>(key, counter, (*draws)++, shape, type, false, at), at};
  if (standardDeviation != 1)
    z = z * standardDeviation;
  return mean == 0 ? z : z + mean;
}

// low + floor(u n), u a multiple of 2^-53: u n < n after rounding, too, since n <= 2^53.
Tensor Generator::integers(const Shape &shape, int64_t low, int64_t high, DType type,
                           Location at) const {
  StringRef op = "Generator::integers";
  int64_t lowest = type == DType::i32 ? std::numeric_limits<int32_t>::min()
                                      : std::numeric_limits<int64_t>::min();
  int64_t highest = type == DType::i32 ? int64_t(std::numeric_limits<int32_t>::max()) + 1
                                       : std::numeric_limits<int64_t>::max();
  require(key, op, at, type == DType::i32 || type == DType::i64,
          "the element type is " + std::string(nameOf(type)) + " (must be i32 or i64)");
  require(key, op, at,
          low < high && low >= lowest && high <= highest &&
              uint64_t(high) - uint64_t(low) <= uint64_t(1) << 53,
          "low is " + llvm::Twine(low) + ", high is " + llvm::Twine(high) +
              " (low < high, at most 2^53 apart, within the element type)");
  double count = double(uint64_t(high) - uint64_t(low));
  Term u{uniformFrom(key, counter, (*draws)++, shape, DType::f64, false, at), at};
  Term i = cast(u * count, DType::i64);
  if (low != 0)
    i = i + Term(integer(handleOf(key, op, at), low, at), at);
  return cast(i, type);
}

Tensor Generator::bernoulli(const Shape &shape, double p, Location at) const {
  require(key, "Generator::bernoulli", at, p >= 0 && p <= 1,
          "the probability is " + compiler::numberText(p) + " (must be in [0, 1])");
  return Term{uniformFrom(key, counter, (*draws)++, shape, DType::f32, false, at), at} < p;
}

Tensor Generator::bernoulli(const Tensor &p, Location at) const {
  graphOf(p, "Generator::bernoulli", at);
  Term u{uniformFrom(key, counter, (*draws)++, p.shape(), p.dtype(), false, at), at};
  return u < Term(p, at);
}

Tensor Generator::exponential(const Shape &shape, double rate, DType type, Location at) const {
  require(key, "Generator::exponential", at, rate > 0 && std::isfinite(rate),
          "the rate is " + compiler::numberText(rate) + " (must be positive)");
  Term u{uniformFrom(key, counter, (*draws)++, shape, type, true, at), at};
  return log(u) * (-1 / rate);
}

Tensor Generator::laplace(const Shape &shape, double location, double scale, DType type,
                          Location at) const {
  require(key, "Generator::laplace", at,
          std::isfinite(location) && scale > 0 && std::isfinite(scale),
          "the location is " + compiler::numberText(location) + ", the scale " +
              compiler::numberText(scale) + " (must be finite, the latter positive)");
  Term u{uniformFrom(key, counter, (*draws)++, shape, type, true, at), at};
  Term v{uniformFrom(key, counter, (*draws)++, shape, type, true, at), at};
  Term x = (log(u) - log(v)) * scale;
  return location == 0 ? x : x + location;
}

// An exponential number of 0, which rounding makes possible, would be an infinite Gumbel number.
Tensor Generator::gumbel(const Shape &shape, DType type, Location at) const {
  Term u{uniformFrom(key, counter, (*draws)++, shape, type, true, at), at};
  return -log(maximum(-log(u), type == DType::f32 ? 0x1p-26 : 0x1p-55));
}

Tensor Generator::categorical(const Tensor &logits, const Shape &sampleShape, Location at) const {
  StringRef op = "Generator::categorical";
  require(logits, op, at, logits.valid() && logits.rank() > 0,
          "the logits are a scalar (must have an axis of classes)");
  Shape shape = sampleShape, own = logits.shape();
  shape.insert(shape.end(), own.begin(), own.end());
  Term noisy = Term(stopGradient(logits, at), at) + Term(gumbel(shape, logits.dtype(), at), at);
  return argmax(noisy, -1, false, DType::i32, at);
}

// The order that sorts random words; 64 bits make equal ones unlikely.
Tensor Generator::permutation(int64_t n, DType type, Location at) const {
  StringRef op = "Generator::permutation";
  require(key, op, at, n >= 0 && n < int64_t(1) << 31,
          "cannot order " + llvm::Twine(n) + " numbers (must be 0 .. 2^31 - 1)");
  require(key, op, at, type == DType::i32 || type == DType::i64,
          "the element type is " + std::string(nameOf(type)) + " (must be i32 or i64)");
  return cast(Term(argsort(bits({n}, DType::i64, at), -1, false, at), at), type);
}

Tensor Generator::shuffle(const Tensor &x, Location at) const {
  StringRef op = "Generator::shuffle";
  require(x, op, at, x.valid() && x.rank() > 0 && x.shape()[0] != kBatch,
          "the operand has no rows whose number is known");
  return gather(x, permutation(x.shape()[0], DType::i32, at), at);
}

//===--- rejection with a fixed number of attempts
//----------------------------------------------------//

/// Every element `value`, of this shape (which may have the batch) and element type.
static Term full(const Term &like, const Shape &shape, double value) {
  return broadcastTo(like.constant(value), shape);
}

namespace {
/// Attempts lie along a new leading axis, so that the code of one serves for all.
class Attempts {
public:
  Attempts(const Term &like, int64_t count) : count(count), shape(like.shape()) {
    std::vector<double> numbers(static_cast<size_t>(count));
    for (size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = double(i);
    Shape place(shape.size() + 1, 1);
    place[0] = count;
    order = like.constant(NDArray::fromVector(numbers, place));
    shape.insert(shape.begin(), count);
  }
  /// What all are drawn with.
  const Shape &all() const { return shape; }
  /// The first candidate that is accepted, `otherwise` where none is.
  Term first(const Term &accepted, const Term &candidate, const Term &otherwise) const {
    Term number = candidate.with(order), none = full(candidate, shape, double(count));
    Term rank = where(accepted, broadcastTo(number, shape), none);
    Term least = rank.with(min(rank, Axes(0), true, rank.at));
    Term chosen = sum(where(equal(rank, least) & accepted, candidate, 0), Axes(0));
    Term any = least.with(reshape(least, otherwise.shape())) < double(count);
    return where(any, chosen, otherwise);
  }

private:
  int64_t count;
  Shape shape;
  Tensor order;
};
} // namespace

// Marsaglia and Tsang: A simple method for generating gamma variables, 2000. For a >= 1, d = a - 1/3, c = 1 / sqrt(9 d):
// v = (1 + c z)^3 with z normal; d v is accepted if v > 0 and log u < z^2/2 + d (1 - v + log v). That is so in 95 of 100 attempts at
// a = 1, and more above. For a < 1: gamma(a + 1) u^(1/a).
Tensor Generator::logGamma(const Tensor &concentration, Location at) const {
  graphOf(concentration, "Generator::gamma", at);
  DType type = concentration.dtype();
  Shape shape = concentration.shape();
  auto positive = [&](const Shape &extent) {
    return Term(uniformFrom(key, counter, (*draws)++, extent, type, true, at), at);
  };
  Term given{stopGradient(concentration, at), at};
  Term a = where(given < 1, given + 1, given);
  Term d = a - 1.0 / 3, c = rsqrt(d * 9);
  Attempts attempts(a, type == DType::f32 ? 6 : 10);
  Term z{normal(attempts.all(), 0, 1, type, at), at};
  Term root = z * c + 1, v = root * root * root, logV = log(maximum(root, 1e-30)) * 3;
  Term accepted = (root > 0) & (log(positive(attempts.all())) < z * z * 0.5 + d * (1 - v + logV));
  Term boost = where(given < 1, log(positive(shape)) / given, 0);
  return log(d) + attempts.first(accepted, logV, full(a, shape, 0)) + boost;
}

Tensor Generator::gamma(const Tensor &concentration, Location at) const {
  return exp(logGamma(concentration, at), at);
}

Tensor Generator::beta(const Tensor &a, const Tensor &b, Location at) const {
  graphOf(a, "Generator::beta", at);
  Shape shape = (Operand(a, at) + Operand(b, at)).shape();
  Term x{logGamma(broadcastTo(Term(a, at), shape), at), at};
  Term y{logGamma(broadcastTo(Term(b, at), shape), at), at};
  return sigmoid(x - y);
}

/// log k! for k >= 0 by Stirling's series at k + 9, whose error is below 2e-10.
static Term logFactorial(const Term &k) {
  Term z = k + 9, product = k + 1, inverse = 1 / z, square = inverse * inverse;
  for (int i = 2; i <= 8; ++i)
    product = product * (k + double(i));
  Term series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260)));
  return (z - 0.5) * log(z) - z + series + std::log(2 * std::numbers::pi) / 2 - log(product);
}

/// Rounds numbers that are not negative down.
static Term rounded(const Term &x) { return cast(cast(x, DType::i64), DType::f64); }

constexpr int kCountAttempts = 16; // each fails with a probability below 0.25: all with 3e-10
constexpr int kFewCounts = 10;     // the mean below which counts are found one by one

/// The number of terms whose sums do not exceed u: p_0 = first, p_k = p_(k-1) ratio(k).
template <class Ratio>
static Term inverted(const Term &u, const Term &first, int64_t terms, Ratio ratio) {
  Term p = first, total = first, count = cast(u >= total, DType::f64);
  for (int64_t k = 1; k < terms; ++k) {
    p = p * ratio(double(k));
    total = total + p;
    count = count + cast(u >= total, DType::f64);
  }
  return count;
}

// Below a rate of 10 by inversion, above by Hormann: The transformed rejection method for generating Poisson random variables, 1993 (PTRS).
Tensor Generator::poisson(const Tensor &rate, Location at) const {
  StringRef op = "Generator::poisson";
  require(rate, op, at,
          rate.valid() && (rate.dtype() == DType::f32 || rate.dtype() == DType::f64),
          "the rates must be f32 or f64");
  Term given = cast(stopGradient(Term(rate, at)), DType::f64);
  Shape shape = rate.shape();
  auto drawn = [&](const Shape &extent, bool positive) {
    return Term(uniformFrom(key, counter, (*draws)++, extent, DType::f64, positive, at), at);
  };
  Term few = minimum(given, kFewCounts);
  Term small = inverted(drawn(shape, false), exp(-few), 44, [&](double k) { return few * (1 / k); });

  Term mean = maximum(given, kFewCounts), root = sqrt(mean);
  Term b = root * 2.53 + 0.931, a = b * 0.02483 - 0.059, inverse = 1.1328 / (b - 3.4) + 1.1239,
       sure = 0.9277 - 3.6224 / (b - 2);
  Attempts attempts(mean, kCountAttempts);
  Term u = drawn(attempts.all(), false) - 0.5, v = drawn(attempts.all(), true);
  Term us = maximum(0.5 - abs(u), 0x1p-60), x = (a * 2 / us + b) * u + mean + 0.43;
  Term k = rounded(maximum(x, 0));
  Term quick = (us >= 0.07) & (v <= sure);
  Term possible = (x >= 0) & ((us >= 0.013) | (v <= us));
  Term exact = log(v * inverse / (a / (us * us) + b)) <= k * log(mean) - mean - logFactorial(k);
  Term large = attempts.first(quick | (possible & exact), k, rounded(mean));
  return cast(where(given < kFewCounts, small, large), rate.dtype());
}

// With q = min(p, 1-p): where n q < 10 by inversion, above by Hormann: The generation of binomial random variates, 1993 (BTRS).
Tensor Generator::binomial(int64_t n, const Tensor &p, Location at) const {
  StringRef op = "Generator::binomial";
  require(p, op, at, p.valid() && (p.dtype() == DType::f32 || p.dtype() == DType::f64),
          "the probabilities must be f32 or f64");
  require(p, op, at, n >= 0 && n <= int64_t(1) << 31,
          "the number of throws is " + llvm::Twine(n) + " (must be 0 .. 2^31)");
  Term given = cast(stopGradient(Term(p, at)), DType::f64), q = minimum(given, 1 - given);
  Shape shape = p.shape();
  double throws = double(n);
  auto drawn = [&](const Shape &extent, bool positive) {
    return Term(uniformFrom(key, counter, (*draws)++, extent, DType::f64, positive, at), at);
  };
  bool alwaysFew = throws / 2 < kFewCounts;
  Term few = alwaysFew ? q : minimum(q, kFewCounts / throws), odds = few / (1 - few);
  Term count = inverted(drawn(shape, false), exp(log1p(-few) * throws), std::min<int64_t>(n, 44),
                        [&](double k) { return odds * ((throws - k + 1) / k); });
  if (!alwaysFew) {
    Term r = maximum(q, kFewCounts / throws), spread = sqrt(r * (1 - r) * throws);
    Term b = spread * 2.53 + 1.15, a = b * 0.0248 + r * 0.01 - 0.0873, sure = 0.92 - 4.2 / b,
         alpha = (5.1 / b + 2.83) * spread;
    Term logOdds = log(r / (1 - r)), mode = rounded(r * (throws + 1));
    Term peak = logFactorial(mode) + logFactorial(throws - mode);
    Attempts attempts(r, kCountAttempts);
    Term u = drawn(attempts.all(), false) - 0.5, v = drawn(attempts.all(), true);
    Term us = maximum(0.5 - abs(u), 0x1p-60), x = (a * 2 / us + b) * u + r * throws + 0.5;
    Term possible = (x >= 0) & (x < throws + 1);
    Term k = rounded(minimum(maximum(x, 0), throws));
    Term quick = (us >= 0.07) & (v <= sure) & possible;
    Term exact = log(v * alpha / (a / (us * us) + b)) <=
                 peak - logFactorial(k) - logFactorial(throws - k) + (k - mode) * logOdds;
    Term large = attempts.first(quick | (possible & exact), k, mode);
    count = where(q < kFewCounts / throws, count, large);
  }
  return cast(where(given <= 0.5, count, throws - count), p.dtype());
}

//===--- dropout
//------------------------------------------------------------------------------------===//

// y = x m / (1 - p), m drawn    dx = dy m / (1 - p)
Tensor dropout(const Tensor &x, double p, const Generator &random, bool training, Location at) {
  require(x, "dropout", at, p >= 0 && p <= 1,
          "the probability is " + compiler::numberText(p) + " (must be in [0, 1])");
  if (!training || p == 0)
    return x;
  Term kept{random.bernoulli(x.shape(), 1 - p, at), at};
  Term scaled = Term(x, at) * (p == 1 ? 0 : 1 / (1 - p));
  return where(kept, scaled, 0);
}

} // namespace gradus
