#include "dialects/gradus/Numbers.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace gradus::formula {

Numbers::Numbers(OpBuilder &builder, Location location, Type type)
    : builder(builder), location(location), type(type), element(getElementTypeOrSelf(type)) {
  integerElement = builder.getIntegerType(element.getIntOrFloatBitWidth());
  integers = withElement(integerElement);
}

Type Numbers::withElement(Type element) const {
  if (auto vector = dyn_cast<VectorType>(type))
    return VectorType::get(vector.getShape(), element, vector.getScalableDims());
  return element;
}

Numbers Numbers::asDouble() const {
  return Numbers(builder, location, withElement(builder.getF64Type()));
}

namespace {

Value constant(Numbers &in, Type type, TypedAttr element) {
  TypedAttr value = element;
  if (auto vector = dyn_cast<VectorType>(type))
    value = DenseElementsAttr::get(vector, Attribute(element));
  return in.builder.create<arith::ConstantOp>(in.location, value);
}

template <class Op, class... Operands> Value emit(Numbers &in, Operands... operands) {
  return in.builder.create<Op>(in.location, operands...).getResult();
}

template <class Op> Num floats(Num a, Term b) {
  return {a.in, emit<Op>(*a.in, a.value, b.in(*a.in).value)};
}

template <class Op> Int ints(Int a, Int b) { return {a.in, emit<Op>(*a.in, a.value, b.value)}; }

Truth compare(arith::CmpFPredicate predicate, Num a, Term b) {
  return {a.in, emit<arith::CmpFOp>(*a.in, predicate, a.value, b.in(*a.in).value)};
}

} // namespace

Num Numbers::number(double value) {
  return {this, constant(*this, type, builder.getFloatAttr(element, value))};
}

Int Numbers::integer(int64_t value) {
  return {this, constant(*this, integers, builder.getIntegerAttr(integerElement, value))};
}

Num operator+(Num a, Term b) { return floats<arith::AddFOp>(a, b); }
Num operator-(Num a, Term b) { return floats<arith::SubFOp>(a, b); }
Num operator*(Num a, Term b) { return floats<arith::MulFOp>(a, b); }
Num operator/(Num a, Term b) { return floats<arith::DivFOp>(a, b); }
Num operator-(Num a) { return {a.in, emit<arith::NegFOp>(*a.in, a.value)}; }

Num fma(Num a, Term b, Term c) {
  return {a.in, emit<math::FmaOp>(*a.in, a.value, b.in(*a.in).value, c.in(*a.in).value)};
}

Num exactFma(Num a, Term b, Term c) {
  Num result = fma(a, b, c);
  result.value.getDefiningOp()->setAttr(exactAttribute, a.in->builder.getUnitAttr());
  return result;
}

Num abs(Num a) { return {a.in, emit<math::AbsFOp>(*a.in, a.value)}; }
Num sqrt(Num a) { return {a.in, emit<math::SqrtOp>(*a.in, a.value)}; }
Num nearest(Num a) { return {a.in, emit<math::RoundEvenOp>(*a.in, a.value)}; }
Num copySign(Num a, Num b) { return {a.in, emit<math::CopySignOp>(*a.in, a.value, b.value)}; }

Num polynomial(ArrayRef<double> coefficients, Num x) {
  Num sum = x.in->number(coefficients.back());
  for (double c : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, c);
  return sum;
}

Truth less(Num a, Term b) { return compare(arith::CmpFPredicate::OLT, a, b); }
Truth greater(Num a, Term b) { return compare(arith::CmpFPredicate::OGT, a, b); }
Truth greaterEqual(Num a, Term b) { return compare(arith::CmpFPredicate::OGE, a, b); }
Truth equal(Num a, Term b) { return compare(arith::CmpFPredicate::OEQ, a, b); }

