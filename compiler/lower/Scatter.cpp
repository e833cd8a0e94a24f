//===- Scatter.cpp - updates in their order ---------------------------------------------------===//
//
// x, the updates and the result are seen as [outer, size, inner]. A tile is one outer position and a
// block of inner ones: it copies its part of x, then applies its updates in order, so the result
// does not depend on threads. Where one index serves all of inner, lanes run along inner. Updates
// that are shorter than x beside the axis are applied one by one in a single tile.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Serial.h"

#include "dialects/gradus/Indexing.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace gradus::compiler {

static constexpr int64_t kBlock = 128; // elements of inner in one tile

static ArrayRef<int64_t> shapeOf(Value v) {
  return cast<RankedTensorType>(v.getType()).getShape();
}

namespace {
struct Scatter {
  mutable ir::ScatterOp op;
  int64_t axis;
  AxisView x, updates;
  bool regular = true; // the updates have the sizes of x beside the axis
  bool uniform = true; // the indices have size 1 beside the axis
  bool full;           // the indices have the sizes of the updates

  explicit Scatter(ir::ScatterOp op)
      : op(op), axis(op.getAxis()), x(shapeOf(op.getX()), axis),
        updates(shapeOf(op.getUpdates()), axis) {
    full = shapeOf(op.getIndices()) == shapeOf(op.getUpdates());
    for (int64_t i = 0, rank = shapeOf(op.getX()).size(); i < rank; ++i) {
      if (i == axis)
        continue;
      regular &= shapeOf(op.getUpdates())[i] == shapeOf(op.getX())[i];
      uniform &= shapeOf(op.getIndices())[i] == 1;
    }
  }

  bool isBlocked() const { return regular && (uniform || full); }
  int64_t block() const { return std::min(x.inner, kBlock); }
  int64_t blocks() const { return ceilDiv(x.inner, block()); }

  /// An index outside the axis means the nearest element.
  Value clamped(Emitter &e, Value index) const {
    if (!index.getType().isInteger(64))
      index = e.builder().create<arith::ExtSIOp>(e.loc(), e.builder().getI64Type(), index);
    return e.max(e.min(index, e.constant(x.size - 1)), e.constant(0));
  }

  void apply(Emitter &e, const Buffer &out, ArrayRef<Index> to, Value update) const {
    Value old = op.getMode() == "set" ? Value() : e.load(out, to);
    e.store(out, to, op.combine(e.builder(), e.loc(), old, update));
  }

  void copy(Emitter &e, const SerialOperand &from, const Buffer &to, int64_t lanes) const {
    int64_t size[] = {x.elements()};
    SerialOperand source = from.as(size);
    Buffer target = viewOf(to, size);
    vectorLoop(e, x.elements(), lanes,
               [&](Value i) { e.store(target, {{i, 1}}, source.load(e, {{i, 1}})); });
  }

  /// The columns [first, first + count) of inner, at one outer position.
  void columns(Emitter &e, KernelCode &code, Value o, Value first, int64_t count, int64_t lanes) const {
    int64_t shape[] = {x.outer, x.size, x.inner}, updateShape[] = {x.outer, updates.size, x.inner};
    int64_t shared[] = {1, updates.size, 1};
    SerialOperand from = SerialOperand(code, op.getX()).as(shape);
    SerialOperand update = SerialOperand(code, op.getUpdates()).as(updateShape);
    SerialOperand indices = SerialOperand(code, op.getIndices())
                                .as(uniform ? ArrayRef<int64_t>(shared) : ArrayRef<int64_t>(updateShape));
    Buffer out = viewOf(code.outputs[0], shape);
    auto along = [&](int64_t width, llvm::function_ref<void(Index)> body) {
      if (width == 1) {
        e.setLanes(1, 1);
        return body({first, 0});
      }
      vectorLoop(e, width, lanes, [&](Value j) { body({e.add(first, j), 1}); });
    };
    if (x.inner == 1) { // the axis itself is contiguous
      vectorLoop(e, x.size, lanes, [&](Value k) {
        Index at[] = {{o, 0}, {k, 1}, {e.constant(0), 0}};
        e.store(out, at, from.load(e, at));
      });
    } else {
      e.loop(e.constant(0), e.constant(x.size), 1, [&](Value k) {
        along(count, [&](Index j) {
          Index at[] = {{o, 0}, {k, 0}, j};
          e.store(out, at, from.load(e, at));
        });
      });
    }
    e.loop(e.constant(0), e.constant(updates.size), 1, [&](Value k) {
      auto place = [&](Index outer, Index j) {
        e.setLanes(1, 1);
        return clamped(e, indices.load(e, {outer, {k, 0}, j}));
      };
      Index zero{e.constant(0), 0};
      if (uniform) {
        Value row = place(zero, zero);
        along(count, [&](Index j) {
          apply(e, out, {{o, 0}, {row, 0}, j}, update.load(e, {{o, 0}, {k, 0}, j}));
        });
        return;
      }
      e.setLanes(1, 1);
      e.loop(first, e.add(first, e.constant(count)), 1, [&](Value j) {
        Value row = place({o, 0}, {j, 0});
        apply(e, out, {{o, 0}, {row, 0}, {j, 0}}, update.load(e, {{o, 0}, {k, 0}, {j, 0}}));
      });
    });
  }

  void blocked(Emitter &e, KernelCode &code, int64_t lanes) const {
    int64_t whole = x.inner / block(), rest = x.inner % block();
    e.loop(code.begin, code.end, 1, [&](Value tile) {
      Value o = e.div(tile, blocks()), j = e.rem(tile, blocks());
      auto fullBlock = [&] { columns(e, code, o, e.mul(j, block()), block(), lanes); };
      auto shortBlock = [&] { columns(e, code, o, e.constant(whole * block()), rest, lanes); };
      if (rest == 0)
        return fullBlock();
      e.ifElse(e.less(j, e.constant(whole)), fullBlock, shortBlock);
    });
  }

  void oneByOne(Emitter &e, KernelCode &code, int64_t lanes) const {
    copy(e, SerialOperand(code, op.getX()), code.outputs[0], lanes);
    SerialOperand update(code, op.getUpdates()), indices(code, op.getIndices());
    e.setLanes(1, 1);
    e.loop(e.constant(0), e.constant(updates.elements()), 1, [&](Value i) {
      SmallVector<Index> at = delinearize(e, i, shapeOf(op.getUpdates())), where = at;
      for (auto [index, size] : llvm::zip_equal(where, shapeOf(op.getIndices())))
        if (size == 1)
          index = {e.constant(0), 0};
      SmallVector<Index> to = at;
      to[axis] = {clamped(e, indices.load(e, where)), 0};
      apply(e, code.outputs[0], to, update.load(e, at));
    });
  }
};
} // namespace

int64_t scatterTiles(Operation *op) {
  Scatter scatter(cast<ir::ScatterOp>(op));
  if (scatter.x.elements() == 0)
    return 0;
  return scatter.isBlocked() ? scatter.x.outer * scatter.blocks() : 1;
}

void emitScatter(KernelCode &code, Operation *op) {
  Emitter e(code.builder, code.kernel.getLoc());
  Scatter scatter(cast<ir::ScatterOp>(op));
  if (scatter.x.elements() == 0)
    return;
  int64_t lanes = lanesOf(code.kernel, code.target);
  if (scatter.isBlocked())
    scatter.blocked(e, code, lanes);
  else
    scatter.oneByOne(e, code, lanes);
}

} // namespace gradus::compiler
