//===- Sort.cpp - a stable merge sort along an axis -------------------------------------------===//
//
// What is sorted are the indices; keys are read from x. Runs of 1, 2, 4, ... are merged from one
// buffer into the other: the result for the indices, and the memory of the result for the values,
// which is written last. The number of passes decides where the first runs lie, so that the last pass
// ends in the indices. A tile is one row.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Serial.h"

#include "dialects/gradus/Sorting.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace gradus::compiler {

static AxisView viewOf(ir::SortOp op) {
  return AxisView(cast<RankedTensorType>(op.getX().getType()).getShape(), op.getAxis());
}

int64_t sortTiles(Operation *op) {
  AxisView view = viewOf(cast<ir::SortOp>(op));
  return view.size == 0 ? 0 : view.outer * view.inner;
}

namespace {
/// Where i32 indices of one tensor lie: `pitch` bytes from element to element.
struct Place {
  Value pointer, pitch;
};

class Sort {
public:
  Sort(Emitter &e, KernelCode &code, ir::SortOp op)
      : e(e), b(e.builder()), op(op), view(viewOf(op)),
        x(SerialOperand(code, op.getX()).as(view.elements())),
        values(compiler::viewOf(code.outputs[0], view.elements())),
        indices(compiler::viewOf(code.outputs[1], view.elements())) {}

  void row(Value number) {
    base = e.add(e.mul(e.div(number, view.inner), view.size * view.inner), e.rem(number, view.inner));
    Place order{indices.pointer, e.constant(4)};
    Place aside{values.pointer, e.constant(values.type.getElementTypeBitWidth() / 8)};
    int64_t passes = llvm::Log2_64_Ceil(view.size);
    Place from = passes % 2 ? aside : order, to = passes % 2 ? order : aside;
    Value end = e.constant(view.size), zero = e.constant(0);
    e.loop(zero, end, 1, [&](Value k) { store(from, k, k); });
    Value places[] = {from.pointer, from.pitch, to.pointer, to.pitch};
    e.loop(zero, e.constant(passes), 1, places, [&](Value pass, ValueRange p) {
      mergeRuns(pass, {p[0], p[1]}, {p[2], p[3]});
      return SmallVector<Value>{p[2], p[3], p[0], p[1]};
    });
    e.loop(zero, end, 1, [&](Value k) {
      Index at{position(k), 0};
      e.store(values, at, key(load(order, k)));
    });
  }

private:
  Value position(Value k) { return e.add(base, e.mul(k, view.inner)); }
  Value key(Value index) { return x.load(e, Index{position(index), 0}); }

  Value address(Place place, Value k) {
    Value bytes = b.create<arith::MulIOp>(e.loc(), position(k), place.pitch);
    return b.create<LLVM::GEPOp>(e.loc(), place.pointer.getType(), b.getI8Type(), place.pointer,
                                 ValueRange{bytes});
  }
  Value load(Place place, Value k) {
    Value index = b.create<LLVM::LoadOp>(e.loc(), b.getI32Type(), address(place, k), 4);
    return b.create<arith::ExtUIOp>(e.loc(), b.getI64Type(), index);
  }
  void store(Place place, Value k, Value index) {
    Value narrow = b.create<arith::TruncIOp>(e.loc(), b.getI32Type(), index);
    b.create<LLVM::StoreOp>(e.loc(), narrow, address(place, k), 4);
  }

  // Neighbouring runs of 2^pass elements.
  void mergeRuns(Value pass, Place from, Place to) {
    Value one = e.constant(1), end = e.constant(view.size);
    Value width = b.create<arith::ShLIOp>(e.loc(), one, pass);
    Value twice = e.add(width, width);
    Value runs = b.create<arith::DivUIOp>(e.loc(), e.add(end, e.sub(twice, one)), twice);
    e.loop(e.constant(0), runs, 1, [&](Value run) {
      Value low = b.create<arith::MulIOp>(e.loc(), run, twice);
      Value middle = e.min(e.add(low, width), end), high = e.min(e.add(low, twice), end);
      merge(from, to, low, middle, high);
    });
  }

  // The right element comes first only if it is strictly before the left one: equal ones keep their order.
  void merge(Place from, Place to, Value low, Value middle, Value high) {
    Value one = e.constant(1), lastLeft = e.sub(middle, one), lastRight = e.sub(high, one);
    e.loop(low, high, 1, ValueRange{low, middle}, [&](Value k, ValueRange heads) {
      Value i = heads[0], j = heads[1];
      Value left = load(from, e.min(i, lastLeft)), right = load(from, e.min(j, lastRight));
      Value x = key(left), y = key(right);
      Value before = op.getDescending() ? ir::emitLess(b, e.loc(), x, y) : ir::emitLess(b, e.loc(), y, x);
      Value takeRight = b.create<arith::OrIOp>(
          e.loc(), b.create<arith::CmpIOp>(e.loc(), arith::CmpIPredicate::sge, i, middle),
          b.create<arith::AndIOp>(e.loc(), e.less(j, high), before));
      store(to, k, b.create<arith::SelectOp>(e.loc(), takeRight, right, left));
      Value step = b.create<arith::ExtUIOp>(e.loc(), b.getI64Type(), takeRight);
      return SmallVector<Value>{e.add(i, e.sub(one, step)), e.add(j, step)};
    });
  }

  Emitter &e;
  OpBuilder &b;
  ir::SortOp op;
  AxisView view;
  SerialOperand x;
  Buffer values, indices;
  Value base;
};
} // namespace

void emitSort(KernelCode &code, Operation *op) {
  auto sort = cast<ir::SortOp>(op);
  if (sortTiles(op) == 0)
    return;
  Emitter e(code.builder, code.kernel.getLoc());
  e.setLanes(1, 1);
  Sort s(e, code, sort);
  e.loop(code.begin, code.end, 1, [&](Value row) { s.row(row); });
}

} // namespace gradus::compiler
