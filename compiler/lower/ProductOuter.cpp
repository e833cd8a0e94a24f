#include "compiler/lower/ProductParts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace gradus::compiler::product {

namespace {

// A body of at most this many multiply-adds is emitted without a loop.
constexpr int64_t straightLine = 96;

/// A run of k over which both operands move by fixed steps: outer*inner values of k.
struct Segment {
  int64_t outer, inner;
  int64_t aOuter, aRow, aCol; ///< strides of a
  Value a;                    ///< element (tile row, first k)
  int64_t first;              ///< first k
};

/// The micro-kernel: the sums of one tile.
class Tile {
public:
  Tile(Emit &e, const ProductSpec &spec, int64_t rows, int64_t width, int64_t lanes)
      : e(e), spec(spec), rows(rows), pieces(piecesOf(width, lanes)) {}

  Emit &e;
  const ProductSpec &spec;
  int64_t rows;
  SmallVector<Piece> pieces;
  Value b;           ///< element (0, tile column)
  Value bStride;     ///< elements from one k to the next, if only known at run time
  int64_t bStep = 0; ///< the same, if known now

  SmallVector<Value> sums(ArrayRef<Segment> segments) const {
    SmallVector<Value> acc;
    for (int64_t row = 0; row < rows; ++row)
      for (const Piece &piece : pieces)
        acc.push_back(e.zero(piece.width));
    for (const Segment &segment : segments)
      acc = sumSegment(segment, acc);
    return acc;
  }

private:
  int64_t fmas() const { return rows * static_cast<int64_t>(pieces.size()); }
  // Enough to hide the loop; more only costs time to compile.
  int64_t unroll() const { return fmas() >= 16 ? 2 : 4; }

  Value bAt(Value base, int64_t k) const {
    if (!bStride)
      return e.at(base, k * bStep);
    return k == 0 ? base : e.at(base, e.mul(bStride, k));
  }
  Value bAt(Value base, Value k) const {
    if (!bStride)
      return e.at(base, e.mul(k, bStep));
    return e.at(base, e.b.createOrFold<arith::MulIOp>(e.loc, k, bStride));
  }

  // acc[r][v] += a[r] * b[v] for one k
  void step(const Segment &s, Value a, Value bRow, int64_t k, SmallVector<Value> &acc) const {
    Value at = bAt(bRow, k);
    SmallVector<Value> columns;
    for (const Piece &piece : pieces)
      columns.push_back(e.load(e.at(at, piece.offset), piece.width, piece.valid));
    for (int64_t row = 0; row < rows; ++row) {
      Value scalar = e.load(e.at(a, row * s.aRow + k * s.aCol), 1, 1);
      Value splat;
      int64_t width = 0;
      for (size_t v = 0; v < pieces.size(); ++v) {
        if (pieces[v].width != width)
          splat = e.splat(scalar, width = pieces[v].width);
        Value &sum = acc[row * pieces.size() + v];
        sum = e.multiplyAdd(splat, columns[v], sum);
      }
    }
  }

  SmallVector<Value> steps(const Segment &s, Value a, Value bRow, int64_t from, int64_t to,
                           ValueRange carried) const {
    SmallVector<Value> acc(carried);
    for (int64_t k = from; k < to; ++k)
      step(s, a, bRow, k, acc);
    return acc;
  }

  // The contiguous run of `inner` values of k.
  SmallVector<Value> sumRun(const Segment &s, Value a, Value bRow, ValueRange carried) const {
    int64_t unroll = this->unroll();
    if (s.inner < 2 * unroll || s.inner * fmas() <= straightLine)
      return steps(s, a, bRow, 0, s.inner, carried);
    auto body = [&](int64_t count) {
      return [&, count](Value k, ValueRange acc) {
        return steps(s, e.at(a, e.mul(k, s.aCol)), bAt(bRow, k), 0, count, acc);
      };
    };
    int64_t main = s.inner / unroll * unroll;
    SmallVector<Value> acc = e.loop(e.constant(0), e.constant(main), unroll, carried, body(unroll));
    if (s.inner - main == 1)
      return steps(s, a, bRow, main, s.inner, acc);
    if (s.inner > main)
      acc = e.loop(e.constant(main), e.constant(s.inner), 1, acc, body(1));
    return acc;
  }

