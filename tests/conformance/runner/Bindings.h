// What Python sees of Gradus: a thin layer over the public API, one file per family of ops.
#pragma once

#include "compiler/graph/Graph.h"
#include "compiler/graph/Ops.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gradus::conformance {

namespace py = pybind11;

/// A tensor or a Python number.
using Argument = std::variant<Tensor, double>;
using Integers = std::vector<int64_t>;
using OptionalAxes = std::optional<Integers>;
using OptionalTensor = std::optional<Tensor>;

inline Operand operandOf(const Argument &argument) {
  if (const Tensor *tensor = std::get_if<Tensor>(&argument))
    return Operand(*tensor);
  return Operand(std::get<double>(argument));
}

inline Axes axesOf(const OptionalAxes &axes) { return axes ? Axes(*axes) : Axes(); }
inline Tensor given(const OptionalTensor &tensor) { return tensor ? *tensor : Tensor(); }

/// "f32" -> DType::f32. Throws std::invalid_argument.
DType typeNamed(const std::string &name);

using Unary = Tensor (*)(const Tensor &, Location);
using Binary = Tensor (*)(const Operand &, const Operand &, Location);

inline void defineUnary(py::module_ &ops, const char *name, Unary op) {
  ops.def(name, [op](const Tensor &x) { return op(x, Location::current()); });
}

inline void defineBinary(py::module_ &ops, const char *name, Binary op) {
  ops.def(name, [op](const Argument &a, const Argument &b) {
    return op(operandOf(a), operandOf(b), Location::current());
  });
}

/// Arrays, graphs, tensors, programs, comparison.
void bindCore(py::module_ &module);
/// The ops, in a module of their own, by family.
void bindElementwise(py::module_ &ops);
void bindReductions(py::module_ &ops);
void bindMovement(py::module_ &ops);
void bindIndexing(py::module_ &ops);
void bindProducts(py::module_ &ops);
void bindConvolutions(py::module_ &ops);
void bindNormalization(py::module_ &ops);
void bindLosses(py::module_ &ops);
/// Optimizers and the training step.
void bindTraining(py::module_ &module);

} // namespace gradus::conformance
