#include "compiler/graph/ops/Convolution.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Contraction.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Indexing.h"
#include "compiler/graph/ops/Movement.h"
#include "compiler/graph/ops/Reduction.h"
#include "dialects/gradus/Convolution.h"

#include <cmath>

namespace gradus {

using namespace building;

using Sizes = SmallVector<int64_t>;

// --- images --------------------------------------------------------------------------------------

static std::string shapeTextOf(const Tensor &x) { return ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))); }

namespace {
/// Images as [images, channels, S...], and the way back.
class Images {
public:
  Images(StringRef op, const Tensor &given, int64_t axes, ImageLayout layout, Location at)
      : impl(graphOf(given, op, at)), x(given), axes(axes), layout(layout), at(at) {
    Value value = impl.value(given, op, at);
    alone = given.rank() == axes + 1;
    if (!alone && given.rank() != axes + 2)
      impl.fail(at, op,
                "images of shape " + shapeTextOf(given) + " have rank " + Twine(given.rank()) + " (must have " +
                    Twine(axes) + " spatial axes and channels, and may have an axis of images)",
                value);
    if (alone) {
      Shape shape = given.shape();
      shape.insert(shape.begin(), 1);
      x = reshape(given, shape, at);
    }
    if (layout == ImageLayout::channelsLast)
      x = transpose(x, order(true), at);
    for (int64_t i = 1; i < x.rank(); ++i)
      if (x.shape()[i] < 0)
        impl.fail(at, op, "axis " + Twine(i) + " of shape " + shapeTextOf(x) + " is the batch (only the images can be)",
                  value);
  }

  Tensor back(Tensor y) const {
    if (layout == ImageLayout::channelsLast)
      y = transpose(y, order(false), at);
    if (!alone)
      return y;
    Shape shape = y.shape();
    return reshape(y, Shape(shape.begin() + 1, shape.end()), at);
  }

  Value value() const { return GraphImpl::valueOf(x); }
  int64_t size(int64_t i) const { return x.shape()[2 + i]; }

  GraphImpl &impl;
  Tensor x;

private:
  std::vector<int64_t> order(bool toFirst) const {
    std::vector<int64_t> list = {0};
    if (toFirst)
      list.push_back(axes + 1);
    for (int64_t i = 0; i < axes; ++i)
      list.push_back(toFirst ? 1 + i : 2 + i);
    if (!toFirst)
      list.push_back(1);
    return list;
  }

  int64_t axes;
  ImageLayout layout;
  Location at;
  bool alone = false;
};

/// Where windows lie, before any check: the ops check.
struct Windows {
  Sizes stride, low, high, dilation;
};
} // namespace

/// A single number stands for all axes.
static Sizes each(const PerAxis &numbers, int64_t axes) {
  Sizes list(numbers.list.begin(), numbers.list.end());
  if (list.size() == 1)
    list.assign(axes, list[0]);
  return list;
}

static bool isUsable(ArrayRef<int64_t> list, int64_t axes, int64_t least) {
  constexpr int64_t most = int64_t(1) << 40;
  return static_cast<int64_t>(list.size()) == axes &&
         llvm::all_of(list, [&](int64_t value) { return value >= least && value <= most; });
}

/// `same` padding: the results number ceil(size / stride).
static Windows windowsOf(const Images &images, ArrayRef<int64_t> kernel, const PerAxis &stride, const WindowPadding &padding,
                         const PerAxis &dilation) {
  int64_t axes = images.x.rank() - 2;
  Windows windows = {each(stride, axes), each(padding.low, axes), each(padding.high, axes), each(dilation, axes)};
  bool usable = isUsable(windows.stride, axes, 1) && isUsable(windows.dilation, axes, 1) && isUsable(kernel, axes, 1);
  if (padding.kind == WindowPadding::Kind::same && usable)
    for (int64_t i = 0; i < axes; ++i) {
      int64_t size = images.size(i), results = (size + windows.stride[i] - 1) / windows.stride[i];
      double span = double(results - 1) * windows.stride[i] + double(kernel[i] - 1) * windows.dilation[i] + 1;
      int64_t total = static_cast<int64_t>(std::clamp(span - double(size), 0.0, double(int64_t(1) << 40)));
      windows.low[i] = total / 2;
      windows.high[i] = total - total / 2;
    }
  return windows;
}

