// Convolutions, pools and images of other sizes, for Python. The rank is chosen by the number of
// strides.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

Tensor convolution(const Tensor &x, const Tensor &weight, const OptionalTensor &bias,
                   const Integers &stride, const std::variant<Integers, std::string> &padding,
                   const Integers &dilation, int64_t groups) {
  ConvolutionOptions options{.stride = stride, .dilation = dilation, .groups = groups};
  if (const Integers *sizes = std::get_if<Integers>(&padding))
    options.padding = *sizes;
  else
    options.padding = WindowPadding::same();
  auto function = stride.size() == 1 ? conv1d : stride.size() == 2 ? conv2d : conv3d;
  return function(x, weight, given(bias), options, Location::current());
}

Tensor transposed(const Tensor &x, const Tensor &weight, const OptionalTensor &bias,
                  const Integers &stride, const Integers &padding, const Integers &outputPadding,
                  const Integers &dilation, int64_t groups) {
  ConvolutionTransposeOptions options{.stride = stride,
                                      .padding = padding,
                                      .outputPadding = outputPadding,
                                      .dilation = dilation,
                                      .groups = groups};
  auto function = stride.size() == 1   ? convTranspose1d
                  : stride.size() == 2 ? convTranspose2d
                                       : convTranspose3d;
  return function(x, weight, given(bias), options, Location::current());
}

Tensor maxPool(const Tensor &x, const Integers &size, const Integers &stride,
               const Integers &padding, const Integers &dilation, bool ceil) {
  PoolOptions options{.stride = stride, .padding = padding, .dilation = dilation, .ceil = ceil};
  auto function = size.size() == 1 ? maxPool1d : size.size() == 2 ? maxPool2d : maxPool3d;
  return function(x, size, options, Location::current());
}

Tensor avgPool(const Tensor &x, const Integers &size, const Integers &stride,
               const Integers &padding, bool ceil, bool countPadding) {
  PoolOptions options{
      .stride = stride, .padding = padding, .ceil = ceil, .countPadding = countPadding};
  auto function = size.size() == 1 ? avgPool1d : size.size() == 2 ? avgPool2d : avgPool3d;
  return function(x, size, options, Location::current());
}

Tensor lpPool(const Tensor &x, double p, const Integers &size, const Integers &stride, bool ceil) {
  PoolOptions options{.stride = stride, .ceil = ceil};
  return (size.size() == 1 ? lpPool1d : lpPool2d)(x, p, size, options, Location::current());
}

Interpolation interpolationNamed(const std::string &name) {
  if (name == "nearest")
    return Interpolation::nearest;
  if (name == "nearest-exact")
    return Interpolation::nearestExact;
  if (name == "linear" || name == "bilinear" || name == "trilinear")
    return Interpolation::linear;
  if (name == "bicubic")
    return Interpolation::cubic;
  if (name == "area")
    return Interpolation::area;
  throw std::invalid_argument("no interpolation is named " + name);
}

} // namespace

void bindConvolutions(py::module_ &ops) {
  ops.def("conv", &convolution);
  ops.def("conv_transpose", &transposed);
  ops.def("max_pool", &maxPool);
  ops.def("avg_pool", &avgPool);
  ops.def("lp_pool", &lpPool);
  ops.def("adaptive_avg_pool",
          [](const Tensor &x, const Integers &sizes) { return adaptiveAvgPool(x, sizes); });
  ops.def("adaptive_max_pool",
          [](const Tensor &x, const Integers &sizes) { return adaptiveMaxPool(x, sizes); });
  ops.def("interpolate", [](const Tensor &x, const Integers &sizes, const std::string &mode,
                            bool alignCorners, const std::vector<double> &scales) {
    return interpolate(x, sizes, {interpolationNamed(mode), alignCorners, scales});
  });
}

} // namespace gradus::conformance
