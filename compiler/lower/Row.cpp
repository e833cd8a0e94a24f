//===- Row.cpp - reductions along the innermost axis, fed back into the same row --------------===//
//
// A row is a point of the axes that stay; its elements lie along the reduced axes, the innermost one among
// them. Reductions come in stages: the maximum of a softmax first, then the sum of exponentials, which
// needs it, then the quotients.
//
// Short rows (10 classes) put the lanes across rows: the row is unrolled into straight-line code, in
// which an exponential that two stages need is computed once. Long rows put the lanes along
// the row, one loop per stage; what is costly and needed again is kept in a row of scratch memory.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"

#include "dialects/gradus/Kernel.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace gradus::compiler {

static constexpr int64_t kShortRow = 32;  // elements that are unrolled
static constexpr int64_t kRowWork = 2048; // elements of one tile
static constexpr int64_t kAccumulators = 4;
static constexpr int64_t kKeptBytes = 64 << 10; // of one kept value of a row

// Whether one element takes a function such as exp, which costs more than reading it back.
static bool isCostly(Operation *op) {
  auto elementwise = dyn_cast<ir::ElementwiseOpInterface>(op);
  if (!elementwise)
    return false;
  Block block;
  for (Type type : op->getOperandTypes())
    block.addArgument(cast<RankedTensorType>(type).getElementType(), op->getLoc());
  OpBuilder b(op->getContext());
  b.setInsertionPointToStart(&block);
  elementwise.emitBody(b, op->getLoc(), block.getArguments());
  return llvm::any_of(block, [](Operation &part) {
    return isa<math::MathDialect>(part.getDialect()) &&
           !isa<math::AbsFOp, math::CopySignOp, math::FmaOp, math::FloorOp, math::CeilOp, math::TruncOp,
                math::RoundEvenOp, math::SqrtOp>(part);
  });
}

/// What values are computed from, up to reductions.
static llvm::SetVector<Operation *> coneOf(ValueRange values) {
  llvm::SetVector<Operation *> cone;
  SmallVector<Value> open(values);
  while (!open.empty()) {
    Operation *op = open.pop_back_val().getDefiningOp();
    if (op && !isa<ir::ReductionOpInterface>(op) && cone.insert(op))
      llvm::append_range(open, op->getOperands());
  }
  return cone;
}

namespace {
struct Row {
  KernelCode &code;
  const Target &target;
  ArrayRef<int64_t> space, axes;
  SmallVector<int64_t> kept;      // axes that stay
  SmallVector<int64_t> rowSizes;  // their sizes
  SmallVector<SmallVector<ir::ReductionOpInterface>> stages;
  SmallVector<unsigned> fullYields, rowYields;
  int64_t lanes;

  explicit Row(KernelCode &code)
      : code(code), target(code.target), space(reducedSpace(code.kernel)),
        axes(reducedAxes(code.kernel)), stages(reductionStages(code.kernel)),
        lanes(lanesOf(code.kernel, code.target)) {
    for (int64_t axis = 0, rank = space.size(); axis < rank; ++axis)
      if (!llvm::is_contained(axes, axis)) {
        kept.push_back(axis);
        rowSizes.push_back(space[axis]);
      }
    for (auto [i, value] : llvm::enumerate(code.kernel.getYield().getValues()))
      (isFull(value) ? fullYields : rowYields).push_back(i);
  }

  bool isFull(Value value) const {
    return cast<RankedTensorType>(value.getType()).getShape() == space;
  }

  SmallVector<Index> full(Emitter &e, ArrayRef<Index> row) const {
    SmallVector<Index> at(space.size(), Index{e.constant(0), 0});
    for (auto [axis, index] : llvm::zip_equal(kept, row))
      at[axis] = index;
    return at;
  }

  void define(Emitter &e, ir::ReductionOpInterface r, Value sum) const {
    e.define(r->getResult(0), [sum](Emitter &, ArrayRef<Index>) { return sum; });
  }

