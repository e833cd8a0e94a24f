#include "runtime/core/Shape.h"

#include <stdexcept>

namespace gradus {

std::optional<int64_t> checkedElementCount(const Shape &shape) {
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return std::nullopt;
    empty |= size == 0;
  }
  if (empty)
    return 0;
  int64_t count = 1;
  for (int64_t size : shape)
    if (__builtin_mul_overflow(count, size, &count))
      return std::nullopt;
  return count;
}

int64_t elementCount(const Shape &shape) {
  if (auto count = checkedElementCount(shape))
    return *count;
  throw std::invalid_argument("shape " + toString(shape) +
                              " has a negative size or too many elements");
}

std::string toString(const Shape &shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t size : shape) {
    if (!text.empty())
      text += 'x';
    text += std::to_string(size);
  }
  return text;
}

} // namespace gradus
