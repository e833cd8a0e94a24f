#include "dialects/gradus/Convolution.h"
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "dialects/gradus/Structure.h"

using namespace mlir;

namespace gradus::ir {

using Sizes = SmallVector<int64_t>;

/// A list of numbers in messages: [1, 2].
static std::string listText(ArrayRef<int64_t> list) {
  std::string text;
  for (int64_t value : list)
    text += (text.empty() ? "" : ", ") + std::to_string(value);
  return "[" + text + "]";
}

namespace {
struct Named {
  const char *name;
  ArrayRef<int64_t> list;
  int64_t least;
};
} // namespace

static constexpr int64_t kMost = int64_t(1) << 40; // of any stride, dilation or padding

/// One number per spatial axis, none of them too small.
static LogicalResult checkLists(const Rule &rule, int64_t axes, ArrayRef<Named> lists) {
  for (const Named &named : lists) {
    if (static_cast<int64_t>(named.list.size()) != axes)
      return rule.fail(Twine(named.name) + " " + listText(named.list) + " has " + Twine(named.list.size()) +
                       " numbers for " + Twine(axes) + " spatial axes (must be one each)");
    for (int64_t value : named.list)
      if (value < named.least || value > kMost)
        return rule.fail(Twine(named.name) + " " + listText(named.list) + " holds " + Twine(value) +
                         " (must be at least " + Twine(named.least) + " and at most 2^40)");
  }
  return success();
}

static LogicalResult checkPairOfElements(const Rule &rule) {
  Type a = elementOf(rule.operands[0]), b = elementOf(rule.operands[1]);
  if (a != b)
    return rule.fail("element types " + elementText(a) + " and " + elementText(b) +
                     " differ (operands need one element type; convert with cast)");
  return rule.checkElements(Elements::floating, a);
}

/// Spatial axes are known; only the leading axes may be the batch.
static LogicalResult checkSpatial(const Rule &rule, int64_t axes) {
  ArrayRef<int64_t> shape = arrayOf(shapeOf(rule.operands[0]));
  if (llvm::is_contained(shape.take_back(axes), kUnknown))
    return rule.fail("a spatial axis of shape " + shapeText(spanOf(shape)) + " is the batch (must be a known size)");
  return success();
}

/// One to three spatial axes behind images and channels; both operands have the same rank.
static LogicalResult checkImages(const Rule &rule, bool bothHaveImages = false) {
  ShapeSpan a = shapeOf(rule.operands[0]), b = shapeOf(rule.operands[1]);
  if (a.size() < 3 || a.size() > 5 || a.size() != b.size())
    return rule.fail("shapes " + shapeText(a) + " and " + shapeText(b) +
                     " do not fit (must have one rank from 3 to 5: two axes, then 1 to 3 spatial axes)");
  if (llvm::is_contained(arrayOf(b).drop_front(bothHaveImages), kUnknown))
    return rule.fail("an axis of shape " + shapeText(b) + " is the batch (must be a known size)");
  if (a[1] == kUnknown)
    return rule.fail("the channels of shape " + shapeText(a) + " are the batch (must be a known size)");
  return checkSpatial(rule, a.size() - 2);
}

static LogicalResult checkGroups(const Rule &rule, int64_t groups, int64_t channels, int64_t filters) {
  if (groups < 1 || channels % groups || filters % groups)
    return rule.fail(Twine(groups) + " groups do not divide " + Twine(channels) + " channels and " + Twine(filters) +
                     " filters (the groups must divide both)");
  return success();
}

/// What a window spans.
static int64_t extentOf(int64_t size, int64_t dilation) {
  __int128 extent = (__int128(size) - 1) * dilation + 1;
  return static_cast<int64_t>(std::min<__int128>(extent, INT64_MAX / 4));
}

/// How many windows fit into the padded axis.
static int64_t positionsOf(int64_t size, int64_t kernel, int64_t stride, int64_t low, int64_t high, int64_t dilation) {
  int64_t free = size + low + high - extentOf(kernel, dilation);
  return free < 0 ? 0 : free / stride + 1;
}

static LogicalResult failWindow(const Rule &rule, ArrayRef<int64_t> spatial, ArrayRef<int64_t> kernel,
                                ArrayRef<int64_t> dilations, ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  return rule.fail("a window of " + listText(kernel) + " with dilations " + listText(dilations) +
                   " does not fit into spatial axes " + listText(spatial) + " padded by " + listText(low) + " and " +
                   listText(high) + " (the window must not be empty or larger than the padded image)");
}

//===--- one convolution, seen from its images, filters and results
//-------------------------------------===//

namespace {
/// What the three ops have in common.
struct Plan {
  Sizes strides, low, high, dilations;
  int64_t groups;
  int64_t axes() const { return strides.size(); }
  template <class Op> static Plan of(Op op) {
    return {Sizes(op.getStrides()), Sizes(op.getLow()), Sizes(op.getHigh()), Sizes(op.getDilations()),
            static_cast<int64_t>(op.getGroups())};
  }
};
} // namespace

static Sizes zeros(int64_t count) { return Sizes(count, 0); }

static Sizes joined(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  Sizes all(a);
  all.append(b.begin(), b.end());
  return all;
}

static int64_t productOf(ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    product *= size;
  return product;
}

/// The last axes.
static Sizes spatialAxes(int64_t rank, int64_t axes) {
  return llvm::to_vector(llvm::seq<int64_t>(rank - axes, rank));
}

static bool isZero(ArrayRef<int64_t> list) {
  return llvm::all_of(list, [](int64_t value) { return value == 0; });
}

/// Pads the last axes; negative numbers cut.
static Expr padded(Expr x, ArrayRef<int64_t> low, ArrayRef<int64_t> high, double value) {
  if (isZero(low) && isZero(high))
    return x;
  Sizes none = zeros(x.rank() - low.size());
  return pad(x, joined(none, low), joined(none, high), /*interior=*/{}, value);
}

/// The first two axes change places.
static Expr swapped(Expr x) {
  Sizes shape(x.shape());
  std::swap(shape[0], shape[1]);
  if (x.shape()[0] == 1 || x.shape()[1] == 1)
    return reshape(x, shape);
  Sizes order = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  std::swap(order[0], order[1]);
  return transpose(x, order);
}

/// From windows [n, c, p.., k..] to [c, k.., n, p..].
static Sizes listOrder(int64_t axes) {
  Sizes order = {1};
  for (int64_t i = 0; i < axes; ++i)
    order.push_back(2 + axes + i);
  order.push_back(0);
  for (int64_t i = 0; i < axes; ++i)
    order.push_back(2 + i);
  return order;
}

static Sizes inverse(ArrayRef<int64_t> order) {
  Sizes result(order.size());
  for (auto [i, axis] : llvm::enumerate(order))
    result[axis] = i;
  return result;
}

static Sizes withGroups(int64_t groups, int64_t rows, int64_t columns) {
  return groups == 1 ? Sizes{rows, columns} : Sizes{groups, rows / groups, columns};
}

/// Whether each element is a window.
static bool isPointwise(const Plan &plan, ArrayRef<int64_t> kernel) {
  return productOf(kernel) == 1 && productOf(plan.strides) == 1;
}

/// The windows of x [n, c, s..], one per column: [g, c/g k.., n p..], without g where there is one group.
static Expr listWindows(const Plan &plan, Expr x, ArrayRef<int64_t> kernel) {
  int64_t channels = x.shape()[1];
  Expr columns = padded(x, plan.low, plan.high, 0);
  if (isPointwise(plan, kernel))
    columns = swapped(columns);
  else
    columns = transpose(window(columns, spatialAxes(x.rank(), plan.axes()), kernel, plan.strides, plan.dilations),
                        listOrder(plan.axes()));
  int64_t positions = productOf(columns.shape().take_back(1 + plan.axes()));
  return reshape(columns, withGroups(plan.groups, channels * productOf(kernel), positions));
}

/// [o, c/g, k..] as [g, o/g, c/g k..].
static Expr filterRows(const Plan &plan, Expr w) {
  return reshape(w, withGroups(plan.groups, w.shape()[0], productOf(w.shape().drop_front())));
}

/// [n, o, p..] as [g, o/g, n p..].
static Expr resultRows(const Plan &plan, Expr d) {
  int64_t columns = d.shape()[0] * productOf(d.shape().drop_front(2));
  return reshape(swapped(d), withGroups(plan.groups, d.shape()[1], columns));
}

// y = w · windows(x)
static Expr convolved(const Plan &plan, Expr x, Expr w) {
  Sizes kernel(w.shape().drop_front(2)), shape = {w.shape()[0], x.shape()[0]};
  for (int64_t i = 0; i < plan.axes(); ++i)
    shape.push_back(
        positionsOf(x.shape()[2 + i], kernel[i], plan.strides[i], plan.low[i], plan.high[i], plan.dilations[i]));
  return swapped(reshape(matmul(filterRows(plan, w), listWindows(plan, x, kernel)), shape));
}

// windows(y) += wᵀ · x: what x [n, o, p..] adds to images of these spatial sizes through w [o, c/g, k..]
static Expr spreadOut(const Plan &plan, Expr x, Expr w, ArrayRef<int64_t> sizes) {
  Sizes kernel(w.shape().drop_front(2)), positions(x.shape().drop_front(2));
  int64_t channels = w.shape()[1] * plan.groups, images = x.shape()[0];
  Expr columns = matmul(transposed(filterRows(plan, w)), resultRows(plan, x)); // [g, c/g k.., n p..]
  Sizes extents, cutLow, cutHigh;
  for (auto [size, low, high] : llvm::zip(sizes, plan.low, plan.high)) {
    extents.push_back(size + low + high);
    cutLow.push_back(-low);
    cutHigh.push_back(-high);
  }
  if (isPointwise(plan, kernel))
    return padded(swapped(reshape(columns, joined({channels, images}, positions))), cutLow, cutHigh, 0);
  columns = reshape(columns, joined(joined({channels}, kernel), joined({images}, positions)));
  Expr windows = transpose(columns, inverse(listOrder(plan.axes()))); // [n, c, p.., k..]
  Expr whole = overlapAdd(windows, spatialAxes(2 + plan.axes(), plan.axes()), extents, plan.strides, plan.dilations);
  return padded(whole, cutLow, cutHigh, 0);
}

// dw = dy · windows(x)ᵀ, or the transpose of windows(x) · dyᵀ: the smaller one is turned.
static Expr filterGradient(const Plan &plan, Expr x, Expr d, ArrayRef<int64_t> kernel) {
  Expr rows = resultRows(plan, d), windows = listWindows(plan, x, kernel);
  bool fewFilters = d.shape()[1] < x.shape()[1] * productOf(kernel);
  Expr product =
      fewFilters ? transposed(matmul(windows, transposed(rows))) : matmul(rows, transposed(windows));
  return reshape(product, joined({d.shape()[1], x.shape()[1] / plan.groups}, kernel));
}

static Expr makeConvolution(const Plan &p, Expr x, Expr w) {
  return x.with(x.builder().create<ConvolutionOp>(x.loc(), x, w, p.strides, p.low, p.high, p.dilations, p.groups));
}
/// With the spatial sizes of `like`.
static Expr makeTranspose(const Plan &p, Expr x, Expr w, Expr like) {
  Sizes extra;
  for (int64_t i = 0; i < p.axes(); ++i)
    extra.push_back(like.shape()[2 + i] - ((x.shape()[2 + i] - 1) * p.strides[i] +
                                           extentOf(w.shape()[2 + i], p.dilations[i]) - p.low[i] - p.high[i]));
  return x.with(x.builder().create<ConvolutionTransposeOp>(x.loc(), x, w, p.strides, p.low, p.high, p.dilations,
                                                           p.groups, extra));
}
/// With the window of `like`.
static Expr makeWeight(const Plan &p, Expr x, Expr d, Expr like) {
  return x.with(x.builder().create<ConvolutionWeightOp>(x.loc(), x, d, p.strides, p.low, p.high, p.dilations, p.groups,
                                                        like.shape().drop_front(2)));
}

//===--- convolution
//--------------------------------------------------------------------------------===//

LogicalResult ConvolutionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"images", "filters"});
  if (failed(checkImages(rule)) ||       // convolution.1
      failed(checkPairOfElements(rule))) // convolution.2
    return failure();
  ArrayRef<int64_t> x = arrayOf(shapeOf(adaptor.getX())), w = arrayOf(shapeOf(adaptor.getW()));
  int64_t axes = x.size() - 2, groups = adaptor.getGroups();
  // convolution.3 convolution.4
  if (failed(checkLists(rule, axes,
                        {{"strides", adaptor.getStrides(), 1},
                         {"low", adaptor.getLow(), 0},
                         {"high", adaptor.getHigh(), 0},
                         {"dilations", adaptor.getDilations(), 1}})))
    return failure();
  if (failed(checkGroups(rule, groups, x[1], w[0]))) // convolution.5
    return failure();
  if (w[1] != x[1] / groups)
    return rule.fail("filters of shape " + shapeText(spanOf(w)) + " have " + Twine(w[1]) +
                     " channels, images of shape " + shapeText(spanOf(x)) + " in " + Twine(groups) + " groups have " +
                     Twine(x[1] / groups) + " (must be equal)");
  Sizes shape = {x[0], w[0]};
  for (int64_t i = 0; i < axes; ++i) {
    shape.push_back(positionsOf(x[2 + i], w[2 + i], adaptor.getStrides()[i], adaptor.getLow()[i],
                                adaptor.getHigh()[i], adaptor.getDilations()[i]));
    if (shape.back() < 1 || w[2 + i] < 1) // convolution.6
      return failWindow(rule, x.drop_front(2), w.drop_front(2), adaptor.getDilations(), adaptor.getLow(),
                        adaptor.getHigh());
  }
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

