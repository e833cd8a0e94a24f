// Arrays, graphs, tensors and programs for Python.
#include "tests/conformance/runner/Bindings.h"
#include "tests/conformance/runner/Compare.h"

#include "compiler/Compile.h"
#include "runtime/data/Npy.h"

namespace gradus::conformance {

DType typeNamed(const std::string &name) {
  if (auto type = dtypeNamed(name))
    return *type;
  throw std::invalid_argument("no element type is named " + name);
}

namespace {

//===--- arrays ---------------------------------------------------------------------------------===//

template <class T> NDArray filled(const py::list &values, const Shape &shape) {
  std::vector<T> elements;
  elements.reserve(values.size());
  for (const py::handle &value : values)
    elements.push_back(value.cast<T>());
  return NDArray::fromVector(elements, shape);
}

NDArray arrayOf(const py::list &values, const Shape &shape, const std::string &type) {
  switch (typeNamed(type)) {
  case DType::f32:
    return filled<float>(values, shape);
  case DType::f64:
    return filled<double>(values, shape);
  case DType::i32:
    return filled<int32_t>(values, shape);
  case DType::i64:
    return filled<int64_t>(values, shape);
  case DType::boolean:
    return filled<bool>(values, shape);
  case DType::u8:
    return filled<uint8_t>(values, shape);
  }
  throw std::invalid_argument("no such element type");
}

template <class T> py::list listOf(const NDArray &array) {
  py::list list;
  for (T value : array.span<T>())
    list.append(value);
  return list;
}

py::list elementsOf(const NDArray &array) {
  switch (array.dtype()) {
  case DType::f32:
    return listOf<float>(array);
  case DType::f64:
    return listOf<double>(array);
  case DType::i32:
    return listOf<int32_t>(array);
  case DType::i64:
    return listOf<int64_t>(array);
  case DType::boolean:
    return listOf<bool>(array);
  case DType::u8:
    return listOf<uint8_t>(array);
  }
  return py::list();
}

/// The given rows of the leading axis. Throws std::invalid_argument for one out of range.
NDArray takeRows(const NDArray &array, const Integers &rows) {
  Shape shape = array.shape();
  if (shape.empty())
    throw std::invalid_argument("a scalar has no rows");
  for (int64_t row : rows)
    if (row < 0 || row >= shape[0])
      throw std::invalid_argument("row " + std::to_string(row) + " is not one of the " +
                                  std::to_string(shape[0]) + " rows");
  size_t bytes = shape[0] ? size_t(array.bytes() / shape[0]) : 0;
  shape[0] = int64_t(rows.size());
  NDArray taken = NDArray::uninitialized(shape, array.dtype());
  for (size_t i = 0; i < rows.size(); ++i)
    std::memcpy(static_cast<char *>(taken.raw()) + i * bytes,
                static_cast<const char *>(array.raw()) + size_t(rows[i]) * bytes, bytes);
  return taken;
}

/// (x / divisor - mean) / deviation in f32, as images are prepared.
NDArray scaled(const NDArray &array, float divisor, float mean, float deviation) {
  NDArray result = array.cast(DType::f32);
  for (float &value : result.span<float>())
    value = (value / divisor - mean) / deviation;
  return result;
}

/// The sum over the axes (kept with size 1) in f64.
NDArray summed(const NDArray &array, const Integers &axes) {
  NDArray source = array.cast(DType::f64);
  Shape shape = source.shape();
  for (int64_t axis : axes)
    shape.at(size_t(axis)) = 1;
  NDArray total = NDArray::zeros(shape, DType::f64);
  std::vector<int64_t> at(shape.size(), 0);
  for (int64_t i = 0; i < source.size(); ++i) {
    int64_t flat = 0;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      flat = flat * shape[axis] + (shape[axis] == 1 ? 0 : at[axis]);
    total.data<double>()[flat] += source.data<double>()[i];
    for (size_t axis = shape.size(); axis-- > 0 && ++at[axis] == source.shape()[axis];)
      at[axis] = 0;
  }
  return total;
}

/// The sum of arrays that broadcast to a shape, in f32. Small integers stay exact.
NDArray broadcastSum(const std::vector<NDArray> &arrays, const Shape &shape) {
  NDArray total = NDArray::zeros(shape);
  std::vector<int64_t> at(shape.size(), 0);
  for (int64_t i = 0; i < total.size(); ++i) {
    for (const NDArray &array : arrays) {
      int64_t flat = 0;
      size_t lead = shape.size() - array.shape().size();
      for (size_t axis = lead; axis < shape.size(); ++axis) {
        int64_t size = array.shape()[axis - lead];
        flat = flat * size + (size == 1 ? 0 : at[axis]);
      }
      total.data<float>()[i] += array.data<float>()[flat];
    }
    for (size_t axis = shape.size(); axis-- > 0 && ++at[axis] == shape[axis];)
      at[axis] = 0;
  }
  return total;
}

py::dict readArchive(const std::string &path) {
  auto entries = readNpz(path);
  if (!entries.ok())
    throw std::runtime_error(entries.status().message());
  py::dict arrays;
  for (auto &[name, array] : entries.value())
    arrays[py::str(name)] = array;
  return arrays;
}

NDArray readArray(const std::string &path) {
  auto array = readNpy(path);
  if (!array.ok())
    throw std::runtime_error(array.status().message());
  return array.value();
}

void bindArrays(py::module_ &module) {
  py::class_<NDArray>(module, "Array")
      .def(py::init(&arrayOf), py::arg("values"), py::arg("shape"), py::arg("dtype"))
      .def_property_readonly("shape", [](const NDArray &a) { return py::tuple(py::cast(a.shape())); })
      .def_property_readonly("dtype", [](const NDArray &a) { return std::string(nameOf(a.dtype())); })
      .def_property_readonly("size", &NDArray::size)
      .def("values", &elementsOf)
      .def("cast", [](const NDArray &a, const std::string &type) { return a.cast(typeNamed(type)); })
      .def("reshape", [](const NDArray &a, const Shape &shape) { return a.reshape(shape); })
      .def("rows", &takeRows)
      .def("scaled", &scaled, py::arg("divisor"), py::arg("mean") = 0.0f,
           py::arg("deviation") = 1.0f)
      .def("summed", &summed)
      .def("write", [](const NDArray &a) {
        auto bytes = formatNpy(a);
        return py::bytes(reinterpret_cast<const char *>(bytes.data()), bytes.size());
      });
  module.def("full_array", [](const Shape &shape, double value, const std::string &type) {
    NDArray array = NDArray::zeros(shape, DType::f64);
    for (double &element : array.span<double>())
      element = value;
    return array.cast(typeNamed(type));
  });
  module.def("broadcast_sum", &broadcastSum);
  module.def("read_npz", &readArchive);
  module.def("read_npy", &readArray);
  module.def("difference", &difference, py::arg("got"), py::arg("wanted"), py::arg("relative"),
             py::arg("absolute"), py::arg("patterns") = true);
}

//===--- graphs ---------------------------------------------------------------------------------===//

void bindGraphs(py::module_ &module) {
  py::class_<Tensor>(module, "Tensor")
      .def_property_readonly("shape", [](const Tensor &t) { return py::tuple(py::cast(t.shape())); })
      .def_property_readonly("dtype",
                             [](const Tensor &t) { return std::string(nameOf(t.dtype())); });
  py::class_<Graph>(module, "Graph")
      .def(py::init([](const std::string &name) { return Graph(name); }))
      .def("input", [](Graph &g, const std::string &name, const Shape &shape,
                       const std::string &type) { return g.input(name, shape, typeNamed(type)); })
      .def("parameter", [](Graph &g, const std::string &name,
                           const NDArray &values) {
        return g.parameter(name, values.shape(), data(values), values.dtype());
      })
      .def("state", [](Graph &g, const std::string &name, const NDArray &values) {
        return g.state(name, values.shape(), data(values), values.dtype());
      })
      .def("constant", [](Graph &g, const NDArray &values) { return g.constant(values); })
      .def("full", [](Graph &g, const Shape &shape, double value,
                      const std::string &type) { return g.full(shape, value, typeNamed(type)); })
      .def("result",
           [](Graph &g, const std::string &name, const Tensor &value) { g.result(name, value); })
      .def("assign",
           [](Graph &g, const Tensor &variable, const Tensor &value) { g.assign(variable, value); })
      .def("text", [](const Graph &g) { return g.toText(); });
  module.def("gradients", [](const Tensor &loss, const std::vector<Tensor> &withRespectTo) {
    return gradients(loss, withRespectTo);
  });
}

//===--- programs -------------------------------------------------------------------------------===//

void bindPrograms(py::module_ &module) {
  py::class_<State, std::shared_ptr<State>>(module, "State")
      .def("get", [](const State &s, const std::string &name) { return s.get(name); })
      .def("names", [](const State &s) { return s.names(); });
  py::class_<Program>(module, "Program")
      .def_property_readonly("state", &Program::state)
      .def("bind", [](Program &p, const std::string &name, const NDArray &a) { p.bind(name, a); })
      .def_property_readonly("inputs",
                             [](const Program &p) {
                               std::vector<std::string> names;
                               for (const PortRecord &port : p.inputs())
                                 names.push_back(port.name);
                               return names;
                             })
      .def("step", &Program::step)
      .def("output",
           [](const Program &p, const std::string &name) { return p.output(name).copy(); });
  py::class_<CompileOptions>(module, "Options")
      .def(py::init([](int threads, bool cache, std::shared_ptr<State> state) {
             CompileOptions options;
             options.threads = threads;
             options.cache = cache;
             options.state = std::move(state);
             options.subnormals = Subnormals::keep;
             return options;
           }),
           py::arg("threads") = 1, py::arg("cache") = false, py::arg("state") = nullptr);
  module.def("compile", [](const Graph &graph, const CompileOptions &options) {
    return compile(graph, options);
  });
}

} // namespace

void bindCore(py::module_ &module) {
  py::register_exception<GraphError>(module, "GraphError");
  bindArrays(module);
  bindGraphs(module);
  bindPrograms(module);
}

} // namespace gradus::conformance
