// Ops that move elements.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {

/// A range of places along an axis, start:stop:step as in NumPy: negative places count from the end,
/// places outside are those of the nearest end, a missing one is the end that the step leaves or
/// reaches. The step is not 0.
struct Slice {
  std::optional<int64_t> start = {}, stop = {};
  int64_t step = 1;
};

/// One entry of an index: a range, one place (the axis goes), a new axis of size 1, or an ellipsis: all
/// axes that the other entries leave over.
class Selector {
public:
  enum class Kind { range, place, newAxis, ellipsis };
  Selector(Slice range) : range(range) {}
  Selector(int64_t place) : kind(Kind::place), place(place) {}
  Selector(int place) : Selector(int64_t(place)) {}
  explicit Selector(Kind kind) : kind(kind) {}
  Kind kind = Kind::range;
  Slice range;
  int64_t place = 0;
};
inline const Selector newAxis{Selector::Kind::newAxis}, ellipsis{Selector::Kind::ellipsis};
/// A whole axis, `:`.
inline const Selector wholeAxis{Slice{}};

/// Elements before and after an axis; negative ones are taken away.
struct Padding {
  int64_t before = 0, after = 0;
};
enum class PadMode {
  constant,
  reflect,   ///< mirrored at the outermost elements, which are not repeated
  replicate, ///< the outermost elements again
  circular   ///< from the other end
};

// --- shapes -------------------------------------------------------------------------------------

/// One size may be -1 (or kBatch): it follows from the others.
Tensor reshape(const Tensor &x, const Shape &shape, Location at = Location::current());
/// The axes from `first` to `last`, both included, as one.
Tensor flatten(const Tensor &x, int64_t first = 0, int64_t last = -1,
               Location at = Location::current());
/// Without these axes, which have size 1; without any given: all axes of size 1.
Tensor squeeze(const Tensor &x, const Axes &axes = {}, Location at = Location::current());
/// With a new axis of size 1, which is axis number `axis` of the result.
Tensor unsqueeze(const Tensor &x, int64_t axis, Location at = Location::current());
/// Repeats x along new leading axes and along axes of size 1. kBatch stands for the batch.
Tensor broadcastTo(const Tensor &x, const Shape &shape, Location at = Location::current());
/// The same; a size of -1 keeps that of x.
Tensor expand(const Tensor &x, const Shape &shape, Location at = Location::current());

// --- order --------------------------------------------------------------------------------------

/// All axes in reverse order.
Tensor transpose(const Tensor &x, Location at = Location::current());
/// Axis i of the result is axis order[i] of x; negative ones count from the last.
Tensor transpose(const Tensor &x, const std::vector<int64_t> &order,
                 Location at = Location::current());
Tensor permute(const Tensor &x, const std::vector<int64_t> &order,
               Location at = Location::current());
/// Axis from[i] becomes axis to[i]; the others keep their order.
Tensor movedim(const Tensor &x, const std::vector<int64_t> &from, const std::vector<int64_t> &to,
               Location at = Location::current());
Tensor swapAxes(const Tensor &x, int64_t a, int64_t b, Location at = Location::current());
/// The elements in reverse order along these axes; without any: along all.
Tensor flip(const Tensor &x, const Axes &axes = {}, Location at = Location::current());
/// Element i moves to i + shift, round the end; without axes in row-major order, as one axis.
Tensor roll(const Tensor &x, int64_t shift, Location at = Location::current());
Tensor roll(const Tensor &x, const std::vector<int64_t> &shifts, const std::vector<int64_t> &axes,
            Location at = Location::current());
/// Turned by k quarters from the first axis towards the second.
Tensor rot90(const Tensor &x, int64_t k = 1, int64_t first = 0, int64_t second = 1,
             Location at = Location::current());
/// Images [n, channels, ...] as [n, ..., channels], and back.
Tensor toChannelsLast(const Tensor &x, Location at = Location::current());
Tensor toChannelsFirst(const Tensor &x, Location at = Location::current());

// --- parts --------------------------------------------------------------------------------------

/// x[selectors], as NumPy: slice(x, {Slice{1, -1}, wholeAxis, 0, newAxis}). Axes without a selector stay whole.
/// The batch can only be taken whole.
Tensor slice(const Tensor &x, const std::vector<Selector> &selectors,
             Location at = Location::current());
/// The elements at one place of an axis, which goes.
Tensor select(const Tensor &x, int64_t axis, int64_t place, Location at = Location::current());
/// `length` elements of an axis, from `start` on.
Tensor narrow(const Tensor &x, int64_t axis, int64_t start, int64_t length,
              Location at = Location::current());
/// Parts of these sizes, which add up to that of the axis.
std::vector<Tensor> split(const Tensor &x, const std::vector<int64_t> &sizes, int64_t axis = 0,
                          Location at = Location::current());
/// Parts of this size; the last one has what is left.
std::vector<Tensor> split(const Tensor &x, int64_t size, int64_t axis = 0,
                          Location at = Location::current());
/// At most `count` parts of one size; the last one has what is left.
std::vector<Tensor> chunk(const Tensor &x, int64_t count, int64_t axis = 0,
                          Location at = Location::current());
/// `count` parts whose sizes differ by one at most, larger ones first.
std::vector<Tensor> arraySplit(const Tensor &x, int64_t count, int64_t axis = 0,
                               Location at = Location::current());
/// The elements [.., i, .., i + offset, ..] of two axes, which go; i lies along a new last axis.
Tensor diagonal(const Tensor &x, int64_t offset = 0, int64_t axis1 = 0, int64_t axis2 = 1,
                Location at = Location::current());
