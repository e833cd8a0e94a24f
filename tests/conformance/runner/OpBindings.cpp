// The ops for Python, under their names of the API in snake case.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

using Unary = Tensor (*)(const Tensor &, Location);
using Binary = Tensor (*)(const Operand &, const Operand &, Location);
using Reduce = Tensor (*)(const Tensor &, const Axes &, bool, Location);

using Optional = std::optional<Tensor>;
Tensor orEmpty(const Optional &tensor) { return tensor.value_or(Tensor()); }

void defineUnary(py::module_ &ops, const char *name, Unary op) {
  ops.def(name, [op](const Tensor &x) { return op(x, Location::current()); });
}

void defineBinary(py::module_ &ops, const char *name, Binary op) {
  ops.def(name, [op](const Argument &a, const Argument &b) {
    return op(operandOf(a), operandOf(b), Location::current());
  });
}

/// An operator of C++, which has no location of its own.
template <class Operator> void defineOperator(py::module_ &ops, const char *name, Operator op) {
  ops.def(name, [op](const Argument &a, const Argument &b) { return op(operandOf(a), operandOf(b)); });
}

void defineReduction(py::module_ &ops, const char *name, Reduce op) {
  ops.def(
      name,
      [op](const Tensor &x, const OptionalAxes &axes, bool keep) {
        return op(x, axesOf(axes), keep, Location::current());
      },
      py::arg("x"), py::arg("axes") = py::none(), py::arg("keep") = false);
}

gradus::Reduction reductionNamed(const std::string &name) {
  if (name == "mean")
    return gradus::Reduction::mean;
  if (name == "sum")
    return gradus::Reduction::sum;
  if (name == "none")
    return gradus::Reduction::none;
  if (name == "batchmean")
    return gradus::Reduction::batchMean;
  throw std::invalid_argument("no reduction is named " + name);
}

void bindElementwise(py::module_ &ops) {
  defineOperator(ops, "add", [](const Operand &a, const Operand &b) { return a + b; });
  defineOperator(ops, "sub", [](const Operand &a, const Operand &b) { return a - b; });
  defineOperator(ops, "mul", [](const Operand &a, const Operand &b) { return a * b; });
  defineOperator(ops, "div", [](const Operand &a, const Operand &b) { return a / b; });
  defineOperator(ops, "less", [](const Operand &a, const Operand &b) { return a < b; });
  defineOperator(ops, "less_equal", [](const Operand &a, const Operand &b) { return a <= b; });
  defineOperator(ops, "greater", [](const Operand &a, const Operand &b) { return a > b; });
  defineOperator(ops, "greater_equal", [](const Operand &a, const Operand &b) { return a >= b; });
  defineOperator(ops, "bit_and", [](const Operand &a, const Operand &b) { return a & b; });
  defineOperator(ops, "bit_or", [](const Operand &a, const Operand &b) { return a | b; });
  defineOperator(ops, "bit_xor", [](const Operand &a, const Operand &b) { return a ^ b; });
  ops.def("neg", [](const Tensor &x) { return -Operand(x); });
  ops.def("bit_not", [](const Tensor &x) { return !Operand(x); });
  defineBinary(ops, "equal", equal);
  defineBinary(ops, "not_equal", notEqual);
  defineBinary(ops, "maximum", maximum);
  defineBinary(ops, "minimum", minimum);
  defineBinary(ops, "pow", pow);
  ops.def("where", [](const Tensor &condition, const Argument &a, const Argument &b) {
    return where(condition, operandOf(a), operandOf(b));
  });
  defineUnary(ops, "abs", abs);
  defineUnary(ops, "sign", sign);
  defineUnary(ops, "exp", exp);
  defineUnary(ops, "expm1", expm1);
  defineUnary(ops, "log", log);
  defineUnary(ops, "log1p", log1p);
  defineUnary(ops, "sqrt", sqrt);
  defineUnary(ops, "rsqrt", rsqrt);
  defineUnary(ops, "tanh", tanh);
  defineUnary(ops, "sigmoid", sigmoid);
  defineUnary(ops, "relu", relu);
  ops.def("cast", [](const Tensor &x, const std::string &type) { return cast(x, typeNamed(type)); });
}

