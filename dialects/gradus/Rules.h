// What the shape rules of all ops share: errors that say where the operands come from, and limits.
#pragma once
#include "dialects/gradus/Broadcast.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"
#include <optional>

namespace gradus::ir {

inline constexpr int64_t kMaxRank = 8;
/// No single tensor may be larger than this many bytes (1 TiB).
inline constexpr int64_t kMaxBytes = int64_t(1) << 40;

/// Where an operand was made, for notes: `gradus.matmul`, `gradus.input "x"`.
std::string originText(mlir::Value value);
/// The name of an element type in messages: f32, f64, i32, i64, bool, u8.
std::string elementText(mlir::Type element);
inline ShapeSpan shapeOf(mlir::Value value) {
  auto shape = llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
  return {shape.data(), shape.size()};
}
inline mlir::Type elementOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}
inline llvm::ArrayRef<int64_t> arrayOf(ShapeSpan shape) { return {shape.data(), shape.size()}; }
inline ShapeSpan spanOf(llvm::ArrayRef<int64_t> shape) { return {shape.data(), shape.size()}; }

/// Which element types an op takes.
/// number: no bool and no u8; integral: i32, i64, u8; bits: these and bool.
enum class Elements { any, number, floating, integer, boolean, integral, bits };

/// The shape rule of one op while it is checked.
class Rule {
public:
  /// `roles` name the operands in notes: "left operand", "table".
  Rule(std::optional<mlir::Location> loc, llvm::StringRef op, mlir::ValueRange operands,
       std::initializer_list<const char *> roles = {})
      : loc(loc), op(op), operands(operands.begin(), operands.end()), roles(roles) {}

  /// Reports `op: message`, with a note for each operand.
  mlir::LogicalResult fail(const llvm::Twine &message) const;
  mlir::LogicalResult checkElements(Elements allowed, mlir::Type element) const;
  /// Checks sizes, rank and bytes, then appends the tensor type.
  mlir::LogicalResult give(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                           llvm::SmallVectorImpl<mlir::Type> &types) const;
  /// Checks that axes are inside [0, rank), ascending and distinct.
  mlir::LogicalResult checkAxes(llvm::ArrayRef<int64_t> axes, int64_t rank) const;
  /// Elementwise ops: one element type, broadcast shapes.
  mlir::LogicalResult elementwise(Elements allowed, bool toBoolean,
                                  llvm::SmallVectorImpl<mlir::Type> &types) const;

  std::optional<mlir::Location> loc;
  llvm::StringRef op;
  llvm::SmallVector<mlir::Value, 3> operands;
  llvm::SmallVector<const char *, 3> roles;
};

/// Checks one shape: rank, no negative size, no overflow, bytes. Empty when fine.
std::string checkShape(llvm::ArrayRef<int64_t> shape, mlir::Type element);

} // namespace gradus::ir
