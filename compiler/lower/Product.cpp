#include "compiler/lower/Product.h"
#include "compiler/lower/ProductParts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <algorithm>
#include <cassert>

using namespace mlir;

namespace gradus::compiler {

using namespace product;

int64_t MatrixAccess::offset(int64_t i, int64_t j) const {
  if (kind == Kind::Strided)
    return i * rowStride + j * colStride;
  int64_t first = j / panel * panel;
  return first * rows + i * std::min(panel, cols - first) + j % panel;
}

void emitProduct(OpBuilder &builder, Location loc, const ProductSpec &spec, const ProductPlan &plan,
                 const Target &, Value aPtr, Value bPtr, Value beginTile, Value endTile,
                 ProductEpilogue epilogue) {
  if (plan.tiles == 0)
    return;
  if (plan.swapped) {
    auto turned = [&](OpBuilder &b, Location at, const ProductElement &element) {
      ProductElement own = element;
      std::swap(own.row, own.col);
      std::swap(own.tileRow, own.tileCol);
      std::swap(own.rowOffset, own.colOffset);
      own.alongRows = !element.alongRows;
      epilogue(b, at, own);
    };
    ProductPlan inner = plan;
    inner.swapped = false;
    inner.alongRows = !plan.alongRows;
    Emit e(builder, loc, spec.element);
    Operands in{bPtr, aPtr, beginTile, endTile};
    if (plan.kind == ProductPlan::Template::Dot)
      return emitDot(e, transposed(spec), inner, in, turned);
    assert(plan.kind == ProductPlan::Template::Outer && "only vector templates are swapped");
    return emitOuter(e, transposed(spec), inner, in, turned);
  }
  Emit e(builder, loc, spec.element);
  Operands in{aPtr, bPtr, beginTile, endTile};
  switch (plan.kind) {
  case ProductPlan::Template::Outer:
    return emitOuter(e, spec, plan, in, epilogue);
  case ProductPlan::Template::Dot:
    return emitDot(e, spec, plan, in, epilogue);
  case ProductPlan::Template::Plain:
    return emitPlain(e, spec, plan, in, epilogue);
  }
}

// Everything that depends on the tile alone comes first, so that it is computed once per tile: the
// panel, too, if no tile crosses a panel.
Value emitOffset(OpBuilder &builder, Location loc, const MatrixAccess &access,
                 const ProductElement &at) {
  Emit e(builder, loc, builder.getI64Type());
  if (access.kind == MatrixAccess::Kind::Strided) {
    Value corner = e.add(e.mul(at.tileRow, access.rowStride), e.mul(at.tileCol, access.colStride));
    return e.add(corner, at.rowOffset * access.rowStride + at.colOffset * access.colStride);
  }
  bool tileInPanel = !at.alongRows && at.tileWidth > 0 && access.panel % at.tileWidth == 0;
  Value col = tileInPanel ? at.tileCol : at.col;
  int64_t colOffset = tileInPanel ? at.colOffset : 0;
  Value panel = e.div(col, access.panel);
  Value corner = e.add(e.mul(panel, access.rows * access.panel), // of the panel
                       e.sub(col, e.mul(panel, access.panel)));
  int64_t last = access.cols % access.panel;
  if (last == 0 || access.cols < access.panel) {
    int64_t width = last ? last : access.panel;
    return e.add(e.add(corner, e.mul(at.tileRow, width)), at.rowOffset * width + colOffset);
  }
  Value width = builder.create<arith::SelectOp>(loc, e.less(panel, access.cols / access.panel),
                                                e.constant(access.panel), e.constant(last));
  corner = e.add(corner, builder.createOrFold<arith::MulIOp>(loc, at.tileRow, width));
  return e.add(e.add(corner, e.mul(width, at.rowOffset)), colOffset);
}

} // namespace gradus::compiler
