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
/// bool and u8 compare unsigned.
Value emitCompare(OpBuilder &b, Location loc, mlir::arith::CmpFPredicate real,
                  mlir::arith::CmpIPredicate isSigned, mlir::arith::CmpIPredicate isUnsigned,
                  Value x, Value y);

/// emitElement of an elementwise op: the operands at the same indices, then the body.
Value emitElementwise(ElementContext &ctx, ElementwiseOpInterface op, llvm::ArrayRef<Index> at);
/// resolveBroadcasts of an elementwise op.
Value broadcastOperands(OpBuilder &builder, mlir::Operation *op);

} // namespace gradus::ir
