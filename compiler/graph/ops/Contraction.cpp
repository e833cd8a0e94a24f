#include "compiler/graph/ops/Contraction.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Movement.h"
#include "compiler/graph/ops/Normalization.h"
#include "compiler/graph/ops/Reduction.h"
#include "dialects/gradus/Contraction.h"

#include <cmath>
#include <limits>

namespace gradus {

using namespace building;

Tensor matmul(const Tensor &a, const Tensor &b, Location at) {
  return binary<ir::MatmulOp>(Operand(a, at), Operand(b, at), at);
}

/// Throws unless the ranks are these.
static GraphImpl &withRanks(StringRef op, const Tensor &a, int64_t rankA, const Tensor &b, int64_t rankB,
                            Location at) {
  GraphImpl &impl = graphOf(a, op, at);
  Value left = impl.value(a, op, at), right = impl.value(b, op, at);
  if (a.rank() != rankA || b.rank() != rankB)
    impl.fail(at, op,
              "shapes " + ir::shapeText(ir::shapeOf(left)) + " and " + ir::shapeText(ir::shapeOf(right)) +
                  " have rank " + Twine(a.rank()) + " and " + Twine(b.rank()) + " (must be " + Twine(rankA) +
                  " and " + Twine(rankB) + ")",
              {left, right});
  return impl;
}

Tensor mm(const Tensor &a, const Tensor &b, Location at) {
  withRanks("gradus.mm", a, 2, b, 2, at);
  return matmul(a, b, at);
}
Tensor mv(const Tensor &a, const Tensor &b, Location at) {
  withRanks("gradus.mv", a, 2, b, 1, at);
  return matmul(a, b, at);
}
Tensor bmm(const Tensor &a, const Tensor &b, Location at) {
  GraphImpl &impl = withRanks("gradus.bmm", a, 3, b, 3, at);
  if (a.shape()[0] != b.shape()[0])
    impl.fail(at, "gradus.bmm",
              "shapes " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(a))) + " and " +
                  ir::shapeText(ir::shapeOf(GraphImpl::valueOf(b))) +
                  " differ in their number of matrices (must be equal; matmul broadcasts)",
              {GraphImpl::valueOf(a), GraphImpl::valueOf(b)});
  return matmul(a, b, at);
}
Tensor addmm(const Tensor &c, const Tensor &a, const Tensor &b, double beta, double alpha, Location at) {
  Tensor product = matmul(a, b, at);
  if (alpha != 1)
    product = Operand(product, at) * Operand(alpha, at);
  Tensor addend = beta == 1 ? c : Operand(c, at) * Operand(beta, at);
  return Operand(addend, at) + Operand(product, at);
}

Tensor linear(const Tensor &x, const Tensor &weight, const Tensor &bias, Location at) {
  GraphImpl &impl = graphOf(x, "gradus.linear", at);
  Value w = impl.value(weight, "gradus.linear", at);
  if (weight.rank() != 2)
    impl.fail(at, "gradus.linear", "a weight of shape " + ir::shapeText(ir::shapeOf(w)) + " (must be out x in)", w);
  Tensor y = matmul(x, transpose(weight, at), at);
  return bias.valid() ? Operand(y, at) + Operand(bias, at) : y;
}

Tensor dot(const Tensor &a, const Tensor &b, Location at) {
  withRanks("gradus.dot", a, 1, b, 1, at);
  return matmul(a, b, at);
}

Tensor vdot(const Tensor &a, const Tensor &b, Location at) {
  GraphImpl &impl = graphOf(a, "gradus.vdot", at);
  Value left = impl.value(a, "gradus.vdot", at), right = impl.value(b, "gradus.vdot", at);
  if (a.shape() != b.shape())
    impl.fail(at, "gradus.vdot",
              "shapes " + ir::shapeText(ir::shapeOf(left)) + " and " + ir::shapeText(ir::shapeOf(right)) +
                  " differ (must be equal)",
              {left, right});
  return sum(Operand(a, at) * Operand(b, at), {}, false, at);
}

Tensor outer(const Tensor &a, const Tensor &b, Location at) {
  withRanks("gradus.outer", a, 1, b, 1, at);
  return Operand(reshape(a, {-1, 1}, at), at) * Operand(b, at);
}

Tensor einsum(std::string_view equation, const std::vector<Tensor> &operands, Location at) {
  StringRef op = ir::EinsumOp::getOperationName();
  GraphImpl &impl = graphOf(operands.empty() ? Tensor() : operands[0], op, at);
  SmallVector<Value> values;
  for (const Tensor &operand : operands)
    values.push_back(impl.value(operand, op, at));
  return impl.make<ir::EinsumOp>(
      at, values, named(impl, "equation", StringAttr::get(impl.context(), StringRef(equation))));
}

