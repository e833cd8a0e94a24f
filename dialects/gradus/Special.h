// Functions for the bodies of elementwise ops that the math dialect lacks. Built from arith and
// math ops without control flow; compiler/lower expands the math ops in them. x and y: f32, f64, or
// 1-D vectors of them, of one type, which the result has too. How exact they are: docs/accuracy.md.
#pragma once
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace gradus::ir {

/// 1 - erf(x), exact where erf(x) is close to 1
mlir::Value emitErfc(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// y with erf(y) = x; infinite at -1 and 1, NaN beyond
mlir::Value emitErfinv(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// log |gamma(x)|; inf at 0 and the negative integers
mlir::Value emitLgamma(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// d/dx log gamma(x); -inf at 0, inf at -0, NaN at the negative integers and at -inf
mlir::Value emitDigamma(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// d/dx digamma(x); inf at 0 and the negative integers
mlir::Value emitTrigamma(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// d/dx trigamma(x), which is polygamma(2, x); -inf at 0, inf at -0, NaN at the negative integers
mlir::Value emitTetragamma(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);

/// sqrt(x^2 + y^2) without overflow; inf if one is infinite, even beside NaN
mlir::Value emitHypot(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
/// log(e^x + e^y)
mlir::Value emitLogAddExp(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
/// x - n y exactly, n the quotient rounded toward zero: C's fmod. Sign of x; NaN for y = 0 and
/// infinite x.
mlir::Value emitFmod(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
/// x - n y, n the quotient rounded down: Python's %. Sign of y.
mlir::Value emitRemainder(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);
/// the quotient rounded down, of the exact quotient: Python's //. x / 0 is that of the division.
mlir::Value emitFloorDivide(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);

} // namespace gradus::ir