static Tensor withBias(const Images &images, StringRef op, const Tensor &y, const Tensor &bias, Location at) {
  if (!bias.valid())
    return y;
  Value value = images.impl.value(bias, op, at);
  if (bias.rank() != 1 || bias.shape()[0] != y.shape()[1])
    images.impl.fail(at, op,
                     "a bias of shape " + ir::shapeText(ir::shapeOf(value)) + " does not fit " + Twine(y.shape()[1]) +
                         " filters (must be one number per filter)",
                     {GraphImpl::valueOf(y), value});
  Shape shape(y.rank() - 1, 1);
  shape[0] = bias.shape()[0];
  return Operand(y, at) + Operand(reshape(bias, shape, at), at);
}

static void checkWeight(const Images &images, StringRef op, const Tensor &weight, Location at) {
  Value value = images.impl.value(weight, op, at);
  if (weight.rank() != images.x.rank())
    images.impl.fail(at, op,
                     "filters of shape " + ir::shapeText(ir::shapeOf(value)) + " have rank " + Twine(weight.rank()) +
                         " (must be " + Twine(images.x.rank()) + ": two axes of channels, then the window)",
                     {images.value(), value});
}

// --- convolutions --------------------------------------------------------------------------------

static Tensor convolve(int64_t axes, const Tensor &x, const Tensor &weight, const Tensor &bias,
                       const ConvolutionOptions &options, Location at) {
  StringRef op = ir::ConvolutionOp::getOperationName();
  Images images(op, x, axes, options.layout, at);
  checkWeight(images, op, weight, at);
  Shape kernel = weight.shape();
  kernel.erase(kernel.begin(), kernel.begin() + 2);
  Windows w = windowsOf(images, kernel, options.stride, options.padding, options.dilation);
  GraphImpl &impl = images.impl;
  Tensor y = impl.make<ir::ConvolutionOp>(
      at, {images.value(), impl.value(weight, op, at)},
      {list(impl, "strides", w.stride), list(impl, "low", w.low), list(impl, "high", w.high),
       list(impl, "dilations", w.dilation), number(impl, "groups", options.groups)});
  return images.back(withBias(images, op, y, bias, at));
}

Tensor conv1d(const Tensor &x, const Tensor &weight, const Tensor &bias, const ConvolutionOptions &options, Location at) {
  return convolve(1, x, weight, bias, options, at);
}
Tensor conv2d(const Tensor &x, const Tensor &weight, const Tensor &bias, const ConvolutionOptions &options, Location at) {
  return convolve(2, x, weight, bias, options, at);
}
Tensor conv3d(const Tensor &x, const Tensor &weight, const Tensor &bias, const ConvolutionOptions &options, Location at) {
  return convolve(3, x, weight, bias, options, at);
}

static Tensor convolveBack(int64_t axes, const Tensor &x, const Tensor &weight, const Tensor &bias,
                           const ConvolutionTransposeOptions &options, Location at) {
  StringRef op = ir::ConvolutionTransposeOp::getOperationName();
  Images images(op, x, axes, options.layout, at);
  checkWeight(images, op, weight, at);
  GraphImpl &impl = images.impl;
  if (options.padding.kind == WindowPadding::Kind::same)
    impl.fail(at, op, "padding `same` is not defined for a transposed convolution (give numbers)", images.value());
  Tensor y = impl.make<ir::ConvolutionTransposeOp>(
      at, {images.value(), impl.value(weight, op, at)},
      {list(impl, "strides", each(options.stride, axes)), list(impl, "low", each(options.padding.low, axes)),
       list(impl, "high", each(options.padding.high, axes)), list(impl, "dilations", each(options.dilation, axes)),
       number(impl, "groups", options.groups), list(impl, "extra", each(options.outputPadding, axes))});
  return images.back(withBias(images, op, y, bias, at));
}

