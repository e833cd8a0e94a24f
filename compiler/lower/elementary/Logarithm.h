// Private to the elementary functions.
#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_LOGARITHM_H
#define GRADUS_COMPILER_LOWER_ELEMENTARY_LOGARITHM_H

#include "compiler/lower/elementary/Functions.h"

namespace gradus::compiler::elementary {

/// x = 2^e m, sqrt(1/2) <= m < sqrt(2), for finite x > 0 (also subnormal). Anything else gives
/// numbers without meaning, but no trap.
struct Split {
  Num e, m;
};
Split splitFloat(Num x);

/// log(2^exponent (high + low)) for finite high > 0 and |low| about as small as its rounding error.
Num logOfPair(Num high, Num low, Num exponent);

} // namespace gradus::compiler::elementary

#endif
