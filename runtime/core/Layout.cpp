#include "runtime/core/Layout.h"

#include "runtime/core/Json.h"

#include <algorithm>
#include <stdexcept>

namespace gradus {

int64_t Layout::offset(int64_t i, int64_t j, int64_t rows, int64_t cols) const {
  switch (kind) {
  case Kind::rowMajor:
    break;
  case Kind::transposed:
    return j * rows + i;
  case Kind::panels: {
    const int64_t first = j / panel * panel;
    const int64_t width = std::min(panel, cols - first);
    return first * rows + i * width + j % panel;
  }
  }
  return i * cols + j;
}

void Layout::check(const Shape &shape) const {
  if (kind == Kind::rowMajor)
    return;
  if (shape.size() != 2)
    throw std::invalid_argument("layout " + toString() + " is for matrices, found shape " +
                                gradus::toString(shape));
  if (kind == Kind::panels && panel < 1)
    throw std::invalid_argument("a panel of " + std::to_string(panel) +
                                " columns, expected at least 1");
}

std::string Layout::toString() const {
  switch (kind) {
  case Kind::rowMajor:
    break;
  case Kind::transposed:
    return "transposed";
  case Kind::panels:
    return "panels of " + std::to_string(panel);
  }
  return "row_major";
}

Json Layout::toJson() const {
  Json json;
  if (kind == Kind::panels)
    return json.set("kind", "panels").set("panel", panel);
  return json.set("kind", toString());
}

Layout Layout::fromJson(const Json &json) {
  const std::string &kind = json.at("kind").asString();
  if (kind == "row_major")
    return {};
  if (kind == "transposed")
    return {Kind::transposed, 0};
  if (kind != "panels")
    throw std::invalid_argument("expected a layout row_major, transposed or panels, found " +
                                quoteJson(kind));
  Layout layout{Kind::panels, json.at("panel").asInt()};
  if (layout.panel < 1)
    throw std::invalid_argument("expected a panel of at least 1, found " +
                                std::to_string(layout.panel));
  return layout;
}

// The elements are only moved, so their size is all that matters.
using Word1 [[gnu::may_alias]] = uint8_t;
using Word4 [[gnu::may_alias]] = uint32_t;
using Word8 [[gnu::may_alias]] = uint64_t;

/// Copies a matrix between row-major `plain` and `packed` in `layout`; toPacked says which way.
template <class T>
static void convertMatrix(T *plain, T *packed, const Layout &layout, int64_t rows, int64_t cols,
                          bool toPacked) {
  auto move = [&](T &inPlain, T &inPacked) {
    if (toPacked)
      inPacked = inPlain;
    else
      inPlain = inPacked;
  };
  if (layout.kind == Layout::Kind::transposed) {
    constexpr int64_t block = 16; // both sides stay in cache
    for (int64_t i0 = 0; i0 < rows; i0 += block)
      for (int64_t j0 = 0; j0 < cols; j0 += block)
        for (int64_t j = j0; j < std::min(cols, j0 + block); ++j)
          for (int64_t i = i0; i < std::min(rows, i0 + block); ++i)
            move(plain[i * cols + j], packed[j * rows + i]);
    return;
  }
  for (int64_t first = 0; first < cols; first += layout.panel) {
    const int64_t width = std::min(layout.panel, cols - first);
    T *panel = packed + first * rows;
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < width; ++j)
        move(plain[i * cols + first + j], panel[i * width + j]);
  }
}

static void convertAny(void *plain, void *packed, const Layout &layout, const Shape &shape,
                       DType type, bool toPacked) {
  layout.check(shape);
  const int64_t count = elementCount(shape);
  if (count == 0)
    return;
  if (layout.kind == Layout::Kind::rowMajor) {
    std::memcpy(toPacked ? packed : plain, toPacked ? plain : packed,
                static_cast<size_t>(count * sizeOf(type)));
    return;
  }
  switch (sizeOf(type)) {
  case 1:
    return convertMatrix(static_cast<Word1 *>(plain), static_cast<Word1 *>(packed), layout,
                         shape[0], shape[1], toPacked);
  case 4:
    return convertMatrix(static_cast<Word4 *>(plain), static_cast<Word4 *>(packed), layout,
                         shape[0], shape[1], toPacked);
  default:
    return convertMatrix(static_cast<Word8 *>(plain), static_cast<Word8 *>(packed), layout,
                         shape[0], shape[1], toPacked);
  }
}

void packInto(const NDArray &from, const Layout &layout, void *to) {
  convertAny(const_cast<void *>(from.raw()), to, layout, from.shape(), from.dtype(), true);
}

void unpackFrom(const void *from, const Layout &layout, NDArray &to) {
  convertAny(to.raw(), const_cast<void *>(from), layout, to.shape(), to.dtype(), false);
}

} // namespace gradus
