#include "compiler/graph/ops/Indexing.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Reduction.h"
#include "compiler/graph/ops/Scan.h"
#include "dialects/gradus/Indexing.h"
#include "dialects/gradus/Movement.h"

namespace gradus {

using namespace building;

Tensor oneHot(const Tensor &indices, int64_t classes, DType type, Location at) {
  GraphImpl &impl = graphOf(indices, ir::OneHotOp::getOperationName(), at);
  return unary<ir::OneHotOp>(indices, at,
                             {number(impl, "classes", classes), element(impl, "element", type)});
}

/// An op on x, indices and perhaps updates along an axis of x.
template <class Op>
static Tensor byIndex(ArrayRef<Tensor> tensors, int64_t axis, Location at,
                      llvm::function_ref<SmallVector<NamedAttribute>(GraphImpl &)> more = {}) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(tensors[0], op, at);
  SmallVector<Value> operands;
  for (const Tensor &tensor : tensors)
    operands.push_back(impl.value(tensor, op, at));
  SmallVector<NamedAttribute> attributes{
      number(impl, "axis", resolveAxis(impl, op, operands[0], axis, at))};
  if (more)
    llvm::append_range(attributes, more(impl));
  return impl.make<Op>(at, operands, attributes);
}

static Tensor shaped(const Tensor &x, const Shape &shape, Location at) {
  GraphImpl &impl = graphOf(x, ir::ReshapeOp::getOperationName(), at);
  return impl.make<ir::ReshapeOp>(at, impl.value(x, "gradus.reshape", at), list(impl, "shape", shape));
}

Tensor take(const Tensor &x, const Tensor &indices, int64_t axis, Location at) {
  return byIndex<ir::TakeOp>({x, indices}, axis, at);
}
Tensor take(const Tensor &x, const Tensor &indices, Location at) {
  graphOf(x, ir::TakeOp::getOperationName(), at);
  return take(shaped(x, {-1}, at), indices, 0, at);
}
Tensor gather(const Tensor &table, const Tensor &indices, Location at) {
  return take(table, indices, 0, at);
}
Tensor takeAlongAxis(const Tensor &x, const Tensor &indices, int64_t axis, Location at) {
  return byIndex<ir::TakeAlongAxisOp>({x, indices}, axis, at);
}

Tensor embedding(const Tensor &indices, const Tensor &table, int64_t padding, Location at) {
  if (padding < 0)
    return take(table, indices, 0, at);
  StringRef op = ir::EmbeddingOp::getOperationName();
  GraphImpl &impl = graphOf(table, op, at);
  Value operands[] = {impl.value(table, op, at), impl.value(indices, op, at)};
  return impl.make<ir::EmbeddingOp>(at, operands, number(impl, "padding", padding));
}

Tensor scatter(const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
               ScatterMode mode, Location at) {
  static constexpr const char *names[] = {"set", "add", "mul", "max", "min"};
  return byIndex<ir::ScatterOp>({x, indices, updates}, axis, at, [&](GraphImpl &impl) {
    auto name = StringAttr::get(impl.context(), names[static_cast<int>(mode)]);
    return SmallVector<NamedAttribute>{named(impl, "mode", name)};
  });
}

/// Scatters whole slices: one index for each.
static Tensor scatterSlices(const Tensor &x, const Tensor &indices, const Tensor &updates,
                            int64_t axis, ScatterMode mode, Location at) {
  StringRef op = ir::ScatterOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  axis = resolveAxis(impl, op, impl.value(x, op, at), axis, at);
  Value index = impl.value(indices, op, at);
  if (indices.rank() != 1)
    impl.fail(at, op, "indices of shape " + ir::shapeText(ir::shapeOf(index)) + " (must have one axis)", index);
  Shape along(x.rank(), 1);
  along[axis] = -1;
  return scatter(x, shaped(indices, along, at), updates, axis, mode, at);
}

Tensor indexAdd(const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
                Location at) {
  return scatterSlices(x, indices, updates, axis, ScatterMode::add, at);
}
Tensor indexCopy(const Tensor &x, const Tensor &indices, const Tensor &updates, int64_t axis,
                 Location at) {
  return scatterSlices(x, indices, updates, axis, ScatterMode::set, at);
}

