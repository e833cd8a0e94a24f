#include "runtime/core/Text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace gradus {

namespace {

std::string numberText(double number, int digits) {
  if (std::isnan(number))
    return "nan";
  char text[64];
  std::snprintf(text, sizeof text, "%.*g", std::clamp(digits, 1, 17), number);
  return text;
}

std::string elementText(const NDArray &array, int64_t i, int digits) {
  switch (array.dtype()) {
  case DType::f32:
    return numberText(array.data<float>()[i], digits);
  case DType::f64:
    return numberText(array.data<double>()[i], digits);
  case DType::i32:
    return std::to_string(array.data<int32_t>()[i]);
  case DType::i64:
    return std::to_string(array.data<int64_t>()[i]);
  case DType::boolean:
    return array.data<bool>()[i] ? "true" : "false";
  case DType::u8:
    return std::to_string(array.data<uint8_t>()[i]);
  }
  return "?";
}

/// Writes the brackets of one array.
class Writer {
public:
  Writer(const NDArray &array, const TextOptions &options)
      : array(array), digits(options.digits), ends(std::max<int64_t>(options.ends, 1)),
        summarized(array.size() > options.summarizeAbove) {
    walk(0, 0, [&](int64_t i) { width = std::max(width, elementText(array, i, digits).size()); });
  }

  void write(std::string &text, int64_t axis, int64_t first) const {
    if (axis == array.rank()) {
      std::string element = elementText(array, first, digits);
      text.append(array.rank() ? width - element.size() : 0, ' ').append(element);
      return;
    }
    int64_t size = array.dim(axis), stride = strideOf(axis);
    text += '[';
    for (int64_t i = 0; i < size; ++i) {
      if (i)
        text += separator(axis);
      if (skips(size) && i == ends) {
        text += "...";
        i = size - ends - 1;
        continue;
      }
      write(text, axis + 1, first + i * stride);
    }
    text += ']';
  }

private:
  bool skips(int64_t size) const { return summarized && size > 2 * ends; }

  int64_t strideOf(int64_t axis) const {
    int64_t stride = 1;
    for (int64_t inner = axis + 1; inner < array.rank(); ++inner)
      stride *= array.dim(inner);
    return stride;
  }

  /// Rows begin on lines of their own, matrices after an empty one.
  std::string separator(int64_t axis) const {
    int64_t inner = array.rank() - axis - 1;
    if (inner == 0)
      return ", ";
    return "," + std::string(static_cast<size_t>(inner), '\n') +
           std::string(static_cast<size_t>(axis + 1), ' ');
  }

  /// Visits the elements that are shown.
  template <class Visit> void walk(int64_t axis, int64_t first, const Visit &visit) const {
    if (axis == array.rank())
      return visit(first);
    int64_t size = array.dim(axis), stride = strideOf(axis);
    for (int64_t i = 0; i < size; ++i) {
      if (skips(size) && i == ends)
        i = size - ends;
      walk(axis + 1, first + i * stride, visit);
    }
  }

  const NDArray &array;
  int digits;
  int64_t ends;
  bool summarized;
  size_t width = 0;
};

} // namespace

std::string toText(const NDArray &array, const TextOptions &options) {
  std::string text;
  // An axis without elements has nothing to show, however long the others are.
  if (array.size() == 0)
    text = "[]";
  else
    Writer(array, options).write(text, 0, 0);
  return text + " (" + array.describe() + ")";
}

std::ostream &operator<<(std::ostream &stream, const NDArray &array) { return stream << toText(array); }

} // namespace gradus
