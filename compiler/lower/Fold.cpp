//===- Fold.cpp - reductions over outer axes --------------------------------------------------===//
//
// result[o, j] = combine over i of x[o, i, j]: lanes run along j, the innermost axis. The order of i is
// fixed, so the sum does not depend on threads.
//
// What fits a cache is read a few vectors of j at a time, whose sums stay in registers. What does not is read in
// the order of memory: sums of a stretch of j lie in the first-level cache, and some i are added at once.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"

#include "compiler/memory/Memory.h"
#include "dialects/gradus/Kernel.h"

using namespace mlir;

namespace gradus::compiler {

static constexpr int64_t kVectorsAtOnce = 4;

static SmallVector<int64_t> keptAxes(ir::KernelOp kernel) {
  SmallVector<int64_t> kept;
  for (int64_t axis = 0, rank = reducedSpace(kernel).size(); axis + 1 < rank; ++axis)
    if (!llvm::is_contained(reducedAxes(kernel), axis))
      kept.push_back(axis);
  return kept;
}

static constexpr int64_t kStretchBytes = 32 << 10; // of sums in the first-level cache
static constexpr int64_t kRowsAtOnce = 4;

/// Columns whose sums lie in memory at once; 0: they are carried in registers.
static int64_t stretchOf(ir::KernelOp kernel, const Target &target) {
  int64_t bytes = 0, sums = 0;
  for (Value v : kernel.getInputs())
    bytes += bytesOf(cast<RankedTensorType>(v.getType()));
  for (ir::ReductionOpInterface r : reductionStages(kernel).front())
    sums += std::max(8u, cast<RankedTensorType>(r->getResult(0).getType()).getElementTypeBitWidth()) / 8;
  int64_t lanes = lanesOf(kernel, target), columns = reducedSpace(kernel).back() / lanes * lanes;
  if (bytes < target.l2Bytes || columns < 2 * lanes * kVectorsAtOnce)
    return 0;
  int64_t most = kStretchBytes / sums / lanes * lanes;
  return std::min(columns, std::max(most, lanes));
}

/// Columns of one tile.
static int64_t columnsOf(ir::KernelOp kernel, const Target &target) {
  int64_t stretch = stretchOf(kernel, target);
  return stretch ? stretch : lanesOf(kernel, target) * kVectorsAtOnce;
}

static int64_t columnBlocks(ir::KernelOp kernel, const Target &target) {
  return ceilDiv(reducedSpace(kernel).back(), columnsOf(kernel, target));
}

int64_t foldTiles(ir::KernelOp kernel, const Target &target) {
  int64_t outer = 1;
  for (int64_t axis : keptAxes(kernel))
    outer *= reducedSpace(kernel)[axis];
  return outer * columnBlocks(kernel, target);
}

namespace {
struct Fold {
  KernelCode &code;
  Emitter &emitter;
  ArrayRef<int64_t> space, axes;
  SmallVector<int64_t> kept;
  SmallVector<ir::ReductionOpInterface> reductions;

  // Accumulators of all reductions for all column vectors, through the nest of reduced axes.
  SmallVector<Value> reduce(size_t depth, SmallVector<Index> at, ArrayRef<Value> columns,
                            SmallVector<Value> sums) {
    if (depth == axes.size()) {
      size_t slot = 0;
      for (Value column : columns) {
        at.back() = {column, 1};
        for (ir::ReductionOpInterface r : reductions) {
          Value x = emitter.element(r->getOperand(0), at);
          sums[slot] = r.combine(emitter.builder(), emitter.loc(), sums[slot], x);
          ++slot;
        }
      }
      return sums;
    }
    return emitter.loop(emitter.constant(0), emitter.constant(space[axes[depth]]), 1, sums,
                        [&](Value i, ValueRange carried) {
                          SmallVector<Index> inner = at;
                          inner[axes[depth]] = {i, 0};
                          return reduce(depth + 1, inner, columns, SmallVector<Value>(carried));
                        });
  }

  // The point of the space at a row of the reduced axes.
  void finish(ArrayRef<Index> outer, Value column, ArrayRef<Value> sums) {
    emitter.inBlock([&] {
      for (auto [r, sum] : llvm::zip_equal(reductions, sums)) {
        Value s = sum;
        emitter.define(r->getResult(0), [s](Emitter &, ArrayRef<Index>) { return s; });
      }
      SmallVector<Index> to(outer);
      to.push_back({column, 1});
      code.storeYields(emitter, llvm::to_vector(llvm::seq<unsigned>(0, code.kernel.getNumResults())), to);
    });
  }

  // Adds `rows` rows of the innermost reduced axis, from index i and `apart`, to the sums in memory.
  void addRows(SmallVector<Index> at, Value i, int64_t rows, int64_t apart, Value first, Value columns, int64_t lanes) {
    emitter.loop(emitter.constant(0), columns, lanes, [&](Value c) {
      at.back() = {emitter.add(first, c), 1};
      SmallVector<Value> all;
      for (const Buffer &buffer : buffers)
        all.push_back(emitter.load(buffer, {Index{c, 1}}));
      for (int64_t row = 0; row < rows; ++row) {
        at[axes.back()] = {emitter.add(i, emitter.constant(row * apart)), 0};
        for (auto [r, sum] : llvm::zip_equal(reductions, all))
          sum = r.combine(emitter.builder(), emitter.loc(), sum, emitter.element(r->getOperand(0), at));
      }
      for (auto [buffer, sum] : llvm::zip_equal(buffers, all))
        emitter.store(buffer, {Index{c, 1}}, sum);
    });
  }

