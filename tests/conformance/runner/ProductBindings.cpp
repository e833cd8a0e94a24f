// Contractions for Python.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

void bindProducts(py::module_ &ops) {
  ops.def("matmul", [](const Tensor &a, const Tensor &b) { return matmul(a, b); });
  ops.def("mm", [](const Tensor &a, const Tensor &b) { return mm(a, b); });
  ops.def("mv", [](const Tensor &a, const Tensor &b) { return mv(a, b); });
  ops.def("bmm", [](const Tensor &a, const Tensor &b) { return bmm(a, b); });
  ops.def("addmm", [](const Tensor &c, const Tensor &a, const Tensor &b, double beta,
                      double alpha) { return addmm(c, a, b, beta, alpha); });
  ops.def("linear", [](const Tensor &x, const Tensor &weight, const OptionalTensor &bias) {
    return linear(x, weight, given(bias));
  });
  ops.def("dot", [](const Tensor &a, const Tensor &b) { return dot(a, b); });
  ops.def("outer", [](const Tensor &a, const Tensor &b) { return outer(a, b); });
  ops.def("einsum", [](const std::string &equation, const std::vector<Tensor> &operands) {
    return einsum(equation, operands);
  });
  ops.def("tensordot", [](const Tensor &a, const Tensor &b, int64_t count) {
    return tensordot(a, b, count);
  });
  ops.def("tensordot_axes", [](const Tensor &a, const Tensor &b, const Integers &axesOfA,
                               const Integers &axesOfB) { return tensordot(a, b, axesOfA, axesOfB); });
  ops.def("cdist", [](const Tensor &x, const Tensor &y, double p) { return cdist(x, y, p); });
  ops.def("pairwise_distance", [](const Tensor &x, const Tensor &y, double p, double epsilon,
                                  bool keep) { return pairwiseDistance(x, y, p, epsilon, keep); });
  ops.def("cosine_similarity", [](const Tensor &x, const Tensor &y, int64_t axis, double epsilon) {
    return cosineSimilarity(x, y, axis, epsilon);
  });
  ops.def("normalize", [](const Tensor &x, double p, int64_t axis, double epsilon) {
    return normalize(x, p, axis, epsilon);
  });
  ops.def("attention", [](const Tensor &q, const Tensor &k, const Tensor &v,
                          const OptionalTensor &mask, bool causal, double scale) {
    return scaledDotProductAttention(q, k, v, given(mask), {.causal = causal, .scale = scale});
  });
}

} // namespace gradus::conformance
