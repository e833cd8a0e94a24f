#include "compiler/graph/ops/Random.h"

#include "compiler/graph/Formula.h"
#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Random.h"

#include <cmath>
#include <numbers>

namespace gradus {

using namespace building;
using formulas::Term;

static Graph handleOf(const Tensor &tensor, StringRef op, Location at) {
  return GraphImpl::handle(graphOf(tensor, op, at).shared_from_this());
}

/// Throws GraphError unless `holds`.
static void require(const Tensor &tensor, StringRef op, Location at, bool holds,
                    const llvm::Twine &message) {
  if (!holds)
    graphOf(tensor, op, at).fail(at, op, message);
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
  return argmax(noisy, -1, false, at);
}

// The rank of element i is the number of those before it: smaller ones, and equal ones on its left.
Tensor Generator::permutation(int64_t n, DType type, Location at) const {
  StringRef op = "Generator::permutation";
  require(key, op, at, n >= 0 && n <= 1 << 15,
          "cannot order " + llvm::Twine(n) + " numbers (must be 0 .. 32768)");
  require(key, op, at, type == DType::i32 || type == DType::i64,
          "the element type is " + std::string(nameOf(type)) + " (must be i32 or i64)");
  GraphImpl &impl = graphOf(key, op, at);
  auto count = [&](const Shape &shape, int64_t axis) {
    return Term(impl.make<ir::IotaOp>(at, {},
                                      {list(impl, "shape", shape), number(impl, "axis", axis),
                                       element(impl, "element", DType::i32)}),
                at);
  };
  Term word{bits({n}, DType::i64, at), at};
  Term mine = reshape(word, {n, 1}), other = reshape(word, {1, n});
  Term isBefore = (other < mine) | (equal(other, mine) & (count({n, n}, 1) < count({n, n}, 0)));
  return cast(sum(cast(isBefore, DType::i32), Axes(1)), type);
}

Tensor Generator::shuffle(const Tensor &x, Location at) const {
  StringRef op = "Generator::shuffle";
  require(x, op, at, x.valid() && x.rank() > 0 && x.shape()[0] != kBatch,
          "the operand has no rows whose number is known");
  return gather(x, permutation(x.shape()[0], DType::i32, at), at);
}

// Marsaglia and Tsang: A simple method for generating gamma variables, 2000. For a >= 1, d = a - 1/3, c = 1 / sqrt(9 d):
// v = (1 + c z)^3 with z normal; d v is accepted if v > 0 and log u < z^2/2 + d (1 - v + log v).
// For a < 1: gamma(a + 1) u^(1/a).
Tensor Generator::logGamma(const Tensor &concentration, Location at) const {
  graphOf(concentration, "Generator::gamma", at);
  DType type = concentration.dtype();
  Shape shape = concentration.shape();
  auto positive = [&] { return Term(uniformFrom(key, counter, (*draws)++, shape, type, true, at), at); };
  Term given{stopGradient(concentration, at), at};
  Term a = where(given < 1, given + 1, given);
  Term d = a - 1.0 / 3, c = rsqrt(d * 9);
  Term logV = full(a, shape, 0), done = full(a, shape, 0) > 0;
  for (int attempt = type == DType::f32 ? 6 : 10; attempt > 0; --attempt) {
    Term z{normal(shape, 0, 1, type, at), at};
    Term root = z * c + 1, v = root * root * root;
    Term logOfV = log(maximum(root, 1e-30)) * 3;
    Term accepted = (root > 0) & (log(positive()) < square(z) * 0.5 + d * (1 - v + logOfV));
    logV = where(done, logV, where(accepted, logOfV, logV));
    done = done | accepted;
  }
  Term boost = where(given < 1, log(positive()) / given, 0);
  return log(d) + logV + boost;
}

Tensor Generator::gamma(const Tensor &concentration, Location at) const {
  return exp(logGamma(concentration, at), at);
}

Tensor Generator::beta(const Tensor &a, const Tensor &b, Location at) const {
  graphOf(a, "Generator::beta", at);
  Term both = Term(a, at) + Term(b, at) * 0;
  Term x{logGamma(both, at), at};
  Term y{logGamma(Term(b, at) + Term(a, at) * 0, at), at};
  return sigmoid(x - y);
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
