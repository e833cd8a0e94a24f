// What the functions that build ops share.
#pragma once
#include "compiler/graph/Diagnostics.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/ops/Types.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Rules.h"

namespace gradus::building {

using namespace mlir;

inline GraphImpl &graphOf(const Tensor &tensor, StringRef op, Location at) {
  if (GraphImpl *impl = GraphImpl::graphOf(tensor))
    return *impl;
  throw GraphError(compiler::locationText(at) + ": error: " + op.str() +
                   ": an operand is an empty tensor (it was never given a value)");
}

/// The graph of the first operand that is a tensor.
inline GraphImpl &graphOf(ArrayRef<const Operand *> operands, StringRef op, Location at) {
  for (const Operand *operand : operands)
    if (!operand->isNumber)
      return graphOf(operand->tensor, op, at);
  throw GraphError(compiler::locationText(at) + ": error: " + op.str() +
                   ": both operands are numbers (one must be a tensor)");
}

/// The values of operands; a number takes the element type of the tensors, `otherwise` if there are
/// none.
inline SmallVector<Value, 3> valuesOf(GraphImpl &impl, ArrayRef<const Operand *> operands,
                                      StringRef op, Location at, DType otherwise = DType::f32) {
  for (const Operand *operand : operands)
    if (!operand->isNumber) {
      impl.value(operand->tensor, op, at);
      otherwise = operand->tensor.dtype();
      break;
    }
  Graph graph = GraphImpl::handle(impl.shared_from_this());
  SmallVector<Value, 3> values;
  for (const Operand *operand : operands)
    values.push_back(impl.value(operand->isNumber ? graph.constant(operand->number, otherwise, at)
                                                  : operand->tensor,
                                op, at));
  return values;
}

template <class Op> Tensor binary(const Operand &a, const Operand &b, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf({&a, &b}, op, at);
  return impl.make<Op>(at, valuesOf(impl, {&a, &b}, op, at));
}

template <class Op>
Tensor unary(const Tensor &x, Location at, ArrayRef<NamedAttribute> attributes = {}) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  return impl.make<Op>(at, impl.value(x, op, at), attributes);
}

template <class Op> Tensor unary(const Operand &x) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf({&x}, op, x.at);
  return impl.make<Op>(x.at, impl.value(x.tensor, op, x.at));
}

inline NamedAttribute named(GraphImpl &impl, StringRef name, Attribute value) {
  return {StringAttr::get(impl.context(), name), value};
}

inline NamedAttribute list(GraphImpl &impl, StringRef name, ArrayRef<int64_t> values) {
  return named(impl, name, DenseI64ArrayAttr::get(impl.context(), values));
}

inline NamedAttribute number(GraphImpl &impl, StringRef name, int64_t value) {
  return named(impl, name, IntegerAttr::get(IntegerType::get(impl.context(), 64), value));
}

inline NamedAttribute element(GraphImpl &impl, StringRef name, DType type) {
  return named(impl, name, TypeAttr::get(compiler::elementType(impl.context(), type)));
}

/// An axis counted from the front.
inline int64_t resolveAxis(GraphImpl &impl, StringRef op, Value x, int64_t axis, Location at) {
  int64_t rank = static_cast<int64_t>(ir::shapeOf(x).size());
  if (axis < -rank || axis >= rank)
    impl.fail(at, op,
              "axis " + Twine(axis) + " is outside the " + Twine(rank) + " axes of shape " +
                  ir::shapeText(ir::shapeOf(x)),
              x);
  return axis < 0 ? axis + rank : axis;
}

inline SmallVector<int64_t> resolveAxes(GraphImpl &impl, StringRef op, Value x, const Axes &axes,
                                        Location at) {
  SmallVector<int64_t> resolved;
  if (!axes.list)
    return llvm::to_vector(llvm::seq<int64_t>(0, ir::shapeOf(x).size()));
  for (int64_t axis : *axes.list)
    resolved.push_back(resolveAxis(impl, op, x, axis, at));
  llvm::sort(resolved);
  return resolved;
}

/// Puts dropped axes back with size 1.
inline Tensor keepAxes(GraphImpl &impl, const Tensor &reduced, Shape shape, ArrayRef<int64_t> axes,
                       Location at) {
  for (int64_t axis : axes)
    shape[axis] = 1;
  return impl.make<ir::ReshapeOp>(at, GraphImpl::valueOf(reduced), list(impl, "shape", shape));
}

template <class Op>
Tensor reduce(const Tensor &x, const Axes &axes, bool keepDims, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  SmallVector<int64_t> resolved = resolveAxes(impl, op, impl.value(x, op, at), axes, at);
  Tensor reduced = unary<Op>(x, at, list(impl, "axes", resolved));
  return keepDims ? keepAxes(impl, reduced, x.shape(), resolved, at) : reduced;
}

template <class Op> Tensor alongAxis(const Tensor &x, int64_t &axis, Location at) {
  StringRef op = Op::getOperationName();
  GraphImpl &impl = graphOf(x, op, at);
  axis = resolveAxis(impl, op, impl.value(x, op, at), axis, at);
  return unary<Op>(x, at, number(impl, "axis", axis));
}

} // namespace gradus::building