Tensor convTranspose1d(const Tensor &x, const Tensor &weight, const Tensor &bias,
                       const ConvolutionTransposeOptions &options, Location at) {
  return convolveBack(1, x, weight, bias, options, at);
}
Tensor convTranspose2d(const Tensor &x, const Tensor &weight, const Tensor &bias,
                       const ConvolutionTransposeOptions &options, Location at) {
  return convolveBack(2, x, weight, bias, options, at);
}
Tensor convTranspose3d(const Tensor &x, const Tensor &weight, const Tensor &bias,
                       const ConvolutionTransposeOptions &options, Location at) {
  return convolveBack(3, x, weight, bias, options, at);
}

// --- pools ---------------------------------------------------------------------------------------

/// How much further than the padding a last window reaches that begins before it.
static Sizes beyond(const Images &images, ArrayRef<int64_t> size, const Windows &w, bool ceil) {
  int64_t axes = images.x.rank() - 2;
  Sizes more(axes, 0);
  bool usable = isUsable(w.stride, axes, 1) && isUsable(w.dilation, axes, 1) && isUsable(size, axes, 1) &&
                isUsable(w.low, axes, 0) && isUsable(w.high, axes, 0);
  if (!ceil || !usable)
    return more;
  for (int64_t i = 0; i < axes; ++i) {
    __int128 extent = __int128(size[i] - 1) * w.dilation[i] + 1;
    __int128 free = __int128(images.size(i)) + w.low[i] + w.high[i] - extent, rest = free % w.stride[i];
    if (free < 0 || rest == 0)
      continue;
    __int128 start = (free / w.stride[i] + 1) * w.stride[i]; // of the window that would be added
    if (start < images.size(i) + w.low[i])
      more[i] = static_cast<int64_t>(w.stride[i] - rest);
  }
  return more;
}

static Windows poolWindows(const Images &images, ArrayRef<int64_t> size, const PerAxis &given, const PoolOptions &options) {
  return windowsOf(images, size, options.stride.list.empty() ? given : options.stride, options.padding, options.dilation);
}

static Tensor poolMax(int64_t axes, const Tensor &x, const PerAxis &given, const PoolOptions &options, Location at) {
  StringRef op = ir::MaxPoolOp::getOperationName();
  Images images(op, x, axes, options.layout, at);
  GraphImpl &impl = images.impl;
  Sizes size = each(given, axes);
  Windows w = poolWindows(images, size, given, options);
  Sizes more = beyond(images, size, w, options.ceil);
  for (int64_t i = 0; i < axes && i < static_cast<int64_t>(w.high.size()); ++i)
    w.high[i] += more[i];
  return images.back(impl.make<ir::MaxPoolOp>(
      at, images.value(),
      {list(impl, "sizes", size), list(impl, "strides", w.stride), list(impl, "low", w.low), list(impl, "high", w.high),
       list(impl, "dilations", w.dilation)}));
}

Tensor maxPool1d(const Tensor &x, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolMax(1, x, size, options, at);
}
Tensor maxPool2d(const Tensor &x, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolMax(2, x, size, options, at);
}
Tensor maxPool3d(const Tensor &x, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolMax(3, x, size, options, at);
}

static Tensor poolMean(int64_t axes, const Tensor &x, const PerAxis &given, const PoolOptions &options, Location at) {
  StringRef op = ir::AvgPoolOp::getOperationName();
  Images images(op, x, axes, options.layout, at);
  GraphImpl &impl = images.impl;
  Sizes size = each(given, axes);
  Windows w = poolWindows(images, size, given, options);
  if (llvm::any_of(w.dilation, [](int64_t dilation) { return dilation != 1; }))
    impl.fail(at, op, "windows of means have no dilation", images.value());
  return images.back(impl.make<ir::AvgPoolOp>(
      at, images.value(),
      {list(impl, "sizes", size), list(impl, "strides", w.stride), list(impl, "low", w.low), list(impl, "high", w.high),
       list(impl, "beyond", beyond(images, size, w, options.ceil)),
       named(impl, "padded", BoolAttr::get(impl.context(), options.countPadding))}));
}

