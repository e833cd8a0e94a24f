// Distributions against plain formulas: log-probabilities by the C library's functions; entropy,
// divergence, mean and variance by summing or integrating those; gradients by finite differences.
#include "compiler/Compile.h"
#include "compiler/graph/Distributions.h"
#include "compiler/graph/Ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <optional>

namespace gradus {
namespace {

using ::testing::HasSubstr;

using Numbers = std::vector<double>;
using Tensors = std::vector<Tensor>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What a distribution says, as tensors.
struct Model {
  Tensor logProb, entropy, mean, variance, kl, sample, rsample;
};

template <class D> Model modelOf(const D &p, const D &q, const Tensor &x, const Generator &random) {
  Model model{p.logProb(x), p.entropy(), p.mean(), p.variance(), kl(p, q), p.sample(random, {20000}), {}};
  if constexpr (requires { p.rsample(random); })
    model.rsample = p.rsample(random, {4});
  return model;
}

/// Where the density lives.
enum class Support { line, positive, interval, counts };

struct Case {
  const char *name;
  /// Per parameter, its values for three distributions; the same for the other one of the divergence.
  std::vector<Numbers> p, q;
  Numbers x;
  Support support;
  double (*logProb)(double x, const Numbers &parameters);
  std::function<Model(const Tensors &p, const Tensors &q, const Tensor &x, const Generator &random)> build;
  /// Of the interval, or the number of counts; the density has its kink, if any, at the first parameter.
  std::function<std::pair<double, double>(const Numbers &)> range = [](const Numbers &) {
    return std::pair(0.0, 1.0);
  };
};

/// The integral of f over (low, high), one of them perhaps infinite, by the double exponential rule.
double integral(const std::function<double(double)> &f, double low, double high) {
  double total = 0, step = 1.0 / 64;
  for (int i = -5 * 64; i <= 5 * 64; ++i) {
    double t = i * step, s = std::numbers::pi / 2 * std::sinh(t), ds = std::numbers::pi / 2 * std::cosh(t), x, dx;
    if (high == kInfinity || low == -kInfinity) {
      double e = std::exp(s);
      x = high == kInfinity ? low + e : high - e;
      dx = e * ds;
    } else {
      double e = 1 / (1 + std::exp(-2 * s));
      x = low + (high - low) * e;
      dx = (high - low) * 2 * e / (1 + std::exp(2 * s)) * ds;
    }
    if (!(x > low && x < high) || !(dx > 0) || !std::isfinite(dx))
      continue;
    total += f(x) * dx * step;
  }
  return total;
}

/// `kink`: where f has one, on the line.
double expectation(const Case &c, const Numbers &p, const std::function<double(double)> &f,
                   std::optional<double> kink = {}) {
  auto weighted = [&](double x) {
    double log = c.logProb(x, p);
    return log < -700 ? 0 : std::exp(log) * f(x);
  };
  auto [low, high] = c.range(p);
  switch (c.support) {
  case Support::line:
  {
    double first = std::min(p[0], kink.value_or(p[0])), last = std::max(p[0], kink.value_or(p[0]));
    return integral(weighted, -kInfinity, first) + integral(weighted, last, kInfinity) +
           (first < last ? integral(weighted, first, last) : 0);
  }
  case Support::positive:
    return integral(weighted, 0, kInfinity);
  case Support::interval:
    return integral(weighted, low, high);
  case Support::counts:
    double total = 0;
    for (double k = low; k <= high; ++k)
      total += weighted(k);
    return total;
  }
  return NAN;
}

std::vector<Case> cases() {
  std::vector<Case> list;
  list.push_back({"Bernoulli of logits",
                  {{-1.5, 0.2, 6}},
                  {{0.5, -0.3, 4}},
                  {0, 1, 1},
                  Support::counts,
                  [](double x, const Numbers &p) {
                    double q = 1 / (1 + std::exp(-p[0]));
                    return x > 0 ? std::log(q) : std::log1p(-q);
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Bernoulli::ofLogits(p[0]), Bernoulli::ofLogits(q[0]), x, r);
                  }});
  list.push_back({"Bernoulli of probabilities",
                  {{0.1, 0.5, 0.97}},
                  {{0.3, 0.4, 0.9}},
                  {0, 1, 1},
                  Support::counts,
                  [](double x, const Numbers &p) { return std::log(x > 0 ? p[0] : 1 - p[0]); },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Bernoulli::ofProbabilities(p[0]),
                                   Bernoulli::ofProbabilities(q[0]), x, r);
                  }});
  list.push_back({"Normal",
                  {{0.5, -2, 3}, {1, 0.3, 4}},
                  {{0.7, -1, 2}, {2, 0.5, 3}},
                  {0.1, -2.5, 5},
                  Support::line,
                  [](double x, const Numbers &p) {
                    double z = (x - p[0]) / p[1];
                    return -z * z / 2 - std::log(p[1]) - std::log(2 * std::numbers::pi) / 2;
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Normal(p[0], p[1]), Normal(q[0], q[1]), x, r);
                  }});
  list.push_back({"Uniform",
                  {{0, -2, 3}, {1, 0.3, 4}},
                  {{-1, -3, 2}, {2, 0.5, 5}},
                  {0.1, -1.5, 3.5},
                  Support::interval,
                  [](double x, const Numbers &p) {
                    return x >= p[0] && x < p[1] ? -std::log(p[1] - p[0]) : -kInfinity;
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Uniform(p[0], p[1]), Uniform(q[0], q[1]), x, r);
                  },
                  [](const Numbers &p) { return std::pair(p[0], p[1]); }});
  list.push_back({"Laplace",
                  {{0.5, -2, 3}, {1, 0.3, 4}},
                  {{0.7, -1, 2}, {2, 0.5, 3}},
                  {0.1, -2.5, 5},
                  Support::line,
                  [](double x, const Numbers &p) {
                    return -std::abs(x - p[0]) / p[1] - std::log(2 * p[1]);
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Laplace(p[0], p[1]), Laplace(q[0], q[1]), x, r);
                  }});
  list.push_back({"Exponential",
                  {{0.5, 2, 13}},
                  {{1, 0.3, 7}},
                  {0.1, 2.5, 0.5},
                  Support::positive,
                  [](double x, const Numbers &p) { return std::log(p[0]) - p[0] * x; },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Exponential(p[0]), Exponential(q[0]), x, r);
                  }});
  list.push_back({"Gamma",
                  {{0.8, 2, 13}, {1, 0.3, 7}},
                  {{1.5, 2.5, 9}, {2, 0.5, 6}},
                  {0.1, 2.5, 1.5},
                  Support::positive,
                  [](double x, const Numbers &p) {
                    return p[0] * std::log(p[1]) + (p[0] - 1) * std::log(x) - p[1] * x - std::lgamma(p[0]);
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Gamma(p[0], p[1]), Gamma(q[0], q[1]), x, r);
                  }});
  list.push_back({"Beta",
                  {{1.2, 2, 13}, {1.5, 3, 7}},
                  {{1.5, 2.5, 9}, {2, 0.5, 6}},
                  {0.1, 0.25, 0.75},
                  Support::interval,
                  [](double x, const Numbers &p) {
                    return std::lgamma(p[0] + p[1]) - std::lgamma(p[0]) - std::lgamma(p[1]) +
                           (p[0] - 1) * std::log(x) + (p[1] - 1) * std::log1p(-x);
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Beta(p[0], p[1]), Beta(q[0], q[1]), x, r);
                  }});
  list.push_back({"Poisson",
                  {{0.3, 12, 150}},
                  {{0.5, 10, 130}},
                  {1, 9, 160},
                  Support::counts,
                  [](double x, const Numbers &p) {
                    return x * std::log(p[0]) - p[0] - std::lgamma(x + 1);
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Poisson(p[0]), Poisson(q[0]), x, r);
                  },
                  [](const Numbers &) { return std::pair(0.0, 600.0); }});
  list.push_back({"Binomial of logits",
                  {{-1.5, 0.2, 3}},
                  {{0.5, -0.3, 2}},
                  {0, 11, 30},
                  Support::counts,
                  [](double x, const Numbers &p) {
                    double q = 1 / (1 + std::exp(-p[0]));
                    return std::lgamma(31) - std::lgamma(x + 1) - std::lgamma(31 - x) +
                           x * std::log(q) + (30 - x) * std::log1p(-q);
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Binomial::ofLogits(30, p[0]), Binomial::ofLogits(30, q[0]), x, r);
                  },
                  [](const Numbers &) { return std::pair(0.0, 30.0); }});
  list.push_back({"Binomial of probabilities",
                  {{0.1, 0.5, 0.97}},
                  {{0.3, 0.4, 0.9}},
                  {0, 2, 4},
                  Support::counts,
                  [](double x, const Numbers &p) {
                    return std::lgamma(5) - std::lgamma(x + 1) - std::lgamma(5 - x) +
                           x * std::log(p[0]) + (4 - x) * std::log(1 - p[0]);
                  },
                  [](const Tensors &p, const Tensors &q, const Tensor &x, const Generator &r) {
                    return modelOf(Binomial::ofProbabilities(4, p[0]),
                                   Binomial::ofProbabilities(4, q[0]), x, r);
                  },
                  [](const Numbers &) { return std::pair(0.0, 4.0); }});
  return list;
}