SmallVector<Value> ConvolutionOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), w = x.with(getW()), d = x.with(dResults[0]);
  Plan plan = Plan::of(*this);
  return {makeTranspose(plan, d, w, x), makeWeight(plan, x, d, w)};
}

SmallVector<Value> ConvolutionOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  return {convolved(Plan::of(*this), x, x.with(getW()))};
}

//===--- convolution_transpose
//----------------------------------------------------------------------===//

/// One spatial size of the result; below 1 where there is none.
static __int128 transposedSize(int64_t size, int64_t kernel, int64_t stride, int64_t low, int64_t high,
                               int64_t dilation, int64_t extra) {
  if (size < 1 || kernel < 1)
    return 0;
  return (__int128(size) - 1) * stride + extentOf(kernel, dilation) - low - high + extra;
}

LogicalResult ConvolutionTransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                       SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"images", "filters"});
  if (failed(checkImages(rule)) ||       // convolution_transpose.1
      failed(checkPairOfElements(rule))) // convolution_transpose.2
    return failure();
  ArrayRef<int64_t> x = arrayOf(shapeOf(adaptor.getX())), w = arrayOf(shapeOf(adaptor.getW()));
  int64_t axes = x.size() - 2, groups = adaptor.getGroups(), filters = 0;
  // convolution_transpose.3 convolution_transpose.4 convolution_transpose.6
  if (failed(checkLists(rule, axes,
                        {{"strides", adaptor.getStrides(), 1},
                         {"low", adaptor.getLow(), 0},
                         {"high", adaptor.getHigh(), 0},
                         {"dilations", adaptor.getDilations(), 1},
                         {"extra", adaptor.getExtra(), 0}})))
    return failure();
  if (failed(checkGroups(rule, groups, x[1], w[0]))) // convolution_transpose.5
    return failure();
  if (w[0] != x[1])
    return rule.fail("filters of shape " + shapeText(spanOf(w)) + " begin with " + Twine(w[0]) +
                     " channels, images of shape " + shapeText(spanOf(x)) + " have " + Twine(x[1]) +
                     " (must be equal)");
  if (__builtin_mul_overflow(w[1], groups, &filters))
    return rule.fail(Twine(w[1]) + " times " + Twine(groups) + " filters are too many");
  Sizes shape = {x[0], filters};
  for (int64_t i = 0; i < axes; ++i) {
    int64_t stride = adaptor.getStrides()[i], dilation = adaptor.getDilations()[i], extra = adaptor.getExtra()[i];
    int64_t low = adaptor.getLow()[i], high = adaptor.getHigh()[i];
    if (extra >= std::max(stride, dilation)) // convolution_transpose.6
      return rule.fail("extra " + Twine(extra) + " with stride " + Twine(stride) + " and dilation " + Twine(dilation) +
                       " (must be smaller than one of them)");
    __int128 size = transposedSize(x[2 + i], w[2 + i], stride, low, high, dilation, extra);
    if (size < 1 || size > kMost) // convolution_transpose.7
      return rule.fail("spatial axis " + Twine(i) + " of size " + Twine(x[2 + i]) + ", with a window of " +
                       Twine(w[2 + i]) + ", stride " + Twine(stride) + ", dilation " + Twine(dilation) +
                       " and padding " + Twine(low) + " and " + Twine(high) +
                       ", has no result (the window and the result must not be empty, nor the result beyond 2^40)");
    shape.push_back(static_cast<int64_t>(size));
  }
  return rule.give(shape, elementOf(adaptor.getX()), types);
}

