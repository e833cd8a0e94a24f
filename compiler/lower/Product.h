// Matrix products as loops over vectors: from shapes, layouts and a target to tiles of registers.
// How the templates work, and why, is told in PRODUCT.md beside this file.
#ifndef GRADUS_COMPILER_LOWER_PRODUCT_H
#define GRADUS_COMPILER_LOWER_PRODUCT_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <vector>

namespace gradus::compiler {

struct Target;

/// Where element (i,j) of a matrix lies, in elements from its base pointer.
struct MatrixAccess {
  enum class Kind {
    Strided, ///< i*rowStride + j*colStride
    Panels   ///< (j/panel)*rows*panel + i*w + j%panel, w = min(panel, cols - (j/panel)*panel)
  };
  Kind kind = Kind::Strided;
  int64_t rowStride = 0, colStride = 0;
  int64_t rows = 0, cols = 0, panel = 0;

  static MatrixAccess strided(int64_t rowStride, int64_t colStride) {
    return {Kind::Strided, rowStride, colStride, 0, 0, 0};
  }
  static MatrixAccess panels(int64_t rows, int64_t cols, int64_t panel) {
    return {Kind::Panels, 0, 0, rows, cols, panel};
  }
  /// The offset of element (i,j).
  int64_t offset(int64_t i, int64_t j) const;
};

/// c[i,j] = sum over k of a[i,k]*b[k,j], for each of `batch` pairs of matrices.
struct ProductSpec {
  /// Which way the vectors run that the epilogue gets.
  enum class Along { Either, Columns, Rows };
  int64_t m = 0, n = 0, k = 0; ///< any of them may be 0
  MatrixAccess a;              ///< m x k; Panels: rows = m, cols = k
  MatrixAccess b;              ///< k x n; Panels: rows = k, cols = n
  mlir::Type element;          ///< f32, f64, i32 or i64
  int64_t batch = 1;
  int64_t aBatchStride = 0, bBatchStride = 0; ///< in elements
  /// A wish of the epilogue's, usually the contiguous axis of its result; followed wherever a
  /// vector template allows it at all.
  Along along = Along::Either;
  /// If positive, the panel width in which the result (or a state that the epilogue updates) is
  /// stored: tiles then begin at multiples of a width that divides it, as they do by themselves
  /// where b is in such panels. So each panel has one owner among the threads.
  int64_t resultPanel = 0;
};

/// How a product is cut into tiles and registers. A function of shape, layout and target alone.
struct ProductPlan {
  enum class Template { Outer, Dot, Plain };
  Template kind = Template::Plain;
  /// The transposed product is emitted: cT = bT*aT.
  bool swapped = false;
  /// The vectors that the epilogue gets run along the rows of c.
  bool alongRows = false;
  /// Lanes of a full vector.
  int64_t lanes = 1;
  /// Outer: mr rows by nv vectors of accumulators. Dot: mr rows by nv columns, vectors along k.
  int64_t mr = 1, nv = 1;
  /// Widest tile in columns (after swapping).
  int64_t nr = 1;
  /// Sizes after swapping: tiles = batch * panels * rowTiles, the panel outside the row tile, so
  /// that a static split of [0, tiles) gives each thread its own columns of b. `group` panels (a
  /// divisor of panels) go together over the rows.
  int64_t panels = 0, rowTiles = 0, group = 1, tiles = 0;
  /// Each panel of b is first copied to the stack, at most 64 KiB, and read from there.
  bool copiesPanel = false;
  /// Estimated cycles of one core, for a scheduler that compares layouts.
  double cycles = 0;
};

/// The plan for a product; never fails for a spec whose sizes are not negative.
ProductPlan planProduct(const ProductSpec &spec, const Target &target);

/// The panel width (columns) in which a matrix that is the right operand of products should be
/// stored so that they run at full speed on this target. cols: columns of the matrix.
int64_t preferredPanel(int64_t cols, const Target &target, int64_t elementBytes = 4);

/// A finished piece of c: sums of row `row`, columns col..col+valid-1 (alongRows=false), or of rows
/// row..row+valid-1, column `col` (alongRows=true).
struct ProductElement {
  mlir::Value batch, row, col; ///< i64
  /// A vector of at most plan.lanes lanes, or a scalar where it holds one element. Lanes from
  /// `valid` on hold nothing of use and must not be stored.
  mlir::Value acc;
  int64_t valid = 1;
  bool alongRows = false;
  /// row = tileRow + rowOffset, col = tileCol + colOffset: the tile's corner is the same value for
  /// all elements of one tile, so that what is computed from it is shared.
  mlir::Value tileRow, tileCol;
  int64_t rowOffset = 0, colOffset = 0;
  /// If positive, all tiles begin at columns (rows, if alongRows) that are multiples of tileWidth,
  /// and none is wider.
  int64_t tileWidth = 0;
};

/// Consumes one piece of c where the builder stands. All pieces of a tile come in the same block
/// (not so for Plain: one element per block): row by row if they run along columns, and column by
/// column if they run along rows.
using ProductEpilogue =
    llvm::function_ref<void(mlir::OpBuilder &, mlir::Location, const ProductElement &)>;

/// Emits the tiles [beginTile, endTile) of the product: loops, loads of a and b, sums in registers,
/// and whatever the epilogue does with them. aPtr, bPtr: !llvm.ptr to element (0,0) of the first
/// matrices; beginTile, endTile: i64 within [0, plan.tiles]. Reads no byte outside the matrices.
/// The order of summation depends on spec and target, never on the tile range. k = 0 gives zeros.
void emitProduct(mlir::OpBuilder &builder, mlir::Location loc, const ProductSpec &spec,
                 const ProductPlan &plan, const Target &target, mlir::Value aPtr, mlir::Value bPtr,
                 mlir::Value beginTile, mlir::Value endTile, ProductEpilogue epilogue);

/// The offset (i64, in elements) of a piece of c in a matrix that is laid out as `access`: what an
/// epilogue needs to load other operands and to store. For Panels the vector must not cross a
/// panel.
mlir::Value emitOffset(mlir::OpBuilder &builder, mlir::Location loc, const MatrixAccess &access,
                       const ProductElement &at);

} // namespace gradus::compiler

#endif
