#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

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
  return {{"normalizations", normalizations()}};
}

} // namespace gradus::testing
