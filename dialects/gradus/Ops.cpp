// The dialect itself: its ops are listed here, and are in the files of their families.
#include "dialects/gradus/Ops.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;

namespace gradus::ir {
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

#include "dialects/gradus/Dialect.cpp.inc"
#include "dialects/gradus/Interfaces.cpp.inc"