/// All of a case in one program: inputs p0.., q0.., x; results by name, gradients of a weighted sum of everything as
/// "dp0".. .
struct Compiled {
  Program program;
  std::map<std::string, NDArray> inputs;
  DType type;

  Compiled(const Case &c, DType type) : type(type) {
    Graph graph("distribution");
    int64_t n = int64_t(c.x.size());
    auto declare = [&](const std::string &name, const Numbers &values) {
      inputs[name] = NDArray::fromVector<double>(values).cast(type);
      return graph.input(name, {n}, type);
    };
    Tensors p, q, all;
    for (size_t i = 0; i < c.p.size(); ++i)
      p.push_back(declare("p" + std::to_string(i), c.p[i]));
    for (size_t i = 0; i < c.q.size(); ++i)
      q.push_back(declare("q" + std::to_string(i), c.q[i]));
    Tensor x = declare("x", c.x);
    Model m = c.build(p, q, x, Generator(randomKey(graph, 77)));
    Tensor loss = sum(m.logProb * 0.9 + m.entropy * 0.7 + m.mean * 0.3 + m.variance * 0.2 + m.kl * 1.1);
    if (m.rsample.valid())
      loss = loss + sum(m.rsample * m.rsample) * 0.1;
    graph.result("logProb", m.logProb);
    graph.result("entropy", m.entropy);
    graph.result("mean", m.mean);
    graph.result("variance", m.variance);
    graph.result("kl", m.kl);
    graph.result("sample", m.sample);
    graph.result("loss", loss);
    all = p;
    all.insert(all.end(), q.begin(), q.end());
    if (c.support != Support::counts)
      all.push_back(x);
    Tensors slopes = gradients(loss, all);
    for (size_t i = 0; i < all.size(); ++i)
      graph.result("d" + (i < p.size()              ? "p" + std::to_string(i)
                          : i < p.size() + q.size() ? "q" + std::to_string(i - p.size())
                                                    : "x"),
                   slopes[i]);
    Tensors through = gradients(sum(m.sample), {p[0]});
    graph.result("through", through[0]);
    program = compile(graph);
  }

