#include "compiler/lower/ProductParts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include <limits>

using namespace mlir;

namespace gradus::compiler::product {

Value Emit::constant(int64_t value) { return b.create<arith::ConstantIntOp>(loc, value, 64); }

Value Emit::add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(loc, x, y); }
Value Emit::add(Value x, int64_t y) { return y == 0 ? x : add(x, constant(y)); }
Value Emit::sub(Value x, Value y) { return b.createOrFold<arith::SubIOp>(loc, x, y); }
Value Emit::mul(Value x, int64_t y) {
  return y == 1 ? x : b.createOrFold<arith::MulIOp>(loc, x, constant(y));
}
Value Emit::div(Value x, int64_t y) {
  return y == 1 ? x : b.createOrFold<arith::DivUIOp>(loc, x, constant(y));
}
Value Emit::rem(Value x, int64_t y) {
  return y == 1 ? constant(0) : b.createOrFold<arith::RemUIOp>(loc, x, constant(y));
}
Value Emit::min(Value x, int64_t y) { return b.createOrFold<arith::MinSIOp>(loc, x, constant(y)); }
Value Emit::less(Value x, int64_t y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, constant(y));
}

Value Emit::equal(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, x, y);
}

Value Emit::start(const Split &split, Value index) {
  Value units = mul(index, split.base);
  return split.extra ? add(units, min(index, split.extra)) : units;
}

Value Emit::at(Value base, Value offset) {
  return b.create<LLVM::GEPOp>(loc, base.getType(), element, base,
                               ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(offset)});
}

Value Emit::at(Value base, int64_t offset) {
  if (offset == 0)
    return base;
  if (offset > std::numeric_limits<int32_t>::max())
    return at(base, constant(offset));
  return b.create<LLVM::GEPOp>(loc, base.getType(), element, base,
                               ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(static_cast<int32_t>(offset))});
}

Type Emit::vector(int64_t width) {
  return width == 1 ? element : Type(VectorType::get({width}, element));
}

Value Emit::zero(int64_t width) {
  return b.create<arith::ConstantOp>(loc, cast<TypedAttr>(b.getZeroAttr(vector(width))));
}

Value Emit::load(Value pointer, int64_t width, int64_t valid) {
  unsigned alignment = static_cast<unsigned>(elementBytes(element));
  if (valid >= width)
    return b.create<LLVM::LoadOp>(loc, vector(width), pointer, alignment);
  SmallVector<bool> lanes(width, false);
  std::fill(lanes.begin(), lanes.begin() + valid, true);
  Value mask = b.create<arith::ConstantOp>(
      loc, DenseElementsAttr::get(VectorType::get({width}, b.getI1Type()), lanes));
  return b.create<LLVM::MaskedLoadOp>(loc, vector(width), pointer, mask, ValueRange{zero(width)},
                                      alignment);
}

void Emit::store(Value value, Value pointer) {
  b.create<LLVM::StoreOp>(loc, value, pointer, static_cast<unsigned>(elementBytes(element)));
}

Value Emit::splat(Value scalar, int64_t width) {
  return width == 1 ? scalar : b.create<vector::SplatOp>(loc, vector(width), scalar);
}

Value Emit::first(Value vector) { return b.create<vector::ExtractOp>(loc, vector, int64_t{0}); }

Value Emit::sum(Value x, Value y) {
  if (isa<FloatType>(element))
    return b.create<arith::AddFOp>(loc, x, y);
  return b.create<arith::AddIOp>(loc, x, y);
}

Value Emit::multiplyAdd(Value x, Value y, Value acc) {
  if (isa<FloatType>(element))
    return b.create<math::FmaOp>(loc, x, y, acc);
  return b.create<arith::AddIOp>(loc, b.create<arith::MulIOp>(loc, x, y), acc);
}

Value Emit::shuffle(Value x, Value y, ArrayRef<int64_t> lanes) {
  return b.create<vector::ShuffleOp>(loc, x, y, lanes);
}

SmallVector<Value> Emit::loop(Value lower, Value upper, int64_t step, ValueRange init, Body body) {
  auto loop = b.create<scf::ForOp>(loc, lower, upper, constant(step), init,
                                   [&](OpBuilder &, Location, Value index, ValueRange carried) {
                                     b.create<scf::YieldOp>(loc, body(index, carried));
                                   });
  return SmallVector<Value>(loop.getResults());
}

void Emit::loop(Value lower, Value upper, int64_t step, function_ref<void(Value)> body) {
  loop(lower, upper, step, ValueRange{}, [&](Value index, ValueRange) {
    body(index);
    return SmallVector<Value>{};
  });
}

void Emit::when(Value condition, function_ref<void()> yes, function_ref<void()> no) {
  auto branch = b.create<scf::IfOp>(loc, condition, /*withElseRegion=*/static_cast<bool>(no));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  yes();
  if (!no)
    return;
  b.setInsertionPointToStart(branch.elseBlock());
  no();
}

Value Emit::scratch(int64_t elements) {
  Operation *function = b.getInsertionBlock()->getParentOp();
  while (!isa<FunctionOpInterface>(function))
    function = function->getParentOp();
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&cast<FunctionOpInterface>(function).getFunctionBody().front());
  constexpr unsigned cacheLine = 64;
  return b.create<LLVM::AllocaOp>(loc, LLVM::LLVMPointerType::get(b.getContext()), element,
                                  constant(elements), cacheLine);
}

TileIndex locateTile(Emit &e, const ProductSpec &spec, const ProductPlan &plan, Value tile,
                     Value aPtr, Value bPtr) {
  TileIndex at{e.constant(0), {}, {}, aPtr, bPtr};
  if (spec.batch > 1) {
    int64_t perMatrix = plan.panels * plan.rowTiles;
    at.batch = e.div(tile, perMatrix);
    tile = e.sub(tile, e.mul(at.batch, perMatrix));
    at.a = e.at(aPtr, e.mul(at.batch, spec.aBatchStride));
    at.b = e.at(bPtr, e.mul(at.batch, spec.bBatchStride));
  }
  int64_t perGroup = plan.group * plan.rowTiles;
  Value group = e.div(tile, perGroup);
  Value inGroup = e.sub(tile, e.mul(group, perGroup));
  at.rowTile = e.div(inGroup, plan.group);
  at.panel = e.add(e.mul(group, plan.group), e.sub(inGroup, e.mul(at.rowTile, plan.group)));
  return at;
}

} // namespace gradus::compiler::product
