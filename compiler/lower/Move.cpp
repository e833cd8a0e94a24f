//===- Move.cpp - transposes ------------------------------------------------------------------===//
//
// A transpose that moves the innermost axis reads squares of lanes x lanes elements into registers,
// turns them there by shuffles in log2(lanes) rounds, and writes rows. Elementwise ops on the way are
// applied to the turned rows. Squares that cross the edge are read element by element.
//
// A band of several squares goes along the rows of the result: what it reads of a row of the source lies together,
// and it writes whole cache lines.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"

#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Movement.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace gradus::compiler {

static constexpr int64_t kBandSquares = 64;
static constexpr int64_t kStretchBytes = 512; // of a row of the result, written at once
static constexpr int64_t kStretchSingles = 8;  // the same without vectors: its code is a read and a write each

static bool movesInnermost(ir::TransposeOp op) {
  return op.getPermutation().back() + 1 != int64_t(op.getPermutation().size());
}

// The kernel's own transpose; others only change the indices at which movers read.
static ir::TransposeOp turningOp(ir::KernelOp kernel) {
  auto isMover = [](Operation *user) { return isa<ir::MoverOpInterface>(user); };
  for (auto transpose : kernel.getBody().front().getOps<ir::TransposeOp>())
    if (movesInnermost(transpose) && llvm::none_of(transpose->getUsers(), isMover))
      return transpose;
  llvm_unreachable("a move holds a transpose");
}

namespace {
struct Square {
  ArrayRef<int64_t> space; // of the result
  int64_t from;            // the axis of the result along which the source is contiguous
  int64_t lanes, bandRows, bands, outer;

  Square(ir::KernelOp kernel, const Target &target) : lanes(lanesOf(kernel, target)) {
    ir::TransposeOp op = turningOp(kernel);
    space = cast<RankedTensorType>(op.getType()).getShape();
    auto perm = op.getPermutation();
    from = llvm::find(perm, int64_t(perm.size()) - 1) - perm.begin();
    bandRows = std::min(ceilDiv(space[from], lanes), kBandSquares) * lanes;
    bands = ceilDiv(space[from], std::max<int64_t>(1, bandRows));
    outer = space.back() * space[from] != 0 ? product(space) / (space.back() * space[from]) : 0;
  }
};
} // namespace

int64_t moveTiles(ir::KernelOp kernel, const Target &target) {
  Square s(kernel, target);
  return s.outer * s.bands;
}

// rows[i][j] becomes rows[j][i]. Round `half` exchanges the blocks off the diagonal.
static void turn(OpBuilder &b, Location loc, SmallVectorImpl<Value> &rows) {
  int64_t n = rows.size();
  for (int64_t half = 1; half < n; half *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < n; ++i) {
      bool odd = (i / half) % 2;
      low.push_back(odd ? n + i - half : i);
      high.push_back(odd ? n + i : i + half);
    }
    for (int64_t i = 0; i < n; ++i) {
      if ((i / half) % 2)
        continue;
      Value a = rows[i], c = rows[i + half];
      rows[i] = b.create<vector::ShuffleOp>(loc, a, c, low);
      rows[i + half] = b.create<vector::ShuffleOp>(loc, a, c, high);
    }
  }
}

