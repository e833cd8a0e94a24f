#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Body.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

#include <map>

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

//===--- einsum
//-----------------------------------------------------------------------------------===//

namespace {
/// A letter, or -1, -2, ... for the axes of `...` from the last one.
using Label = int;
using Labels = SmallVector<Label>;

struct Equation {
  std::vector<Labels> terms;
  Labels result;
  std::map<Label, int64_t> sizes;
  std::string error;
};
} // namespace

static bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static std::string labelText(Label label) {
  return label < 0 ? "..." : std::string(1, static_cast<char>(label));
}

/// The labels of one term; `dots` axes stand for `...`. An error text, or "".
static std::string readTerm(StringRef term, int64_t dots, Labels &labels) {
  bool seen = false;
  for (size_t i = 0; i < term.size(); ++i) {
    if (isLetter(term[i])) {
      labels.push_back(term[i]);
    } else if (!seen && term.substr(i).starts_with("...")) {
      seen = true;
      for (int64_t k = dots; k > 0; --k)
        labels.push_back(static_cast<Label>(-k));
      i += 2;
    } else { // einsum.1
      return "'" + term.str() + "' is not a term (letters and one ... at most)";
    }
  }
  return {};
}

static int64_t lettersOf(StringRef term) { return llvm::count_if(term, isLetter); }

/// Labels that occur once, in alphabetical order, behind the axes of `...`.
static Labels implicitResult(const std::vector<Labels> &terms) {
  std::map<Label, int> uses;
  for (const Labels &term : terms)
    for (Label label : term)
      ++uses[label];
  Labels result;
  for (auto [label, count] : uses) // ascending: ... from its first axis, then letters
    if (label < 0 || count == 1)
      result.push_back(label);
  return result;
}

static std::string sizesOf(Equation &equation, ArrayRef<ArrayRef<int64_t>> shapes) {
  for (auto [term, shape] : llvm::zip(equation.terms, shapes))
    for (auto [i, label] : llvm::enumerate(term)) {
      int64_t size = shape[i], earlier = llvm::find(term, label) - term.begin();
      auto [known, isNew] = equation.sizes.try_emplace(label, size);
      int64_t other = earlier < static_cast<int64_t>(i) ? shape[earlier] : known->second;
      bool fits = earlier < static_cast<int64_t>(i) ? other == size : other == size || other == 1 || size == 1;
      if (!fits) // einsum.4
        return "label " + labelText(label) + " has size " + shapeText(ShapeSpan(&other, 1)) + " and size " +
               shapeText(ShapeSpan(&size, 1)) + " (axes with one label need one size, or size 1)";
      if (known->second == 1)
        known->second = size;
    }
  return {};
}

static Equation readEquation(StringRef text, ArrayRef<ArrayRef<int64_t>> shapes) {
  Equation equation;
  std::string squeezed;
  llvm::copy_if(text, std::back_inserter(squeezed), [](char c) { return c != ' '; });
  size_t arrow = squeezed.find("->");
  SmallVector<StringRef> terms;
  StringRef(squeezed).substr(0, arrow).split(terms, ',');
  if (terms.size() != shapes.size()) { // einsum.2
    equation.error = "equation '" + text.str() + "' has " + std::to_string(terms.size()) + " terms for " +
                     std::to_string(shapes.size()) + " operands (one term per operand)";
    return equation;
  }
  int64_t most = 0;
  for (auto [i, term] : llvm::enumerate(terms)) {
    int64_t rank = shapes[i].size(), letters = lettersOf(term), dots = rank - letters;
    bool open = term.contains("...");
    Labels labels;
    equation.error = readTerm(term, std::max<int64_t>(0, dots), labels);
    if (equation.error.empty() && (dots < 0 || (dots > 0 && !open))) // einsum.3
      equation.error = "term '" + term.str() + "' has " + std::to_string(letters) + " labels for the " +
                       std::to_string(rank) + " axes of operand " + std::to_string(i) + " (a label per axis, or ...)";
    if (!equation.error.empty())
      return equation;
    equation.terms.push_back(labels);
    most = open ? std::max(most, dots) : most;
  }
  equation.error = sizesOf(equation, shapes);
  if (!equation.error.empty())
    return equation;
  if (arrow == std::string::npos)
    equation.result = implicitResult(equation.terms);
  else
    equation.error = readTerm(StringRef(squeezed).substr(arrow + 2), most, equation.result);
  if (!equation.error.empty())
    return equation;
  for (auto [i, label] : llvm::enumerate(equation.result))
    if (!equation.sizes.count(label) || llvm::is_contained(ArrayRef<Label>(equation.result).take_front(i), label)) {
      equation.error = "label " + labelText(label) + " of the result " + // einsum.5
                       (equation.sizes.count(label) ? "is there twice" : "is in no term") +
                       " (each label of the result occurs in a term, and once in the result)";
      return equation;
    }
  if (equation.sizes.size() > kMaxRank) // einsum.6
    equation.error = std::to_string(equation.sizes.size()) + " different labels (at most " + std::to_string(kMaxRank) + ")";
  return equation;
}

