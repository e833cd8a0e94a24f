// Elementwise ops for Python, under their names of the API in snake case.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

/// An operator of C++, which has no location of its own.
template <class Operator> void defineOperator(py::module_ &ops, const char *name, Operator op) {
  ops.def(name,
          [op](const Argument &a, const Argument &b) { return op(operandOf(a), operandOf(b)); });
}

void bindOperators(py::module_ &ops) {
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
}

void bindUnary(py::module_ &ops) {
  std::pair<const char *, Unary> functions[] = {
      {"abs", abs},         {"sign", sign},         {"exp", exp},
      {"expm1", expm1},     {"log", log},           {"log1p", log1p},
      {"sqrt", sqrt},       {"rsqrt", rsqrt},       {"tanh", tanh},
      {"sigmoid", sigmoid}, {"relu", relu},         {"floor", floor},
      {"ceil", ceil},       {"trunc", trunc},       {"round", round},
      {"frac", frac},       {"square", square},     {"reciprocal", reciprocal},
      {"cbrt", cbrt},       {"exp2", exp2},         {"log2", log2},
      {"log10", log10},     {"sin", sin},           {"cos", cos},
      {"tan", tan},         {"asin", asin},         {"acos", acos},
      {"atan", atan},       {"sinh", sinh},         {"cosh", cosh},
      {"asinh", asinh},     {"acosh", acosh},       {"atanh", atanh},
      {"erf", erf},         {"erfc", erfc},         {"erfinv", erfinv},
      {"lgamma", lgamma},   {"digamma", digamma},   {"trigamma", trigamma},
      {"is_nan", isNan},    {"is_inf", isInf},      {"is_finite", isFinite},
      {"relu6", relu6},     {"hardsigmoid", hardsigmoid}, {"hardswish", hardswish},
      {"selu", selu},       {"silu", silu},         {"mish", mish},
      {"tanhshrink", tanhshrink}, {"log_sigmoid", logSigmoid}, {"softsign", softsign},
      {"stop_gradient", stopGradient},
  };
  for (auto [name, function] : functions)
    defineUnary(ops, name, function);
}

void bindBinary(py::module_ &ops) {
  std::pair<const char *, Binary> functions[] = {
      {"equal", equal},
      {"not_equal", notEqual},
      {"maximum", maximum},
      {"minimum", minimum},
      {"pow", pow},
      {"atan2", atan2},
      {"hypot", hypot},
      {"log_add_exp", logAddExp},
      {"log_add_exp2", logAddExp2},
      {"xlogy", xlogy},
      {"fmod", fmod},
      {"remainder", remainder},
      {"floor_divide", floorDivide},
      {"copysign", copysign},
      {"shift_left", shiftLeft},
      {"shift_right", shiftRight},
  };
  for (auto [name, function] : functions)
    defineBinary(ops, name, function);
}

void bindSeveral(py::module_ &ops) {
  ops.def("where", [](const Tensor &condition, const Argument &a, const Argument &b) {
    return where(condition, operandOf(a), operandOf(b));
  });
  ops.def("masked_fill", [](const Tensor &x, const Tensor &mask, const Argument &value) {
    return maskedFill(x, mask, operandOf(value));
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
  ops.def("polygamma", [](int64_t order, const Tensor &x) { return polygamma(order, x); });
  ops.def("glu", [](const Tensor &x, int64_t axis) { return glu(x, axis); });
  ops.def("clamp", [](const Tensor &x, std::optional<double> low, std::optional<double> high) {
    return clamp(x, low, high);
  });
  ops.def("clamp_tensors", [](const Tensor &x, const Tensor &low, const Tensor &high) {
    return clamp(x, low, high);
  });
  ops.def("logit", [](const Tensor &x, std::optional<double> eps) { return logit(x, eps); });
  ops.def("nan_to_num", [](const Tensor &x, double nan, std::optional<double> positive,
                           std::optional<double> negative) {
    return nanToNum(x, nan, positive, negative);
  });
  ops.def("is_close", [](const Argument &a, const Argument &b, double rtol, double atol,
                         bool equalNan) {
    return isClose(operandOf(a), operandOf(b), rtol, atol, equalNan);
  });
  ops.def("cast",
          [](const Tensor &x, const std::string &type) { return cast(x, typeNamed(type)); });
  ops.def("bitcast",
          [](const Tensor &x, const std::string &type) { return bitcast(x, typeNamed(type)); });
}

void bindActivations(py::module_ &ops) {
  ops.def("leaky_relu", [](const Tensor &x, double slope) { return leakyRelu(x, slope); });
  ops.def("prelu", [](const Tensor &x, const Tensor &weight) { return prelu(x, weight); });
  ops.def("hardtanh",
          [](const Tensor &x, double low, double high) { return hardtanh(x, low, high); });
  ops.def("hardshrink", [](const Tensor &x, double lambda) { return hardshrink(x, lambda); });
  ops.def("softshrink", [](const Tensor &x, double lambda) { return softshrink(x, lambda); });
  ops.def("threshold",
          [](const Tensor &x, double at, double value) { return threshold(x, at, value); });
  ops.def("elu", [](const Tensor &x, double alpha) { return elu(x, alpha); });
  ops.def("celu", [](const Tensor &x, double alpha) { return celu(x, alpha); });
  ops.def("gelu", [](const Tensor &x, bool byTanh) {
    return gelu(x, byTanh ? Approximation::tanh : Approximation::none);
  });
  ops.def("softplus", [](const Tensor &x, double beta, double threshold) {
    return softplus(x, beta, threshold);
  });
}

} // namespace

void bindElementwise(py::module_ &ops) {
  bindOperators(ops);
  bindUnary(ops);
  bindBinary(ops);
  bindSeveral(ops);
  bindActivations(ops);
}

} // namespace gradus::conformance
