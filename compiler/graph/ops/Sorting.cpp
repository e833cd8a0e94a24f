#include "compiler/graph/ops/Sorting.h"

#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Indexing.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Sorting.h"

namespace gradus {

using namespace building;

static int64_t axisOf(const Tensor &x, int64_t axis, Location at) {
  StringRef op = ir::SortOp::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  return resolveAxis(impl, op, impl.value(x, op, at), axis, at);
}

ValuesAndIndices sort(const Tensor &x, int64_t axis, bool descending, Location at) {
  StringRef op = ir::SortOp::getOperationName();
  axis = axisOf(x, axis, at);
  GraphImpl &impl = *GraphImpl::graphOf(x);
  SmallVector<NamedAttribute> attributes{number(impl, "axis", axis)};
  if (descending)
    attributes.push_back(named(impl, "descending", UnitAttr::get(impl.context())));
  auto results = impl.makeAll<ir::SortOp>(at, impl.value(x, op, at), attributes);
  return {results[0], results[1]};
}

Tensor argsort(const Tensor &x, int64_t axis, bool descending, Location at) {
  return sort(x, axis, descending, at).indices;
}

/// `count` elements from place `first` on along the axis; the axis is dropped for a count of -1.
static ValuesAndIndices part(const ValuesAndIndices &sorted, int64_t axis, int64_t first,
                             int64_t count, Location at) {
  GraphImpl &impl = *GraphImpl::graphOf(sorted.values);
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  Tensor places = graph.constant(double(first), DType::i32, at);
  if (count >= 0) {
    Tensor along = impl.make<ir::IotaOp>(
        at, {}, {list(impl, "shape", count), number(impl, "axis", 0), element(impl, "element", DType::i32)});
    places = impl.make<ir::BroadcastOp>(at, GraphImpl::valueOf(places), list(impl, "shape", count)) ;
    places = Operand(places, at) + Operand(along, at);
  }
  return {take(sorted.values, places, axis, at), take(sorted.indices, places, axis, at)};
}

static void checkCount(const Tensor &x, int64_t k, int64_t least, int64_t axis, Location at) {
  GraphImpl &impl = *GraphImpl::graphOf(x);
  int64_t size = x.shape()[axis];
  if (k < least || (size != kBatch && k > size))
    impl.fail(at, ir::SortOp::getOperationName(),
              "k is " + Twine(k) + " (must be from " + Twine(least) + " to the " + Twine(size) +
                  " elements of axis " + Twine(axis) + ")",
              GraphImpl::valueOf(x));
}

ValuesAndIndices topK(const Tensor &x, int64_t k, int64_t axis, bool largest, Location at) {
  axis = axisOf(x, axis, at);
  checkCount(x, k, 0, axis, at);
  return part(sort(x, axis, largest, at), axis, 0, k, at);
}

ValuesAndIndices kthValue(const Tensor &x, int64_t k, int64_t axis, bool keepDims, Location at) {
  axis = axisOf(x, axis, at);
  checkCount(x, k, 1, axis, at);
  return part(sort(x, axis, false, at), axis, k - 1, keepDims ? 1 : -1, at);
}

ValuesAndIndices median(const Tensor &x, int64_t axis, bool keepDims, Location at) {
  axis = axisOf(x, axis, at);
  GraphImpl &impl = *GraphImpl::graphOf(x);
  int64_t size = x.shape()[axis];
  if (size == kBatch || size == 0)
    impl.fail(at, ir::SortOp::getOperationName(),
              "the median of axis " + Twine(axis) + " of shape " + ir::shapeText(ir::shapeOf(GraphImpl::valueOf(x))) +
                  " needs a known size above 0",
              GraphImpl::valueOf(x));
  ValuesAndIndices sorted = sort(x, axis, false, at);
  int64_t kept = keepDims ? 1 : -1;
  ValuesAndIndices middle = part(sorted, axis, (size - 1) / 2, kept, at);
  if (x.dtype() != DType::f32 && x.dtype() != DType::f64)
    return middle;
  // A NaN, if there is one, is last.
  ValuesAndIndices last = part(sorted, axis, size - 1, kept, at);
  Tensor isNan = notEqual(Operand(last.values, at), Operand(last.values, at), at);
  return {where(isNan, Operand(last.values, at), Operand(middle.values, at), at),
          where(isNan, Operand(last.indices, at), Operand(middle.indices, at), at)};
}

Tensor searchSorted(const Tensor &sorted, const Tensor &values, bool right, Location at) {
  StringRef op = ir::SearchSortedOp::getOperationName();
  GraphImpl &impl = graphOf(sorted, op, at);
  Value operands[] = {impl.value(sorted, op, at), impl.value(values, op, at)};
  SmallVector<NamedAttribute> attributes;
  if (right)
    attributes.push_back(named(impl, "right", UnitAttr::get(impl.context())));
  return impl.make<ir::SearchSortedOp>(at, operands, attributes);
}

} // namespace gradus