  // --- lanes across rows ---
  void shortRows(Emitter &e, ArrayRef<Index> row) {
    e.inBlock([&] {
      SmallVector<SmallVector<Index>> points{full(e, row)};
      for (int64_t axis : axes) { // every element of the row, in order
        SmallVector<SmallVector<Index>> next;
        for (auto &point : points)
          for (int64_t i = 0; i < space[axis]; ++i) {
            next.push_back(point);
            next.back()[axis] = {e.constant(i), 0};
          }
        points = std::move(next);
      }
      for (auto &stage : stages)
        for (ir::ReductionOpInterface r : stage) {
          Value sum;
          for (auto &point : points) {
            Value x = e.element(r->getOperand(0), point);
            sum = sum ? r.combine(e.builder(), e.loc(), sum, x) : x;
          }
          define(e, r, sum ? sum : identityOf(e, r, e.vectorLanes()));
        }
      // All values first, then all stores: a result may lie in the place of an operand.
      struct Pending { unsigned yield; ArrayRef<Index> at; Value value; };
      SmallVector<Pending> pending;
      auto yield = code.kernel.getYield();
      for (auto &point : points)
        for (unsigned i : fullYields)
          pending.push_back({i, point, e.element(yield.getOperand(i), point)});
      for (unsigned i : rowYields)
        pending.push_back({i, row, e.element(yield.getOperand(i), row)});
      for (Pending &p : pending)
        e.store(code.outputs[p.yield], p.at, p.value);
    });
  }

  // --- lanes along the row ---

  /// Costly values that stage `k` and something after it need.
  SmallVector<Value> sharedAfter(size_t k) {
    SmallVector<Value> now, later;
    for (ir::ReductionOpInterface r : stages[k])
      now.push_back(r->getOperand(0));
    for (size_t s = k + 1; s < stages.size(); ++s)
      for (ir::ReductionOpInterface r : stages[s])
        later.push_back(r->getOperand(0));
    for (unsigned i : fullYields)
      later.push_back(code.kernel.getYield().getOperand(i));
    auto first = coneOf(now), second = coneOf(later);
    SmallVector<Value> shared;
    for (Operation *op : first) {
      Value v = op->getResult(0);
      bool used = llvm::any_of(v.getUsers(),
                               [&](Operation *user) { return first.contains(user) && second.contains(user); });
      if (second.contains(op) && !used && isFull(v) && llvm::any_of(coneOf(v), isCostly))
        shared.push_back(v);
    }
    return shared;
  }

  /// A row of memory for `v`.
  Buffer keep(Emitter &e, Value v) {
    auto type = cast<RankedTensorType>(v.getType());
    auto row = RankedTensorType::get({space[axes[0]]}, type.getElementType());
    return {e.allocate(row), row, {}};
  }

  /// Whether a value fits the scratch memory of a row.
  bool mayKeep(Value v) const {
    unsigned bits = cast<RankedTensorType>(v.getType()).getElementTypeBitWidth();
    return axes.size() == 1 && space[axes[0]] * std::max(8u, bits) / 8 <= kKeptBytes;
  }

