// Layers: names, shapes and first values of their parameters, what they compute, what they refuse.
#include "compiler/Compile.h"
#include "compiler/graph/Layers.h"
#include "compiler/graph/Ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace gradus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

Program compiled(const Graph &graph, CompileOptions options = {}) {
  options.threads = 1;
  options.cache = false;
  return compile(graph, options);
}

TEST(Layers, NameTheirParametersByScope) {
  Graph g("net");
  nn::Layer net(g, "encoder", nn::Sequential{nn::Linear{4, 8}, relu, nn::Sequential{nn::LayerNorm{{8}}, nn::Linear{8, 2, false}}});
  g.result("y", net(g.input("x", {kBatch, 4})));
  EXPECT_EQ(net(g.input("z", {5, 4})).shape(), (Shape{5, 2}));
  Program program = compiled(g, {.results = {"y"}});
  EXPECT_THAT(program.state()->names(),
              UnorderedElementsAre("encoder/0/weight", "encoder/0/bias", "encoder/2/0/weight", "encoder/2/0/bias",
                                   "encoder/2/1/weight"));
  NDArray weight = program.state()->get("encoder/0/weight");
  EXPECT_EQ(weight.shape(), (Shape{4, 8}));
  float most = 0;
  for (float w : weight.toVector<float>())
    most = std::max(most, std::abs(w));
  EXPECT_LE(most, 0.5f); // 1 / sqrt(4)
  EXPECT_GT(most, 0.3f);
}

TEST(Layers, LinearMultipliesRowsByItsWeight) {
  Graph g("linear");
  nn::Layer fc(g, "fc", nn::Linear{3, 2});
  g.result("y", fc(g.input("x", {1, 3})));
  EXPECT_EQ(fc(g.constant(NDArray::fromVector<float>({1, 2, 3}))).shape(), (Shape{2}));
  EXPECT_EQ(fc(g.full({5, 4, 3}, 1)).shape(), (Shape{5, 4, 2}));
  Program program = compiled(g);
  program.state()->set("fc/weight", NDArray::fromVector<float>({1, 4, 2, 5, 3, 6}, {3, 2}));
  program.state()->set("fc/bias", NDArray::fromVector<float>({10, 20}));
  program.bind("x", NDArray::fromVector<float>({1, 0, -1}, {1, 3}));
  program.step();
  EXPECT_THAT(program.output("y").toVector<float>(), ElementsAre(8, 18));
}

TEST(Layers, AppliedTwiceShareTheirParameters) {
  Graph g("tied");
  nn::Layer square(g, "square", nn::Linear{1, 1, false}, DType::f64);
  Tensor x = g.input("x", {1, 1}, DType::f64);
  Tensor y = square(square(x)); // w² x
  EXPECT_EQ(g.parameters().size(), 1u);
  g.result("dw", gradients(sum(y), g.parameters())[0]);
  Program program = compiled(g);
  program.state()->set("square/weight", NDArray::fromVector<double>({3}, {1, 1}));
  program.bind("x", NDArray::fromVector<double>({5}, {1, 1}));
  program.step();
  EXPECT_EQ(program.output("dw").item<double>(), 30);
}

TEST(Layers, EmbeddingTakesRows) {
  Graph g("rows");
  nn::Layer table(g, "table", nn::Embedding{10, 4});
  EXPECT_EQ(table(g.input("i", {kBatch, 7}, DType::i32)).shape(), (Shape{kBatch, 7, 4}));
}

TEST(Layers, FlattenKeepsTheBatch) {
  Graph g("flat");
  nn::Layer flat(g, "", nn::Flatten{});
  EXPECT_EQ(flat(g.input("x", {kBatch, 2, 3, 4})).shape(), (Shape{kBatch, 24}));
  EXPECT_EQ(flat(g.input("y", {5})).shape(), (Shape{5, 1}));
}

TEST(Layers, BatchNormFollowsTheBatchInTrainingOnly) {
  Graph g("norm");
  nn::Layer norm(g, "bn", nn::BatchNorm{.channels = 2, .momentum = 0.25});
  Tensor x = g.input("x", {4, 2});
  g.result("train", norm(x, nn::Mode::training));
  g.result("infer", norm(x, nn::Mode::inference));
  Program train = compiled(g, {.results = {"train"}});
  NDArray batch = NDArray::fromVector<float>({1, 10, 2, 10, 3, 10, 6, 50}, {4, 2});
  train.bind("x", batch);
  train.step();
  // Means 3 and 20; variances without bias 14/3 and 400, with bias 3.5 and 300.
  auto close = [](float x) { return ::testing::FloatNear(x, 1e-5f * std::max(1.0f, std::abs(x))); };
  EXPECT_THAT(train.state()->get("bn/running_mean").toVector<float>(), ElementsAre(close(0.75f), close(5)));
  EXPECT_THAT(train.state()->get("bn/running_var").toVector<float>(),
              ElementsAre(close(0.75f + 14 / 12.0f), close(0.75f + 100)));
  EXPECT_NEAR(train.output("train").toVector<float>()[0], -2 / std::sqrt(3.5f + 1e-5f), 1e-5);

  Program infer = compiled(g, {.state = train.state(), .results = {"infer"}, .assigns = false});
  infer.bind("x", batch);
  infer.step();
  infer.step();
  EXPECT_NEAR(infer.output("infer").toVector<float>()[0], 0.25f / std::sqrt(0.75f + 14 / 12.0f + 1e-5f), 1e-5);
  EXPECT_THAT(infer.state()->get("bn/running_mean").toVector<float>(), ElementsAre(close(0.75f), close(5)));
}

