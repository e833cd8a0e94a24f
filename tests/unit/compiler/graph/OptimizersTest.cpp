// The options of the optimizers, what a training step is made of, and its numbers after some steps.
#include "compiler/Compile.h"
#include "compiler/graph/Ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gradus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// loss = sum(w * w * x), so dw = 2 w x.
struct Model {
  Graph graph{"model"};
  Tensor w = graph.parameter("w", {3}, data(NDArray::fromVector<float>({1, -2, 0.5f})));
  Tensor x = graph.input("x", {3});
  Tensor loss = sum(w * w * x);
};

std::string errorOf(const Optimizer &optimizer) {
  Model model;
  try {
    trainingStep(model.loss, optimizer);
  } catch (const GraphError &error) {
    return error.what();
  }
  return "";
}

TEST(Optimizers, RefuseImpossibleOptions) {
  double nan = std::numeric_limits<double>::quiet_NaN(), inf = INFINITY;
  EXPECT_THAT(errorOf(Sgd{.rate = -1}),
              HasSubstr("trainingStep: rate is -1 (must be a finite number, not negative)"));
  EXPECT_THAT(errorOf(Sgd{.rate = nan}), HasSubstr("rate is nan"));
  EXPECT_THAT(errorOf(Sgd{.rate = inf}), HasSubstr("rate is inf"));
  EXPECT_THAT(errorOf(Sgd{.momentum = -0.1}), HasSubstr("momentum is -0.1"));
  EXPECT_THAT(errorOf(Sgd{.momentum = 1.5}), HasSubstr("momentum is 1.5 (must be between 0 and 1)"));
  EXPECT_THAT(errorOf(Sgd{.weightDecay = -1}), HasSubstr("weightDecay is -1"));
  EXPECT_THAT(errorOf(Adam{.rate = -1}), HasSubstr("rate is -1"));
  EXPECT_THAT(errorOf(Adam{.beta1 = 1}), HasSubstr("beta1 is 1 (must be in [0, 1))"));
  EXPECT_THAT(errorOf(Adam{.beta2 = -0.5}), HasSubstr("beta2 is -0.5"));
  EXPECT_THAT(errorOf(Adam{.beta2 = nan}), HasSubstr("beta2 is nan"));
  EXPECT_THAT(errorOf(Adam{.epsilon = -1}), HasSubstr("epsilon is -1"));
  EXPECT_THAT(errorOf(AdamW{.weightDecay = nan}), HasSubstr("weightDecay is nan"));
  EXPECT_THAT(errorOf(Optimizer(Optimizer::Update())), HasSubstr("the optimizer has no update"));
  EXPECT_EQ(errorOf(Sgd{.rate = 0}), "");
}

TEST(TrainingSteps, LeaveTheModelAsItWas) {
  Model model;
  std::string before = model.graph.toText();
  TrainingStep step = trainingStep(model.loss, Adam{});
  EXPECT_EQ(model.graph.toText(), before);
  EXPECT_THAT(step.graph().results(), ElementsAre("loss"));
  // Once more: nothing of the first step is in the way.
  EXPECT_NO_THROW(trainingStep(model.loss, Sgd{.momentum = 0.9}));
}

TEST(TrainingSteps, KeepALossThatTheModelNames) {
  Model model;
  model.graph.result("loss", model.loss);
  EXPECT_THAT(trainingStep(model.loss, Sgd{}).graph().results(), ElementsAre("loss"));
}

TEST(TrainingSteps, RefuseAnotherResultOfThatName) {
  Model model;
  model.graph.result("loss", model.w);
  EXPECT_THROW(trainingStep(model.loss, Sgd{}), GraphError);
}

TEST(TrainingSteps, RefuseAModelWithoutParameters) {
  Graph graph("fixed");
  graph.parameter("count", {}, zeros(), DType::i64);
  Tensor loss = sum(graph.input("x", {3}));
  try {
    trainingStep(loss, Sgd{});
    FAIL() << "no error";
  } catch (const GraphError &error) {
    EXPECT_THAT(error.what(), HasSubstr("error: trainingStep: graph \"fixed\" has nothing to train "
                                        "(must have a floating-point parameter)"));
  }
}

