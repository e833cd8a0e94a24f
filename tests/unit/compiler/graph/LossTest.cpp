// Losses of extreme logits, and what losses refuse. (tests/gradients has their formulas.)
#include "compiler/Compile.h"
#include "compiler/graph/Ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace gradus {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ResultOf;

using Numbers = std::vector<float>;

/// A loss of one f32 tensor x of this shape: each number, and the gradient of their sum.
struct Outcome {
  Numbers losses, gradient;
};

Outcome outcomeOf(const Shape &shape, const Numbers &values,
                  const std::function<Tensor(Graph &, const Tensor &x)> &build) {
  Graph graph("loss");
  Tensor x = graph.parameter("x", shape, data(NDArray::fromVector<float>(values, shape)));
  Tensor each = build(graph, x);
  graph.result("losses", each);
  graph.result("gradient", gradients(sum(each), {x})[0]);
  Program program = compile(graph, {.threads = 1, .cache = false, .subnormals = Subnormals::keep});
  program.step();
  return {program.output("losses").toVector<float>(), program.output("gradient").toVector<float>()};
}

auto isFinite() { return ResultOf([](float x) { return std::isfinite(x); }, true); }

TEST(Losses, OfExtremeLogitsAgainstLabelsAreFiniteWithRightGradients) {
  Numbers logits = {1e4f, -1e4f, 0, /**/ -1e4f, -1e4f, 1e4f, /**/ 1e4f, 1e4f, -1e4f, /**/ 0, 1e4f, 1};
  NDArray labels = NDArray::fromVector<int32_t>({0, 0, 1, 2});
  Outcome plain = outcomeOf({4, 3}, logits, [&](Graph &graph, const Tensor &x) {
    return crossEntropy(x, graph.constant(labels), Reduction::none);
  });
  float ln2 = std::log(2.0f);
  EXPECT_THAT(plain.losses, ElementsAre(0, 2e4f, ::testing::FloatEq(ln2), 9999));
  EXPECT_THAT(plain.gradient, ElementsAre(0, 0, 0, /**/ -1, 0, 1, /**/ 0.5f, -0.5f, 0, /**/ 0, 1, -1));
  Outcome smooth = outcomeOf({4, 3}, logits, [&](Graph &graph, const Tensor &x) {
    return crossEntropy(x, graph.constant(labels), {.reduction = Reduction::none, .labelSmoothing = 0.3});
  });
  EXPECT_THAT(smooth.losses, Each(isFinite()));
  EXPECT_NEAR(smooth.losses[0], 0.1 * (2e4 + 1e4), 0.01);
  EXPECT_NEAR(smooth.gradient[0], 1 - 0.8, 1e-6);
  EXPECT_NEAR(smooth.gradient[1], -0.1, 1e-6);
}

TEST(Losses, OfExtremeLogitsAgainstProbabilitiesAreFinite) {
  Outcome outcome = outcomeOf({2, 3}, {1e4f, -1e4f, 0, -1e4f, 0, 1e4f}, [](Graph &graph, const Tensor &x) {
    return crossEntropy(x, graph.constant(NDArray::fromVector<float>({1, 0, 0, 0.5f, 0.5f, 0}, {2, 3})),
                        Reduction::none);
  });
  EXPECT_THAT(outcome.losses, ElementsAre(0, 15000));
  EXPECT_THAT(outcome.gradient, ElementsAre(0, 0, 0, -0.5f, -0.5f, 1));
}

TEST(Losses, OfExtremeBinaryLogitsAreFiniteWithRightGradients) {
  NDArray targets = NDArray::fromVector<float>({1, 0, 1, 0, 0.5f, 1});
  Numbers logits = {1e4f, 1e4f, -1e4f, -1e4f, 1e4f, 0};
  Outcome plain = outcomeOf({6}, logits, [&](Graph &graph, const Tensor &x) {
    return binaryCrossEntropyWithLogits(x, graph.constant(targets), Reduction::none);
  });
  EXPECT_THAT(plain.losses, ElementsAre(0, 1e4f, 1e4f, 0, 5e3f, ::testing::FloatEq(std::log(2.0f))));
  EXPECT_THAT(plain.gradient, ElementsAre(0, 1, -1, 0, 0.5f, -0.5f));
  Outcome weighted = outcomeOf({6}, logits, [&](Graph &graph, const Tensor &x) {
    return binaryCrossEntropyWithLogits(
        x, graph.constant(targets), {.reduction = Reduction::none, .positiveWeight = graph.constant(3)});
  });
  EXPECT_THAT(weighted.losses, ElementsAre(0, 1e4f, 3e4f, 0, 5e3f, ::testing::FloatEq(3 * std::log(2.0f))));
  EXPECT_THAT(weighted.gradient, ElementsAre(0, 1, -3, 0, 0.5f, -1.5f));
  Outcome soft = outcomeOf({4}, {1e4f, 1e4f, -1e4f, 0}, [](Graph &graph, const Tensor &x) {
    return softMargin(x, graph.constant(NDArray::fromVector<float>({1, -1, 1, -1})), Reduction::none);
  });
  EXPECT_THAT(soft.losses, ElementsAre(0, 1e4f, 1e4f, ::testing::FloatEq(std::log(2.0f))));
  EXPECT_THAT(soft.gradient, ElementsAre(0, 1, -1, 0.5f));
}

TEST(Losses, OfCertainProbabilitiesAreBounded) {
  Outcome outcome = outcomeOf({4}, {0, 1, 0, 1}, [](Graph &graph, const Tensor &p) {
    return binaryCrossEntropy(p, graph.constant(NDArray::fromVector<float>({0, 1, 1, 0})), Reduction::none);
  });
  EXPECT_THAT(outcome.losses, ElementsAre(0, 0, 100, 100));
  EXPECT_THAT(outcome.gradient, Each(isFinite()));
}

