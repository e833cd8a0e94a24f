#include "tests/conformance/runner/Compare.h"

#include <cmath>
#include <sstream>

namespace gradus::conformance {

namespace {

double elementOf(const NDArray &array, int64_t i) {
  switch (array.dtype()) {
  case DType::f32:
    return array.data<float>()[i];
  case DType::f64:
    return array.data<double>()[i];
  case DType::i32:
    return array.data<int32_t>()[i];
  case DType::i64:
    return static_cast<double>(array.data<int64_t>()[i]);
  default:
    return static_cast<const uint8_t *>(array.raw())[i];
  }
}

std::string positionOf(int64_t flat, const Shape &shape) {
  std::string text;
  for (size_t axis = shape.size(); axis-- > 0;) {
    text = std::to_string(flat % shape[axis]) + (text.empty() ? "" : ",") + text;
    flat /= shape[axis];
  }
  return "[" + text + "]";
}

bool samePattern(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b))
    return a == b;
  return true;
}

std::string mismatch(const NDArray &got, const NDArray &wanted, int64_t at,
                     const std::string &rest) {
  std::ostringstream text;
  text.precision(wanted.dtype() == DType::f64 ? 17 : 9);
  text << elementOf(got, at) << " at " << positionOf(at, wanted.shape()) << ", expected "
       << elementOf(wanted, at) << rest;
  return text.str();
}

} // namespace

std::string difference(const NDArray &got, const NDArray &wanted, double relative, double absolute,
                       bool patterns) {
  if (got.dtype() != wanted.dtype() || got.shape() != wanted.shape())
    return "is " + got.describe() + ", expected " + wanted.describe();
  int64_t count = wanted.size();
  bool isFloat = wanted.dtype() == DType::f32 || wanted.dtype() == DType::f64;
  if (!isFloat) {
    for (int64_t i = 0; i < count; ++i)
      if (wanted.dtype() == DType::i64 ? got.data<int64_t>()[i] != wanted.data<int64_t>()[i]
                                       : elementOf(got, i) != elementOf(wanted, i))
        return mismatch(got, wanted, i, "");
    return "";
  }
  double largest = 0;
  for (int64_t i = 0; i < count; ++i)
    if (double value = std::abs(elementOf(wanted, i)); std::isfinite(value))
      largest = std::max(largest, value);
  double allowed = absolute + relative * largest, worst = 0;
  int64_t where = -1;
  for (int64_t i = 0; i < count; ++i) {
    double a = elementOf(got, i), b = elementOf(wanted, i);
    if (!samePattern(a, b)) {
      if (patterns)
        return mismatch(got, wanted, i, "");
      continue;
    }
    double off = std::isfinite(a) ? std::abs(a - b) : 0;
    if (off > worst) {
      worst = off;
      where = i;
    }
  }
  if (worst <= allowed)
    return "";
  std::ostringstream rest;
  rest.precision(3);
  rest << " (off by " << worst << ", allowed " << allowed << ")";
  return mismatch(got, wanted, where, rest.str());
}

} // namespace gradus::conformance