void bindReductions(py::module_ &ops) {
  defineReduction(ops, "sum", sum);
  defineReduction(ops, "mean", mean);
  defineReduction(ops, "max", max);
  defineReduction(ops, "min", min);
  defineReduction(ops, "log_sum_exp", logSumExp);
  ops.def("argmax", [](const Tensor &x, int64_t axis, bool keep) { return argmax(x, axis, keep); });
  ops.def("softmax", [](const Tensor &x, int64_t axis) { return softmax(x, axis); });
  ops.def("log_softmax", [](const Tensor &x, int64_t axis) { return logSoftmax(x, axis); });
}

std::vector<Padding> paddingOf(const Integers &low, const Integers &high) {
  std::vector<Padding> widths;
  for (size_t i = 0; i < low.size(); ++i)
    widths.push_back({low[i], high.at(i)});
  return widths;
}

PadMode padModeNamed(const std::string &name) {
  if (name == "reflect")
    return PadMode::reflect;
  if (name == "replicate")
    return PadMode::replicate;
  if (name == "circular")
    return PadMode::circular;
  throw std::invalid_argument("no way to pad is named " + name);
}

void bindMovement(py::module_ &ops) {
  ops.def("transpose",
          [](const Tensor &x, const Integers &order) { return transpose(x, order); });
  ops.def("reshape", [](const Tensor &x, const Shape &shape) { return reshape(x, shape); });
  ops.def("broadcast_to",
          [](const Tensor &x, const Shape &shape) { return broadcastTo(x, shape); });
  ops.def("slice", [](const Tensor &x, const Integers &starts, const Integers &stops, const Integers &steps) {
    std::vector<Selector> selectors;
    for (size_t i = 0; i < starts.size(); ++i)
      selectors.push_back(Slice{starts[i], stops.at(i), steps.at(i)});
    return slice(x, selectors);
  });
  ops.def("pad", [](const Tensor &x, const Integers &low, const Integers &high, double value) {
    return pad(x, paddingOf(low, high), PadMode::constant, value);
  });
  ops.def("pad_mode", [](const Tensor &x, const Integers &low, const Integers &high, const std::string &mode) {
    return pad(x, paddingOf(low, high), padModeNamed(mode));
  });
  ops.def("window", [](const Tensor &x, const Integers &axes, const Integers &sizes, const Integers &strides,
                       const Integers &dilations) { return slidingWindow(x, sizes, axes, strides, dilations); });
  ops.def("overlap_add", [](const Tensor &x, const Integers &axes, const Integers &extents, const Integers &strides,
                            const Integers &dilations) { return overlapAdd(x, extents, axes, strides, dilations); });
  ops.def("concat", [](const std::vector<Tensor> &parts, int64_t axis) { return concat(parts, axis); });
  ops.def("stack", [](const std::vector<Tensor> &parts, int64_t axis) { return stack(parts, axis); });
  ops.def("split", [](const Tensor &x, const Integers &sizes, int64_t axis) { return split(x, sizes, axis); });
  ops.def("tile", [](const Tensor &x, const Integers &repeats) { return tile(x, repeats); });
  ops.def("repeat", [](const Tensor &x, int64_t count, int64_t axis) { return repeatInterleave(x, count, axis); });
  ops.def("flip", [](const Tensor &x, const Integers &axes) { return flip(x, axes); });
  ops.def("roll", [](const Tensor &x, const Integers &shifts, const Integers &axes) { return roll(x, shifts, axes); });
  ops.def("tril", [](const Tensor &x, int64_t k) { return tril(x, k); });
  ops.def("triu", [](const Tensor &x, int64_t k) { return triu(x, k); });
  ops.def("diagonal", [](const Tensor &x, int64_t offset, int64_t axis1, int64_t axis2) {
    return diagonal(x, offset, axis1, axis2);
  });
  ops.def("unsqueeze", [](const Tensor &x, const Integers &axes) { return unsqueeze(x, axes.at(0)); });
}

