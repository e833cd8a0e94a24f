#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

Row reduction(std::string name, Shape shape, std::vector<int64_t> axes, bool keep,
              std::function<Tensor(Tensor, Axes, bool)> op,
              std::function<Reference(const Reference &, const std::vector<int64_t> &)> f,
              bool second = false) {
  return {std::move(name),
          {{shape}},
          [=](const Tensors &x) { return op(x[0], axes, keep); },
          [=](const References &x) {
            Reference y = f(x[0], axes);
            if (keep) {
              Shape kept = x[0].shape;
              for (int64_t axis : axes)
                kept[axis] = 1;
              y.shape = kept;
            }
            return y;
          },
          second};
}

std::vector<Row> reductions() {
  struct Op {
    std::string name;
    std::function<Tensor(Tensor, Axes, bool)> op;
    std::function<Reference(const Reference &, const std::vector<int64_t> &)> f;
    bool second;
  };
  const Op ops[] = {
      {"sum", [](Tensor x, Axes a, bool k) { return sum(x, a, k); }, sumOf, false},
      {"mean", [](Tensor x, Axes a, bool k) { return mean(x, a, k); }, meanOf, false},
      {"max", [](Tensor x, Axes a, bool k) { return max(x, a, k); }, maxOf, false},
      {"min", [](Tensor x, Axes a, bool k) { return min(x, a, k); }, minOf, false},
      {"log_sum_exp", [](Tensor x, Axes a, bool k) { return logSumExp(x, a, k); }, logSumExpOf,
       true},
  };
  std::vector<Row> rows;
  for (const Op &op : ops) {
    rows.push_back(reduction(op.name + "/all", {3, 4}, {0, 1}, false, op.op, op.f, op.second));
    rows.push_back(reduction(op.name + "/inner", {3, 5}, {1}, false, op.op, op.f, op.second));
    rows.push_back(reduction(op.name + "/outer", {5, 3}, {0}, false, op.op, op.f));
    rows.push_back(reduction(op.name + "/middle", {2, 4, 3}, {1}, false, op.op, op.f));
    rows.push_back(reduction(op.name + "/outer_and_inner", {2, 3, 4}, {0, 2}, false, op.op, op.f));
    rows.push_back(reduction(op.name + "/kept", {2, 3, 4}, {1, 2}, true, op.op, op.f));
    rows.push_back(reduction(op.name + "/no_axis", {2, 3}, {}, false, op.op, op.f));
    rows.push_back(reduction(op.name + "/of_one", {3, 1}, {1}, false, op.op, op.f));
  }
  rows.push_back(
      {"sum/of_squares",
       {{{3, 4}}},
       [](const Tensors &x) { return sum(x[0] * x[0], 1); },
       [](const References &x) { return sumOf(map(x[0], x[0], times), {1}); },
       true});
  rows.push_back({"mean/variance",
                  {{{3, 4}}},
                  [](const Tensors &x) {
                    Tensor centred = x[0] - mean(x[0], 1, true);
                    return mean(centred * centred, 1);
                  },
                  [](const References &x) {
                    Reference m = reshaped(meanOf(x[0], {1}), {3, 1});
                    Reference c = map(x[0], m, minus);
                    return meanOf(map(c, c, times), {1});
                  },
                  true});
  rows.push_back({"mean/standardised_columns",
                  {{{5, 3}}},
                  [](const Tensors &x) {
                    Tensor centred = x[0] - mean(x[0], 0);
                    return centred * rsqrt(mean(centred * centred, 0) + 0.1);
                  },
                  [](const References &x) {
                    Reference c = map(x[0], meanOf(x[0], {0}), minus);
                    return map(c, meanOf(map(c, c, times), {0}),
                               [](double v, double s) { return v / std::sqrt(s + 0.1); });
                  },
                  true});
  return rows;
}

} // namespace

std::vector<Family> reductionRows() {
  return {{"reductions", reductions()}};
}

} // namespace gradus::testing