  std::map<std::string, Numbers> run() {
    std::map<std::string, Numbers> results;
    for (auto &[name, array] : program.run(inputs))
      results[name] = array.cast(DType::f64).toVector<double>();
    return results;
  }
};

Numbers at(const std::vector<Numbers> &parameters, size_t i) {
  Numbers result;
  for (const Numbers &values : parameters)
    result.push_back(values[i]);
  return result;
}

void expectNear(double actual, double expected, double tolerance, const std::string &what) {
  EXPECT_NEAR(actual, expected, tolerance * (1 + std::abs(expected))) << what;
}

TEST(Distributions, AgreeWithPlainFormulas) {
  for (const Case &c : cases())
    for (DType type : {DType::f64, DType::f32}) {
      SCOPED_TRACE(std::string(c.name) + " " + std::string(nameOf(type)));
      auto results = Compiled(c, type).run();
      double tolerance = type == DType::f64 ? 1e-9 : 1e-5;
      for (size_t i = 0; i < c.x.size(); ++i) {
        Numbers p = at(c.p, i), q = at(c.q, i);
        auto mean = [&](std::function<double(double)> f) { return expectation(c, p, f); };
        double centre = mean([](double x) { return x; });
        expectNear(mean([](double) { return 1; }), 1, 1e-9, "the reference itself");
        expectNear(results["logProb"][i], c.logProb(c.x[i], p), tolerance, "logProb");
        expectNear(results["entropy"][i], -mean([&](double x) { return c.logProb(x, p); }), tolerance, "entropy");
        expectNear(results["mean"][i], centre, tolerance, "mean");
        expectNear(results["variance"][i],
                   mean([&](double x) { return (x - centre) * (x - centre); }), tolerance, "variance");
        expectNear(results["kl"][i],
                   expectation(c, p, [&](double x) { return c.logProb(x, p) - c.logProb(x, q); }, q[0]),
                   tolerance, "kl");
      }
    }
}