void bindIndexing(py::module_ &ops) {
  ops.def("one_hot", [](const Tensor &indices, int64_t classes, const std::string &type) {
    return oneHot(indices, classes, typeNamed(type));
  });
  ops.def("gather",
          [](const Tensor &table, const Tensor &indices) { return gather(table, indices); });
}

ClassOptions classOptions(const std::string &reduction, const std::optional<Tensor> &weight,
                          std::optional<int64_t> ignored, double smoothing) {
  ClassOptions options{.reduction = reductionNamed(reduction), .ignored = ignored, .labelSmoothing = smoothing};
  if (weight)
    options.weight = *weight;
  return options;
}

BinaryOptions binaryOptions(const std::string &reduction, const std::optional<Tensor> &weight,
                            const std::optional<Tensor> &positive) {
  BinaryOptions options{.reduction = reductionNamed(reduction)};
  if (weight)
    options.weight = *weight;
  if (positive)
    options.positiveWeight = *positive;
  return options;
}

using PairLoss = Tensor (*)(const Tensor &, const Tensor &, gradus::Reduction, Location);

void definePairLoss(py::module_ &ops, const char *name, PairLoss loss) {
  ops.def(name, [loss](const Tensor &a, const Tensor &b, const std::string &reduction) {
    return loss(a, b, reductionNamed(reduction), Location::current());
  });
}

void bindLosses(py::module_ &ops) {
  using Text = const std::string &;
  using Weight = const std::optional<Tensor> &;
  using Of = const Tensor &;
  definePairLoss(ops, "squared_error", squaredError);
  definePairLoss(ops, "absolute_error", absoluteError);
  definePairLoss(ops, "soft_margin", softMargin);
  ops.def("huber", [](Of a, Of b, double delta, Text r) { return huber(a, b, delta, reductionNamed(r)); });
  ops.def("smooth_l1",
          [](Of a, Of b, double beta, Text r) { return smoothL1(a, b, beta, reductionNamed(r)); });
  ops.def("cross_entropy",
          [](Of x, Of t, Text r, Weight weight, std::optional<int64_t> ignored, double smoothing) {
            return crossEntropy(x, t, classOptions(r, weight, ignored, smoothing));
          });
  ops.def("nll", [](Of x, Of t, Text r, Weight weight, std::optional<int64_t> ignored) {
    return nll(x, t, classOptions(r, weight, ignored, 0));
  });
  ops.def("multi_margin", [](Of x, Of t, double power, double margin, Weight weight, Text r) {
    return multiMargin(x, t, margin, power, classOptions(r, weight, {}, 0));
  });
  ops.def("binary_cross_entropy", [](Of x, Of t, Text r, Weight weight) {
    return binaryCrossEntropy(x, t, binaryOptions(r, weight, {}));
  });
  ops.def("binary_cross_entropy_with_logits", [](Of x, Of t, Text r, Weight weight, Weight positive) {
    return binaryCrossEntropyWithLogits(x, t, binaryOptions(r, weight, positive));
  });
  ops.def("multilabel_soft_margin", [](Of x, Of t, Text r, Weight weight) {
    return multilabelSoftMargin(x, t, binaryOptions(r, weight, {}));
  });
  ops.def("hinge_embedding",
          [](Of x, Of t, double margin, Text r) { return hingeEmbedding(x, t, margin, reductionNamed(r)); });
  ops.def("kl_divergence",
          [](Of x, Of t, bool logarithm, Text r) { return klDivergence(x, t, logarithm, reductionNamed(r)); });
  ops.def("poisson_nll", [](Of x, Of t, bool logInput, bool full, double epsilon, Text r) {
    return poissonNll(x, t, {reductionNamed(r), logInput, full, epsilon});
  });
  ops.def("gaussian_nll", [](Of x, Of t, Of variance, bool full, double epsilon, Text r) {
    return gaussianNll(x, t, variance, {reductionNamed(r), full, epsilon});
  });
  ops.def("margin_ranking", [](Of a, Of b, Of t, double margin, Text r) {
    return marginRanking(a, b, t, margin, reductionNamed(r));
  });
  ops.def("cosine_embedding", [](Of a, Of b, Of t, double margin, Text r) {
    return cosineEmbedding(a, b, t, margin, reductionNamed(r));
  });
  ops.def("triplet_margin",
          [](Of a, Of p, Of n, double margin, double power, double epsilon, bool swap, Text r) {
            return tripletMargin(a, p, n, {reductionNamed(r), margin, power, epsilon, swap});
          });
}