Tensor avgPool1d(const Tensor &x, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolMean(1, x, size, options, at);
}
Tensor avgPool2d(const Tensor &x, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolMean(2, x, size, options, at);
}
Tensor avgPool3d(const Tensor &x, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolMean(3, x, size, options, at);
}

// (n mean(x^p))^(1/p)
static Tensor poolNorm(int64_t axes, const Tensor &x, double p, const PerAxis &size, const PoolOptions &options,
                       Location at) {
  GraphImpl &impl = graphOf(x, "gradus.lp_pool", at);
  if (!(p > 0) || std::isinf(p))
    impl.fail(at, "gradus.lp_pool", "a norm with p = " + Twine(std::to_string(p)) + " (must be positive and finite)",
              impl.value(x, "gradus.lp_pool", at));
  double count = 1;
  for (int64_t number : each(size, axes))
    count *= double(number);
  Tensor power = p == 2 ? Operand(x, at) * Operand(x, at) : pow(x, Operand(p, at), at);
  Tensor total = Operand(poolMean(axes, power, size, options, at), at) * Operand(count, at);
  return p == 2 ? sqrt(total, at) : pow(total, Operand(1 / p, at), at);
}

Tensor lpPool1d(const Tensor &x, double p, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolNorm(1, x, p, size, options, at);
}
Tensor lpPool2d(const Tensor &x, double p, const PerAxis &size, const PoolOptions &options, Location at) {
  return poolNorm(2, x, p, size, options, at);
}

// --- pools by the size of their result -----------------------------------------------------------

static int64_t checkSpatial(GraphImpl &impl, StringRef op, const Tensor &x, const std::vector<int64_t> &sizes, Location at) {
  Value value = impl.value(x, op, at);
  int64_t first = x.rank() - static_cast<int64_t>(sizes.size());
  if (sizes.empty() || sizes.size() > 3 || first < 0)
    impl.fail(at, op, Twine(sizes.size()) + " sizes for shape " + shapeTextOf(x) + " (must be 1 to 3, one per spatial axis)", value);
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] < 1 || x.shape()[first + i] < 1)
      impl.fail(at, op,
                "axis " + Twine(first + i) + " of shape " + shapeTextOf(x) + " cannot get size " + Twine(sizes[i]) +
                    " (both must be positive and known)",
                value);
  return first;
}

/// Axis by axis, the last one first, so that the first of equal elements stays the first.
template <class Pool>
static Tensor adaptive(StringRef op, Tensor x, const std::vector<int64_t> &sizes, Pool pool, Location at) {
  GraphImpl &impl = graphOf(x, op, at);
  int64_t first = checkSpatial(impl, op, x, sizes, at);
  for (int64_t i = static_cast<int64_t>(sizes.size()); i-- > 0;) {
    int64_t axis = first + i, n = x.shape()[axis], m = sizes[i];
    if (n % m == 0) {
      x = pool(impl, x, axis, n / m);
      continue;
    }
    SmallVector<Value> parts;
    for (int64_t k = 0; k < m; ++k) {
      int64_t from = k * n / m, to = ((k + 1) * n + m - 1) / m;
      Shape lengths = x.shape();
      Sizes starts(x.rank(), 0), steps(x.rank(), 1);
      starts[axis] = from;
      lengths[axis] = to - from;
      Tensor part = impl.make<ir::SliceOp>(at, GraphImpl::valueOf(x),
                                           {list(impl, "starts", starts), list(impl, "sizes", lengths), list(impl, "steps", steps)});
      parts.push_back(GraphImpl::valueOf(pool(impl, part, axis, to - from)));
    }
    x = impl.make<ir::ConcatOp>(at, parts, number(impl, "axis", axis));
  }
  return x;
}

/// Windows of `size` along one axis, side by side.
static std::pair<Sizes, Sizes> windowAlong(const Tensor &x, int64_t axis, int64_t size) {
  Sizes sizes(x.rank() - axis, 1);
  sizes[0] = size;
  return {sizes, Sizes(sizes.size(), 0)};
}

