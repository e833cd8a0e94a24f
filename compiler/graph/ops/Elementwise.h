// Ops on elements. Where operands have shapes, they broadcast as NumPy's.
#pragma once
#include "compiler/graph/ops/Types.h"

#include <optional>

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

/// Of booleans; of integers (i32, i64, u8) bit by bit.
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
/// Floating point to integer rounds toward zero and saturates, NaN gives 0; to a narrower integer
/// wraps around; to bool: x != 0.
Tensor cast(const Tensor &x, DType type, Location at = Location::current());
/// The same bits as another type of the same width: f32 and i32, f64 and i64.
Tensor bitcast(const Tensor &x, DType type, Location at = Location::current());

/// To whole numbers. Integers stay as they are.
Tensor floor(const Tensor &x, Location at = Location::current());
Tensor ceil(const Tensor &x, Location at = Location::current());
Tensor trunc(const Tensor &x, Location at = Location::current());
/// Halves go to the even neighbour.
Tensor round(const Tensor &x, Location at = Location::current());
/// x - trunc(x)
Tensor frac(const Tensor &x, Location at = Location::current());

Tensor square(const Tensor &x, Location at = Location::current());
Tensor reciprocal(const Tensor &x, Location at = Location::current());
Tensor cbrt(const Tensor &x, Location at = Location::current());
Tensor exp2(const Tensor &x, Location at = Location::current());
Tensor log2(const Tensor &x, Location at = Location::current());
Tensor log10(const Tensor &x, Location at = Location::current());

/// Angles are in radians.
Tensor sin(const Tensor &x, Location at = Location::current());
Tensor cos(const Tensor &x, Location at = Location::current());
Tensor tan(const Tensor &x, Location at = Location::current());
Tensor asin(const Tensor &x, Location at = Location::current());
Tensor acos(const Tensor &x, Location at = Location::current());
Tensor atan(const Tensor &x, Location at = Location::current());
/// The angle of the point (b, a), in (-pi, pi].
Tensor atan2(const Operand &a, const Operand &b, Location at = Location::current());
/// sqrt(a a + b b), without overflow.
Tensor hypot(const Operand &a, const Operand &b, Location at = Location::current());
Tensor sinh(const Tensor &x, Location at = Location::current());
Tensor cosh(const Tensor &x, Location at = Location::current());
Tensor asinh(const Tensor &x, Location at = Location::current());
Tensor acosh(const Tensor &x, Location at = Location::current());
Tensor atanh(const Tensor &x, Location at = Location::current());

Tensor erf(const Tensor &x, Location at = Location::current());
Tensor erfc(const Tensor &x, Location at = Location::current());
Tensor erfinv(const Tensor &x, Location at = Location::current());
Tensor lgamma(const Tensor &x, Location at = Location::current());
Tensor digamma(const Tensor &x, Location at = Location::current());
/// The derivative of digamma.
Tensor trigamma(const Tensor &x, Location at = Location::current());
/// The derivative of digamma of this order: digamma, trigamma, tetragamma for 0, 1, 2.
Tensor polygamma(int64_t order, const Tensor &x, Location at = Location::current());
/// log(exp(a) + exp(b)) and log2(2^a + 2^b), without overflow.
Tensor logAddExp(const Operand &a, const Operand &b, Location at = Location::current());
Tensor logAddExp2(const Operand &a, const Operand &b, Location at = Location::current());
/// a log(b), 0 where a is 0.
Tensor xlogy(const Operand &a, const Operand &b, Location at = Location::current());
/// log(x / (1 - x)); with eps, x is clamped to [eps, 1 - eps] first.
Tensor logit(const Tensor &x, std::optional<double> eps = {}, Location at = Location::current());

/// The remainder of the division that rounds toward zero: C's fmod. Has the sign of a.
Tensor fmod(const Operand &a, const Operand &b, Location at = Location::current());
/// The remainder of the division that rounds down: Python's %. Has the sign of b.
Tensor remainder(const Operand &a, const Operand &b, Location at = Location::current());
/// Rounds the quotient down: Python's //. Integers divided by 0 give 0.
Tensor floorDivide(const Operand &a, const Operand &b, Location at = Location::current());
/// The size of a with the sign of b.
Tensor copysign(const Operand &a, const Operand &b, Location at = Location::current());
/// a + weight (b - a)
Tensor lerp(const Operand &a, const Operand &b, const Operand &weight,
            Location at = Location::current());
