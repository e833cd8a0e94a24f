#include "compiler/graph/ops/Movement.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Elementwise.h"
#include "dialects/gradus/Elementwise.h"
#include "dialects/gradus/Movement.h"

#include <cmath>

namespace gradus {

using namespace building;

using Integers = std::vector<int64_t>;

// --- pieces -------------------------------------------------------------------------------------

namespace {

/// The graph of x; `op` is named in errors.
struct Builder {
  Builder(const Tensor &x, StringRef op, Location at)
      : impl(graphOf(x, op, at)), x(x), op(op), at(at), shape(x.shape()), rank(x.rank()) {
    impl.value(x, op, at);
  }

  [[noreturn]] void fail(const Twine &message) const {
    impl.fail(at, op, message, GraphImpl::valueOf(x));
  }
  int64_t axis(int64_t number) const {
    return resolveAxis(impl, op, GraphImpl::valueOf(x), number, at);
  }
  Integers axes(const Integers &numbers) const {
    Integers resolved;
    for (int64_t number : numbers)
      resolved.push_back(axis(number));
    for (size_t i = 0; i < resolved.size(); ++i)
      if (std::find(resolved.begin(), resolved.begin() + i, resolved[i]) != resolved.begin() + i)
        fail("axis " + Twine(resolved[i]) + " is given twice");
    return resolved;
  }
  /// The size of an axis, which must be known.
  int64_t sizeOf(int64_t number) const {
    if (shape[number] == kBatch)
      fail("axis " + Twine(number) + " is the batch, of which the whole must be taken");
    return shape[number];
  }
  Integers order() const {
    Integers all(rank);
    for (int64_t i = 0; i < rank; ++i)
      all[i] = i;
    return all;
  }

  GraphImpl &impl;
  Tensor x;
  StringRef op;
  Location at;
  Shape shape;
  int64_t rank;
};

/// One axis of a slice; the whole of it to begin with.
struct Range {
  int64_t start = 0, size = -1, step = 1;
};

Tensor sliceOf(const Tensor &x, ArrayRef<Range> ranges, Location at) {
  GraphImpl &impl = graphOf(x, ir::SliceOp::getOperationName(), at);
  Integers starts, sizes, steps;
  for (const Range &range : ranges) {
    starts.push_back(range.start);
    sizes.push_back(range.size);
    steps.push_back(range.step);
  }
  return unary<ir::SliceOp>(
      x, at, {list(impl, "starts", starts), list(impl, "sizes", sizes), list(impl, "steps", steps)});
}

Tensor sliceOf(const Tensor &x, int64_t axis, Range range, Location at) {
  SmallVector<Range> ranges(x.rank());
  ranges[axis] = range;
  return sliceOf(x, ranges, at);
}

Tensor padOf(const Tensor &x, const Integers &low, const Integers &high, const Integers &interior,
             double value, Location at) {
  GraphImpl &impl = graphOf(x, ir::PadOp::getOperationName(), at);
  auto number = FloatAttr::get(Float64Type::get(impl.context()), value);
  return unary<ir::PadOp>(x, at,
                          {list(impl, "low", low), list(impl, "high", high),
                           list(impl, "interior", interior), named(impl, "value", number)});
}

Tensor reverseOf(const Tensor &x, Integers axes, Location at) {
  GraphImpl &impl = graphOf(x, ir::ReverseOp::getOperationName(), at);
  llvm::sort(axes);
  return unary<ir::ReverseOp>(x, at, list(impl, "axes", axes));
}

Tensor concatOf(const std::vector<Tensor> &parts, int64_t axis, Location at) {
  StringRef op = ir::ConcatOp::getOperationName();
  GraphImpl &impl = graphOf(parts.front(), op, at);
  SmallVector<Value> values;
  for (const Tensor &part : parts)
    values.push_back(impl.value(part, op, at));
  return impl.make<ir::ConcatOp>(at, values, number(impl, "axis", axis));
}

/// Sorted by axis, as the records want it.
struct WindowAttributes {
  Integers axes, sizes, strides, dilations;
  Integers order; ///< of the axes in the caller's list