TEST(Layers, MakeAConvolutionalNet) {
  Graph g("conv");
  nn::Layer net(g, "net",
                nn::Sequential{nn::Conv2d{.in = 1, .out = 4, .padding = 1}, nn::BatchNorm{4}, relu, nn::MaxPool2d{2},
                               nn::Conv2d{.in = 4, .out = 8, .stride = 2, .groups = 2, .bias = false},
                               nn::AvgPool2d{1}, nn::Flatten{}, nn::Linear{8, 10}});
  Tensor x = g.input("x", {kBatch, 1, 8, 8});
  Tensor logits = net(x, nn::Mode::training);
  EXPECT_EQ(logits.shape(), (Shape{kBatch, 10}));
  Tensor loss = crossEntropy(logits, g.input("label", {kBatch}, DType::i32));
  Program program = compile(g, trainingStep(loss, Sgd{.rate = 0.1}), {.batch = 4, .threads = 1, .cache = false});
  EXPECT_THAT(program.state()->names(),
              ::testing::IsSupersetOf({"net/0/weight", "net/0/bias", "net/1/weight", "net/1/bias", "net/1/running_mean",
                                       "net/1/running_var", "net/4/weight", "net/7/weight", "net/7/bias"}));
  EXPECT_EQ(program.state()->get("net/4/weight").shape(), (Shape{8, 2, 3, 3}));
  std::vector<float> pixels(4 * 64);
  for (size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = std::sin(float(i * i));
  program.bind("x", NDArray::fromVector<float>(pixels, {4, 1, 8, 8}));
  program.bind("label", NDArray::fromVector<int32_t>({0, 1, 2, 3}));
  program.step();
  float first = program.output("loss").item<float>();
  for (int i = 0; i < 30; ++i)
    program.step();
  EXPECT_LT(program.output("loss").item<float>(), 0.5f * first);
}

TEST(Layers, OneDimensionalOnesKeepTheirAxes) {
  Graph g("sound");
  nn::Layer net(g, "", nn::Sequential{nn::Conv1d{.in = 2, .out = 6, .size = 5, .dilation = 2}, nn::MaxPool1d{2},
                                      nn::GroupNorm{3, 6}, nn::AvgPool1d{.size = 3, .stride = 1, .padding = 1}});
  EXPECT_EQ(net(g.input("x", {3, 2, 20})).shape(), (Shape{3, 6, 6}));
  EXPECT_EQ(g.parameters()[0].shape(), (Shape{6, 2, 5}));
}

TEST(Layers, DropoutDropsInTrainingOnly) {
  Graph g("drop");
  nn::Layer first(g, "a", nn::Dropout{0.25}), second(g, "b", nn::Dropout{0.25});
  Tensor x = g.input("x", {1000});
  g.result("a", first(x));
  g.result("b", second(x));
  g.result("kept", first(x, nn::Mode::inference));
  Program program = compiled(g);
  NDArray ones = NDArray::fromVector<float>(std::vector<float>(1000, 1.0f));
  program.bind("x", ones);
  program.step();
  std::vector<float> a = program.output("a").toVector<float>(), b = program.output("b").toVector<float>();
  auto dropped = std::count(a.begin(), a.end(), 0.0f);
  EXPECT_NEAR(double(dropped), 250, 60);
  for (float value : a)
    EXPECT_TRUE(value == 0 || value == 1 / 0.75f) << value;
  EXPECT_NE(a, b);
  EXPECT_EQ(program.output("kept").toVector<float>(), ones.toVector<float>());
  program.step();
  EXPECT_NE(program.output("a").toVector<float>(), a);
  EXPECT_THAT(program.state()->names(), ::testing::IsSupersetOf({"a/key", "a/counter", "b/key"}));
}

TEST(Layers, ASequentialModelLearnsAndResumes) {
  Graph g("xor");
  nn::Layer net(g, "net", nn::Sequential{nn::Linear{2, 16}, tanh, nn::RmsNorm{{16}}, nn::Linear{16, 2}});
  Tensor logits = net(g.input("x", {4, 2}));
  Tensor loss = crossEntropy(logits, g.input("label", {4}, DType::i32));
  TrainingStep step = trainingStep(loss, AdamW{.rate = CosineRate{.rate = 0.05, .steps = 200, .warmup = 10}});
  NDArray x = NDArray::fromVector<float>({0, 0, 0, 1, 1, 0, 1, 1}, {4, 2});
  NDArray label = NDArray::fromVector<int32_t>({0, 1, 1, 0});
  auto start = [&] {
    Program program = compile(g, step, {.threads = 1, .cache = false});
    program.bind("x", x);
    program.bind("label", label);
    return program;
  };
  Program whole = start(), half = start(), rest = start();
  for (int i = 0; i < 200; ++i)
    whole.step();
  EXPECT_LT(whole.output("loss").item<float>(), 0.05f);
  for (int i = 0; i < 100; ++i)
    half.step();
  for (const std::string &name : half.state()->names())
    rest.state()->set(name, half.state()->get(name));
  for (int i = 100; i < 200; ++i)
    rest.step();
  EXPECT_EQ(rest.output("loss").item<float>(), whole.output("loss").item<float>());
}

std::string errorOf(const std::function<void(Graph &)> &build) {
  Graph graph("wrong");
  try {
    build(graph);
  } catch (const GraphError &error) {
    return error.what();
  }
  return "";
}

TEST(Layers, RefuseWhatDoesNotFitAtTheCallersLine) {
  unsigned line = 0;
  std::string error = errorOf([&](Graph &g) {
    nn::Layer net(g, "net", nn::Sequential{nn::Linear{4, 8}, relu, nn::Linear{9, 2}});
    line = __LINE__ + 1;
    net(g.input("x", {kBatch, 4}));
  });
  EXPECT_THAT(error, HasSubstr("LayersTest.cpp:" + std::to_string(line) + ":"));
  EXPECT_THAT(error, HasSubstr("Linear \"net/2\": axis 1 of x of shape ?x8 has the size 8 (must be 9)"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "fc", nn::Linear{0, 3}); }),
              HasSubstr("Linear \"fc\": in is 0 (must be positive)"));
  EXPECT_THAT(errorOf([](Graph &g) {
                nn::Layer(g, "fc", nn::Linear{1, 3});
                nn::Layer(g, "fc", nn::Linear{1, 3});
              }),
              HasSubstr("the name \"fc/weight\" is taken by another variable"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "d", nn::Dropout{1.5}); }),
              HasSubstr("Dropout \"d\": p is 1.5 (must be between 0 and 1)"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "c", nn::Conv2d{.in = 4, .out = 6, .groups = 4}); }),
              HasSubstr("Conv2d \"c\": 4 and 6 channels do not divide into 4 groups"));
  EXPECT_THAT(errorOf([](Graph &g) {
                nn::Layer(g, "c", nn::Conv2d{.in = 4, .out = 6})(g.input("x", {2, 3, 8, 8}));
              }),
              HasSubstr("Conv2d \"c\": axis 1 of x of shape 2x3x8x8 has the size 3 (must be 4)"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "p", nn::MaxPool2d{0}); }),
              HasSubstr("MaxPool2d \"p\": size is 0 (must be positive)"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "n", nn::GroupNorm{3, 8}); }),
              HasSubstr("GroupNorm \"n\": 8 channels do not divide into 3 groups"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "n", nn::BatchNorm{.channels = 2, .momentum = 2}); }),
              HasSubstr("momentum is 2 (must be between 0 and 1)"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "n", nn::BatchNorm{2})(g.input("x", {4})); }),
              HasSubstr("x of shape 4 has too few axes (must have 2 or more)"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "n", nn::LayerNorm{}); }), HasSubstr("the shape is empty"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "", nn::Flatten{})(g.input("x", {})); }),
              HasSubstr("Flatten: x is a scalar (its first axis must be the batch)"));
  EXPECT_THAT(errorOf([](Graph &g) { nn::Layer(g, "fc", nn::Linear{1, 3})({}); }), HasSubstr("empty tensor"));
}

