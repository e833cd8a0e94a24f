#include "compiler/lower/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "dialects/gradus/Dialect.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace gradus::compiler {

static bool movesWithLanes(ArrayRef<Index> at) {
  return llvm::any_of(at, [](const Index &i) { return i.moves(); });
}

static std::optional<int64_t> constantOf(Value v) {
  APInt value;
  if (matchPattern(v, m_ConstantInt(&value)))
    return value.getSExtValue();
  return std::nullopt;
}

Emitter::Emitter(OpBuilder &builder, Location loc) : ir::ElementContext(builder, loc) {
  Operation *parent = builder.getInsertionBlock()->getParentOp();
  auto function = dyn_cast<func::FuncOp>(parent);
  if (!function)
    function = parent->getParentOfType<func::FuncOp>();
  entry = &function.getBody().front();
  scopes.emplace_back();
}

Value Emitter::allocate(RankedTensorType type) {
  OpBuilder::InsertionGuard guard(builder());
  Value count = constant(type.getNumElements()); // in the entry block
  builder().setInsertionPointAfterValue(count);
  return builder().create<LLVM::AllocaOp>(loc(), LLVM::LLVMPointerType::get(builder().getContext()),
                                          memoryType(type.getElementType()), count, /*alignment=*/64);
}

// --- index arithmetic --------------------------------------------------------------------------

Value Emitter::constant(int64_t value) {
  Value &slot = constants[value];
  if (!slot) {
    OpBuilder::InsertionGuard guard(builder());
    builder().setInsertionPointToStart(entry);
    slot = builder().create<arith::ConstantIntOp>(loc(), value, 64);
  }
  return slot;
}

Value Emitter::add(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x + *y);
  if (x && *x == 0)
    return b;
  if (y && *y == 0)
    return a;
  return builder().create<arith::AddIOp>(loc(), a, b);
}

Value Emitter::sub(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x - *y);
  if (y && *y == 0)
    return a;
  return builder().create<arith::SubIOp>(loc(), a, b);
}

Value Emitter::mul(Value a, int64_t b) {
  if (b == 1)
    return a;
  if (auto x = constantOf(a))
    return constant(*x * b);
  if (b == 0)
    return constant(0);
  return builder().create<arith::MulIOp>(loc(), a, constant(b));
}

// Indices are never negative, so the unsigned forms are right and cheaper.
Value Emitter::div(Value a, int64_t b) {
  if (b == 1)
    return a;
  if (auto x = constantOf(a))
    return constant(*x / b);
  return builder().create<arith::DivUIOp>(loc(), a, constant(b));
}

Value Emitter::rem(Value a, int64_t b) {
  if (b == 1)
    return constant(0);
  if (auto x = constantOf(a))
    return constant(*x % b);
  return builder().create<arith::RemUIOp>(loc(), a, constant(b));
}

Value Emitter::min(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(std::min(*x, *y));
  return builder().create<arith::MinSIOp>(loc(), a, b);
}

Value Emitter::max(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(std::max(*x, *y));
  return builder().create<arith::MaxSIOp>(loc(), a, b);
}

Value Emitter::less(Value a, Value b) {
  return builder().create<arith::CmpIOp>(loc(), arith::CmpIPredicate::slt, a, b);
}

Value Emitter::keepValid(Value value, Value otherwise) {
  if (valid == laneCount)
    return value;
  llvm::SaveAndRestore<int64_t> lanes(currentLanes, laneCount);
  return builder().create<arith::SelectOp>(loc(), mask(), value, otherwise);
}

// --- types -------------------------------------------------------------------------------------

Type Emitter::memoryType(Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8) : element;
}

Type Emitter::registerType(Type element) const {
  return currentLanes == 1 ? element : Type(VectorType::get({currentLanes}, element));
}

Value Emitter::readMask() {
  if (valid == currentLanes)
    return guard;
  return guard ? Value(builder().create<arith::AndIOp>(loc(), guard, mask())) : mask();
}