/// x + value a b
Tensor addcmul(const Tensor &x, const Operand &a, const Operand &b, double value = 1,
               Location at = Location::current());
/// x + value a / b
Tensor addcdiv(const Tensor &x, const Operand &a, const Operand &b, double value = 1,
               Location at = Location::current());

/// Bits of i32, i64 and u8, moved by b places; & | ^ ! work on their bits, too.
Tensor shiftLeft(const Operand &a, const Operand &b, Location at = Location::current());
/// The sign fills up.
Tensor shiftRight(const Operand &a, const Operand &b, Location at = Location::current());

/// Kinds of floating-point numbers, as booleans.
Tensor isNan(const Tensor &x, Location at = Location::current());
Tensor isInf(const Tensor &x, Location at = Location::current());
Tensor isFinite(const Tensor &x, Location at = Location::current());
/// |a - b| <= atol + rtol |b|, or a equals b; of f32 and f64.
Tensor isClose(const Operand &a, const Operand &b, double rtol = 1e-5, double atol = 1e-8,
               bool equalNan = false, Location at = Location::current());
/// NaN and the infinities replaced; without a number for them, infinities become the largest and
/// the lowest finite number of the type.
Tensor nanToNum(const Tensor &x, double nan = 0, std::optional<double> positive = {},
                std::optional<double> negative = {}, Location at = Location::current());
/// value where the mask holds, else x.
Tensor maskedFill(const Tensor &x, const Tensor &mask, const Operand &value,
                  Location at = Location::current());
/// x, but at least low and at most high; a bound may be missing, not both.
Tensor clamp(const Tensor &x, std::optional<double> low, std::optional<double> high,
             Location at = Location::current());
Tensor clamp(const Tensor &x, const Tensor &low, const Tensor &high,
             Location at = Location::current());

// Activations; names, defaults and kinks are PyTorch's.
Tensor leakyRelu(const Tensor &x, double slope = 0.01, Location at = Location::current());
/// Leaky ReLU whose slope is learnt. A weight with one axis of several elements belongs to axis 1
/// of x; others broadcast.
Tensor prelu(const Tensor &x, const Tensor &weight, Location at = Location::current());
Tensor relu6(const Tensor &x, Location at = Location::current());
Tensor hardtanh(const Tensor &x, double low = -1, double high = 1,
                Location at = Location::current());
Tensor hardsigmoid(const Tensor &x, Location at = Location::current());
Tensor hardswish(const Tensor &x, Location at = Location::current());
/// 0 where |x| <= lambda, else x.
Tensor hardshrink(const Tensor &x, double lambda = 0.5, Location at = Location::current());
Tensor softshrink(const Tensor &x, double lambda = 0.5, Location at = Location::current());
Tensor tanhshrink(const Tensor &x, Location at = Location::current());
/// The first half of an axis times the sigmoid of the second half.
Tensor glu(const Tensor &x, int64_t axis = -1, Location at = Location::current());
/// x where x > threshold, else value.
Tensor threshold(const Tensor &x, double threshold, double value,
                 Location at = Location::current());
Tensor elu(const Tensor &x, double alpha = 1, Location at = Location::current());
Tensor selu(const Tensor &x, Location at = Location::current());
Tensor celu(const Tensor &x, double alpha = 1, Location at = Location::current());
enum class Approximation { none, tanh };
Tensor gelu(const Tensor &x, Approximation approximation = Approximation::none,
            Location at = Location::current());
Tensor silu(const Tensor &x, Location at = Location::current());
Tensor mish(const Tensor &x, Location at = Location::current());
/// log(1 + exp(beta x)) / beta; x itself where beta x > threshold.
Tensor softplus(const Tensor &x, double beta = 1, double threshold = 20,
                Location at = Location::current());
Tensor logSigmoid(const Tensor &x, Location at = Location::current());
Tensor softsign(const Tensor &x, Location at = Location::current());

/// x; no gradient flows through it.
Tensor stopGradient(const Tensor &x, Location at = Location::current());

} // namespace gradus
