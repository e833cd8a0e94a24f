#include "compiler/lower/ProductParts.h"

using namespace mlir;

namespace gradus::compiler::product {

namespace {

Value emitAddress(Emit &e, const MatrixAccess &access, Value base, Value i, Value j) {
  ProductElement at;
  at.row = at.tileRow = i;
  at.col = at.tileCol = j;
  return e.at(base, emitOffset(e.b, e.loc, access, at));
}

} // namespace

// One element after another, for layouts in which no axis is contiguous. A tile is one row.
void emitPlain(Emit &e, const ProductSpec &spec, const ProductPlan &plan, Operands in,
               ProductEpilogue epilogue) {
  e.loop(in.begin, in.end, 1, [&](Value tile) {
    TileIndex at = locateTile(e, spec, plan, tile, in.a, in.b);
    Value zero = e.constant(0);
    e.loop(zero, e.constant(spec.n), 1, [&](Value col) {
      Value acc = e.zero(1);
      if (spec.k > 0)
        acc = e.loop(zero, e.constant(spec.k), 1, ValueRange{acc},
                     [&](Value k, ValueRange carried) -> SmallVector<Value> {
                       Value x = e.load(emitAddress(e, spec.a, at.a, at.rowTile, k), 1, 1);
                       Value y = e.load(emitAddress(e, spec.b, at.b, k, col), 1, 1);
                       return {e.multiplyAdd(x, y, carried[0])};
                     })[0];
      epilogue(e.b, e.loc,
               ProductElement{at.batch, at.rowTile, col, acc, 1, false, at.rowTile, col, 0, 0});
    });
  });
}

} // namespace gradus::compiler::product
