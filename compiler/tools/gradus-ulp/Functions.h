// The functions that are measured: how each is emitted, what it is compared with, what its
// documentation promises.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_ULP_FUNCTIONS_H
#define GRADUS_COMPILER_TOOLS_GRADUS_ULP_FUNCTIONS_H

#include <mlir/IR/Builders.h>
#include <mlir/IR/Value.h>

#include <functional>
#include <string>
#include <vector>

namespace gradus::compiler::ulp {

struct Function {
  const char *name;
  int arguments; ///< 1 or 2
  std::function<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::Value, mlir::Value)> emit;
  double (*forFloat)(double, double);                 ///< reference for f32
  long double (*forDouble)(long double, long double); ///< reference for f64
  double low, high;                                   ///< arguments that are timed
  double floatBound = 2, doubleBound = 4;             ///< ulp
  const char *note = "";                              ///< where a bound is relaxed, and why
  /// Arguments of f32 that are all held against forFloat: where the formula of f64, with which the
  /// others are compared first, might err alike.
  double hardFrom = 1, hardTo = 0;
  bool positiveDoubles = false; ///< f64 is measured above 0 only; see the note
};

std::vector<Function> functions();

} // namespace gradus::compiler::ulp

#endif
