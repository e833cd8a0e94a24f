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
  defineUnary(ops, "floor", floor);
  defineUnary(ops, "ceil", ceil);
  defineUnary(ops, "trunc", trunc);
  defineUnary(ops, "round", round);
  defineUnary(ops, "frac", frac);
  defineUnary(ops, "square", square);
  defineUnary(ops, "reciprocal", reciprocal);
  defineUnary(ops, "cbrt", cbrt);
  defineUnary(ops, "exp2", exp2);
  defineUnary(ops, "log2", log2);
  defineUnary(ops, "log10", log10);
  defineUnary(ops, "sin", sin);
  defineUnary(ops, "cos", cos);
  defineUnary(ops, "tan", tan);
  defineUnary(ops, "asin", asin);
  defineUnary(ops, "acos", acos);
  defineUnary(ops, "atan", atan);
  defineUnary(ops, "sinh", sinh);
  defineUnary(ops, "cosh", cosh);
  defineUnary(ops, "asinh", asinh);
  defineUnary(ops, "acosh", acosh);
  defineUnary(ops, "atanh", atanh);
  defineUnary(ops, "erf", erf);
  defineUnary(ops, "erfc", erfc);
  defineUnary(ops, "erfinv", erfinv);
  defineUnary(ops, "lgamma", lgamma);
  defineUnary(ops, "digamma", digamma);
  defineUnary(ops, "trigamma", trigamma);
  defineUnary(ops, "is_nan", isNan);
  defineUnary(ops, "is_inf", isInf);
  defineUnary(ops, "is_finite", isFinite);
  defineUnary(ops, "selu", selu);
  defineUnary(ops, "silu", silu);
  defineUnary(ops, "mish", mish);
  defineUnary(ops, "hardsigmoid", hardsigmoid);
  defineUnary(ops, "hardswish", hardswish);
  defineUnary(ops, "log_sigmoid", logSigmoid);
  defineUnary(ops, "softsign", softsign);
  defineUnary(ops, "tanhshrink", tanhshrink);
  defineUnary(ops, "relu6", relu6);
  defineBinary(ops, "atan2", atan2);
  defineBinary(ops, "hypot", hypot);
  defineBinary(ops, "log_add_exp", logAddExp);
  defineBinary(ops, "log_add_exp2", logAddExp2);
  defineBinary(ops, "xlogy", xlogy);
  defineBinary(ops, "fmod", fmod);
  defineBinary(ops, "remainder", remainder);
  defineBinary(ops, "floor_divide", floorDivide);
  defineBinary(ops, "copysign", copysign);
  defineBinary(ops, "shift_left", shiftLeft);
  defineBinary(ops, "shift_right", shiftRight);
  ops.def("gelu", [](const Tensor &x) { return gelu(x); });
  ops.def("gelu_tanh", [](const Tensor &x) { return gelu(x, Approximation::tanh); });
  ops.def("leaky_relu", [](const Tensor &x, double slope) { return leakyRelu(x, slope); });
  ops.def("elu", [](const Tensor &x, double alpha) { return elu(x, alpha); });
  ops.def("celu", [](const Tensor &x, double alpha) { return celu(x, alpha); });
  ops.def("hardtanh", [](const Tensor &x, double low, double high) { return hardtanh(x, low, high); });
  ops.def("hardshrink", [](const Tensor &x, double lambda) { return hardshrink(x, lambda); });
  ops.def("softshrink", [](const Tensor &x, double lambda) { return softshrink(x, lambda); });
  ops.def("threshold",
          [](const Tensor &x, double limit, double value) { return threshold(x, limit, value); });
  ops.def("softplus",
          [](const Tensor &x, double beta, double limit) { return softplus(x, beta, limit); },
          py::arg("x"), py::arg("beta") = 1, py::arg("threshold") = 20);
  ops.def("prelu", [](const Tensor &x, const Tensor &weight) { return prelu(x, weight); });
  ops.def("polygamma", [](int64_t order, const Tensor &x) { return polygamma(order, x); });
  ops.def("glu", [](const Tensor &x, int64_t axis) { return glu(x, axis); });
  ops.def("clamp", [](const Tensor &x, std::optional<double> low, std::optional<double> high) {
    return clamp(x, low, high);
  });
  ops.def("lerp", [](const Argument &a, const Argument &b, const Argument &weight) {
    return lerp(operandOf(a), operandOf(b), operandOf(weight));
  });
  ops.def("addcmul", [](const Tensor &x, const Argument &a, const Argument &b, double value) {
    return addcmul(x, operandOf(a), operandOf(b), value);
  });
  ops.def("addcdiv", [](const Tensor &x, const Argument &a, const Argument &b, double value) {
    return addcdiv(x, operandOf(a), operandOf(b), value);
  });
  ops.def("nan_to_num", [](const Tensor &x, double nan, std::optional<double> positive,
                           std::optional<double> negative) {
    return nanToNum(x, nan, positive, negative);
  });
  ops.def("is_close", [](const Argument &a, const Argument &b, double rtol, double atol, bool nan) {
    return isClose(operandOf(a), operandOf(b), rtol, atol, nan);
  });
  ops.def("masked_fill", [](const Tensor &x, const Tensor &mask, const Argument &value) {
    return maskedFill(x, mask, operandOf(value));
  });
  ops.def("bitcast",
          [](const Tensor &x, const std::string &type) { return bitcast(x, typeNamed(type)); });
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

void bindLosses(py::module_ &ops) {
  ops.def("squared_error", [](const Tensor &a, const Tensor &b, const std::string &reduction) {
    return squaredError(a, b, reductionNamed(reduction));
  });
  ops.def("cross_entropy", [](const Tensor &a, const Tensor &b, const std::string &reduction) {
    return crossEntropy(a, b, reductionNamed(reduction));
  });
  ops.def("binary_cross_entropy_with_logits",
          [](const Tensor &a, const Tensor &b, const std::string &reduction) {
            return binaryCrossEntropyWithLogits(a, b, reductionNamed(reduction));
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