Tensor tensordot(const Tensor &a, const Tensor &b, int64_t count, Location at) {
  GraphImpl &impl = graphOf(a, "gradus.tensordot", at);
  Value left = impl.value(a, "gradus.tensordot", at), right = impl.value(b, "gradus.tensordot", at);
  if (count < 0 || count > a.rank() || count > b.rank())
    impl.fail(at, "gradus.tensordot",
              Twine(count) + " axes of shapes " + ir::shapeText(ir::shapeOf(left)) + " and " +
                  ir::shapeText(ir::shapeOf(right)) + " (both must have as many)",
              {left, right});
  std::vector<int64_t> axesOfA, axesOfB;
  for (int64_t i = 0; i < count; ++i) {
    axesOfA.push_back(a.rank() - count + i);
    axesOfB.push_back(i);
  }
  return tensordot(a, b, axesOfA, axesOfB, at);
}

Tensor tensordot(const Tensor &a, const Tensor &b, const std::vector<int64_t> &axesOfA,
                 const std::vector<int64_t> &axesOfB, Location at) {
  StringRef op = "gradus.tensordot";
  GraphImpl &impl = graphOf(a, op, at);
  Value left = impl.value(a, op, at), right = impl.value(b, op, at);
  if (axesOfA.size() != axesOfB.size())
    impl.fail(at, op,
              Twine(axesOfA.size()) + " axes of the left operand and " + Twine(axesOfB.size()) +
                  " of the right one (must be as many)",
              {left, right});
  std::string labelsA, labelsB, result;
  for (int64_t i = 0; i < a.rank(); ++i)
    labelsA += static_cast<char>('a' + i);
  for (int64_t i = 0; i < b.rank(); ++i)
    labelsB += static_cast<char>('A' + i);
  std::vector<bool> taken(a.rank(), false);
  for (size_t i = 0; i < axesOfA.size(); ++i) {
    int64_t x = resolveAxis(impl, op, left, axesOfA[i], at), y = resolveAxis(impl, op, right, axesOfB[i], at);
    if (taken[x] || labelsB[y] >= 'a')
      impl.fail(at, op, "axis " + Twine(taken[x] ? x : y) + " is given twice", {left, right});
    if (a.shape()[x] != b.shape()[y])
      impl.fail(at, op,
                "axis " + Twine(x) + " of the left operand has size " + Twine(a.shape()[x]) + ", axis " + Twine(y) +
                    " of the right one " + Twine(b.shape()[y]) + " (must be equal)",
                {left, right});
    taken[x] = true;
    labelsB[y] = labelsA[x];
  }
  for (int64_t i = 0; i < a.rank(); ++i)
    if (!taken[i])
      result += labelsA[i];
  for (char label : labelsB)
    if (label < 'a')
      result += label;
  return einsum(labelsA + "," + labelsB + "->" + result, {a, b}, at);
}

// --- lengths -------------------------------------------------------------------------------------

static Tensor times(const Tensor &a, const Operand &b, Location at) { return Operand(a, at) * b; }
static Tensor minus(const Tensor &a, const Operand &b, Location at) { return Operand(a, at) - b; }

/// The p-norm along an axis. Where it is 0, the gradient is 0.
static Tensor lengthAlong(const Tensor &x, double p, int64_t axis, bool keepDims, Location at) {
  if (p == 1)
    return sum(abs(x, at), axis, keepDims, at);
  if (std::isinf(p))
    return p > 0 ? max(abs(x, at), axis, keepDims, at) : min(abs(x, at), axis, keepDims, at);
  if (p == 0)
    return sum(cast(notEqual(x, Operand(0, at), at), x.dtype(), at), axis, keepDims, at);
  Tensor power = p == 2 ? times(x, Operand(x, at), at) : pow(abs(x, at), Operand(p, at), at);
  Tensor total = sum(power, axis, keepDims, at);
  Tensor isZero = equal(total, Operand(0, at), at);
  Tensor safe = where(isZero, Operand(1, at), total, at);
  Tensor root = p == 2 ? sqrt(safe, at) : pow(safe, Operand(1 / p, at), at);
  return where(isZero, Operand(0, at), root, at);
}

static GraphImpl &checkNorm(StringRef op, const Tensor &x, double p, Location at) {
  GraphImpl &impl = graphOf(x, op, at);
  Value value = impl.value(x, op, at);
  if (std::isnan(p))
    impl.fail(at, op, "the norm's p is NaN", value);
  return impl;
}

