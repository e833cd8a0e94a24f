#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

/// (x - mean) / sqrt(variance + epsilon) over the axes.
Reference standardized(const Reference &x, const std::vector<int64_t> &axes, double epsilon) {
  Shape kept = x.shape;
  for (int64_t axis : axes)
    kept[axis] = 1;
  Reference centred = map(x, reshaped(meanOf(x, axes), kept), minus);
  Reference variance = meanOf(map(centred, [](double v) { return v * v; }), axes);
  return map(centred, reshaped(variance, kept), [epsilon](double v, double s) { return v / std::sqrt(s + epsilon); });
}

std::vector<Row> norms() {
  auto affine = [](const Reference &y, Reference scale, Reference shift, int64_t ones) {
    for (int64_t i = 0; i < ones; ++i) {
      scale.shape.push_back(1);
      shift.shape.push_back(1);
    }
    return map(map(y, scale, times), shift, plus);
  };
  std::vector<Row> rows;
  struct Use {
    std::string name;
    Shape shape;
    std::vector<int64_t> others;
  };
  const Use uses[] = {{"rows", {6, 3}, {0}}, {"sequences", {4, 3, 5}, {0, 2}}, {"images", {3, 4, 2, 3}, {0, 2, 3}}};
  for (const Use &use : uses) {
    int64_t channels = use.shape[1], ones = int64_t(use.shape.size()) - 2;
    rows.push_back({"standardize/batch_norm_" + use.name,
                    {{use.shape}, {{channels}}, {{channels}}},
                    [](const Tensors &x) { return batchNorm(x[0], x[1], x[2]).y; },
                    [=](const References &x) { return affine(standardized(x[0], use.others, 1e-5), x[1], x[2], ones); },
                    true});
    rows.push_back({"standardize/batch_variance_" + use.name,
                    {{use.shape}},
                    [](const Tensors &x) {
                      BatchNorm norm = batchNorm(x[0]);
                      return norm.unbiasedVariance * norm.mean + norm.variance;
                    },
                    [=](const References &x) {
                      Reference mean = meanOf(x[0], use.others);
                      Shape kept = x[0].shape;
                      for (int64_t axis : use.others)
                        kept[axis] = 1;
                      Reference centred = map(x[0], reshaped(mean, kept), minus);
                      Reference sum = sumOf(map(centred, [](double v) { return v * v; }), use.others);
                      double n = double(x[0].size()) / double(sum.size());
                      return map(sum, mean, [n](double s, double m) { return s / (n - 1) * m + s / n; });
                    }});
  }
  rows.push_back({"standardize/batch_norm_last",
                  {{{2, 3, 4}}, {{4}}, {{4}}},
                  [](const Tensors &x) { return batchNorm(x[0], x[1], x[2], 1e-3, -1).y; },
                  [=](const References &x) { return affine(standardized(x[0], {0, 1}, 1e-3), x[1], x[2], 0); }});
  rows.push_back({"standardize/inference",
                  {{{4, 3, 2}}, {{3}}, {{3}, 0.5, 2}, {{3}}, {{3}}},
                  [](const Tensors &x) { return batchNormInference(x[0], x[1], x[2], x[3], x[4]); },
                  [](const References &x) {
                    return generate(x[0].shape, [&](const Shape &at) {
                      int64_t c = at[1];
                      return (elementAt(x[0], at) - x[1][c]) / std::sqrt(x[2][c] + 1e-5) * x[3][c] + x[4][c];
                    });
                  },
                  true});
  rows.push_back({"standardize/layer_norm",
                  {{{4, 6}}, {{6}}, {{6}}},
                  [](const Tensors &x) { return layerNorm(x[0], {6}, x[1], x[2]); },
                  [=](const References &x) { return affine(standardized(x[0], {1}, 1e-5), x[1], x[2], 0); },
                  true});
  rows.push_back({"standardize/layer_norm_two_axes",
                  {{{2, 3, 4}}},
                  [](const Tensors &x) { return layerNorm(x[0], {3, 4}); },
                  [=](const References &x) { return standardized(x[0], {1, 2}, 1e-5); }});
  rows.push_back({"standardize/group_norm",
                  {{{2, 6, 3}}, {{6}}, {{6}}},
                  [](const Tensors &x) { return groupNorm(x[0], 2, x[1], x[2]); },
                  [=](const References &x) {
                    Reference y = standardized(reshaped(x[0], {2, 2, 3, 3}), {2, 3}, 1e-5);
                    return affine(reshaped(y, {2, 6, 3}), x[1], x[2], 1);
                  },
                  true});
  rows.push_back({"standardize/instance_norm",
                  {{{2, 3, 2, 3}}, {{3}}, {{3}}},
                  [](const Tensors &x) { return instanceNorm(x[0], x[1], x[2]); },
                  [=](const References &x) { return affine(standardized(x[0], {2, 3}, 1e-5), x[1], x[2], 2); }});
  rows.push_back({"standardize/large_mean",
                  {{{3, 5}, 20, 24}},
                  [](const Tensors &x) { return layerNorm(x[0], {5}); },
                  [=](const References &x) { return standardized(x[0], {1}, 1e-5); }});
  rows.push_back({"rms_norm/last",
                  {{{4, 6}}, {{6}}},
                  [](const Tensors &x) { return rmsNorm(x[0], {6}, x[1]); },
                  [](const References &x) {
                    Reference square = meanOf(map(x[0], [](double v) { return v * v; }), {1});
                    Reference y = map(x[0], reshaped(square, {4, 1}),
                                      [](double v, double s) { return v / std::sqrt(s + 1e-6); });
                    return map(y, x[1], times);
                  },
                  true});
  return rows;
}

