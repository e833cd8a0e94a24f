// Where the elements of a state lie in its buffer.
#pragma once

#include "runtime/abi/gradus_library.h"
#include "runtime/core/NDArray.h"

#include <cstdint>
#include <string>

namespace gradus {

class Json;

/// Layout of a buffer of `elementCount(shape)` elements. Only a matrix can be other than row-major.
struct Layout {
  enum class Kind {
    rowMajor,
    transposed, ///< stored [cols][rows]
    /// Panels of `panel` columns: element (i, j) at (j/NR)*rows*NR + i*w + j%NR with
    /// w = min(NR, cols - (j/NR)*NR), NR = panel.
    panels
  };
  Kind kind = Kind::rowMajor;
  int64_t panel = 0;

  bool operator==(const Layout &) const = default;

  /// Position of element (i, j) of a matrix [rows, cols], in elements.
  int64_t offset(int64_t i, int64_t j, int64_t rows, int64_t cols) const;
  /// Throws std::invalid_argument if this cannot be the layout of `shape`.
  void check(const Shape &shape) const;
  /// "row_major", "transposed", "panels of 48".
  std::string toString() const;
  /// {"kind": "panels", "panel": 48}.
  Json toJson() const;
  /// Throws std::invalid_argument for anything that toJson does not write.
  static Layout fromJson(const Json &json);
};

/// What the library has to know of a tensor to copy it: type, rows, columns, layout. Throws as
/// Layout::check.
gradus_tensor tensorEntry(const Shape &shape, DType type, const Layout &layout);

/// Copies the row-major elements of `from` into `to`, a buffer in `layout` for the same type and
/// shape.
void packInto(const NDArray &from, const Layout &layout, void *to);
/// Copies a buffer in `layout` into the row-major elements of `to`.
void unpackFrom(const void *from, const Layout &layout, NDArray &to);

} // namespace gradus