Tensor cdist(const Tensor &x, const Tensor &y, double p, Location at) {
  StringRef op = "gradus.cdist";
  GraphImpl &impl = checkNorm(op, x, p, at);
  Value a = impl.value(x, op, at), b = impl.value(y, op, at);
  Shape rowsOfX = x.shape(), rowsOfY = y.shape();
  if (x.rank() < 2 || y.rank() < 2 || rowsOfX.back() != rowsOfY.back())
    impl.fail(at, op,
              "shapes " + ir::shapeText(ir::shapeOf(a)) + " and " + ir::shapeText(ir::shapeOf(b)) +
                  " have no rows of one size (must be [..., m, d] and [..., n, d])",
              {a, b});
  rowsOfX.insert(rowsOfX.end() - 1, 1);
  rowsOfY.insert(rowsOfY.end() - 2, 1);
  Tensor difference = minus(reshape(x, rowsOfX, at), Operand(reshape(y, rowsOfY, at), at), at);
  return lengthAlong(difference, p, -1, false, at);
}

Tensor pairwiseDistance(const Tensor &x, const Tensor &y, double p, double epsilon, bool keepDims, Location at) {
  checkNorm("gradus.pairwise_distance", x, p, at);
  Tensor difference = minus(x, Operand(y, at), at);
  if (epsilon != 0)
    difference = Operand(difference, at) + Operand(epsilon, at);
  return lengthAlong(difference, p, -1, keepDims, at);
}

Tensor cosineSimilarity(const Tensor &x, const Tensor &y, int64_t axis, double epsilon, Location at) {
  Tensor product = sum(times(x, Operand(y, at), at), axis, false, at);
  auto length = [&](const Tensor &v) {
    return maximum(lengthAlong(v, 2, axis, false, at), Operand(epsilon, at), at);
  };
  return Operand(product, at) / Operand(times(length(x), Operand(length(y), at), at), at);
}

Tensor normalize(const Tensor &x, double p, int64_t axis, double epsilon, Location at) {
  checkNorm("gradus.normalize", x, p, at);
  Tensor length = maximum(lengthAlong(x, p, axis, true, at), Operand(epsilon, at), at);
  return Operand(x, at) / Operand(length, at);
}

// --- attention -----------------------------------------------------------------------------------

Tensor scaledDotProductAttention(const Tensor &q, const Tensor &k, const Tensor &v, const Tensor &mask,
                                 const AttentionOptions &options, Location at) {
  StringRef op = "gradus.attention";
  GraphImpl &impl = graphOf(q, op, at);
  Value query = impl.value(q, op, at), key = impl.value(k, op, at);
  if (q.rank() < 2 || k.rank() < 2 || q.shape().back() < 1 || q.shape().back() != k.shape().back())
    impl.fail(at, op,
              "queries of shape " + ir::shapeText(ir::shapeOf(query)) + " and keys of shape " +
                  ir::shapeText(ir::shapeOf(key)) + " do not fit (must be [..., m, d] and [..., n, d])",
              {query, key});
  double scale = options.scale != 0 ? options.scale : 1 / std::sqrt(static_cast<double>(q.shape().back()));
  std::vector<int64_t> order;
  for (int64_t axis = 0; axis < k.rank() - 2; ++axis)
    order.push_back(axis);
  order.insert(order.end(), {k.rank() - 1, k.rank() - 2});
  Tensor scores = times(matmul(q, transpose(k, order, at), at), Operand(scale, at), at);
  auto hide = [&](const Tensor &seen) {
    scores = where(seen, scores, Operand(-std::numeric_limits<double>::infinity(), at), at);
  };
  if (options.causal) {
    int64_t m = q.shape()[q.rank() - 2], n = k.shape()[k.rank() - 2];
    if (m < 0 || n < 0)
      impl.fail(at, op, "a causal mask needs known numbers of queries and keys (one of them is the batch)", {query, key});
    auto along = [&](int64_t axis) {
      return impl.make<ir::IotaOp>(at, ValueRange(),
                                   {list(impl, "shape", {m, n}), number(impl, "axis", axis), element(impl, "element", DType::i32)});
    };
    hide(Operand(along(0), at) >= Operand(along(1), at));
  }
  if (mask.valid() && mask.dtype() == DType::boolean)
    hide(mask);
  else if (mask.valid())
    scores = Operand(scores, at) + Operand(mask, at);
  return matmul(softmax(scores, -1, at), v, at);
}

} // namespace gradus