/// The lower (upper) triangle of the last two axes: 0 above (below) diagonal number k.
Tensor tril(const Tensor &x, int64_t k = 0, Location at = Location::current());
Tensor triu(const Tensor &x, int64_t k = 0, Location at = Location::current());
/// Sliding windows: `axis` becomes their number, what is in one lies along a new last axis.
Tensor unfold(const Tensor &x, int64_t axis, int64_t size, int64_t step,
              Location at = Location::current());
/// Sliding windows along several axes, whose elements lie along new axes at the end. Strides and
/// dilations are 1 where not given.
Tensor slidingWindow(const Tensor &x, const std::vector<int64_t> &sizes,
                     const std::vector<int64_t> &axes, const std::vector<int64_t> &strides = {},
                     const std::vector<int64_t> &dilations = {}, Location at = Location::current());
/// The transpose of slidingWindow: windows added up where they overlap, into axes of these extents.
Tensor overlapAdd(const Tensor &x, const std::vector<int64_t> &extents,
                  const std::vector<int64_t> &axes, const std::vector<int64_t> &strides = {},
                  const std::vector<int64_t> &dilations = {}, Location at = Location::current());

/// Patches of images, for im2col and col2im: height and width.
struct Patches {
  std::vector<int64_t> size, stride = {1, 1}, padding = {0, 0}, dilation = {1, 1};
};
/// [n, c, h, w] -> [n, c * height * width of a patch, number of patches].
Tensor im2col(const Tensor &x, const Patches &patches, Location at = Location::current());
/// The transpose of im2col, into images of size [h, w].
Tensor col2im(const Tensor &columns, const std::vector<int64_t> &size, const Patches &patches,
              Location at = Location::current());

// --- joining and repeating ------------------------------------------------------------------------

/// One after the other along an axis.
Tensor concat(const std::vector<Tensor> &parts, int64_t axis = 0,
              Location at = Location::current());
/// Side by side along a new axis.
Tensor stack(const std::vector<Tensor> &parts, int64_t axis = 0, Location at = Location::current());
/// The whole of x again and again, repeats[i] times along axis i. With more repeats than axes x gets
/// leading axes; with fewer they belong to the last axes.
Tensor tile(const Tensor &x, const std::vector<int64_t> &repeats,
            Location at = Location::current());
/// Each element `count` times in a row; without an axis in row-major order, as one axis.
Tensor repeatInterleave(const Tensor &x, int64_t count, Location at = Location::current());
Tensor repeatInterleave(const Tensor &x, int64_t count, int64_t axis,
                        Location at = Location::current());
/// Adds elements around the last axes of x, one padding per axis as in NumPy (torch.nn.functional.pad
/// lists the last axis first). Reflect adds less than the axis has, circular not more.
Tensor pad(const Tensor &x, const std::vector<Padding> &widths, PadMode mode = PadMode::constant,
           double value = 0, Location at = Location::current());
/// `value` before, after and `interior` times between the elements of every axis, as XLA's Pad.
Tensor dilate(const Tensor &x, const std::vector<int64_t> &interior, double value = 0,
              Location at = Location::current());
/// The blocks a[i, ...] * b.
Tensor kron(const Tensor &a, const Tensor &b, Location at = Location::current());

// --- made from nothing ----------------------------------------------------------------------------

/// The coordinate along an axis.
Tensor iota(Graph &graph, const Shape &shape, int64_t axis, DType type = DType::i32,
            Location at = Location::current());
/// start, start + step, ... before stop.
Tensor arange(Graph &graph, double start, double stop, double step = 1, DType type = DType::f32,
              Location at = Location::current());
/// `count` numbers from start to stop, both included.
Tensor linspace(Graph &graph, double start, double stop, int64_t count, DType type = DType::f32,
                Location at = Location::current());
Tensor full(Graph &graph, const Shape &shape, double value, DType type = DType::f32,
            Location at = Location::current());
Tensor zeros(Graph &graph, const Shape &shape, DType type = DType::f32,
             Location at = Location::current());
Tensor ones(Graph &graph, const Shape &shape, DType type = DType::f32,
            Location at = Location::current());
Tensor fullLike(const Tensor &x, double value, Location at = Location::current());
Tensor zerosLike(const Tensor &x, Location at = Location::current());
Tensor onesLike(const Tensor &x, Location at = Location::current());
/// Ones on diagonal number k of [rows, columns], 0 elsewhere; as many columns as rows if not given.
Tensor eye(Graph &graph, int64_t rows, std::optional<int64_t> columns = {}, int64_t k = 0,
           DType type = DType::f32, Location at = Location::current());
/// [n] -> a matrix with x on diagonal number k; a matrix -> its diagonal.
Tensor diag(const Tensor &x, int64_t k = 0, Location at = Location::current());
/// Vectors as coordinates of a grid: output i varies along axis i ("ij"), or the first two axes are
/// swapped ("xy", for images).
std::vector<Tensor> meshgrid(const std::vector<Tensor> &vectors, std::string_view indexing = "ij",
                             Location at = Location::current());
/// Bytes 0 .. 255 as 0 .. 1, then (x - mean) / deviation along `axis` where these are given.
Tensor imageToFloat(const Tensor &x, const std::vector<float> &mean = {},
                    const std::vector<float> &deviation = {}, int64_t axis = -1,
                    Location at = Location::current());

} // namespace gradus