Value Emitter::splat(Value scalar, int64_t lanes) {
  if (lanes == 1)
    return scalar;
  return builder().create<vector::BroadcastOp>(
      loc(), VectorType::get({lanes}, scalar.getType()), scalar);
}

Value Emitter::mask() {
  Value &slot = masks[currentLanes];
  if (!slot) {
    SmallVector<bool> bits(currentLanes, false);
    std::fill(bits.begin(), bits.begin() + valid, true);
    OpBuilder::InsertionGuard guard(builder());
    Value anchor = constant(0); // the entry block, where constants lie
    builder().setInsertionPointAfterValue(anchor);
    auto type = VectorType::get({currentLanes}, builder().getI1Type());
    slot = builder().create<arith::ConstantOp>(loc(), DenseElementsAttr::get(type, bits));
  }
  return slot;
}

// --- scopes ------------------------------------------------------------------------------------

size_t Emitter::levelOf(Value value) const {
  Block *home = value.getParentBlock();
  for (size_t level = scopes.size() - 1; level > 0; --level) {
    Block *block = scopes[level].block;
    if (!block || block == home || block->getParent()->isAncestor(home->getParent()))
      return level;
  }
  return 0;
}

size_t Emitter::levelOf(ArrayRef<Index> at) const {
  size_t level = scopes.size() - 1;
  while (level > 0 && scopes[level].block)
    --level;
  for (const Index &i : at) {
    level = std::max(level, levelOf(i.value));
    if (i.each)
      level = std::max(level, levelOf(i.each));
  }
  return guard ? std::max(level, levelOf(guard)) : level;
}

// Where to emit what belongs to the scope `level`: here if it is the innermost one, else before
// the loop that leads inwards.
OpBuilder::InsertPoint Emitter::insertionAt(size_t level) {
  auto here = builder().saveInsertionPoint();
  if (level + 1 >= scopes.size())
    return here;
  Operation *loopOp = scopes[level + 1].block->getParentOp();
  return {loopOp->getBlock(), Block::iterator(loopOp)};
}

void Emitter::loop(Value begin, Value end, int64_t step, llvm::function_ref<void(Value)> body) {
  loop(begin, end, step, {}, [&](Value i, ValueRange) {
    body(i);
    return SmallVector<Value>{};
  });
}

SmallVector<Value>
Emitter::loop(Value begin, Value end, int64_t step, ValueRange init,
              llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto from = constantOf(begin), to = constantOf(end);
  if (from && to && *to <= *from)
    return SmallVector<Value>(init);
  auto op = builder().create<scf::ForOp>(loc(), begin, end, constant(step), init);
  OpBuilder::InsertionGuard guard(builder());
  Block *block = op.getBody();
  if (!block->empty())
    block->back().erase();
  builder().setInsertionPointToEnd(block);
  scopes.emplace_back();
  scopes.back().block = block;
  auto next = body(op.getInductionVar(), op.getRegionIterArgs());
  scopes.pop_back();
  builder().setInsertionPointToEnd(block);
  builder().create<scf::YieldOp>(loc(), next);
  return SmallVector<Value>(op.getResults());
}

void Emitter::ifElse(Value condition, llvm::function_ref<void()> then,
                     llvm::function_ref<void()> otherwise) {
  auto op = builder().create<scf::IfOp>(loc(), condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder());
  builder().setInsertionPoint(op.thenYield());
  inBlock(then);
  builder().setInsertionPoint(op.elseYield());
  inBlock(otherwise);
}

// --- memory ------------------------------------------------------------------------------------

