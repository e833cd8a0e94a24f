// What Python sees of Gradus: a thin layer over the public API, one function per file of bindings.
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

inline Operand operandOf(const Argument &argument) {
  if (const Tensor *tensor = std::get_if<Tensor>(&argument))
    return Operand(*tensor);
  return Operand(std::get<double>(argument));
}

inline Axes axesOf(const OptionalAxes &axes) { return axes ? Axes(*axes) : Axes(); }

/// "f32" -> DType::f32. Throws std::invalid_argument.
DType typeNamed(const std::string &name);

/// Arrays, graphs, tensors, programs, comparison.
void bindCore(py::module_ &module);
/// The ops, in a module of their own.
void bindOps(py::module_ &ops);
/// Families of them.
void bindLosses(py::module_ &ops);
/// Optimizers and the training step.
void bindTraining(py::module_ &module);

} // namespace gradus::conformance
