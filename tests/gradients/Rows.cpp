#include "tests/gradients/Rows.h"

#include <cmath>
#include <limits>

namespace gradus::testing {

namespace {

using Tensors = std::vector<Tensor>;
using References = std::vector<Reference>;
using Unary = Tensor (*)(const Tensor &, Location);

constexpr Kind fixed = Kind::realFixed;

Row unary(std::string name, Tensor (*op)(const Tensor &, Location), double (*f)(double), double low,
          double high, bool second = false) {
  return {std::move(name),
          {{{3, 5}, low, high}},
          [op](const Tensors &x) { return op(x[0], Location::current()); },
          [f](const References &x) { return map(x[0], f); },
          second};
}

Row binary(std::string name, Shape a, Shape b, std::function<Tensor(Tensor, Tensor)> op,
           double (*f)(double, double), double low = -2, double high = 2, bool second = false) {
  return {std::move(name),
          {{std::move(a), low, high}, {std::move(b), low, high}},
          [op](const Tensors &x) { return op(x[0], x[1]); },
          [f](const References &x) { return map(x[0], x[1], f); },
          second};
}

double sigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }
double plus(double a, double b) { return a + b; }
double minus(double a, double b) { return a - b; }
double times(double a, double b) { return a * b; }
double over(double a, double b) { return a / b; }
double larger(double a, double b) { return std::max(a, b); }
double smaller(double a, double b) { return std::min(a, b); }
double signOf(double x) { return (x > 0) - (x < 0); }

std::vector<Row> functions() {
  return {
      unary("exp", exp, std::exp, -2, 2, true),
      unary("expm1", expm1, std::expm1, -1, 1, true),
      unary("log", log, std::log, 0.2, 3, true),
      unary("log1p", log1p, std::log1p, -0.6, 3, true),
      unary("sqrt", sqrt, std::sqrt, 0.2, 4, true),
      unary("rsqrt", rsqrt, [](double x) { return 1 / std::sqrt(x); }, 0.3, 4, true),
      unary("tanh", tanh, std::tanh, -2, 2, true),
      unary("sigmoid", sigmoid, sigmoidOf, -3, 3, true),
      unary("relu", relu, [](double x) { return x > 0 ? x : 0; }, -2, 2, true),
      unary("abs", abs, [](double x) { return std::abs(x); }, -2, 2),
      unary("sign", sign, signOf, -2, 2),
      {"neg",
       {{{3, 5}}},
       [](const Tensors &x) { return -x[0]; },
       [](const References &x) { return map(x[0], [](double v) { return -v; }); }},
      {"exp/scalar",
       {{{}, 0.3, 0.5}},
       [](const Tensors &x) { return exp(x[0]); },
       [](const References &x) { return map(x[0], [](double v) { return std::exp(v); }); }},
      {"tanh/fan_out",
       {{{2, 3}}},
       [](const Tensors &x) {
         Tensor y = tanh(x[0]);
         return y * y + y * x[0] - exp(y);
       },
       [](const References &x) {
         return map(x[0], [](double v) {
           double y = std::tanh(v);
           return y * y + y * v - std::exp(y);
         });
       },
       true},
      {"tanh/rank_8",
       {{{2, 1, 2, 1, 2, 1, 1, 3}}},
       [](const Tensors &x) { return tanh(x[0]); },
       [](const References &x) { return map(x[0], [](double v) { return std::tanh(v); }); }},
      {"exp/vector_with_tail",
       {{{37}}},
       [](const Tensors &x) { return exp(x[0]); },
       [](const References &x) { return map(x[0], [](double v) { return std::exp(v); }); }},
  };
}

std::vector<Row> arithmetic() {
  auto add = [](Tensor a, Tensor b) { return a + b; };
  auto sub = [](Tensor a, Tensor b) { return a - b; };
  auto mul = [](Tensor a, Tensor b) { return a * b; };
  auto div = [](Tensor a, Tensor b) { return a / b; };
  auto power = [](Tensor a, Tensor b) { return pow(a, b); };
  auto greater = [](Tensor a, Tensor b) { return maximum(a, b); };
  auto lesser = [](Tensor a, Tensor b) { return minimum(a, b); };
  return {
      binary("add", {3, 4}, {3, 4}, add, plus),
      binary("add/row", {3, 4}, {4}, add, plus),
      binary("add/column", {3, 4}, {3, 1}, add, plus),
      binary("add/both_stretch", {3, 1}, {1, 4}, add, plus),
      binary("add/left_shorter", {4}, {2, 3, 4}, add, plus),
      binary("add/scalar", {}, {2, 3}, add, plus),
      binary("sub", {3, 4}, {3, 4}, sub, minus),
      binary("sub/row", {3, 4}, {4}, sub, minus),
      binary("mul", {3, 4}, {3, 4}, mul, times, -2, 2, true),
      binary("mul/outer", {3, 1}, {4}, mul, times, -2, 2, true),
      binary("mul/inner_axis", {2, 3, 4}, {2, 1, 4}, mul, times),
      binary("div", {3, 4}, {3, 4}, div, over, 0.5, 2, true),
      binary("div/row", {3, 4}, {1, 4}, div, over, 0.5, 2),
      binary("pow", {3, 4}, {3, 4}, power, std::pow, 0.4, 2, true),
      binary("pow/row", {3, 4}, {4}, power, std::pow, 0.4, 2),
      binary("maximum", {3, 4}, {3, 4}, greater, larger),
      binary("maximum/row", {3, 4}, {1, 4}, greater, larger),
      binary("minimum", {3, 4}, {3, 4}, lesser, smaller),
      binary("minimum/row", {3, 4}, {3, 1}, lesser, smaller),
      {"mul/number",
       {{{2, 3}}},
       [](const Tensors &x) { return 2.5 * x[0] - x[0] / 4 + 1; },
       [](const References &x) {
         return map(x[0], [](double v) { return 2.5 * v - v / 4 + 1; });
       }},
      {"mul/square",
       {{{2, 3}}},
       [](const Tensors &x) { return x[0] * x[0]; },
       [](const References &x) { return map(x[0], [](double v) { return v * v; }); },
       true},
      {"pow/negative_base",
       {{{2, 3}}},
       [](const Tensors &x) { return pow(x[0], 3); },
       [](const References &x) { return map(x[0], [](double v) { return v * v * v; }); }},
      {"where",
       {{{3, 4}, 0, 2, Kind::flag}, {{3, 4}}, {{3, 4}}},
       [](const Tensors &x) { return where(x[0], x[1], x[2]); },
       [](const References &x) {
         return generate({3, 4}, [&](const Shape &at) {
           return elementAt(x[0], at) != 0 ? elementAt(x[1], at) : elementAt(x[2], at);
         });
       }},
      {"where/broadcast",
       {{{3, 1}, 0, 2, Kind::flag}, {{4}}, {{}}},
       [](const Tensors &x) { return where(x[0], x[1], x[2]); },
       [](const References &x) {
         return generate({3, 4}, [&](const Shape &at) {
           return elementAt(x[0], at) != 0 ? elementAt(x[1], at) : elementAt(x[2], at);
         });
       }},
      {"where/safe_log",
       {{{3, 4}}},
       [](const Tensors &x) {
         Tensor positive = x[0] > 0;
         return where(positive, log(where(positive, x[0], 1)), 0);
       },
       [](const References &x) {
         return map(x[0], [](double v) { return v > 0 ? std::log(v) : 0; });
       },
       true},
      {"cast",
       {{{2, 5}}},
       [](const Tensors &x) { return cast(cast(x[0], DType::f64), x[0].dtype()); },
       [](const References &x) { return x[0]; }},
      {"cast/flag_as_mask",
       {{{2, 5}}},
       [](const Tensors &x) { return cast(x[0] > 0, x[0].dtype()) * x[0]; },
       [](const References &x) { return map(x[0], [](double v) { return v > 0 ? v : 0; }); }},
      {"cast/truncates",
       {{{2, 5}, -4, 4, fixed}, {{2, 5}}},
       [](const Tensors &x) { return cast(cast(x[0], DType::i32), x[1].dtype()) + x[1]; },
       [](const References &x) {
         return map(x[0], x[1], [](double a, double b) { return std::trunc(a) + b; });
       }},
  };
}

std::vector<Row> comparisons() {
  auto compare = [](std::string name, std::function<Tensor(Tensor, Tensor)> op,
                    double (*f)(double, double)) -> Row {
    // Rounded operands, so that some are equal.
    return {std::move(name),
            {{{3, 4}, 0, 4, Kind::index}, {{4}, 0, 4, Kind::index}, {{3, 4}}},
            [op](const Tensors &x) { return cast(op(x[0], x[1]), x[2].dtype()) * x[2]; },
            [f](const References &x) { return map(map(x[0], x[1], f), x[2], times); }};
  };
  auto logic = [](std::string name, std::function<Tensor(Tensor, Tensor)> op,
                  double (*f)(double, double)) -> Row {
    return {std::move(name),
            {{{3, 4}, 0, 2, Kind::flag}, {{3, 1}, 0, 2, Kind::flag}, {{3, 4}}},
            [op](const Tensors &x) { return where(op(x[0], x[1]), x[2], 0); },
            [f](const References &x) { return map(map(x[0], x[1], f), x[2], times); }};
  };
  return {
      compare("eq", [](Tensor a, Tensor b) { return equal(a, b); },
              [](double a, double b) { return double(a == b); }),
      compare("ne", [](Tensor a, Tensor b) { return notEqual(a, b); },
              [](double a, double b) { return double(a != b); }),
      compare("lt", [](Tensor a, Tensor b) { return a < b; },
              [](double a, double b) { return double(a < b); }),
      compare("le", [](Tensor a, Tensor b) { return a <= b; },
              [](double a, double b) { return double(a <= b); }),
      compare("gt", [](Tensor a, Tensor b) { return a > b; },
              [](double a, double b) { return double(a > b); }),
      compare("ge", [](Tensor a, Tensor b) { return a >= b; },
              [](double a, double b) { return double(a >= b); }),
      logic("and", [](Tensor a, Tensor b) { return a & b; },
            [](double a, double b) { return double(a && b); }),
      logic("or", [](Tensor a, Tensor b) { return a | b; },
            [](double a, double b) { return double(a || b); }),
      logic("xor", [](Tensor a, Tensor b) { return a ^ b; },
            [](double a, double b) { return double((a != 0) != (b != 0)); }),
      logic("not", [](Tensor a, Tensor b) { return (!a) & b; },
            [](double a, double b) { return double(!a && b); }),
      {"add/integers",
       {{{3, 4}, -5, 5, Kind::index}, {{4}, -5, 5, Kind::index}, {{3, 4}}},
       [](const Tensors &x) {
         return cast(x[0] + x[1] * x[0] - x[1] / 2, x[2].dtype()) * x[2];
       },
       [](const References &x) {
         Reference n = map(x[0], x[1], [](double a, double b) {
           return a + b * a - std::trunc(b / 2);
         });
         return map(n, x[2], times);
       }},
      {"max/integers",
       {{{3, 4}, -5, 5, Kind::index64}, {{3}}},
       [](const Tensors &x) {
         return cast(max(x[0], 1) - min(x[0], 1) + sum(x[0], 1), x[1].dtype()) * x[1];
       },
       [](const References &x) {
         Reference high = fold(x[0], {1}, -99, larger), low = fold(x[0], {1}, 99, smaller);
         return map(map(map(high, low, minus), sumOf(x[0], {1}), plus), x[1], times);
       }},
      {"argmax",
       {{{3, 4}}, {{3}}},
       [](const Tensors &x) { return cast(argmax(x[0]), x[1].dtype()) * x[1]; },
       [](const References &x) {
         Reference best = generate({3}, [&](const Shape &at) {
           int64_t best = 0;
           for (int64_t i = 1; i < 4; ++i)
             if (elementAt(x[0], {at[0], i}) > elementAt(x[0], {at[0], best}))
               best = i;
           return double(best);
         });
         return map(best, x[1], times);
       }},
      {"argmax/outer_axis_first_of_equals",
       {{{5, 3}, 0, 3, Kind::index}, {{1, 3}}},
       [](const Tensors &x) { return cast(argmax(x[0], 0, true), x[1].dtype()) * x[1]; },
       [](const References &x) {
         Reference best = generate({1, 3}, [&](const Shape &at) {
           int64_t best = 0;
           for (int64_t i = 1; i < 5; ++i)
             if (elementAt(x[0], {i, at[1]}) > elementAt(x[0], {best, at[1]}))
               best = i;
           return double(best);
         });
         return map(best, x[1], times);
       }},
      {"one_hot",
       {{{4}, -1, 4, Kind::index}, {{4, 3}}},
       [](const Tensors &x) { return oneHot(x[0], 3, x[1].dtype()) * x[1]; },
       [](const References &x) {
         return generate({4, 3}, [&](const Shape &at) {
           return elementAt(x[0], {at[0]}) == double(at[1]) ? elementAt(x[1], at) : 0;
         });
       }},
  };
}

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

Reference meanOf(const Reference &x, const std::vector<int64_t> &axes) {
  Reference y = sumOf(x, axes);
  double n = double(x.size()) / double(y.size());
  return map(y, [n](double v) { return v / n; });
}
Reference logSumExpOf(const Reference &x, const std::vector<int64_t> &axes) {
  return map(sumOf(map(x, [](double v) { return std::exp(v); }), axes),
             [](double v) { return std::log(v); });
}
Reference maxOf(const Reference &x, const std::vector<int64_t> &axes) {
  return fold(x, axes, -std::numeric_limits<double>::infinity(), larger);
}
Reference minOf(const Reference &x, const std::vector<int64_t> &axes) {
  return fold(x, axes, std::numeric_limits<double>::infinity(), smaller);
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

std::vector<Row> contractions() {
  auto multiply = [](std::string name, Shape a, Shape b, bool second = false) -> Row {
    return {std::move(name),
            {{a}, {b}},
            [](const Tensors &x) { return matmul(x[0], x[1]); },
            [](const References &x) { return product(x[0], x[1]); },
            second};
  };
  std::vector<Row> rows = {
      multiply("matmul", {3, 4}, {4, 5}, true),
      multiply("matmul/row", {4}, {4, 3}),
      multiply("matmul/column", {3, 4}, {4}),
      multiply("matmul/dot", {5}, {5}, true),
      multiply("matmul/row_batch", {4}, {2, 4, 3}),
      multiply("matmul/batch_column", {2, 3, 4}, {4}),
      multiply("matmul/batch", {2, 3, 4}, {2, 4, 2}, true),
      multiply("matmul/batch_weight", {2, 3, 4}, {4, 2}),
      multiply("matmul/matrix_batch", {3, 4}, {2, 4, 2}),
      multiply("matmul/stretched", {2, 1, 3, 2}, {3, 2, 2}),
      multiply("matmul/two_batches", {2, 2, 3, 2}, {2, 2, 2, 3}),
      multiply("matmul/of_one", {1, 1}, {1, 1}),
      multiply("matmul/inner_one", {3, 1}, {1, 4}),
      multiply("matmul/narrow", {7, 9}, {9, 1}),
      multiply("matmul/thin", {1, 9}, {9, 7}),
  };
  rows.push_back({"matmul/layer",
                  {{{4, 3}}, {{3, 5}}, {{5}}},
                  [](const Tensors &x) { return tanh(matmul(x[0], x[1]) + x[2]); },
                  [](const References &x) {
                    return map(product(x[0], x[1]), x[2],
                               [](double a, double b) { return std::tanh(a + b); });
                  },
                  true});
  rows.push_back({"matmul/transposed_operands",
                  {{{4, 3}}, {{5, 4}}},
                  [](const Tensors &x) { return matmul(transpose(x[0]), transpose(x[1])); },
                  [](const References &x) {
                    return product(transposed(x[0], {1, 0}), transposed(x[1], {1, 0}));
                  }});
  rows.push_back({"matmul/gram",
                  {{{4, 3}}},
                  [](const Tensors &x) { return matmul(x[0], transpose(x[0])); },
                  [](const References &x) { return product(x[0], transposed(x[0], {1, 0})); },
                  true});
  rows.push_back({"matmul/two_layers",
                  {{{4, 3}}, {{3, 5}}, {{5}}, {{5, 2}}},
                  [](const Tensors &x) {
                    return matmul(sigmoid(matmul(x[0], x[1]) + x[2]), x[3]);
                  },
                  [](const References &x) {
                    Reference h = map(product(x[0], x[1]), x[2],
                                      [](double a, double b) { return sigmoidOf(a + b); });
                    return product(h, x[3]);
                  },
                  true});
  return rows;
}

std::vector<Row> movements() {
  auto same = [](std::string name, Shape from, Shape to) -> Row {
    return {std::move(name),
            {{from}},
            [to](const Tensors &x) { return reshape(x[0], to); },
            [to](const References &x) { return reshaped(x[0], to); }};
  };
  auto permute = [](std::string name, Shape from, std::vector<int64_t> order) -> Row {
    return {std::move(name),
            {{from}},
            [order](const Tensors &x) { return transpose(x[0], order); },
            [order](const References &x) { return transposed(x[0], order); }};
  };
  auto stretch = [](std::string name, Shape from, Shape to) -> Row {
    return {std::move(name),
            {{from}},
            [to](const Tensors &x) { return broadcastTo(x[0], to); },
            [to](const References &x) {
              return generate(to, [&](const Shape &at) { return elementAt(x[0], at); });
            }};
  };
  return {
      same("reshape", {3, 4}, {12}),
      same("reshape/split", {12}, {2, 3, 2}),
      same("reshape/regroup", {2, 6}, {3, 4}),
      same("reshape/ones", {3, 4}, {1, 3, 1, 4}),
      same("reshape/scalar", {1, 1}, {}),
      permute("transpose", {3, 4}, {1, 0}),
      permute("transpose/rotate", {2, 3, 4}, {2, 0, 1}),
      permute("transpose/inner", {2, 3, 4}, {0, 2, 1}),
      permute("transpose/nothing", {2, 3}, {0, 1}),
      stretch("broadcast", {3}, {2, 3}),
      stretch("broadcast/column", {3, 1}, {3, 4}),
      stretch("broadcast/both", {2, 1, 3, 1}, {2, 4, 3, 2}),
      stretch("broadcast/scalar", {}, {2, 2}),
      {"transpose/chain",
       {{{2, 3, 4}}},
       [](const Tensors &x) {
         return exp(reshape(transpose(reshape(x[0], {6, 4})), {2, 12}));
       },
       [](const References &x) {
         Reference y = transposed(reshaped(x[0], {6, 4}), {1, 0});
         return map(reshaped(y, {2, 12}), [](double v) { return std::exp(v); });
       },
       true},
      {"broadcast/chain",
       {{{3}}},
       [](const Tensors &x) { return transpose(broadcastTo(x[0] * x[0], {4, 3})); },
       [](const References &x) {
         return generate({3, 4}, [&](const Shape &at) { return x[0][at[0]] * x[0][at[0]]; });
       },
       true},
      {"gather",
       {{{5, 3}}, {{4}, 0, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({4, 3}, [&](const Shape &at) {
           return elementAt(x[0], {int64_t(x[1][at[0]]), at[1]});
         });
       }},
      {"gather/repeated",
       {{{3, 2}}, {{2, 4}, 0, 3, Kind::index64}},
       [](const Tensors &x) {
         Tensor y = gather(x[0], x[1]);
         return y * y;
       },
       [](const References &x) {
         return generate({2, 4, 2}, [&](const Shape &at) {
           double v = elementAt(x[0], {int64_t(elementAt(x[1], {at[0], at[1]})), at[2]});
           return v * v;
         });
       },
       true},
      {"gather/out_of_range_takes_the_nearest",
       {{{3, 2}}, {{6}, -2, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({6, 2}, [&](const Shape &at) {
           int64_t row = std::clamp<int64_t>(int64_t(x[1][at[0]]), 0, 2);
           return elementAt(x[0], {row, at[1]});
         });
       }},
      {"gather/vector",
       {{{5}}, {{3}, 0, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({3}, [&](const Shape &at) { return x[0][size_t(x[1][at[0]])]; });
       }},
      {"scatter_add/as_gradient_of_gather",
       {{{4, 2}}, {{3}, 0, 4, Kind::index}, {{3, 2}}},
       [](const Tensors &x) {
         return gradients(sum(gather(x[0], x[1]) * exp(x[2])), {x[0]})[0];
       },
       [](const References &x) {
         Reference y = generate({4, 2}, [](const Shape &) { return 0; });
         for (int64_t i = 0; i < 3; ++i)
           for (int64_t j = 0; j < 2; ++j)
             y.values[size_t(x[1][i]) * 2 + j] += std::exp(elementAt(x[2], {i, j}));
         return y;
       }},
  };
}

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

const std::vector<Family> &families() {
  static const std::vector<Family> all = {
      {"functions", functions()},     {"arithmetic", arithmetic()},
      {"comparisons", comparisons()}, {"reductions", reductions()},
      {"normalizations", normalizations()}, {"contractions", contractions()},
      {"movements", movements()},     {"losses", losses()}};
  return all;
}

} // namespace gradus::testing
