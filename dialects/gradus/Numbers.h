// Formulas on values of the IR: operators that emit arith and math ops on floats, or vectors of
// them, and on the integers of the same width. For the functions of Special.h and of
// compiler/lower/elementary.
#pragma once
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"

#include <functional>

namespace gradus::formula {

class Numbers;

/// A float (or vector of floats), an integer of the same width, a truth value. They remember where
/// to emit.
struct Num {
  Numbers *in;
  mlir::Value value;
};
struct Int {
  Numbers *in;
  mlir::Value value;
};
struct Truth {
  Numbers *in;
  mlir::Value value;
};

/// One format (f32 or f64) and shape (scalar or 1-D vector) in which formulas are emitted.
class Numbers {
public:
  Numbers(mlir::OpBuilder &builder, mlir::Location location, mlir::Type type);

  bool isDouble() const { return element.isF64(); }
  /// The same shape with f64 elements.
  Numbers asDouble() const;

  Num of(mlir::Value value) { return {this, value}; }
  Num number(double value);
  Int integer(int64_t value);

  int mantissaBits() const { return isDouble() ? 52 : 23; }
  int64_t oneBits() const { return isDouble() ? 0x3ff0000000000000 : 0x3f800000; }
  /// f32 or f64 variant of a table or constant.
  template <class T> T pick(T single, T twice) const { return isDouble() ? twice : single; }

  mlir::OpBuilder &builder;
  mlir::Location location;
  mlir::Type type, element, integers, integerElement;

private:
  mlir::Type withElement(mlir::Type element) const;
};

/// A number or a constant, as the operand of a formula.
struct Term {
  Term(Num num) : num(num), isNum(true) {}
  Term(double constant) : constant(constant) {}
  Num in(Numbers &numbers) const { return isNum ? num : numbers.number(constant); }
  Num num{};
  double constant = 0;
  bool isNum = false;
};

Num operator+(Num a, Term b);
Num operator-(Num a, Term b);
Num operator*(Num a, Term b);
Num operator/(Num a, Term b);
Num operator-(Num a);
/// a b + c, rounded once.
Num fma(Num a, Term b, Term c);
/// The same where a formula relies on the single rounding: the rest of a product or a quotient. A
/// target without the instruction computes it by exact sums and products; of other fma it makes a
/// product and a sum.
Num exactFma(Num a, Term b, Term c);
/// The name of the attribute that exactFma sets on its op.
inline constexpr const char *exactAttribute = "exact";
Num abs(Num a);
Num sqrt(Num a);
/// Nearest integer, ties to even.
Num nearest(Num a);
/// |a| with the sign of b.
Num copySign(Num a, Num b);
/// c_0 + c_1 x + c_2 x^2 + ... by Horner's rule.
Num polynomial(llvm::ArrayRef<double> coefficients, Num x);

// Ordered comparisons: false for NaN.
Truth less(Num a, Term b);
Truth greater(Num a, Term b);
Truth greaterEqual(Num a, Term b);
Truth equal(Num a, Term b);
Truth operator&(Truth a, Truth b);
Truth operator|(Truth a, Truth b);
Truth operator!(Truth a);
Num select(Truth condition, Term yes, Term no, Numbers &in);
Int select(Truth condition, Int yes, Int no);
inline Num select(Truth condition, Num yes, Term no) { return select(condition, yes, no, *yes.in); }
inline Num select(Truth condition, double yes, Num no) {
  return select(condition, yes, no, *no.in);
}
inline Num select(Truth condition, double yes, double no) {
  return select(condition, yes, no, *condition.in);
}

/// One instruction each where the target has minimum and maximum; a NaN in x stays.
Num atMost(Num x, double limit);
Num atLeast(Num x, double limit);

Int bits(Num a);
Num fromBits(Int a);
Int operator+(Int a, Int b);
Int operator-(Int a, Int b);
Int operator&(Int a, int64_t mask);
Int operator^(Int a, Int b);
Int operator<<(Int a, int shift);
Int operator>>(Int a, int shift); ///< keeps the sign
Truth notZero(Int a);
Truth negative(Int a);
Int atMost(Int a, int64_t limit);
Int atLeast(Int a, int64_t limit);
/// Exact for |a| < 2^(mantissaBits - 2).
Num toNumber(Int a);

Num widen(Num a, Numbers &to);
Num narrow(Num a, Numbers &to);

/// fast, or slow for all lanes if the condition holds in any of them. Both must agree, bit for bit,
/// where the condition does not hold.
mlir::SmallVector<mlir::Value> ifAny(Truth condition,
                                     const std::function<mlir::SmallVector<mlir::Value>()> &slow,
                                     mlir::ValueRange fast);

} // namespace gradus::formula
