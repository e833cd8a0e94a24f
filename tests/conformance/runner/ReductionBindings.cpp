// Reductions, scans and sorting for Python.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

using namespace py::literals;
using Reduce = Tensor (*)(const Tensor &, const Axes &, bool, Location);
using Spread = Tensor (*)(const Tensor &, const Axes &, bool, int64_t, Location);
using Search = Tensor (*)(const Tensor &, int64_t, bool, DType, Location);
using Extreme = ValuesAndIndices (*)(const Tensor &, int64_t, bool, Location);
using Scan = Tensor (*)(const Tensor &, int64_t, ScanOptions, Location);

py::tuple pairOf(const ValuesAndIndices &found) {
  return py::make_tuple(found.values, found.indices);
}

void bindPlain(py::module_ &ops) {
  std::pair<const char *, Reduce> reductions[] = {
      {"sum", sum}, {"mean", mean}, {"prod", prod},
      {"max", max}, {"min", min},   {"log_sum_exp", logSumExp},
      {"any", any}, {"all", all},   {"count_nonzero", countNonzero}};
  for (auto [name, op] : reductions)
    ops.def(
        name,
        [op](const Tensor &x, const OptionalAxes &axes, bool keep) {
          return op(x, axesOf(axes), keep, Location::current());
        },
        "x"_a, "axes"_a = py::none(), "keep"_a = false);
  std::pair<const char *, Spread> spreads[] = {{"var", var}, {"std", stdDev}};
  for (auto [name, op] : spreads)
    ops.def(name, [op](const Tensor &x, const OptionalAxes &axes, bool keep, int64_t correction) {
      return op(x, axesOf(axes), keep, correction, Location::current());
    });
  ops.def("norm", [](const Tensor &x, double p, const OptionalAxes &axes, bool keep) {
    return norm(x, p, axesOf(axes), keep);
  });
}

void bindSearches(py::module_ &ops) {
  std::pair<const char *, Search> searches[] = {{"argmax", argmax}, {"argmin", argmin}};
  for (auto [name, op] : searches)
    ops.def(name, [op](const Tensor &x, int64_t axis, bool keep) {
      return op(x, axis, keep, DType::i64, Location::current());
    });
  std::pair<const char *, Extreme> extremes[] = {{"max_with_indices", maxWithIndices},
                                                 {"min_with_indices", minWithIndices},
                                                 {"cummax", cummax},
                                                 {"cummin", cummin},
                                                 {"sort", sort},
                                                 {"median", median}};
  for (auto [name, op] : extremes)
    ops.def(name, [op](const Tensor &x, int64_t axis, bool flag) {
      return pairOf(op(x, axis, flag, Location::current()));
    });
  ops.def("top_k", [](const Tensor &x, int64_t k, int64_t axis, bool largest) {
    return pairOf(topK(x, k, axis, largest));
  });
  ops.def("kth_value", [](const Tensor &x, int64_t k, int64_t axis, bool keep) {
    return pairOf(kthValue(x, k, axis, keep));
  });
  ops.def("search_sorted", [](const Tensor &sorted, const Tensor &values, bool right) {
    return searchSorted(sorted, values, right);
  });
}

void bindScans(py::module_ &ops) {
  std::pair<const char *, Scan> scans[] = {
      {"cumsum", cumsum}, {"cumprod", cumprod}, {"log_cum_sum_exp", logCumSumExp}};
  for (auto [name, op] : scans)
    ops.def(name, [op](const Tensor &x, int64_t axis) {
      return op(x, axis, ScanOptions(), Location::current());
    });
}

} // namespace

void bindReductions(py::module_ &ops) {
  bindPlain(ops);
  bindSearches(ops);
  bindScans(ops);
  ops.def("softmax", [](const Tensor &x, int64_t axis) { return softmax(x, axis); });
  ops.def("log_softmax", [](const Tensor &x, int64_t axis) { return logSoftmax(x, axis); });
}

} // namespace gradus::conformance
