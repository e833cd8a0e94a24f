// Ops on tensors. Each builds one gradus op (see docs/ops.md) and throws GraphError at the caller's
// line if a rule is broken. Where both operands of an elementwise op have a shape, the shapes
// broadcast as NumPy's.
#pragma once
#include "compiler/graph/Graph.h"

#include <initializer_list>
#include <optional>

namespace gradus {

/// Axes of a reduction; negative ones count from the last. Without any: all.
class Axes {
public:
  Axes() = default;
  Axes(int64_t axis) : list{{axis}} {}
  Axes(std::initializer_list<int64_t> axes) : list(axes) {}
  Axes(std::vector<int64_t> axes) : list(std::move(axes)) {}
  std::optional<std::vector<int64_t>> list;
};

/// How a loss makes one number of one number per example.
enum class Reduction { mean, sum, none };

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

/// Reductions drop the axes, or keep them with size 1.
Tensor sum(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor mean(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
            Location at = Location::current());
Tensor max(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor min(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
           Location at = Location::current());
Tensor logSumExp(const Tensor &x, const Axes &axes = {}, bool keepDims = false,
                 Location at = Location::current());
/// The first index of the largest element, i32.
Tensor argmax(const Tensor &x, int64_t axis = -1, bool keepDims = false,
              Location at = Location::current());

Tensor softmax(const Tensor &x, int64_t axis = -1, Location at = Location::current());
Tensor logSoftmax(const Tensor &x, int64_t axis = -1, Location at = Location::current());

/// Product of the last two axes. a: [..., m, k], b: [..., k, n] -> [..., m, n]; leading axes
/// broadcast; an operand of rank 1 is a row on the left, a column on the right. Throws GraphError
/// if the inner sizes differ.
Tensor matmul(const Tensor &a, const Tensor &b, Location at = Location::current());

/// All axes in reverse order.
Tensor transpose(const Tensor &x, Location at = Location::current());
/// Axis i of the result is axis order[i] of x; negative ones count from the last.
Tensor transpose(const Tensor &x, const std::vector<int64_t> &order,
                 Location at = Location::current());
/// One size may be -1 (or kBatch): it follows from the others.
Tensor reshape(const Tensor &x, const Shape &shape, Location at = Location::current());
/// Repeats x along new leading axes and along axes of size 1. kBatch stands for the batch.
Tensor broadcastTo(const Tensor &x, const Shape &shape, Location at = Location::current());

/// indices [i...] -> [i..., classes]; an index out of range gives zeros.
Tensor oneHot(const Tensor &indices, int64_t classes, DType type = DType::f32,
              Location at = Location::current());
/// Rows of a table: table [v, ...], indices [i...] -> [i..., ...]. An index out of range takes the
/// nearest row.
Tensor gather(const Tensor &table, const Tensor &indices, Location at = Location::current());

/// (prediction - target)^2. Shapes must be equal.
Tensor squaredError(const Tensor &prediction, const Tensor &target,
                    Reduction reduction = Reduction::mean, Location at = Location::current());
/// Softmax cross-entropy. logits [..., classes]; target: integer labels [...] or probabilities
/// [..., classes]. A label out of range gives NaN.
Tensor crossEntropy(const Tensor &logits, const Tensor &target,
                    Reduction reduction = Reduction::mean, Location at = Location::current());
/// Cross-entropy of sigmoid(logits) against probabilities of the same shape.
Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target,
                                    Reduction reduction = Reduction::mean,
                                    Location at = Location::current());

} // namespace gradus
