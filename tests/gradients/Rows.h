// The table of ops that are held against formulas and against finite differences.
#pragma once

#include "compiler/graph/Ops.h"
#include "tests/gradients/Reference.h"

#include <string>
#include <vector>

namespace gradus::testing {

enum class Kind {
  real,      ///< differentiated, of the program's floating-point type
  realFixed, ///< of that type, but no gradient is asked for
  index,     ///< i32, low .. high-1
  index64,   ///< i64
  flag       ///< boolean
};

/// One operand: distinct values between low and high, in an order that looks random.
struct OperandSpec {
  Shape shape;
  double low = -2, high = 2;
  Kind kind = Kind::real;
};

/// One op, or one way to use it.
struct Row {
  /// The op's name in the dialect, or "op/variant".
  std::string name;
  std::vector<OperandSpec> operands;
  std::function<Tensor(const std::vector<Tensor> &)> build;
  /// The same with plain loops.
  std::function<Reference(const std::vector<Reference> &)> formula;
  /// Whether gradients of its gradients are checked too.
  bool second = false;
};

/// Rows by family; every family becomes one program.
struct Family {
  std::string name;
  std::vector<Row> rows;
};

const std::vector<Family> &families();

} // namespace gradus::testing