static SmallVector<ArrayRef<int64_t>> shapesOf(ValueRange values) {
  SmallVector<ArrayRef<int64_t>> shapes;
  for (Value value : values)
    shapes.push_back(arrayOf(shapeOf(value)));
  return shapes;
}

LogicalResult EinsumOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Rule rule(loc, getOperationName(), adaptor.getOperands());
  ValueRange terms = adaptor.getTerms();
  Equation equation = readEquation(adaptor.getEquation(), shapesOf(terms));
  if (!equation.error.empty())
    return rule.fail(equation.error);
  Type element = elementOf(terms[0]);
  for (Value term : terms) // einsum.7
    if (elementOf(term) != element)
      return rule.fail("element types " + elementText(element) + " and " + elementText(elementOf(term)) +
                       " differ (operands need one element type; convert with cast)");
  if (failed(rule.checkElements(Elements::number, element)))
    return failure();
  SmallVector<int64_t> shape;
  for (Label label : equation.result)
    shape.push_back(equation.sizes[label]);
  return rule.give(shape, element, types);
}

namespace {
/// A value with a label per axis.
struct Term {
  Expr x;
  Labels labels;
  bool has(Label label) const { return llvm::is_contained(labels, label); }
  int64_t axis(Label label) const { return llvm::find(labels, label) - labels.begin(); }
  int64_t size(Label label) const { return x.shape()[axis(label)]; }
};
} // namespace

/// The axes in the order of `labels`, which are the term's.
static Term ordered(Term term, const Labels &labels) {
  SmallVector<int64_t> permutation;
  for (Label label : labels)
    permutation.push_back(term.axis(label));
  if (!llvm::is_sorted(permutation))
    term.x = transpose(term.x, permutation);
  return {term.x, labels};
}

/// Of an axis that occurs twice, the elements with equal coordinates.
static Term diagonalOf(Term term, size_t first, size_t second) {
  Expr x = term.x;
  Type index = IntegerType::get(x.builder().getContext(), 32);
  Expr same = eq(iota(x, x.shape(), first, index), iota(x, x.shape(), second, index));
  Labels labels = term.labels;
  labels.erase(labels.begin() + second);
  return {sum(where(same, x, zerosLike(x)), int64_t(second)), labels};
}

static Term withoutRepeats(Term term) {
  for (size_t i = 0; i < term.labels.size(); ++i)
    for (size_t j = i + 1; j < term.labels.size(); ++j)
      if (term.labels[i] == term.labels[j])
        return withoutRepeats(diagonalOf(term, i, j));
  return term;
}

/// Sums the labels that are not kept; stretches of size 1 lose their label.
static Term reduced(Term term, const std::map<Label, int64_t> &sizes, function_ref<bool(Label)> isKept) {
  SmallVector<int64_t> axes, shape;
  Labels labels;
  for (auto [i, label] : llvm::enumerate(term.labels)) {
    bool stretched = term.x.shape()[i] == 1 && sizes.at(label) != 1;
    if (!isKept(label) || stretched) {
      axes.push_back(i);
      continue;
    }
    labels.push_back(label);
  }
  return {axes.empty() ? term.x : sum(term.x, axes), labels};
}

static Labels operator+(Labels a, const Labels &b) {
  a.append(b.begin(), b.end());
  return a;
}

