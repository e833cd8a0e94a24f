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
  return reduction == Reduction::none   ? x
         : reduction == Reduction::mean ? meanOf(x, all)
                                        : sumOf(x, all);
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