TEST(Distributions, HaveTheGradientsOfFiniteDifferences) {
  for (const Case &c : cases()) {
    SCOPED_TRACE(c.name);
    Compiled compiled(c, DType::f64);
    auto results = compiled.run();
    for (const auto &[name, slope] : results) {
      if (name[0] != 'd')
        continue;
      NDArray &input = compiled.inputs[name.substr(1)];
      Numbers values = input.toVector<double>();
      for (size_t i = 0; i < values.size(); ++i) {
        auto lossAt = [&](double value) {
          Numbers moved = values;
          moved[i] = value;
          input = NDArray::fromVector<double>(moved);
          return compiled.run()["loss"][0];
        };
        double h = 1e-5 * std::max(0.1, std::abs(values[i]));
        // Fourth order, so that rounding is the larger part of the error.
        double difference = (8 * (lossAt(values[i] + h) - lossAt(values[i] - h)) -
                             (lossAt(values[i] + 2 * h) - lossAt(values[i] - 2 * h))) /
                            (12 * h);
        expectNear(slope[i], difference, 1e-6, name);
      }
      input = NDArray::fromVector<double>(values);
    }
    EXPECT_EQ(results["through"], Numbers(c.x.size(), 0)) << "a gradient went through a sample";
  }
}

TEST(Distributions, DrawSamplesOfTheirMeanAndVariance) {
  for (const Case &c : cases()) {
    SCOPED_TRACE(c.name);
    auto results = Compiled(c, DType::f32).run();
    size_t kinds = c.x.size(), n = results["sample"].size() / kinds;
    ASSERT_EQ(n, 20000u);
    for (size_t i = 0; i < kinds; ++i) {
      double mean = 0, variance = 0, expected = results["variance"][i];
      for (size_t k = 0; k < n; ++k)
        mean += results["sample"][k * kinds + i] / double(n);
      for (size_t k = 0; k < n; ++k)
        variance += std::pow(results["sample"][k * kinds + i] - mean, 2) / double(n);
      EXPECT_LT(std::abs(mean - results["mean"][i]), 4 * std::sqrt(expected / double(n))) << i;
      // The fourth moment, by the reference, says how far the variance may be off; the square of the
      // mean's own error comes on top.
      Numbers p = at(c.p, i);
      double fourth = expectation(c, p, [&](double x) { return std::pow(x - results["mean"][i], 4); });
      double deviation = std::sqrt(std::max(0.0, fourth - expected * expected) / double(n));
      EXPECT_LT(std::abs(variance - expected), 4 * deviation + 16 * expected / double(n)) << i;
    }
  }
}

//===--- Categorical
//--------------------------------------------------------------------------------===//