void bindContractions(py::module_ &ops) {
  ops.def("matmul", [](const Tensor &a, const Tensor &b) { return matmul(a, b); });
  ops.def("dot", [](const Tensor &a, const Tensor &b) { return dot(a, b); });
  ops.def("vdot", [](const Tensor &a, const Tensor &b) { return vdot(a, b); });
  ops.def("outer", [](const Tensor &a, const Tensor &b) { return outer(a, b); });
  ops.def("linear", [](const Tensor &x, const Tensor &weight, const Optional &bias) {
    return linear(x, weight, orEmpty(bias));
  });
  ops.def("einsum", [](const std::string &equation, const std::vector<Tensor> &operands) {
    return einsum(equation, operands);
  });
  ops.def("tensordot", [](const Tensor &a, const Tensor &b, const Integers &left, const Integers &right) {
    return tensordot(a, b, left, right);
  });
  ops.def("cdist", [](const Tensor &x, const Tensor &y, double p) { return cdist(x, y, p); });
  ops.def("pairwise_distance", [](const Tensor &x, const Tensor &y, double p, double epsilon, bool keep) {
    return pairwiseDistance(x, y, p, epsilon, keep);
  });
  ops.def("cosine_similarity", [](const Tensor &x, const Tensor &y, int64_t axis, double epsilon) {
    return cosineSimilarity(x, y, axis, epsilon);
  });
  ops.def("normalize", [](const Tensor &x, double p, int64_t axis, double epsilon) {
    return normalize(x, p, axis, epsilon);
  });
  ops.def("attention", [](const Tensor &q, const Tensor &k, const Tensor &v, const Optional &mask, bool causal,
                          double scale) {
    return scaledDotProductAttention(q, k, v, orEmpty(mask), {.causal = causal, .scale = scale});
  });
}

void bindNormalizations(py::module_ &ops) {
  ops.def("batch_norm", [](const Tensor &x, const Optional &scale, const Optional &shift, double epsilon) {
    BatchNorm norm = batchNorm(x, orEmpty(scale), orEmpty(shift), epsilon);
    return py::make_tuple(norm.y, norm.mean, norm.variance, norm.unbiasedVariance);
  });
  ops.def("batch_norm_inference", [](const Tensor &x, const Tensor &mean, const Tensor &variance, const Optional &scale,
                                     const Optional &shift, double epsilon) {
    return batchNormInference(x, mean, variance, orEmpty(scale), orEmpty(shift), epsilon);
  });
  ops.def("layer_norm", [](const Tensor &x, const Shape &shape, const Optional &scale, const Optional &shift,
                           double epsilon) { return layerNorm(x, shape, orEmpty(scale), orEmpty(shift), epsilon); });
  ops.def("rms_norm", [](const Tensor &x, const Shape &shape, const Optional &scale, double epsilon) {
    return rmsNorm(x, shape, orEmpty(scale), epsilon);
  });
  ops.def("group_norm", [](const Tensor &x, int64_t groups, const Optional &scale, const Optional &shift,
                           double epsilon) { return groupNorm(x, groups, orEmpty(scale), orEmpty(shift), epsilon); });
  ops.def("instance_norm", [](const Tensor &x, const Optional &scale, const Optional &shift, double epsilon) {
    return instanceNorm(x, orEmpty(scale), orEmpty(shift), epsilon);
  });
}

} // namespace

void bindOps(py::module_ &ops) {
  bindElementwise(ops);
  bindReductions(ops);
  bindContractions(ops);
  bindNormalizations(ops);
  bindMovement(ops);
  bindIndexing(ops);
  bindLosses(ops);
}

} // namespace gradus::conformance
