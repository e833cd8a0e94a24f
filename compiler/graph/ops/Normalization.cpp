#include "compiler/graph/ops/Normalization.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Movement.h"
#include "compiler/graph/ops/Reduction.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Normalization.h"

namespace gradus {

using namespace building;

Tensor softmax(const Tensor &x, int64_t axis, Location at) {
  return alongAxis<ir::SoftmaxOp>(x, axis, at);
}
Tensor logSoftmax(const Tensor &x, int64_t axis, Location at) {
  return alongAxis<ir::LogSoftmaxOp>(x, axis, at);
}

// --- parts ---------------------------------------------------------------------------------------

static NamedAttribute real(GraphImpl &impl, StringRef name, double value) {
  return named(impl, name, FloatAttr::get(Float64Type::get(impl.context()), value));
}

template <class Op>
static Tensor scaledBy(GraphImpl &impl, const Tensor &x, ArrayRef<int64_t> axes, double epsilon, Location at) {
  return impl.make<Op>(at, GraphImpl::valueOf(x), {list(impl, "axes", axes), real(impl, "epsilon", epsilon)});
}

/// A tensor of one number per channel, ready to broadcast against x; the empty one stays empty.
static Tensor perChannel(GraphImpl &impl, StringRef op, const char *role, const Tensor &values, const Tensor &x,
                         int64_t axis, Location at) {
  if (!values.valid())
    return {};
  Value value = impl.value(values, op, at);
  if (values.rank() != 1 || values.shape()[0] != x.shape()[axis])
    impl.fail(at, op,
              "a " + Twine(role) + " of shape " + ir::shapeText(ir::shapeOf(value)) + " does not fit channels on axis " +
                  Twine(axis) + " of shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) +
                  " (must be one number per channel)",
              {GraphImpl::valueOf(x), value});
  Shape shape(x.rank() - axis, 1);
  shape[0] = values.shape()[0];
  return reshape(values, shape, at);
}

static Tensor affine(Tensor y, const Tensor &scale, const Tensor &shift, Location at) {
  if (scale.valid())
    y = Operand(y, at) * Operand(scale, at);
  if (shift.valid())
    y = Operand(y, at) + Operand(shift, at);
  return y;
}

static int64_t channelAxis(GraphImpl &impl, StringRef op, const Tensor &x, int64_t axis, Location at) {
  Value value = impl.value(x, op, at);
  int64_t resolved = resolveAxis(impl, op, value, axis, at);
  if (x.rank() < 2 || x.shape()[resolved] < 0)
    impl.fail(at, op,
              "axis " + Twine(resolved) + " of shape " + ir::shapeText(ir::shapeOf(value)) +
                  " cannot be the channels (must be a known size, with other axes beside it)",
              value);
  return resolved;
}

// --- batch ---------------------------------------------------------------------------------------

BatchNorm batchNorm(const Tensor &x, const Tensor &scale, const Tensor &shift, double epsilon, int64_t axis,
                    Location at) {
  StringRef op = "gradus.batch_norm";
  GraphImpl &impl = graphOf(x, op, at);
  axis = channelAxis(impl, op, x, axis, at);
  std::vector<int64_t> others;
  for (int64_t i = 0; i < x.rank(); ++i)
    if (i != axis)
      others.push_back(i);
  Tensor mean = gradus::mean(x, others, false, at);
  Tensor centred = Operand(x, at) - Operand(perChannel(impl, op, "mean", mean, x, axis, at), at);
  Tensor squares = Operand(centred, at) * Operand(centred, at);
  Tensor variance = gradus::mean(squares, others, false, at);
  // n may depend on the batch, so it is a sum of ones.
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  Tensor ones = broadcastTo(graph.constant(1, x.dtype(), at), x.shape(), at);
  Tensor fewer = Operand(sum(ones, others, false, at), at) - Operand(1, at);
  BatchNorm result;
  Tensor standard = scaledBy<ir::StandardizeOp>(impl, x, others, epsilon, at);
  result.y = affine(standard, perChannel(impl, op, "scale", scale, x, axis, at),
                    perChannel(impl, op, "shift", shift, x, axis, at), at);
  result.mean = mean;
  result.variance = variance;
  result.unbiasedVariance = Operand(sum(squares, others, false, at), at) / Operand(fewer, at);
  return result;
}

Tensor batchNormInference(const Tensor &x, const Tensor &mean, const Tensor &variance, const Tensor &scale,
                          const Tensor &shift, double epsilon, int64_t axis, Location at) {
  StringRef op = "gradus.batch_norm";
  GraphImpl &impl = graphOf(x, op, at);
  axis = channelAxis(impl, op, x, axis, at);
  impl.value(mean, op, at), impl.value(variance, op, at);
  auto ready = [&](const char *role, const Tensor &values) { return perChannel(impl, op, role, values, x, axis, at); };
  Tensor factor = rsqrt(Operand(ready("variance", variance), at) + Operand(epsilon, at), at);
  if (scale.valid())
    factor = Operand(factor, at) * Operand(ready("scale", scale), at);
  Tensor centred = Operand(x, at) - Operand(ready("mean", mean), at);
  return affine(Operand(centred, at) * Operand(factor, at), {}, ready("shift", shift), at);
}

// --- layer, RMS ----------------------------------------------------------------------------------

/// Checks that x ends with the sizes, and that scale and shift have them.
static SmallVector<int64_t> lastAxes(GraphImpl &impl, StringRef op, const Tensor &x, const Shape &normalized,
                                     std::initializer_list<Tensor> factors, Location at) {
  Value value = impl.value(x, op, at);
  Shape shape = x.shape();
  if (normalized.empty() || normalized.size() > shape.size() ||
      !std::equal(normalized.rbegin(), normalized.rend(), shape.rbegin()))
    impl.fail(at, op,
              "shape " + ir::shapeText(ir::shapeOf(value)) + " does not end with " +
                  ir::shapeText({normalized.data(), normalized.size()}) + " (the sizes to normalise over)",
              value);
  for (const Tensor &factor : factors)
    if (factor.valid() && factor.shape() != normalized)
      impl.fail(at, op,
                "a scale or shift of shape " + ir::shapeText(ir::shapeOf(impl.value(factor, op, at))) +
                    " does not fit (must be " + ir::shapeText({normalized.data(), normalized.size()}) + ")",
                {value, impl.value(factor, op, at)});
  return llvm::to_vector(llvm::seq<int64_t>(shape.size() - normalized.size(), shape.size()));
}

Tensor layerNorm(const Tensor &x, const Shape &normalized, const Tensor &scale, const Tensor &shift, double epsilon,
                 Location at) {
  GraphImpl &impl = graphOf(x, "gradus.layer_norm", at);
  auto axes = lastAxes(impl, "gradus.layer_norm", x, normalized, {scale, shift}, at);
  return affine(scaledBy<ir::StandardizeOp>(impl, x, axes, epsilon, at), scale, shift, at);
}

Tensor rmsNorm(const Tensor &x, const Shape &normalized, const Tensor &scale, double epsilon, Location at) {
  GraphImpl &impl = graphOf(x, ir::RmsNormOp::getOperationName(), at);
  auto axes = lastAxes(impl, ir::RmsNormOp::getOperationName(), x, normalized, {scale}, at);
  return affine(scaledBy<ir::RmsNormOp>(impl, x, axes, epsilon, at), scale, {}, at);
}

// --- group, instance -----------------------------------------------------------------------------

Tensor groupNorm(const Tensor &x, int64_t groups, const Tensor &scale, const Tensor &shift, double epsilon, Location at) {
  StringRef op = "gradus.group_norm";
  GraphImpl &impl = graphOf(x, op, at);
  channelAxis(impl, op, x, 1, at);
  Shape shape = x.shape(), grouped = shape;
  if (groups < 1 || shape[1] % groups)
    impl.fail(at, op,
              Twine(groups) + " groups do not divide the " + Twine(shape[1]) + " channels of shape " +
                  ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) + " (must divide them)",
              GraphImpl::valueOf(x));
  grouped[1] = groups;
  grouped.insert(grouped.begin() + 2, shape[1] / groups);
  auto axes = llvm::to_vector(llvm::seq<int64_t>(2, grouped.size()));
  Tensor y = scaledBy<ir::StandardizeOp>(impl, reshape(x, grouped, at), axes, epsilon, at);
  return affine(reshape(y, shape, at), perChannel(impl, op, "scale", scale, x, 1, at),
                perChannel(impl, op, "shift", shift, x, 1, at), at);
}