// The convolution reads what x reached: without the elements that only `extra` added. So it has x's positions.
SmallVector<Value> ConvolutionTransposeOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), w = x.with(getW()), d = x.with(dResults[0]);
  Plan plan = Plan::of(*this);
  Sizes cut;
  for (auto [high, extra] : llvm::zip(plan.high, getExtra())) {
    cut.push_back(std::min<int64_t>(0, high - extra));
    high = std::max<int64_t>(0, high - extra);
  }
  Expr reached = padded(d, zeros(plan.axes()), cut, 0);
  return {makeConvolution(plan, reached, w), makeWeight(plan, reached, x, w)};
}

// `extra` shows what the padding behind hides; beyond that nothing is reached.
SmallVector<Value> ConvolutionTransposeOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  Plan plan = Plan::of(*this);
  Sizes reached, beyond;
  for (auto [high, extra, size] :
       llvm::zip(plan.high, getExtra(), arrayOf(shapeOf(getResult())).drop_front(2))) {
    int64_t shown = std::min<int64_t>(high, extra);
    high -= shown;
    beyond.push_back(extra - shown);
    reached.push_back(size - beyond.back());
  }
  return {padded(spreadOut(plan, x, x.with(getW()), reached), zeros(plan.axes()), beyond, 0)};
}

