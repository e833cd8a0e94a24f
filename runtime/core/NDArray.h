// Runtime values: dense, row-major, contiguous arrays.
#pragma once

#include "runtime/core/DType.h"
#include "runtime/core/Shape.h"

#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace gradus {

/// `bytes` bytes aligned to GRADUS_ALIGNMENT, rounded up to a multiple of it, not initialised.
/// Throws std::bad_alloc when there is no memory and std::invalid_argument for a negative size.
std::shared_ptr<void> allocateAligned(int64_t bytes);

/// A dense row-major array. Copying an NDArray shares the elements (use copy() for elements of its
/// own); storage that NDArray allocates is aligned to 64 bytes. A view does not own its elements
/// unless it is given an owner.
class NDArray {
public:
  /// f32, shape [0].
  NDArray();

  static NDArray zeros(Shape shape, DType type = DType::f32);
  /// Elements are not initialised.
  static NDArray uninitialized(Shape shape, DType type = DType::f32);
  /// Throws std::invalid_argument unless values.size() is the number of elements of shape.
  template <class T> static NDArray fromVector(const std::vector<T> &values, Shape shape) {
    NDArray array = uninitialized(std::move(shape), dtypeOf<T>());
    array.requireCount(static_cast<int64_t>(values.size()));
    if constexpr (std::is_same_v<T, bool>)
      for (size_t i = 0; i < values.size(); ++i)
        array.template data<bool>()[i] = values[i];
    else if (!values.empty())
      std::memcpy(array.raw(), values.data(), values.size() * sizeof(T));
    return array;
  }
  /// Rank 1.
  template <class T> static NDArray fromVector(const std::vector<T> &values) {
    return fromVector(values, Shape{static_cast<int64_t>(values.size())});
  }
  /// Rank 0.
  template <class T> static NDArray scalar(T value) {
    NDArray array = uninitialized({}, dtypeOf<T>());
    *array.template data<T>() = value;
    return array;
  }
  /// Elements of somebody else, which must outlive the view unless `owner` keeps them.
  static NDArray view(void *elements, Shape shape, DType type,
                      std::shared_ptr<void> owner = nullptr);

  DType dtype() const { return type; }
  const Shape &shape() const { return sizes; }
  int64_t rank() const { return static_cast<int64_t>(sizes.size()); }
  /// Size of one axis; negative counts from the last. Throws std::invalid_argument out of range.
  int64_t dim(int64_t axis) const;
  /// Number of elements.
  int64_t size() const { return count; }
  /// Number of bytes of all elements.
  int64_t bytes() const { return count * sizeOf(type); }
  /// True unless this is a view of elements that nothing here keeps alive.
  bool owning() const { return owner != nullptr; }

  void *raw() { return elements; }
  const void *raw() const { return elements; }
  /// Throws std::invalid_argument unless T is the element type.
  template <class T> T *data() {
    requireType(dtypeOf<T>());
    return static_cast<T *>(elements);
  }
  template <class T> const T *data() const {
    requireType(dtypeOf<T>());
    return static_cast<const T *>(elements);
  }
  template <class T> std::span<T> span() { return {data<T>(), static_cast<size_t>(count)}; }
  template <class T> std::span<const T> span() const {
    return {data<T>(), static_cast<size_t>(count)};
  }
  template <class T> std::vector<T> toVector() const {
    const T *first = data<T>();
    return std::vector<T>(first, first + count);
  }
  /// The only element. Throws std::invalid_argument unless size() is 1 and T is the element type.
  template <class T> T item() const {
    requireCount(1);
    return *data<T>();
  }

  /// Elements of its own, aligned to 64 bytes.
  NDArray copy() const;
  /// A copy with every element converted as C++ converts it (to bool: whether it is not 0; floating
  /// point to integers: truncated, saturating, nan becomes 0).
  NDArray cast(DType to) const;
  /// Shares the elements. One size may be -1. Throws std::invalid_argument if the counts differ.
  NDArray reshape(Shape shape) const;
  /// Rows [begin, end) of the leading axis; shares the elements (and keeps them alive).
  /// Throws std::invalid_argument out of range or for rank 0.
  NDArray rows(int64_t begin, int64_t end) const;
  /// Copies all elements from an array of equal type and shape; std::invalid_argument otherwise.
  void assign(const NDArray &from);

  /// "f32 32x784".
  std::string describe() const;
  const std::shared_ptr<void> &storage() const { return owner; }

private:
  void requireType(DType wanted) const {
    if (wanted != type)
      throwType(wanted);
  }
  void requireCount(int64_t wanted) const {
    if (wanted != count)
      throwCount(wanted);
  }
  [[noreturn]] void throwType(DType wanted) const;
  [[noreturn]] void throwCount(int64_t wanted) const;

  DType type = DType::f32;
  int64_t count = 0;
  Shape sizes;
  void *elements = nullptr;
  std::shared_ptr<void> owner;
};

} // namespace gradus
