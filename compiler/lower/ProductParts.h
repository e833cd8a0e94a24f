// What the templates of matrix products share: how an axis is cut into tiles, and short names for
// the operations they emit. Private to compiler/lower/Product*.cpp.
#ifndef GRADUS_COMPILER_LOWER_PRODUCTPARTS_H
#define GRADUS_COMPILER_LOWER_PRODUCTPARTS_H

#include "compiler/codegen/Target.h"
#include "compiler/lower/Product.h"

#include "llvm/ADT/SmallVector.h"

namespace gradus::compiler::product {

int64_t elementBytes(mlir::Type element);
inline int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// An axis of `units` units cut into `parts` consecutive parts whose sizes differ by at most one:
/// the first `extra` parts have base+1 units, the others base. So the last part is never a sliver
/// that leaves most of the registers unused, and two bodies of code serve every part.
struct Split {
  int64_t parts = 0, base = 0, extra = 0;
  Split() = default;
  /// As few parts as hold at most `largest` units each.
  Split(int64_t units, int64_t largest)
      : parts(ceilDiv(units, largest)), base(parts ? units / parts : 0),
        extra(parts ? units % parts : 0) {}
  int64_t largest() const { return base + (extra ? 1 : 0); }
};

/// A vector inside a tile: columns offset..offset+valid-1 in a register of `width` lanes (1:
/// scalar).
struct Piece {
  int64_t offset, width, valid;
};
/// Full vectors, then one of the next power of two for what is left.
llvm::SmallVector<Piece> piecesOf(int64_t columns, int64_t lanes);

/// `count` consecutive tiles of equal width.
struct ColumnClass {
  int64_t count, width;
};

/// How the columns of an Outer product are cut into tiles.
struct OuterColumns {
  /// spec: after swapping; nv: most vectors per tile.
  OuterColumns(const ProductSpec &spec, int64_t nv, int64_t lanes);
  int64_t tiles() const;
  llvm::SmallVector<ColumnClass> classes;
  /// Start of tile i: i*width if width is positive, else that of part i of `split`, in vectors.
  int64_t width = 0;
  Split split;
};

/// The widest tile that divides a panel and has at most nv vectors.
int64_t widthInPanel(int64_t panel, int64_t nv, int64_t lanes);

/// The transposed product: c^T = b^T a^T. Both accesses must be Strided.
ProductSpec transposed(const ProductSpec &spec);

/// Most columns of a tile of Dot: each takes a tree of sums and an epilogue of its own.
constexpr int64_t dotColumns = 16;

/// How many independent sums an element of Dot is split into, so that even a tile of few elements
/// keeps the multiply-adds busy while each waits for the one before.
inline int64_t dotChains(int64_t elements) { return elements >= 8 ? 1 : elements >= 4 ? 2 : 4; }

/// Short names for what is emitted. All indices and offsets are i64, in elements.
class Emit {
public:
  Emit(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type element)
      : b(builder), loc(loc), element(element) {}

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type element;

  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value add(mlir::Value x, int64_t y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, int64_t y);
  mlir::Value div(mlir::Value x, int64_t y); ///< of values that are not negative
  mlir::Value rem(mlir::Value x, int64_t y); ///< of values that are not negative
  mlir::Value min(mlir::Value x, int64_t y);
  mlir::Value less(mlir::Value x, int64_t y);
  mlir::Value equal(mlir::Value x, mlir::Value y);
  /// Start of part `index` of a split, in units.
  mlir::Value start(const Split &split, mlir::Value index);

  /// Pointer to the element at base + offset.
  mlir::Value at(mlir::Value base, mlir::Value offset);
  mlir::Value at(mlir::Value base, int64_t offset);

  mlir::Type vector(int64_t width); ///< the element itself for width 1
  mlir::Value zero(int64_t width);
  mlir::Value load(mlir::Value pointer, int64_t width, int64_t valid);
  void store(mlir::Value value, mlir::Value pointer);
  mlir::Value splat(mlir::Value scalar, int64_t width);
  mlir::Value first(mlir::Value vector); ///< its lane 0
  mlir::Value sum(mlir::Value x, mlir::Value y);
  /// x*y + acc, rounded once for floating point.
  mlir::Value multiplyAdd(mlir::Value x, mlir::Value y, mlir::Value acc);
  mlir::Value shuffle(mlir::Value x, mlir::Value y, llvm::ArrayRef<int64_t> lanes);

  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)>;
  /// for (i = lower; i < upper; i += step) init = body(i, init)
  llvm::SmallVector<mlir::Value> loop(mlir::Value lower, mlir::Value upper, int64_t step,
                                      mlir::ValueRange init, Body body);
  void loop(mlir::Value lower, mlir::Value upper, int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  void when(mlir::Value condition, llvm::function_ref<void()> yes,
            llvm::function_ref<void()> no = nullptr);

  /// Memory on the stack of the function around, taken once, at its entry.
  mlir::Value scratch(int64_t elements);
};

/// A tile of a batch of matrices.
struct TileIndex {
  mlir::Value batch, panel, rowTile, a, b; ///< a and b: pointers to the matrices of this batch
};
TileIndex locateTile(Emit &e, const ProductSpec &spec, const ProductPlan &plan, mlir::Value tile,
                     mlir::Value aPtr, mlir::Value bPtr);

struct Operands {
  mlir::Value a, b, begin, end;
};
void emitOuter(Emit &e, const ProductSpec &spec, const ProductPlan &plan, Operands in,
               ProductEpilogue epilogue);
void emitDot(Emit &e, const ProductSpec &spec, const ProductPlan &plan, Operands in,
             ProductEpilogue epilogue);
void emitPlain(Emit &e, const ProductSpec &spec, const ProductPlan &plan, Operands in,
               ProductEpilogue epilogue);

} // namespace gradus::compiler::product

#endif
