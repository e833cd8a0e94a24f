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

Reference varianceOf(const Reference &x, const std::vector<int64_t> &axes) {
  Shape kept = x.shape;
  for (int64_t axis : axes)
    kept[axis] = 1;
  Reference c = map(x, reshaped(meanOf(x, axes), kept), minus);
  return meanOf(map(c, c, times), axes);
}

Reference normOf(const Reference &x, const std::vector<int64_t> &axes, double p) {
  if (std::isinf(p))
    return (p > 0 ? maxOf : minOf)(map(x, [](double v) { return std::abs(v); }), axes);
  Reference sum = sumOf(map(x, [p](double v) { return std::pow(std::abs(v), p); }), axes);
  return map(sum, [p](double v) { return std::pow(v, 1 / p); });
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
      {"prod", [](Tensor x, Axes a, bool k) { return prod(x, a, k); },
       [](const Reference &x, const std::vector<int64_t> &axes) { return fold(x, axes, 1, times); }, true},
      {"var", [](Tensor x, Axes a, bool k) { return var(x, a, k); }, varianceOf, true},
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
  for (double p : {1.0, 2.0, 3.0, 0.5, -2.0, double(INFINITY), -double(INFINITY)})
    rows.push_back({"norm/" + std::to_string(p),
                    {{{4, 3}}},
                    [p](const Tensors &x) { return norm(x[0], p, 0); },
                    [p](const References &x) { return normOf(x[0], {0}, p); },
                    std::isfinite(p)});
  rows.push_back({"norm/0",
                  {{{2, 8}, -1, 2}, {{2}}},
                  [](const Tensors &x) { return norm(where(x[0] > 0, x[0], 0), 0, 1) * x[1]; },
                  [](const References &x) {
                    return map(sumOf(map(x[0], [](double v) { return double(v > 0); }), {1}), x[1], times);
                  }});
  rows.push_back({"std",
                  {{{3, 5}}},
                  [](const Tensors &x) { return stdDev(x[0], 1, true, 1); },
                  [](const References &x) {
                    return reshaped(map(varianceOf(x[0], {1}), [](double v) { return std::sqrt(v * 5 / 4); }),
                                    {3, 1});
                  },
                  true});
  rows.push_back({"var/corrected",
                  {{{3, 4}}},
                  [](const Tensors &x) { return var(x[0], {}, false, 1); },
                  [](const References &x) {
                    return map(varianceOf(x[0], {0, 1}), [](double v) { return v * 12 / 11; });
                  },
                  true});
  // Booleans and counts, seen through a factor that is differentiated.
  auto counted = [](std::string name, Tensor (*op)(const Tensor &, const Axes &, bool, Location),
                    double (*f)(double, double)) {
    return Row{std::move(name),
               {{{6, 3}, 0, 1.4, Kind::flag}, {{6}}},
               [=](const Tensors &x) { return cast(op(x[0], 1, false, Location::current()), x[1].dtype()) * x[1]; },
               [=](const References &x) {
                 return map(map(sumOf(x[0], {1}), [f](double v) { return f(v, 3); }), x[1], times);
               }};
  };
  rows.push_back(counted("any", any, [](double n, double) { return double(n > 0); }));
  rows.push_back(counted("all", all, [](double n, double size) { return double(n == size); }));
  rows.push_back(counted("count_nonzero", countNonzero, [](double n, double) { return n; }));
  rows.push_back({"max/with_indices",
                  {{{4, 5}}},
                  [](const Tensors &x) {
                    auto [y, i] = maxWithIndices(x[0], 1);
                    return y * cast(i, y.dtype());
                  },
                  [](const References &x) {
                    return generate({4}, [&](const Shape &at) {
                      int64_t best = 0;
                      for (int64_t i = 1; i < 5; ++i)
                        if (elementAt(x[0], {at[0], i}) > elementAt(x[0], {at[0], best}))
                          best = i;
                      return elementAt(x[0], {at[0], best}) * double(best);
                    });
                  }});
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
