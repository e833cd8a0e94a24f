// How a primitive is emitted at an index: the contract between the ops and compiler/lower.
#pragma once
#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace gradus::ir {

/// One coordinate of a vector of elements: lane l lies at value + l * lane.
struct Index {
  mlir::Value value; ///< i64, the coordinate of lane 0
  int64_t lane = 0;  ///< static step from lane to lane
};

/// What an op sees while it emits one element (or one vector of elements).
class ElementContext {
public:
  ElementContext(mlir::OpBuilder &builder, mlir::Location loc)
      : opBuilder(builder), location(loc) {}
  virtual ~ElementContext();
  /// The elements of an operand at these indices: a scalar where lanes() is 1, else a vector. Null
  /// when they cannot be had at once.
  virtual mlir::Value operand(mlir::OpOperand &operand, llvm::ArrayRef<Index> at) = 0;
  virtual int64_t lanes() = 0;
  mlir::OpBuilder &builder() { return opBuilder; }
  mlir::Location loc() { return location; }

protected:
  mlir::OpBuilder &opBuilder;
  mlir::Location location;
};

/// A constant i64.
mlir::Value emitInteger(mlir::OpBuilder &builder, mlir::Location loc, int64_t value);
/// The coordinate of each lane as an i64 scalar or vector.
mlir::Value emitCoordinate(ElementContext &ctx, const Index &index);
/// `scalar`, or a vector of it where lanes > 1.
mlir::Value emitSplat(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value scalar,
                      int64_t lanes);
/// The type of `like` (scalar or vector) with another element type.
mlir::Type withElement(mlir::Type like, mlir::Type element);
/// A constant of the (scalar or vector) type `type`; integers are rounded toward zero.
mlir::Value emitConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
                         double value);
/// Converts between element types by the rule of gradus.cast.
mlir::Value emitCast(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                     mlir::Type element);

} // namespace gradus::ir
