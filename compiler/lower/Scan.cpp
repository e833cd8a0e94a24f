//===- Scan.cpp - a state that goes along an axis ---------------------------------------------===//
//
// Operands and results are seen as [outer, size, inner]. Where the scanned axis is not the innermost
// one, lanes run along inner, several vectors at once so that their steps overlap. Else lanes run
// across rows; a single row is scanned by scalars. A tile is a block of columns or of rows.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Serial.h"

using namespace mlir;

namespace gradus::compiler {

static constexpr int64_t kVectorsAtOnce = 4;

static AxisView viewOf(ir::ScanOpInterface op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  return AxisView(type.getShape(), op.getAxis());
}

int64_t scanTiles(ir::ScanOpInterface op, int64_t lanes) {
  AxisView view = viewOf(op);
  if (view.elements() == 0)
    return 0;
  if (view.inner > 1)
    return view.outer * ceilDiv(view.inner, lanes * kVectorsAtOnce);
  return ceilDiv(view.outer, lanes);
}

namespace {
struct Scan {
  ir::ScanOpInterface op;
  AxisView view;
  SmallVector<SerialOperand> operands;
  SmallVector<Buffer> results;

  Scan(KernelCode &code, ir::ScanOpInterface op) : op(op), view(viewOf(op)) {
    int64_t shape[] = {view.outer, view.size, view.inner};
    for (Value operand : op->getOperands())
      operands.push_back(SerialOperand(code, operand).as(shape));
    for (Buffer &result : code.outputs)
      results.push_back(compiler::viewOf(result, shape));
  }

  /// Carries the states of all `columns` along the axis; a column is a vector (or a scalar).
  void run(Emitter &e, ArrayRef<std::pair<Index, Index>> columns) {
    OpBuilder &b = e.builder();
    SmallVector<Value> states;
    for (size_t c = 0; c < columns.size(); ++c)
      llvm::append_range(states, op.start(b, e.loc(), e.vectorLanes()));
    size_t each = states.size() / columns.size();
    e.loop(e.constant(0), e.constant(view.size), 1, states, [&](Value i, ValueRange carried) {
      Value position = op.getReverse() ? e.sub(e.constant(view.size - 1), i) : i;
      SmallVector<Value> next;
      for (auto [c, column] : llvm::enumerate(columns)) {
        Index at[] = {column.first, {position, 0}, column.second};
        SmallVector<Value> elements, state(carried.slice(c * each, each));
        for (SerialOperand &operand : operands)
          elements.push_back(operand.load(e, at));
        auto outputs = op.step(b, e.loc(), state, elements, position);
        for (auto [buffer, output] : llvm::zip_equal(results, outputs))
          e.store(buffer, at, output);
        llvm::append_range(next, state);
      }
      return next;
    });
  }

  void columns(Emitter &e, KernelCode &code, int64_t lanes) {
    int64_t block = lanes * kVectorsAtOnce, blocks = ceilDiv(view.inner, block);
    int64_t whole = view.inner / block, rest = view.inner % block;
    e.loop(code.begin, code.end, 1, [&](Value tile) {
      Index outer{e.div(tile, blocks), 0};
      Value j = e.rem(tile, blocks);
      auto vectors = [&](Value first, int64_t count, int64_t valid) {
        e.setLanes(lanes, valid);
        SmallVector<std::pair<Index, Index>> list;
        for (int64_t v = 0; v < count; ++v)
          list.push_back({outer, {e.add(first, e.constant(v * lanes)), 1}});
        run(e, list);
      };
      auto full = [&] { vectors(e.mul(j, block), kVectorsAtOnce, lanes); };
      auto shortBlock = [&] {
        if (int64_t count = rest / lanes)
          vectors(e.constant(whole * block), count, lanes);
        if (int64_t left = rest % lanes)
          vectors(e.constant(view.inner - left), 1, left);
      };
      if (rest == 0)
        return full();
      if (whole == 0)
        return shortBlock();
      e.ifElse(e.less(j, e.constant(whole)), full, shortBlock);
    });
  }

  void rows(Emitter &e, KernelCode &code, int64_t lanes) {
    Index zero{e.constant(0), 0};
    if (view.outer == 1) {
      e.setLanes(1, 1);
      return run(e, std::pair{zero, zero});
    }
    int64_t whole = view.outer / lanes, left = view.outer % lanes;
    auto full = [&](Value tile) {
      e.setLanes(lanes, lanes);
      run(e, std::pair{Index{e.mul(tile, lanes), 1}, zero});
    };
    auto last = [&] {
      e.setLanes(lanes, left);
      run(e, std::pair{Index{e.constant(whole * lanes), 1}, zero});
    };
    e.loop(code.begin, code.end, 1, [&](Value tile) {
      if (left == 0)
        return full(tile);
      if (whole == 0)
        return last();
      e.ifElse(e.less(tile, e.constant(whole)), [&] { full(tile); }, last);
    });
  }
};
} // namespace

void emitScan(KernelCode &code, ir::ScanOpInterface op) {
  Emitter e(code.builder, code.kernel.getLoc());
  Scan scan(code, op);
  if (scan.view.elements() == 0)
    return;
  int64_t lanes = lanesOf(code.kernel, code.target);
  if (scan.view.inner > 1)
    scan.columns(e, code, lanes);
  else
    scan.rows(e, code, lanes);
}

} // namespace gradus::compiler
