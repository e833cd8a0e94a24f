// Convolutions, pools, images of other sizes.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// Where the channels of images are: [images, channels, S...] or [images, S..., channels].
enum class ImageLayout { channelsFirst, channelsLast };

/// A number for all spatial axes, or one for each.
class PerAxis {
public:
  PerAxis(int64_t all) : list{all} {}
  PerAxis(std::initializer_list<int64_t> each) : list(each) {}
  PerAxis(std::vector<int64_t> each) : list(std::move(each)) {}
  std::vector<int64_t> list;
};

/// What is added around images.
class WindowPadding {
public:
  enum class Kind { given, same };
  WindowPadding(int64_t all) : low(all), high(all) {}
  WindowPadding(std::initializer_list<int64_t> each) : low(each), high(each) {}
  WindowPadding(std::vector<int64_t> each) : low(each), high(std::move(each)) {}
  /// So much that stride 1 keeps the size, and stride s gives ceil(size / s); an odd one more lies
  /// behind.
  static WindowPadding same() {
    WindowPadding padding(0);
    padding.kind = Kind::same;
    return padding;
  }
  static WindowPadding valid() { return 0; }
  /// Before and behind.
  static WindowPadding sides(PerAxis low, PerAxis high) {
    WindowPadding padding(0);
    padding.low = std::move(low);
    padding.high = std::move(high);
    return padding;
  }
  Kind kind = Kind::given;
  PerAxis low, high;
};

struct ConvolutionOptions {
  PerAxis stride = 1;
  WindowPadding padding = 0;
  PerAxis dilation = 1;
  int64_t groups = 1;
  ImageLayout layout = ImageLayout::channelsFirst;
};

/// Cross-correlation. x: [images, channels, S...], or without images; weight: [filters, channels /
/// groups, K...]; bias: [filters], or empty -> [images, filters, P...]. Channels of x and of the
/// result lie as the layout says, those of the weight do not move. Throws GraphError if shapes,
/// groups or sizes do not fit, or the window is larger than the padded image.
Tensor conv1d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              const ConvolutionOptions &options = {}, Location at = Location::current());
Tensor conv2d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              const ConvolutionOptions &options = {}, Location at = Location::current());
Tensor conv3d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              const ConvolutionOptions &options = {}, Location at = Location::current());

struct ConvolutionTransposeOptions {
  PerAxis stride = 1;
  WindowPadding padding = 0; ///< not `same`
  PerAxis outputPadding = 0;
  PerAxis dilation = 1;
  int64_t groups = 1;
  ImageLayout layout = ImageLayout::channelsFirst;
};

/// The adjoint of a convolution in its images. weight: [channels, filters / groups, K...]; S is (P -
/// 1) stride + dilation (K - 1) + 1 - 2 padding + outputPadding.
Tensor convTranspose1d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
                       const ConvolutionTransposeOptions &options = {},
                       Location at = Location::current());
Tensor convTranspose2d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
                       const ConvolutionTransposeOptions &options = {},
                       Location at = Location::current());
Tensor convTranspose3d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
                       const ConvolutionTransposeOptions &options = {},
                       Location at = Location::current());

struct PoolOptions {
  PerAxis stride = {};      ///< empty: the size of the window
  WindowPadding padding = 0;
  PerAxis dilation = 1;     ///< of largest elements only
  bool ceil = false;        ///< whether a last window may reach beyond the padding
  bool countPadding = true; ///< whether the divisor of means counts padding
  ImageLayout layout = ImageLayout::channelsFirst;
};

/// The largest element of each window; padding counts as -inf; the gradient goes to the first
/// largest element. x as for convolutions.
Tensor maxPool1d(const Tensor &x, const PerAxis &size, const PoolOptions &options = {},
                 Location at = Location::current());
Tensor maxPool2d(const Tensor &x, const PerAxis &size, const PoolOptions &options = {},
                 Location at = Location::current());
Tensor maxPool3d(const Tensor &x, const PerAxis &size, const PoolOptions &options = {},
                 Location at = Location::current());
/// The mean of each window.
Tensor avgPool1d(const Tensor &x, const PerAxis &size, const PoolOptions &options = {},
                 Location at = Location::current());
Tensor avgPool2d(const Tensor &x, const PerAxis &size, const PoolOptions &options = {},
                 Location at = Location::current());
Tensor avgPool3d(const Tensor &x, const PerAxis &size, const PoolOptions &options = {},
                 Location at = Location::current());
/// The p-norm of each window: (Σ x^p)^(1/p).
Tensor lpPool1d(const Tensor &x, double p, const PerAxis &size, const PoolOptions &options = {},
                Location at = Location::current());
Tensor lpPool2d(const Tensor &x, double p, const PerAxis &size, const PoolOptions &options = {},
                Location at = Location::current());

/// Window i of m along an axis of n covers floor(i n / m) .. ceil((i + 1) n / m). The last axes of x
/// are spatial, as many as there are sizes.
Tensor adaptiveAvgPool(const Tensor &x, const std::vector<int64_t> &sizes,
                       Location at = Location::current());
Tensor adaptiveMaxPool(const Tensor &x, const std::vector<int64_t> &sizes,
                       Location at = Location::current());
/// [images, channels, S...] -> [images, channels].
Tensor globalAvgPool(const Tensor &x, ImageLayout layout = ImageLayout::channelsFirst,
                     Location at = Location::current());
Tensor globalMaxPool(const Tensor &x, ImageLayout layout = ImageLayout::channelsFirst,
                     Location at = Location::current());

enum class Interpolation { nearest, nearestExact, linear, cubic, area };
struct InterpolationOptions {
  Interpolation mode = Interpolation::nearest;
  bool alignCorners = false;      ///< of linear and cubic: the corners of both images coincide
  std::vector<double> scales = {}; ///< if given, positions follow these, not the ratio of the sizes
};
/// Images of other sizes. The last axes of x are spatial, as many as there are sizes. Linear and
/// cubic (a = -0.75) are products with a constant matrix per axis.
Tensor interpolate(const Tensor &x, const std::vector<int64_t> &sizes,
                   const InterpolationOptions &options = {}, Location at = Location::current());

} // namespace gradus
