#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

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
  };
}

} // namespace

std::vector<Family> elementwiseRows() {
  return {{"functions", functions()}, {"arithmetic", arithmetic()}, {"comparisons", comparisons()}};
}

} // namespace gradus::testing
