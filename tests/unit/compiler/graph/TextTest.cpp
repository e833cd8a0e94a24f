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
  EXPECT_THAT(errorOf(inFunction("%w = gradus.input \"w\" : tensor<99999999999x99999999999xf32>")),
              HasSubstr("error: "));
}

std::string repeated(const std::string &text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += text;
  return all;
}

void expectRefused(const std::string &text) {
  std::string error = errorOf(text);
  EXPECT_THAT(error, StartsWith("model.mlir:")) << text.substr(0, 200);
  EXPECT_THAT(error, HasSubstr(": error: ")) << text.substr(0, 200);
  EXPECT_LT(error.size(), 2000u) << text.substr(0, 200);
}

TEST(GraphText, NestingDeeperThanAnyStackIsRefused) {
  constexpr int deep = 300000;
  for (const char *opening :
       {"(", "[", "{a = ", "tuple<", "tensor<2x", "dense<[", "loc(fused[", "loc(callsite(",
        "module { ", "affine_map<(d0) -> (", "affine_map<(d0) -> (- - "}) {
    expectRefused(repeated(opening, deep));
    expectRefused(inFunction("%x = gradus.input \"x\" {a = " + repeated(opening, deep)));
    expectRefused(inFunction("%x = gradus.input \"x\" : " + repeated(opening, deep)));
  }
  expectRefused(inFunction("%x = gradus.input \"x\" : tensor<" + repeated("1x", deep) + "f32>"));
}

TEST(GraphText, AliasesThatGrowAreRefused) {
  struct Growth {
    const char *first, *before, *between, *after;
    int count;
  };
  for (Growth g :
       {Growth{"#a0 = [1]", "[", ", ", "]", 64}, Growth{"!a0 = i32", "tuple<", ", ", ">", 64},
        Growth{"#a0 = loc(\"f\":1:1)", "loc(callsite(", " at ", "))", 64},
        Growth{"#a0 = loc(\"f\":1:1)", "loc(\"n\"(", nullptr, "))", 100000}}) {
    std::string text = g.first, mark(1, g.first[0]), last = mark + "a0";
    for (int i = 1; i <= g.count; ++i) {
      std::string name = mark + "a" + std::to_string(i);
      text += "\n" + name + " = " + g.before + last + (g.between ? g.between + last : "") + g.after;
      last = name;
    }
    for (const char *name : {"x", ""}) // an error walks the location
      expectRefused(text + "\n" +
                    inFunction("%x = gradus.input \"" + std::string(name) +
                               "\" : tensor<2xf32> loc(" + last + ")"));
  }
}

TEST(GraphText, WhatOnlyTheCompilerWritesIsRefused) {
  std::string x = "%x = gradus.input \"x\" : tensor<2xf32>\n",
              in = "(tensor<2xf32>) -> tensor<2xf32>\n";
  for (const std::string &ops : std::initializer_list<std::string>{
           "%y = gradus.neg %x {buffers = array<i64: 5>} : " + in,
           "%w = gradus.parameter \"w\" {kind = \"zeros\"} {fixed_panel = 7} : tensor<2x2xf32>\n",
           "%y = \"gradus.kernel\"(%x) ({\n^bb0(%a: tensor<2xf32>):\ngradus.yield %a : "
           "tensor<2xf32>\n})"
           " {kind = \"map\"} : " +
               in,
           std::string("%c = gradus.constant dense_resource<q> : tensor<4xf32>\n"),
           std::string("%c = gradus.constant sparse<[[0]], [1.0]> : tensor<4xf32>\n"),
           std::string("%z = gradus.input \"z\" : tensor<2xf32, \"how\">\n"),
           std::string("%z = gradus.input \"z\" : tensor<2x?xf32>\n"),
           std::string("%z = gradus.input \"a\\00\" : tensor<2xf32>\n"),
           std::string("%z = gradus.input \"a\\FF\" : tensor<2xf32>\n"),
       })
    expectRefused(inFunction(x + ops));
  expectRefused("func.func @f() attributes {gradus.arena_bytes = 7} { return }");
  expectRefused("func.func @\"../f\"() { return }");
  expectRefused("module attributes {builtin.x = 1} { func.func @f() { return } }");
  expectRefused("module { module { } func.func @f() { return } }");
  expectRefused(
      "func.func @f() { return }\n{-# dialect_resources: { builtin: { q: \"0x08\" } } #-}");
  expectRefused("ML\xefR\x01");
}

TEST(GraphText, InitialisersThatDoNotFitAreRefused) {
  for (const char *init :
       {"{kind = \"data\"}", "{kind = \"data\", value = \"x\"}",
        "{kind = \"data\", value = dense<1.0> : tensor<3xf32>}",
        "{kind = \"data\", value = dense<1> : tensor<4xi64>}",
        "{kind = \"zeros\", value = dense<1.0> : tensor<4xf32>}", "{kind = \"uniform\", a = \"x\"}",
        "{kind = \"uniform\", a = 2.0, b = 1.0}", "{kind = \"normal\", b = -1.0}",
        "{kind = \"constant\", a = 1}", "{kind = \"constant\", a = 0x7FF0000000000000 : f64}",
        "{kind = \"zeros\", c = 1.0}", "{}"})
    expectRefused(
        inFunction("%w = gradus.parameter \"w\" " + std::string(init) + " : tensor<4xf32>"));
}

TEST(GraphText, OpsWithoutTheirPartsAreRefused) {
  std::string x = "%x = gradus.input \"x\" : tensor<2xf32>\n";
  for (const char *op :
       {"\"gradus.add\"(%x) : (tensor<2xf32>) -> tensor<2xf32>", "\"gradus.add\"() : () -> ()",
        "\"gradus.add\"(%x, %x) ({}) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>",
        "\"gradus.sum\"(%x) : (tensor<2xf32>) -> tensor<f32>",
        "\"gradus.sum\"(%x) {axes = array<i64: 99999999999>} : (tensor<2xf32>) -> tensor<f32>",
        "\"gradus.constant\"() : () -> tensor<2xf32>", "\"gradus.gradients\"() : () -> ()",
        "\"gradus.input\"() {name = 3} : () -> tensor<2xf32>", "func.call @f() : () -> ()",
        "builtin.unrealized_conversion_cast %x : tensor<2xf32> to tensor<3xf32>",
        "\"gradus.add\"(%x) : (tensor<2xf32>) -> () loc(unknown)"})
    expectRefused(inFunction(x + op));
}

} // namespace
} // namespace gradus