//===--- convolution_weight
//-------------------------------------------------------------------------===//

LogicalResult ConvolutionWeightOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                    SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"images", "cotangent"});
  if (failed(checkImages(rule, /*bothHaveImages=*/true))) // convolution_weight.1
    return failure();
  ArrayRef<int64_t> x = arrayOf(shapeOf(adaptor.getX())), d = arrayOf(shapeOf(adaptor.getD()));
  if (x[0] != d[0])
    return rule.fail("shapes " + shapeText(spanOf(x)) + " and " + shapeText(spanOf(d)) +
                     " differ in the number of images (must be equal)");
  if (failed(checkPairOfElements(rule))) // convolution_weight.2
    return failure();
  int64_t axes = x.size() - 2, groups = adaptor.getGroups();
  ArrayRef<int64_t> kernel = adaptor.getKernel();
  // convolution_weight.3 convolution_weight.4
  if (failed(checkLists(rule, axes,
                        {{"strides", adaptor.getStrides(), 1},
                         {"low", adaptor.getLow(), 0},
                         {"high", adaptor.getHigh(), 0},
                         {"dilations", adaptor.getDilations(), 1},
                         {"kernel", kernel, 1}})))
    return failure();
  if (failed(checkGroups(rule, groups, x[1], d[1]))) // convolution_weight.5
    return failure();
  for (int64_t i = 0; i < axes; ++i) {
    int64_t positions = positionsOf(x[2 + i], kernel[i], adaptor.getStrides()[i], adaptor.getLow()[i],
                                    adaptor.getHigh()[i], adaptor.getDilations()[i]);
    if (positions != d[2 + i] || positions < 1) // convolution_weight.6
      return rule.fail("a cotangent of shape " + shapeText(spanOf(d)) + " has " + Twine(d[2 + i]) +
                       " positions along spatial axis " + Twine(i) + ", the convolution " + Twine(positions) +
                       " (must be equal)");
  }
  return rule.give(joined({d[1], x[1] / groups}, kernel), elementOf(adaptor.getX()), types);
}

