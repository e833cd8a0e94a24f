#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

/// Element i holds what `f` makes of the elements that a scan has seen there, in its order.
Reference scanOf(const Reference &x, int64_t axis, bool reverse, bool exclusive,
                 const std::function<double(const std::vector<double> &)> &f) {
  int64_t size = x.shape[axis];
  return generate(x.shape, [&](const Shape &at) {
    std::vector<double> seen;
    for (int64_t step = 0; step < size; ++step) {
      Shape from = at;
      from[axis] = reverse ? size - 1 - step : step;
      if (from[axis] == at[axis] && exclusive)
        break;
      seen.push_back(elementAt(x, from));
      if (from[axis] == at[axis])
        break;
    }
    return f(seen);
  });
}

double sumUp(const std::vector<double> &seen) {
  double y = 0;
  for (double x : seen)
    y += x;
  return y;
}
double multiplyUp(const std::vector<double> &seen) {
  double y = 1;
  for (double x : seen)
    y *= x;
  return y;
}
double logSumExpUp(const std::vector<double> &seen) {
  double y = 0;
  for (double x : seen)
    y += std::exp(x);
  return std::log(y);
}

using Scan = std::function<Tensor(const Tensor &, int64_t, ScanOptions)>;

Row scan(std::string name, Shape shape, int64_t axis, ScanOptions options, Scan op,
         double (*f)(const std::vector<double> &), bool second = false) {
  return {std::move(name),
          {{shape}},
          [=](const Tensors &x) { return op(x[0], axis, options); },
          [=](const References &x) { return scanOf(x[0], axis, options.reverse, options.exclusive, f); },
          second};
}

/// Some elements are replaced by one that is exactly 0.
Tensor withZeros(const Tensors &x) { return where(x[2], x[0], x[1]); }
Reference withZeros(const References &x) {
  return generate(x[1].shape, [&](const Shape &at) {
    return elementAt(x[2], at) != 0 ? x[0][0] : elementAt(x[1], at);
  });
}
std::vector<OperandSpec> zeroSpecs(Shape shape, double share) {
  return {{{1}, -0.37, 0.63}, {shape}, {shape, 0, 1 + share, Kind::flag}};
}

std::vector<Row> scans() {
  std::vector<Row> rows;
  struct Op {
    std::string name;
    Scan op;
    double (*f)(const std::vector<double> &);
    bool exclusive;
  };
  const Op ops[] = {
      {"cumsum", [](const Tensor &x, int64_t a, ScanOptions o) { return cumsum(x, a, o); }, sumUp, true},
      {"cumprod", [](const Tensor &x, int64_t a, ScanOptions o) { return cumprod(x, a, o); }, multiplyUp, true},
      {"log_cum_sum_exp", [](const Tensor &x, int64_t a, ScanOptions o) { return logCumSumExp(x, a, o); },
       logSumExpUp, false},
  };
  for (const Op &op : ops) {
    rows.push_back(scan(op.name + "/inner", {3, 5}, 1, {}, op.op, op.f, true));
    rows.push_back(scan(op.name + "/outer", {5, 3}, 0, {}, op.op, op.f, true));
    rows.push_back(scan(op.name + "/middle", {2, 4, 3}, 1, {}, op.op, op.f));
    rows.push_back(scan(op.name + "/vector", {6}, 0, {}, op.op, op.f));
    rows.push_back(scan(op.name + "/many_columns", {3, 70}, 0, {}, op.op, op.f));
    rows.push_back(scan(op.name + "/many_rows", {37, 3}, 1, {}, op.op, op.f));
    rows.push_back(scan(op.name + "/reverse", {3, 4}, 1, {.reverse = true}, op.op, op.f, true));
    if (op.exclusive) {
      rows.push_back(scan(op.name + "/exclusive", {3, 4}, 1, {.exclusive = true}, op.op, op.f, true));
      rows.push_back(scan(op.name + "/exclusive_reverse", {4, 3}, 0, {.reverse = true, .exclusive = true},
                          op.op, op.f));
    }
  }
  // The first result is -inf; its exponential is not.
  rows.push_back({"log_cum_sum_exp/exclusive",
                  {{{3, 4}}},
                  [](const Tensors &x) { return exp(logCumSumExp(x[0], 1, {.exclusive = true})); },
                  [](const References &x) {
                    return map(scanOf(x[0], 1, false, true, logSumExpUp), [](double v) { return std::exp(v); });
                  },
                  true});
  rows.push_back({"cumprod/of_zeros", zeroSpecs({3, 4}, 0.3),
                  [](const Tensors &x) { return cumprod(withZeros(x), 1); },
                  [](const References &x) { return scanOf(withZeros(x), 1, false, false, multiplyUp); }, true});
  rows.push_back({"prod/of_zeros", zeroSpecs({4, 3}, 0.3),
                  [](const Tensors &x) { return prod(withZeros(x), 1); },
                  [](const References &x) { return fold(withZeros(x), {1}, 1, times); }, true});
  rows.push_back({"linear_scan",
                  {{{3, 4}}, {{3, 4}}},
                  [](const Tensors &x) { return linearScan(x[0], x[1], 1, 0.5); },
                  [](const References &x) {
                    return generate({3, 4}, [&](const Shape &at) {
                      double s = 0.5;
                      for (int64_t i = 0; i < at[1]; ++i)
                        s = elementAt(x[0], {at[0], i}) * s + elementAt(x[1], {at[0], i});
                      return s;
                    });
                  },
                  true});
  rows.push_back({"linear_scan/reverse",
                  {{{4, 3}}, {{4, 3}}},
                  [](const Tensors &x) { return linearScan(x[0], x[1], 0, 0, true); },
                  [](const References &x) {
                    return generate({4, 3}, [&](const Shape &at) {
                      double s = 0;
                      for (int64_t i = 3; i > at[0]; --i)
                        s = elementAt(x[0], {i, at[1]}) * s + elementAt(x[1], {i, at[1]});
                      return s;
                    });
                  },
                  true});
  auto extremum = [](const std::string &name, bool largest, bool reverse) {
    return Row{name,
               {{{3, 5}}},
               [=](const Tensors &x) {
                 auto [y, i] = largest ? cummax(x[0], 1, reverse) : cummin(x[0], 1, reverse);
                 return y * (cast(i, x[0].dtype()) + 1);
               },
               [=](const References &x) {
                 return generate({3, 5}, [&](const Shape &at) {
                   int64_t best = reverse ? 4 : 0, step = reverse ? -1 : 1;
                   for (int64_t i = best; i != at[1] + step; i += step) {
                     double v = elementAt(x[0], {at[0], i}), b = elementAt(x[0], {at[0], best});
                     if (largest ? v >= b : v <= b)
                       best = i;
                   }
                   return elementAt(x[0], {at[0], best}) * double(best + 1);
                 });
               }};
  };
  rows.push_back(extremum("cummax", true, false));
  rows.push_back(extremum("cummax/reverse", true, true));
  rows.push_back(extremum("cummin", false, false));
  rows.push_back({"cummax/squared",
                  {{{4, 3}}},
                  [](const Tensors &x) {
                    Tensor y = cummax(x[0], 0).values;
                    return y * y;
                  },
                  [](const References &x) {
                    return scanOf(x[0], 0, false, false, [](const std::vector<double> &seen) {
                      double y = *std::max_element(seen.begin(), seen.end());
                      return y * y;
                    });
                  },
                  true});
  return rows;
}

} // namespace

std::vector<Family> scanRows() { return {{"scans", scans()}}; }

} // namespace gradus::testing
