#include "dialects/gradus/Rules.h"

#include "dialects/gradus/Dialect.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace gradus::ir {

std::string originText(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return "an argument";
  std::string text = op->getName().getStringRef().str();
  if (auto name = op->getAttrOfType<StringAttr>("name"))
    text += " \"" + name.str() + "\"";
  return text;
}

std::string elementText(Type element) {
  if (element.isInteger(1))
    return "bool";
  if (element.isInteger(8))
    return "u8";
  std::string text;
  llvm::raw_string_ostream(text) << element;
  return text;
}

LogicalResult Rule::fail(const Twine &message) const {
  if (!loc)
    return failure();
  InFlightDiagnostic error = emitError(*loc, op + ": " + message);
  for (auto [i, operand] : llvm::enumerate(operands)) {
    std::string role = i < roles.size()       ? roles[i]
                       : operands.size() == 1 ? "operand"
                                              : "operand " + std::to_string(i);
    error.attachNote(operand.getLoc()) << "the " << role << " comes from " << originText(operand);
  }
  return error;
}

static bool isAllowed(Elements allowed, Type element) {
  switch (allowed) {
  case Elements::any:
    return true;
  case Elements::number:
    return isa<FloatType>(element) || element.isInteger(32) || element.isInteger(64);
  case Elements::floating:
    return isa<FloatType>(element);
  case Elements::integer:
    return element.isInteger(32) || element.isInteger(64);
  case Elements::boolean:
    return element.isInteger(1);
  case Elements::integral:
    return isa<IntegerType>(element) && !element.isInteger(1);
  case Elements::bits:
    return isa<IntegerType>(element);
  }
  return false;
}

LogicalResult Rule::checkElements(Elements allowed, Type element) const {
  static constexpr const char *wanted[] = {"any", "f32, f64, i32 or i64", "f32 or f64",
                                           "i32 or i64", "bool", "i32, i64 or u8",
                                           "i32, i64, bool or u8"};
  if (isAllowed(allowed, element))
    return success();
  return fail("element type " + elementText(element) + " does not fit (must be " +
              wanted[static_cast<int>(allowed)] + "; convert with cast)");
}

std::string checkShape(ArrayRef<int64_t> shape, Type element) {
  if (static_cast<int64_t>(shape.size()) > kMaxRank)
    return "rank " + std::to_string(shape.size()) + " is too high (at most " +
           std::to_string(kMaxRank) + " axes)";
  int64_t bytes = std::max(1u, element.getIntOrFloatBitWidth() / 8);
  bool empty = false;
  for (auto [axis, size] : llvm::enumerate(shape)) {
    if (size < 0 && size != kUnknown)
      return "axis " + std::to_string(axis) + " has the negative size " + std::to_string(size);
    empty = empty || size == 0;
  }
  for (int64_t size : shape)
    if (!empty && size != kUnknown &&
        (__builtin_mul_overflow(bytes, size, &bytes) || bytes > kMaxBytes))
      return "a tensor of shape " + shapeText(spanOf(shape)) + " and element type " +
             elementText(element) + " is too large (at most 2^40 bytes)";
  return {};
}

LogicalResult Rule::give(ArrayRef<int64_t> shape, Type element,
                         SmallVectorImpl<Type> &types) const {
  if (std::string error = checkShape(shape, element); !error.empty())
    return fail(error);
  types.push_back(RankedTensorType::get(shape, element));
  return success();
}

LogicalResult Rule::checkAxes(ArrayRef<int64_t> axes, int64_t rank) const {
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (axis < 0 || axis >= rank)
      return fail("axis " + Twine(axis) + " is outside the " + Twine(rank) +
                  " axes of the operand");
    if (i && axes[i - 1] >= axis)
      return fail(axes[i - 1] == axis ? "axis " + Twine(axis) + " is given twice"
                                      : Twine("axes must ascend"));
  }
  return success();
}

LogicalResult Rule::elementwise(Elements allowed, bool toBoolean,
                                SmallVectorImpl<Type> &types) const {
  Type element = elementOf(operands[0]);
  for (Value operand : operands) // elementwise.1
    if (elementOf(operand) != element)
      return fail("element types " + elementText(element) + " and " +
                  elementText(elementOf(operand)) +
                  " differ (operands need one element type; convert with cast)");
  if (failed(checkElements(allowed, element))) // elementwise.2
    return failure();
  static constexpr const char *two[] = {"on the left", "on the right"};
  static constexpr const char *three[] = {"in the first", "in the second", "in the third"};
  std::span<const char *const> sides = two;
  if (operands.size() == 3)
    sides = three;
  SmallVector<ShapeSpan, 3> shapes;
  for (Value operand : operands)
    shapes.push_back(shapeOf(operand));
  Broadcasted result = broadcastShapes(shapes, sides); // elementwise.3
  if (!result.error.empty())
    return fail(result.error);
  Type boolean = IntegerType::get(element.getContext(), 1);
  return give(result.shape, toBoolean ? boolean : element, types);
}

} // namespace gradus::ir