  WindowAttributes(const Builder &b, const Integers &givenAxes, const Integers &givenSizes,
                   const Integers &givenStrides, const Integers &givenDilations) {
    Integers resolved = b.axes(givenAxes);
    for (auto [name, given] : {std::pair("sizes", &givenSizes), std::pair("strides", &givenStrides),
                               std::pair("dilations", &givenDilations)})
      if (given->size() != resolved.size() && !(given->empty() && given != &givenSizes))
        b.fail(Twine(given->size()) + " " + name + " are given for " + Twine(resolved.size()) + " axes");
    for (size_t i = 0; i < resolved.size(); ++i)
      order.push_back(i);
    llvm::sort(order, [&](int64_t i, int64_t j) { return resolved[i] < resolved[j]; });
    for (int64_t i : order) {
      axes.push_back(resolved[i]);
      sizes.push_back(givenSizes[i]);
      strides.push_back(givenStrides.empty() ? 1 : givenStrides[i]);
      dilations.push_back(givenDilations.empty() ? 1 : givenDilations[i]);
    }
  }
};

bool isAscending(const Integers &order) { return std::is_sorted(order.begin(), order.end()); }

} // namespace

// --- shapes -------------------------------------------------------------------------------------

Tensor reshape(const Tensor &x, const Shape &shape, Location at) {
  GraphImpl &impl = graphOf(x, ir::ReshapeOp::getOperationName(), at);
  return unary<ir::ReshapeOp>(x, at, list(impl, "shape", shape));
}

Tensor flatten(const Tensor &x, int64_t first, int64_t last, Location at) {
  Builder b(x, "gradus.flatten", at);
  if (b.rank == 0)
    return reshape(x, {1}, at);
  first = b.axis(first);
  last = b.axis(last);
  if (first > last)
    b.fail("the first axis, " + Twine(first) + ", comes after the last one, " + Twine(last));
  Shape shape(b.shape.begin(), b.shape.begin() + first);
  int64_t size = 1;
  for (int64_t axis = first; axis <= last; ++axis)
    size = size == kBatch || b.shape[axis] == kBatch ? kBatch : size * b.shape[axis];
  shape.push_back(size);
  shape.insert(shape.end(), b.shape.begin() + last + 1, b.shape.end());
  return reshape(x, shape, at);
}

Tensor squeeze(const Tensor &x, const Axes &axes, Location at) {
  Builder b(x, "gradus.squeeze", at);
  Integers gone;
  if (axes.list) {
    gone = b.axes(*axes.list);
    for (int64_t axis : gone)
      if (b.shape[axis] != 1)
        b.fail("axis " + Twine(axis) + " of shape " +
               ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) + " does not have size 1");
  } else {
    for (int64_t axis = 0; axis < b.rank; ++axis)
      if (b.shape[axis] == 1)
        gone.push_back(axis);
  }
  Shape shape;
  for (int64_t axis = 0; axis < b.rank; ++axis)
    if (!llvm::is_contained(gone, axis))
      shape.push_back(b.shape[axis]);
  return reshape(x, shape, at);
}

Tensor unsqueeze(const Tensor &x, int64_t axis, Location at) {
  Builder b(x, "gradus.unsqueeze", at);
  if (axis < -b.rank - 1 || axis > b.rank)
    b.fail("axis " + Twine(axis) + " is outside the " + Twine(b.rank + 1) + " axes of the result");
  Shape shape = b.shape;
  shape.insert(shape.begin() + (axis < 0 ? axis + b.rank + 1 : axis), 1);
  return reshape(x, shape, at);
}

Tensor broadcastTo(const Tensor &x, const Shape &shape, Location at) {
  GraphImpl &impl = graphOf(x, ir::BroadcastOp::getOperationName(), at);
  return unary<ir::BroadcastOp>(x, at, list(impl, "shape", shape));
}

Tensor expand(const Tensor &x, const Shape &shape, Location at) {
  Builder b(x, "gradus.expand", at);
  Shape kept = shape;
  int64_t extra = static_cast<int64_t>(shape.size()) - b.rank;
  for (int64_t i = 0; i < static_cast<int64_t>(shape.size()); ++i)
    if (shape[i] == -1) {
      if (i < extra)
        b.fail("the size of the new axis " + Twine(i) + " is -1 (there is none to keep)");
      kept[i] = b.shape[i - extra];
    }
  return broadcastTo(x, kept, at);
}

// --- order --------------------------------------------------------------------------------------

Tensor transpose(const Tensor &x, Location at) {
  Builder b(x, ir::TransposeOp::getOperationName(), at);
  Integers order = b.order();
  return transpose(x, Integers(order.rbegin(), order.rend()), at);
}

Tensor transpose(const Tensor &x, const Integers &order, Location at) {
  StringRef op = ir::TransposeOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  SmallVector<int64_t> resolved;
  for (int64_t axis : order)
    resolved.push_back(resolveAxis(impl, op, impl.value(x, op, at), axis, at));
  return unary<ir::TransposeOp>(x, at, list(impl, "permutation", resolved));
}

Tensor permute(const Tensor &x, const Integers &order, Location at) {
  return transpose(x, order, at);
}

Tensor movedim(const Tensor &x, const Integers &from, const Integers &to, Location at) {
  Builder b(x, "gradus.movedim", at);
  if (from.size() != to.size())
    b.fail(Twine(from.size()) + " axes are moved to " + Twine(to.size()) + " places");
  Integers source = b.axes(from), target = b.axes(to), order(b.rank, -1);
  for (size_t i = 0; i < source.size(); ++i)
    order[target[i]] = source[i];
  int64_t next = 0;
  for (int64_t &place : order) {
    if (place >= 0)
      continue;
    while (llvm::is_contained(source, next))
      ++next;
    place = next++;
  }
  return transpose(x, order, at);
}

Tensor swapAxes(const Tensor &x, int64_t first, int64_t second, Location at) {
  Builder b(x, "gradus.swap_axes", at);
  Integers order = b.order();
  std::swap(order[b.axis(first)], order[b.axis(second)]);
  return transpose(x, order, at);
}

Tensor flip(const Tensor &x, const Axes &axes, Location at) {
  Builder b(x, "gradus.flip", at);
  return reverseOf(x, axes.list ? b.axes(*axes.list) : b.order(), at);
}

Tensor roll(const Tensor &x, int64_t shift, Location at) {
  return reshape(roll(flatten(x, 0, -1, at), Integers{shift}, {0}, at), x.shape(), at);
}