void emitMove(KernelCode &code) {
  Emitter e(code.builder, code.kernel.getLoc());
  code.bind(e);
  Square s(code.kernel, code.target);
  if (s.outer == 0)
    return;
  int64_t lanes = s.lanes, rank = s.space.size();
  auto which = llvm::to_vector(llvm::seq<unsigned>(0, code.kernel.getNumResults()));
  SmallVector<int64_t> outerSizes;
  SmallVector<int64_t> outerAxes;
  for (int64_t axis = 0; axis < rank - 1; ++axis)
    if (axis != s.from) {
      outerAxes.push_back(axis);
      outerSizes.push_back(s.space[axis]);
    }

  // Full squares: turned in registers.
  auto square = [&](SmallVector<Index> at, Value row, Value column) {
    e.inBlock([&] {
      ir::TransposeOp transpose = turningOp(code.kernel);
      SmallVector<Value> rows;
      for (int64_t i = 0; i < lanes; ++i) { // a vector of the source runs along the result's rows
        SmallVector<Index> there = at;
        there[s.from] = {row, 1};
        there[rank - 1] = {e.add(column, e.constant(i)), 0};
        SmallVector<Index> source(rank);
        for (auto [axis, index] : llvm::enumerate(there))
          source[transpose.getPermutation()[axis]] = index;
        rows.push_back(e.element(transpose->getOperand(0), source));
      }
      turn(code.builder, e.loc(), rows);
      for (int64_t i = 0; i < lanes; ++i) {
        e.define(transpose->getResult(0), [vector = rows[i]](Emitter &, ArrayRef<Index>) { return vector; });
        at[s.from] = {e.add(row, e.constant(i)), 0};
        at[rank - 1] = {column, 1};
        code.storeYields(e, which, at);
      }
      e.undefine(transpose->getResult(0));
    });
  };
  // What the squares leave over, by single reads.
  auto plain = [&](SmallVector<Index> at, Value firstRow, int64_t rows, Value firstColumn, int64_t columns) {
    e.loop(firstRow, e.add(firstRow, e.constant(rows)), 1, [&](Value row) {
      at[s.from] = {row, 0};
      vectorLoop(e, columns, lanes, [&](Value j) {
        at[rank - 1] = {e.add(firstColumn, j), 1};
        code.storeYields(e, which, at);
      });
    });
    e.setLanes(lanes, lanes);
  };

  int64_t columns = s.space.back(), wholeColumns = columns / lanes * lanes;
  int64_t element = std::max(8u, cast<RankedTensorType>(code.kernel.getResultTypes()[0]).getElementTypeBitWidth()) / 8;
  int64_t lineColumns = lanes == 1 ? kStretchSingles : std::max(lanes, kStretchBytes / element / lanes * lanes);
  // `rows` rows from `row`, a known number, along all columns.
  auto band = [&](SmallVector<Index> at, Value row, int64_t rows) {
    int64_t wholeRows = rows / lanes * lanes;
    auto squares = [&](Value column, int64_t count) {
      if (wholeRows)
        e.loop(e.constant(0), e.constant(wholeRows), lanes, [&](Value r) {
          for (int64_t c = 0; c < count; c += lanes)
            square(at, e.add(row, r), e.add(column, e.constant(c)));
        });
    };
    int64_t whole = wholeColumns / lineColumns * lineColumns;
    if (whole)
      e.loop(e.constant(0), e.constant(whole), lineColumns, [&](Value column) { squares(column, lineColumns); });
    if (wholeColumns > whole)
      squares(e.constant(whole), wholeColumns - whole);
    if (columns > wholeColumns && wholeRows)
      plain(at, row, wholeRows, e.constant(wholeColumns), columns - wholeColumns);
    if (rows > wholeRows)
      plain(at, e.add(row, e.constant(wholeRows)), rows - wholeRows, e.constant(0), columns);
  };

  int64_t wholeBands = s.space[s.from] / s.bandRows, restRows = s.space[s.from] % s.bandRows;
  e.setLanes(lanes, lanes);
  e.loop(code.begin, code.end, 1, [&](Value tile) {
    SmallVector<Index> outer = delinearize(e, e.div(tile, s.bands), outerSizes);
    SmallVector<Index> at(rank, Index{e.constant(0), 0});
    for (auto [axis, index] : llvm::zip_equal(outerAxes, outer))
      at[axis] = index;
    Value number = e.rem(tile, s.bands), row = e.mul(number, s.bandRows);
    auto full = [&] { e.inBlock([&] { band(at, row, s.bandRows); }); };
    auto last = [&] { e.inBlock([&] { band(at, e.constant(wholeBands * s.bandRows), restRows); }); };
    if (restRows == 0)
      full();
    else if (wholeBands == 0)
      last();
    else
      e.ifElse(e.less(number, e.constant(wholeBands)), full, last);
  });
}

} // namespace gradus::compiler