  void reduceRows(size_t depth, SmallVector<Index> at, Value first, Value columns, int64_t lanes) {
    int64_t size = space[axes[depth]], rows = size / kRowsAtOnce;
    if (depth + 1 < axes.size()) {
      emitter.loop(emitter.constant(0), emitter.constant(size), 1, [&](Value i) {
        at[axes[depth]] = {i, 0};
        reduceRows(depth + 1, at, first, columns, lanes);
      });
      return;
    }
    // As many streams as rows at once: a processor fetches several far streams ahead better than one.
    emitter.loop(emitter.constant(0), emitter.constant(rows), 1,
                 [&](Value i) { addRows(at, i, kRowsAtOnce, rows, first, columns, lanes); });
    if (int64_t rest = size - rows * kRowsAtOnce)
      emitter.inBlock([&] { addRows(at, emitter.constant(size - rest), rest, 1, first, columns, lanes); });
  }

  // A stretch of `columns` columns, whole vectors, with its sums in memory.
  void stretch(ArrayRef<Index> outer, Value first, Value columns, int64_t lanes) {
    SmallVector<Index> at(space.size(), Index{emitter.constant(0), 0});
    for (auto [axis, index] : llvm::zip_equal(kept, outer))
      at[axis] = index;
    emitter.loop(emitter.constant(0), columns, lanes, [&](Value c) {
      for (auto [buffer, r] : llvm::zip_equal(buffers, reductions))
        emitter.store(buffer, {Index{c, 1}}, identityOf(emitter, r, lanes));
    });
    reduceRows(0, at, first, columns, lanes);
    emitter.loop(emitter.constant(0), columns, lanes, [&](Value c) {
      SmallVector<Value> sums;
      for (const Buffer &buffer : buffers)
        sums.push_back(emitter.load(buffer, {Index{c, 1}}));
      finish(outer, emitter.add(first, c), sums);
    });
  }

  void allocateSums(int64_t columns) {
    for (ir::ReductionOpInterface r : reductions) {
      auto type = RankedTensorType::get(
          {columns}, cast<RankedTensorType>(r->getResult(0).getType()).getElementType());
      buffers.push_back({emitter.allocate(type), type, {}});
    }
  }

  std::vector<Buffer> buffers;

  // `count` vectors of columns from `first`, the last with `valid` lanes.
  void columns(ArrayRef<Index> outer, Value first, int64_t count, int64_t lanes) {
    SmallVector<Index> at(space.size(), Index{emitter.constant(0), 0});
    for (auto [axis, index] : llvm::zip_equal(kept, outer))
      at[axis] = index;
    SmallVector<Value> starts, sums;
    for (int64_t v = 0; v < count; ++v) {
      starts.push_back(emitter.add(first, emitter.constant(v * lanes)));
      for (ir::ReductionOpInterface r : reductions)
        sums.push_back(identityOf(emitter, r, lanes));
    }
    sums = reduce(0, at, starts, sums);
    for (int64_t v = 0; v < count; ++v)
      finish(outer, starts[v], ArrayRef<Value>(sums).slice(v * reductions.size(), reductions.size()));
  }
};
} // namespace

void emitFold(KernelCode &code) {
  Emitter emitter(code.builder, code.kernel.getLoc());
  code.bind(emitter);
  ir::KernelOp kernel = code.kernel;
  Fold fold{code, emitter, reducedSpace(kernel), reducedAxes(kernel), keptAxes(kernel),
            reductionStages(kernel).front(), {}};
  int64_t lanes = lanesOf(kernel, code.target), blocks = columnBlocks(kernel, code.target);
  int64_t size = fold.space.back(), block = columnsOf(kernel, code.target);
  if (blocks == 0)
    return;
  SmallVector<int64_t> outerSizes;
  for (int64_t axis : fold.kept)
    outerSizes.push_back(fold.space[axis]);

  bool inMemory = stretchOf(kernel, code.target) != 0;
  if (inMemory)
    fold.allocateSums(block);
  int64_t whole = size / block, rest = size % block;
  // Tiles are numbered block-major within an outer position; the last block of each may be short.
  emitter.loop(code.begin, code.end, 1, [&](Value tile) {
    SmallVector<Index> outer = delinearize(emitter, emitter.div(tile, blocks), outerSizes);
    Value j = emitter.rem(tile, blocks);
    auto full = [&] {
      emitter.setLanes(lanes, lanes);
      if (inMemory)
        fold.stretch(outer, emitter.mul(j, block), emitter.constant(block), lanes);
      else
        fold.columns(outer, emitter.mul(j, block), kVectorsAtOnce, lanes);
    };
    auto shortBlock = [&] {
      Value first = emitter.constant(whole * block);
      emitter.setLanes(lanes, lanes);
      if (int64_t vectors = rest / lanes; vectors && inMemory)
        fold.stretch(outer, first, emitter.constant(vectors * lanes), lanes);
      else if (vectors)
        fold.columns(outer, first, vectors, lanes);
      if (int64_t left = rest % lanes) {
        emitter.setLanes(lanes, left);
        fold.columns(outer, emitter.constant(size - left), 1, lanes);
      }
    };
    if (rest == 0)
      return full();
    if (whole == 0)
      return shortBlock();
    emitter.ifElse(emitter.less(j, emitter.constant(whole)), full, shortBlock);
  });
}

} // namespace gradus::compiler