Tensor roll(const Tensor &x, const Integers &shifts, const Integers &axes, Location at) {
  Builder b(x, "gradus.roll", at);
  if (shifts.size() != axes.size())
    b.fail(Twine(shifts.size()) + " shifts are given for " + Twine(axes.size()) + " axes");
  Tensor y = x;
  for (size_t i = 0; i < axes.size(); ++i) { // an axis may come twice
    int64_t axis = b.axis(axes[i]), size = b.sizeOf(axis);
    int64_t shift = size ? ((shifts[i] % size) + size) % size : 0;
    if (shift != 0)
      y = concatOf({sliceOf(y, axis, {size - shift, shift, 1}, at),
                    sliceOf(y, axis, {0, size - shift, 1}, at)},
                   axis, at);
  }
  return y;
}

Tensor rot90(const Tensor &x, int64_t k, int64_t first, int64_t second, Location at) {
  Builder b(x, "gradus.rot90", at);
  Integers axes = b.axes({first, second});
  switch (((k % 4) + 4) % 4) {
  case 1:
    return swapAxes(reverseOf(x, {axes[1]}, at), axes[0], axes[1], at);
  case 2:
    return reverseOf(x, axes, at);
  case 3:
    return reverseOf(swapAxes(x, axes[0], axes[1], at), {axes[1]}, at);
  default:
    return x;
  }
}

Tensor toChannelsLast(const Tensor &x, Location at) {
  Builder b(x, "gradus.to_channels_last", at);
  if (b.rank < 2)
    b.fail("shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) + " has no axis of channels");
  return movedim(x, {1}, {-1}, at);
}

Tensor toChannelsFirst(const Tensor &x, Location at) {
  Builder b(x, "gradus.to_channels_first", at);
  if (b.rank < 2)
    b.fail("shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) + " has no axis of channels");
  return movedim(x, {-1}, {1}, at);
}

// --- parts --------------------------------------------------------------------------------------

/// The places that a range names, in ascending order, and whether they are wanted in descending order.
static std::pair<Range, bool> placesOf(const Builder &b, int64_t axis, const Slice &slice) {
  if (slice.step == 0)
    b.fail("the step along axis " + Twine(axis) + " is 0");
  bool back = slice.step < 0;
  if (!slice.start && !slice.stop && std::abs(slice.step) == 1)
    return {Range{}, back};
  int64_t size = b.sizeOf(axis);
  // As Python: forwards places are in [0, size], backwards in [-1, size - 1].
  auto clamp = [&](std::optional<int64_t> place, int64_t otherwise) {
    if (!place)
      return otherwise;
    int64_t from = *place < 0 ? *place + size : *place;
    return std::clamp<int64_t>(from, back ? -1 : 0, back ? size - 1 : size);
  };
  int64_t start = clamp(slice.start, back ? size - 1 : 0), stop = clamp(slice.stop, back ? -1 : size);
  uint64_t step = back ? -static_cast<uint64_t>(slice.step) : slice.step;
  uint64_t distance = std::max<int64_t>(0, back ? start - stop : stop - start);
  int64_t count = (distance + step - 1) / step;
  if (step > static_cast<uint64_t>(size)) { // no second element
    count = std::min<int64_t>(distance, 1);
    step = 1;
  }
  if (count == 0)
    return {Range{0, 0, 1}, false};
  int64_t first = back ? start - (count - 1) * static_cast<int64_t>(step) : start;
  return {Range{first, count, static_cast<int64_t>(step)}, back};
}

Tensor slice(const Tensor &x, const std::vector<Selector> &selectors, Location at) {
  Builder b(x, ir::SliceOp::getOperationName(), at);
  using Kind = Selector::Kind;
  int64_t used = 0, ellipses = 0;
  for (const Selector &selector : selectors) {
    used += selector.kind == Kind::range || selector.kind == Kind::place;
    ellipses += selector.kind == Kind::ellipsis;
  }
  if (used > b.rank || ellipses > 1)
    b.fail(used > b.rank ? Twine(used) + " places or ranges for the " + Twine(b.rank) + " axes of shape " +
                               ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x)))
                         : Twine("more than one ellipsis"));
  SmallVector<Range> ranges(b.rank);
  Integers reversed;
  enum { stay, drop };
  std::vector<int> fate(b.rank, stay);
  std::vector<int64_t> before(b.rank + 1, 0); // new axes
  int64_t axis = 0;
  for (const Selector &selector : selectors) {
    switch (selector.kind) {
    case Kind::ellipsis:
      axis += b.rank - used;
      break;
    case Kind::newAxis:
      ++before[axis];
      break;
    case Kind::place: {
      int64_t size = b.sizeOf(axis), place = selector.place < 0 ? selector.place + size : selector.place;
      if (place < 0 || place >= size)
        b.fail("place " + Twine(selector.place) + " is outside axis " + Twine(axis) + " of size " +
               Twine(size));
      fate[axis] = drop;
      ranges[axis++] = {place, 1, 1};
      break;
    }
    case Kind::range: {
      auto [range, back] = placesOf(b, axis, selector.range);
      if (back)
        reversed.push_back(axis);
      ranges[axis++] = range;
      break;
    }
    }
  }
  Tensor y = sliceOf(x, ranges, at);
  if (!reversed.empty())
    y = reverseOf(y, reversed, at);
  Shape shape, sizes = y.shape();
  for (int64_t i = 0; i <= b.rank; ++i) {
    shape.insert(shape.end(), before[i], 1);
    if (i < b.rank && fate[i] == stay)
      shape.push_back(sizes[i]);
  }
  return shape == sizes ? y : reshape(y, shape, at);
}

