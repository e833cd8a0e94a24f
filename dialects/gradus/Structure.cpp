#include "dialects/gradus/Structure.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Rules.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace gradus::ir {

//===--- input, parameter, state
//--------------------------------------------------------------------------------===//

static LogicalResult verifyName(Operation *op, StringRef name) {
  if (name.empty())
    return op->emitError() << op->getName().getStringRef() << ": the name is empty";
  if (name.contains('\0') || !llvm::json::isUTF8(name)) // it stands in files and in C strings
    return op->emitError() << op->getName().getStringRef() << ": the name is not UTF-8";
  return success();
}

LogicalResult InputOp::verify() { return verifyName(*this, getName()); }

void InputOp::setBatch(int64_t batch) {
  auto type = cast<RankedTensorType>(getType());
  SmallVector<int64_t> shape(type.getShape());
  std::replace(shape.begin(), shape.end(), int64_t(ShapedType::kDynamic), batch);
  getResult().setType(RankedTensorType::get(shape, type.getElementType()));
}

LogicalResult verifyVariable(Operation *op, StringRef name, DictionaryAttr init) {
  if (failed(verifyName(op, name)))
    return failure();
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape()) // variable.2
    return op->emitError() << op->getName().getStringRef() << ": the shape of \"" << name
                           << "\" must be static (its values outlive a batch)";
  auto kind = init.getAs<StringAttr>("kind");
  static constexpr StringRef exact[] = {"zeros", "constant", "data"};
  static constexpr StringRef random[] = {"uniform",       "normal",     "glorot_uniform",
                                         "glorot_normal", "he_uniform", "he_normal"};
  bool isExact = kind && llvm::is_contained(exact, kind.getValue());
  bool isRandom = kind && llvm::is_contained(random, kind.getValue());
  if (!isExact && !(isRandom && isa<FloatType>(type.getElementType()))) // variable.3
    return op->emitError() << op->getName().getStringRef() << ": no initialiser "
                           << (kind ? kind.getValue() : "") << " for element type "
                           << elementText(type.getElementType());
  for (NamedAttribute entry : init) {
    StringRef key = entry.getName();
    auto number = dyn_cast<FloatAttr>(entry.getValue());
    auto values = dyn_cast<DenseElementsAttr>(entry.getValue());
    bool fits = key == "kind" ||
                ((key == "a" || key == "b") && number && number.getValue().isFinite()) ||
                (key == "value" && kind.getValue() == "data" && values && values.getType() == type);
    if (!fits)
      return op->emitError() << op->getName().getStringRef() << ": \"" << key
                             << "\" of the initialiser does not fit (a and b are finite numbers, value "
                                "is of the variable's type and only for data)";
  }
  auto number = [&](StringRef key) {
    auto found = init.getAs<FloatAttr>(key);
    return found ? found.getValueAsDouble() : 0;
  };
  if ((kind.getValue() == "data" && !init.get("value")) ||
      (kind.getValue() == "uniform" && number("a") > number("b")) ||
      (kind.getValue() == "normal" && number("b") < 0))
    return op->emitError() << op->getName().getStringRef() << ": the initialiser "
                           << kind.getValue()
                           << " lacks its values, or its range or deviation is negative";
  return success();
}

//===--- constant
//-----------------------------------------------------------------------------------------------===//

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getValue().getType());
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

Value ConstantOp::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index>) {
  auto splat = dyn_cast<SplatElementsAttr>(getValue());
  if (!splat)
    return {};
  Value scalar =
      ctx.builder().create<arith::ConstantOp>(ctx.loc(), splat.getSplatValue<TypedAttr>());
  return emitSplat(ctx.builder(), ctx.loc(), scalar, ctx.lanes());
}

//===--- assign, result, gradients
//------------------------------------------------------------------------------===//

LogicalResult AssignOp::verify() {
  Rule rule(getLoc(), getOperationName(), getOperands(), {"variable", "new value"});
  auto variable = getVariable().getDefiningOp<VariableOpInterface>();
  if (!variable) // assign.1
    return rule.fail("only a parameter or a state can be assigned");
  if (getVariable().getType() != getValue().getType()) // assign.2
    return rule.fail("\"" + variable.getVariableName() + "\" has shape " +
                     shapeText(shapeOf(getVariable())) + " and type " +
                     elementText(elementOf(getVariable())) + ", its new value " +
                     shapeText(shapeOf(getValue())) + " and " + elementText(elementOf(getValue())) +
                     " (must be equal)");
  for (Operation *user : getVariable().getUsers()) // assign.3
    if (auto other = dyn_cast<AssignOp>(user);
        other && other != *this && other.getVariable() == getVariable())
      return rule.fail("\"" + variable.getVariableName() + "\" is assigned twice");
  return success();
}

LogicalResult ResultOp::verify() { return verifyName(*this, getName()); }

LogicalResult GradientsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getLoss(), {"loss"});
  if (!shapeOf(adaptor.getLoss()).empty() ||
      !isa<FloatType>(elementOf(adaptor.getLoss()))) // gradients.1
    return rule.fail("the loss has shape " + shapeText(shapeOf(adaptor.getLoss())) +
                     " and element type " + elementText(elementOf(adaptor.getLoss())) +
                     " (must be a floating-point scalar; reduce it with sum or mean)");
  for (Value x : adaptor.getWithRespectTo()) {
    if (!isa<FloatType>(elementOf(x))) // gradients.2
      return Rule(loc, getOperationName(), x, {"tensor"})
          .fail("no gradient with respect to element type " + elementText(elementOf(x)) +
                " (must be f32 or f64)");
    types.push_back(x.getType());
  }
  return success();
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Structure.cpp.inc"
