#include "RandomProgram.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <sstream>

namespace gradus::reference {

// --- text --------------------------------------------------------------------------------------

static std::string typeText(DType type) {
  switch (type) {
  case DType::f64:
    return "f64";
  case DType::i32:
    return "i32";
  case DType::boolean:
    return "i1";
  case DType::u8:
    return "i8";
  default:
    return "f32";
  }
}

static std::string typeText(const Node &node) {
  std::string text = "tensor<";
  for (int64_t size : node.shape)
    text += std::to_string(size) + "x";
  return text + typeText(node.type) + ">";
}

static std::string listText(const std::vector<int64_t> &numbers) {
  std::string text;
  for (int64_t n : numbers)
    text += (text.empty() ? "" : ", ") + std::to_string(n);
  return "[" + text + "]";
}

// The numbers of an op in lists of equal length, each under its keyword.
static std::string listsText(const std::vector<int64_t> &numbers,
                             std::initializer_list<const char *> names) {
  std::string text;
  size_t count = numbers.size() / names.size(), i = 0;
  for (const char *name : names) {
    auto first = numbers.begin() + count * i++;
    text += std::string(" ") + name + " " + listText({first, first + count});
  }
  return text;
}

// dense<...> wants a bracket per axis.
static void elementsText(std::ostream &out, const Node &node, size_t axis, size_t &next) {
  if (axis == node.shape.size()) {
    out << node.constants[next++];
    return;
  }
  out << '[';
  for (int64_t i = 0; i < node.shape[axis]; ++i) {
    out << (i ? ", " : "");
    elementsText(out, node, axis + 1, next);
  }
  out << ']';
}

std::string RandomProgram::nameOf(size_t node) const {
  return (isInput(node) ? "x" : "w") + std::to_string(node);
}

std::string RandomProgram::text(const std::string &name) const {
  std::ostringstream out;
  out << std::showpoint << std::scientific;
  out << "func.func @" << name << "() {\n";
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Node &n = nodes[i];
    out << "  %n" << i << " = gradus." << (n.op.starts_with("scatter_") ? "scatter" : n.op) << ' ';
    if (isInput(i)) {
      out << '"' << nameOf(i) << "\" : " << typeText(n) << '\n';
      continue;
    }
    if (isVariable(i)) {
      out << '"' << nameOf(i) << "\" {kind = \"zeros\"} : " << typeText(n) << '\n';
      continue;
    }
    if (n.op == "constant") {
      out << "dense<";
      size_t next = 0;
      if (n.constants.size() == 1)
        out << n.constants[0];
      else
        elementsText(out, n, 0, next);
      out << "> : " << typeText(n) << '\n';
      continue;
    }
    for (size_t k = 0; k < n.operands.size(); ++k)
      out << (k ? ", %n" : "%n") << n.operands[k];
    if (n.op == "slice")
      out << listsText(n.numbers, {"from", "sizes", "steps"});
    else if (n.op == "pad")
      out << listsText(n.numbers, {"low", "high", "interior"}) << " value " << n.constants[0];
    else if (n.op == "window")
      out << listsText(n.numbers, {"axes", "sizes", "strides", "dilations"});
    else if (n.op == "concat")
      out << " axis " << n.numbers[0];
    else if (n.op == "sum" || n.op == "max" || n.op == "min" || n.op == "mean" ||
             n.op == "transpose" || n.op == "reverse")
      out << " axes " << listText(n.numbers);
    else if (n.op == "reshape" || n.op == "broadcast")
      out << " to " << listText(n.shape);
    else if (n.op == "softmax" || n.op == "log_softmax")
      out << " axis " << n.numbers[0];
    else if (n.op == "iota")
      out << listText(n.shape) << " axis " << n.numbers[0] << " of " << typeText(n.type);
    else if (n.op == "one_hot")
      out << " classes " << n.shape.back() << " of " << typeText(n.type);
    else if (n.op == "scatter_add" || n.op == "scatter_set")
      out << " axis " << n.numbers[0] << " mode \"" << n.op.substr(8) << '"';
    else if (n.op == "take" || n.op == "cumsum" || n.op == "cumprod" || n.op == "log_cum_sum_exp")
      out << " axis " << n.numbers[0];
    else if (n.op == "cast")
      out << " to " << typeText(n.type);
    out << " : (";
    for (size_t k = 0; k < n.operands.size(); ++k)
      out << (k ? ", " : "") << typeText(nodes[n.operands[k]]);
    out << ") -> " << typeText(n) << '\n';
  }
  for (auto [variable, value] : assigns)
    out << "  gradus.assign %n" << variable << ", %n" << value << " : " << typeText(nodes[variable])
        << ", " << typeText(nodes[value]) << '\n';
  for (size_t r = 0; r < results.size(); ++r)
    out << "  gradus.result \"r" << r << "\" %n" << results[r] << " : "
        << typeText(nodes[results[r]]) << '\n';
  out << "  return\n}\n";
  return out.str();
}

