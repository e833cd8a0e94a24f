#include "tests/gradients/rows/Building.h"

#include <algorithm>

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

// --- references that the C library lacks

double erfinvOf(double y) { // Newton's iteration
  double x = 0;
  for (int i = 0; i < 60; ++i)
    x -= (std::erf(x) - y) / (M_2_SQRTPI * std::exp(-x * x));
  return x;
}

/// The first or second derivative of log gamma, x > 0: by the recurrence to x > 30, then by the
/// asymptotic series.
double polygammaOf(int order, double x) {
  double sum = 0;
  for (; x < 30; ++x)
    sum += order == 1 ? -1 / x : 1 / (x * x);
  double s = 1 / x, z = s * s;
  if (order == 1)
    return sum + std::log(x) - s / 2 - z * (1. / 12 - z * (1. / 120 - z * (1. / 252 - z / 240)));
  return sum + s + z / 2 + z * s * (1. / 6 - z * (1. / 30 - z * (1. / 42 - z / 30)));
}
double digammaOf(double x) { return polygammaOf(1, x); }
double trigammaOf(double x) { return polygammaOf(2, x); }

double softplusOf(double x) { return std::log1p(std::exp(x)); }
double normalOf(double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }
double remainderOf(double a, double b) { return a - b * std::floor(a / b); }
double quotientOf(double a, double b) { return std::floor(a / b); }
double logAddExpOf(double a, double b) { return std::log(std::exp(a) + std::exp(b)); }
double logAddExp2Of(double a, double b) { return std::log2(std::exp2(a) + std::exp2(b)); }
double xlogyOf(double a, double b) { return a * std::log(b); }

/// An op with attributes.
Row with(std::string name, std::function<Tensor(Tensor)> op, double (*f)(double), double low = -2,
         double high = 2, bool second = false) {
  return {std::move(name),
          {{{3, 7}, low, high}},
          [op](const Tensors &x) { return op(x[0]); },
          [f](const References &x) { return map(x[0], f); },
          second};
}

std::vector<Row> moreFunctions() {
  return {
      unary("floor", floor, std::floor, -4, 4),
      unary("ceil", ceil, std::ceil, -4, 4),
      unary("trunc", trunc, std::trunc, -4, 4),
      unary("round", round, std::nearbyint, -4, 4),
      unary("frac", frac, [](double x) { return x - std::trunc(x); }, -3.4, 3.4),
      unary("square", square, [](double x) { return x * x; }, -2, 2, true),
      unary("reciprocal", reciprocal, [](double x) { return 1 / x; }, 0.4, 3, true),
      unary("reciprocal/negative", reciprocal, [](double x) { return 1 / x; }, -3, -0.4),
      unary("cbrt", cbrt, std::cbrt, 0.3, 4, true),
      unary("cbrt/negative", cbrt, std::cbrt, -4, -0.3),
      unary("exp2", exp2, std::exp2, -2, 2, true),
      unary("log2", log2, std::log2, 0.3, 4, true),
      unary("log10", log10, std::log10, 0.3, 4, true),
      unary("sin", sin, std::sin, -4, 4, true),
      unary("cos", cos, std::cos, -4, 4, true),
      unary("tan", tan, std::tan, -1.2, 1.2, true),
      unary("asin", asin, std::asin, -0.8, 0.8, true),
      unary("acos", acos, std::acos, -0.8, 0.8, true),
      unary("atan", atan, std::atan, -3, 3, true),
      unary("sinh", sinh, std::sinh, -2, 2, true),
      unary("cosh", cosh, std::cosh, -2, 2, true),
      unary("asinh", asinh, std::asinh, -3, 3, true),
      unary("acosh", acosh, std::acosh, 1.3, 4, true),
      unary("atanh", atanh, std::atanh, -0.8, 0.8, true),
      unary("erf", erf, std::erf, -2, 2, true),
      unary("erfc", erfc, std::erfc, -2, 2, true),
      unary("erfinv", erfinv, erfinvOf, -0.8, 0.8, true),
      unary("lgamma", lgamma, std::lgamma, 0.4, 6, true),
      unary("digamma", digamma, digammaOf, 0.6, 6, true),
      unary("trigamma", trigamma, trigammaOf, 0.7, 6),
      with("log/logit", [](Tensor x) { return logit(x); },
           [](double x) { return std::log(x / (1 - x)); }, 0.2, 0.8, true),
      with("log/logit_eps", [](Tensor x) { return logit(x, 0.25); },
           [](double x) {
             double p = std::clamp(x, 0.25, 0.75);
             return std::log(p / (1 - p));
           },
           0.05, 0.95),
      with("where/nan_to_num", [](Tensor x) { return nanToNum(log(x), 3); },
           [](double x) { return x < 0 ? 3 : std::log(x); }),
      {"is_nan",
       {{{4}}},
       [](const Tensors &x) { return where(isNan(log(x[0])), x[0] * 2, x[0]); },
       [](const References &x) { return map(x[0], [](double v) { return v < 0 ? v * 2 : v; }); }},
      {"is_inf",
       {{{4}, 0.5, 2}},
       [](const Tensors &x) { return where(isInf(x[0] * 1e308 * 8), x[0] * 2, x[0]); },
       [](const References &x) { return map(x[0], [](double v) { return v * 2; }); }},
      {"is_finite",
       {{{6}, -2, 2}},
       [](const Tensors &x) {
         return where(isFinite(log(x[0])) & isFinite(x[0]), x[0] * 2, x[0]);
       },
       [](const References &x) { return map(x[0], [](double v) { return v < 0 ? v : v * 2; }); }},
  };
}

