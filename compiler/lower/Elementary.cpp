#include "compiler/lower/Elementary.h"
#include "compiler/lower/elementary/Functions.h"
#include "mlir/IR/TypeUtilities.h"

#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/Math/IR/Math.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>
#include <mlir/IR/Matchers.h>
#include <mlir/IR/TypeUtilities.h>

#include <llvm/ADT/TypeSwitch.h>

#include <limits>

using namespace mlir;

namespace gradus::compiler {
namespace {

using namespace formula;
using Unary = Num (*)(Num);

Value emitUnary(OpBuilder &b, Location loc, Value x, Unary function) {
  Numbers numbers(b, loc, x.getType());
  return function(numbers.of(x)).value;
}

Value emitBinary(OpBuilder &b, Location loc, Value x, Value y, Num (*function)(Num, Num)) {
  Numbers numbers(b, loc, x.getType());
  return function(numbers.of(x), numbers.of(y)).value;
}

bool isSupported(Type type) {
  if (auto vector = dyn_cast<VectorType>(type))
    if (vector.getRank() != 1)
      return false;
  Type element = getElementTypeOrSelf(type);
  return element.isF32() || element.isF64();
}

bool isInteger(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return (!vector || vector.getRank() == 1) && getElementTypeOrSelf(type).isSignlessInteger();
}

Unary formulaOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, Unary>(op)
      .Case([](math::ExpOp) { return elementary::exp; })
      .Case([](math::Exp2Op) { return elementary::exp2; })
      .Case([](math::ExpM1Op) { return elementary::expm1; })
      .Case([](math::LogOp) { return elementary::log; })
      .Case([](math::Log2Op) { return elementary::log2; })
      .Case([](math::Log10Op) { return elementary::log10; })
      .Case([](math::Log1pOp) { return elementary::log1p; })
      .Case([](math::TanhOp) { return elementary::tanh; })
      .Case([](math::SinhOp) { return elementary::sinh; })
      .Case([](math::CoshOp) { return elementary::cosh; })
      .Case([](math::ErfOp) { return elementary::erf; })
      .Case([](math::SinOp) { return elementary::sin; })
      .Case([](math::CosOp) { return elementary::cos; })
      .Case([](math::TanOp) { return elementary::tan; })
      .Case([](math::AsinOp) { return elementary::asin; })
      .Case([](math::AcosOp) { return elementary::acos; })
      .Case([](math::AtanOp) { return elementary::atan; })
      .Case([](math::AsinhOp) { return elementary::asinh; })
      .Case([](math::AcoshOp) { return elementary::acosh; })
      .Case([](math::AtanhOp) { return elementary::atanh; })
      .Case([](math::CbrtOp) { return elementary::cbrt; })
      .Case([](math::RsqrtOp) { return elementary::rsqrt; })
      .Default([](Operation *) -> Unary { return nullptr; });
}

// x^y for the constants y that need no logarithm; as exact as pow() is, or nearly (x^3: 1.5 ulp).
Value expandSmallPower(OpBuilder &b, math::PowFOp op) {
  FloatAttr single;
  Attribute constant;
  if (!matchPattern(op.getRhs(), m_Constant(&constant)))
    return {};
  auto dense = dyn_cast<DenseFPElementsAttr>(constant);
  if (dense && dense.isSplat())
    single = FloatAttr::get(dense.getElementType(), dense.getSplatValue<APFloat>());
  else
    single = dyn_cast<FloatAttr>(constant);
  if (!single)
    return {};
  Numbers numbers(b, op.getLoc(), op.getType());
  Num x = numbers.of(op.getLhs());
  double exponent = single.getValueAsDouble();
  if (exponent == 0)
    return numbers.number(1).value;
  if (exponent == 1)
    return x.value;
  if (exponent == 2)
    return (x * x).value;
  if (exponent == 3)
    return (x * x * x).value;
  if (exponent == -1)
    return (numbers.number(1) / x).value;
  // Unlike the square root, the power of -0 is 0 and that of -inf is inf.
  double infinity = std::numeric_limits<double>::infinity();
  if (exponent == 0.5)
    return select(equal(x, -infinity), infinity, sqrt(x + 0.0)).value;
  return {};
}

template <class Op> Op onlyUserOf(Value value) {
  return value.hasOneUse() ? dyn_cast<Op>(*value.user_begin()) : Op();
}

// 1/(1 + exp(-x)), written out: exp overflows in it, and three roundings add up.
bool expandWrittenSigmoid(Operation *op) {
  auto exponential = dyn_cast<math::ExpOp>(op);
  auto negation = exponential ? exponential.getOperand().getDefiningOp<arith::NegFOp>() : nullptr;
  auto sum = negation ? onlyUserOf<arith::AddFOp>(exponential.getResult()) : nullptr;
  auto quotient = sum ? onlyUserOf<arith::DivFOp>(sum.getResult()) : nullptr;
  if (!quotient || quotient.getRhs() != sum.getResult() || !isSupported(exponential.getType()) ||
      !matchPattern(quotient.getLhs(), m_OneFloat()) ||
      !(matchPattern(sum.getLhs(), m_OneFloat()) || matchPattern(sum.getRhs(), m_OneFloat())))
    return false;
  OpBuilder builder(quotient);
  quotient.replaceAllUsesWith(emitSigmoid(builder, quotient.getLoc(), negation.getOperand()));
  quotient.erase();
  sum.erase();
  exponential.erase();
  return true;
}

// Null where the op stays.
Value expansionOf(OpBuilder &b, Operation *op) {
  if (auto power = dyn_cast<math::IPowIOp>(op))
    return isInteger(power.getType())
               ? emitIntegerPow(b, op->getLoc(), power.getLhs(), power.getRhs())
               : Value();
  if (op->getNumResults() != 1 || !isSupported(op->getResult(0).getType()))
    return {};
  if (auto power = dyn_cast<math::PowFOp>(op))
    if (Value small = expandSmallPower(b, power))
      return small;
  if (auto power = dyn_cast<math::PowFOp>(op))
    return emitPow(b, op->getLoc(), power.getLhs(), power.getRhs());
  if (isa<math::Atan2Op>(op))
    return emitBinary(b, op->getLoc(), op->getOperand(0), op->getOperand(1), elementary::atan2);
  if (isa<arith::RemFOp>(op))
    return emitBinary(b, op->getLoc(), op->getOperand(0), op->getOperand(1), elementary::fmod);
  if (Unary formula = formulaOf(op))
    return emitUnary(b, op->getLoc(), op->getOperand(0), formula);
  return {};
}

} // namespace

