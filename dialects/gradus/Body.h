// Bodies of elementwise ops that take more than one arith or math op. Values are scalars or vectors
// alike.
#pragma once
#include "dialects/gradus/Element.h"
#include "dialects/gradus/Dialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

namespace gradus::ir {

using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

inline bool isFloat(Value x) { return llvm::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(x)); }

Value emitAdd(OpBuilder &b, Location loc, Value x, Value y);
Value emitSub(OpBuilder &b, Location loc, Value x, Value y);
Value emitMul(OpBuilder &b, Location loc, Value x, Value y);
Value emitDiv(OpBuilder &b, Location loc, Value x, Value y);
Value emitNeg(OpBuilder &b, Location loc, Value x);
Value emitAbs(OpBuilder &b, Location loc, Value x);
Value emitSign(OpBuilder &b, Location loc, Value x);
Value emitMaximum(OpBuilder &b, Location loc, Value x, Value y);
Value emitMinimum(OpBuilder &b, Location loc, Value x, Value y);
Value emitRelu(OpBuilder &b, Location loc, Value x);
Value emitSigmoid(OpBuilder &b, Location loc, Value x);
Value emitNot(OpBuilder &b, Location loc, Value x);
/// Shifts by a negative amount or by all bits and more leave nothing but the sign.
Value emitShiftLeft(OpBuilder &b, Location loc, Value x, Value amount);
Value emitShiftRight(OpBuilder &b, Location loc, Value x, Value amount);
/// Of floats as Special.h has them; of integers by 0: 0.
Value emitAnyFmod(OpBuilder &b, Location loc, Value x, Value y);
Value emitAnyRemainder(OpBuilder &b, Location loc, Value x, Value y);
Value emitAnyFloorDivide(OpBuilder &b, Location loc, Value x, Value y);
/// x + weight (y - x), from the nearer end.
Value emitLerp(OpBuilder &b, Location loc, Value x, Value y, Value weight);
/// A constant of the integer type (or vector of integers) `type`.
Value emitConstant(OpBuilder &b, Location loc, mlir::Type type, const llvm::APInt &value);
/// A whole number next to x; integers are whole.
template <class Op> Value emitRounded(OpBuilder &b, Location loc, Value x) {
  return isFloat(x) ? Value(b.create<Op>(loc, x)) : x;
}
/// bool and u8 compare unsigned.
Value emitCompare(OpBuilder &b, Location loc, mlir::arith::CmpFPredicate real,
                  mlir::arith::CmpIPredicate isSigned, mlir::arith::CmpIPredicate isUnsigned,
                  Value x, Value y);

/// emitElement of an elementwise op: the operands at the same indices, then the body.
Value emitElementwise(ElementContext &ctx, ElementwiseOpInterface op, llvm::ArrayRef<Index> at);
/// resolveBroadcasts of an elementwise op.
Value broadcastOperands(OpBuilder &builder, mlir::Operation *op);

} // namespace gradus::ir
