// How a computed array is held against the reference.
#pragma once

#include "runtime/core/NDArray.h"

#include <string>

namespace gradus::conformance {

/// Nothing if the arrays agree, else how they differ. Shape and type must be equal, and so must the
/// positions of NaN and of each infinity. Other floating-point elements may be off by absolute +
/// relative * (largest finite |wanted|); integers and booleans by nothing. Where `patterns` is false,
/// elements that are not finite in one of the arrays are passed over.
std::string difference(const NDArray &got, const NDArray &wanted, double relative, double absolute,
                       bool patterns = true);

} // namespace gradus::conformance