#define GRADUS_ELEMENTARY(Name, function)                                                          \
  Value emit##Name(OpBuilder &b, Location loc, Value x) {                                          \
    return emitUnary(b, loc, x, elementary::function);                                             \
  }
GRADUS_ELEMENTARY(Exp, exp)
GRADUS_ELEMENTARY(Exp2, exp2)
GRADUS_ELEMENTARY(Expm1, expm1)
GRADUS_ELEMENTARY(Log, log)
GRADUS_ELEMENTARY(Log2, log2)
GRADUS_ELEMENTARY(Log10, log10)
GRADUS_ELEMENTARY(Log1p, log1p)
GRADUS_ELEMENTARY(Sigmoid, sigmoid)
GRADUS_ELEMENTARY(Tanh, tanh)
GRADUS_ELEMENTARY(Sinh, sinh)
GRADUS_ELEMENTARY(Cosh, cosh)
GRADUS_ELEMENTARY(Erf, erf)
GRADUS_ELEMENTARY(Sin, sin)
GRADUS_ELEMENTARY(Cos, cos)
GRADUS_ELEMENTARY(Tan, tan)
GRADUS_ELEMENTARY(Asin, asin)
GRADUS_ELEMENTARY(Acos, acos)
GRADUS_ELEMENTARY(Atan, atan)
GRADUS_ELEMENTARY(Asinh, asinh)
GRADUS_ELEMENTARY(Acosh, acosh)
GRADUS_ELEMENTARY(Atanh, atanh)
GRADUS_ELEMENTARY(Cbrt, cbrt)
GRADUS_ELEMENTARY(Rsqrt, rsqrt)
#undef GRADUS_ELEMENTARY