  // Combines all elements of the row into one vector per reduction.
  SmallVector<Value> reduceNest(Emitter &e, MutableArrayRef<ir::ReductionOpInterface> stage, size_t depth,
                                SmallVector<Index> at, SmallVector<Value> sums,
                                ArrayRef<std::pair<Value, Buffer>> kept) {
    int64_t axis = axes[depth], size = space[axis];
    if (depth + 1 < axes.size())
      return e.loop(e.constant(0), e.constant(size), 1, sums, [&](Value i, ValueRange carried) {
        at[axis] = {i, 0};
        return reduceNest(e, stage, depth + 1, at, SmallVector<Value>(carried), kept);
      });
    // Innermost: several independent accumulators hide the latency of the combination.
    size_t n = stage.size();
    auto store = [&](ArrayRef<Index> there) {
      for (auto &[value, buffer] : kept)
        e.store(buffer, {there[axis]}, e.element(value, there));
    };
    auto step = [&](Value i, int64_t vectors, SmallVector<Value> all) {
      for (int64_t v = 0; v < vectors; ++v) {
        at[axis] = {e.add(i, e.constant(v * lanes)), 1};
        for (auto [s, r] : llvm::enumerate(stage)) {
          Value x = e.element(r->getOperand(0), at);
          Value &sum = all[v * n + s];
          sum = r.combine(e.builder(), e.loc(), sum, x);
        }
        store(at);
      }
      return all;
    };
    e.setLanes(lanes, lanes);
    int64_t group = lanes * kAccumulators, grouped = size / group * group;
    if (grouped > 0) {
      SmallVector<Value> all = sums;
      for (int64_t v = 1; v < kAccumulators; ++v)
        for (ir::ReductionOpInterface r : stage)
          all.push_back(identityOf(e, r, lanes));
      all = e.loop(e.constant(0), e.constant(grouped), group, all, [&](Value i, ValueRange carried) {
        return step(i, kAccumulators, SmallVector<Value>(carried));
      });
      for (int64_t v = kAccumulators / 2; v > 0; v /= 2) // a fixed tree
        for (int64_t u = 0; u < v; ++u)
          for (auto [s, r] : llvm::enumerate(stage))
            all[u * n + s] = r.combine(e.builder(), e.loc(), all[u * n + s], all[(u + v) * n + s]);
      sums.assign(all.begin(), all.begin() + n);
    }
    int64_t i = grouped;
    for (; i + lanes <= size; i += lanes)
      sums = step(e.constant(i), 1, sums);
    if (i < size) { // the lanes beyond the end do not count
      e.setLanes(lanes, size - i);
      e.inBlock([&] {
        at[axis] = {e.constant(i), 1};
        for (auto [s, r] : llvm::enumerate(stage)) {
          Value x = e.element(r->getOperand(0), at);
          sums[s] = r.combine(e.builder(), e.loc(), sums[s], e.keepValid(x, identityOf(e, r, lanes)));
        }
        store(at);
      });
      e.setLanes(lanes, lanes);
    }
    return sums;
  }

  void writeNest(Emitter &e, size_t depth, SmallVector<Index> at) {
    int64_t axis = axes[depth];
    if (depth + 1 < axes.size()) {
      e.loop(e.constant(0), e.constant(space[axis]), 1, [&](Value i) {
        at[axis] = {i, 0};
        writeNest(e, depth + 1, at);
      });
      return;
    }
    vectorLoop(e, space[axis], lanes, [&](Value i) {
      at[axis] = {i, 1};
      code.storeYields(e, fullYields, at);
    });
  }

  void longRow(Emitter &e, ArrayRef<Index> row) {
    SmallVector<Index> at = full(e, row);
    SmallVector<Value> defined;
    for (auto [k, stage] : llvm::enumerate(stages)) {
      e.setLanes(lanes, lanes);
      SmallVector<std::pair<Value, Buffer>> kept;
      for (Value v : sharedAfter(k))
        if (mayKeep(v) && !llvm::is_contained(defined, v))
          kept.push_back({v, keep(e, v)});
      SmallVector<Value> sums;
      for (ir::ReductionOpInterface r : stage)
        sums.push_back(identityOf(e, r, lanes));
      sums = reduceNest(e, stage, 0, at, sums, kept);
      for (auto [r, sum] : llvm::zip_equal(stage, sums))
        define(e, r, combineLanes(e.builder(), e.loc(), r, sum));
      for (auto &[value, buffer] : kept) {
        e.define(value, [buffer = buffer, axis = axes[0]](Emitter &e, ArrayRef<Index> there) {
          return e.load(buffer, {there[axis]});
        });
        defined.push_back(value);
      }
    }
    if (!fullYields.empty())
      writeNest(e, 0, at);
    e.setLanes(1, 1);
    code.storeYields(e, rowYields, row);
    e.setLanes(lanes, lanes);
  }
};
} // namespace

bool lanesAcrossRows(ir::KernelOp kernel, int64_t lanes) {
  ArrayRef<int64_t> space = reducedSpace(kernel), axes = reducedAxes(kernel);
  int64_t elements = 1;
  for (int64_t axis : axes)
    elements *= space[axis];
  if (elements > kShortRow || space.size() < 2)
    return false;
  int64_t last = space.size() - 1;
  while (last >= 0 && llvm::is_contained(axes, last))
    --last;
  return last >= 0 && (space[last] >= lanes / 2 || elements <= lanes / 2);
}

static int64_t rowsOf(ir::KernelOp kernel) {
  int64_t rows = product(reducedSpace(kernel));
  for (int64_t axis : reducedAxes(kernel))
    rows = reducedSpace(kernel)[axis] ? rows / reducedSpace(kernel)[axis] : 0;
  if (product(reducedSpace(kernel)) != 0)
    return rows;
  rows = 1; // an empty row still has a result
  for (auto [axis, size] : llvm::enumerate(reducedSpace(kernel)))
    if (!llvm::is_contained(reducedAxes(kernel), axis))
      rows *= size;
  return rows;
}

