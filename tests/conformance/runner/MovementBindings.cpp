// Ops that move elements, for Python.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

PadMode padModeNamed(const std::string &name) {
  if (name == "constant")
    return PadMode::constant;
  if (name == "reflect")
    return PadMode::reflect;
  if (name == "replicate")
    return PadMode::replicate;
  if (name == "circular")
    return PadMode::circular;
  throw std::invalid_argument("no padding is named " + name);
}

/// None: a new axis; ...: an ellipsis; a Python slice; a number: one place.
std::vector<Selector> selectorsOf(const py::list &items) {
  std::vector<Selector> selectors;
  auto bound = [](const py::object &value) {
    return value.is_none() ? std::optional<int64_t>() : value.cast<int64_t>();
  };
  for (const py::handle &item : items) {
    if (item.is_none()) {
      selectors.push_back(newAxis);
    } else if (py::isinstance<py::ellipsis>(item)) {
      selectors.push_back(ellipsis);
    } else if (py::isinstance<py::slice>(item)) {
      auto step = bound(item.attr("step"));
      selectors.push_back(
          Slice{bound(item.attr("start")), bound(item.attr("stop")), step ? *step : 1});
    } else {
      selectors.push_back(Selector(item.cast<int64_t>()));
    }
  }
  return selectors;
}

Patches patchesOf(const Integers &size, const Integers &stride, const Integers &padding,
                  const Integers &dilation) {
  return {.size = size, .stride = stride, .padding = padding, .dilation = dilation};
}

void bindShapes(py::module_ &ops) {
  ops.def("reshape", [](const Tensor &x, const Shape &shape) { return reshape(x, shape); });
  ops.def("flatten", [](const Tensor &x, int64_t first, int64_t last) { return flatten(x, first, last); });
  ops.def("squeeze", [](const Tensor &x, const OptionalAxes &axes) { return squeeze(x, axesOf(axes)); });
  ops.def("unsqueeze", [](const Tensor &x, int64_t axis) { return unsqueeze(x, axis); });
  ops.def("broadcast_to",
          [](const Tensor &x, const Shape &shape) { return broadcastTo(x, shape); });
  ops.def("expand", [](const Tensor &x, const Shape &shape) { return expand(x, shape); });
}

void bindOrder(py::module_ &ops) {
  ops.def("transpose",
          [](const Tensor &x, const Integers &order) { return transpose(x, order); });
  ops.def("movedim", [](const Tensor &x, const Integers &from, const Integers &to) { return movedim(x, from, to); });
  ops.def("swap_axes", [](const Tensor &x, int64_t a, int64_t b) { return swapAxes(x, a, b); });
  ops.def("flip", [](const Tensor &x, const OptionalAxes &axes) { return flip(x, axesOf(axes)); });
  ops.def("roll", [](const Tensor &x, const Integers &shifts, const OptionalAxes &axes) {
    return axes ? roll(x, shifts, *axes) : roll(x, shifts.at(0));
  });
  ops.def("rot90", [](const Tensor &x, int64_t k, int64_t first, int64_t second) {
    return rot90(x, k, first, second);
  });
}

void bindParts(py::module_ &ops) {
  ops.def("slice",
          [](const Tensor &x, const py::list &items) { return slice(x, selectorsOf(items)); });
  ops.def("select", [](const Tensor &x, int64_t axis, int64_t place) { return select(x, axis, place); });
  ops.def("narrow", [](const Tensor &x, int64_t axis, int64_t start, int64_t length) {
    return narrow(x, axis, start, length);
  });
  ops.def("split", [](const Tensor &x, const std::variant<int64_t, Integers> &sizes, int64_t axis) {
    return std::visit([&](const auto &given) { return split(x, given, axis); }, sizes);
  });
  ops.def("chunk", [](const Tensor &x, int64_t count, int64_t axis) { return chunk(x, count, axis); });
  ops.def("array_split",
          [](const Tensor &x, int64_t count, int64_t axis) { return arraySplit(x, count, axis); });
  ops.def("diagonal", [](const Tensor &x, int64_t offset, int64_t axis1, int64_t axis2) {
    return diagonal(x, offset, axis1, axis2);
  });
  ops.def("tril", [](const Tensor &x, int64_t k) { return tril(x, k); });
  ops.def("triu", [](const Tensor &x, int64_t k) { return triu(x, k); });
  ops.def("unfold", [](const Tensor &x, int64_t axis, int64_t size, int64_t step) {
    return unfold(x, axis, size, step);
  });
  ops.def("im2col", [](const Tensor &x, const Integers &size, const Integers &stride,
                       const Integers &padding, const Integers &dilation) {
    return im2col(x, patchesOf(size, stride, padding, dilation));
  });
  ops.def("col2im", [](const Tensor &x, const Integers &image, const Integers &size,
                       const Integers &stride, const Integers &padding, const Integers &dilation) {
    return col2im(x, image, patchesOf(size, stride, padding, dilation));
  });
}

void bindJoining(py::module_ &ops) {
  ops.def("concat",
          [](const std::vector<Tensor> &parts, int64_t axis) { return concat(parts, axis); });
  ops.def("stack",
          [](const std::vector<Tensor> &parts, int64_t axis) { return stack(parts, axis); });
  ops.def("tile", [](const Tensor &x, const Integers &repeats) { return tile(x, repeats); });
  ops.def("repeat_interleave", [](const Tensor &x, int64_t count, std::optional<int64_t> axis) {
    return axis ? repeatInterleave(x, count, *axis) : repeatInterleave(x, count);
  });
  ops.def("pad", [](const Tensor &x, const Integers &before, const Integers &after,
                    const std::string &mode, double value) {
    std::vector<Padding> widths;
    for (size_t i = 0; i < before.size(); ++i)
      widths.push_back({before[i], after.at(i)});
    return pad(x, widths, padModeNamed(mode), value);
  });
  ops.def("kron", [](const Tensor &a, const Tensor &b) { return kron(a, b); });
  ops.def("diag", [](const Tensor &x, int64_t k) { return diag(x, k); });
  ops.def("meshgrid", [](const std::vector<Tensor> &vectors, const std::string &indexing) {
    return meshgrid(vectors, indexing);
  });
}

void bindMaking(py::module_ &ops) {
  ops.def("arange", [](Graph &graph, double start, double stop, double step,
                       const std::string &type) { return arange(graph, start, stop, step, typeNamed(type)); });
  ops.def("linspace", [](Graph &graph, double start, double stop, int64_t count,
                         const std::string &type) { return linspace(graph, start, stop, count, typeNamed(type)); });
  ops.def("eye", [](Graph &graph, int64_t rows, int64_t columns, const std::string &type) {
    return eye(graph, rows, columns, 0, typeNamed(type));
  });
}

} // namespace

void bindMovement(py::module_ &ops) {
  bindShapes(ops);
  bindOrder(ops);
  bindParts(ops);
  bindJoining(ops);
  bindMaking(ops);
}

} // namespace gradus::conformance