TEST(Losses, OfLabelsThatAreNoClassesAreNanUnlessIgnored) {
  auto labels = [](Graph &graph) { return graph.constant(NDArray::fromVector<int64_t>({-100, 1, 7})); };
  Outcome outcome = outcomeOf({3, 2}, {1, 2, 3, 3, 5, 6}, [&](Graph &graph, const Tensor &x) {
    return crossEntropy(x, labels(graph), {.reduction = Reduction::none, .ignored = -100});
  });
  EXPECT_EQ(outcome.losses[0], 0);
  EXPECT_FLOAT_EQ(outcome.losses[1], std::log(2.0f));
  EXPECT_TRUE(std::isnan(outcome.losses[2]));
  EXPECT_THAT(Numbers(outcome.gradient.begin(), outcome.gradient.begin() + 4), ElementsAre(0, 0, 0.5f, -0.5f));
}

/// The text of the error that building this throws.
std::string errorOf(const std::function<void(Graph &)> &build) {
  Graph graph("wrong");
  try {
    build(graph);
  } catch (const GraphError &error) {
    return error.what();
  }
  return "";
}

TEST(Losses, RefuseWhatDoesNotFit) {
  auto twoInputs = [](Shape a, Shape b, auto loss) {
    return errorOf([&](Graph &g) { loss(g.input("a", a), g.input("b", b)); });
  };
  const char *differ = "shapes 32 and 32x1 differ (a loss does not broadcast; reshape one of them)";
  using Pair = Tensor (*)(const Tensor &, const Tensor &, Reduction, Location);
  for (Pair loss : {Pair(squaredError), Pair(absoluteError), Pair(halfSquaredError), Pair(hinge), Pair(squaredHinge),
                    Pair(softMargin), Pair(binaryCrossEntropyWithLogits), Pair(binaryCrossEntropy)})
    EXPECT_THAT(twoInputs({32}, {32, 1}, [&](Tensor a, Tensor b) { loss(a, b, Reduction::mean, Location::current()); }),
                HasSubstr(differ));
  EXPECT_THAT(twoInputs({4}, {4}, [](Tensor a, Tensor b) { huber(a, b, -1); }),
              HasSubstr("gradus.huber: delta is -1 (must be a positive number)"));
  EXPECT_THAT(twoInputs({4}, {4}, [](Tensor a, Tensor b) { smoothL1(a, b, -1); }),
              HasSubstr("smoothL1: beta is -1 (must be a finite number, not negative)"));
  EXPECT_THAT(twoInputs({4, 3}, {2}, [](Tensor a, Tensor b) { cosineEmbedding(a, a, b); }),
              HasSubstr("cosineEmbedding: a target of shape 2 does not fit rows of shape 4x3 (must be 4, one number per row)"));
  EXPECT_THAT(twoInputs({4, 3}, {2}, [](Tensor a, Tensor b) {
                binaryCrossEntropyWithLogits(a, a, {.positiveWeight = b});
              }),
              HasSubstr("a positive weight of shape 2 does not broadcast to losses of shape 4x3"));
  auto labelled = [](auto loss) {
    return errorOf([&](Graph &g) {
      loss(g, g.input("x", {4, 3}), g.input("labels", {4}, DType::i32));
    });
  };
  EXPECT_THAT(labelled([](Graph &g, Tensor x, Tensor t) { crossEntropy(x, t, {.weight = g.input("w", {4})}); }),
              HasSubstr("gradus.cross_entropy: a weight of shape 4 does not fit 3 classes (must be 3)"));
  EXPECT_THAT(labelled([](Graph &, Tensor x, Tensor t) { crossEntropy(x, t, {.labelSmoothing = 1.5}); }),
              HasSubstr("labelSmoothing is 1.5 (must be between 0 and 1)"));
  EXPECT_THAT(labelled([](Graph &, Tensor x, Tensor t) { crossEntropy(x, t, {.axis = 2}); }),
              HasSubstr("axis 2 is outside the 2 axes"));
  EXPECT_THAT(labelled([](Graph &, Tensor x, Tensor) { crossEntropy(x, x, {.ignored = 1}); }),
              HasSubstr("a label is ignored, but the target is probabilities (must be labels)"));
  EXPECT_THAT(labelled([](Graph &, Tensor x, Tensor t) { nll(x, t, {.labelSmoothing = 0.1}); }),
              HasSubstr("labelSmoothing is 0.1 (must be 0; crossEntropy has it)"));
  EXPECT_THAT(labelled([](Graph &, Tensor x, Tensor t) { multiMargin(x, t, 1, 3); }),
              HasSubstr("multiMargin: power is 3 (must be 1 or 2)"));
  EXPECT_THAT(labelled([](Graph &, Tensor x, Tensor) { tripletMargin(x, x, x, {.power = 0.5}); }),
              HasSubstr("tripletMargin: power is 0.5 (must be a finite number, at least 1)"));
  EXPECT_THAT(errorOf([](Graph &) { hinge({}, {}); }), HasSubstr("hinge: an operand is an empty tensor"));
}

TEST(Losses, SayWhichLineIsWrong) {
  unsigned line = 0;
  std::string error = errorOf([&](Graph &g) {
    Tensor x = g.input("x", {4, 3});
    line = __LINE__ + 1;
    gaussianNll(x, x, x, {.epsilon = -1});
  });
  EXPECT_THAT(error, HasSubstr("LossTest.cpp:" + std::to_string(line)));
}

} // namespace
} // namespace gradus