  SmallVector<Value> sumSegment(const Segment &s, ValueRange carried) const {
    Value bRow = bAt(b, s.first);
    if (s.outer == 1)
      return sumRun(s, s.a, bRow, carried);
    return e.loop(e.constant(0), e.constant(s.outer), 1, carried, [&](Value index, ValueRange acc) {
      return sumRun(s, e.at(s.a, e.mul(index, s.aOuter)), bAt(bRow, e.mul(index, s.inner)), acc);
    });
  }
};

// k runs through a strided a in one go; through panels of a it runs panel by panel, and the last
// panel may be narrower and so have other strides.
SmallVector<Segment> segmentsOf(Emit &e, const ProductSpec &spec, Value a, Value row) {
  SmallVector<Segment> segments;
  const MatrixAccess &access = spec.a;
  if (spec.k == 0)
    return segments;
  if (access.kind == MatrixAccess::Kind::Strided) {
    Value tile = e.at(a, e.mul(row, access.rowStride));
    segments.push_back({1, spec.k, 0, access.rowStride, access.colStride, tile, 0});
    return segments;
  }
  int64_t whole = spec.k / access.panel, last = spec.k % access.panel;
  int64_t panelSize = access.rows * access.panel;
  // The panels of the matrix go on beyond k if it is wider than this product is deep.
  int64_t lastWidth = std::min(access.panel, access.cols - whole * access.panel);
  if (whole > 0)
    segments.push_back(
        {whole, access.panel, panelSize, access.panel, 1, e.at(a, e.mul(row, access.panel)), 0});
  if (last > 0)
    segments.push_back({1, last, 0, lastWidth, 1,
                        e.at(e.at(a, whole * panelSize), e.mul(row, lastWidth)),
                        whole * access.panel});
  return segments;
}

// Copies the columns of a tile, all k rows, from b to dense rows of `step` elements.
void emitCopy(Tile &tile, int64_t depth, Value to, int64_t step) {
  Emit &e = tile.e;
  e.loop(e.constant(0), e.constant(depth), 1, [&](Value k) {
    Value from = e.at(tile.b, e.mul(k, tile.bStep)), row = e.at(to, e.mul(k, step));
    for (const Piece &piece : tile.pieces)
      e.store(e.load(e.at(from, piece.offset), piece.width, piece.valid), e.at(row, piece.offset));
  });
}

// Emits the tiles of one product: which class of columns and rows a tile belongs to, and for each
// combination one straight micro-kernel.
class Outer {
public:
  Outer(Emit &e, const ProductSpec &spec, const ProductPlan &plan, ProductEpilogue epilogue)
      : e(e), spec(spec), plan(plan), epilogue(epilogue), columns(spec, plan.nv, plan.lanes),
        rows(spec.m, plan.mr), copyStep(ceilDiv(plan.nr, plan.lanes) * plan.lanes) {
    if (plan.copiesPanel)
      copy = e.scratch(spec.k * copyStep);
  }

  // isFirst: this range of tiles begins here.
  void emitTile(const TileIndex &index, Value isFirst) {
    at = index;
    row = e.start(rows, at.rowTile);
    col = columns.width ? e.mul(at.panel, columns.width)
                        : e.mul(e.start(columns.split, at.panel), plan.lanes);
    if (plan.copiesPanel)
      isFresh = e.b.createOrFold<arith::OrIOp>(e.loc, isFirst, e.less(at.rowTile, 1));
    emitColumns(0, 0);
  }

private:
  Emit &e;
  const ProductSpec &spec;
  const ProductPlan &plan;
  ProductEpilogue epilogue;
  OuterColumns columns;
  Split rows;
  int64_t copyStep;
  Value copy; ///< [k][copyStep], the columns of the current panel
  TileIndex at;
  Value row, col, isFresh;

  void emitColumns(size_t index, int64_t end) {
    if (index + 1 == columns.classes.size())
      return emitRows(index);
    end += columns.classes[index].count;
    e.when(e.less(at.panel, end), [&] { emitRows(index); }, [&] { emitColumns(index + 1, end); });
  }

  void emitRows(size_t index) {
    if (plan.copiesPanel)
      e.when(isFresh, [&] {
        Tile tile(e, spec, 1, columns.classes[index].width, plan.lanes);
        placeColumns(tile, index);
        emitCopy(tile, spec.k, copy, copyStep);
      });
    if (rows.extra == 0)
      return emitSums(rows.base, index);
    e.when(
        e.less(at.rowTile, rows.extra), [&] { emitSums(rows.base + 1, index); },
        [&] { emitSums(rows.base, index); });
  }

  void emitSums(int64_t tileRows, size_t index) {
    Tile tile(e, spec, tileRows, columns.classes[index].width, plan.lanes);
    if (plan.copiesPanel) {
      tile.b = copy;
      tile.bStep = copyStep;
    } else {
      placeColumns(tile, index);
    }
    SmallVector<Value> sums = tile.sums(segmentsOf(e, spec, at.a, row));
    for (int64_t r = 0; r < tileRows; ++r)
      for (size_t v = 0; v < tile.pieces.size(); ++v) {
        const Piece &piece = tile.pieces[v];
        epilogue(e.b, e.loc,
                 ProductElement{at.batch, e.add(row, r), e.add(col, piece.offset),
                                sums[r * tile.pieces.size() + v], piece.valid, false, row, col, r,
                                piece.offset, columns.width});
      }
  }

  // Where the columns of a tile begin in b, and how far apart its rows are.
  void placeColumns(Tile &tile, size_t index) {
    const MatrixAccess &b = spec.b;
    if (b.kind == MatrixAccess::Kind::Strided) {
      tile.b = e.at(at.b, col);
      tile.bStep = b.rowStride;
      return;
    }
    Value panel = e.div(col, b.panel);
    Value inside = e.sub(col, e.mul(panel, b.panel));
    tile.b = e.at(at.b, e.add(e.mul(panel, b.rows * b.panel), inside));
    int64_t whole = b.cols / b.panel, lastWidth = b.cols % b.panel;
    bool isTail = index + 1 == columns.classes.size() && spec.n % columns.width != 0;
    if (lastWidth == 0 || (columns.width == b.panel && !isTail))
      tile.bStep = b.panel;
    else if (isTail || whole == 0)
      tile.bStep = lastWidth;
    else // a tile may lie in the last panel, which is narrower
      tile.bStride = e.b.create<arith::SelectOp>(e.loc, e.less(panel, whole), e.constant(b.panel),
                                                 e.constant(lastWidth));
  }
};

} // namespace

void emitOuter(Emit &e, const ProductSpec &spec, const ProductPlan &plan, Operands in,
               ProductEpilogue epilogue) {
  Outer outer(e, spec, plan, epilogue);
  e.loop(in.begin, in.end, 1, [&](Value tile) {
    Value isFirst = e.equal(tile, in.begin);
    outer.emitTile(locateTile(e, spec, plan, tile, in.a, in.b), isFirst);
  });
}

} // namespace gradus::compiler::product
