// The ops for Python, under their names of the API in snake case.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

using Unary = Tensor (*)(const Tensor &, Location);
using Binary = Tensor (*)(const Operand &, const Operand &, Location);
using Reduce = Tensor (*)(const Tensor &, const Axes &, bool, Location);

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
  ops.def("gather",
          [](const Tensor &table, const Tensor &indices) { return gather(table, indices); });
}

} // namespace

void bindOps(py::module_ &ops) {
  bindElementwise(ops);
  bindReductions(ops);
  ops.def("matmul", [](const Tensor &a, const Tensor &b) { return matmul(a, b); });
  bindMovement(ops);
  bindIndexing(ops);
  bindLosses(ops);
}

} // namespace gradus::conformance
