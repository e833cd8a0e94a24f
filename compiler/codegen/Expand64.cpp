#include "compiler/codegen/Expand64.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/IntegerDivision.h>

#include <optional>

using namespace llvm;

namespace gradus::compiler {
namespace {

bool isLong(Type *type) { return type->getScalarType()->isIntegerTy(64); }

// f(lane 0), f(lane 1), ... as a vector; f(all) of a scalar.
Value *laneByLane(IRBuilder<> &b, Type *result, function_ref<Value *(std::optional<uint64_t>)> f) {
  auto *vector = dyn_cast<FixedVectorType>(result);
  if (!vector)
    return f(std::nullopt);
  Value *all = PoisonValue::get(vector);
  for (uint64_t lane = 0; lane < vector->getNumElements(); ++lane)
    all = b.CreateInsertElement(all, f(lane), lane);
  return all;
}

// --- division ----------------------------------------------------------------------------------

void divideInPlace(BinaryOperator *op) {
  IRBuilder<> b(op);
  SmallVector<BinaryOperator *> scalars;
  Value *all = laneByLane(b, op->getType(), [&](std::optional<uint64_t> lane) -> Value * {
    auto part = [&](Value *v) { return lane ? b.CreateExtractElement(v, *lane) : v; };
    // Not by the builder, which folds constants.
    auto *scalar = BinaryOperator::Create(op->getOpcode(), part(op->getOperand(0)),
                                          part(op->getOperand(1)));
    b.Insert(scalar);
    scalars.push_back(scalar);
    return scalar;
  });
  op->replaceAllUsesWith(all);
  op->eraseFromParent();
  for (BinaryOperator *scalar : scalars) {
    bool quotient = scalar->getOpcode() == Instruction::SDiv || scalar->getOpcode() == Instruction::UDiv;
    quotient ? expandDivisionUpTo64Bits(scalar) : expandRemainderUpTo64Bits(scalar);
  }
}

// Such are shifts and masks.
bool isPowerOfTwo(Value *divisor) {
  const APInt *constant;
  return PatternMatch::match(divisor, PatternMatch::m_Power2(constant));
}

bool isDivision(const Instruction &op) {
  unsigned code = op.getOpcode();
  return code == Instruction::SDiv || code == Instruction::UDiv || code == Instruction::SRem ||
         code == Instruction::URem;
}

// LLVM's strength reduction of loops writes some quotients of 32 bits again, in 64: it takes the extension of a
// quotient for the quotient of extensions. It does not look through freeze, which costs nothing.
void hideFromLoopPasses(BinaryOperator *op) {
  IRBuilder<> b(op->getNextNode());
  auto *frozen = cast<Instruction>(b.CreateFreeze(op));
  op->replaceUsesWithIf(frozen, [&](Use &use) { return use.getUser() != frozen; });
}

// --- conversions -------------------------------------------------------------------------------

struct Formulas {
  explicit Formulas(Instruction *op) : b(op) {}

  Type *like(Type *shape, Type *element) {
    auto *vector = dyn_cast<VectorType>(shape);
    return vector ? VectorType::get(element, vector->getElementCount()) : element;
  }
  Type *ints(Value *v) { return like(v->getType(), b.getInt32Ty()); }
  Type *longs(Value *v) { return like(v->getType(), b.getInt64Ty()); }
  Value *low(Value *v) { return b.CreateTrunc(v, ints(v)); }
  Value *high(Value *v) { return b.CreateTrunc(b.CreateLShr(v, 32), ints(v)); }
  Value *number(Value *shape, double value) { return ConstantFP::get(shape->getType(), value); }

  // high 2^32 + low: both parts are exact, so their sum is rounded once.
  Value *toDouble(Value *x, Type *to, bool isSigned) {
    Value *top = isSigned ? b.CreateSIToFP(high(x), to) : b.CreateUIToFP(high(x), to);
    return b.CreateFAdd(b.CreateFMul(top, ConstantFP::get(to, 0x1p32)), b.CreateUIToFP(low(x), to));
  }

