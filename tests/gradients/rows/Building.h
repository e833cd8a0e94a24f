// What the tables of all families use.
#pragma once
#include "tests/gradients/Rows.h"

#include <cmath>
#include <limits>

namespace gradus::testing {

using Tensors = std::vector<Tensor>;
using References = std::vector<Reference>;
using Unary = Tensor (*)(const Tensor &, Location);

inline constexpr Kind fixed = Kind::realFixed;

inline Row unary(std::string name, Tensor (*op)(const Tensor &, Location), double (*f)(double), double low,
          double high, bool second = false) {
  return {std::move(name),
          {{{3, 5}, low, high}},
          [op](const Tensors &x) { return op(x[0], Location::current()); },
          [f](const References &x) { return map(x[0], f); },
          second};
}

inline Row binary(std::string name, Shape a, Shape b, std::function<Tensor(Tensor, Tensor)> op,
           double (*f)(double, double), double low = -2, double high = 2, bool second = false) {
  return {std::move(name),
          {{std::move(a), low, high}, {std::move(b), low, high}},
          [op](const Tensors &x) { return op(x[0], x[1]); },
          [f](const References &x) { return map(x[0], x[1], f); },
          second};
}

inline double sigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }
inline double plus(double a, double b) { return a + b; }
inline double minus(double a, double b) { return a - b; }
inline double times(double a, double b) { return a * b; }
inline double over(double a, double b) { return a / b; }
inline double larger(double a, double b) { return std::max(a, b); }
inline double smaller(double a, double b) { return std::min(a, b); }
inline double signOf(double x) { return (x > 0) - (x < 0); }

inline Reference meanOf(const Reference &x, const std::vector<int64_t> &axes) {
  Reference y = sumOf(x, axes);
  double n = double(x.size()) / double(y.size());
  return map(y, [n](double v) { return v / n; });
}
inline Reference logSumExpOf(const Reference &x, const std::vector<int64_t> &axes) {
  return map(sumOf(map(x, [](double v) { return std::exp(v); }), axes),
             [](double v) { return std::log(v); });
}
inline Reference maxOf(const Reference &x, const std::vector<int64_t> &axes) {
  return fold(x, axes, -std::numeric_limits<double>::infinity(), larger);
}
inline Reference minOf(const Reference &x, const std::vector<int64_t> &axes) {
  return fold(x, axes, std::numeric_limits<double>::infinity(), smaller);
}

} // namespace gradus::testing