std::vector<Row> normalizations() {
  auto softmaxOf = [](const Reference &x, int64_t axis) {
    Reference e = map(x, [](double v) { return std::exp(v); });
    Reference s = sumOf(e, {axis});
    Shape kept = x.shape;
    kept[axis] = 1;
    return map(e, reshaped(s, kept), over);
  };
  auto logOf = [](const Reference &x) { return map(x, [](double v) { return std::log(v); }); };
  std::vector<Row> rows;
  struct Use {
    std::string name;
    Shape shape;
    int64_t axis;
    bool second;
  };
  const Use uses[] = {{"last", {3, 5}, 1, true},    {"first", {5, 3}, 0, false},
                      {"middle", {2, 4, 3}, 1, false}, {"vector", {6}, 0, false},
                      {"of_one", {3, 1}, 1, false}, {"wide", {2, 19}, 1, false}};
  for (const Use &use : uses) {
    int64_t axis = use.axis;
    rows.push_back({"softmax/" + use.name,
                    {{use.shape}},
                    [=](const Tensors &x) { return softmax(x[0], axis); },
                    [=](const References &x) { return softmaxOf(x[0], axis); },
                    use.second});
    rows.push_back({"log_softmax/" + use.name,
                    {{use.shape}},
                    [=](const Tensors &x) { return logSoftmax(x[0], axis); },
                    [=](const References &x) { return logOf(softmaxOf(x[0], axis)); },
                    use.second});
  }
  rows.push_back({"softmax/large_logits",
                  {{{3, 4}, -300, 300}},
                  [](const Tensors &x) { return softmax(x[0]); },
                  [=](const References &x) {
                    Reference m = reshaped(maxOf(x[0], {1}), {3, 1});
                    return softmaxOf(map(x[0], m, minus), 1);
                  }});
  rows.push_back({"log_sum_exp/large_logits",
                  {{{3, 4}, -3000, 3000}},
                  [](const Tensors &x) { return logSumExp(x[0], 1); },
                  [=](const References &x) {
                    Reference m = maxOf(x[0], {1});
                    Reference z = map(x[0], reshaped(m, {3, 1}), minus);
                    return map(logSumExpOf(z, {1}), m, plus);
                  }});
  return rows;
}

} // namespace

std::vector<Family> normalizationRows() {
  return {{"normalizations", normalizations()}, {"norms", norms()}};
}

} // namespace gradus::testing