Truth operator&(Truth a, Truth b) { return {a.in, emit<arith::AndIOp>(*a.in, a.value, b.value)}; }
Truth operator|(Truth a, Truth b) { return {a.in, emit<arith::OrIOp>(*a.in, a.value, b.value)}; }

Truth operator!(Truth a) {
  Value yes = constant(*a.in, a.value.getType(), a.in->builder.getBoolAttr(true));
  return {a.in, emit<arith::XOrIOp>(*a.in, a.value, yes)};
}

Num select(Truth condition, Term yes, Term no, Numbers &in) {
  return {&in, emit<arith::SelectOp>(in, condition.value, yes.in(in).value, no.in(in).value)};
}

Int select(Truth condition, Int yes, Int no) {
  return {yes.in, emit<arith::SelectOp>(*yes.in, condition.value, yes.value, no.value)};
}

Num atMost(Num x, double limit) { return select(greater(x, limit), limit, x); }
Num atLeast(Num x, double limit) { return select(less(x, limit), limit, x); }

Int bits(Num a) { return {a.in, emit<arith::BitcastOp>(*a.in, a.in->integers, a.value)}; }
Num fromBits(Int a) { return {a.in, emit<arith::BitcastOp>(*a.in, a.in->type, a.value)}; }
Int operator+(Int a, Int b) { return ints<arith::AddIOp>(a, b); }
Int operator-(Int a, Int b) { return ints<arith::SubIOp>(a, b); }
Int operator&(Int a, int64_t mask) { return ints<arith::AndIOp>(a, a.in->integer(mask)); }
Int operator^(Int a, Int b) { return ints<arith::XOrIOp>(a, b); }
Int operator<<(Int a, int shift) { return ints<arith::ShLIOp>(a, a.in->integer(shift)); }
Int operator>>(Int a, int shift) { return ints<arith::ShRSIOp>(a, a.in->integer(shift)); }

Truth notZero(Int a) {
  return {a.in,
          emit<arith::CmpIOp>(*a.in, arith::CmpIPredicate::ne, a.value, a.in->integer(0).value)};
}

Truth negative(Int a) {
  return {a.in,
          emit<arith::CmpIOp>(*a.in, arith::CmpIPredicate::slt, a.value, a.in->integer(0).value)};
}

Int atMost(Int a, int64_t limit) { return ints<arith::MinSIOp>(a, a.in->integer(limit)); }
Int atLeast(Int a, int64_t limit) { return ints<arith::MaxSIOp>(a, a.in->integer(limit)); }

Num toNumber(Int a) {
  Numbers &in = *a.in;
  if (!in.isDouble())
    return {&in, emit<arith::SIToFPOp>(in, in.type, a.value)};
  // Few targets convert vectors of i64: put the integer into the mantissa of 1.5 2^52 instead.
  Num magic = in.number(0x1.8p52);
  return fromBits(bits(magic) + a) - magic;
}

Num widen(Num a, Numbers &to) { return {&to, emit<arith::ExtFOp>(to, to.type, a.value)}; }
Num narrow(Num a, Numbers &to) { return {&to, emit<arith::TruncFOp>(to, to.type, a.value)}; }

SmallVector<Value> ifAny(Truth condition, const std::function<SmallVector<Value>()> &slow,
                         ValueRange fast) {
  Numbers &in = *condition.in;
  Value any = condition.value;
  if (isa<VectorType>(any.getType()))
    any = in.builder.create<vector::ReductionOp>(in.location, vector::CombiningKind::OR, any);
  auto branch =
      in.builder.create<scf::IfOp>(in.location, fast.getTypes(), any, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(in.builder);
  in.builder.setInsertionPointToStart(branch.thenBlock());
  SmallVector<Value> results = slow();
  in.builder.create<scf::YieldOp>(in.location, results);
  in.builder.setInsertionPointToStart(branch.elseBlock());
  in.builder.create<scf::YieldOp>(in.location, fast);
  return SmallVector<Value>(branch.getResults());
}

} // namespace gradus::formula