TEST(CompileOptions, AProgramOfSomeResultsNeedsOnlyTheirInputs) {
  Graph g("model");
  Tensor x = g.input("x", {3}), label = g.input("label", {3});
  Tensor w = g.parameter("w", {3}, ones());
  g.result("prediction", w * x);
  g.result("loss", squaredError(w * x, label));
  Program program = compiled(g, {.results = {"prediction"}});
  program.bind("x", NDArray::fromVector<float>({1, 2, 3}));
  program.step();
  EXPECT_THAT(program.output("prediction").toVector<float>(), ElementsAre(1, 2, 3));
  try {
    compiled(g, {.results = {"prediction", "accuracy"}});
    FAIL() << "no error";
  } catch (const std::invalid_argument &error) {
    EXPECT_STREQ(error.what(), "there is no result \"accuracy\" (there are \"prediction\", \"loss\")");
  }
}

TEST(CompileOptions, WithoutAssignsVariablesStay) {
  Graph g("counter");
  Tensor count = g.state("count", {});
  g.assign(count, count + 1);
  g.result("count", count + 0.0);
  Program reads = compiled(g, {.assigns = false});
  reads.step();
  reads.step();
  EXPECT_EQ(reads.state()->get("count").item<float>(), 0);
}

} // namespace
} // namespace gradus
