// Arrays as text for people, after NumPy's.
#pragma once
#include "runtime/core/NDArray.h"

#include <iosfwd>
#include <string>

namespace gradus {

struct TextOptions {
  int digits = 5;                ///< significant digits of floating-point numbers
  int64_t summarizeAbove = 1000; ///< with more elements, only the ends of each axis are shown
  int64_t ends = 3;              ///< this many at each end
};

/// Nested brackets, columns aligned, then the element type and the shape:
///   [[1, 2.5],
///    [3,   4]] (f32 2x2)
/// A scalar: "3.5 (f32)". Where an axis is summarised, "..." stands for its middle.
std::string toText(const NDArray &array, const TextOptions &options = {});
/// toText with the usual options.
std::ostream &operator<<(std::ostream &stream, const NDArray &array);

} // namespace gradus
