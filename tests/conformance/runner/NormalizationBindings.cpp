// Normalisation for Python.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

void bindNormalization(py::module_ &ops) {
  ops.def("batch_norm", [](const Tensor &x, const OptionalTensor &scale,
                           const OptionalTensor &shift, double epsilon) {
    BatchNorm result = batchNorm(x, given(scale), given(shift), epsilon);
    return py::make_tuple(result.y, result.mean, result.unbiasedVariance);
  });
  ops.def("batch_norm_inference",
          [](const Tensor &x, const Tensor &mean, const Tensor &variance,
             const OptionalTensor &scale, const OptionalTensor &shift, double epsilon) {
            return batchNormInference(x, mean, variance, given(scale), given(shift), epsilon);
          });
  ops.def("layer_norm", [](const Tensor &x, const Shape &normalized, const OptionalTensor &scale,
                           const OptionalTensor &shift, double epsilon) {
    return layerNorm(x, normalized, given(scale), given(shift), epsilon);
  });
  ops.def("rms_norm", [](const Tensor &x, const Shape &normalized, const OptionalTensor &scale,
                         double epsilon) { return rmsNorm(x, normalized, given(scale), epsilon); });
  ops.def("group_norm", [](const Tensor &x, int64_t groups, const OptionalTensor &scale,
                           const OptionalTensor &shift, double epsilon) {
    return groupNorm(x, groups, given(scale), given(shift), epsilon);
  });
  ops.def("instance_norm", [](const Tensor &x, const OptionalTensor &scale,
                              const OptionalTensor &shift, double epsilon) {
    return instanceNorm(x, given(scale), given(shift), epsilon);
  });
  ops.def("local_response_norm", [](const Tensor &x, int64_t size, double alpha, double beta,
                                    double k) { return localResponseNorm(x, size, alpha, beta, k); });
}

} // namespace gradus::conformance