// --- drawing -----------------------------------------------------------------------------------

namespace {

constexpr double kLargest = 60; // of an element, so that rounding stays small

class Generator {
public:
  explicit Generator(uint64_t seed) : seed(seed), rng(seed * 7919 + 17) {
    static constexpr int64_t pool[] = {1,  2,  3,  4,  5,  7,  8,  10, 15,
                                       16, 17, 24, 31, 32, 33, 48, 65, 100};
    for (int i = 0; i < 3; ++i)
      sizes.push_back(pool[below(std::size(pool))]);
    if (chance(30))
      sizes[1] = sizes[0]; // squares: wrong axes go unnoticed by shapes
    if (chance(10))
      sizes[2] = 257;
    if (chance(20)) { // large enough for threads, weights in panels, narrow weights
      static constexpr int64_t large[] = {64, 96, 100, 128, 256, 300};
      isLarge = true;
      sizes = {large[below(6)], large[below(6)], chance(40) ? 10 : large[below(5)]};
    }
    real = chance(12) ? DType::f64 : DType::f32;
  }

  RandomProgram run(int ops) {
    for (int64_t i = 0, n = 1 + below(3); i < n; ++i)
      leaf("input", randomShape(), real);
    if (chance(40))
      leaf("input", {sizes[below(3)]}, DType::i32);
    if (chance(10))
      bytes();
    for (int64_t i = 0, n = below(4); i < n; ++i)
      leaf(chance(70) ? "parameter" : "state",
           chance(70) ? Shape{sizes[below(3)], sizes[below(3)]} : randomShape(), real);
    if (isLarge)
      ops = ops / 2 + 4;
    if (isLarge || chance(25))
      trainLayer();
    for (int tries = 0; tries < 20 * ops && int(program.nodes.size()) < ops; ++tries)
      grow();
    finish();
    return std::move(program);
  }

private:
  int64_t below(int64_t n) { return int64_t(rng() % uint64_t(n)); }
  bool chance(int percent) { return below(100) < percent; }

  Shape randomShape() {
    Shape shape;
    for (int64_t rank = below(10) < 6 ? 2 : below(4); rank > 0; --rank)
      shape.push_back(chance(12) ? 1 : sizes[below(3)]);
    return shape;
  }

  static int64_t count(const Shape &shape) {
    return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
  }

  const Node &node(size_t i) const { return program.nodes[i]; }
  bool isReal(size_t i) const { return node(i).type == real; }

  void leaf(const std::string &op, Shape shape, DType type) {
    program.nodes.push_back({op, {}, std::move(shape), type, {}, {}});
    auto elements = randomElements(program, program.nodes.size() - 1, seed);
    values.push_back(elements);
  }

