// The elementary functions as formulas. Private to compiler/lower; others use Elementary.h.
#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_FUNCTIONS_H
#define GRADUS_COMPILER_LOWER_ELEMENTARY_FUNCTIONS_H

#include "dialects/gradus/Numbers.h"

namespace gradus::compiler::elementary {

using namespace gradus::formula;

// Exponential.cpp
Num exp(Num x);
/// e^(x + rest) for |rest| far below 1; |x| at most 120 (f32) or 1000 (f64).
Num expOfSum(Num x, Num rest);
Num exp2(Num x);
Num expm1(Num x);
Num sigmoid(Num x);
Num tanh(Num x);
Num sinh(Num x);
Num cosh(Num x);
Num erf(Num x);

// Logarithm.cpp
Num log(Num x);
Num log2(Num x);
Num log10(Num x);
Num log1p(Num x);

// Power.cpp
Num pow(Num x, Num y);
Num cbrt(Num x);
Num rsqrt(Num x);

// Trigonometric.cpp
Num sin(Num x);
Num cos(Num x);
Num tan(Num x);

// InverseTrigonometric.cpp
Num asin(Num x);
Num acos(Num x);
Num atan(Num x);
Num atan2(Num y, Num x);

// InverseHyperbolic.cpp
Num asinh(Num x);
Num acosh(Num x);
Num atanh(Num x);

// Remainder.cpp
/// The remainder of C, exactly.
Num fmod(Num x, Num y);

} // namespace gradus::compiler::elementary

#endif
