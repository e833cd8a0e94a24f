#include "compiler/lower/ProductParts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace gradus::compiler::product {

namespace {

// A body of at most this many multiply-adds is emitted without a loop.
constexpr int64_t straightLine = 128;

// One level of the tree that turns sums spread over lanes into a vector of sums. Lane l of the
// result is x[l] + x[l^distance] where the bit `distance` of l is 0, else y[l] + y[l^distance].
// After a level for each bit of the lane number, lane l holds the whole sum of item l, if each
// level has paired items whose numbers differ in its bit.
Value emitLevel(Emit &e, Value x, Value y, int64_t distance, int64_t lanes) {
  SmallVector<int64_t> own, other;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    int64_t from = lane & distance ? lanes : 0;
    own.push_back(from + lane);
    other.push_back(from + (lane ^ distance));
  }
  if (!y) // an item that does not exist: its lanes repeat x
    return e.sum(x, e.shuffle(x, x, other));
  return e.sum(e.shuffle(x, y, own), e.shuffle(x, y, other));
}

// Levels distance, 2*distance, ... below `end` over items that are `distance` apart.
Value emitTree(Emit &e, SmallVector<Value> items, int64_t distance, int64_t end, int64_t lanes) {
  for (; distance < end; distance *= 2) {
    SmallVector<Value> next;
    for (size_t i = 0; i < items.size(); i += 2)
      next.push_back(
          emitLevel(e, items[i], i + 1 < items.size() ? items[i + 1] : Value(), distance, lanes));
    items = std::move(next);
  }
  return items[0];
}

class Dot {
public:
  Dot(Emit &e, const ProductSpec &spec, const ProductPlan &plan)
      : e(e), spec(spec), lanes(plan.lanes), mr(plan.mr), nc(plan.nv), groups(lanes / mr),
        scratch(e.scratch(groups * plan.nr * lanes)) {}

  // Sums of `columns` columns of the rows from `row` on; the rows come in `rowGroups` groups of mr.
  void emitSums(Value a, Value b, Value row, Value rowGroups, int64_t columns) {
    Split split(columns, nc);
    auto emitGroups = [&](int64_t firstGroup, int64_t count, int64_t width) {
      if (count == 0)
        return;
      int64_t firstColumn = firstGroup * split.base + std::min(firstGroup, split.extra);
      e.loop(e.constant(0), e.constant(count), 1, [&](Value index) {
        Value column = e.add(e.mul(index, width), firstColumn);
        Value right = e.at(b, e.mul(column, spec.b.colStride));
        e.loop(e.constant(0), rowGroups, 1, [&](Value group) {
          SmallVector<Value> rows = rowPointers(a, e.add(row, e.mul(group, mr)));
          SmallVector<Value> sums = emitDepth(rows, right, width);
          for (int64_t c = 0; c < width; ++c) {
            SmallVector<Value> items;
            for (int64_t r = 0; r < mr; ++r)
              items.push_back(sums[r * width + c]);
            Value slot = e.add(e.mul(e.add(column, c), groups), group);
            e.store(emitTree(e, items, 1, mr, lanes), e.at(scratch, e.mul(slot, lanes)));
          }
        });
      });
    };
    emitGroups(0, split.extra, split.base + 1);
    emitGroups(split.extra, split.parts - split.extra, split.base);
  }

  // The finished sums of `rows` rows of one column of the tile.
  ProductElement finish(int64_t rows, int64_t column) {
    SmallVector<Value> items;
    for (int64_t group = 0; group < ceilDiv(rows, mr); ++group)
      items.push_back(e.load(e.at(scratch, (column * groups + group) * lanes), lanes, lanes));
    Value sum = emitTree(e, items, mr, lanes, lanes);
    int64_t width = piecesOf(rows, lanes)[0].width;
    if (width == 1 && lanes > 1)
      sum = e.first(sum);
    else if (width < lanes)
      sum = e.shuffle(sum, sum, llvm::to_vector(llvm::seq<int64_t>(0, width)));
    ProductElement element;
    element.acc = sum;
    element.valid = rows;
    return element;
  }

private:
  Emit &e;
  const ProductSpec &spec;
  int64_t lanes, mr, nc, groups;
  Value scratch; ///< [column][row group][lanes]

  // In a last group that is not whole, the last row stands in for those that do not exist.
  SmallVector<Value> rowPointers(Value a, Value row) {
    SmallVector<Value> pointers;
    bool whole = spec.m % mr == 0;
    for (int64_t r = 0; r < mr; ++r) {
      Value at = e.add(row, r);
      if (!whole)
        at = e.min(at, spec.m - 1);
      pointers.push_back(whole && r > 0 ? e.at(pointers[0], r * spec.a.rowStride)
                                        : e.at(a, e.mul(at, spec.a.rowStride)));
    }
    return pointers;
  }