  // Adds an op unless its elements would be large, undefined or on the edge of a comparison.
  std::optional<size_t> add(Node next) {
    if (count(next.shape) > (isLarge ? 80000 : 12000))
      return std::nullopt;
    program.nodes.push_back(std::move(next));
    RandomProgram one;
    Elements<double> all;
    // Only the new op is evaluated: its operands become the inputs of a program of their own.
    Node copy = program.nodes.back();
    for (size_t &operand : copy.operands) {
      Node input = program.nodes[operand];
      input.op = "input";
      all.push_back(values[operand]);
      one.nodes.push_back(std::move(input));
      operand = one.nodes.size() - 1;
    }
    one.nodes.push_back(std::move(copy));
    Sensitivity sensitivity;
    evaluate(one, all, sensitivity);
    bool good = sensitivity.smallestGap > 1e-3;
    for (double x : all.back())
      good &= std::isfinite(x) && std::abs(x) < kLargest;
    if (!good) {
      program.nodes.pop_back();
      return std::nullopt;
    }
    values.push_back(all.back());
    return program.nodes.size() - 1;
  }

  std::optional<size_t> add(const std::string &op, std::vector<size_t> operands, Shape shape,
                            DType type, std::vector<int64_t> numbers = {}) {
    return add({op, std::move(operands), std::move(shape), type, std::move(numbers), {}});
  }

  // A real node, recent ones more often.
  std::optional<size_t> any() {
    for (int tries = 0; tries < 20; ++tries) {
      size_t n = program.nodes.size();
      size_t i = chance(60) ? n - 1 - below(std::min<size_t>(n, 5)) : below(n);
      if (isReal(i))
        return i;
    }
    return std::nullopt;
  }

  static std::optional<Shape> broadcastShape(const Shape &a, const Shape &b) {
    Shape result(std::max(a.size(), b.size()));
    for (size_t i = 0; i < result.size(); ++i) {
      int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1,
              y = i < b.size() ? b[b.size() - 1 - i] : 1;
      if (x != y && x != 1 && y != 1)
        return std::nullopt;
      result[result.size() - 1 - i] = x == 1 ? y : x;
    }
    return result;
  }

  size_t scalar(double value) {
    Node n{"constant", {}, {}, real, {}, {value}};
    return *add(n);
  }

  // Another real node that broadcasts with `i`; a number if there is none.
  size_t partner(size_t i) {
    for (int tries = 0; tries < 12; ++tries)
      if (auto j = any(); j && broadcastShape(node(i).shape, node(*j).shape))
        return *j;
    return scalar(0.25 * double(1 + below(8)));
  }

  std::optional<size_t> binary(const std::string &op, size_t a, size_t b, DType type) {
    auto shape = broadcastShape(node(a).shape, node(b).shape);
    return shape ? add(op, {a, b}, *shape, type) : std::nullopt;
  }

  std::optional<size_t> reduceTo(const std::string &op, size_t x, std::vector<int64_t> axes,
                                 bool keep) {
    Shape shape, kept = node(x).shape;
    for (size_t axis = 0; axis < kept.size(); ++axis)
      if (std::find(axes.begin(), axes.end(), int64_t(axis)) == axes.end())
        shape.push_back(kept[axis]);
      else
        kept[axis] = 1;
    auto y = add(op, {x}, shape, node(x).type, axes);
    return y && keep ? add("reshape", {*y}, kept, node(x).type) : y;
  }

  std::optional<size_t> transposed(size_t x, std::vector<int64_t> perm) {
    Shape shape;
    for (int64_t axis : perm)
      shape.push_back(node(x).shape[axis]);
    return add("transpose", {x}, shape, node(x).type, perm);
  }

  std::optional<size_t> swapped(size_t x) {
    std::vector<int64_t> perm(node(x).shape.size());
    std::iota(perm.begin(), perm.end(), 0);
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return transposed(x, perm);
  }

  // Small enough that chains of products do not grow.
  std::optional<size_t> tamed(std::optional<size_t> x) {
    return x ? add("tanh", {*x}, node(*x).shape, real) : x;
  }

  void unary() {
    static const char *names[] = {"neg",  "abs",   "exp",  "expm1",   "log",  "log1p",
                                  "sqrt", "rsqrt", "tanh", "sigmoid", "relu", "relu"};
    auto x = any();
    if (!x)
      return;
    std::string op = names[below(std::size(names))];
    auto [low, high] = std::minmax_element(values[*x].begin(), values[*x].end());
    if (low == values[*x].end())
      return;
    bool defined = op.starts_with("exp")                          ? *high < 3
                   : op == "log" || op == "sqrt" || op == "rsqrt" ? *low > 0.05
                   : op == "log1p"                                ? *low > -0.9
                                                                  : true;
    if (defined)
      add(op, {*x}, node(*x).shape, real);
  }