Tensor adaptiveAvgPool(const Tensor &x, const std::vector<int64_t> &sizes, Location at) {
  auto pool = [&](GraphImpl &impl, const Tensor &part, int64_t axis, int64_t size) {
    auto [window, none] = windowAlong(part, axis, size);
    return impl.make<ir::AvgPoolOp>(at, GraphImpl::valueOf(part),
                                    {list(impl, "sizes", window), list(impl, "strides", window), list(impl, "low", none),
                                     list(impl, "high", none), list(impl, "beyond", none),
                                     named(impl, "padded", BoolAttr::get(impl.context(), true))});
  };
  return adaptive("gradus.adaptive_avg_pool", x, sizes, pool, at);
}

Tensor adaptiveMaxPool(const Tensor &x, const std::vector<int64_t> &sizes, Location at) {
  auto pool = [&](GraphImpl &impl, const Tensor &part, int64_t axis, int64_t size) {
    auto [window, none] = windowAlong(part, axis, size);
    return impl.make<ir::MaxPoolOp>(at, GraphImpl::valueOf(part),
                                    {list(impl, "sizes", window), list(impl, "strides", window), list(impl, "low", none),
                                     list(impl, "high", none), list(impl, "dilations", Sizes(window.size(), 1))});
  };
  return adaptive("gradus.adaptive_max_pool", x, sizes, pool, at);
}

static std::vector<int64_t> spatialAxes(StringRef op, const Tensor &x, ImageLayout layout, Location at) {
  GraphImpl &impl = graphOf(x, op, at);
  Value value = impl.value(x, op, at);
  if (x.rank() < 3)
    impl.fail(at, op, "images of shape " + shapeTextOf(x) + " have no spatial axes", value);
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < x.rank() - 2; ++i)
    axes.push_back(layout == ImageLayout::channelsFirst ? 2 + i : 1 + i);
  return axes;
}

Tensor globalAvgPool(const Tensor &x, ImageLayout layout, Location at) {
  return mean(x, spatialAxes("gradus.global_avg_pool", x, layout, at), false, at);
}
Tensor globalMaxPool(const Tensor &x, ImageLayout layout, Location at) {
  return max(x, spatialAxes("gradus.global_max_pool", x, layout, at), false, at);
}

// --- images of other sizes -----------------------------------------------------------------------

namespace {
/// How an axis of `from` elements becomes one of `to`.
struct Resampling {
  int64_t from, to;
  double scale; ///< elements of the image per element of the result
  bool alignCorners;

  double position(int64_t i) const {
    if (alignCorners)
      return to > 1 ? double(i) * double(from - 1) / double(to - 1) : 0;
    return (double(i) + 0.5) * scale - 0.5;
  }
};
} // namespace

constexpr int64_t kMostWeights = int64_t(1) << 28; // of one matrix

static int64_t within(int64_t i, int64_t size) { return std::clamp<int64_t>(i, 0, size - 1); }

/// Row j: how much element j of the image counts in each element of the result.
static std::vector<double> linearWeights(const Resampling &r) {
  std::vector<double> weights(r.from * r.to, 0.0);
  for (int64_t i = 0; i < r.to; ++i) {
    double at = std::max(r.position(i), 0.0);
    int64_t first = within(static_cast<int64_t>(at), r.from);
    double t = std::min(at - double(first), 1.0);
    weights[first * r.to + i] += 1 - t;
    weights[within(first + 1, r.from) * r.to + i] += t;
  }
  return weights;
}