Emitter::Offset Emitter::linear(const Buffer &buffer, ArrayRef<Index> at) {
  ArrayRef<int64_t> shape = buffer.type.getShape();
  assert(at.size() == shape.size() && "one index per axis");
  if (buffer.layout.isPanels()) {
    assert(!at[0].each && !at[1].each && "panels are read in runs");
    int64_t rows = shape[0], panel = buffer.layout.panel;
    Value inPanel = add(mul(at[0].value, panel), rem(at[1].value, panel));
    return {add(mul(div(at[1].value, panel), rows * panel), inPanel),
            at[0].lane * panel + at[1].lane, {}};
  }
  Offset offset{constant(0), 0, {}};
  int64_t stride = 1;
  for (int64_t axis = shape.size() - 1; axis >= 0; stride *= shape[axis--]) {
    if (at[axis].each) {
      Value scaled = ir::scaleIndex(*this, at[axis], stride).each;
      offset.each = offset.each ? builder().create<arith::AddIOp>(loc(), offset.each, scaled) : scaled;
      continue;
    }
    offset.value = add(mul(at[axis].value, stride), offset.value);
    offset.lane += at[axis].lane * stride;
  }
  return offset;
}

static Value gep(OpBuilder &b, Location loc, Value pointer, Type element, Value offset) {
  return b.create<LLVM::GEPOp>(loc, pointer.getType(), element, pointer, ValueRange{offset});
}

static unsigned bytesOf(Type memory) { return memory.getIntOrFloatBitWidth() / 8; }

Value Emitter::loadContiguous(const Buffer &buffer, Value offset, Value mask) {
  OpBuilder &b = builder();
  Type memory = memoryType(buffer.type.getElementType());
  auto type = VectorType::get({currentLanes}, memory);
  Value address = gep(b, loc(), buffer.pointer, memory, offset);
  if (!mask)
    return b.create<LLVM::LoadOp>(loc(), type, address, bytesOf(memory));
  Value zero = b.create<arith::ConstantOp>(loc(), b.getZeroAttr(type));
  return b.create<LLVM::MaskedLoadOp>(loc(), type, address, mask, ValueRange{zero}, bytesOf(memory));
}

// Downwards: the run that ends at lane 0, turned round.
Value Emitter::loadReversed(const Buffer &buffer, const Offset &offset) {
  SmallVector<int64_t> order;
  for (int64_t lane = currentLanes; lane-- > 0;)
    order.push_back(lane);
  auto turned = [&](Value v) -> Value { return builder().create<vector::ShuffleOp>(loc(), v, v, order); };
  Value mask = readMask();
  Value first = sub(offset.value, constant(currentLanes - 1));
  return turned(loadContiguous(buffer, first, mask ? turned(mask) : mask));
}

Value Emitter::loadGathered(const Buffer &buffer, const Offset &offset) {
  OpBuilder &b = builder();
  Type memory = memoryType(buffer.type.getElementType());
  auto type = VectorType::get({currentLanes}, memory);
  Value offsets = ir::emitCoordinate(*this, Index{offset.value, offset.lane, {}});
  if (offset.each)
    offsets = b.create<arith::AddIOp>(loc(), offsets, offset.each);
  Value addresses = b.create<LLVM::GEPOp>(
      loc(), LLVM::getFixedVectorType(buffer.pointer.getType(), currentLanes), memory,
      buffer.pointer, ValueRange{offsets});
  Value zero = b.create<arith::ConstantOp>(loc(), b.getZeroAttr(type));
  Value which = readMask();
  return b.create<LLVM::masked_gather>(loc(), type, addresses, which ? which : mask(),
                                       ValueRange{zero}, bytesOf(memory));
}