Tensor select(const Tensor &x, int64_t axis, int64_t place, Location at) {
  Builder b(x, "gradus.select", at);
  std::vector<Selector> selectors(b.axis(axis), wholeAxis);
  selectors.push_back(place);
  return slice(x, selectors, at);
}

Tensor narrow(const Tensor &x, int64_t axis, int64_t start, int64_t length, Location at) {
  Builder b(x, "gradus.narrow", at);
  axis = b.axis(axis);
  int64_t size = b.sizeOf(axis), from = start < 0 ? start + size : start;
  if (from < 0 || length < 0 || from > size || length > size - from)
    b.fail("axis " + Twine(axis) + " of size " + Twine(size) + " has no " + Twine(length) +
           " elements from " + Twine(start));
  return sliceOf(x, axis, {from, length, 1}, at);
}

std::vector<Tensor> split(const Tensor &x, const Integers &sizes, int64_t axis, Location at) {
  Builder b(x, "gradus.split", at);
  axis = b.axis(axis);
  int64_t size = b.sizeOf(axis), begin = 0;
  std::vector<Tensor> parts;
  for (int64_t part : sizes) {
    if (part < 0 || part > size - begin)
      b.fail("parts from " + Twine(begin) + " on do not fit into axis " + Twine(axis) + " of size " +
             Twine(size) + " (the next one has size " + Twine(part) + ")");
    parts.push_back(sliceOf(x, axis, {begin, part, 1}, at));
    begin += part;
  }
  if (begin != size)
    b.fail("the parts have " + Twine(begin) + " elements together, axis " + Twine(axis) + " has " +
           Twine(size));
  return parts;
}

std::vector<Tensor> split(const Tensor &x, int64_t size, int64_t axis, Location at) {
  Builder b(x, "gradus.split", at);
  axis = b.axis(axis);
  int64_t left = b.sizeOf(axis);
  if (size < 1)
    b.fail("parts of size " + Twine(size) + " (must be positive)");
  Integers sizes;
  for (; left > 0 || sizes.empty(); left -= sizes.back())
    sizes.push_back(std::min(size, left));
  return split(x, sizes, axis, at);
}

std::vector<Tensor> chunk(const Tensor &x, int64_t count, int64_t axis, Location at) {
  Builder b(x, "gradus.chunk", at);
  axis = b.axis(axis);
  if (count < 1)
    b.fail(Twine(count) + " parts (must be positive)");
  int64_t size = b.sizeOf(axis);
  return split(x, std::max<int64_t>(1, size / count + (size % count != 0)), axis, at);
}

std::vector<Tensor> arraySplit(const Tensor &x, int64_t count, int64_t axis, Location at) {
  Builder b(x, "gradus.array_split", at);
  axis = b.axis(axis);
  int64_t size = b.sizeOf(axis);
  if (count < 1 || count > std::max<int64_t>(size, 1))
    b.fail(Twine(count) + " parts of an axis of size " + Twine(size));
  Integers sizes;
  for (int64_t i = 0; i < count; ++i)
    sizes.push_back(size / count + (i < size % count));
  return split(x, sizes, axis, at);
}

// Along the flattened axes the diagonal is a range with a step.
Tensor diagonal(const Tensor &x, int64_t offset, int64_t axis1, int64_t axis2, Location at) {
  Builder b(x, "gradus.diagonal", at);
  Integers axes = b.axes({axis1, axis2});
  Tensor y = movedim(x, axes, {-2, -1}, at);
  int64_t rows = b.sizeOf(axes[0]), columns = b.sizeOf(axes[1]);
  int64_t length = offset >= 0 ? std::min(rows, columns - std::min(offset, columns))
                               : std::min(rows - std::min(-std::max(offset, -rows), rows), columns);
  Shape shape = y.shape();
  shape.pop_back();
  shape.back() = rows * columns;
  if (length <= 0)
    return sliceOf(reshape(y, shape, at), b.rank - 2, {0, 0, 1}, at);
  int64_t start = offset >= 0 ? offset : -offset * columns;
  return sliceOf(reshape(y, shape, at), b.rank - 2, {start, length, columns + 1}, at);
}

/// Row + k against column, for each element of a matrix of this size.
template <class Op>
static Tensor compareToDiagonal(GraphImpl &impl, int64_t rows, int64_t columns, int64_t k, Location at) {
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  Tensor row = iota(graph, {rows, 1}, 0, DType::i64, at), column = iota(graph, {1, columns}, 1, DType::i64, at);
  Tensor shift = graph.constant(static_cast<double>(k), DType::i64, at);
  Tensor place = impl.make<ir::AddOp>(at, {GraphImpl::valueOf(row), GraphImpl::valueOf(shift)});
  return impl.make<Op>(at, {GraphImpl::valueOf(place), GraphImpl::valueOf(column)});
}