  // acc[r][c] += a[r][k..] * b[c][k..], lane by lane. Whichever side is longer passes through one
  // register.
  void step(ArrayRef<Value> rows, Value b, int64_t width, int64_t k, int64_t valid,
            MutableArrayRef<Value> acc) {
    auto left = [&](int64_t r) { return e.load(e.at(rows[r], k), lanes, valid); };
    auto right = [&](int64_t c) { return e.load(e.at(b, c * spec.b.colStride + k), lanes, valid); };
    auto into = [&](int64_t r, int64_t c, Value x, Value y) {
      acc[r * width + c] = e.multiplyAdd(x, y, acc[r * width + c]);
    };
    SmallVector<Value> held;
    if (mr <= width) {
      for (int64_t r = 0; r < mr; ++r)
        held.push_back(left(r));
      for (int64_t c = 0; c < width; ++c) {
        Value y = right(c);
        for (int64_t r = 0; r < mr; ++r)
          into(r, c, held[r], y);
      }
      return;
    }
    for (int64_t c = 0; c < width; ++c)
      held.push_back(right(c));
    for (int64_t r = 0; r < mr; ++r) {
      Value x = left(r);
      for (int64_t c = 0; c < width; ++c)
        into(r, c, x, held[c]);
    }
  }

  // The whole depth: vectors of partial sums, one for each of mr x width elements.
  SmallVector<Value> emitDepth(ArrayRef<Value> rows, Value b, int64_t width) {
    int64_t elements = mr * width, chains = dotChains(elements);
    int64_t unroll = std::max<int64_t>(chains, 2);
    int64_t steps = spec.k / lanes, tail = spec.k % lanes;
    SmallVector<Value> acc(elements * chains, e.zero(lanes));
    auto chain = [&](SmallVector<Value> &sums, int64_t index) {
      return MutableArrayRef<Value>(sums).slice(index % chains * elements, elements);
    };
    int64_t looped = steps * elements > straightLine ? steps / unroll * unroll : 0;
    if (looped)
      acc = e.loop(e.constant(0), e.constant(looped * lanes), unroll * lanes, acc,
                   [&](Value k, ValueRange carried) {
                     SmallVector<Value> sums(carried), at;
                     for (Value row : rows)
                       at.push_back(e.at(row, k));
                     Value right = e.at(b, k);
                     for (int64_t u = 0; u < unroll; ++u)
                       step(at, right, width, u * lanes, lanes, chain(sums, u));
                     return sums;
                   });
    for (int64_t s = looped; s < steps; ++s)
      step(rows, b, width, s * lanes, lanes, chain(acc, s));
    if (tail)
      step(rows, b, width, steps * lanes, tail, chain(acc, steps));
    for (int64_t half = chains / 2; half > 0; half /= 2)
      for (int64_t i = 0; i < half * elements; ++i)
        acc[i] = e.sum(acc[i], acc[half * elements + i]);
    acc.resize(elements);
    return acc;
  }
};

} // namespace

// A tile is a vector's worth of rows by up to dotColumns columns. Its elements are first summed as
// vectors along the depth, mr rows by nc columns at a time, and kept in scratch memory; then,
// column by column, a tree of shuffles adds up the lanes so that the rows lie side by side in one
// vector.
void emitDot(Emit &e, const ProductSpec &spec, const ProductPlan &plan, Operands in,
             ProductEpilogue epilogue) {
  Dot dot(e, spec, plan);
  Split panels(spec.n, dotColumns);
  int64_t wholeTiles = spec.m / plan.lanes, rest = spec.m % plan.lanes;

  e.loop(in.begin, in.end, 1, [&](Value tile) {
    TileIndex at = locateTile(e, spec, plan, tile, in.a, in.b);
    Value row = e.mul(at.rowTile, plan.lanes);
    Value col = e.start(panels, at.panel);
    Value isWhole = e.less(at.rowTile, wholeTiles);
    Value rowGroups = e.constant(ceilDiv(rest ? rest : plan.lanes, plan.mr));
    if (rest && wholeTiles)
      rowGroups =
          e.b.create<arith::SelectOp>(e.loc, isWhole, e.constant(plan.lanes / plan.mr), rowGroups);
    Value b = e.at(at.b, e.mul(col, spec.b.colStride));

    auto finish = [&](int64_t rows, int64_t columns) {
      for (int64_t c = 0; c < columns; ++c) {
        ProductElement element = dot.finish(rows, c);
        element.batch = at.batch;
        element.row = element.tileRow = row;
        element.tileCol = col;
        element.col = e.add(col, c);
        element.colOffset = c;
        element.alongRows = true;
        element.tileWidth = plan.lanes;
        epilogue(e.b, e.loc, element);
      }
    };
    auto emitColumns = [&](int64_t columns) {
      dot.emitSums(at.a, b, row, rowGroups, columns);
      if (!rest)
        return finish(plan.lanes, columns);
      if (!wholeTiles)
        return finish(rest, columns);
      e.when(isWhole, [&] { finish(plan.lanes, columns); }, [&] { finish(rest, columns); });
    };
    if (panels.extra == 0)
      return emitColumns(panels.base);
    e.when(
        e.less(at.panel, panels.extra), [&] { emitColumns(panels.base + 1); },
        [&] { emitColumns(panels.base); });
  });
}

} // namespace gradus::compiler::product