TEST(Categorical, AgreesWithPlainFormulas) {
  Graph graph("categorical");
  Tensor logits = graph.input("logits", {2, 3}, DType::f64), other = graph.input("other", {2, 3}, DType::f64);
  Tensor x = graph.input("x", {2}, DType::i32);
  Categorical p = Categorical::ofLogits(logits), q = Categorical::ofLogits(other);
  Tensor loss = sum(p.logProb(x) + p.entropy() * 0.5 + kl(p, q) * 0.7 + p.mean() + p.variance());
  graph.result("logProb", p.logProb(x));
  graph.result("entropy", p.entropy());
  graph.result("mean", p.mean());
  graph.result("variance", p.variance());
  graph.result("kl", kl(p, q));
  graph.result("same", Categorical::ofProbabilities(p.probabilities()).logProb(x));
  graph.result("loss", loss);
  Tensors slopes = gradients(loss, {logits, other});
  graph.result("dlogits", slopes[0]);
  graph.result("dother", slopes[1]);
  graph.result("sample", p.sample(Generator(randomKey(graph, 5)), {20000}));
  Program program = compile(graph);
  std::map<std::string, NDArray> inputs;
  inputs["x"] = NDArray::fromVector<int32_t>({2, 0});
  auto set = [&](const char *name, Numbers values) {
    inputs[name] = NDArray::fromVector<double>(values, {2, 3});
  };
  Numbers a = {0.3, -1, 2, 5, 5.5, 4}, b = {0, 0.1, 0.2, -1, 1, 0.5};
  set("logits", a);
  set("other", b);
  auto results = program.run(inputs);
  auto number = [&](const char *name, size_t i) { return results[name].toVector<double>()[i]; };
  auto logsOf = [](const Numbers &logits, size_t row) {
    double total = 0;
    for (size_t k = 0; k < 3; ++k)
      total += std::exp(logits[3 * row + k]);
    Numbers logs;
    for (size_t k = 0; k < 3; ++k)
      logs.push_back(logits[3 * row + k] - std::log(total));
    return logs;
  };
  for (size_t row = 0; row < 2; ++row) {
    Numbers log = logsOf(a, row), logQ = logsOf(b, row);
    double entropy = 0, mean = 0, square = 0, divergence = 0;
    for (size_t k = 0; k < 3; ++k) {
      double p = std::exp(log[k]);
      entropy -= p * log[k];
      divergence += p * (log[k] - logQ[k]);
      mean += p * double(k);
      square += p * double(k * k);
    }
    expectNear(number("logProb", row), log[row == 0 ? 2 : 0], 1e-12, "logProb");
    expectNear(number("same", row), log[row == 0 ? 2 : 0], 1e-12, "of probabilities");
    expectNear(number("entropy", row), entropy, 1e-12, "entropy");
    expectNear(number("mean", row), mean, 1e-12, "mean");
    expectNear(number("variance", row), square - mean * mean, 1e-12, "variance");
    expectNear(number("kl", row), divergence, 1e-12, "kl");
    double count = 0;
    auto sample = results["sample"].toVector<int32_t>();
    for (size_t k = 0; k < 20000; ++k)
      count += sample[2 * k + row] == 1;
    double chance = std::exp(log[1]);
    EXPECT_LT(std::abs(count - 20000 * chance), 4 * std::sqrt(20000 * chance * (1 - chance)));
  }
  for (auto [name, values] : {std::pair("logits", a), std::pair("other", b)})
    for (size_t i = 0; i < 6; ++i) {
      auto lossAt = [&](double h) {
        Numbers moved = values;
        moved[i] += h;
        set(name, moved);
        return program.run(inputs)["loss"].toVector<double>()[0];
      };
      double difference = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
      expectNear(number((std::string("d") + name).c_str(), i), difference, 1e-6, name);
      set(name, values);
    }
}