  void binaryOp() {
    static const char *names[] = {"add", "add", "sub", "mul", "mul", "maximum", "minimum", "div"};
    auto a = any();
    if (!a)
      return;
    size_t b = partner(*a);
    std::string op = names[below(std::size(names))];
    if (op == "div")
      for (double y : values[b])
        if (std::abs(y) < 0.1)
          return;
    if (chance(30))
      std::swap(*a, b);
    binary(op, *a, b, real);
  }

  void choose() {
    auto a = any(), c = any();
    if (!a || !c)
      return;
    auto condition = binary(chance(50) ? "lt" : "ge", *a, partner(*a), DType::boolean);
    if (!condition)
      return;
    if (chance(20))
      condition = add("not", {*condition}, node(*condition).shape, DType::boolean);
    if (chance(20)) {
      add("cast", {*condition}, node(*condition).shape, real);
      return;
    }
    size_t d = partner(*c);
    auto both = broadcastShape(node(*c).shape, node(d).shape);
    if (auto shape = both ? broadcastShape(*both, node(*condition).shape) : std::nullopt)
      add("where", {*condition, *c, d}, *shape, real);
  }

  void reduction() {
    static const char *names[] = {"sum", "sum", "max", "min", "mean"};
    auto x = any();
    if (!x || node(*x).shape.empty())
      return;
    std::vector<int64_t> axes;
    for (size_t axis = 0; axis < node(*x).shape.size(); ++axis)
      if (chance(50))
        axes.push_back(axis);
    if (axes.empty())
      axes.push_back(node(*x).shape.size() - 1);
    reduceTo(names[below(std::size(names))], *x, axes, chance(60));
  }

  void product() {
    auto a = any(), b = any();
    for (int tries = 0; tries < 12 && a && b; ++tries, a = any(), b = any()) {
      size_t ra = node(*a).shape.size(), rb = node(*b).shape.size();
      if (ra < 2 || rb < 2)
        continue;
      if (chance(30))
        a = swapped(*a);
      if (a && chance(30))
        b = swapped(*b);
      if (!a || !b)
        return;
      const Shape &x = node(*a).shape, &y = node(*b).shape;
      if (x.back() != y[y.size() - 2])
        continue;
      auto leading = broadcastShape(Shape(x.begin(), x.end() - 2), Shape(y.begin(), y.end() - 2));
      if (!leading)
        continue;
      Shape shape = *leading;
      shape.push_back(x[x.size() - 2]);
      shape.push_back(y.back());
      if (count(shape) * x.back() > (isLarge ? 4000000 : 300000))
        return;
      auto p = add("matmul", {*a, *b}, shape, real);
      if (p && chance(50)) // a layer
        if (auto sum = binary("add", *p, partner(*p), real))
          add(chance(50) ? "relu" : "tanh", {*sum}, node(*sum).shape, real);
      return;
    }
  }

  void move() {
    auto x = any();
    if (!x)
      return;
    const Shape shape = node(*x).shape;
    int64_t which = below(5);
    if (which < 2 && shape.size() >= 2) {
      std::vector<int64_t> perm(shape.size());
      std::iota(perm.begin(), perm.end(), 0);
      for (size_t i = perm.size() - 1; i > 0; --i)
        std::swap(perm[i], perm[below(i + 1)]);
      transposed(*x, perm);
    } else if (which == 2) { // fewer axes
      add("reshape", {*x}, {count(shape)}, real);
    } else if (which == 3) { // a unit axis somewhere
      Shape more = shape;
      more.insert(more.begin() + below(more.size() + 1), 1);
      if (more.size() <= 4)
        add("reshape", {*x}, more, real);
    } else if (int64_t n = count(shape); n > 0) { // other factors
      int64_t size = sizes[below(3)];
      if (n % size == 0)
        add("reshape", {*x}, {n / size, size}, real);
    }
  }

