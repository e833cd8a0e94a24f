// What a wrong model is told: the user's line and column, the op, the facts, the rule, the origins.
#include "gradus/gradus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

namespace gradus {
namespace {

using ::testing::HasSubstr;

/// The text of the GraphError that a function throws; empty if it throws none.
template <class Function> std::string errorOf(Function function) {
  try {
    function();
  } catch (const GraphError &error) {
    return error.what();
  }
  return "";
}

struct Place {
  std::string file;
  size_t line = 0, column = 0;
};

/// "file:line:column: ..." at the beginning of a line.
Place placeOf(const std::string &text) {
  size_t third = text.find(": ");
  size_t second = text.rfind(':', third - 1), first = text.rfind(':', second - 1);
  return {text.substr(0, first), std::stoul(text.substr(first + 1)),
          std::stoul(text.substr(second + 1))};
}

/// Line `number` of this file, counted from 1.
std::string sourceLine(size_t number) {
  std::ifstream file(__FILE__);
  std::string line;
  for (size_t i = 0; i < number; ++i)
    std::getline(file, line);
  return line;
}

/// Whether the place lies inside `expression` in this file.
void expectInside(const std::string &text, size_t line, const std::string &expression) {
  Place place = placeOf(text);
  EXPECT_EQ(place.file, __FILE__);
  EXPECT_EQ(place.line, line) << text;
  size_t begin = sourceLine(line).find(expression) + 1;
  EXPECT_GE(place.column, begin) << text;
  EXPECT_LE(place.column, begin + expression.size()) << text;
}

std::vector<std::string> linesOf(const std::string &text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

TEST(GraphErrors, GiveTheLineAndColumnOfAnOperator) {
  Graph g("g");
  Tensor a = g.input("a", {32, 10}), b = g.input("b", {64, 10});
  size_t line = __LINE__ + 1;
  std::string text = errorOf([&] { Tensor unused = a + b; });
  expectInside(text, line, "a + b");
  EXPECT_THAT(text, HasSubstr(": error: gradus.add: shapes 32x10 and 64x10 do not broadcast: axis "
                              "0 is 32 on the left and 64 on the right (sizes must match, or one "
                              "must be 1)"));
}

TEST(GraphErrors, SayWhereTheOperandsComeFrom) {
  Graph g("g");
  size_t line = __LINE__ + 1;
  Tensor x = g.input("x", {32, 784}), w = g.input("w", {784, 10});
  Tensor product = matmul(x, w);
  Tensor labels = g.input("labels", {64, 10});
  std::vector<std::string> lines = linesOf(errorOf([&] { Tensor unused = product + labels; }));
  ASSERT_EQ(lines.size(), 3u);
  expectInside(lines[1], line + 1, "matmul(x, w)");
  EXPECT_THAT(lines[1], HasSubstr(": note: the left operand comes from gradus.matmul"));
  expectInside(lines[2], line + 2, "g.input(\"labels\", {64, 10})");
  EXPECT_THAT(lines[2],
              HasSubstr(": note: the right operand comes from gradus.input \"labels\""));
}

TEST(GraphErrors, GiveTheLineOfAFunction) {
  Graph g("g");
  Tensor a = g.input("a", {2, 3}), b = g.input("b", {4, 5});
  size_t line = __LINE__ + 1;
  std::string text = errorOf([&] { matmul(a, b); });
  expectInside(text, line, "matmul(a, b)");
  EXPECT_THAT(text, HasSubstr("error: gradus.matmul: shapes 2x3 and 4x5 do not multiply: the last "
                              "axis is 3 on the left and axis 0 is 4 on the right (the inner sizes "
                              "must match)"));
}

TEST(GraphErrors, GiveTheLineOfAnOperatorInsideALongExpression) {
  Graph g("g");
  Tensor a = g.input("a", {2, 3}), b = g.input("b", {2, 4});
  size_t line = __LINE__ + 3;
  std::string text = errorOf([&] {
    Tensor unused = exp(a) *
                    (tanh(a) - b);
  });
  expectInside(text, line, "(tanh(a) - b)");
  EXPECT_THAT(text, HasSubstr("error: gradus.sub: "));
}

TEST(GraphErrors, GiveTheLineOfEachKindOfCall) {
  Graph g("g");
  Tensor x = g.input("x", {2, 3}), n = g.input("n", {2}, DType::i32);
  size_t line = __LINE__ + 1;
  expectInside(errorOf([&] { x < n; }), line + 0, "x < n");
  expectInside(errorOf([&] { exp(n); }), line + 1, "exp(n)");
  expectInside(errorOf([&] { sum(x, 2); }), line + 2, "sum(x, 2)");
  expectInside(errorOf([&] { softmax(x, -3); }), line + 3, "softmax(x, -3)");
  expectInside(errorOf([&] { reshape(x, {4}); }), line + 4, "reshape(x, {4})");
  expectInside(errorOf([&] { squaredError(x, n); }), line + 5, "squaredError(x, n)");
}

TEST(GraphErrors, SayThatATensorIsEmpty) {
  Graph g("g");
  Tensor x = g.input("x", {2}), empty;
  std::string what = "an operand is an empty tensor (it was never given a value)";
  EXPECT_THAT(errorOf([&] { x + empty; }), HasSubstr("gradus.add: " + what));
  EXPECT_THAT(errorOf([&] { empty + x; }), HasSubstr("gradus.add: " + what));
  EXPECT_THAT(errorOf([&] { empty + 1; }), HasSubstr("gradus.add: " + what));
  EXPECT_THAT(errorOf([&] { -empty; }), HasSubstr("gradus.neg: " + what));
  EXPECT_THAT(errorOf([&] { exp(empty); }), HasSubstr("gradus.exp: " + what));
  EXPECT_THAT(errorOf([&] { sum(empty); }), HasSubstr("gradus.sum: " + what));
  EXPECT_THAT(errorOf([&] { mean(empty, 0, true); }), HasSubstr("gradus.mean: " + what));
  EXPECT_THAT(errorOf([&] { argmax(empty, 0, true); }), HasSubstr("gradus.argmax: " + what));
  EXPECT_THAT(errorOf([&] { softmax(empty); }), HasSubstr("gradus.softmax: " + what));
  EXPECT_THAT(errorOf([&] { transpose(empty); }), HasSubstr("gradus.transpose: " + what));
  EXPECT_THAT(errorOf([&] { reshape(empty, {1}); }), HasSubstr("gradus.reshape: " + what));
  EXPECT_THAT(errorOf([&] { broadcastTo(empty, {1}); }), HasSubstr("gradus.broadcast: " + what));
  EXPECT_THAT(errorOf([&] { cast(empty, DType::f64); }), HasSubstr("gradus.cast: " + what));
  EXPECT_THAT(errorOf([&] { gather(x, empty); }), HasSubstr("gradus.take: " + what));
  EXPECT_THAT(errorOf([&] { gather(empty, x); }), HasSubstr("gradus.take: " + what));
  EXPECT_THAT(errorOf([&] { oneHot(empty, 3); }), HasSubstr("gradus.one_hot: " + what));
  EXPECT_THAT(errorOf([&] { where(empty, x, x); }), HasSubstr("gradus.where: " + what));
  EXPECT_THAT(errorOf([&] { matmul(x, empty); }), HasSubstr("gradus.matmul: " + what));
  EXPECT_THAT(errorOf([&] { squaredError(x, empty); }), HasSubstr("gradus.squared_error: " + what));
  EXPECT_THAT(errorOf([&] { g.result("y", empty); }), HasSubstr("gradus.result: " + what));
  EXPECT_THAT(errorOf([&] { g.assign(empty, x); }), HasSubstr("gradus.assign: " + what));
  EXPECT_THAT(errorOf([&] { gradients(empty, {x}); }), HasSubstr("the loss is an empty tensor"));
  EXPECT_THAT(errorOf([&] { gradients(sum(x), {empty}); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { trainingStep(empty, Sgd{}); }), HasSubstr("the loss is an empty tensor"));
  EXPECT_THAT(errorOf([&] { empty.shape(); }), HasSubstr("an empty tensor has no shape"));
  EXPECT_THAT(errorOf([&] { empty.dtype(); }), HasSubstr("an empty tensor has no shape"));
}

TEST(GraphErrors, SayThatOperandsAreOfTwoGraphs) {
  Graph g("first"), h("second");
  Tensor x = g.input("x", {2}), y = h.input("y", {2});
  std::string what = "(must be one graph)";
  std::string text = errorOf([&] { x + y; });
  EXPECT_THAT(text, HasSubstr("operands belong to the graphs \"first\" and \"second\" " + what));
  EXPECT_THAT(errorOf([&] { gather(x, y); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { crossEntropy(x, y); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { where(x > 0, y, 1); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { where(x > 0, 1, y); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { g.result("y", y); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { g.assign(x, y); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { gradients(sum(x), {y}); }), HasSubstr(what));
}

TEST(GraphErrors, SayThatBothOperandsAreNumbers) {
  EXPECT_THAT(errorOf([] { maximum(1, 2); }),
              HasSubstr("gradus.maximum: both operands are numbers (one must be a tensor)"));
}

TEST(GraphErrors, SayThatANameIsTakenOrEmpty) {
  Graph g("g");
  Tensor x = g.input("x", {2});
  g.parameter("w", {2}, zeros());
  g.result("y", x);
  EXPECT_THAT(errorOf([&] { g.input("x", {3}); }),
              HasSubstr("gradus.input: the name \"x\" is taken by another input"));
  EXPECT_THAT(errorOf([&] { g.parameter("w", {2}, zeros()); }),
              HasSubstr("the name \"w\" is taken by another variable"));
  EXPECT_THAT(errorOf([&] { g.state("w", {2}); }),
              HasSubstr("gradus.state: the name \"w\" is taken by another variable"));
  EXPECT_THAT(errorOf([&] { g.result("y", x); }), HasSubstr("taken by another result"));
  EXPECT_THAT(errorOf([&] { g.input("", {3}); }), HasSubstr("gradus.input: the name is empty"));
  EXPECT_THAT(errorOf([&] { g.result("", x); }), HasSubstr("gradus.result: the name is empty"));
  // One name may stand for an input, a variable and a result.
  EXPECT_EQ(errorOf([&] {
              g.input("w", {2});
              g.result("x", x);
            }),
            "");
}

TEST(GraphErrors, LeaveNoTraceInTheGraph) {
  Graph g("g");
  Tensor x = g.input("x", {2, 3}), y = g.input("y", {4});
  std::string before = g.toText();
  EXPECT_NE(errorOf([&] { x + y; }), "");
  EXPECT_NE(errorOf([&] { g.input("z", {-7}); }), "");
  EXPECT_NE(errorOf([&] { g.parameter("w", {2}, constant(NAN)); }), "");
  EXPECT_EQ(g.toText(), before);
  EXPECT_EQ(errorOf([&] {
              g.input("z", {7});
              g.parameter("w", {2}, zeros());
            }),
            "");
}

TEST(GraphErrors, SayThatAGraphsNameIsNoIdentifier) {
  for (const char *name : {"", "9a", "a b", "a-b", "ä", "a\"b", "a\nb"})
    EXPECT_THAT(errorOf([&] { Graph g(name); }), HasSubstr("is not an identifier")) << name;
  EXPECT_EQ(errorOf([] { Graph g("_a9"); }), "");
}

TEST(GraphErrors, SayThatASizeIsImpossible) {
  Graph g("g");
  EXPECT_THAT(errorOf([&] { g.input("x", {2, -3}); }),
              HasSubstr("gradus.input: axis 1 has the negative size -3"));
  EXPECT_THAT(errorOf([&] { g.input("x", {2, kBatch}); }),
              HasSubstr("axis 1 is the batch (only the leading axis of an input may be)"));
  EXPECT_THAT(errorOf([&] { g.parameter("w", {kBatch, 2}, zeros()); }),
              HasSubstr("gradus.parameter: axis 0 is the batch"));
  EXPECT_THAT(errorOf([&] { g.full({kBatch}, 1); }), HasSubstr("axis 0 is the batch"));
  EXPECT_THAT(errorOf([&] { g.input("x", {std::numeric_limits<int64_t>::min()}); }),
              HasSubstr("sizes must not be negative"));
  EXPECT_THAT(errorOf([&] { g.input("x", {1 << 30, 1 << 30}); }), HasSubstr("is too large"));
  EXPECT_THAT(errorOf([&] { g.input("x", {std::numeric_limits<int64_t>::max(), 2, 2}); }),
              HasSubstr("is too large"));
  EXPECT_THAT(errorOf([&] { g.input("x", Shape(9, 1)); }),
              HasSubstr("rank 9 is too high (at most 8 axes)"));
}

TEST(GraphErrors, SayThatAResultWouldBeTooLargeOrTooDeep) {
  Graph g("g");
  Tensor column = g.input("column", {1 << 21, 1}), row = g.input("row", {1, 1 << 21});
  EXPECT_THAT(errorOf([&] { column + row; }), HasSubstr("gradus.add: a tensor of shape"));
  EXPECT_THAT(errorOf([&] { matmul(column, row); }), HasSubstr("is too large (at most 2^40 bytes)"));
  EXPECT_THAT(errorOf([&] { broadcastTo(column, {1 << 21, 1 << 30}); }), HasSubstr("too large"));
  Tensor deep = g.input("deep", Shape(8, 1)), i = g.input("i", {1, 1}, DType::i32);
  EXPECT_THAT(errorOf([&] { gather(deep, i); }), HasSubstr("rank 9 is too high"));
  EXPECT_THAT(errorOf([&] { oneHot(cast(deep, DType::i32), 2); }), HasSubstr("rank 9"));
  EXPECT_THAT(errorOf([&] { oneHot(i, int64_t(1) << 62); }), HasSubstr("too large"));
  EXPECT_THAT(errorOf([&] { reshape(deep, Shape(9, 1)); }), HasSubstr("rank 9 is too high"));
}

TEST(GraphErrors, SayThatAnAxisIsOutside) {
  Graph g("g");
  Tensor x = g.input("x", {2, 3}), s = g.input("s", {});
  std::string what = "axis 2 is outside the 2 axes of shape 2x3";
  EXPECT_THAT(errorOf([&] { sum(x, 2); }), HasSubstr("gradus.sum: " + what));
  EXPECT_THAT(errorOf([&] { max(x, {0, 2}); }), HasSubstr("gradus.max: " + what));
  EXPECT_THAT(errorOf([&] { argmax(x, 2); }), HasSubstr("gradus.argmax: " + what));
  EXPECT_THAT(errorOf([&] { softmax(x, 2); }), HasSubstr("gradus.softmax: " + what));
  EXPECT_THAT(errorOf([&] { logSoftmax(x, -3); }), HasSubstr("axis -3 is outside the 2 axes"));
  EXPECT_THAT(errorOf([&] { softmax(s); }), HasSubstr("axis -1 is outside the 0 axes"));
  EXPECT_THAT(errorOf([&] { transpose(x, {0, 2}); }), HasSubstr(what));
  EXPECT_THAT(errorOf([&] { transpose(x, {0}); }), HasSubstr("do not name each of the 2 axes"));
  EXPECT_THAT(errorOf([&] { transpose(x, {1, 1}); }), HasSubstr("axes [1, 1] do not name each"));
  EXPECT_THAT(errorOf([&] { sum(x, {0, -2}); }), HasSubstr("axis 0 is given twice"));
}

TEST(GraphErrors, SayThatElementTypesDoNotFit) {
  Graph g("g");
  Tensor f = g.input("f", {2}), d = g.input("d", {2}, DType::f64);
  Tensor i = g.input("i", {2}, DType::i32), b = g.input("b", {2}, DType::boolean);
  Tensor byte = g.input("byte", {2}, DType::u8);
  EXPECT_THAT(errorOf([&] { f + d; }), HasSubstr("element types f32 and f64 differ"));
  EXPECT_THAT(errorOf([&] { f + i; }), HasSubstr("element types f32 and i32 differ (operands need "
                                                 "one element type; convert with cast)"));
  EXPECT_THAT(errorOf([&] { b + b; }), HasSubstr("element type bool does not fit"));
  EXPECT_THAT(errorOf([&] { byte + byte; }), HasSubstr("element type u8 does not fit"));
  EXPECT_THAT(errorOf([&] { exp(i); }), HasSubstr("element type i32 does not fit (must be f32 or "
                                                  "f64; convert with cast)"));
  EXPECT_THAT(errorOf([&] { f & f; }), HasSubstr("element type f32 does not fit (must be i32, i64, bool or u8"));
  EXPECT_THAT(errorOf([&] { !f; }), HasSubstr("must be i32, i64, bool or u8"));
  EXPECT_THAT(errorOf([&] { where(f, f, f); }), HasSubstr("the condition has element type f32"));
  EXPECT_THAT(errorOf([&] { where(b, f, d); }), HasSubstr("both choices need one element type"));
  EXPECT_THAT(errorOf([&] { mean(i); }), HasSubstr("must be f32 or f64"));
  EXPECT_THAT(errorOf([&] { gather(f, f); }), HasSubstr("the indices have element type f32"));
  EXPECT_THAT(errorOf([&] { oneHot(f, 3); }), HasSubstr("the indices have element type f32"));
  EXPECT_THAT(errorOf([&] { oneHot(i, 3, DType::boolean); }), HasSubstr("bool does not fit"));
  EXPECT_THAT(errorOf([&] { sum(b); }), HasSubstr("element type bool does not fit"));
  EXPECT_THAT(errorOf([&] { i + 0.5; }), HasSubstr("the number 0.5 is not a value of i32"));
  EXPECT_THAT(errorOf([&] { i + 3e9; }), HasSubstr("the number 3e+09 is not a value of i32"));
  EXPECT_THAT(errorOf([&] { i + NAN; }), HasSubstr("is not a value of i32"));
  EXPECT_THAT(errorOf([&] { cast(f, static_cast<DType>(77)); }), HasSubstr("element type 77"));
}

TEST(GraphErrors, SayThatTheBatchIsMisused) {
  Graph g("g");
  Tensor x = g.input("x", {kBatch, 10}), y = g.input("y", {32, 10});
  EXPECT_THAT(errorOf([&] { x + y; }),
              HasSubstr("axis 0 is the batch on the left and 32 on the right"));
  EXPECT_THAT(errorOf([&] { reshape(x, {10, 10}); }),
              HasSubstr("shape ?x10 cannot become 10x10 (the number of elements must stay)"));
  EXPECT_THAT(errorOf([&] { reshape(x, {-1, -1}); }), HasSubstr("at most one size may be -1"));
  EXPECT_THAT(errorOf([&] { matmul(transpose(x), y); }),
              HasSubstr("the last axis is the batch on the left"));
  EXPECT_THAT(errorOf([&] { g.assign(g.parameter("w", {2, 10}, zeros()), x); }),
              HasSubstr("(must be equal)"));
}

TEST(GraphErrors, SayThatReshapeLosesElements) {
  Graph g("g");
  Tensor x = g.input("x", {2, 3}), none = g.input("none", {0, 3});
  EXPECT_THAT(errorOf([&] { reshape(x, {4}); }), HasSubstr("shape 2x3 cannot become 4"));
  EXPECT_THAT(errorOf([&] { reshape(x, {4, -1}); }), HasSubstr("cannot become 4x?"));
  EXPECT_THAT(errorOf([&] { reshape(x, {-2, 3}); }), HasSubstr("no other negative"));
  EXPECT_THAT(errorOf([&] { reshape(none, {0, -1}); }), HasSubstr("cannot become"));
  EXPECT_THAT(errorOf([&] { reshape(x, {int64_t(1) << 62, 6}); }), HasSubstr("cannot become"));
  EXPECT_THAT(errorOf([&] { max(none, 0); }), HasSubstr("is empty (no elements have no extremum)"));
  EXPECT_EQ(reshape(none, {3, 0}).shape(), (Shape{3, 0}));
}

TEST(GraphErrors, SayThatAnInitialiserDoesNotFit) {
  Graph g("g");
  auto made = [&](const Initializer &init, DType type = DType::f32) {
    return errorOf([&] { g.parameter("w", {2, 3}, init, type); });
  };
  EXPECT_THAT(made(constant(INFINITY)), HasSubstr("must be finite"));
  EXPECT_THAT(made(uniform(2, 1)), HasSubstr("uniform from 2 to 1 is empty"));
  EXPECT_THAT(made(normal(0, -1)), HasSubstr("the standard deviation -1 is negative"));
  EXPECT_THAT(made(normal(0, 1), DType::i32), HasSubstr("no initialiser normal for element type i32"));
  EXPECT_THAT(made({"nonsense", 0, 0, {}}), HasSubstr("no initialiser nonsense"));
  EXPECT_THAT(made(data(NDArray::zeros({3, 2}))),
              HasSubstr("the values are f32 3x2, the variable is f32"));
  EXPECT_THAT(made(data(NDArray::zeros({2, 3}, DType::f64))), HasSubstr("(must be equal)"));
  EXPECT_EQ(made(data(NDArray::zeros({2, 3}))), "");
}

TEST(GraphErrors, SayThatAnAssignIsImpossible) {
  Graph g("g");
  Tensor w = g.parameter("w", {2}, zeros()), x = g.input("x", {2});
  EXPECT_THAT(errorOf([&] { g.assign(x, w); }),
              HasSubstr("gradus.assign: only a parameter or a state can be assigned"));
  EXPECT_THAT(errorOf([&] { g.assign(w, sum(x)); }),
              HasSubstr("\"w\" has shape 2 and type f32, its new value scalar and f32"));
  g.assign(w, x);
  EXPECT_THAT(errorOf([&] { g.assign(w, x); }), HasSubstr("\"w\" is assigned twice"));
}

TEST(GraphErrors, SayThatALossIsNoFloatingPointScalar) {
  Graph g("g");
  Tensor x = g.input("x", {2}), i = g.input("i", {}, DType::i32);
  EXPECT_THAT(errorOf([&] { gradients(x, {x}); }),
              HasSubstr("gradus.gradients: the loss has shape 2 and element type f32 (must be a "
                        "floating-point scalar; reduce it with sum or mean)"));
  EXPECT_THAT(errorOf([&] { gradients(i, {x}); }), HasSubstr("the loss has shape scalar"));
  EXPECT_THAT(errorOf([&] { gradients(sum(x), {i}); }),
              HasSubstr("no gradient with respect to element type i32"));
  EXPECT_THAT(errorOf([&] { trainingStep(x, Sgd{}); }), HasSubstr("the loss has shape 2"));
}

TEST(GraphErrors, SayThatALossDoesNotFitItsTarget) {
  Graph g("g");
  Tensor logits = g.input("logits", {32, 10}), column = g.input("column", {32, 1});
  Tensor labels = g.input("labels", {64}, DType::i32), vector = g.input("vector", {32});
  EXPECT_THAT(errorOf([&] { squaredError(vector, column); }),
              HasSubstr("shapes 32 and 32x1 differ (a loss does not broadcast"));
  EXPECT_THAT(errorOf([&] { binaryCrossEntropyWithLogits(vector, column); }), HasSubstr("differ"));
  EXPECT_THAT(errorOf([&] { crossEntropy(logits, labels); }),
              HasSubstr("labels of shape 64 do not fit logits of shape 32x10 (must be 32, one "
                        "label per row)"));
  EXPECT_THAT(errorOf([&] { crossEntropy(logits, vector); }),
              HasSubstr("a target of shape 32 and element type f32 does not fit"));
  EXPECT_THAT(errorOf([&] { crossEntropy(sum(logits), labels); }), HasSubstr("have no classes"));
}

TEST(GraphErrors, AppearAtTheUsersLineAlsoWhenCompiling) {
  Graph g("g");
  size_t line = __LINE__ + 1;
  Tensor x = g.input("x", {kBatch, int64_t(1) << 30});
  g.result("y", x);
  std::string text = errorOf([&] { compile(g, {.batch = 1 << 20, .cache = false}); });
  expectInside(text, line, "g.input(\"x\", {kBatch, int64_t(1) << 30})");
  EXPECT_THAT(text, HasSubstr("is too large"));
}

} // namespace
} // namespace gradus
