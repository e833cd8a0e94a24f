#include "RandomProgram.h"

#include "runtime/core/NDArray.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>

namespace gradus::reference {

namespace {

int64_t countOf(const Shape &shape) {
  int64_t n = 1;
  for (int64_t size : shape)
    n *= size;
  return n;
}

// The coordinates of element `linear`, and back.
Shape coordinates(int64_t linear, const Shape &shape) {
  Shape at(shape.size());
  for (size_t axis = shape.size(); axis-- > 0; linear /= shape[axis])
    at[axis] = linear % shape[axis];
  return at;
}

int64_t linearAt(const Shape &at, const Shape &shape) {
  int64_t linear = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    linear = linear * shape[axis] + at[axis];
  return linear;
}

// Where a broadcast operand has the element of `at`.
int64_t broadcastAt(const Shape &at, const Shape &operand) {
  Shape from(at.end() - operand.size(), at.end());
  for (size_t axis = 0; axis < from.size(); ++axis)
    if (operand[axis] == 1)
      from[axis] = 0;
  return linearAt(from, operand);
}

template <class T> const std::map<std::string, std::function<T(T)>> &unaries() {
  static const std::map<std::string, std::function<T(T)>> table = {
      {"neg", [](T x) { return -x; }},
      {"abs", [](T x) { return std::abs(x); }},
      {"sign", [](T x) { return T(x > 0) - T(x < 0); }},
      {"exp", [](T x) { return std::exp(x); }},
      {"expm1", [](T x) { return std::expm1(x); }},
      {"log", [](T x) { return std::log(x); }},
      {"log1p", [](T x) { return std::log1p(x); }},
      {"sqrt", [](T x) { return std::sqrt(x); }},
      {"rsqrt", [](T x) { return T(1) / std::sqrt(x); }},
      {"tanh", [](T x) { return std::tanh(x); }},
      {"sigmoid", [](T x) { return T(1) / (T(1) + std::exp(-x)); }},
      {"relu", [](T x) { return x < 0 ? T(0) : x; }},
      {"not", [](T x) { return T(x == 0); }},
      {"cast", [](T x) { return x; }},
  };
  return table;
}

template <class T> const std::map<std::string, std::function<T(T, T)>> &binaries() {
  static const std::map<std::string, std::function<T(T, T)>> table = {
      {"add", [](T a, T b) { return a + b; }},
      {"sub", [](T a, T b) { return a - b; }},
      {"mul", [](T a, T b) { return a * b; }},
      {"div", [](T a, T b) { return a / b; }},
      {"maximum", [](T a, T b) { return std::max(a, b); }},
      {"minimum", [](T a, T b) { return std::min(a, b); }},
      {"lt", [](T a, T b) { return T(a < b); }},
      {"ge", [](T a, T b) { return T(a >= b); }},
      {"and", [](T a, T b) { return T(a != 0 && b != 0); }},
      {"or", [](T a, T b) { return T(a != 0 || b != 0); }},
      {"xor", [](T a, T b) { return T((a != 0) != (b != 0)); }},
  };
  return table;
}

template <class T> class Evaluator {
public:
  Evaluator(const RandomProgram &program, Elements<T> &values, Sensitivity &sensitivity)
      : program(program), values(values), sensitivity(sensitivity) {}

  void run() {
    for (size_t i = 0; i < program.nodes.size(); ++i) {
      node = &program.nodes[i];
      if (program.isInput(i) || program.isVariable(i))
        continue;
      out.assign(countOf(node->shape), T(0));
      compute();
      values[i] = out;
    }
  }

private:
  const std::vector<T> &in(size_t operand) const { return values[node->operands[operand]]; }
  const Shape &shapeOf(size_t operand) const {
    return program.nodes[node->operands[operand]].shape;
  }

  void each(const std::function<T(const Shape &)> &element) {
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = element(coordinates(i, node->shape));
  }

  void compute() {
    const std::string &op = node->op;
    if (auto f = unaries<T>().find(op); f != unaries<T>().end())
      return each([&](const Shape &at) { return f->second(in(0)[linearAt(at, shapeOf(0))]); });
    if (auto f = binaries<T>().find(op); f != binaries<T>().end())
      return each([&](const Shape &at) {
        T a = in(0)[broadcastAt(at, shapeOf(0))], b = in(1)[broadcastAt(at, shapeOf(1))];
        if (op == "lt" || op == "ge")
          sensitivity.smallestGap =
              std::min<double>(sensitivity.smallestGap, std::abs(double(a) - double(b)));
        return f->second(a, b);
      });
    if (op == "constant")
      return each([&](const Shape &at) {
        return T(node->constants[node->constants.size() == 1 ? 0 : linearAt(at, node->shape)]);
      });
    if (op == "where")
      return each([&](const Shape &at) {
        bool first = in(0)[broadcastAt(at, shapeOf(0))] != 0;
        return in(first ? 1 : 2)[broadcastAt(at, shapeOf(first ? 1 : 2))];
      });
    if (op == "broadcast")
      return each([&](const Shape &at) { return in(0)[broadcastAt(at, shapeOf(0))]; });
    if (op == "slice" || op == "pad" || op == "reverse" || op == "window")
      return each([&](const Shape &at) {
        auto from = movedFrom(at);
        return from ? in(0)[linearAt(*from, shapeOf(0))] : T(node->constants[0]);
      });
    if (op == "concat")
      return concat();
    if (op == "reshape") {
      out = in(0);
      return;
    }
    if (op == "transpose")
      return each([&](const Shape &at) {
        Shape from(at.size());
        for (size_t axis = 0; axis < at.size(); ++axis)
          from[node->numbers[axis]] = at[axis];
        return in(0)[linearAt(from, shapeOf(0))];
      });
    if (op == "iota")
      return each([&](const Shape &at) { return T(at[node->numbers[0]]); });
    if (op == "one_hot")
      return each([&](const Shape &at) {
        return T(in(0)[linearAt(Shape(at.begin(), at.end() - 1), shapeOf(0))] == T(at.back()));
      });
    if (op == "sum" || op == "max" || op == "min" || op == "mean")
      return reduce(op);
    if (op == "softmax" || op == "log_softmax")
      return softmax(op == "log_softmax");
    if (op == "matmul")
      return matmul();
    if (op == "take")
      return gather();
    if (op == "cumsum" || op == "cumprod" || op == "log_cum_sum_exp")
      return scan();
    if (op == "scatter_add" || op == "scatter_set")
      return scatter();
    throw std::logic_error("the reference does not know " + op);
  }

  void reduce(const std::string &op) {
    std::vector<bool> seen(out.size(), false);
    int64_t count = out.empty() ? 1 : countOf(shapeOf(0)) / int64_t(out.size());
    for (size_t i = 0; i < in(0).size(); ++i) {
      Shape at = coordinates(i, shapeOf(0)), to;
      for (size_t axis = 0; axis < at.size(); ++axis)
        if (std::find(node->numbers.begin(), node->numbers.end(), int64_t(axis)) ==
            node->numbers.end())
          to.push_back(at[axis]);
      int64_t j = linearAt(to, node->shape);
      T x = in(0)[i];
      if (op == "sum" || op == "mean")
        out[j] += x;
      else
        out[j] = !seen[j] ? x : op == "max" ? std::max(out[j], x) : std::min(out[j], x);
      seen[j] = true;
    }
    if (op == "mean")
      for (T &x : out)
        x /= T(count);
  }

  // Where the element of a moving op comes from; nowhere: it is the constant of a pad.
  std::optional<Shape> movedFrom(const Shape &at) const {
    const std::vector<int64_t> &n = node->numbers;
    size_t rank = shapeOf(0).size();
    Shape from(at.begin(), at.begin() + rank);
    if (node->op == "slice")
      for (size_t axis = 0; axis < rank; ++axis)
        from[axis] = n[axis] + at[axis] * n[2 * rank + axis];
    if (node->op == "reverse")
      for (int64_t axis : n)
        from[axis] = shapeOf(0)[axis] - 1 - at[axis];
    if (node->op == "pad")
      for (size_t axis = 0; axis < rank; ++axis) {
        int64_t place = at[axis] - n[axis], step = n[2 * rank + axis] + 1;
        if (place < 0 || place % step != 0 || place / step >= shapeOf(0)[axis])
          return std::nullopt;
        from[axis] = place / step;
      }
    if (node->op == "window")
      for (size_t i = 0, count = n.size() / 4; i < count; ++i)
        from[n[i]] = at[n[i]] * n[2 * count + i] + at[rank + i] * n[3 * count + i];
    return from;
  }

  void concat() {
    size_t axis = node->numbers[0];
    each([&](const Shape &at) {
      Shape from = at;
      size_t part = 0;
      while (from[axis] >= shapeOf(part)[axis])
        from[axis] -= shapeOf(part++)[axis];
      return in(part)[linearAt(from, shapeOf(part))];
    });
  }

  void softmax(bool logarithm) {
    size_t axis = node->numbers[0];
    each([&](const Shape &at) {
      Shape other = at;
      T largest = -1e30f, sum = 0;
      for (other[axis] = 0; other[axis] < node->shape[axis]; ++other[axis])
        largest = std::max(largest, in(0)[linearAt(other, node->shape)]);
      for (other[axis] = 0; other[axis] < node->shape[axis]; ++other[axis])
        sum += std::exp(in(0)[linearAt(other, node->shape)] - largest);
      T x = in(0)[linearAt(at, node->shape)] - largest;
      return logarithm ? x - std::log(sum) : std::exp(x) / sum;
    });
  }

  void matmul() {
    const Shape &a = shapeOf(0), &b = shapeOf(1);
    int64_t inner = a.back();
    each([&](const Shape &at) {
      Shape left = at, right = at;
      left[at.size() - 1] = right[at.size() - 2] = 0;
      const T *x = inner ? &in(0)[broadcastAt(left, a)] : nullptr,
              *y = inner ? &in(1)[broadcastAt(right, b)] : nullptr;
      T sum = 0;
      for (int64_t k = 0; k < inner; ++k)
        sum += x[k] * y[k * b.back()];
      return sum;
    });
  }

  int64_t rowOf(T index, int64_t rows) const {
    return std::clamp<int64_t>(int64_t(index), 0, rows - 1);
  }

  void gather() {
    size_t leading = shapeOf(1).size();
    each([&](const Shape &at) {
      Shape where(at.begin(), at.begin() + leading), from{0};
      from.insert(from.end(), at.begin() + leading, at.end());
      from[0] = rowOf(in(1)[linearAt(where, shapeOf(1))], shapeOf(0)[0]);
      return in(0)[linearAt(from, shapeOf(0))];
    });
  }

  void scatter() {
    out = in(0);
    for (size_t i = 0; i < in(2).size(); ++i) {
      Shape to = coordinates(i, shapeOf(2));
      to[0] = rowOf(in(1)[to[0]], node->shape[0]);
      T &element = out[linearAt(to, node->shape)];
      element = node->op == "scatter_add" ? element + in(2)[i] : in(2)[i];
    }
  }

  void scan() {
    int64_t axis = node->numbers[0];
    each([&](const Shape &at) {
      Shape from = at;
      T result = node->op == "cumprod" ? 1 : 0;
      for (from[axis] = 0; from[axis] <= at[axis]; ++from[axis]) {
        T x = in(0)[linearAt(from, node->shape)];
        if (node->op == "cumprod")
          result *= x;
        else
          result += node->op == "cumsum" ? x : std::exp(x);
      }
      return node->op == "log_cum_sum_exp" ? std::log(result) : result;
    });
  }

  const RandomProgram &program;
  Elements<T> &values;
  Sensitivity &sensitivity;
  const Node *node = nullptr;
  std::vector<T> out;
};

} // namespace

template <class T>
void evaluate(const RandomProgram &program, Elements<T> &values, Sensitivity &sensitivity) {
  values.resize(program.nodes.size());
  Evaluator<T>(program, values, sensitivity).run();
}

template void evaluate(const RandomProgram &, Elements<float> &, Sensitivity &);
template void evaluate(const RandomProgram &, Elements<double> &, Sensitivity &);

} // namespace gradus::reference