  // Ops that take or add parts: fused where they are read.
  void shift() {
    auto x = any();
    if (!x || node(*x).shape.empty())
      return;
    const Shape shape = node(*x).shape;
    size_t rank = shape.size();
    std::vector<int64_t> axes, first(rank), second(rank), third(rank);
    for (size_t axis = 0; axis < rank; ++axis)
      if (chance(60) && shape[axis] > 0)
        axes.push_back(axis);
    auto all = [&] {
      std::vector<int64_t> numbers = first;
      numbers.insert(numbers.end(), second.begin(), second.end());
      numbers.insert(numbers.end(), third.begin(), third.end());
      return numbers;
    };
    int64_t which = below(5);
    if (which == 0) {
      second = shape;
      third.assign(rank, 1);
      Shape to = shape;
      for (int64_t axis : axes) {
        third[axis] = chance(60) ? 1 : 1 + below(4);
        first[axis] = below(shape[axis] + 1);
        to[axis] = second[axis] = below((shape[axis] - first[axis]) / third[axis] + 1);
      }
      add("slice", {*x}, to, real, all());
    } else if (which == 1) {
      Shape to = shape;
      for (int64_t axis : axes) {
        first[axis] = below(6) - 2;
        second[axis] = below(6) - 2;
        third[axis] = chance(70) ? 0 : below(3);
        to[axis] += first[axis] + second[axis] + (shape[axis] - 1) * third[axis];
        if (to[axis] < 0)
          return;
      }
      add({"pad", {*x}, to, real, all(), {0.25 * double(below(5))}});
    } else if (which == 2) {
      add("reverse", {*x}, shape, real, axes);
    } else if (which == 3) { // windows of a few elements
      Shape to = shape;
      if (axes.empty() || rank + axes.size() > 4)
        return;
      std::vector<int64_t> numbers = axes, sizes, strides, dilations;
      for (int64_t axis : axes) {
        sizes.push_back(1 + below(4));
        strides.push_back(1 + below(2));
        dilations.push_back(chance(70) ? 1 : 2);
        int64_t room = shape[axis] - (sizes.back() - 1) * dilations.back() - 1;
        if (room < 0)
          return;
        to[axis] = room / strides.back() + 1;
      }
      for (const auto *list : {&sizes, &strides, &dilations})
        numbers.insert(numbers.end(), list->begin(), list->end());
      to.insert(to.end(), sizes.begin(), sizes.end());
      add("window", {*x}, to, real, numbers);
    } else {
      int64_t axis = below(rank);
      std::vector<size_t> parts{*x};
      for (int tries = 0; tries < 6 && parts.size() < 4; ++tries)
        if (auto y = any(); y && node(*y).shape.size() == rank) {
          Shape other = node(*y).shape;
          other[axis] = shape[axis];
          if (other == shape)
            parts.push_back(*y);
        }
      Shape to = shape;
      to[axis] = 0;
      for (size_t part : parts)
        to[axis] += node(part).shape[axis];
      add("concat", parts, to, real, {axis});
    }
  }

  void spread() {
    auto x = any();
    if (!x || node(*x).shape.size() > 2)
      return;
    Shape shape = node(*x).shape;
    for (int64_t &size : shape)
      if (size == 1)
        size = sizes[below(3)];
    shape.insert(shape.begin(), sizes[below(3)]);
    add("broadcast", {*x}, shape, real);
  }

  void scan() {
    auto x = any();
    if (!x || node(*x).shape.empty())
      return;
    static constexpr const char *ops[] = {"cumsum", "cumprod", "log_cum_sum_exp"};
    add(ops[below(3)], {*x}, node(*x).shape, real, {below(node(*x).shape.size())});
  }