Value Emitter::load(const Buffer &buffer, ArrayRef<Index> at) {
  OpBuilder &b = builder();
  llvm::SaveAndRestore<int64_t> lanes(currentLanes, movesWithLanes(at) ? laneCount : 1);
  llvm::SaveAndRestore<Value> guarded(guard, currentLanes == 1 ? Value() : guard);
  Offset offset = linear(buffer, at);
  Type element = buffer.type.getElementType(), memory = memoryType(element);
  Value result;
  if (currentLanes == 1 || (offset.lane == 0 && !offset.each && !guard)) {
    Value address = gep(b, loc(), buffer.pointer, memory, offset.value);
    result = b.create<LLVM::LoadOp>(loc(), memory, address, bytesOf(memory));
    if (currentLanes != 1)
      result = splat(result, currentLanes);
  } else if (offset.lane == 1 && !offset.each) {
    result = loadContiguous(buffer, offset.value, readMask());
  } else if (offset.lane == -1 && !offset.each) {
    result = loadReversed(buffer, offset);
  } else {
    result = loadGathered(buffer, offset);
  }
  if (element.isInteger(1)) {
    Value zero = b.create<arith::ConstantOp>(loc(), b.getZeroAttr(result.getType()));
    result = b.create<arith::CmpIOp>(loc(), arith::CmpIPredicate::ne, result, zero);
  }
  return result;
}

void Emitter::store(const Buffer &buffer, ArrayRef<Index> at, Value value) {
  OpBuilder &b = builder();
  auto [offset, laneStride, each] = linear(buffer, at);
  assert(!each && "results are written at a static step");
  Type element = buffer.type.getElementType(), memory = memoryType(element);
  auto vectorType = dyn_cast<VectorType>(value.getType());
  if (element.isInteger(1)) {
    Type wide = vectorType ? Type(VectorType::get(vectorType.getShape(), memory)) : memory;
    value = b.create<arith::ExtUIOp>(loc(), wide, value);
  }
  if (vectorType && laneStride == 0) { // the same for all lanes
    value = b.create<vector::ExtractOp>(loc(), value, ArrayRef<int64_t>{0});
    vectorType = nullptr;
  }
  if (!vectorType || laneStride == 1) {
    Value address = gep(b, loc(), buffer.pointer, memory, offset);
    if (vectorType && valid == laneCount && buffer.streamed)
      b.create<LLVM::StoreOp>(loc(), value, address, bytesOf(memory) * valid, /*isVolatile=*/false,
                              /*isNonTemporal=*/true);
    else if (!vectorType || valid == laneCount)
      b.create<LLVM::StoreOp>(loc(), value, address, bytesOf(memory));
    else {
      llvm::SaveAndRestore<int64_t> lanes(currentLanes, laneCount);
      b.create<LLVM::MaskedStoreOp>(loc(), value, address, mask(), bytesOf(memory));
    }
    return;
  }
  for (int64_t lane = 0; lane < valid; ++lane) {
    Value address = gep(b, loc(), buffer.pointer, memory, add(offset, constant(lane * laneStride)));
    Value scalar = b.create<vector::ExtractOp>(loc(), value, ArrayRef<int64_t>{lane});
    b.create<LLVM::StoreOp>(loc(), scalar, address, bytesOf(memory));
  }
}

Value *Emitter::find(const Key &key) {
  for (size_t level = scopes.size(); level-- > 0;) {
    if (auto it = scopes[level].cache.find(key); it != scopes[level].cache.end())
      return &it->second;
  }
  return nullptr;
}

// --- elements ----------------------------------------------------------------------------------

Emitter::Key Emitter::keyOf(Value value, int64_t lanes, ArrayRef<Index> at) const {
  Key key{value.getAsOpaquePointer(), lanes, guard ? guard.getAsOpaquePointer() : nullptr, {}};
  for (const Index &i : at)
    key.at.push_back({i.value.getAsOpaquePointer(), i.lane, i.each ? i.each.getAsOpaquePointer() : nullptr});
  return key;
}

Value Emitter::operand(OpOperand &operand, ArrayRef<Index> indices) {
  // Equal constants are one value, which lies outside all loops.
  SmallVector<Index> at(indices);
  for (Index &i : at)
    if (auto value = constantOf(i.value))
      i.value = constant(*value);
  if (currentLanes == 1)
    return compute(operand.get(), at);
  return element(operand.get(), at);
}

