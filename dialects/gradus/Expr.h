// Operators on values, so that a gradient rule reads as a formula. Operands have equal static
// shapes; a double becomes a constant of the other operand's type. Everything built is gradus ops.
#pragma once
#include "dialects/gradus/Rules.h"
#include "mlir/IR/Builders.h"

namespace gradus::ir {

class Expr {
public:
  Expr() = default; ///< no gradient
  Expr(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value)
      : build(&builder), location(loc), val(value) {}
  operator mlir::Value() const { return val; }
  mlir::Value value() const { return val; }
  mlir::OpBuilder &builder() const { return *build; }
  mlir::Location loc() const { return *location; }
  mlir::RankedTensorType type() const { return llvm::cast<mlir::RankedTensorType>(val.getType()); }
  llvm::ArrayRef<int64_t> shape() const { return type().getShape(); }
  int64_t rank() const { return type().getRank(); }
  Expr with(mlir::Value other) const { return {*build, *location, other}; }

private:
  mlir::OpBuilder *build = nullptr;
  std::optional<mlir::Location> location;
  mlir::Value val;
};

llvm::SmallVector<Expr> exprs(mlir::OpBuilder &builder, mlir::Location loc,
                              mlir::ValueRange values);

/// A constant of this shape and element type, all elements `value`.
mlir::Value splat(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                  double value);
Expr constantLike(Expr like, double value);
inline Expr zerosLike(Expr like) { return constantLike(like, 0); }
inline Expr onesLike(Expr like) { return constantLike(like, 1); }

Expr operator-(Expr x);
#define GRADUS_EXPR_BINARY(name)                                                                   \
  Expr name(Expr a, Expr b);                                                                       \
  inline Expr name(Expr a, double b) { return name(a, constantLike(a, b)); }                       \
  inline Expr name(double a, Expr b) { return name(constantLike(b, a), b); }
GRADUS_EXPR_BINARY(operator+)
GRADUS_EXPR_BINARY(operator-)
GRADUS_EXPR_BINARY(operator*)
GRADUS_EXPR_BINARY(operator/)
GRADUS_EXPR_BINARY(pow)
GRADUS_EXPR_BINARY(maximum)
GRADUS_EXPR_BINARY(minimum)
GRADUS_EXPR_BINARY(eq)
GRADUS_EXPR_BINARY(ne)
GRADUS_EXPR_BINARY(lt)
GRADUS_EXPR_BINARY(le)
GRADUS_EXPR_BINARY(gt)
GRADUS_EXPR_BINARY(ge)
#undef GRADUS_EXPR_BINARY

Expr exp(Expr x);
Expr log(Expr x);
Expr sqrt(Expr x);
Expr log1p(Expr x);
Expr rsqrt(Expr x);
Expr sin(Expr x);
Expr cos(Expr x);
Expr sinh(Expr x);
Expr cosh(Expr x);
Expr tanh(Expr x);
Expr erfc(Expr x);
Expr digamma(Expr x);
Expr trigamma(Expr x);
Expr tetragamma(Expr x);
Expr square(Expr x);
/// To the nearest whole number, halves to even.
Expr round(Expr x);
/// With beta 1 and threshold 20.
Expr softplus(Expr x);
Expr abs(Expr x);
Expr sign(Expr x);
Expr sigmoid(Expr x);
Expr relu(Expr x);
Expr hypot(Expr a, Expr b);
Expr xlogy(Expr a, Expr b);
Expr copysign(Expr a, Expr b);
Expr both(Expr a, Expr b);
Expr either(Expr a, Expr b);
Expr where(Expr condition, Expr a, Expr b);
Expr cast(Expr x, mlir::Type element);
/// 0 where `less`, d/2 where `equal`, else d.
Expr share(Expr d, Expr less, Expr equal);

Expr sum(Expr x, llvm::ArrayRef<int64_t> axes);
Expr max(Expr x, llvm::ArrayRef<int64_t> axes);
Expr min(Expr x, llvm::ArrayRef<int64_t> axes);
Expr cumsum(Expr x, int64_t axis, bool reverse = false, bool exclusive = false);
Expr cumprod(Expr x, int64_t axis, bool reverse = false, bool exclusive = false);
/// y = init at the first place, then y[i+1] = a[i] y[i] + b[i].
Expr linearScan(Expr a, Expr b, int64_t axis, bool reverse, double init);
/// Values and indices.
std::pair<Expr, Expr> sort(Expr x, int64_t axis, bool descending = false);
Expr take(Expr x, Expr indices, int64_t axis);
Expr takeAlongAxis(Expr x, Expr indices, int64_t axis);
/// mode: set, add, mul, max or min.
Expr scatter(Expr x, Expr indices, Expr updates, int64_t axis, llvm::StringRef mode);
Expr matmul(Expr a, Expr b);
Expr reshape(Expr x, llvm::ArrayRef<int64_t> shape);
Expr transpose(Expr x, llvm::ArrayRef<int64_t> permutation);
/// The last two axes swapped.
Expr transposed(Expr x);
Expr broadcast(Expr x, llvm::ArrayRef<int64_t> shape);
Expr iota(Expr like, llvm::ArrayRef<int64_t> shape, int64_t axis, mlir::Type element);

/// Elements starts[i] + k * steps[i] of each axis, sizes[i] of them; steps are 1 where not given.
Expr slice(Expr x, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> sizes,
           llvm::ArrayRef<int64_t> steps = {});
/// Along one axis; the others stay whole.
Expr slice(Expr x, int64_t axis, int64_t start, int64_t size, int64_t step = 1);
/// `value` before, after and between the elements; negative low or high take elements away.
Expr pad(Expr x, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
         llvm::ArrayRef<int64_t> interior = {}, double value = 0);
Expr concat(llvm::ArrayRef<Expr> parts, int64_t axis);
Expr reverse(Expr x, llvm::ArrayRef<int64_t> axes);
/// Sliding windows along `axes`; the axes of the windows come at the end.
Expr window(Expr x, llvm::ArrayRef<int64_t> axes, llvm::ArrayRef<int64_t> sizes,
            llvm::ArrayRef<int64_t> strides = {}, llvm::ArrayRef<int64_t> dilations = {});
/// The transpose of window: windows added up into axes of these extents.
Expr overlapAdd(Expr x, llvm::ArrayRef<int64_t> axes, llvm::ArrayRef<int64_t> extents,
                llvm::ArrayRef<int64_t> strides = {}, llvm::ArrayRef<int64_t> dilations = {});

/// The shape with the axes set to 1.
llvm::SmallVector<int64_t> keepDims(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> axes);
/// Undoes the dropping of `axes` by repeating: `reduced` has `shape` without `axes`.
Expr spread(Expr reduced, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> axes);

} // namespace gradus::ir