  void indexing() {
    std::optional<size_t> indices, x = any();
    for (size_t i = 0; i < program.nodes.size(); ++i)
      if (node(i).type == DType::i32 && node(i).op == "input")
        indices = i;
    if (!indices || !x || node(*x).shape.empty())
      return;
    Shape rest(node(*x).shape.begin() + 1, node(*x).shape.end());
    int64_t which = below(3);
    if (which == 0) {
      Shape shape = node(*indices).shape;
      shape.insert(shape.end(), rest.begin(), rest.end());
      add("take", {*x, *indices}, shape, real, {0});
    } else if (which == 1) {
      // Updates of a part of another tensor; the indices along the first axis are shared.
      if (node(*x).shape[0] != node(*indices).shape[0])
        return;
      Shape shape{sizes[below(3)]}, along(node(*x).shape.size(), 1);
      shape.insert(shape.end(), rest.begin(), rest.end());
      along[0] = node(*indices).shape[0];
      auto index = add("reshape", {*indices}, along, DType::i32);
      auto table = add("broadcast", {scalar(0.5)}, shape, real);
      if (index && table)
        add(chance(50) ? "scatter_add" : "scatter_set", {*table, *index, *x}, shape, real, {0});
    } else {
      add("one_hot", {*indices}, {node(*indices).shape[0], sizes[below(3)]}, real);
    }
  }

  void normalise() {
    auto x = any();
    if (!x || node(*x).shape.empty())
      return;
    int64_t axis = chance(70) ? int64_t(node(*x).shape.size()) - 1 : below(node(*x).shape.size());
    if (chance(60)) {
      add(chance(50) ? "softmax" : "log_softmax", {*x}, node(*x).shape, real, {axis});
      return;
    }
    // (x - mean) / sqrt(variance + 0.5)
    auto mean = reduceTo("mean", *x, {axis}, true);
    auto centred = mean ? binary("sub", *x, *mean, real) : std::nullopt;
    auto square = centred ? binary("mul", *centred, *centred, real) : std::nullopt;
    auto variance = square ? reduceTo("mean", *square, {axis}, true) : std::nullopt;
    auto shifted = variance ? binary("add", *variance, scalar(0.5), real) : std::nullopt;
    auto scale = shifted ? add("rsqrt", {*shifted}, node(*shifted).shape, real) : std::nullopt;
    if (scale)
      binary("mul", *centred, *scale, real);
  }

  void table() { // a constant in memory
    Node n{"constant", {}, {sizes[below(3)]}, real, {}, {}};
    if (chance(50))
      n.shape.push_back(1 + below(4));
    for (int64_t i = 0; i < count(n.shape); ++i)
      n.constants.push_back(0.125 * double(below(17) - 8));
    add(n);
  }

  void bytes() { // as images are stored
    leaf("input", {sizes[0], sizes[1]}, DType::u8);
    if (auto x = add("cast", {program.nodes.size() - 1}, {sizes[0], sizes[1]}, real))
      binary("mul", *x, scalar(1.0 / 256), real);
  }

  // A layer, its gradients by hand, and an update of its weight with a momentum.
  void trainLayer() {
    int64_t batch = sizes[0], in = sizes[1], out = sizes[2];
    leaf("input", {batch, in}, real);
    size_t x = program.nodes.size() - 1, w = x + 1, m = x + 2, bias = x + 3;
    leaf("parameter", {in, out}, real);
    leaf("state", {in, out}, real);
    leaf("parameter", {out}, real);
    auto product = add("matmul", {x, w}, {batch, out}, real);
    auto sum = product ? binary("add", *product, bias, real) : std::nullopt;
    auto h = sum ? add(chance(50) ? "tanh" : "sigmoid", {*sum}, {batch, out}, real) : std::nullopt;
    auto d = h ? binary("mul", *h, scalar(1.0 / double(batch)), real) : std::nullopt;
    auto xt = d ? swapped(x) : std::nullopt;
    auto dw = xt ? add("matmul", {*xt, *d}, {in, out}, real) : std::nullopt;
    if (!dw)
      return;
    if (chance(60)) // the gradient of the input
      if (auto wt = swapped(w))
        add("matmul", {*d, *wt}, {batch, in}, real);
    if (auto db = reduceTo("sum", *d, {0}, false))
      if (auto step = binary("sub", bias, *db, real))
        program.assigns.push_back({bias, *step});
    auto momentum = binary("add", *binary("mul", m, scalar(0.5), real), *dw, real);
    if (!momentum)
      return;
    program.assigns.push_back({m, *momentum});
    if (auto step = binary("sub", w, *binary("mul", *momentum, scalar(0.25), real), real))
      program.assigns.push_back({w, *step});
  }