TEST(TrainingSteps, TrainOnlyFloatingPointParameters) {
  Model model;
  Tensor count = model.graph.parameter("count", {}, zeros(), DType::i64);
  Program program =
      compile(model.graph, trainingStep(model.loss, Sgd{}), {.threads = 1, .cache = false});
  program.bind("x", NDArray::fromVector<float>({1, 1, 1}));
  program.step();
  EXPECT_EQ(program.state()->get("w").data<float>()[0], 1 - 0.01f * 2);
}

/// w after some steps with x = (1, 2, 3).
std::vector<float> trained(const Optimizer &optimizer, int steps) {
  Model model;
  Program program =
      compile(model.graph, trainingStep(model.loss, optimizer), {.threads = 1, .cache = false});
  program.bind("x", NDArray::fromVector<float>({1, 2, 3}));
  for (int i = 0; i < steps; ++i)
    program.step();
  return program.state()->get("w").toVector<float>();
}

/// The same in plain C++: `update` gets the weight, its gradient, two numbers of memory, and t.
template <class Update> std::vector<float> expected(Update update, int steps) {
  std::vector<float> result;
  double w[] = {1, -2, 0.5}, x[] = {1, 2, 3};
  for (int i = 0; i < 3; ++i) {
    double memory[2] = {0, 0};
    for (int t = 1; t <= steps; ++t)
      update(w[i], 2 * w[i] * x[i], memory, t);
    result.push_back(float(w[i]));
  }
  return result;
}

void expectClose(const std::vector<float> &got, const std::vector<float> &wanted) {
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(got[i], wanted[i], 2e-6 * std::max(1.0f, std::abs(wanted[i]))) << i;
}

TEST(Optimizers, FollowTheirFormulas) {
  expectClose(trained(Sgd{.rate = 0.05, .weightDecay = 0.1}, 4),
              expected([](double &w, double g, double *, int) { w -= 0.05 * (g + 0.1 * w); }, 4));
  expectClose(trained(Sgd{.rate = 0.05, .momentum = 0.9}, 4),
              expected(
                  [](double &w, double g, double *b, int) {
                    b[0] = 0.9 * b[0] + g;
                    w -= 0.05 * b[0];
                  },
                  4));
  expectClose(trained(Sgd{.rate = 0.05, .momentum = 0.9, .nesterov = true}, 4),
              expected(
                  [](double &w, double g, double *b, int) {
                    b[0] = 0.9 * b[0] + g;
                    w -= 0.05 * (g + 0.9 * b[0]);
                  },
                  4));
  auto adam = [](double &w, double g, double *m, int t) {
    m[0] = 0.9 * m[0] + 0.1 * g;
    m[1] = 0.999 * m[1] + 0.001 * g * g;
    w -= 0.05 * (m[0] / (1 - std::pow(0.9, t))) /
         (std::sqrt(m[1]) / std::sqrt(1 - std::pow(0.999, t)) + 1e-8);
  };
  expectClose(trained(Adam{.rate = 0.05}, 4), expected(adam, 4));
  expectClose(trained(Adam{.rate = 0.05, .weightDecay = 0.1}, 4),
              expected([&](double &w, double g, double *m, int t) { adam(w, g + 0.1 * w, m, t); },
                       4));
  expectClose(trained(AdamW{.rate = 0.05, .weightDecay = 0.1}, 4),
              expected(
                  [&](double &w, double g, double *m, int t) {
                    w *= 1 - 0.05 * 0.1;
                    adam(w, g, m, t);
                  },
                  4));
}

TEST(Optimizers, MayBeTheUsersOwn) {
  Optimizer signs([](Graph &graph, const std::vector<Tensor> &parameters,
                     const std::vector<Tensor> &gradients, Location) {
    for (size_t i = 0; i < parameters.size(); ++i)
      graph.assign(parameters[i], parameters[i] - 0.25 * sign(gradients[i]));
  });
  EXPECT_THAT(trained(signs, 2), ElementsAre(0.5f, -1.5f, 0.0f));
}

} // namespace
} // namespace gradus
