#include "compiler/lower/Loops.h"

#include "dialects/gradus/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace gradus::compiler {

int64_t product(ArrayRef<int64_t> sizes) {
  int64_t n = 1;
  for (int64_t s : sizes)
    n *= s;
  return n;
}

SmallVector<Index> delinearize(Emitter &emitter, Value linear, ArrayRef<int64_t> sizes) {
  SmallVector<Index> at(sizes.size());
  for (size_t axis = sizes.size(); axis-- > 0;) {
    bool outermost = llvm::all_of(sizes.take_front(axis), [](int64_t s) { return s == 1; });
    at[axis] = {sizes[axis] == 1 ? emitter.constant(0)
                : outermost      ? linear
                                 : emitter.rem(linear, sizes[axis]),
                0};
    if (!outermost)
      linear = emitter.div(linear, sizes[axis]);
  }
  return at;
}

void vectorLoop(Emitter &emitter, int64_t size, int64_t lanes, llvm::function_ref<void(Value)> body) {
  int64_t whole = size / lanes * lanes;
  emitter.setLanes(lanes, lanes);
  if (whole == lanes)
    body(emitter.constant(0));
  else if (whole > 0)
    emitter.loop(emitter.constant(0), emitter.constant(whole), lanes, body);
  if (whole < size) {
    emitter.setLanes(lanes, size - whole);
    emitter.inBlock([&] { body(emitter.constant(whole)); });
    emitter.setLanes(lanes, lanes);
  }
}

Value combineLanes(OpBuilder &b, Location loc, ir::ReductionOpInterface reduction, Value value) {
  auto type = dyn_cast<VectorType>(value.getType());
  if (!type)
    return value;
  for (int64_t n = type.getDimSize(0); n > 1; n /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < n / 2; ++i) {
      low.push_back(i);
      high.push_back(i + n / 2);
    }
    Value a = b.create<vector::ShuffleOp>(loc, value, value, low);
    Value c = b.create<vector::ShuffleOp>(loc, value, value, high);
    value = reduction.combine(b, loc, a, c);
  }
  return b.create<vector::ExtractOp>(loc, value, ArrayRef<int64_t>{0});
}

Value identityOf(Emitter &emitter, ir::ReductionOpInterface reduction, int64_t lanes) {
  Type element = cast<RankedTensorType>(reduction->getOperand(0).getType()).getElementType();
  Value scalar = emitter.builder().create<arith::ConstantOp>(emitter.loc(), reduction.identity(element));
  return emitter.splat(scalar, lanes);
}

SmallVector<SmallVector<ir::ReductionOpInterface>> reductionStages(ir::KernelOp kernel) {
  DenseMap<Operation *, unsigned> depth;
  SmallVector<SmallVector<ir::ReductionOpInterface>> stages;
  for (Operation &op : kernel.getBody().front()) {
    unsigned d = 0;
    for (Value operand : op.getOperands())
      if (Operation *producer = operand.getDefiningOp())
        d = std::max(d, depth[producer]);
    if (auto reduction = dyn_cast<ir::ReductionOpInterface>(op)) {
      if (stages.size() <= d)
        stages.resize(d + 1);
      stages[d++].push_back(reduction);
    }
    depth[&op] = d;
  }
  return stages;
}

static ir::ReductionOpInterface anyReduction(ir::KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (auto reduction = dyn_cast<ir::ReductionOpInterface>(op))
      return reduction;
  llvm_unreachable("a kernel of this kind holds a reduction");
}

ArrayRef<int64_t> reducedSpace(ir::KernelOp kernel) {
  return cast<RankedTensorType>(anyReduction(kernel)->getOperand(0).getType()).getShape();
}

ArrayRef<int64_t> reducedAxes(ir::KernelOp kernel) { return anyReduction(kernel).getAxes(); }

} // namespace gradus::compiler
