// The dialect itself, and what ODS generates: classes and the bodies that stand in the records.
#include "dialects/gradus/Ops.h"

#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;

namespace gradus::ir {
LogicalResult verifyVariable(Operation *op, StringRef name, DictionaryAttr init);

void GradusDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/gradus/Ops.cpp.inc"
      >();
}

Operation *GradusDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                              Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  return elements && elements.getType() == type ? builder.create<ConstantOp>(loc, type, elements)
                                                : nullptr;
}
} // namespace gradus::ir

#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "dialects/gradus/Dialect.cpp.inc"
#include "dialects/gradus/Interfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/gradus/Ops.cpp.inc"
