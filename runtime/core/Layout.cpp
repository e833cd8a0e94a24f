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

gradus_tensor tensorEntry(const Shape &shape, DType type, const Layout &layout) {
  layout.check(shape);
  gradus_tensor entry{};
  entry.dtype = static_cast<int64_t>(type);
  const bool isMatrix = shape.size() == 2;
  entry.rows = isMatrix ? shape[0] : 1;
  entry.cols = isMatrix ? shape[1] : elementCount(shape);
  switch (layout.kind) {
  case Layout::Kind::rowMajor:
    entry.layout = GRADUS_ROW_MAJOR;
    break;
  case Layout::Kind::transposed:
    entry.layout = GRADUS_TRANSPOSED;
    break;
  case Layout::Kind::panels:
    entry.layout = GRADUS_PANELS;
    entry.panel = layout.panel;
    break;
  }
  return entry;
}

void packInto(const NDArray &from, const Layout &layout, void *to) {
  const gradus_tensor entry = tensorEntry(from.shape(), from.dtype(), layout);
  gradus_tensor_pack(&entry, static_cast<uint8_t *>(to), static_cast<const uint8_t *>(from.raw()));
}

void unpackFrom(const void *from, const Layout &layout, NDArray &to) {
  const gradus_tensor entry = tensorEntry(to.shape(), to.dtype(), layout);
  gradus_tensor_unpack(&entry, static_cast<const uint8_t *>(from),
                       static_cast<uint8_t *>(to.raw()));
}

} // namespace gradus