TEST(Categorical, HoldsWithExtremeLogitsAndImpossibleClasses) {
  Graph graph("extreme");
  Tensor logits = graph.parameter("logits", {2, 3}, data(NDArray::fromVector<float>({1e4f, -1e4f, 0, -INFINITY, 0, 0}, {2, 3})));
  Categorical p = Categorical::ofLogits(logits);
  graph.result("entropy", p.entropy());
  graph.result("kl", kl(p, p));
  graph.result("logProb", p.logProb(graph.constant(NDArray::fromVector<int32_t>({1, 0}))));
  graph.result("outside", p.logProb(graph.constant(NDArray::fromVector<int32_t>({3, -1}))));
  auto results = compile(graph).run({});
  EXPECT_EQ(results["entropy"].toVector<float>()[0], 0);
  EXPECT_NEAR(results["entropy"].toVector<float>()[1], std::log(2), 1e-6);
  EXPECT_EQ(results["kl"].toVector<float>(), (std::vector<float>{0, 0}));
  EXPECT_EQ(results["logProb"].toVector<float>(), (std::vector<float>{-2e4f, -INFINITY}));
  for (float x : results["outside"].toVector<float>())
    EXPECT_TRUE(std::isnan(x));
}

TEST(Bernoulli, HoldsWithExtremeLogits) {
  Graph graph("extreme");
  Tensor logits = graph.parameter("logits", {4}, data(NDArray::fromVector<float>({1e4f, -1e4f, 30, -30})));
  Tensor x = graph.constant(NDArray::fromVector<float>({0, 0, 1, 1}));
  Bernoulli p = Bernoulli::ofLogits(logits);
  graph.result("logProb", p.logProb(x));
  graph.result("entropy", p.entropy());
  graph.result("slope", gradients(sum(p.logProb(x)), {logits})[0]);
  auto results = compile(graph).run({});
  auto log = results["logProb"].toVector<float>(), entropy = results["entropy"].toVector<float>(),
       slope = results["slope"].toVector<float>();
  EXPECT_EQ(log[0], -1e4f);
  EXPECT_EQ(log[1], 0);
  EXPECT_NEAR(log[2], -std::exp(-30), 1e-18);
  EXPECT_EQ(log[3], -30);
  EXPECT_EQ(entropy[0], 0);
  EXPECT_NEAR(entropy[2], 31 * std::exp(-30), 1e-17);
  EXPECT_NEAR(entropy[3], 31 * std::exp(-30), 1e-17);
  EXPECT_EQ(slope[0], -1);
  EXPECT_EQ(slope[1], 0);
  EXPECT_EQ(slope[3], 1);
}

//===--- MultivariateNormal
//-------------------------------------------------------------------------===//

/// A plain triangular factor and what follows from it, row by row.
struct Plain {
  Numbers l;
  size_t d;
  double at(size_t i, size_t j) const { return l[i * d + j]; }
  double logDeterminant() const {
    double total = 0;
    for (size_t i = 0; i < d; ++i)
      total += std::log(at(i, i));
    return total;
  }
  Numbers solve(Numbers b) const {
    for (size_t i = 0; i < d; ++i) {
      for (size_t j = 0; j < i; ++j)
        b[i] -= at(i, j) * b[j];
      b[i] /= at(i, i);
    }
    return b;
  }
};

double squares(const Numbers &x) {
  double total = 0;
  for (double value : x)
    total += value * value;
  return total;
}

