// Products.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// Product of the last two axes. a: [..., m, k], b: [..., k, n] -> [..., m, n]; leading axes
/// broadcast; an operand of rank 1 is a row on the left, a column on the right. Throws GraphError
/// if the inner sizes differ.
Tensor matmul(const Tensor &a, const Tensor &b, Location at = Location::current());
/// The same for exactly [m, k] and [k, n], [m, k] and [k], [b, m, k] and [b, k, n].
Tensor mm(const Tensor &a, const Tensor &b, Location at = Location::current());
Tensor mv(const Tensor &a, const Tensor &b, Location at = Location::current());
Tensor bmm(const Tensor &a, const Tensor &b, Location at = Location::current());
/// beta c + alpha a b.
Tensor addmm(const Tensor &c, const Tensor &a, const Tensor &b, double beta = 1, double alpha = 1,
             Location at = Location::current());
/// x [..., in] times the transpose of weight [out, in], plus bias [out] (if there is one).
Tensor linear(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              Location at = Location::current());

/// Σ a b of two vectors of one size.
Tensor dot(const Tensor &a, const Tensor &b, Location at = Location::current());
/// Σ a b over all elements; the shapes are equal.
Tensor vdot(const Tensor &a, const Tensor &b, Location at = Location::current());
/// [m] and [n] -> [m, n].
Tensor outer(const Tensor &a, const Tensor &b, Location at = Location::current());

/// Sum of products by labels of axes, "bij,bjk->bik", as NumPy's and PyTorch's: implicit results,
/// `...`, diagonals ("ii->i") and sums ("ij->"). At most 8 different labels.
Tensor einsum(std::string_view equation, const std::vector<Tensor> &operands,
              Location at = Location::current());
/// Sums over the last `count` axes of a and the first of b.
Tensor tensordot(const Tensor &a, const Tensor &b, int64_t count = 2,
                 Location at = Location::current());
/// Sums over pairs of axes, one of a and one of b.
Tensor tensordot(const Tensor &a, const Tensor &b, const std::vector<int64_t> &axesOfA,
                 const std::vector<int64_t> &axesOfB, Location at = Location::current());

/// p-norms of the differences of all rows: x [..., m, d], y [..., n, d] -> [..., m, n]. The gradient
/// at distance 0 is 0.
Tensor cdist(const Tensor &x, const Tensor &y, double p = 2, Location at = Location::current());
/// p-norm of x - y + epsilon along the last axis.
Tensor pairwiseDistance(const Tensor &x, const Tensor &y, double p = 2, double epsilon = 1e-6,
                        bool keepDims = false, Location at = Location::current());
/// Σ x y / (max(|x|, epsilon) max(|y|, epsilon)) along an axis.
Tensor cosineSimilarity(const Tensor &x, const Tensor &y, int64_t axis = 1, double epsilon = 1e-8,
                        Location at = Location::current());
/// x / max(p-norm of x, epsilon) along an axis.
Tensor normalize(const Tensor &x, double p = 2, int64_t axis = 1, double epsilon = 1e-12,
                 Location at = Location::current());

struct AttentionOptions {
  bool causal = false; ///< query i sees keys 0 .. i
  double scale = 0;    ///< 0: 1 / sqrt(d)
};
/// softmax(scale q kᵀ + mask) v. q: [..., m, d], k: [..., n, d], v: [..., n, e] -> [..., m, e]. The
/// mask, if there is one, broadcasts to [..., m, n]: numbers are added; where a boolean is false the
/// key is not seen.
Tensor scaledDotProductAttention(const Tensor &q, const Tensor &k, const Tensor &v,
                                 const Tensor &mask = {}, const AttentionOptions &options = {},
                                 Location at = Location::current());

} // namespace gradus
