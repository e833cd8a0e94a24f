// Elementary functions as vector code: no library call, the same bits for scalars and vectors of
// any length, on every target with fused multiply-add. How, and how exact: README.md.
#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_H
#define GRADUS_COMPILER_LOWER_ELEMENTARY_H

#include <mlir/IR/Builders.h>
#include <mlir/IR/Value.h>

namespace gradus::compiler {

// x (and y): f32, f64 or 1-D vectors of them. The result has the same type. Special cases are those
// of C (annex F of the standard): signed zeros, infinities, NaN; subnormals count in full, unless
// the processor is told to flush them. Errors in ulp: README.md.
mlir::Value emitExp(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitExp2(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitExpm1(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitLog(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitLog2(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitLog10(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitLog1p(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// 1 / (1 + e^-x)
mlir::Value emitSigmoid(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitTanh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitSinh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitCosh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitErf(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitSin(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitCos(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitTan(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitAsin(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitAcos(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitAtan(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitAsinh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitAcosh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitAtanh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitCbrt(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// 1 / sqrt(x)
mlir::Value emitRsqrt(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitPow(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
/// The angle of the point (x, y).
mlir::Value emitAtan2(mlir::OpBuilder &b, mlir::Location loc, mlir::Value y, mlir::Value x);
/// C's remainder x - n y, exactly, where n is the quotient rounded toward zero.
mlir::Value emitFmod(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
/// Integers: x to the power y, modulo 2^bits; for negative y what 1/x^|y| truncates to (0, and 0
/// for x = 0 too).
mlir::Value emitIntegerPow(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);

/// Replaces the ops of the math dialect inside `root` that are not one instruction, and arith.remf,
/// by the formulas above; and 1/(1 + exp(-x)), written out in arith ops, by the sigmoid. Other
/// types than those above are left alone.
void expandElementary(mlir::Operation *root);

} // namespace gradus::compiler

#endif