Value emitPow(OpBuilder &b, Location loc, Value x, Value y) {
  return emitBinary(b, loc, x, y, elementary::pow);
}

Value emitAtan2(OpBuilder &b, Location loc, Value y, Value x) {
  return emitBinary(b, loc, y, x, elementary::atan2);
}

Value emitFmod(OpBuilder &b, Location loc, Value x, Value y) {
  return emitBinary(b, loc, x, y, elementary::fmod);
}

// Bit by bit of |y|: result *= x^(2^k) where bit k is set, while any lane has bits left.
Value emitIntegerPow(OpBuilder &b, Location loc, Value x, Value y) {
  Type type = x.getType();
  Type element = getElementTypeOrSelf(type);
  auto constant = [&](int64_t value) -> Value {
    TypedAttr attribute = b.getIntegerAttr(element, value);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, Attribute(attribute));
    return b.create<arith::ConstantOp>(loc, attribute);
  };
  Value zero = constant(0), one = constant(1);
  auto compare = [&](arith::CmpIPredicate predicate, Value l, Value r) -> Value {
    return b.create<arith::CmpIOp>(loc, predicate, l, r);
  };
  Value isNegative = compare(arith::CmpIPredicate::slt, y, zero);
  Value isOdd = compare(arith::CmpIPredicate::ne, b.create<arith::AndIOp>(loc, y, one), zero);
  // Of negative powers only those of 1 and -1 are not 0, and they are those of y's lowest bit.
  Value isUnit = b.create<arith::OrIOp>(loc, compare(arith::CmpIPredicate::eq, x, one),
                                        compare(arith::CmpIPredicate::eq, x, constant(-1)));
  Value unitPower = b.create<arith::SelectOp>(loc, isOdd, x, one);
  Value negativePower = b.create<arith::SelectOp>(loc, isUnit, unitPower, zero);
  Value exponent = b.create<arith::SelectOp>(loc, isNegative, zero, y);
  SmallVector<Type> types(3, type);
  auto loop = b.create<scf::WhileOp>(
      loc, types, ValueRange{one, x, exponent},
      [&](OpBuilder &b, Location loc, ValueRange state) {
        Value left = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, state[2], zero);
        if (isa<VectorType>(type))
          left = b.create<vector::ReductionOp>(loc, vector::CombiningKind::OR, left);
        b.create<scf::ConditionOp>(loc, left, state);
      },
      [&](OpBuilder &b, Location loc, ValueRange state) {
        Value bit = b.create<arith::AndIOp>(loc, state[2], one);
        Value isSet = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, bit, zero);
        Value times = b.create<arith::MulIOp>(loc, state[0], state[1]);
        Value result = b.create<arith::SelectOp>(loc, isSet, times, state[0]);
        Value square = b.create<arith::MulIOp>(loc, state[1], state[1]);
        Value rest = b.create<arith::ShRUIOp>(loc, state[2], one);
        b.create<scf::YieldOp>(loc, ValueRange{result, square, rest});
      });
  return b.create<arith::SelectOp>(loc, isNegative, negativePower, loop.getResult(0));
}

void expandElementary(Operation *root) {
  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) {
    if (isa_and_present<math::MathDialect>(op->getDialect()) || isa<arith::RemFOp>(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    if (expandWrittenSigmoid(op))
      continue;
    OpBuilder builder(op);
    if (Value expansion = expansionOf(builder, op)) {
      op->getResult(0).replaceAllUsesWith(expansion);
      op->erase();
    }
  }
}

} // namespace gradus::compiler
