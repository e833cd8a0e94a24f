//===- Fold.cpp - reductions over outer axes --------------------------------------------------===//
//
// result[o, j] = combine over i of x[o, i, j]: lanes run along j, the innermost axis, and several
// vectors of j are carried at once. The order of i is fixed, so the sum does not depend on threads.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"

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

static int64_t columnBlocks(ir::KernelOp kernel, const Target &target) {
  return ceilDiv(reducedSpace(kernel).back(), lanesOf(kernel, target) * kVectorsAtOnce);
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
    auto which = llvm::to_vector(llvm::seq<unsigned>(0, code.kernel.getNumResults()));
    for (int64_t v = 0; v < count; ++v)
      emitter.inBlock([&] {
        for (auto [i, r] : llvm::enumerate(reductions)) {
          Value sum = sums[v * reductions.size() + i];
          emitter.define(r->getResult(0), [sum](Emitter &, ArrayRef<Index>) { return sum; });
        }
        SmallVector<Index> to(outer);
        to.push_back({starts[v], 1});
        code.storeYields(emitter, which, to);
      });
  }
};
} // namespace

void emitFold(KernelCode &code) {
  Emitter emitter(code.builder, code.kernel.getLoc());
  code.bind(emitter);
  ir::KernelOp kernel = code.kernel;
  Fold fold{code, emitter, reducedSpace(kernel), reducedAxes(kernel), keptAxes(kernel),
            reductionStages(kernel).front()};
  int64_t lanes = lanesOf(kernel, code.target), blocks = columnBlocks(kernel, code.target);
  int64_t size = fold.space.back(), block = lanes * kVectorsAtOnce;
  if (blocks == 0)
    return;
  SmallVector<int64_t> outerSizes;
  for (int64_t axis : fold.kept)
    outerSizes.push_back(fold.space[axis]);

  int64_t whole = size / block, rest = size % block;
  // Tiles are numbered block-major within an outer position; the last block of each may be short.
  emitter.loop(code.begin, code.end, 1, [&](Value tile) {
    SmallVector<Index> outer = delinearize(emitter, emitter.div(tile, blocks), outerSizes);
    Value j = emitter.rem(tile, blocks);
    auto full = [&] {
      emitter.setLanes(lanes, lanes);
      fold.columns(outer, emitter.mul(j, block), kVectorsAtOnce, lanes);
    };
    auto shortBlock = [&] {
      Value first = emitter.constant(whole * block);
      emitter.setLanes(lanes, lanes);
      if (int64_t vectors = rest / lanes)
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