template <class Op> static Tensor triangle(const Tensor &x, int64_t k, StringRef op, Location at) {
  Builder b(x, op, at);
  if (b.rank < 2)
    b.fail("shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) + " is no matrix");
  Tensor keep = compareToDiagonal<Op>(b.impl, b.sizeOf(b.rank - 2), b.sizeOf(b.rank - 1), k, at);
  Graph graph = GraphImpl::handle(b.impl.shared_from_this());
  Tensor zero = graph.constant(0, x.dtype(), at);
  return b.impl.make<ir::WhereOp>(
      at, {GraphImpl::valueOf(keep), GraphImpl::valueOf(x), GraphImpl::valueOf(zero)});
}

Tensor tril(const Tensor &x, int64_t k, Location at) {
  return triangle<ir::GeOp>(x, k, "gradus.tril", at);
}

Tensor triu(const Tensor &x, int64_t k, Location at) {
  return triangle<ir::LeOp>(x, k, "gradus.triu", at);
}

Tensor slidingWindow(const Tensor &x, const Integers &sizes, const Integers &axes,
                     const Integers &strides, const Integers &dilations, Location at) {
  Builder b(x, ir::WindowOp::getOperationName(), at);
  WindowAttributes w(b, axes, sizes, strides, dilations);
  Tensor y = unary<ir::WindowOp>(x, at,
                                 {list(b.impl, "axes", w.axes), list(b.impl, "sizes", w.sizes),
                                  list(b.impl, "strides", w.strides),
                                  list(b.impl, "dilations", w.dilations)});
  if (isAscending(w.order))
    return y;
  Integers order = b.order();
  for (size_t i = 0; i < w.order.size(); ++i)
    order.push_back(b.rank + (llvm::find(w.order, int64_t(i)) - w.order.begin()));
  return transpose(y, order, at);
}

Tensor unfold(const Tensor &x, int64_t axis, int64_t size, int64_t step, Location at) {
  return slidingWindow(x, {size}, {axis}, {step}, {}, at);
}

Tensor overlapAdd(const Tensor &x, const Integers &extents, const Integers &axes,
                  const Integers &strides, const Integers &dilations, Location at) {
  Builder b(x, ir::OverlapAddOp::getOperationName(), at);
  int64_t inner = b.rank - static_cast<int64_t>(axes.size());
  Integers counted; // from the axes of the result
  for (int64_t axis : axes) {
    if (axis < -inner || axis >= inner)
      b.fail("axis " + Twine(axis) + " is outside the " + Twine(std::max<int64_t>(inner, 0)) +
             " axes of the result");
    counted.push_back(axis < 0 ? axis + inner : axis);
  }
  WindowAttributes w(b, counted, extents, strides, dilations);
  Tensor y = x;
  if (!isAscending(w.order)) {
    Integers order = b.order();
    for (size_t i = 0; i < w.order.size(); ++i)
      order[inner + i] = inner + w.order[i];
    y = transpose(y, order, at);
  }
  return unary<ir::OverlapAddOp>(y, at,
                                 {list(b.impl, "axes", w.axes), list(b.impl, "extents", w.sizes),
                                  list(b.impl, "strides", w.strides),
                                  list(b.impl, "dilations", w.dilations)});
}

static void checkPatches(const Builder &b, const Patches &patches) {
  for (const Integers *two : {&patches.size, &patches.stride, &patches.padding, &patches.dilation})
    if (two->size() != 2)
      b.fail("a patch has 2 sizes, strides, paddings and dilations (" + Twine(two->size()) + " are given)");
  for (int64_t padding : patches.padding)
    if (padding < 0 || padding > INT32_MAX)
      b.fail("a padding of " + Twine(padding) + " (must be between 0 and 2^31-1)");
  for (const Integers *two : {&patches.size, &patches.stride, &patches.dilation})
    for (int64_t entry : *two)
      if (entry < 1 || entry > INT32_MAX)
        b.fail("a size, stride or dilation of " + Twine(entry) + " (must be between 1 and 2^31-1)");
}

Tensor im2col(const Tensor &x, const Patches &patches, Location at) {
  Builder b(x, "gradus.im2col", at);
  checkPatches(b, patches);
  if (b.rank != 4)
    b.fail("images have 4 axes, [n, channels, height, width] (shape " +
           ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) + ")");
  Integers padding{0, 0, patches.padding[0], patches.padding[1]};
  Tensor y = padOf(x, padding, padding, {0, 0, 0, 0}, 0, at);
  y = slidingWindow(y, patches.size, {2, 3}, patches.stride, patches.dilation, at);
  Shape windows = y.shape();
  y = transpose(y, {0, 1, 4, 5, 2, 3}, at);
  return reshape(y, {b.shape[0], b.sizeOf(1) * patches.size[0] * patches.size[1], windows[2] * windows[3]},
                 at);
}

