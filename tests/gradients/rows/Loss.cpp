#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

double entropyOf(double x, double t) {
  return std::max(x, 0.0) - x * t + std::log1p(std::exp(-std::abs(x)));
}

Reference reduced(const Reference &x, Reduction reduction) {
  std::vector<int64_t> all;
  for (size_t axis = 0; axis < x.shape.size(); ++axis)
    all.push_back(int64_t(axis));
  if (reduction == Reduction::none)
    return x;
  if (reduction == Reduction::mean)
    return meanOf(x, all);
  double n = reduction == Reduction::sum ? 1 : double(x.shape[0]);
  return map(sumOf(x, all), [n](double v) { return v / n; });
}

double bounded(double logarithm) { return std::max(logarithm, -100.0); }
double softPlusOf(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double halfSquare(double d) { return d * d / 2; }
double huberOf(double d, double delta) {
  return std::abs(d) <= delta ? d * d / 2 : delta * (std::abs(d) - delta / 2);
}

/// A loss of two tensors of one shape, element by element, with every reduction.
void pairRows(std::vector<Row> &rows, const std::string &name, OperandSpec x, OperandSpec t,
              std::function<Tensor(Tensor, Tensor, Reduction)> build,
              std::function<double(double, double)> formula, bool second = true) {
  const std::pair<std::string, Reduction> reductions[] = {{"mean", Reduction::mean},
                                                          {"sum", Reduction::sum},
                                                          {"none", Reduction::none},
                                                          {"batch_mean", Reduction::batchMean}};
  for (const auto &[way, r] : reductions)
    rows.push_back({name + "/" + way,
                    {x, t},
                    [build, r = r](const Tensors &x) { return build(x[0], x[1], r); },
                    [formula, r = r](const References &x) {
                      return reduced(map(x[0], x[1], formula), r);
                    },
                    second && r == Reduction::mean});
}

/// The sign as a target: -1 or 1.
Tensor signs(const Tensor &x) { return sign(x); }

/// a . b along the last axis.
Reference dots(const Reference &a, const Reference &b) {
  return sumOf(map(a, b, times), {int64_t(a.shape.size()) - 1});
}
Reference distances(const Reference &a, const Reference &b, double power) {
  Reference each = map(a, b, [power](double x, double y) {
    return std::pow(std::abs(x - y + 1e-6), power);
  });
  return map(sumOf(each, {int64_t(a.shape.size()) - 1}),
             [power](double x) { return std::pow(x, 1 / power); });
}

std::vector<Row> otherLosses() {
  std::vector<Row> rows;
  OperandSpec real{{3, 4}}, share{{3, 4}, 0.05, 0.95};
  auto difference = [](double (*f)(double)) {
    return [f](double p, double t) { return f(p - t); };
  };
  pairRows(rows, "squared_error/half", real, real,
           [](Tensor p, Tensor t, Reduction r) { return halfSquaredError(p, t, r); },
           difference(halfSquare));
  pairRows(rows, "abs/l1", real, real,
           [](Tensor p, Tensor t, Reduction r) { return absoluteError(p, t, r); },
           difference([](double d) { return std::abs(d); }));
  pairRows(rows, "huber", real, real,
           [](Tensor p, Tensor t, Reduction r) { return huber(p, t, 0.7, r); },
           difference([](double d) { return huberOf(d, 0.7); }));
  pairRows(rows, "huber/smooth_l1", real, real,
           [](Tensor p, Tensor t, Reduction r) { return smoothL1(p, t, 0.4, r); },
           difference([](double d) { return huberOf(d, 0.4) / 0.4; }));
  pairRows(rows, "binary_cross_entropy", share, share,
           [](Tensor p, Tensor t, Reduction r) { return binaryCrossEntropy(p, t, r); },
           [](double p, double t) {
             return -(t * bounded(std::log(p)) + (1 - t) * bounded(std::log1p(-p)));
           });
  pairRows(rows, "kl_divergence", real, share,
           [](Tensor p, Tensor t, Reduction r) { return klDivergence(p, t, false, r); },
           [](double x, double t) { return t * (std::log(t) - x); });
  pairRows(rows, "kl_divergence/log_target", real, real,
           [](Tensor p, Tensor t, Reduction r) { return klDivergence(p, t, true, r); },
           [](double x, double t) { return std::exp(t) * (t - x); });
  pairRows(rows, "binary_cross_entropy_with_logits/soft_margin", real, real,
           [](Tensor p, Tensor t, Reduction r) { return softMargin(p, t, r); },
           [](double x, double t) { return softPlusOf(-t * x); });
  pairRows(rows, "relu/hinge", real, real,
           [](Tensor p, Tensor t, Reduction r) { return hinge(p, signs(t), r); },
           [](double x, double t) { return std::max(0.0, 1 - signOf(t) * x); });
  pairRows(rows, "relu/squared_hinge", real, real,
           [](Tensor p, Tensor t, Reduction r) { return squaredHinge(p, signs(t), r); },
           [](double x, double t) { return std::pow(std::max(0.0, 1 - signOf(t) * x), 2); });
  pairRows(rows, "relu/hinge_embedding", real, real,
           [](Tensor p, Tensor t, Reduction r) { return hingeEmbedding(p, signs(t), 0.9, r); },
           [](double x, double t) { return t > 0 ? x : std::max(0.0, 0.9 - x); });
  pairRows(rows, "exp/poisson_nll", real, {{3, 4}, 0, 5},
           [](Tensor p, Tensor t, Reduction r) { return poissonNll(p, t, {.reduction = r}); },
           [](double x, double t) { return std::exp(x) - t * x; });
  pairRows(rows, "log/poisson_nll_full", {{3, 4}, 0.3, 4}, {{3, 4}, 0, 5, fixed},
           [](Tensor p, Tensor t, Reduction r) {
             return poissonNll(p, t, {.reduction = r, .logInput = false, .full = true});
           },
           [](double x, double t) {
             double stirling = t * std::log(t) - t + 0.5 * std::log(2 * M_PI * t);
             return x - t * std::log(x + 1e-8) + (t > 1 ? stirling : 0);
           });
  rows.push_back({"log/gaussian_nll",
                  {{{3, 4}}, {{3, 4}}, {{3, 1}, 0.3, 2}},
                  [](const Tensors &x) { return gaussianNll(x[0], x[1], x[2], {.full = true}); },
                  [](const References &x) {
                    Reference d = map(x[0], x[1], minus);
                    Reference q = map(map(d, d, times), x[2], over);
                    Reference l = map(x[2], [](double v) { return std::log(v); });
                    Reference each = map(q, l, [](double a, double b) {
                      return 0.5 * (a + b) + 0.5 * std::log(2 * M_PI);
                    });
                    return reduced(each, Reduction::mean);
                  },
                  true});
  rows.push_back({"relu/margin_ranking",
                  {{{7}}, {{7}}, {{7}, -1, 1, fixed}},
                  [](const Tensors &x) { return marginRanking(x[0], x[1], sign(x[2]), 0.3); },
                  [](const References &x) {
                    Reference d = map(x[0], x[1], minus);
                    Reference each = map(d, x[2], [](double a, double t) {
                      return std::max(0.0, 0.3 - signOf(t) * a);
                    });
                    return reduced(each, Reduction::mean);
                  }});
  rows.push_back({"sqrt/cosine_embedding",
                  {{{6, 3}}, {{6, 3}}, {{6}, -1, 1, fixed}},
                  [](const Tensors &x) { return cosineEmbedding(x[0], x[1], sign(x[2]), 0.2); },
                  [](const References &x) {
                    Reference norms = map(dots(x[0], x[0]), dots(x[1], x[1]), [](double a, double b) {
                      return std::sqrt((a + 1e-12) * (b + 1e-12));
                    });
                    Reference cosine = map(dots(x[0], x[1]), norms, over);
                    Reference each = map(cosine, x[2], [](double c, double t) {
                      return t > 0 ? 1 - c : std::max(0.0, c - 0.2);
                    });
                    return reduced(each, Reduction::mean);
                  },
                  true});
  for (double power : {1.0, 2.0, 3.0})
    rows.push_back({"sqrt/triplet_margin_" + std::to_string(int(power)),
                    {{{4, 3}}, {{4, 3}}, {{4, 3}}},
                    [power](const Tensors &x) {
                      return tripletMargin(x[0], x[1], x[2],
                                           {.reduction = Reduction::none, .power = power, .swap = power == 3});
                    },
                    [power](const References &x) {
                      Reference far = distances(x[0], x[2], power);
                      if (power == 3)
                        far = map(far, distances(x[1], x[2], power), smaller);
                      return map(distances(x[0], x[1], power), far, [](double a, double b) {
                        return std::max(0.0, a - b + 1);
                      });
                    },
                    power == 2});
  // Weights of binary losses broadcast.
  auto weighted = [](const References &x) {
    Reference no = map(x[0], x[1], [](double l, double t) { return (1 - t) * (l + softPlusOf(-l)); });
    Reference yes = map(x[0], x[1], [](double l, double t) { return t * softPlusOf(-l); });
    return map(map(no, map(yes, x[2], times), plus), x[3], times);
  };
  rows.push_back({"binary_cross_entropy_with_logits/weights",
                  {{{3, 4}}, {{3, 4}, 0, 1}, {{4}, 0.5, 3}, {{3, 1}, 0.5, 2}},
                  [](const Tensors &x) {
                    return binaryCrossEntropyWithLogits(x[0], x[1], {.weight = x[3], .positiveWeight = x[2]});
                  },
                  [=](const References &x) { return reduced(weighted(x), Reduction::mean); },
                  true});
  rows.push_back({"binary_cross_entropy_with_logits/multilabel_soft_margin",
                  {{{3, 4}}, {{3, 4}, 0, 1}, {{4}, 0.5, 3}, {{4}, 0.5, 2}},
                  [](const Tensors &x) {
                    return multilabelSoftMargin(x[0], x[1],
                                                {.reduction = Reduction::none, .weight = x[3], .positiveWeight = x[2]});
                  },
                  [=](const References &x) { return meanOf(weighted(x), {1}); },
                  true});
  return rows;
}

/// Losses of labels: x [2, 5, 3] with the classes in axis 1, labels [2, 3], weights [5].
std::vector<Row> classLosses() {
  std::vector<Row> rows;
  struct Way {
    std::string name;
    bool weighted = false, ignoring = false;
    double smoothing = 0;
    Reduction reduction = Reduction::mean;
  };
  const Way ways[] = {{"axis"},
                      {"weight", true},
                      {"weight_sum", true, false, 0, Reduction::sum},
                      {"weight_none", true, false, 0, Reduction::none},
                      {"ignored", false, true},
                      {"ignored_weight", true, true},
                      {"smoothing", false, false, 0.2},
                      {"smoothing_weight", true, false, 0.3},
                      {"everything", true, true, 0.1}};
  auto loss = [](const References &x, const Way &way, bool isNll) {
    const Reference &logits = x[0], &labels = x[1];
    Reference each = labels;
    double total = 0;
    for (int64_t n = 0; n < 2; ++n)
      for (int64_t j = 0; j < 3; ++j) {
        auto logit = [&](int64_t c) { return logits[size_t((n * 5 + c) * 3 + j)]; };
        auto weight = [&](int64_t c) { return way.weighted ? x[2][size_t(c)] : 1; };
        double all = 0, even = 0;
        for (int64_t c = 0; c < 5; ++c)
          all += std::exp(logit(c));
        all = isNll ? 0 : std::log(all);
        for (int64_t c = 0; c < 5; ++c)
          even += weight(c) * (all - logit(c)) / 5;
        int64_t label = int64_t(labels[size_t(n * 3 + j)]);
        bool counts = !way.ignoring || label != 2;
        each.values[size_t(n * 3 + j)] =
            counts ? (1 - way.smoothing) * weight(label) * (all - logit(label)) + way.smoothing * even : 0;
        total += counts ? weight(label) : 0;
      }
    if (way.reduction != Reduction::mean)
      return reduced(each, way.reduction);
    return map(sumOf(each, {0, 1}), [total](double v) { return v / total; });
  };
  for (const Way &way : ways) {
    auto options = [way](const Tensors &x) {
      ClassOptions options{.reduction = way.reduction, .axis = 1, .labelSmoothing = way.smoothing};
      if (way.weighted)
        options.weight = x[2];
      if (way.ignoring)
        options.ignored = 2;
      return options;
    };
    std::vector<OperandSpec> operands{{{2, 5, 3}}, {{2, 3}, 0, 5, Kind::index64}, {{5}, 0.5, 2, fixed}};
    rows.push_back({"cross_entropy/" + way.name, operands,
                    [options](const Tensors &x) { return crossEntropy(x[0], x[1], options(x)); },
                    [=](const References &x) { return loss(x, way, false); },
                    way.reduction == Reduction::mean});
    if (way.smoothing == 0)
      rows.push_back({way.name == "axis" ? "nll" : "nll/" + way.name, operands,
                      [options](const Tensors &x) { return nll(x[0], x[1], options(x)); },
                      [=](const References &x) { return loss(x, way, true); },
                      way.reduction == Reduction::mean});
  }
  rows.push_back({"cross_entropy/probabilities_weight_smoothing",
                  {{{3, 4}}, {{3, 4}, 0.1, 1}, {{4}, 0.5, 2}},
                  [](const Tensors &x) {
                    return crossEntropy(x[0], x[1], {.weight = x[2], .labelSmoothing = 0.2});
                  },
                  [](const References &x) {
                    Reference z = map(reshaped(logSumExpOf(x[0], {1}), {3, 1}), x[0], minus);
                    Reference p = map(x[1], [](double v) { return 0.8 * v + 0.2 / 4; });
                    return meanOf(sumOf(map(map(p, x[2], times), z, times), {1}), {0});
                  },
                  true});
  for (double power : {1.0, 2.0})
    rows.push_back({"nll/multi_margin_" + std::to_string(int(power)),
                    {{{3, 4}}, {{3}, 0, 4, Kind::index}, {{4}, 0.5, 2, fixed}},
                    [power](const Tensors &x) {
                      return multiMargin(x[0], x[1], 0.8, power, {.weight = x[2]});
                    },
                    [power](const References &x) {
                      double total = 0;
                      for (size_t n = 0; n < 3; ++n)
                        for (size_t c = 0; c < 4; ++c) {
                          size_t label = size_t(x[1][n]);
                          double above = std::max(0.0, 0.8 - x[0][n * 4 + label] + x[0][n * 4 + c]);
                          if (c != label)
                            total += std::pow(above, power) * x[2][label] / 4 / 3;
                        }
                      Reference result = sumOf(x[1], {0});
                      result.values[0] = total;
                      return result;
                    }});
  return rows;
}

std::vector<Row> losses() {
  std::vector<Row> rows;
  auto perRow = [](const Reference &x, const Reference &labels) {
    Reference z = logSumExpOf(x, {int64_t(x.shape.size()) - 1});
    for (size_t i = 0; i < z.size(); ++i)
      z.values[i] -= x[i * size_t(x.shape.back()) + size_t(labels[i])];
    return z;
  };
  auto perDistribution = [](const Reference &x, const Reference &p) {
    int64_t axis = int64_t(x.shape.size()) - 1;
    Reference z = map(sumOf(p, {axis}), logSumExpOf(x, {axis}), times);
    return map(z, sumOf(map(p, x, times), {axis}), minus);
  };
  const std::pair<std::string, Reduction> reductions[] = {
      {"mean", Reduction::mean}, {"sum", Reduction::sum}, {"none", Reduction::none}};
  for (const auto &[name, reduction] : reductions) {
    Reduction r = reduction;
    bool second = r == Reduction::mean;
    rows.push_back({"squared_error/" + name,
                    {{{3, 4}}, {{3, 4}}},
                    [r](const Tensors &x) { return squaredError(x[0], x[1], r); },
                    [r](const References &x) {
                      Reference d = map(x[0], x[1], minus);
                      return reduced(map(d, d, times), r);
                    },
                    second});
    rows.push_back({"binary_cross_entropy_with_logits/" + name,
                    {{{3, 4}}, {{3, 4}, 0, 1}},
                    [r](const Tensors &x) { return binaryCrossEntropyWithLogits(x[0], x[1], r); },
                    [r](const References &x) { return reduced(map(x[0], x[1], entropyOf), r); },
                    second});
    rows.push_back({"cross_entropy/labels_" + name,
                    {{{3, 4}}, {{3}, 0, 4, Kind::index}},
                    [r](const Tensors &x) { return crossEntropy(x[0], x[1], r); },
                    [=](const References &x) { return reduced(perRow(x[0], x[1]), r); },
                    second});
    rows.push_back({"cross_entropy/labels_i64_rank_3_" + name,
                    {{{2, 3, 4}}, {{2, 3}, 0, 4, Kind::index64}},
                    [r](const Tensors &x) { return crossEntropy(x[0], x[1], r); },
                    [=](const References &x) { return reduced(perRow(x[0], x[1]), r); }});
    rows.push_back({"cross_entropy/probabilities_" + name,
                    {{{3, 4}}, {{3, 4}, 0.1, 1}},
                    [r](const Tensors &x) { return crossEntropy(x[0], x[1], r); },
                    [=](const References &x) { return reduced(perDistribution(x[0], x[1]), r); },
                    second});
  }
  for (Row &row : otherLosses())
    rows.push_back(std::move(row));
  for (Row &row : classLosses())
    rows.push_back(std::move(row));
  rows.push_back({"cross_entropy/vector",
                  {{{5}}, {{}, 0, 5, Kind::index}},
                  [](const Tensors &x) { return crossEntropy(x[0], x[1]); },
                  [=](const References &x) { return perRow(x[0], x[1]); }});
  rows.push_back({"cross_entropy/large_logits",
                  {{{3, 4}, -500, 500}, {{3}, 0, 4, Kind::index}},
                  [](const Tensors &x) { return crossEntropy(x[0], x[1]); },
                  [=](const References &x) {
                    Reference m = reshaped(maxOf(x[0], {1}), {3, 1});
                    return reduced(perRow(map(x[0], m, minus), x[1]), Reduction::mean);
                  }});
  rows.push_back({"binary_cross_entropy_with_logits/large_logits",
                  {{{3, 4}, -500, 500}, {{3, 4}, 0, 1}},
                  [](const Tensors &x) { return binaryCrossEntropyWithLogits(x[0], x[1]); },
                  [](const References &x) {
                    return reduced(map(x[0], x[1], entropyOf), Reduction::mean);
                  }});
  return rows;
}

} // namespace

std::vector<Family> lossRows() {
  return {{"losses", losses()}};
}

} // namespace gradus::testing
