// Selection by indices, for Python.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

ScatterMode scatterModeNamed(const std::string &name) {
  if (name == "set")
    return ScatterMode::set;
  if (name == "add")
    return ScatterMode::add;
  if (name == "mul")
    return ScatterMode::mul;
  if (name == "max")
    return ScatterMode::max;
  if (name == "min")
    return ScatterMode::min;
  throw std::invalid_argument("no way to scatter is named " + name);
}

} // namespace

void bindIndexing(py::module_ &ops) {
  ops.def("one_hot", [](const Tensor &indices, int64_t classes, const std::string &type) {
    return oneHot(indices, classes, typeNamed(type));
  });
  ops.def("take", [](const Tensor &x, const Tensor &indices, int64_t axis) {
    return take(x, indices, axis);
  });
  ops.def("take_flat", [](const Tensor &x, const Tensor &indices) { return take(x, indices); });
  ops.def("embedding", [](const Tensor &indices, const Tensor &table, int64_t padding) {
    return embedding(indices, table, padding);
  });
  ops.def("take_along_axis", [](const Tensor &x, const Tensor &indices, int64_t axis) {
    return takeAlongAxis(x, indices, axis);
  });
  ops.def("scatter", [](const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
                        const std::string &mode) {
    return scatter(x, indices, updates, axis, scatterModeNamed(mode));
  });
  ops.def("index_add", [](const Tensor &x, const Tensor &indices, const Tensor &updates,
                          int64_t axis) { return indexAdd(x, indices, updates, axis); });
  ops.def("index_copy", [](const Tensor &x, const Tensor &indices, const Tensor &updates,
                           int64_t axis) { return indexCopy(x, indices, updates, axis); });
  ops.def("index_put", [](const Tensor &x, const std::vector<Tensor> &indices,
                          const Tensor &values, bool accumulate) {
    return indexPut(x, indices, values, accumulate);
  });
}

} // namespace gradus::conformance