Tensor col2im(const Tensor &columns, const Integers &size, const Patches &patches, Location at) {
  Builder b(columns, "gradus.col2im", at);
  checkPatches(b, patches);
  if (b.rank != 3 || size.size() != 2)
    b.fail("columns have 3 axes, and images a height and a width");
  int64_t patch = patches.size[0] * patches.size[1];
  if (b.sizeOf(1) % patch != 0)
    b.fail("axis 1 of size " + Twine(b.shape[1]) + " does not hold patches of " + Twine(patch) +
           " elements");
  Integers extents, count;
  for (int i = 0; i < 2; ++i) {
    if (size[i] < 0 || size[i] > INT32_MAX)
      b.fail("an image of size " + Twine(size[i]));
    extents.push_back(size[i] + 2 * patches.padding[i]);
    int64_t room = extents[i] - (patches.size[i] - 1) * patches.dilation[i] - 1;
    count.push_back(room < 0 ? 0 : room / patches.stride[i] + 1);
  }
  if (b.sizeOf(2) != count[0] * count[1])
    b.fail("axis 2 has " + Twine(b.shape[2]) + " patches, an image of " + Twine(size[0]) + "x" +
           Twine(size[1]) + " has " + Twine(count[0] * count[1]));
  Tensor y = reshape(columns, {b.shape[0], b.shape[1] / patch, patches.size[0], patches.size[1], count[0], count[1]}, at);
  y = overlapAdd(transpose(y, {0, 1, 4, 5, 2, 3}, at), extents, {2, 3}, patches.stride, patches.dilation, at);
  Integers crop{0, 0, -patches.padding[0], -patches.padding[1]};
  return padOf(y, crop, crop, {0, 0, 0, 0}, 0, at);
}

// --- joining and repeating ------------------------------------------------------------------------

static void checkParts(const std::vector<Tensor> &parts, StringRef op, Location at) {
  if (parts.empty())
    throw GraphError(compiler::locationText(at) + ": error: " + op.str() + ": there is no operand");
}

Tensor concat(const std::vector<Tensor> &parts, int64_t axis, Location at) {
  checkParts(parts, ir::ConcatOp::getOperationName(), at);
  Builder b(parts.front(), ir::ConcatOp::getOperationName(), at);
  return concatOf(parts, b.axis(axis), at);
}

Tensor stack(const std::vector<Tensor> &parts, int64_t axis, Location at) {
  checkParts(parts, "gradus.stack", at);
  Builder b(parts.front(), "gradus.stack", at);
  if (axis < -b.rank - 1 || axis > b.rank)
    b.fail("axis " + Twine(axis) + " is outside the " + Twine(b.rank + 1) + " axes of the result");
  axis = axis < 0 ? axis + b.rank + 1 : axis;
  std::vector<Tensor> layers;
  for (const Tensor &part : parts) {
    Builder layer(part, "gradus.stack", at);
    if (layer.shape != b.shape)
      layer.fail("shapes " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(parts.front()))) + " and " +
                 ir::shapeText(ir::shapeOf(GraphImpl::valueOf(part))) + " differ");
    layers.push_back(unsqueeze(part, axis, at));
  }
  return concatOf(layers, axis, at);
}

/// Axis `axis` becomes [count, size] or [size, count], and then one.
static Tensor repeatAxis(const Tensor &x, int64_t axis, int64_t count, bool each, Location at) {
  Shape one = x.shape(), many = one, merged = one;
  int64_t place = each ? axis + 1 : axis;
  one.insert(one.begin() + place, 1);
  many.insert(many.begin() + place, count);
  merged[axis] *= count;
  return reshape(broadcastTo(reshape(x, one, at), many, at), merged, at);
}

Tensor tile(const Tensor &x, const Integers &repeats, Location at) {
  Builder b(x, "gradus.tile", at);
  Tensor y = x;
  for (int64_t extra = static_cast<int64_t>(repeats.size()) - b.rank; extra > 0; --extra)
    y = unsqueeze(y, 0, at);
  Builder wide(y, "gradus.tile", at);
  int64_t first = wide.rank - static_cast<int64_t>(repeats.size());
  for (size_t i = 0; i < repeats.size(); ++i) {
    if (repeats[i] < 0)
      b.fail("axis " + Twine(first + i) + " is repeated " + Twine(repeats[i]) + " times");
    if (repeats[i] == 1)
      continue;
    wide.sizeOf(first + i);
    y = repeatAxis(y, first + i, repeats[i], false, at);
  }
  return y;
}

Tensor repeatInterleave(const Tensor &x, int64_t count, Location at) {
  return repeatInterleave(flatten(x, 0, -1, at), count, 0, at);
}

Tensor repeatInterleave(const Tensor &x, int64_t count, int64_t axis, Location at) {
  Builder b(x, "gradus.repeat_interleave", at);
  axis = b.axis(axis);
  if (count < 0)
    b.fail("each element is repeated " + Twine(count) + " times");
  b.sizeOf(axis);
  return repeatAxis(x, axis, count, true, at);
}

/// The elements that come before (or after) an axis in a mode other than constant.
static Tensor border(const Builder &b, const Tensor &x, int64_t axis, int64_t width, bool before,
                     PadMode mode) {
  int64_t size = b.sizeOf(axis);
  int64_t most = mode == PadMode::reflect ? size - 1 : mode == PadMode::circular ? size : size ? INT64_MAX : 0;
  if (width > most)
    b.fail(Twine(width) + " elements cannot be taken from axis " + Twine(axis) + " of size " +
           Twine(size) + " (at most " + Twine(std::max<int64_t>(most, 0)) + " in this mode)");
  if (mode == PadMode::reflect)
    return reverseOf(sliceOf(x, axis, {before ? 1 : size - 1 - width, width, 1}, b.at), {axis}, b.at);
  if (mode == PadMode::circular)
    return sliceOf(x, axis, {before ? size - width : 0, width, 1}, b.at);
  Shape shape = x.shape();
  shape[axis] = width;
  return broadcastTo(sliceOf(x, axis, {before ? 0 : size - 1, 1, 1}, b.at), shape, b.at);
}

