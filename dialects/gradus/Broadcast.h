// The one broadcasting rule, on plain spans.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gradus::ir {

/// An unknown size (the batch). The same value as mlir::ShapedType::kDynamic.
inline constexpr int64_t kUnknown = INT64_MIN;

using ShapeSpan = std::span<const int64_t>;

/// "32x10", "?x10" (an unknown batch), "scalar".
std::string shapeText(ShapeSpan shape);

struct Broadcasted {
  std::vector<int64_t> shape;
  std::string error; ///< empty when the shapes broadcast
};

/// NumPy's rule: shapes are aligned at the right; on each axis the sizes are equal, or some of them
/// are 1 and stretch. An unknown size equals itself and stretches a 1, nothing else. `names` say in
/// an error which operand is which ("on the left"); one per shape.
Broadcasted broadcastShapes(std::span<const ShapeSpan> shapes, std::span<const char *const> names);

/// Whether `from` broadcasts to exactly `to`.
bool broadcastsTo(ShapeSpan from, ShapeSpan to);

/// The axes of `to` along which an element of `from` is repeated: over these the gradient is
/// summed.
std::vector<int64_t> stretchedAxes(ShapeSpan from, ShapeSpan to);

} // namespace gradus::ir