  void counting() {
    if (auto i = add("iota", {}, {sizes[below(3)], 3}, DType::i32, {below(2)}))
      if (auto r = add("cast", {*i}, node(*i).shape, real))
        binary("mul", *r, scalar(0.0625), real);
  }

  void grow() {
    int64_t which = below(100);
    which < 16   ? unary()
    : which < 40 ? binaryOp()
    : which < 47 ? choose()
    : which < 59 ? reduction()
    : which < 72 ? product()
    : which < 77 ? move()
    : which < 83 ? shift()
    : which < 85 ? spread()
    : which < 90 ? indexing()
    : which < 92 ? scan()
    : which < 97 ? normalise()
    : which < 99 ? table()
                 : counting();
  }

  // New values of variables: a small step along something of that shape; an exchange; a view.
  void assign(size_t variable) {
    const Shape shape = node(variable).shape;
    for (int tries = 0; tries < 30; ++tries) {
      auto x = any();
      if (!x || *x == variable)
        continue;
      if (node(*x).shape == shape) {
        if (chance(20)) {
          program.assigns.push_back({variable, *x});
          return;
        }
        auto step = tamed(x);
        auto scaled = step ? binary("mul", *step, scalar(0.125), real) : std::nullopt;
        if (auto next = scaled ? binary("sub", variable, *scaled, real) : std::nullopt)
          program.assigns.push_back({variable, *next});
        return;
      }
      if (count(node(*x).shape) == count(shape) && chance(50)) {
        if (auto view = add("reshape", {*x}, shape, real))
          program.assigns.push_back({variable, *view});
        return;
      }
    }
    if (chance(50))
      if (auto next = binary("mul", variable, scalar(0.5), real))
        program.assigns.push_back({variable, *next});
  }

  bool isAssigned(size_t variable) const {
    return std::any_of(program.assigns.begin(), program.assigns.end(),
                       [&](const auto &assign) { return assign.first == variable; });
  }

  void finish() {
    std::vector<size_t> variables;
    for (size_t i = 0; i < program.nodes.size(); ++i)
      if (program.isVariable(i) && !isAssigned(i))
        variables.push_back(i);
    if (variables.size() >= 2 && node(variables[0]).shape == node(variables[1]).shape &&
        chance(50)) {
      program.assigns.push_back({variables[0], variables[1]});
      program.assigns.push_back({variables[1], variables[0]});
      variables.erase(variables.begin(), variables.begin() + 2);
    }
    for (size_t v : variables)
      if (chance(85))
        assign(v);
    size_t last = program.nodes.size() - 1;
    program.results.push_back(last);
    for (int64_t i = 0, n = below(4); i < n; ++i)
      program.results.push_back(below(program.nodes.size()));
    if (chance(15))
      program.results.push_back(last); // twice
    if (!program.assigns.empty() && chance(30))
      program.results.push_back(program.assigns.back().second);
  }

  uint64_t seed;
  std::mt19937_64 rng;
  std::vector<int64_t> sizes;
  DType real;
  bool isLarge = false;
  RandomProgram program;
  Elements<double> values;
};

} // namespace

std::vector<double> randomElements(const RandomProgram &program, size_t node, uint64_t seed) {
  std::mt19937_64 rng(seed * 1000003 + node);
  std::vector<double> elements(1);
  for (int64_t size : program.nodes[node].shape)
    elements.resize(elements.size() * size);
  for (double &x : elements)
    x = program.nodes[node].type == DType::i32  ? double(int64_t(rng() % 40) - 2)
        : program.nodes[node].type == DType::u8 ? double(rng() % 256)
                                                : double(int64_t(rng() % 2001) - 1000) / 1000;
  return elements;
}

RandomProgram randomProgram(uint64_t seed, int ops) { return Generator(seed).run(ops); }

} // namespace gradus::reference