TEST(MultivariateNormal, AgreesWithPlainFormulas) {
  const Numbers lower = {1.5, 0, 0, -0.4, 0.8, 0, 0.3, 0.6, 2}, otherLower = {1, 0, 0, 0.2, 1.1, 0, -0.5, 0.1, 0.7};
  const Numbers mean = {0.5, -1, 2}, otherMean = {0, 0.3, 1}, point = {0.1, 0.2, 3};
  Graph graph("vectors");
  auto input = [&](const char *name, Shape shape) { return graph.input(name, shape, DType::f64); };
  Tensor m = input("m", {3}), l = input("l", {3, 3}), m2 = input("m2", {3}), l2 = input("l2", {3, 3}), x = input("x", {3});
  MultivariateNormal p = MultivariateNormal::ofScale(m, l), q = MultivariateNormal::ofScale(m2, l2);
  Generator random(randomKey(graph, 8));
  Tensor covariance = matmul(l, transpose(l));
  Tensor loss = p.logProb(x) + p.entropy() * 0.5 + kl(p, q) * 0.3 + sum(p.variance()) * 0.1 + sum(p.rsample(random, {3})) +
                sum(cholesky(covariance) * cholesky(covariance + l2 * transpose(l2))) * 0.2;
  graph.result("logProb", p.logProb(x));
  graph.result("entropy", p.entropy());
  graph.result("kl", kl(p, q));
  graph.result("variance", p.variance());
  graph.result("cholesky", cholesky(covariance));
  graph.result("covariant", MultivariateNormal::ofCovariance(m, covariance).logProb(x));
  graph.result("diagonal", MultivariateNormal::ofDiagonal(m, x).logProb(m2));
  graph.result("batch", p.logProb(broadcastTo(x, {2, 3})));
  graph.result("sample", p.sample(random, {20000}));
  graph.result("loss", loss);
  const std::vector<std::pair<std::string, Tensor>> inputs = {{"m", m}, {"l", l}, {"m2", m2}, {"l2", l2}, {"x", x}};
  Tensors all;
  for (auto &[name, tensor] : inputs)
    all.push_back(tensor);
  Tensors slopes = gradients(loss, all);
  for (size_t i = 0; i < all.size(); ++i)
    graph.result("d" + inputs[i].first, slopes[i]);
  Program program = compile(graph);
  std::map<std::string, Numbers> values = {{"m", mean}, {"l", lower}, {"m2", otherMean}, {"l2", otherLower}, {"x", point}};
  auto run = [&] {
    std::map<std::string, NDArray> arrays;
    for (auto &[name, numbers] : values)
      arrays[name] = numbers.size() == 9 ? NDArray::fromVector<double>(numbers, {3, 3}) : NDArray::fromVector<double>(numbers);
    std::map<std::string, Numbers> results;
    for (auto &[name, array] : program.run(arrays))
      results[name] = array.toVector<double>();
    return results;
  };
  auto results = run();
  Plain first{lower, 3}, second{otherLower, 3};
  Numbers apart(3), between(3);
  for (size_t i = 0; i < 3; ++i) {
    apart[i] = point[i] - mean[i];
    between[i] = mean[i] - otherMean[i];
  }
  double log = -squares(first.solve(apart)) / 2 - first.logDeterminant() - 1.5 * std::log(2 * std::numbers::pi);
  expectNear(results["logProb"][0], log, 1e-12, "logProb");
  expectNear(results["covariant"][0], log, 1e-12, "of the covariance");
  expectNear(results["batch"][1], log, 1e-12, "batch");
  expectNear(results["entropy"][0], first.logDeterminant() + 1.5 * (1 + std::log(2 * std::numbers::pi)), 1e-12, "entropy");
  double trace = 0;
  for (size_t j = 0; j < 3; ++j)
    trace += squares(second.solve({lower[j], lower[3 + j], lower[6 + j]}));
  expectNear(results["kl"][0],
             second.logDeterminant() - first.logDeterminant() + (trace + squares(second.solve(between)) - 3) / 2, 1e-12, "kl");
  double independent = 0;
  for (size_t i = 0; i < 3; ++i)
    independent += -std::pow((otherMean[i] - mean[i]) / point[i], 2) / 2 - std::log(point[i]) - std::log(2 * std::numbers::pi) / 2;
  expectNear(results["diagonal"][0], independent, 1e-12, "diagonal");
  for (size_t i = 0; i < 9; ++i)
    expectNear(results["cholesky"][i], lower[i], 1e-12, "cholesky");
  for (size_t i = 0; i < 3; ++i) {
    double variance = squares({lower[3 * i], lower[3 * i + 1], lower[3 * i + 2]}), centre = 0;
    expectNear(results["variance"][i], variance, 1e-12, "variance");
    for (size_t k = 0; k < 20000; ++k)
      centre += results["sample"][3 * k + i] / 20000;
    EXPECT_LT(std::abs(centre - mean[i]), 4 * std::sqrt(variance / 20000));
    for (size_t j = 0; j < 3; ++j) { // the sample's covariance
      double both = 0, expected = 0, other = squares({lower[3 * j], lower[3 * j + 1], lower[3 * j + 2]});
      for (size_t k = 0; k < 20000; ++k)
        both += (results["sample"][3 * k + i] - mean[i]) * (results["sample"][3 * k + j] - mean[j]) / 20000;
      for (size_t k = 0; k < 3; ++k)
        expected += lower[3 * i + k] * lower[3 * j + k];
      EXPECT_LT(std::abs(both - expected), 4 * std::sqrt((variance * other + expected * expected) / 20000));
    }
  }
  for (auto &[name, numbers] : std::map(values))
    for (size_t i = 0; i < numbers.size(); ++i) {
      auto lossAt = [&](double h) {
        values[name][i] = numbers[i] + h;
        return run()["loss"][0];
      };
      double difference = (8 * (lossAt(1e-4) - lossAt(-1e-4)) - (lossAt(2e-4) - lossAt(-2e-4))) / 12e-4;
      expectNear(results["d" + name][i], difference, 1e-6, name + " " + std::to_string(i));
      values[name][i] = numbers[i];
    }
}

