#include "compiler/graph/ops/Scan.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Scan.h"

namespace gradus {

using namespace building;

/// Attributes of a scan; flags that are off are left out.
static SmallVector<NamedAttribute> attributesOf(GraphImpl &impl, int64_t axis, ScanOptions options) {
  SmallVector<NamedAttribute> attributes{number(impl, "axis", axis)};
  if (options.reverse)
    attributes.push_back(named(impl, "reverse", UnitAttr::get(impl.context())));
  if (options.exclusive)
    attributes.push_back(named(impl, "exclusive", UnitAttr::get(impl.context())));
  return attributes;
}

template <class Op>
static std::vector<Tensor> scan(const Tensor &x, int64_t axis, ScanOptions options, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  Value value = impl.value(x, op, at);
  axis = resolveAxis(impl, op, value, axis, at);
  return impl.makeAll<Op>(at, value, attributesOf(impl, axis, options));
}

Tensor cumsum(const Tensor &x, int64_t axis, ScanOptions options, Location at) {
  return scan<ir::CumsumOp>(x, axis, options, at)[0];
}
Tensor cumprod(const Tensor &x, int64_t axis, ScanOptions options, Location at) {
  return scan<ir::CumprodOp>(x, axis, options, at)[0];
}
Tensor logCumSumExp(const Tensor &x, int64_t axis, ScanOptions options, Location at) {
  return scan<ir::LogCumSumExpOp>(x, axis, options, at)[0];
}
ValuesAndIndices cummax(const Tensor &x, int64_t axis, bool reverse, Location at) {
  auto results = scan<ir::CummaxOp>(x, axis, {.reverse = reverse}, at);
  return {results[0], results[1]};
}
ValuesAndIndices cummin(const Tensor &x, int64_t axis, bool reverse, Location at) {
  auto results = scan<ir::CumminOp>(x, axis, {.reverse = reverse}, at);
  return {results[0], results[1]};
}

Tensor linearScan(const Tensor &a, const Tensor &b, int64_t axis, double init, bool reverse,
                  Location at) {
  StringRef op = ir::LinearScanOp::getOperationName();
  GraphImpl &impl = graphOf(a, op, at);
  Value operands[] = {impl.value(a, op, at), impl.value(b, op, at)};
  auto attributes =
      attributesOf(impl, resolveAxis(impl, op, operands[0], axis, at), {.reverse = reverse});
  attributes.push_back(
      named(impl, "init", FloatAttr::get(Float64Type::get(impl.context()), init)));
  return impl.make<ir::LinearScanOp>(at, operands, attributes);
}

} // namespace gradus
