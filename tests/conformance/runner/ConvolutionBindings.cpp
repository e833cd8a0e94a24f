// Convolutions, pools and resampling, under their names of the API in snake case.
#include "tests/conformance/runner/Bindings.h"

#include <map>

namespace gradus::conformance {

void bindConvolutions(py::module_ &ops) {
  ops.def("conv", [](const Tensor &x, const Tensor &weight, const OptionalTensor &bias, const Integers &stride,
                     const std::variant<std::string, Integers> &padding, const Integers &dilation, int64_t groups) {
    ConvolutionOptions options{.stride = stride, .dilation = dilation, .groups = groups};
    const Integers *numbers = std::get_if<Integers>(&padding);
    options.padding = numbers ? WindowPadding(*numbers) : WindowPadding::same();
    auto conv = weight.rank() == 3 ? conv1d : weight.rank() == 4 ? conv2d : conv3d;
    return conv(x, weight, given(bias), options, Location::current());
  });
  ops.def("conv_transpose", [](const Tensor &x, const Tensor &weight, const OptionalTensor &bias, const Integers &stride,
                               const Integers &padding, const Integers &outputPadding, const Integers &dilation,
                               int64_t groups) {
    ConvolutionTransposeOptions options{.stride = stride, .padding = padding, .outputPadding = outputPadding,
                                        .dilation = dilation, .groups = groups};
    auto conv = weight.rank() == 3 ? convTranspose1d : weight.rank() == 4 ? convTranspose2d : convTranspose3d;
    return conv(x, weight, given(bias), options, Location::current());
  });
  ops.def("max_pool", [](const Tensor &x, const Integers &size, const Integers &stride, const Integers &padding,
                         const Integers &dilation, bool ceil) {
    PoolOptions options{.stride = stride, .padding = padding, .dilation = dilation, .ceil = ceil};
    auto pool = size.size() == 1 ? maxPool1d : size.size() == 2 ? maxPool2d : maxPool3d;
    return pool(x, size, options, Location::current());
  });
  ops.def("avg_pool", [](const Tensor &x, const Integers &size, const Integers &stride, const Integers &padding,
                         bool ceil, bool countPadding) {
    PoolOptions options{.stride = stride, .padding = padding, .ceil = ceil, .countPadding = countPadding};
    auto pool = size.size() == 1 ? avgPool1d : size.size() == 2 ? avgPool2d : avgPool3d;
    return pool(x, size, options, Location::current());
  });
  ops.def("lp_pool", [](const Tensor &x, double p, const Integers &size, const Integers &stride, bool ceil) {
    auto pool = size.size() == 1 ? lpPool1d : lpPool2d;
    return pool(x, p, size, {.stride = stride, .ceil = ceil}, Location::current());
  });
  ops.def("adaptive_avg_pool", [](const Tensor &x, const Integers &sizes) { return adaptiveAvgPool(x, sizes); });
  ops.def("adaptive_max_pool", [](const Tensor &x, const Integers &sizes) { return adaptiveMaxPool(x, sizes); });
  ops.def("interpolate", [](const Tensor &x, const Integers &sizes, const std::string &mode, bool alignCorners,
                            const std::vector<double> &scales) {
    const std::map<std::string, Interpolation> modes = {
        {"nearest", Interpolation::nearest}, {"nearest-exact", Interpolation::nearestExact},
        {"linear", Interpolation::linear},   {"bilinear", Interpolation::linear},
        {"trilinear", Interpolation::linear}, {"bicubic", Interpolation::cubic},
        {"area", Interpolation::area}};
    return interpolate(x, sizes, {.mode = modes.at(mode), .alignCorners = alignCorners, .scales = scales});
  });
}

} // namespace gradus::conformance
