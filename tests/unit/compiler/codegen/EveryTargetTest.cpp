// Programs for machines other than this one: what their objects ask of a linker, what a machine cannot
// compute, and that portable programs are the same everywhere.
#include "compiler/Pipeline.h"
#include "compiler/codegen/Symbols.h"
#include "compiler/graph/GraphError.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/Layers.h"
#include "compiler/graph/Ops.h"
#include "compiler/graph/Optimizers.h"
#include "tests/gradients/Rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace gradus::testing {
namespace {

using compiler::Phase;
using compiler::Pipeline;
using compiler::Target;
using ::testing::HasSubstr;

Pipeline pipelineFor(const Graph &graph, const Target &target) {
  compiler::PipelineOptions options;
  options.target = target;
  options.name = "model";
  options.codegenThreads = 1;
  return Pipeline(GraphImpl::of(graph).copyModule(), options);
}

std::vector<std::string> symbolsOf(const Graph &graph, const Target &target) {
  Pipeline pipeline = pipelineFor(graph, target);
  pipeline.runUntil(Phase::Codegen);
  return compiler::undefinedSymbols(pipeline.objects.front());
}

DType typeOf(Kind kind, DType real) {
  switch (kind) {
  case Kind::index:
    return DType::i32;
  case Kind::index64:
    return DType::i64;
  case Kind::flag:
    return DType::boolean;
  default:
    return real;
  }
}

/// One row of the table of all ops, with its gradients.
Graph graphOf(const Row &row, DType real) {
  Graph graph("model");
  std::vector<Tensor> operands, asked;
  for (const OperandSpec &spec : row.operands) {
    operands.push_back(graph.input("x" + std::to_string(operands.size()), spec.shape, typeOf(spec.kind, real)));
    if (spec.kind == Kind::real)
      asked.push_back(operands.back());
  }
  Tensor y = row.build(operands);
  graph.result("y", y);
  if (asked.empty() || y.dtype() != real)
    return graph;
  std::vector<Tensor> found = gradients(sum(y), asked);
  for (size_t i = 0; i < found.size(); ++i)
    graph.result("g" + std::to_string(i), found[i]);
  return graph;
}

Graph classifier(bool convolves, const Optimizer &optimizer, DType type = DType::f32) {
  Graph graph("model");
  Tensor x = graph.input("x", convolves ? Shape{8, 1, 12, 12} : Shape{8, 64}, type);
  Tensor label = graph.input("label", {8}, DType::i32);
  nn::Sequential layers = convolves
                              ? nn::Sequential{nn::Conv2d{.in = 1, .out = 6}, relu, nn::MaxPool2d{}, nn::Flatten{},
                                               nn::Linear{150, 10}}
                              : nn::Sequential{nn::Linear{64, 32}, relu, nn::Linear{32, 10}};
  Tensor loss = mean(crossEntropy(nn::Layer(graph, "net", layers, type)(x), label));
  graph.result("loss", loss);
  return trainingStep(loss, optimizer).graph();
}

/// Every n-th row of the table from the given one on, in f32; some in f64 as well, where the machine has it.
void expectNothingUndefined(const std::string &name, size_t first, size_t every) {
  Target target = Target::named(name);
  size_t i = 0;
  for (const Family &family : families())
    for (const Row &row : family.rows) {
      if (i++ % every != first)
        continue;
      for (DType real : {DType::f32, DType::f64}) {
        if (real == DType::f64 && (!target.hasDouble || i / every % 6))
          continue;
        SCOPED_TRACE(name + " " + row.name);
        EXPECT_THAT(symbolsOf(graphOf(row, real), target), ::testing::IsEmpty());
      }
    }
}

// Code for all rows and all machines would take minutes: each row is compiled for one of the machines that lack most.
TEST(EveryTarget, HalfOfTheOpsForAMicrocontrollerAskForNoLibrary) { expectNothingUndefined("cortex-m7", 0, 2); }

TEST(EveryTarget, TheOtherHalfForWebAssemblyAskForNoLibrary) { expectNothingUndefined("wasm32", 1, 2); }

TEST(EveryTarget, SomeOpsForOtherMachinesAskForNoLibrary) {
  size_t first = 0;
  for (const char *name : {"x86-64", "x86-64-v3", "x86-64-v4", "aarch64", "riscv64", "riscv64-v"})
    expectNothingUndefined(name, first += 5, 36);
}

TEST(EveryTarget, TrainingStepsAskForNoLibrary) {
  std::set<std::string> kinds; // processors that differ in caches alone are one
  for (const std::string &name : Target::knownNames()) {
    Target kind = Target::named(name);
    kind.cpu.clear();
    kind.l1Bytes = kind.l2Bytes = 0;
    if (!kinds.insert(kind.key() + (kind.hasDouble ? "" : ";single")).second)
      continue;
    SCOPED_TRACE(name);
    EXPECT_THAT(symbolsOf(classifier(false, Sgd{.rate = 0.1}), Target::named(name)), ::testing::IsEmpty());
  }
  for (const char *name : {"cortex-m7", "wasm32", "riscv64"})
    EXPECT_THAT(symbolsOf(classifier(true, Adam{}), Target::named(name)), ::testing::IsEmpty()) << name;
}

/// Indices, and shapes that are no multiples of a tile.
Graph languageModel() {
  Graph graph("model");
  Tensor word = graph.input("word", {6}, DType::i32), label = graph.input("label", {6}, DType::i32);
  Tensor x = nn::Layer(graph, "table", nn::Embedding{.count = 37, .features = 12})(word);
  Tensor logits = nn::Layer(graph, "net", nn::Linear{12, 37})(x);
  Tensor loss = mean(crossEntropy(logits, label));
  graph.result("loss", loss);
  return trainingStep(loss, Adam{}).graph();
}

// Tiles of a large product with the update of Adam's are counted in three dimensions: quotients of quotients, which
// LLVM once wrote again in 64 bits.
TEST(EveryTarget, WideLayersAskForNoLibrary) {
  Graph graph("model");
  Tensor x = graph.input("x", {32, 784}), label = graph.input("label", {32}, DType::i32);
  Tensor loss = mean(
      crossEntropy(nn::Layer(graph, "net", nn::Sequential{nn::Linear{784, 256}, relu, nn::Linear{256, 10}})(x), label));
  graph.result("loss", loss);
  EXPECT_THAT(symbolsOf(trainingStep(loss, Adam{}).graph(), Target::named("cortex-m7")), ::testing::IsEmpty());
  for (const char *name : {"cortex-m7", "wasm32"})
    EXPECT_THAT(symbolsOf(languageModel(), Target::named(name)), ::testing::IsEmpty()) << name;
}

std::string errorOf(const Graph &graph, const Target &target) {
  try {
    symbolsOf(graph, target);
  } catch (const GraphError &error) {
    return error.what();
  }
  return "no error";
}

TEST(EveryTarget, ArithmeticThatTheMachineLacksIsAnErrorAtItsLine) {
  Graph graph("model");
  Tensor a = graph.input("a", {4, 4}, DType::f64);
  graph.result("y", matmul(a, a)); // the line that the error names
  std::string line = std::to_string(__LINE__ - 1);
  EXPECT_THAT(errorOf(graph, Target::named("cortex-m4")),
              ::testing::ContainsRegex("EveryTargetTest.cpp:" + line +
                                       ":[0-9]+: error: gradus.matmul: cortex-m4 has no f64 arithmetic"));
  EXPECT_EQ(errorOf(graph, Target::named("cortex-m7")), "no error");
}

TEST(EveryTarget, DoublesInSingleDisguiseAreFoundToo) {
  Graph graph("model");
  Tensor a = graph.input("a", {4});
  graph.result("y", pow(a, a));
  EXPECT_THAT(errorOf(graph, Target::named("cortex-m33")), HasSubstr("cortex-m33 has no f64 arithmetic"));
}

TEST(EveryTarget, DoublesThatAreOnlyMovedNeedNoArithmetic) {
  Graph graph("model");
  Tensor a = graph.input("a", {4, 6}, DType::f64);
  graph.result("y", transpose(a, {1, 0}));
  EXPECT_EQ(errorOf(graph, Target::named("cortex-m4")), "no error");
}

TEST(EveryTarget, WithoutAnyFloatsInHardwareNoneAreComputed) {
  EXPECT_THAT(errorOf(classifier(false, Sgd{.rate = 0.1}), Target::named("thumbv7m-none-eabi", "cortex-m3")),
              HasSubstr("cortex-m3 (thumbv7m-none-eabi) has no f32 arithmetic"));
}

/// The lowered program, without the text in which it describes itself.
std::string loweredText(const Graph &graph, const Target &target) {
  Pipeline pipeline = pipelineFor(graph, target);
  pipeline.runUntil(Phase::Lower);
  pipeline.module->lookupSymbol("model_descriptor")->erase();
  std::string text;
  llvm::raw_string_ostream stream(text);
  pipeline.module->print(stream);
  return text;
}

TEST(EveryTarget, PortableProgramsAreLoweredToTheSameText) {
  Graph rows("model");
  Tensor x = rows.input("x", {40, 300});
  rows.result("softmax", softmax(x, -1));
  rows.result("columns", sum(x, {0}));
  rows.result("sorted", sort(x, 1).values);
  rows.result("turned", transpose(x, {1, 0}) * 2.0);
  rows.result("sums", cumsum(x, 1));
  for (const Graph &graph : {classifier(false, Adam{}), classifier(true, Sgd{.rate = 0.1, .momentum = 0.9}),
                             classifier(false, Sgd{.rate = 0.1}, DType::f64), rows}) {
    std::string wanted = loweredText(graph, Target::named("x86-64-v4").portable());
    for (const std::string &name : Target::knownNames())
      if (Target::named(name).hasDouble) {
        EXPECT_EQ(loweredText(graph, Target::named(name).portable()) == wanted, true) << name;
      }
    EXPECT_NE(loweredText(graph, Target::named("x86-64-v4")), wanted);
  }
}

} // namespace
} // namespace gradus::testing
