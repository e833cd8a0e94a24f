// Ops on elements. Where operands have shapes, they broadcast as NumPy's.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

Tensor operator+(const Operand &a, const Operand &b);
Tensor operator-(const Operand &a, const Operand &b);
Tensor operator*(const Operand &a, const Operand &b);
Tensor operator/(const Operand &a, const Operand &b);
Tensor operator-(const Operand &x);

/// Comparisons give booleans. (== and != stay what C++ users expect; see equal.)
Tensor operator<(const Operand &a, const Operand &b);
Tensor operator<=(const Operand &a, const Operand &b);
Tensor operator>(const Operand &a, const Operand &b);
Tensor operator>=(const Operand &a, const Operand &b);
Tensor equal(const Operand &a, const Operand &b, Location at = Location::current());
Tensor notEqual(const Operand &a, const Operand &b, Location at = Location::current());

/// Of booleans, element by element.
Tensor operator&(const Operand &a, const Operand &b);
Tensor operator|(const Operand &a, const Operand &b);
Tensor operator^(const Operand &a, const Operand &b);
Tensor operator!(const Operand &x);

/// a where the condition holds, else b; the three shapes broadcast.
Tensor where(const Tensor &condition, const Operand &a, const Operand &b,
             Location at = Location::current());
/// The larger; NaN if either is.
Tensor maximum(const Operand &a, const Operand &b, Location at = Location::current());
Tensor minimum(const Operand &a, const Operand &b, Location at = Location::current());
Tensor pow(const Operand &a, const Operand &b, Location at = Location::current());

Tensor abs(const Tensor &x, Location at = Location::current());
Tensor sign(const Tensor &x, Location at = Location::current());
Tensor exp(const Tensor &x, Location at = Location::current());
Tensor expm1(const Tensor &x, Location at = Location::current());
Tensor log(const Tensor &x, Location at = Location::current());
Tensor log1p(const Tensor &x, Location at = Location::current());
Tensor sqrt(const Tensor &x, Location at = Location::current());
Tensor rsqrt(const Tensor &x, Location at = Location::current());
Tensor tanh(const Tensor &x, Location at = Location::current());
Tensor sigmoid(const Tensor &x, Location at = Location::current());
Tensor relu(const Tensor &x, Location at = Location::current());
/// Floating point to integer rounds toward zero and saturates.
Tensor cast(const Tensor &x, DType type, Location at = Location::current());
/// x; no gradient flows through it.
Tensor stopGradient(const Tensor &x, Location at = Location::current());

} // namespace gradus