//===--- errors
//-------------------------------------------------------------------------------------===//

TEST(Distributions, RefuseImpossibleParameters) {
  Graph graph("wrong");
  Tensor a = graph.input("a", {3}), b = graph.input("b", {4}), wide = graph.input("wide", {3}, DType::f64),
         whole = graph.input("whole", {3}, DType::i32), matrix = graph.input("matrix", {3, 4});
  auto refuses = [](auto build, const char *message) {
    try {
      build();
      ADD_FAILURE() << "no error: " << message;
    } catch (const GraphError &error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  };
  refuses([&] { Normal(0, 1); }, "Normal: both operands are numbers");
  refuses([&] { Normal(a, b); }, "Normal: shapes 3 and 4 do not broadcast: axis 0 is 3 in the mean and 4 in the standard deviation");
  refuses([&] { Normal(a, wide); }, "Normal: the standard deviation has element type f64, the mean f32 (must be equal)");
  refuses([&] { Normal(whole, 1); }, "Normal: the mean has element type i32 (must be f32 or f64)");
  refuses([&] { Normal(a, 0); }, "Normal: the standard deviation is 0 (must be positive)");
  refuses([&] { Laplace(a, -1); }, "Laplace: the scale is -1 (must be positive)");
  refuses([&] { Normal(Tensor(), a); }, "an operand is an empty tensor");
  refuses([&] { Normal(a, 1).logProb(b); }, "do not broadcast");
  refuses([&] { Bernoulli::ofProbabilities(whole); }, "Bernoulli: the probabilities have element type i32");
  refuses([&] { Categorical::ofLogits(graph.constant(1)); }, "Categorical: the logits must have a last axis");
  refuses([&] { Categorical::ofLogits(a).logProb(a); }, "Categorical: x has element type f32 (must be i32 or i64)");
  refuses([&] { Gamma(a, 0); }, "Gamma: the rate is 0 (must be positive)");
  refuses([&] { Beta(-2, a); }, "Beta: the first concentration is -2 (must be positive)");
  refuses([&] { Binomial::ofLogits(-1, a); }, "Binomial: the number of throws is -1 (must be 0 .. 2^24)");
  refuses([&] { kl(Binomial::ofLogits(3, a), Binomial::ofLogits(4, a)); }, "kl: the numbers of throws are 3 and 4 (must be equal)");
  refuses([&] { cholesky(matrix); }, "cholesky: the matrix has shape 3x4 (must be [..., d, d], d at most 64)");
  refuses([&] { MultivariateNormal::ofScale(b, graph.input("square", {3, 3})); },
          "MultivariateNormal: the mean has shape 4 (must be [..., 3], as the matrix)");
}

} // namespace
} // namespace gradus