SmallVector<Value> ConvolutionWeightOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), d = x.with(getD()), v = x.with(dResults[0]);
  Plan plan = Plan::of(*this);
  return {makeTranspose(plan, d, v, x), makeConvolution(plan, x, v)};
}

SmallVector<Value> ConvolutionWeightOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  return {filterGradient(Plan::of(*this), x, x.with(getD()), getKernel())};
}

//===--- pools
//-------------------------------------------------------------------------------------===//

namespace {
struct Pool {
  Sizes sizes, strides, low, high, dilations;
  int64_t axes() const { return sizes.size(); }
};
} // namespace

static Pool poolOf(MaxPoolOp::Adaptor op) {
  return {Sizes(op.getSizes()), Sizes(op.getStrides()), Sizes(op.getLow()), Sizes(op.getHigh()),
          Sizes(op.getDilations())};
}

static Pool poolOf(AvgPoolOp::Adaptor op) {
  Pool pool = {Sizes(op.getSizes()), Sizes(op.getStrides()), Sizes(op.getLow()), Sizes(op.getHigh()),
               Sizes(op.getSizes().size(), 1)};
  for (auto [high, beyond] : llvm::zip(pool.high, op.getBeyond()))
    high += beyond;
  return pool;
}

template <class Adaptor> static LogicalResult checkPool(const Rule &rule, Adaptor adaptor) {
  int64_t axes = adaptor.getSizes().size(), rank = shapeOf(adaptor.getX()).size();
  if (axes < 1 || axes > 3 || axes > rank || rank + axes > kMaxRank) // max_pool.1 avg_pool.1
    return rule.fail("windows " + listText(adaptor.getSizes()) + " do not fit shape " +
                     shapeText(shapeOf(adaptor.getX())) +
                     " (must have 1 to 3 sizes, as many spatial axes, and at most " + Twine(kMaxRank) +
                     " axes with those of the windows)");
  if (failed(checkSpatial(rule, axes)))
    return failure();
  return rule.checkElements(Elements::floating, elementOf(adaptor.getX())); // max_pool.2 avg_pool.2
}