Tensor pad(const Tensor &x, const std::vector<Padding> &widths, PadMode mode, double value, Location at) {
  Builder b(x, ir::PadOp::getOperationName(), at);
  int64_t first = b.rank - static_cast<int64_t>(widths.size());
  if (first < 0)
    b.fail(Twine(widths.size()) + " paddings for the " + Twine(b.rank) + " axes of shape " +
           ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))));
  Integers low(b.rank, 0), high(b.rank, 0);
  for (size_t i = 0; i < widths.size(); ++i) {
    low[first + i] = widths[i].before;
    high[first + i] = widths[i].after;
  }
  if (mode == PadMode::constant)
    return padOf(x, low, high, Integers(b.rank, 0), value, at);
  Tensor y = x;
  for (int64_t axis = 0; axis < b.rank; ++axis) {
    if (low[axis] < 0 || high[axis] < 0)
      b.fail("axis " + Twine(axis) + " gets " + Twine(low[axis]) + " and " + Twine(high[axis]) +
             " elements (only mode constant takes away)");
    std::vector<Tensor> parts;
    if (low[axis] > 0)
      parts.push_back(border(b, y, axis, low[axis], true, mode));
    parts.push_back(y);
    if (high[axis] > 0)
      parts.push_back(border(b, y, axis, high[axis], false, mode));
    if (parts.size() > 1)
      y = concatOf(parts, axis, at);
  }
  return y;
}

Tensor dilate(const Tensor &x, const Integers &interior, double value, Location at) {
  Builder b(x, ir::PadOp::getOperationName(), at);
  return padOf(x, Integers(b.rank, 0), Integers(b.rank, 0), interior, value, at);
}

Tensor kron(const Tensor &a, const Tensor &b, Location at) {
  Builder left(a, "gradus.kron", at), right(b, "gradus.kron", at);
  int64_t rank = std::max(left.rank, right.rank);
  if (rank > 4)
    left.fail("operands of " + Twine(left.rank) + " and " + Twine(right.rank) + " axes (at most 4)");
  Shape x, y, both;
  for (int64_t axis = 0; axis < rank; ++axis) {
    int64_t i = axis - (rank - left.rank), j = axis - (rank - right.rank);
    int64_t rows = i < 0 ? 1 : left.sizeOf(i), columns = j < 0 ? 1 : right.sizeOf(j);
    x.insert(x.end(), {rows, 1});
    y.insert(y.end(), {1, columns});
    both.push_back(rows * columns);
  }
  Tensor product = left.impl.make<ir::MulOp>(
      at, {GraphImpl::valueOf(reshape(a, x, at)), left.impl.value(reshape(b, y, at), "gradus.kron", at)});
  return reshape(product, both, at);
}

// --- made from nothing ----------------------------------------------------------------------------

Tensor iota(Graph &graph, const Shape &shape, int64_t axis, DType type, Location at) {
  GraphImpl &impl = graph.implementation();
  int64_t rank = shape.size();
  return impl.make<ir::IotaOp>(at, {},
                               {list(impl, "shape", shape),
                                number(impl, "axis", axis < 0 ? axis + rank : axis),
                                element(impl, "element", type)});
}

/// first + i * step, in double precision (64 bits for integers).
static Tensor ramp(Graph &graph, int64_t count, double first, double step, DType type, Location at) {
  DType wide = type == DType::f32 || type == DType::f64 ? DType::f64 : DType::i64;
  Tensor places = iota(graph, {count}, 0, wide, at);
  GraphImpl &impl = graph.implementation();
  auto combine = [&]<class Op>(Op, const Tensor &x, double y) {
    Tensor operand = graph.constant(y, wide, at);
    return impl.make<Op>(at, {GraphImpl::valueOf(x), GraphImpl::valueOf(operand)});
  };
  places = combine(ir::MulOp(), places, step);
  places = combine(ir::AddOp(), places, first);
  return type == wide ? places : cast(places, type, at);
}

[[noreturn]] static void failWithout(Graph &graph, StringRef op, const Twine &message, Location at) {
  graph.implementation().fail(at, op, message);
}

Tensor arange(Graph &graph, double start, double stop, double step, DType type, Location at) {
  double count = std::ceil((stop - start) / step);
  if (step == 0 || !std::isfinite(count) || count > 1e15)
    failWithout(graph, "gradus.arange",
                "from " + Twine(std::to_string(start)) + " to " + std::to_string(stop) + " by " +
                    std::to_string(step) + " (must be finite, and the step not 0)",
                at);
  bool isInteger = type != DType::f32 && type != DType::f64;
  if (isInteger && (start != std::floor(start) || step != std::floor(step)))
    failWithout(graph, "gradus.arange", "integers with a start or step that is none", at);
  return ramp(graph, std::max(0.0, count), start, step, type, at);
}