Tensor instanceNorm(const Tensor &x, const Tensor &scale, const Tensor &shift, double epsilon, Location at) {
  StringRef op = "gradus.instance_norm";
  GraphImpl &impl = graphOf(x, op, at);
  channelAxis(impl, op, x, 1, at);
  if (x.rank() < 3)
    impl.fail(at, op, "shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) + " has no axes behind the channels",
              GraphImpl::valueOf(x));
  auto axes = llvm::to_vector(llvm::seq<int64_t>(2, x.rank()));
  return affine(scaledBy<ir::StandardizeOp>(impl, x, axes, epsilon, at),
                perChannel(impl, op, "scale", scale, x, 1, at), perChannel(impl, op, "shift", shift, x, 1, at), at);
}

// --- neighbours ----------------------------------------------------------------------------------

Tensor localResponseNorm(const Tensor &x, int64_t size, double alpha, double beta, double k, Location at) {
  StringRef op = "gradus.local_response_norm";
  GraphImpl &impl = graphOf(x, op, at);
  channelAxis(impl, op, x, 1, at);
  if (size < 1)
    impl.fail(at, op, "a size of " + Twine(size) + " channels (must be positive)", GraphImpl::valueOf(x));
  Tensor squares = Operand(x, at) * Operand(x, at);
  SmallVector<int64_t> low(x.rank(), 0), high(x.rank(), 0), none(x.rank(), 0);
  low[1] = size / 2;
  high[1] = (size - 1) / 2;
  Tensor padded = impl.make<ir::PadOp>(at, GraphImpl::valueOf(squares),
                                       {list(impl, "low", low), list(impl, "high", high), list(impl, "interior", none),
                                        real(impl, "value", 0)});
  Tensor windows = impl.make<ir::WindowOp>(at, GraphImpl::valueOf(padded),
                                           {list(impl, "axes", {1}), list(impl, "sizes", {size}), list(impl, "strides", {1}),
                                            list(impl, "dilations", {1})});
  Tensor energy = mean(windows, -1, false, at);
  Tensor base = Operand(Operand(energy, at) * Operand(alpha, at), at) + Operand(k, at);
  return Operand(x, at) / Operand(pow(base, Operand(beta, at), at), at);
}

} // namespace gradus