static LogicalResult inferPool(const Rule &rule, const Pool &pool, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> elements = arrayOf(shapeOf(rule.operands[0]));
  Sizes shape(elements);
  int64_t axes = pool.axes(), first = shape.size() - axes;
  for (int64_t i = 0; i < axes; ++i) {
    int64_t &size = shape[first + i];
    int64_t extent = extentOf(pool.sizes[i], pool.dilations[i]);
    int64_t positions =
        positionsOf(size, pool.sizes[i], pool.strides[i], pool.low[i], pool.high[i], pool.dilations[i]);
    if (positions < 1) // max_pool.5 avg_pool.5
      return failWindow(rule, elements.take_back(axes), pool.sizes, pool.dilations, pool.low, pool.high);
    // The first window reaches the first element, the last one begins before the end.
    if (pool.low[i] >= extent || (positions - 1) * pool.strides[i] >= pool.low[i] + size) // max_pool.6 avg_pool.6
      return rule.fail("spatial axis " + Twine(i) + " of size " + Twine(size) + ", padded by " + Twine(pool.low[i]) +
                       " and " + Twine(pool.high[i]) + ", has windows of " + Twine(extent) +
                       " without an element (the padding must be smaller than the window)");
    size = positions;
  }
  return rule.give(shape, elementOf(rule.operands[0]), types);
}

/// The windows of the last axes: their elements lie along `inside`.
static Expr windowsOf(const Pool &pool, Expr x, double border, Sizes &inside) {
  Expr all = padded(x, pool.low, pool.high, border);
  Expr windows = window(all, spatialAxes(x.rank(), pool.axes()), pool.sizes, pool.strides, pool.dilations);
  inside = spatialAxes(windows.rank(), pool.axes());
  return windows;
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  // max_pool.3 max_pool.4
  if (failed(checkPool(rule, adaptor)) || failed(checkLists(rule, adaptor.getSizes().size(),
                                                            {{"sizes", adaptor.getSizes(), 1},
                                                             {"strides", adaptor.getStrides(), 1},
                                                             {"low", adaptor.getLow(), 0},
                                                             {"high", adaptor.getHigh(), 0},
                                                             {"dilations", adaptor.getDilations(), 1}})))
    return failure();
  return inferPool(rule, poolOf(adaptor), types);
}

/// The number of an element in its window, in row-major order.
static Expr numberInWindow(Expr windows, ArrayRef<int64_t> inside) {
  Type index = IntegerType::get(windows.builder().getContext(), 32);
  Expr number;
  for (int64_t axis : inside) {
    Expr place = iota(windows, windows.shape(), axis, index);
    number = number.value() ? number * double(windows.shape()[axis]) + place : place;
  }
  return number;
}