Value Emitter::operand(OpOperand &from, ArrayRef<Index> at, Value mask) {
  if (guard)
    mask = builder().create<arith::AndIOp>(loc(), guard, mask);
  llvm::SaveAndRestore<Value> guarded(guard, mask);
  return operand(from, at);
}

Value Emitter::element(Value value, ArrayRef<Index> at) {
  if (laneCount == 1 || movesWithLanes(at)) {
    llvm::SaveAndRestore<int64_t> lanes(currentLanes, laneCount);
    return compute(value, at);
  }
  llvm::SaveAndRestore<int64_t> lanes(currentLanes, 1);
  llvm::SaveAndRestore<Value> guarded(guard, Value()); // one element, which is inside
  Value scalar = compute(value, at);
  // The splat is remembered beside the scalar.
  size_t level = levelOf(at);
  Key key = keyOf(value, laneCount, at);
  if (Value *known = find(key))
    return *known;
  OpBuilder::InsertionGuard insertion(builder());
  builder().restoreInsertionPoint(insertionAt(level));
  Value result = splat(scalar, laneCount);
  scopes[level].cache[key] = result;
  return result;
}

// Lanes at no single step: one at a time. Where the guard is not set, index 0 stands in.
Value Emitter::laneByLane(Value value, ArrayRef<Index> at) {
  int64_t lanes = currentLanes;
  Type type = VectorType::get({lanes}, cast<RankedTensorType>(value.getType()).getElementType());
  Value result = builder().create<arith::ConstantOp>(loc(), builder().getZeroAttr(type)), bits = guard;
  auto laneOf = [&](Value v, int64_t lane) -> Value {
    return builder().create<vector::ExtractOp>(loc(), v, ArrayRef<int64_t>{lane});
  };
  llvm::SaveAndRestore<int64_t> one(currentLanes, 1), all(laneCount, 1);
  llvm::SaveAndRestore<Value> guarded(guard, Value());
  for (int64_t lane = 0; lane < valid; ++lane) {
    Value inside = bits ? laneOf(bits, lane) : Value();
    SmallVector<Index> there;
    for (const Index &i : at) {
      Value place = i.each ? laneOf(i.each, lane) : add(i.value, constant(i.lane * lane));
      if (inside && i.moves())
        place = builder().create<arith::SelectOp>(loc(), inside, place, constant(0));
      there.push_back({place, 0, {}});
    }
    result = builder().create<vector::InsertOp>(loc(), compute(value, there), result, ArrayRef<int64_t>{lane});
  }
  return result;
}

Value Emitter::compute(Value value, ArrayRef<Index> at) {
  Key key = keyOf(value, currentLanes, at);
  size_t level = levelOf(at);
  if (Value *known = find(key))
    return *known;

  OpBuilder::InsertionGuard insertion(builder());
  Value result;
  if (auto it = producers.find(value); it != producers.end()) {
    level = scopes.size() - 1;
    result = it->second(*this, at);
    // Along an axis of size 1 an index may have lost its lanes (a broadcast, a reshape): lane 0 is the element.
    if (currentLanes == 1 && isa<VectorType>(result.getType()))
      result = builder().create<vector::ExtractOp>(loc(), result, ArrayRef<int64_t>{0});
    else if (currentLanes != 1 && !isa<VectorType>(result.getType()))
      result = splat(result, currentLanes);
  } else {
    builder().restoreInsertionPoint(insertionAt(level));
    if (auto it = buffers.find(value); it != buffers.end()) {
      result = load(it->second, at);
    } else {
      auto op = cast<ir::ElementOpInterface>(value.getDefiningOp());
      Location outer = loc();
      location = value.getDefiningOp()->getLoc();
      result = op.emitElement(*this, cast<OpResult>(value), at);
      location = outer;
      if (!result)
        result = laneByLane(value, at);
    }
  }
  scopes[level].cache[key] = result;
  return result;
}

} // namespace gradus::compiler
