#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {

/// Leading axes, then rows or columns, of one matmul operand.
static ArrayRef<int64_t> leading(ArrayRef<int64_t> shape) {
  return shape.drop_back(std::min<size_t>(2, shape.size()));
}

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands(), {"left operand", "right operand"});
  ArrayRef<int64_t> a = arrayOf(shapeOf(adaptor.getA())), b = arrayOf(shapeOf(adaptor.getB()));
  Type element = elementOf(adaptor.getA());
  if (a.empty() || b.empty()) // matmul.1
    return rule.fail("shapes " + shapeText(spanOf(a)) + " and " + shapeText(spanOf(b)) +
                     " do not multiply (a scalar has no matrix axes; use *)");
  int64_t inner = b.size() == 1 ? b[0] : b[b.size() - 2];
  if (a.back() != inner) { // matmul.2
    auto text = [](int64_t size) {
      return size == kUnknown ? std::string("the batch") : std::to_string(size);
    };
    return rule.fail("shapes " + shapeText(spanOf(a)) + " and " + shapeText(spanOf(b)) +
                     " do not multiply: the last axis is " + text(a.back()) +
                     " on the left and axis " + Twine(b.size() == 1 ? 0 : b.size() - 2) + " is " +
                     text(inner) + " on the right (the inner sizes must match)");
  }
  static constexpr const char *names[] = {"on the left", "on the right"};
  ShapeSpan batches[] = {spanOf(leading(a)), spanOf(leading(b))};
  Broadcasted batch = broadcastShapes(batches, names); // matmul.3
  if (!batch.error.empty())
    return rule.fail("the leading axes of shapes " + shapeText(spanOf(a)) + " and " +
                     shapeText(spanOf(b)) + " do not multiply: " + batch.error);
  if (element != elementOf(adaptor.getB())) // matmul.4
    return rule.fail("element types " + elementText(element) + " and " +
                     elementText(elementOf(adaptor.getB())) +
                     " differ (operands need one element type; convert with cast)");
  if (failed(rule.checkElements(Elements::number, element)))
    return failure();
  SmallVector<int64_t> shape(batch.shape.begin(), batch.shape.end());
  if (a.size() > 1)
    shape.push_back(a[a.size() - 2]);
  if (b.size() > 1)
    shape.push_back(b.back());
  return rule.give(shape, element, types);
}

/// Both operands have rank >= 2 here. Where only the left one has leading axes they join its rows,
/// so that a weight is never repeated; else leading axes broadcast.
static Expr productOfMatrices(Expr a, Expr b) {
  if (b.rank() == 2 && a.rank() > 2) {
    SmallVector<int64_t> shape(a.shape());
    shape.back() = b.shape()[1];
    int64_t rows = 1;
    for (int64_t size : a.shape().drop_back())
      rows *= size;
    return reshape(matmul(reshape(a, {rows, a.shape().back()}), b), shape);
  }
  static constexpr const char *names[] = {"", ""};
  ShapeSpan batches[] = {spanOf(leading(a.shape())), spanOf(leading(b.shape()))};
  std::vector<int64_t> batch = broadcastShapes(batches, names).shape;
  auto widen = [&](Expr x) {
    SmallVector<int64_t> shape(batch.begin(), batch.end());
    shape.append(x.shape().take_back(2).begin(), x.shape().end());
    return broadcast(x, shape);
  };
  return matmul(widen(a), widen(b));
}

Value MatmulOp::resolveBroadcasts(OpBuilder &builder) {
  Expr a(builder, getLoc(), getA()), b(builder, getLoc(), getB());
  if (a.rank() >= 2 && a.rank() == b.rank() && leading(a.shape()) == leading(b.shape()))
    return {};
  if (a.rank() == 1)
    a = reshape(a, {1, a.shape()[0]});
  if (b.rank() == 1)
    b = reshape(b, {b.shape()[0], 1});
  return reshape(productOfMatrices(a, b), arrayOf(shapeOf(getResult())));
}

// y = a·b             da = dy·bᵀ       db = aᵀ·dy
// [m,k]·[k,n]=[m,n]   [m,n]·[n,k]      [k,m]·[m,n]      with equal leading axes
SmallVector<Value> MatmulOp::gradient(OpBuilder &builder, ValueRange dResults) {
  Expr a(builder, getLoc(), getA()), b(builder, getLoc(), getB()),
      d(builder, getLoc(), dResults[0]);
  return {matmul(d, transposed(b)), matmul(transposed(a), d)};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Contraction.cpp.inc"
