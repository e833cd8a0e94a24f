// How a primitive is emitted at an index: the contract between the ops and compiler/lower.
#pragma once
#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

#include <optional>

namespace gradus::ir {

/// One coordinate of a vector of elements: lane l lies at value + l * lane, or at each[l].
struct Index {
  mlir::Value value; ///< i64, the coordinate of lane 0
  int64_t lane = 0;  ///< static step from lane to lane
  mlir::Value each = {}; ///< if there is no such step: the coordinates of all lanes, a vector of i64
  bool moves() const { return lane != 0 || each; }
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
  /// The same where `mask`, a vector of i1, is set. The other lanes hold anything; nothing is read for
  /// them, so their indices may lie outside. Indices without lanes must lie inside.
  virtual mlir::Value operand(mlir::OpOperand &operand, llvm::ArrayRef<Index> at,
                              mlir::Value mask) = 0;
  virtual int64_t lanes() = 0;
  /// Which operand all elements come from that are asked of `op` here, if the loops are split by it.
  virtual std::optional<int64_t> part(mlir::Operation *) { return std::nullopt; }
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
/// Arithmetic on indices, with their lanes.
Index addIndex(ElementContext &ctx, const Index &a, const Index &b);
Index addIndex(ElementContext &ctx, const Index &a, int64_t b);
Index scaleIndex(ElementContext &ctx, const Index &a, int64_t factor);
/// A place in an operand, and where it is one.
struct Place {
  Index index;
  mlir::Value valid; ///< i1, or a vector of it where the index moves; null: everywhere
};
/// Where `count` elements lie `step` apart from 0 on, the number of the element at `index`, and
/// whether there is one. Without lanes the number is in range even where there is none.
Place findIndex(ElementContext &ctx, const Index &index, int64_t count, int64_t step = 1);
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
