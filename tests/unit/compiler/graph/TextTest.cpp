// Graphs as text and back, and what a broken text is told.
#include "compiler/graph/Ops.h"
#include "compiler/graph/Optimizers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gradus {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Graph classifier() {
  Graph g("classifier");
  Tensor x = g.input("x", {kBatch, 8}), label = g.input("label", {kBatch}, DType::i32);
  Tensor w = g.parameter("w", {8, 3}, glorotUniform()), b = g.parameter("b", {3}, zeros());
  Tensor table = g.constant(NDArray::fromVector<float>({1, 2, 3}));
  g.state("count", {}, zeros(), DType::i64);
  Tensor logits = matmul(x, w) + b * table;
  g.result("best", argmax(logits));
  g.result("loss", crossEntropy(logits, label));
  return g;
}

std::string errorOf(const std::string &text) {
  try {
    Graph::parse(text, "model.mlir");
  } catch (const GraphError &error) {
    return error.what();
  }
  return "";
}

std::string inFunction(const std::string &ops) { return "func.func @f() {\n" + ops + "\nreturn }"; }

TEST(GraphText, ReadsBackAsItWasWritten) {
  std::string text = classifier().toText();
  Graph again = Graph::parse(text);
  EXPECT_EQ(again.toText(), text);
  EXPECT_EQ(again.name(), "classifier");
  EXPECT_EQ(again.parameters().size(), 2u);
  EXPECT_THAT(again.results(), ::testing::ElementsAre("best", "loss"));
}

TEST(GraphText, ReadsBackTrainingSteps) {
  Graph g("g");
  Tensor w = g.parameter("w", {3}, normal(0, 1));
  std::string text = trainingStep(sum(w * w), Adam{}).graph().toText();
  EXPECT_EQ(Graph::parse(text).toText(), text);
}

TEST(GraphText, KeepsTheUsersLinesIfAsked) {
  std::string text = classifier().toText(/*locations=*/true);
  EXPECT_THAT(text, HasSubstr("TextTest.cpp\":"));
  EXPECT_EQ(Graph::parse(text).toText(true), text);
}

TEST(GraphText, GraphsThatAreReadCanBeBuiltUpon) {
  Graph again = Graph::parse(classifier().toText());
  EXPECT_THROW(again.input("x", {2}), GraphError);
  Tensor y = again.input("y", {2});
  EXPECT_NO_THROW(again.result("twice", y * 2));
}

TEST(GraphText, BrokenTextIsToldWhere) {
  EXPECT_THAT(errorOf("nonsense"), StartsWith("model.mlir:1:1: error: "));
  EXPECT_THAT(errorOf(inFunction("%x = gradus.input \"x\" : tensor<2xf3>")),
              StartsWith("model.mlir:2:"));
  EXPECT_THAT(errorOf(inFunction("%x = gradus.nothing")), StartsWith("model.mlir:2:"));
  EXPECT_THAT(errorOf(""), HasSubstr("exactly one function"));
  EXPECT_THAT(errorOf(inFunction("") + "func.func @g() { return }"),
              HasSubstr("exactly one function"));
  EXPECT_THAT(errorOf("func.func private @f()"), HasSubstr("has one block"));
  EXPECT_THAT(errorOf("func.func @f(%x: tensor<2xf32>) { return }"), HasSubstr("no arguments"));
  EXPECT_THAT(errorOf(std::string("\0\xff\x01", 3)), HasSubstr("error: "));
}

TEST(GraphText, WrongGraphsAreToldWhere) {
  std::string x = "%x = gradus.input \"x\" : tensor<2xf32>\n";
  EXPECT_THAT(errorOf(inFunction(x + "%y = gradus.input \"x\" : tensor<2xf32>")),
              HasSubstr("the name \"x\" is taken by another input"));
  EXPECT_THAT(errorOf(inFunction(x + "%y = gradus.neg %x : (tensor<2xf32>) -> tensor<3xf32>")),
              StartsWith("model.mlir:3:"));
  EXPECT_THAT(errorOf(inFunction("%w = gradus.parameter \"w\" {kind = \"zeros\"} : tensor<?xf32>")),
              HasSubstr("must be static"));
  EXPECT_THAT(errorOf(inFunction("%w = gradus.parameter \"w\" {kind = 3} : tensor<2xf32>")),
              HasSubstr("no initialiser"));
  EXPECT_THAT(errorOf(inFunction("%w = gradus.input \"w\" : tensor<*xf32>")), HasSubstr("error: "));
  EXPECT_THAT(errorOf(inFunction("%w = gradus.input \"w\" : tensor<2xf16>")), HasSubstr("error: "));
  EXPECT_THAT(
      errorOf(inFunction("%w = gradus.input \"w\" : tensor<99999999999x99999999999xf32>")),
      HasSubstr("error: "));
}

} // namespace
} // namespace gradus
