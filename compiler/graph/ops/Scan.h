// Scans: running sums, products and extrema.
#pragma once
#include "compiler/graph/ops/Reduction.h"
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// How a scan goes: from the last element to the first; without the element itself.
struct ScanOptions {
  bool reverse = false, exclusive = false;
};

/// Running sum; a negative axis counts from the last. Errors: GraphError if the axis is outside or the
/// elements are no numbers.
Tensor cumsum(const Tensor &x, int64_t axis, ScanOptions options = {},
              Location at = Location::current());
/// Running product.
Tensor cumprod(const Tensor &x, int64_t axis, ScanOptions options = {},
               Location at = Location::current());
/// Running log Σ exp x, stable.
Tensor logCumSumExp(const Tensor &x, int64_t axis, ScanOptions options = {},
                    Location at = Location::current());
/// Running extremum, and the index (i32) where it was reached last.
ValuesAndIndices cummax(const Tensor &x, int64_t axis, bool reverse = false,
                        Location at = Location::current());
ValuesAndIndices cummin(const Tensor &x, int64_t axis, bool reverse = false,
                        Location at = Location::current());
/// y = init at the first place, then y[i+1] = a[i] y[i] + b[i]. a and b are alike.
Tensor linearScan(const Tensor &a, const Tensor &b, int64_t axis, double init = 0,
                  bool reverse = false, Location at = Location::current());

} // namespace gradus