/// Keys' cubic kernel with a = -0.75, as PyTorch and OpenCV have it.
static double cubic(double distance) {
  constexpr double a = -0.75;
  double d = std::abs(distance);
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

static std::vector<double> cubicWeights(const Resampling &r) {
  std::vector<double> weights(r.from * r.to, 0.0);
  for (int64_t i = 0; i < r.to; ++i) {
    double at = r.position(i), first = std::floor(at);
    for (int64_t k = -1; k <= 2; ++k)
      weights[within(static_cast<int64_t>(first) + k, r.from) * r.to + i] += cubic(at - first - double(k));
  }
  return weights;
}

/// x with an axis last, and back.
static std::vector<int64_t> moved(int64_t rank, int64_t axis, int64_t to) {
  std::vector<int64_t> order;
  for (int64_t i = 0; i < rank; ++i)
    if (i != axis)
      order.push_back(i);
  order.insert(order.begin() + to, axis);
  return order;
}

static Tensor resampleByMatrix(GraphImpl &impl, const Tensor &x, int64_t axis, const Resampling &r,
                               const std::vector<double> &weights, Location at) {
  NDArray matrix = NDArray::uninitialized({r.from, r.to}, x.dtype());
  for (size_t i = 0; i < weights.size(); ++i)
    x.dtype() == DType::f64 ? matrix.data<double>()[i] = weights[i]
                            : matrix.data<float>()[i] = static_cast<float>(weights[i]);
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  int64_t last = x.rank() - 1;
  if (axis == last)
    return matmul(x, graph.constant(matrix, at), at);
  Tensor y = matmul(transpose(x, moved(x.rank(), axis, last), at), graph.constant(matrix, at), at);
  return transpose(y, moved(x.rank(), last, axis), at);
}

static Tensor resampleNearest(GraphImpl &impl, const Tensor &x, int64_t axis, const Resampling &r, bool exact, Location at) {
  NDArray places = NDArray::uninitialized({r.to}, DType::i32);
  for (int64_t i = 0; i < r.to; ++i)
    places.data<int32_t>()[i] =
        static_cast<int32_t>(within(static_cast<int64_t>((double(i) + (exact ? 0.5 : 0)) * r.scale), r.from));
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  Tensor rows = gather(transpose(x, moved(x.rank(), axis, 0), at), graph.constant(places, at), at);
  return transpose(rows, moved(x.rank(), 0, axis), at);
}

Tensor interpolate(const Tensor &x, const std::vector<int64_t> &sizes, const InterpolationOptions &options, Location at) {
  StringRef op = "gradus.interpolate";
  GraphImpl &impl = graphOf(x, op, at);
  int64_t first = checkSpatial(impl, op, x, sizes, at);
  if (x.dtype() != DType::f32 && x.dtype() != DType::f64)
    impl.fail(at, op, "element type " + Twine(StringRef(nameOf(x.dtype()))) + " does not fit (must be f32 or f64; convert with cast)",
              GraphImpl::valueOf(x));
  if (!options.scales.empty() && options.scales.size() != sizes.size())
    impl.fail(at, op, Twine(options.scales.size()) + " scales for " + Twine(sizes.size()) + " sizes (must be one each)",
              GraphImpl::valueOf(x));
  if (options.mode == Interpolation::area)
    return adaptiveAvgPool(x, sizes, at);
  Tensor y = x;
  for (size_t i = 0; i < sizes.size(); ++i) {
    int64_t axis = first + static_cast<int64_t>(i), from = y.shape()[axis];
    double scale = options.scales.empty() ? double(from) / double(sizes[i]) : 1 / options.scales[i];
    if (!(scale > 0) || std::isinf(scale))
      impl.fail(at, op, "a scale is not positive and finite", GraphImpl::valueOf(x));
    if (double(from) * double(sizes[i]) > double(kMostWeights))
      impl.fail(at, op, "an axis of " + Twine(from) + " elements cannot get size " + Twine(sizes[i]) +
                            " (their product must be at most 2^28)",
                GraphImpl::valueOf(x));
    Resampling r = {from, sizes[i], scale, options.alignCorners};
    switch (options.mode) {
    case Interpolation::linear:
      y = resampleByMatrix(impl, y, axis, r, linearWeights(r), at);
      break;
    case Interpolation::cubic:
      y = resampleByMatrix(impl, y, axis, r, cubicWeights(r), at);
      break;
    default:
      y = resampleNearest(impl, y, axis, r, options.mode == Interpolation::nearestExact, at);
    }
  }
  return y;
}

} // namespace gradus