std::vector<Row> moreArithmetic() {
  auto call = [](Tensor (*op)(const Operand &, const Operand &, Location)) {
    return [op](Tensor a, Tensor b) { return op(a, b, Location::current()); };
  };
  auto split = [](std::string name, std::function<Tensor(Tensor, Tensor)> op,
                  double (*f)(double, double), double low, double high) -> Row {
    return {std::move(name),
            {{{3, 4}, -5, 5}, {{4}, low, high}},
            [op](const Tensors &x) { return op(x[0], x[1]); },
            [f](const References &x) { return map(x[0], x[1], f); }};
  };
  auto integers = [](std::string name, std::function<Tensor(Tensor, Tensor)> op,
                     double (*f)(double, double), Kind kind) -> Row {
    return {std::move(name),
            {{{5, 8}, -9, 9, kind}, {{8}, -4, 5, kind}, {{8}}},
            [op](const Tensors &x) { return cast(op(x[0], x[1]), x[2].dtype()) * x[2]; },
            [f](const References &x) { return map(map(x[0], x[1], f), x[2], times); }};
  };
  auto mod = [](double a, double b) { return b == 0 ? 0 : std::fmod(a, b); };
  auto pythonMod = [](double a, double b) { return b == 0 ? 0 : remainderOf(a, b); };
  auto pythonDiv = [](double a, double b) { return b == 0 ? 0 : quotientOf(a, b); };
  auto shift = [](double a, double b) { return b < 0 ? 0 : a * std::exp2(b); };
  auto unshift = [](double a, double b) {
    return b < 0 ? (a < 0 ? -1. : 0.) : std::floor(a / std::exp2(b));
  };
  return {
      binary("atan2", {3, 4}, {4}, call(atan2), std::atan2, -2, 2, true),
      binary("hypot", {3, 4}, {4}, call(hypot), std::hypot, -2, 2, true),
      binary("log_add_exp", {3, 4}, {3, 1}, call(logAddExp), logAddExpOf, -2, 2, true),
      binary("log_add_exp2", {3, 4}, {4}, call(logAddExp2), logAddExp2Of, -2, 2, true),
      binary("xlogy", {3, 4}, {4}, call(xlogy), xlogyOf, 0.4, 3, true),
      binary("copysign", {3, 4}, {4}, call(copysign), std::copysign),
      split("fmod", call(fmod), std::fmod, 1.3, 2.1),
      split("fmod/negative", call(fmod), std::fmod, -2.1, -1.3),
      split("remainder", call(remainder), remainderOf, 1.3, 2.1),
      split("remainder/negative", call(remainder), remainderOf, -2.1, -1.3),
      split("floor_divide", call(floorDivide), quotientOf, 1.3, 2.1),
      integers("fmod/integers", call(fmod), mod, Kind::index),
      integers("remainder/integers", call(remainder), pythonMod, Kind::index64),
      integers("floor_divide/integers", call(floorDivide), pythonDiv, Kind::index),
      integers("shift_left", call(shiftLeft), shift, Kind::index),
      integers("shift_right", call(shiftRight), unshift, Kind::index64),
      integers("and/integers", [](Tensor a, Tensor b) { return a & b; },
               [](double a, double b) { return double(int(a) & int(b)); }, Kind::index),
      integers("or/integers", [](Tensor a, Tensor b) { return a | b; },
               [](double a, double b) { return double(int(a) | int(b)); }, Kind::index),
      integers("xor/integers", [](Tensor a, Tensor b) { return (!a) ^ b; },
               [](double a, double b) { return double(~int(a) ^ int(b)); }, Kind::index64),
      integers("clamp/integers", [](Tensor a, Tensor b) { return clamp(a, -2.5, 3.5) + b; },
               [](double a, double b) { return std::clamp(a, -2., 3.) + b; }, Kind::index),
      integers("maximum/integers",
               [](Tensor a, Tensor b) {
                 return cast(maximum(cast(a, DType::u8), cast(b, DType::u8)), a.dtype());
               },
               [](double a, double b) {
                 return double(std::max<unsigned char>(int(a), int(b)));
               },
               Kind::index),
      integers("square/integers", [](Tensor a, Tensor b) { return square(a) - floor(b); },
               [](double a, double b) { return a * a - b; }, Kind::index),
      {"lerp",
       {{{3, 4}}, {{4}}, {{3, 1}, -0.5, 1.5}},
       [](const Tensors &x) { return lerp(x[0], x[1], x[2]); },
       [](const References &x) {
         return map(x[0], map(map(x[1], x[0], minus), x[2], times), plus);
       },
       true},
      {"lerp/number",
       {{{3, 4}}, {{3, 4}}},
       [](const Tensors &x) { return lerp(x[0], x[1], 0.25); },
       [](const References &x) {
         return map(x[0], x[1], [](double a, double b) { return a + 0.25 * (b - a); });
       }},
      {"mul/addcmul",
       {{{3, 4}}, {{4}}, {{3, 1}}},
       [](const Tensors &x) { return addcmul(x[0], x[1], x[2], -1.5); },
       [](const References &x) {
         return map(x[0], map(x[1], x[2], times), [](double a, double b) { return a - 1.5 * b; });
       }},
      {"div/addcdiv",
       {{{3, 4}}, {{4}}, {{3, 1}, 0.5, 2}},
       [](const Tensors &x) { return addcdiv(x[0], x[1], x[2], 2); },
       [](const References &x) {
         return map(x[0], map(x[1], x[2], over), [](double a, double b) { return a + 2 * b; });
       }},
      {"where/masked_fill",
       {{{3, 4}}, {{4}, 0, 2, Kind::flag}},
       [](const Tensors &x) { return maskedFill(x[0], x[1], -9); },
       [](const References &x) {
         return map(x[0], x[1], [](double v, double c) { return c != 0 ? -9 : v; });
       }},
      {"le/is_close",
       {{{3, 4}}, {{4}, 0, 3, Kind::index}},
       [](const Tensors &x) {
         Tensor y = cast(x[1], x[0].dtype());
         return where(isClose(y * (1 + 5e-6), 1) & !isClose(y / 0, y / 0 * -1), x[0] * 2, x[0]);
       },
       [](const References &x) {
         return map(x[0], x[1], [](double v, double n) { return n == 1 ? v * 2 : v; });
       }},
      {"bitcast",
       {{{5}, -4, 4, Kind::index}, {{5}}},
       [](const Tensors &x) {
         Tensor bits = bitcast(cast(x[0], DType::f32), DType::i32);
         return cast(bitcast(bits ^ shiftLeft(cast(x[0] * 0 + 1, DType::i32), 31), DType::f32),
                     x[1].dtype()) *
                x[1];
       },
       [](const References &x) { return map(x[0], x[1], [](double a, double b) { return -a * b; }); }},
  };
}

