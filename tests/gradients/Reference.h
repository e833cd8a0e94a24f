// A naive tensor in plain C++, to hold the compiler's numbers against: every op is a loop over
// coordinates in double precision.
#pragma once

#include "runtime/core/Shape.h"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <vector>

namespace gradus::testing {

struct Reference {
  Shape shape;
  std::vector<double> values;

  double operator[](size_t i) const { return values[i]; }
  size_t size() const { return values.size(); }
};

inline int64_t countOf(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

/// Coordinates of the element at a row-major position.
inline Shape coordinates(int64_t position, const Shape &shape) {
  Shape at(shape.size());
  for (size_t axis = shape.size(); axis-- > 0; position /= shape[axis])
    at[axis] = position % shape[axis];
  return at;
}

/// The element at coordinates that are aligned at the right; axes of size 1 repeat.
inline double elementAt(const Reference &x, const Shape &at) {
  int64_t position = 0;
  size_t extra = at.size() - x.shape.size();
  for (size_t axis = 0; axis < x.shape.size(); ++axis)
    position = position * x.shape[axis] + (x.shape[axis] == 1 ? 0 : at[extra + axis]);
  return x.values[position];
}

/// A tensor whose elements are a function of their coordinates.
inline Reference generate(Shape shape, const std::function<double(const Shape &)> &element) {
  Reference result{std::move(shape), {}};
  for (int64_t i = 0, n = countOf(result.shape); i < n; ++i)
    result.values.push_back(element(coordinates(i, result.shape)));
  return result;
}

inline Shape broadcastShape(const Shape &a, const Shape &b) {
  const Shape &longer = a.size() >= b.size() ? a : b, &shorter = a.size() >= b.size() ? b : a;
  Shape shape = longer;
  size_t extra = longer.size() - shorter.size();
  for (size_t i = 0; i < shorter.size(); ++i)
    if (shape[extra + i] == 1)
      shape[extra + i] = shorter[i];
  return shape;
}

inline Reference map(const Reference &x, const std::function<double(double)> &f) {
  return generate(x.shape, [&](const Shape &at) { return f(elementAt(x, at)); });
}

inline Reference map(const Reference &a, const Reference &b,
                     const std::function<double(double, double)> &f) {
  return generate(broadcastShape(a.shape, b.shape),
                  [&](const Shape &at) { return f(elementAt(a, at), elementAt(b, at)); });
}

/// Folds the elements along the axes, in row-major order; the axes go.
inline Reference fold(const Reference &x, const std::vector<int64_t> &axes, double first,
                      const std::function<double(double, double)> &f) {
  auto reduced = [&](size_t axis) {
    return std::find(axes.begin(), axes.end(), int64_t(axis)) != axes.end();
  };
  Shape shape;
  for (size_t axis = 0; axis < x.shape.size(); ++axis)
    if (!reduced(axis))
      shape.push_back(x.shape[axis]);
  Reference result{shape, std::vector<double>(countOf(shape), first)};
  for (size_t i = 0; i < x.size(); ++i) {
    Shape at = coordinates(i, x.shape);
    int64_t position = 0;
    for (size_t axis = 0; axis < x.shape.size(); ++axis)
      if (!reduced(axis))
        position = position * x.shape[axis] + at[axis];
    result.values[position] = f(result.values[position], x[i]);
  }
  return result;
}

inline Reference sumOf(const Reference &x, const std::vector<int64_t> &axes) {
  return fold(x, axes, 0, [](double a, double b) { return a + b; });
}

inline Reference reshaped(Reference x, Shape shape) {
  x.shape = std::move(shape);
  return x;
}

inline Reference transposed(const Reference &x, const std::vector<int64_t> &order) {
  Shape shape;
  for (int64_t axis : order)
    shape.push_back(x.shape[axis]);
  return generate(shape, [&](const Shape &at) {
    Shape from(at.size());
    for (size_t i = 0; i < at.size(); ++i)
      from[order[i]] = at[i];
    return elementAt(x, from);
  });
}

/// NumPy's matmul.
inline Reference product(Reference a, Reference b) {
  bool isRow = a.shape.size() == 1, isColumn = b.shape.size() == 1;
  if (isRow)
    a.shape.insert(a.shape.begin(), 1);
  if (isColumn)
    b.shape.push_back(1);
  size_t ra = a.shape.size(), rb = b.shape.size();
  Shape shape = broadcastShape(Shape(a.shape.begin(), a.shape.end() - 2),
                               Shape(b.shape.begin(), b.shape.end() - 2));
  int64_t m = a.shape[ra - 2], k = a.shape[ra - 1], n = b.shape[rb - 1];
  shape.insert(shape.end(), {m, n});
  Reference y = generate(shape, [&](const Shape &at) {
    double sum = 0;
    Shape left = at, right = at;
    // Coordinates beyond an operand's rank are dropped from the left.
    left.erase(left.begin(), left.end() - std::min(left.size(), ra));
    right.erase(right.begin(), right.end() - std::min(right.size(), rb));
    for (int64_t i = 0; i < k; ++i) {
      left.back() = i;
      right[right.size() - 2] = i;
      sum += elementAt(a, left) * elementAt(b, right);
    }
    return sum;
  });
  if (isColumn)
    y.shape.pop_back();
  if (isRow)
    y.shape.erase(y.shape.end() - (isColumn ? 1 : 2));
  return y;
}

} // namespace gradus::testing