// The upper half counts from the end, so that both ends are exact.
Tensor linspace(Graph &graph, double start, double stop, int64_t count, DType type, Location at) {
  if (count < 0 || !std::isfinite(start) || !std::isfinite(stop))
    failWithout(graph, "gradus.linspace", Twine(count) + " numbers from " + std::to_string(start) + " to " +
                                              std::to_string(stop),
                at);
  if (type != DType::f32 && type != DType::f64)
    failWithout(graph, "gradus.linspace", "the element type must be f32 or f64", at);
  double step = count > 1 ? (stop - start) / double(count - 1) : 0;
  if (count < 2)
    return ramp(graph, count, start, 0, type, at);
  int64_t half = count / 2;
  Tensor low = ramp(graph, half, start, step, type, at);
  Tensor high = ramp(graph, count - half, stop, -step, type, at);
  return concatOf({low, reverseOf(high, {0}, at)}, 0, at);
}

Tensor full(Graph &graph, const Shape &shape, double value, DType type, Location at) {
  return graph.full(shape, value, type, at);
}
Tensor zeros(Graph &graph, const Shape &shape, DType type, Location at) {
  return graph.full(shape, 0, type, at);
}
Tensor ones(Graph &graph, const Shape &shape, DType type, Location at) {
  return graph.full(shape, 1, type, at);
}

Tensor fullLike(const Tensor &x, double value, Location at) {
  Builder b(x, "gradus.full_like", at);
  Graph graph = GraphImpl::handle(b.impl.shared_from_this());
  return broadcastTo(graph.constant(value, x.dtype(), at), b.shape, at);
}
Tensor zerosLike(const Tensor &x, Location at) { return fullLike(x, 0, at); }
Tensor onesLike(const Tensor &x, Location at) { return fullLike(x, 1, at); }

Tensor eye(Graph &graph, int64_t rows, std::optional<int64_t> columns, int64_t k, DType type, Location at) {
  Tensor isOne = compareToDiagonal<ir::EqOp>(graph.implementation(), rows, columns.value_or(rows), k, at);
  return cast(isOne, type, at);
}

// Elements of the flattened matrix lie one row and one column apart.
Tensor diag(const Tensor &x, int64_t k, Location at) {
  Builder b(x, "gradus.diag", at);
  if (b.rank == 2)
    return diagonal(x, k, 0, 1, at);
  if (b.rank != 1)
    b.fail("shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) +
           " is neither a vector nor a matrix");
  if (k < -INT32_MAX || k > INT32_MAX)
    b.fail("there is no diagonal " + Twine(k));
  int64_t length = b.sizeOf(0), n = length + std::abs(k);
  int64_t first = k >= 0 ? k : -k * n;
  int64_t end = length ? first + (length - 1) * (n + 1) + 1 : first;
  return reshape(padOf(x, {first}, {n * n - end}, {n}, 0, at), {n, n}, at);
}

std::vector<Tensor> meshgrid(const std::vector<Tensor> &vectors, std::string_view indexing, Location at) {
  checkParts(vectors, "gradus.meshgrid", at);
  Builder front(vectors.front(), "gradus.meshgrid", at);
  if (indexing != "ij" && indexing != "xy")
    front.fail("indexing \"" + Twine(indexing) + "\" is neither \"ij\" nor \"xy\"");
  Shape shape;
  for (const Tensor &vector : vectors) {
    Builder b(vector, "gradus.meshgrid", at);
    if (b.rank != 1)
      b.fail("shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(vector))) + " is no vector");
    shape.push_back(b.shape[0]);
  }
  bool swaps = indexing == "xy" && vectors.size() > 1;
  if (swaps)
    std::swap(shape[0], shape[1]);
  std::vector<Tensor> grids;
  for (size_t i = 0; i < vectors.size(); ++i) {
    size_t axis = swaps && i < 2 ? 1 - i : i;
    Shape column(shape.size(), 1);
    column[axis] = shape[axis];
    grids.push_back(broadcastTo(reshape(vectors[i], column, at), shape, at));
  }
  return grids;
}

Tensor imageToFloat(const Tensor &x, const std::vector<float> &mean, const std::vector<float> &deviation,
                    int64_t axis, Location at) {
  Builder b(x, "gradus.image_to_float", at);
  if (x.dtype() != DType::u8)
    b.fail("an image has bytes (u8) as elements");
  Graph graph = GraphImpl::handle(b.impl.shared_from_this());
  auto valueOf = [](const Tensor &tensor) { return GraphImpl::valueOf(tensor); };
  Tensor full = graph.constant(255, DType::f32, at);
  Tensor y = b.impl.make<ir::DivOp>(at, {valueOf(cast(x, DType::f32, at)), valueOf(full)});
  auto perChannel = [&](const std::vector<float> &numbers) {
    int64_t channels = b.axis(axis);
    if (static_cast<int64_t>(numbers.size()) != b.sizeOf(channels))
      b.fail(Twine(numbers.size()) + " numbers for the " + Twine(b.shape[channels]) + " channels of axis " +
             Twine(channels));
    Shape shape(b.rank - channels, 1);
    shape[0] = numbers.size();
    return graph.constant(NDArray::fromVector(numbers, shape), at);
  };
  if (!mean.empty())
    y = b.impl.make<ir::SubOp>(at, {valueOf(y), valueOf(perChannel(mean))});
  if (!deviation.empty())
    y = b.impl.make<ir::DivOp>(at, {valueOf(y), valueOf(perChannel(deviation))});
  return y;
}

} // namespace gradus
