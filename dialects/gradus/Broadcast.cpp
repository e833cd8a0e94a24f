#include "dialects/gradus/Broadcast.h"

#include <algorithm>

namespace gradus::ir {

static std::string sizeText(int64_t size) {
  return size == kUnknown ? "the batch" : std::to_string(size);
}

std::string shapeText(ShapeSpan shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t size : shape) {
    if (!text.empty())
      text += 'x';
    text += size == kUnknown ? "?" : std::to_string(size);
  }
  return text;
}

static std::string shapeList(std::span<const ShapeSpan> shapes) {
  std::string text;
  for (size_t i = 0; i < shapes.size(); ++i) {
    if (i)
      text += i + 1 == shapes.size() ? " and " : ", ";
    text += shapeText(shapes[i]);
  }
  return text;
}

Broadcasted broadcastShapes(std::span<const ShapeSpan> shapes, std::span<const char *const> names) {
  size_t rank = 0;
  bool sameRank = true;
  for (ShapeSpan shape : shapes) {
    rank = std::max(rank, shape.size());
    sameRank = sameRank && shape.size() == shapes[0].size();
  }
  Broadcasted result{std::vector<int64_t>(rank, 1), {}};
  std::vector<size_t> decidedBy(rank, 0);
  for (size_t operand = 0; operand < shapes.size(); ++operand) {
    ShapeSpan shape = shapes[operand];
    for (size_t i = 0; i < shape.size(); ++i) {
      size_t axis = rank - shape.size() + i;
      int64_t size = shape[i], &wanted = result.shape[axis];
      if (size == wanted || size == 1)
        continue;
      if (wanted == 1) {
        wanted = size;
        decidedBy[axis] = operand;
        continue;
      }
      result.error = "shapes " + shapeList(shapes) +
                     " do not broadcast: " + (sameRank ? "" : "aligned at the right, ") + "axis " +
                     std::to_string(axis) + " is " + sizeText(wanted) + " " +
                     names[decidedBy[axis]] + " and " + sizeText(size) + " " + names[operand] +
                     " (sizes must match, or one must be 1)";
      result.shape.clear();
      return result;
    }
  }
  return result;
}

bool broadcastsTo(ShapeSpan from, ShapeSpan to) {
  if (from.size() > to.size())
    return false;
  size_t extra = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i)
    if (from[i] != to[extra + i] && from[i] != 1)
      return false;
  return true;
}

std::vector<int64_t> stretchedAxes(ShapeSpan from, ShapeSpan to) {
  std::vector<int64_t> axes;
  size_t extra = to.size() - from.size();
  for (size_t axis = 0; axis < to.size(); ++axis)
    if (axis < extra || from[axis - extra] != to[axis])
      axes.push_back(static_cast<int64_t>(axis));
  return axes;
}

} // namespace gradus::ir
