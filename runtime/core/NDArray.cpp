#include "runtime/core/NDArray.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <stdexcept>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace gradus {

static constexpr uint64_t kHugePage = uint64_t(2) << 20;

std::shared_ptr<void> allocateAligned(int64_t bytes) {
  if (bytes < 0)
    throw std::invalid_argument("cannot allocate " + std::to_string(bytes) + " bytes");
  const bool large = static_cast<uint64_t>(bytes) >= 2 * kHugePage;
  const uint64_t alignment = large ? kHugePage : GRADUS_ALIGNMENT, mask = alignment - 1;
  const uint64_t rounded = (static_cast<uint64_t>(bytes) + mask) & ~mask;
  void *memory = std::aligned_alloc(alignment, rounded ? rounded : alignment);
  if (!memory)
    throw std::bad_alloc();
#ifdef __linux__
  if (large) // a request: small pages do as well, only slower where memory is read in strides
    madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  return {memory, std::free};
}

/// Bytes of an array; throws std::invalid_argument if they leave int64_t.
static int64_t byteCount(int64_t count, DType type) {
  int64_t bytes;
  if (__builtin_mul_overflow(count, sizeOf(type), &bytes) ||
      bytes > std::numeric_limits<int64_t>::max() - GRADUS_ALIGNMENT)
    throw std::invalid_argument("an array of " + std::to_string(count) + " elements is too large");
  return bytes;
}

NDArray::NDArray() : sizes{0} {}

NDArray NDArray::uninitialized(Shape shape, DType type) {
  NDArray array;
  array.count = elementCount(shape);
  array.type = type;
  array.sizes = std::move(shape);
  array.owner = allocateAligned(byteCount(array.count, type));
  array.elements = array.owner.get();
  return array;
}

NDArray NDArray::zeros(Shape shape, DType type) {
  NDArray array = uninitialized(std::move(shape), type);
  std::memset(array.elements, 0, static_cast<size_t>(array.bytes()));
  return array;
}

NDArray NDArray::view(void *elements, Shape shape, DType type, std::shared_ptr<void> owner) {
  NDArray array;
  array.count = elementCount(shape);
  byteCount(array.count, type);
  if (!elements && array.count)
    throw std::invalid_argument("a view of " + toString(shape) +
                                " needs elements, found a null pointer");
  array.type = type;
  array.sizes = std::move(shape);
  array.elements = elements;
  array.owner = std::move(owner);
  return array;
}

int64_t NDArray::dim(int64_t axis) const {
  const int64_t wanted = axis < 0 ? axis + rank() : axis;
  if (wanted < 0 || wanted >= rank())
    throw std::invalid_argument("axis " + std::to_string(axis) + " of an array of shape " +
                                toString(sizes) + " is out of range");
  return sizes[static_cast<size_t>(wanted)];
}

NDArray NDArray::copy() const {
  NDArray result = uninitialized(sizes, type);
  if (count)
    std::memcpy(result.elements, elements, static_cast<size_t>(bytes()));
  return result;
}

template <class To, class From> static To convert(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (std::isnan(value))
      return 0;
    // The limits as floating point: the upper one rounds up to a power of two, hence >=.
    if (value >= static_cast<From>(std::numeric_limits<To>::max()))
      return std::numeric_limits<To>::max();
    if (value <= static_cast<From>(std::numeric_limits<To>::min()))
      return std::numeric_limits<To>::min();
    return static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

/// Calls body(T{}) with the C++ type of `type`.
template <class Body> static void withType(DType type, Body body) {
  switch (type) {
  case DType::f32:
    return body(float());
  case DType::f64:
    return body(double());
  case DType::i32:
    return body(int32_t());
  case DType::i64:
    return body(int64_t());
  case DType::boolean:
    return body(bool());
  case DType::u8:
    return body(uint8_t());
  }
}

NDArray NDArray::cast(DType to) const {
  if (to == type)
    return copy();
  NDArray result = uninitialized(sizes, to);
  withType(type, [&](auto source) {
    withType(to, [&](auto target) {
      using From = decltype(source);
      using To = decltype(target);
      const From *in = static_cast<const From *>(elements);
      To *out = static_cast<To *>(result.elements);
      for (int64_t i = 0; i < count; ++i)
        out[i] = convert<To>(in[i]);
    });
  });
  return result;
}

NDArray NDArray::reshape(Shape shape) const {
  int64_t known = 1, open = -1;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == -1 && open < 0)
      open = static_cast<int64_t>(axis);
    else if (shape[axis] < 0 || __builtin_mul_overflow(known, shape[axis], &known))
      throw std::invalid_argument("cannot reshape to " + toString(shape));
  }
  if (open >= 0 && known > 0 && count % known == 0)
    shape[static_cast<size_t>(open)] = count / known;
  if (checkedElementCount(shape) != count)
    throw std::invalid_argument("cannot reshape " + toString(sizes) + " to " + toString(shape) +
                                ": the numbers of elements differ");
  NDArray result = *this;
  result.sizes = std::move(shape);
  return result;
}

NDArray NDArray::rows(int64_t begin, int64_t end) const {
  if (sizes.empty() || begin < 0 || end < begin || end > sizes[0])
    throw std::invalid_argument("rows " + std::to_string(begin) + " to " + std::to_string(end) +
                                " of an array of shape " + toString(sizes) + " are out of range");
  const int64_t perRow = sizes[0] ? count / sizes[0] : 0;
  NDArray result = *this;
  result.sizes[0] = end - begin;
  result.count = (end - begin) * perRow;
  if (elements)
    result.elements = static_cast<char *>(elements) + begin * perRow * sizeOf(type);
  return result;
}

void NDArray::assign(const NDArray &from) {
  if (from.type != type || from.sizes != sizes)
    throw std::invalid_argument("expected " + describe() + ", found " + from.describe());
  if (count)
    std::memmove(elements, from.elements, static_cast<size_t>(bytes()));
}

std::string NDArray::describe() const { return std::string(nameOf(type)) + " " + toString(sizes); }

void NDArray::throwType(DType wanted) const {
  throw std::invalid_argument("an array of " + std::string(nameOf(type)) +
                              " was asked for elements of " + std::string(nameOf(wanted)));
}

void NDArray::throwCount(int64_t wanted) const {
  throw std::invalid_argument("an array of shape " + toString(sizes) + " has " +
                              std::to_string(count) + " elements, not " + std::to_string(wanted));
}

} // namespace gradus
