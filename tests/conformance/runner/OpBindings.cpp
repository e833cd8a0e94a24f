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
  ops.def("cast", [](const Tensor &x, const std::string &type) { return cast(x, typeNamed(type)); });
}

void bindReductions(py::module_ &ops) {
  defineReduction(ops, "sum", sum);
  defineReduction(ops, "mean", mean);
  defineReduction(ops, "max", max);
  defineReduction(ops, "min", min);
  defineReduction(ops, "log_sum_exp", logSumExp);
  defineReduction(ops, "prod", prod);
  defineReduction(ops, "any", any);
  defineReduction(ops, "all", all);
  defineReduction(ops, "count_nonzero", countNonzero);
  ops.def("var", [](const Tensor &x, const OptionalAxes &axes, bool keep, int64_t correction) {
    return var(x, axesOf(axes), keep, correction);
  });
  ops.def("std", [](const Tensor &x, const OptionalAxes &axes, bool keep, int64_t correction) {
    return stdDev(x, axesOf(axes), keep, correction);
  });
  ops.def("norm", [](const Tensor &x, double p, const OptionalAxes &axes, bool keep) {
    return norm(x, p, axesOf(axes), keep);
  });
  ops.def("argmax", [](const Tensor &x, int64_t axis, bool keep) { return argmax(x, axis, keep); });
  ops.def("argmin", [](const Tensor &x, int64_t axis, bool keep) { return argmin(x, axis, keep); });
  ops.def("softmax", [](const Tensor &x, int64_t axis) { return softmax(x, axis); });
  ops.def("log_softmax", [](const Tensor &x, int64_t axis) { return logSoftmax(x, axis); });
}

std::pair<Tensor, Tensor> pairOf(const ValuesAndIndices &both) { return {both.values, both.indices}; }

void bindScans(py::module_ &ops) {
  ops.def("cumsum", [](const Tensor &x, int64_t axis) { return cumsum(x, axis); });
  ops.def("cumprod", [](const Tensor &x, int64_t axis) { return cumprod(x, axis); });
  ops.def("log_cum_sum_exp", [](const Tensor &x, int64_t axis) { return logCumSumExp(x, axis); });
  ops.def("cummax", [](const Tensor &x, int64_t axis) { return pairOf(cummax(x, axis)); });
  ops.def("cummin", [](const Tensor &x, int64_t axis) { return pairOf(cummin(x, axis)); });
  ops.def("sort", [](const Tensor &x, int64_t axis, bool descending) {
    return pairOf(sort(x, axis, descending));
  });
  ops.def("top_k", [](const Tensor &x, int64_t k, int64_t axis, bool largest) {
    return pairOf(topK(x, k, axis, largest));
  });
  ops.def("median", [](const Tensor &x, int64_t axis, bool keep) { return pairOf(median(x, axis, keep)); });
  ops.def("search_sorted", [](const Tensor &sorted, const Tensor &values, bool right) {
    return searchSorted(sorted, values, right);
  });
}

ScatterMode scatterModeNamed(const std::string &name) {
  for (auto [text, mode] : {std::pair{"set", ScatterMode::set}, {"add", ScatterMode::add},
                            {"mul", ScatterMode::mul}, {"max", ScatterMode::max}, {"min", ScatterMode::min}})
    if (name == text)
      return mode;
  throw std::invalid_argument("unknown mode " + name);
}

void bindMovement(py::module_ &ops) {
  ops.def("transpose",
          [](const Tensor &x, const Integers &order) { return transpose(x, order); });
  ops.def("reshape", [](const Tensor &x, const Shape &shape) { return reshape(x, shape); });
  ops.def("broadcast_to",
          [](const Tensor &x, const Shape &shape) { return broadcastTo(x, shape); });
}

void bindIndexing(py::module_ &ops) {
  ops.def("one_hot", [](const Tensor &indices, int64_t classes, const std::string &type) {
    return oneHot(indices, classes, typeNamed(type));
  });
  ops.def("take", [](const Tensor &x, const Tensor &indices, int64_t axis) { return take(x, indices, axis); });
  ops.def("take_along_axis", [](const Tensor &x, const Tensor &indices, int64_t axis) {
    return takeAlongAxis(x, indices, axis);
  });
  ops.def("embedding", [](const Tensor &indices, const Tensor &table, int64_t padding) {
    return embedding(indices, table, padding);
  });
  ops.def("scatter", [](const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
                        const std::string &mode) {
    return scatter(x, indices, updates, axis, scatterModeNamed(mode));
  });
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
  bindScans(ops);
  bindIndexing(ops);
  bindLosses(ops);
}

} // namespace gradus::conformance