  // The upper 31 bits of the size, the lowest of them set where bits below it are, round as the whole
  // does; then a power of two.
  Value *toSingle(Value *x, Type *to, bool isSigned) {
    Value *zero = ConstantInt::get(x->getType(), 0);
    Value *negative = b.CreateICmpSLT(x, zero);
    Value *size = isSigned ? b.CreateSelect(negative, b.CreateNeg(x), x) : x;
    Value *top = high(size), *none = ConstantInt::get(top->getType(), 0);
    Value *leading = b.CreateBinaryIntrinsic(Intrinsic::ctlz, top, b.getFalse());
    // 0 .. 33: how far the size is to be moved down to have 31 bits
    Value *shift = b.CreateSub(ConstantInt::get(top->getType(), 33), leading);
    Value *isLarge = b.CreateICmpNE(top, none);
    Value *wide = b.CreateZExt(shift, size->getType());
    Value *upper = low(b.CreateLShr(size, wide));
    Value *lost = b.CreateAnd(
        size, b.CreateSub(b.CreateShl(ConstantInt::get(size->getType(), 1), wide),
                          ConstantInt::get(size->getType(), 1)));
    Value *sticky = b.CreateZExt(b.CreateICmpNE(lost, zero), upper->getType());
    Value *mantissa = b.CreateSIToFP(b.CreateOr(upper, sticky), to);
    Value *power = b.CreateShl(b.CreateAdd(shift, ConstantInt::get(shift->getType(), 127)), 23);
    Value *large = b.CreateFMul(mantissa, b.CreateBitCast(power, to));
    Value *result = b.CreateSelect(isLarge, large, b.CreateUIToFP(low(size), to));
    return isSigned ? b.CreateSelect(negative, b.CreateFNeg(result), result) : result;
  }

  // |x| = high 2^32 + low, both exact: |x| - high 2^32 is a multiple of x's last bit and smaller.
  Value *fromFloat(Value *x, Type *to, bool isSigned) {
    Value *size = isSigned ? b.CreateUnaryIntrinsic(Intrinsic::fabs, x) : x;
    Value *top = b.CreateFPToUI(b.CreateFMul(size, number(x, 0x1p-32)), ints(x));
    Value *back = b.CreateFMul(b.CreateUIToFP(top, x->getType()), number(x, 0x1p32));
    Value *bottom = b.CreateFPToUI(b.CreateFSub(size, back), ints(x));
    Value *all = b.CreateOr(b.CreateShl(b.CreateZExt(top, to), 32), b.CreateZExt(bottom, to));
    if (!isSigned)
      return all;
    return b.CreateSelect(b.CreateFCmpOLT(x, number(x, 0)), b.CreateNeg(all), all);
  }

  IRBuilder<> b;
};

Value *expandConversion(CastInst *op) {
  Formulas formulas(op);
  Value *x = op->getOperand(0);
  Type *to = op->getType();
  bool isSigned = isa<SIToFPInst, FPToSIInst>(op);
  if (isa<FPToSIInst, FPToUIInst>(op))
    return formulas.fromFloat(x, to, isSigned);
  return to->getScalarType()->isDoubleTy() ? formulas.toDouble(x, to, isSigned)
                                           : formulas.toSingle(x, to, isSigned);
}

} // namespace

void expandLongIntegers(Module &module) {
  SmallVector<BinaryOperator *> divisions, shortDivisions;
  SmallVector<CastInst *> conversions;
  for (Function &function : module)
    for (BasicBlock &block : function)
      for (Instruction &op : block) {
        if (isDivision(op))
          (isLong(op.getType()) ? divisions : shortDivisions).push_back(cast<BinaryOperator>(&op));
        else if (isa<SIToFPInst, UIToFPInst>(op) && isLong(op.getOperand(0)->getType()))
          conversions.push_back(cast<CastInst>(&op));
        else if (isa<FPToSIInst, FPToUIInst>(op) && isLong(op.getType()))
          conversions.push_back(cast<CastInst>(&op));
      }
  for (CastInst *op : conversions) {
    op->replaceAllUsesWith(expandConversion(op));
    op->eraseFromParent();
  }
  for (BinaryOperator *op : shortDivisions)
    hideFromLoopPasses(op);
  for (BinaryOperator *op : divisions)
    if (!isPowerOfTwo(op->getOperand(1)))
      divideInPlace(op);
}

} // namespace gradus::compiler