// Lanes across rows: one tile is some vectors of the last axis that stays, at one outer position.
static int64_t vectorsPerTile(ir::KernelOp kernel, int64_t lanes) {
  int64_t elements = std::max<int64_t>(1, product(reducedSpace(kernel)) / std::max<int64_t>(1, rowsOf(kernel)));
  return std::max<int64_t>(1, kRowWork / (lanes * elements));
}

int64_t rowTiles(ir::KernelOp kernel, const Target &target) {
  int64_t lanes = lanesOf(kernel, target), rows = rowsOf(kernel);
  if (rows == 0)
    return 0;
  if (lanesAcrossRows(kernel, lanes)) {
    int64_t last = 1;
    for (auto [axis, size] : llvm::enumerate(reducedSpace(kernel)))
      if (!llvm::is_contained(reducedAxes(kernel), axis))
        last = size;
    return rows / last * ceilDiv(ceilDiv(last, lanes), vectorsPerTile(kernel, lanes));
  }
  int64_t elements = std::max<int64_t>(1, product(reducedSpace(kernel)) / rows);
  return ceilDiv(rows, std::max<int64_t>(1, kRowWork / elements));
}

static void emitAcrossRows(Row &row, Emitter &e) {
  KernelCode &code = row.code;
  int64_t lanes = row.lanes, perTile = vectorsPerTile(code.kernel, lanes);
  int64_t last = row.rowSizes.back(), vectors = ceilDiv(last, lanes);
  int64_t tilesPerOuter = ceilDiv(vectors, perTile), whole = last / lanes;
  ArrayRef<int64_t> outerSizes = ArrayRef<int64_t>(row.rowSizes).drop_back();
  auto tail = [&](SmallVector<Index> at) {
    e.setLanes(lanes, last - whole * lanes);
    at.back() = {e.constant(whole * lanes), 1};
    row.shortRows(e, at);
    e.setLanes(lanes, lanes);
  };
  auto tileBody = [&](Value tile) {
    SmallVector<Index> at = delinearize(e, e.div(tile, tilesPerOuter), outerSizes);
    at.push_back({});
    Value v0 = e.mul(e.rem(tile, tilesPerOuter), perTile);
    Value v1 = e.min(e.add(v0, e.constant(perTile)), e.constant(whole));
    e.setLanes(lanes, lanes);
    if (whole > 0)
      e.loop(v0, v1, 1, [&](Value v) {
        at.back() = {e.mul(v, lanes), 1};
        row.shortRows(e, at);
      });
    if (whole * lanes < last) {
      if (tilesPerOuter == 1)
        e.inBlock([&] { tail(at); });
      else
        e.ifElse(e.less(v0, e.constant((vectors - 1) / perTile * perTile)), [] {}, [&] { tail(at); });
    }
  };
  if (rowTiles(code.kernel, code.target) == 1) {
    e.inBlock([&] { tileBody(e.constant(0)); });
    return;
  }
  e.loop(code.begin, code.end, 1, tileBody);
}

void emitRow(KernelCode &code) {
  Emitter emitter(code.builder, code.kernel.getLoc());
  code.bind(emitter);
  Row row(code);
  if (rowsOf(code.kernel) == 0)
    return;
  if (lanesAcrossRows(code.kernel, row.lanes))
    return emitAcrossRows(row, emitter);
  int64_t rows = rowsOf(code.kernel);
  if (rows == 1) {
    SmallVector<Index> at(row.rowSizes.size(), Index{emitter.constant(0), 0});
    return row.longRow(emitter, at);
  }
  int64_t elements = std::max<int64_t>(1, product(row.space) / rows);
  int64_t perTile = std::max<int64_t>(1, kRowWork / elements);
  emitter.loop(emitter.mul(code.begin, perTile),
               emitter.min(emitter.mul(code.end, perTile), emitter.constant(rows)), 1,
               [&](Value r) { row.longRow(emitter, delinearize(emitter, r, row.rowSizes)); });
}

} // namespace gradus::compiler