static int64_t productOf(const Term &term, const Labels &labels) {
  int64_t product = 1;
  for (Label label : labels)
    product *= term.size(label);
  return product;
}

namespace {
/// The labels of a pair of terms by their part in its product.
struct Pairing {
  Labels batch, summed, left, right;
  Pairing(const Term &a, const Term &b, function_ref<bool(Label)> isKept) {
    for (Label label : a.labels)
      (!b.has(label) ? left : isKept(label) ? batch : summed).push_back(label);
    for (Label label : b.labels)
      if (!a.has(label))
        right.push_back(label);
  }
  Labels result() const { return batch + left + right; }
};
} // namespace

/// [batch, rows, columns] of a term; transposed in place where the term has its rows last.
static Expr matrixOf(const Term &term, const Labels &batch, const Labels &rows, const Labels &columns) {
  bool turned = !term.labels.empty() && llvm::is_contained(rows, term.labels.back());
  Expr x = ordered(term, turned ? batch + columns + rows : batch + rows + columns).x;
  int64_t m = productOf(term, rows), n = productOf(term, columns);
  SmallVector<int64_t> shape;
  if (!batch.empty())
    shape.push_back(productOf(term, batch));
  shape.push_back(turned ? n : m);
  shape.push_back(turned ? m : n);
  x = reshape(x, shape);
  return turned ? transposed(x) : x;
}

/// a and b over the labels of their pair, without a sum.
static Term multiplied(const Term &a, const Term &b, const Pairing &pair) {
  Labels labels = pair.result();
  SmallVector<int64_t> shape;
  for (Label label : labels)
    shape.push_back(a.has(label) ? a.size(label) : b.size(label));
  auto widened = [&](const Term &term, const Labels &own) {
    Expr x = ordered(term, own).x;
    SmallVector<int64_t> kept(shape);
    for (auto [i, label] : llvm::enumerate(labels))
      if (!term.has(label))
        kept[i] = 1;
    return broadcast(reshape(x, kept), shape);
  };
  return {widened(a, pair.batch + pair.left) * widened(b, pair.batch + pair.right), labels};
}

// y[b, l, r] = Σ over s of a[b, l, s] b[b, s, r]
static Term contracted(const Term &a, const Term &b, function_ref<bool(Label)> isKept) {
  Pairing pair(a, b, isKept);
  if (pair.summed.empty())
    return multiplied(a, b, pair);
  SmallVector<int64_t> shape;
  for (Label label : pair.result())
    shape.push_back(a.has(label) ? a.size(label) : b.size(label));
  Expr y = matmul(matrixOf(a, pair.batch, pair.left, pair.summed), matrixOf(b, pair.batch, pair.summed, pair.right));
  return {reshape(y, shape), pair.result()};
}

SmallVector<Value> EinsumOp::decompose(OpBuilder &builder) {
  Equation equation = readEquation(getEquation(), shapesOf(getTerms()));
  std::vector<Term> terms;
  for (auto [value, labels] : llvm::zip(getTerms(), equation.terms))
    terms.push_back(withoutRepeats({Expr(builder, getLoc(), value), labels}));
  // What the result or a term other than these two needs stays.
  auto keeper = [&](size_t first, size_t second) {
    return [&, first, second](Label label) {
      bool kept = llvm::is_contained(equation.result, label);
      for (size_t i = 0; i < terms.size(); ++i)
        kept |= i != first && i != second && terms[i].has(label);
      return kept;
    };
  };
  for (size_t i = 0; i < terms.size(); ++i)
    terms[i] = reduced(terms[i], equation.sizes, keeper(i, i));
  while (terms.size() > 1) {
    size_t first = 0, second = 1;
    double least = INFINITY;
    for (size_t i = 0; i < terms.size(); ++i)
      for (size_t j = i + 1; j < terms.size(); ++j) {
        Pairing pair(terms[i], terms[j], keeper(i, j));
        double size = 1;
        for (Label label : pair.result())
          size *= static_cast<double>(equation.sizes[label]);
        if (size < least)
          least = size, first = i, second = j;
      }
    Term product = contracted(terms[first], terms[second], keeper(first, second));
    terms.erase(terms.begin() + second);
    terms[first] = product;
  }
  return {ordered(terms[0], equation.result).x};
}

} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Contraction.cpp.inc"
