#include "compiler/Reproducer.h"

#include "dialects/gradus/Kernel.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/schedule/Schedule.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace gradus;
using namespace gradus::compiler;

namespace {

constexpr const char *kModel = R"(func.func @model() {
  %x = gradus.input "x" : tensor<8x4xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<4x3xf32>
  %y = gradus.matmul %x, %w : (tensor<8x4xf32>, tensor<4x3xf32>) -> tensor<8x3xf32>
  %z = gradus.relu %y : (tensor<8x3xf32>) -> tensor<8x3xf32>
  gradus.result "z" %z : tensor<8x3xf32>
  return
})";

std::string contents(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

int64_t countOf(const std::string &text, const std::string &part) {
  int64_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++n;
  return n;
}

} // namespace

TEST(Reproducer, HoldsTheModuleAndTheCommandThatRepeatsThePhase) {
  Graph graph = Graph::parse(kModel);
  Pipeline pipeline(GraphImpl::of(graph).copyModule(), {});
  std::string file = writeReproducer(*pipeline.module, Phase::Memory, {.name = "odd name"});
  ASSERT_EQ(std::filesystem::path(file).filename(), "gradus-reproducer-odd_name.mlir");
  std::string text = contents(file);
  EXPECT_NE(text.find("gradus-opt --gradus-assign-buffers --gradus-verify-phase=memory"),
            std::string::npos)
      << text;
  EXPECT_TRUE(mlir::parseSourceString<mlir::ModuleOp>(text, GraphImpl::of(graph).context()));
  std::filesystem::remove(file);
}

TEST(VerifyPhase, SaysWhatDoesNotHold) {
  Graph graph = Graph::parse(kModel);
  Pipeline pipeline(GraphImpl::of(graph).copyModule(), {});
  pipeline.runUntil(Phase::Memory);
  EXPECT_EQ(verifyPhase(*pipeline.module, Phase::Memory), "");
  // As a bug in the phase before would leave it.
  pipeline.module->walk([](ir::KernelOp kernel) { kernel.setKind("row"); });
  std::string why = verifyPhase(*pipeline.module, Phase::Memory);
  EXPECT_NE(why.find("a row holds"), std::string::npos) << why;
}

TEST(Reproducer, MistakesOfTheModelAreNotOurs) {
  Graph graph = Graph::parse(R"(func.func @model() {
  %x = gradus.input "x" : tensor<?x4xf32>
  %y = gradus.input "y" : tensor<?x2xf32>
  %r = gradus.reshape %x to [-1, 2] : (tensor<?x4xf32>) -> tensor<?x2xf32>
  %z = gradus.add %r, %y : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  gradus.result "z" %z : tensor<?x2xf32>
  return
})");
  PipelineOptions options;
  options.batch = 7; // 14x2 and 7x2
  Pipeline pipeline(GraphImpl::of(graph).copyModule(), options);
  EXPECT_THROW(pipeline.runUntil(Phase::Shapes), GraphError);
}

TEST(DrawKernels, EachKernelIsAClusterWithItsShapesAndLocations) {
  Graph graph = Graph::parse(kModel);
  Pipeline pipeline(GraphImpl::of(graph).copyModule(), {});
  pipeline.runUntil(Phase::Schedule);
  std::string text = drawKernels(*pipeline.module);
  EXPECT_EQ(countOf(text, "subgraph cluster_"), 1) << text;
  EXPECT_EQ(countOf(text, "label=\"matmul\""), 1) << text;
  EXPECT_EQ(countOf(text, "label=\"parameter w\""), 1) << text;
  EXPECT_NE(text.find("label=\"4x3xf32\""), std::string::npos) << text;
  EXPECT_NE(text.find(":4:"), std::string::npos) << text; // the line of the product
  EXPECT_EQ(countOf(text, "{"), countOf(text, "}"));
}