Tensor indexPut(const Tensor &x, const std::vector<Tensor> &indices, const Tensor &values,
                bool accumulate, Location at) {
  StringRef op = ir::ScatterOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  Value value = impl.value(x, op, at);
  Shape shape = x.shape();
  size_t count = indices.size();
  if (count == 0 || count > shape.size())
    impl.fail(at, op, Twine(count) + " indices for the " + Twine(shape.size()) + " axes of the tensor", value);
  for (const Tensor &index : indices)
    if (impl.value(index, op, at), index.shape() != indices[0].shape())
      impl.fail(at, op, "the indices have different shapes", GraphImpl::valueOf(index));
  // One row-major position for all coordinates, each within its axis.
  Tensor linear;
  int64_t rows = 1;
  for (size_t axis = 0; axis < count; ++axis) {
    int64_t size = shape[axis];
    if (size <= 0 && count > 1)
      impl.fail(at, op, "axis " + Twine(axis) + " needs a known size above 0", value);
    Tensor index = indices[axis];
    if (count > 1)
      index = maximum(Operand(minimum(Operand(index, at), Operand(double(size - 1), at), at), at),
                      Operand(0.0, at), at);
    linear = axis == 0 ? index : Operand(linear, at) * Operand(double(size), at) + Operand(index, at);
    rows = size == kBatch ? kBatch : rows * size;
  }
  Shape flat{rows}, slices{-1};
  flat.insert(flat.end(), shape.begin() + count, shape.end());
  slices.insert(slices.end(), shape.begin() + count, shape.end());
  Tensor result = scatterSlices(shaped(x, flat, at), shaped(linear, {-1}, at), shaped(values, slices, at), 0,
                                accumulate ? ScatterMode::add : ScatterMode::set, at);
  return shaped(result, shape, at);
}

/// 0 .. size-1 as i32.
static Tensor counted(GraphImpl &impl, int64_t size, Location at) {
  return impl.make<ir::IotaOp>(
      at, {}, {list(impl, "shape", size), number(impl, "axis", 0), element(impl, "element", DType::i32)});
}

Selection maskedSelect(const Tensor &x, const Tensor &mask, int64_t size, double fill, Location at) {
  StringRef op = ir::ScatterOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  Value operands[] = {impl.value(x, op, at), impl.value(mask, op, at)};
  if (mask.dtype() != DType::boolean || mask.shape() != x.shape())
    impl.fail(at, op, "a mask must be boolean and of the shape of the tensor", operands);
  if (size < 0)
    impl.fail(at, op, "the size of a selection is " + Twine(size) + " (must not be negative)", operands);
  Tensor holds = shaped(mask, {-1}, at), one = cast(holds, DType::i32, at);
  Tensor place = cumsum(one, 0, {.exclusive = true}, at);
  // What does not count goes to one more element at the end, which is then cut off.
  Tensor counts = Operand(holds, at) & Operand(Operand(place, at) < Operand(double(size), at), at);
  Tensor target = where(counts, Operand(place, at), Operand(double(size), at), at);
  Tensor filled = GraphImpl::handle(impl.shared_from_this()).full({size + 1}, fill, x.dtype(), at);
  Tensor all = scatter(filled, target, shaped(x, {-1}, at), 0, ScatterMode::set, at);
  return {take(all, counted(impl, size, at), 0, at),
          minimum(Operand(sum(one, 0, false, at), at), Operand(double(size), at), at)};
}

Selection nonzero(const Tensor &x, int64_t size, double fill, Location at) {
  StringRef op = ir::ScatterOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  Value value = impl.value(x, op, at);
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  Shape shape = x.shape();
  int64_t elements = 1, rank = x.rank();
  for (int64_t extent : shape)
    if (extent == kBatch || __builtin_mul_overflow(elements, extent, &elements) || elements > INT32_MAX)
      impl.fail(at, op, "nonzero needs a known shape of at most 2^31-1 elements", value);
  Tensor mask = x.dtype() == DType::boolean ? x : notEqual(Operand(x, at), Operand(0.0, at), at);
  Selection places = maskedSelect(counted(impl, elements, at), shaped(mask, {-1}, at), size, 0, at);
  // Row-major position to coordinates: position / stride, modulo the size of the axis.
  NDArray strides = NDArray::zeros({1, rank}, DType::i32), sizes = NDArray::zeros({1, rank}, DType::i32);
  int64_t stride = 1;
  for (int64_t axis = rank; axis-- > 0; stride *= std::max<int64_t>(1, shape[axis])) {
    strides.data<int32_t>()[axis] = int32_t(stride);
    sizes.data<int32_t>()[axis] = int32_t(std::max<int64_t>(1, shape[axis]));
  }
  Operand extents(graph.constant(sizes, at), at);
  Operand whole(Operand(shaped(places.values, {size, 1}, at), at) / Operand(graph.constant(strides, at), at), at);
  Operand turns(Operand(Operand(whole / extents, at) * extents, at));
  Tensor coordinates = whole - turns;
  Tensor counts = Operand(shaped(counted(impl, size, at), {size, 1}, at), at) < Operand(places.count, at);
  return {where(counts, Operand(coordinates, at), Operand(fill, at), at), places.count};
}

} // namespace gradus