std::vector<Row> activations() {
  return {
      with("clamp", [](Tensor x) { return clamp(x, -0.7, 1.1); },
           [](double x) { return std::clamp(x, -0.7, 1.1); }),
      with("clamp/low", [](Tensor x) { return clamp(x, -0.7, {}); },
           [](double x) { return std::max(x, -0.7); }),
      with("clamp/high", [](Tensor x) { return clamp(x, {}, 1.1); },
           [](double x) { return std::min(x, 1.1); }),
      {"clamp/tensors",
       {{{3, 4}}, {{4}, -1.5, -0.2}, {{3, 1}, 0.2, 1.5}},
       [](const Tensors &x) { return clamp(x[0], x[1], x[2]); },
       [](const References &x) { return map(map(x[0], x[1], larger), x[2], smaller); }},
      with("leaky_relu", [](Tensor x) { return leakyRelu(x, 0.1); },
           [](double x) { return x > 0 ? x : 0.1 * x; }),
      {"prelu",
       {{{2, 3, 4}}, {{3}, 0.1, 0.5}},
       [](const Tensors &x) { return prelu(x[0], x[1]); },
       [](const References &x) {
         return generate({2, 3, 4}, [&](const Shape &at) {
           double v = elementAt(x[0], at);
           return v > 0 ? v : v * elementAt(x[1], {at[1]});
         });
       },
       true},
      with("hardtanh", [](Tensor x) { return hardtanh(x); },
           [](double x) { return std::clamp(x, -1., 1.); }),
      with("hardtanh/relu6", [](Tensor x) { return relu6(x); },
           [](double x) { return std::clamp(x, 0., 6.); }, -4, 9),
      {"sigmoid/glu",
       {{{2, 4, 3}}},
       [](const Tensors &x) { return glu(x[0], 1); },
       [](const References &x) {
         return generate({2, 2, 3}, [&](const Shape &at) {
           return elementAt(x[0], at) * sigmoidOf(elementAt(x[0], {at[0], at[1] + 2, at[2]}));
         });
       },
       true},
      with("hardsigmoid", [](Tensor x) { return hardsigmoid(x); },
           [](double x) { return std::clamp(x + 3, 0., 6.) / 6; }, -5, 5),
      with("hardswish", [](Tensor x) { return hardswish(x); },
           [](double x) { return x * std::clamp(x + 3, 0., 6.) / 6; }, -5, 5, true),
      with("hardshrink", [](Tensor x) { return hardshrink(x); },
           [](double x) { return std::abs(x) > 0.5 ? x : 0; }),
      with("softshrink", [](Tensor x) { return softshrink(x, 0.6); },
           [](double x) { return x > 0.6 ? x - 0.6 : x < -0.6 ? x + 0.6 : 0; }),
      with("threshold", [](Tensor x) { return threshold(x, 0.3, -7); },
           [](double x) { return x > 0.3 ? x : -7; }),
      with("tanhshrink", [](Tensor x) { return tanhshrink(x); },
           [](double x) { return x - std::tanh(x); }, -3, 3, true),
      with("elu", [](Tensor x) { return elu(x, 1.3); },
           [](double x) { return x > 0 ? x : 1.3 * std::expm1(x); }, -3, 3, true),
      with("selu", [](Tensor x) { return selu(x); },
           [](double x) {
             return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x));
           },
           -3, 3, true),
      with("celu", [](Tensor x) { return celu(x, 0.7); },
           [](double x) { return x > 0 ? x : 0.7 * std::expm1(x / 0.7); }, -3, 3, true),
      with("gelu", [](Tensor x) { return gelu(x); }, [](double x) { return x * normalOf(x); }, -3,
           3, true),
      with("gelu_tanh", [](Tensor x) { return gelu(x, Approximation::tanh); },
           [](double x) {
             return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
           },
           -3, 3, true),
      with("silu", [](Tensor x) { return silu(x); }, [](double x) { return x * sigmoidOf(x); }, -4,
           4, true),
      with("mish", [](Tensor x) { return mish(x); },
           [](double x) { return x * std::tanh(softplusOf(x)); }, -4, 4, true),
      with("softplus", [](Tensor x) { return softplus(x); }, softplusOf, -4, 4, true),
      with("softplus/beta", [](Tensor x) { return softplus(x, 2, 3); },
           [](double x) { return 2 * x > 3 ? x : softplusOf(2 * x) / 2; }, -4, 4, true),
      with("log_sigmoid", [](Tensor x) { return logSigmoid(x); },
           [](double x) { return -softplusOf(-x); }, -4, 4, true),
      with("softsign", [](Tensor x) { return softsign(x); },
           [](double x) { return x / (1 + std::abs(x)); }, -4, 4, true),
      // Far out, where naive formulas overflow.
      with("gelu_tanh/far", [](Tensor x) { return gelu(x * 1e4, Approximation::tanh) * 1e-4; },
           [](double x) { return std::max(x, 0.); }, -5, 5, true),
      with("mish/far", [](Tensor x) { return mish(x * 1e4) * 1e-4; },
           [](double x) { return std::max(x, 0.); }, -5, 5, true),
      with("softplus/far", [](Tensor x) { return softplus(x * 1e4) * 1e-4; },
           [](double x) { return std::max(x, 0.); }, -5, 5, true),
      with("log_sigmoid/far", [](Tensor x) { return logSigmoid(x * 1e4) * 1e-4; },
           [](double x) { return std::min(x, 0.); }, -5, 5, true),
      with("elu/far", [](Tensor x) { return elu(x * 1e4) * 1e-4; },
           [](double x) { return x > 0 ? x : -1e-4; }, -5, 5, true),
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
  return {{"functions", functions()},
          {"more_functions", moreFunctions()},
          {"activations", activations()},
          {"arithmetic", arithmetic()},
          {"more_arithmetic", moreArithmetic()},
          {"comparisons", comparisons()}};
}

} // namespace gradus::testing