// dx = Σ over windows of dy where x is the first of the window's elements that is its largest
SmallVector<Value> MaxPoolOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr x(builder, getLoc(), getX()), y = x.with(getResult()), d = x.with(dResults[0]);
  Pool pool = poolOf(Adaptor(*this));
  Sizes inside;
  Expr windows = windowsOf(pool, x, -INFINITY, inside);
  auto everywhere = [&](Expr perWindow) { return spread(perWindow, windows.shape(), inside); };
  Expr number = numberInWindow(windows, inside);
  Expr isLargest = either(eq(windows, everywhere(y)), ne(windows, windows)); // NaN is the largest
  Expr first = min(where(isLargest, number, constantLike(number, INT32_MAX)), inside);
  Expr dWindows = where(eq(number, everywhere(first)), everywhere(d), zerosLike(windows));
  Sizes extents, cutLow, cutHigh;
  for (auto [size, low, high] : llvm::zip(x.shape().take_back(pool.axes()), pool.low, pool.high)) {
    extents.push_back(size + low + high);
    cutLow.push_back(-low);
    cutHigh.push_back(-high);
  }
  Expr dPadded = overlapAdd(dWindows, spatialAxes(x.rank(), pool.axes()), extents, pool.strides, pool.dilations);
  return {padded(dPadded, cutLow, cutHigh, 0)};
}

SmallVector<Value> MaxPoolOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  Sizes inside;
  Expr windows = windowsOf(poolOf(Adaptor(*this)), x, -INFINITY, inside);
  return {max(windows, inside)};
}

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  // avg_pool.3 avg_pool.4
  if (failed(checkPool(rule, adaptor)) || failed(checkLists(rule, adaptor.getSizes().size(),
                                                            {{"sizes", adaptor.getSizes(), 1},
                                                             {"strides", adaptor.getStrides(), 1},
                                                             {"low", adaptor.getLow(), 0},
                                                             {"high", adaptor.getHigh(), 0},
                                                             {"beyond", adaptor.getBeyond(), 0}})))
    return failure();
  return inferPool(rule, poolOf(adaptor), types);
}

/// How many elements of an axis each window counts.
static Sizes countsAlong(AvgPoolOp op, int64_t i, int64_t size, int64_t windows) {
  int64_t low = op.getLow()[i], high = op.getHigh()[i];
  int64_t begin = op.getPadded() ? 0 : low, end = low + size + (op.getPadded() ? high : 0);
  Sizes counts;
  for (int64_t w = 0; w < windows; ++w) {
    int64_t from = w * op.getStrides()[i], to = from + op.getSizes()[i];
    counts.push_back(std::min(to, end) - std::max(from, begin));
  }
  return counts;
}

/// The divisor of each window: a splat where all are equal, else a constant per place.
static Expr divisorOf(AvgPoolOp op, Expr sums) {
  Type element = sums.type().getElementType();
  int64_t axes = op.getSizes().size(), first = sums.rank() - axes;
  double common = 1;
  Expr divisor;
  for (int64_t i = 0; i < axes; ++i) {
    Sizes counts = countsAlong(op, i, shapeOf(op.getX())[first + i], sums.shape()[first + i]);
    if (llvm::all_equal(counts)) {
      common *= static_cast<double>(counts[0]);
      continue;
    }
    SmallVector<Attribute> values;
    for (int64_t count : counts)
      values.push_back(FloatAttr::get(element, static_cast<double>(count)));
    auto type = RankedTensorType::get(int64_t(counts.size()), element);
    Expr along = sums.with(sums.builder().create<ConstantOp>(sums.loc(), DenseElementsAttr::get(type, values)));
    Sizes shape(sums.rank(), 1);
    shape[first + i] = counts.size();
    along = broadcast(reshape(along, shape), sums.shape());
    divisor = divisor.value() ? divisor * along : along;
  }
  return divisor.value() ? divisor * common : constantLike(sums, common);
}

SmallVector<Value> AvgPoolOp::decompose(OpBuilder &builder) {
  Expr x(builder, getLoc(), getX());
  Sizes inside;
  Expr windows = windowsOf(poolOf(Adaptor(*this)), x, 0, inside);
  Expr sums = sum(windows, inside);
  return {sums / divisorOf(*this, sums)};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Convolution.cpp.inc"
