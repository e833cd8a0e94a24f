// The options of the optimizers, what a training step is made of, and its numbers after some steps.
#include "compiler/Compile.h"
#include "compiler/graph/Ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
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

/// Two parameters of f64: loss = sum(w^2 x) + sum(v^4) / 4, so dw = 2 w x and dv = v^3.
struct PreciseModel {
  Graph graph{"model"};
  Tensor w = graph.parameter("w", {3}, data(NDArray::fromVector<double>({1, -2, 0.5})), DType::f64);
  Tensor v = graph.parameter("v", {2}, data(NDArray::fromVector<double>({1.5, -0.7})), DType::f64);
  Tensor x = graph.input("x", {3}, DType::f64);
  Tensor loss = sum(w * w * x) + 0.25 * sum(v * v * v * v);
};

constexpr int kSteps = 24;
using Numbers = std::vector<double>;

Numbers valuesOf(const State &state, const char *name) { return state.get(name).toVector<double>(); }

/// w and v after kSteps steps with x = (1, 2, 3), saved and resumed in the middle.
Numbers trainedPrecisely(const Optimizer &optimizer) {
  PreciseModel model;
  TrainingStep step = trainingStep(model.loss, optimizer);
  auto start = [&] {
    Program program = compile(model.graph, step, {.threads = 1, .cache = false, .subnormals = Subnormals::keep});
    program.bind("x", NDArray::fromVector<double>({1, 2, 3}));
    return program;
  };
  Program first = start();
  for (int i = 0; i < kSteps / 2; ++i)
    first.step();
  Program second = start();
  for (const std::string &name : first.state()->names())
    second.state()->set(name, first.state()->get(name));
  for (int i = kSteps / 2; i < kSteps; ++i)
    second.step();
  Numbers result = valuesOf(*second.state(), "w"), v = valuesOf(*second.state(), "v");
  result.insert(result.end(), v.begin(), v.end());
  return result;
}

/// One scalar: the weight, its gradient, four numbers of memory, t = 1, 2, ... and the rate.
using ScalarUpdate = std::function<void(double &p, double g, double *memory, int t, double rate)>;
using RateOf = std::function<double(int k)>;
using Clip = std::function<void(Numbers &gradients)>;

/// The same in plain loops.
Numbers replayed(const ScalarUpdate &update, const RateOf &rate, const Clip &clip = nullptr,
                 double initialMemory = 0) {
  Numbers p = {1, -2, 0.5, 1.5, -0.7};
  double memory[5][4] = {};
  for (auto &m : memory)
    m[0] = initialMemory;
  for (int k = 0; k < kSteps; ++k) {
    Numbers g;
    for (int i = 0; i < 5; ++i)
      g.push_back(i < 3 ? 2 * p[i] * (i + 1) : p[i] * p[i] * p[i]);
    if (clip)
      clip(g);
    for (int i = 0; i < 5; ++i)
      update(p[i], g[i], memory[i], k + 1, rate(k));
  }
  return p;
}

void expectReplay(const char *what, const Optimizer &optimizer, const Numbers &wanted) {
  Numbers got = trainedPrecisely(optimizer);
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(got[i], wanted[i], 1e-13 * std::max(1.0, std::abs(wanted[i]))) << what << ", " << i;
}

RateOf always(double rate) {
  return [rate](int) { return rate; };
}

ScalarUpdate sgd(double momentum, bool nesterov, double decay) {
  return [=](double &p, double g, double *m, int, double rate) {
    g += decay * p;
    if (momentum != 0) {
      m[0] = momentum * m[0] + g;
      g = nesterov ? g + momentum * m[0] : m[0];
    }
    p -= rate * g;
  };
}

ScalarUpdate adam(double decay, bool amsgrad, bool apart) {
  return [=](double &p, double g, double *m, int t, double rate) {
    if (apart)
      p *= 1 - rate * decay;
    else
      g += decay * p;
    m[0] = 0.9 * m[0] + 0.1 * g;
    m[1] = 0.999 * m[1] + (1 - 0.999) * g * g;
    m[2] = std::max(m[2], m[1]);
    double v = amsgrad ? m[2] : m[1];
    p -= rate * (m[0] / (1 - std::pow(0.9, t))) / (std::sqrt(v) / std::sqrt(1 - std::pow(0.999, t)) + 1e-8);
  };
}

ScalarUpdate rmsprop(double decay, double momentum, bool centered) {
  return [=](double &p, double g, double *m, int, double rate) {
    g += decay * p;
    m[0] = 0.9 * m[0] + (1 - 0.9) * g * g;
    m[1] = 0.9 * m[1] + (1 - 0.9) * g;
    double q = g / (std::sqrt(m[0] - (centered ? m[1] * m[1] : 0)) + 1e-8);
    m[2] = momentum * m[2] + q;
    p -= rate * m[2];
  };
}

TEST(Optimizers, RepeatAScalarReplayInF64AndGoOnWhereTheyWereSaved) {
  expectReplay("sgd", Sgd{.rate = 0.02}, replayed(sgd(0, false, 0), always(0.02)));
  expectReplay("momentum", Sgd{.rate = 0.02, .momentum = 0.8, .weightDecay = 0.1},
               replayed(sgd(0.8, false, 0.1), always(0.02)));
  expectReplay("nesterov", Sgd{.rate = 0.02, .momentum = 0.8, .nesterov = true},
               replayed(sgd(0.8, true, 0), always(0.02)));
  expectReplay("adam", Adam{.rate = 0.05, .weightDecay = 0.1},
               replayed(adam(0.1, false, false), always(0.05)));
  expectReplay("amsgrad", Adam{.rate = 0.2, .amsgrad = true},
               replayed(adam(0, true, false), always(0.2)));
  expectReplay("adamw", AdamW{.rate = 0.05, .weightDecay = 0.1},
               replayed(adam(0.1, false, true), always(0.05)));
  expectReplay("adamw, amsgrad", AdamW{.rate = 0.2, .weightDecay = 0.1, .amsgrad = true},
               replayed(adam(0.1, true, true), always(0.2)));
  for (bool centered : {false, true})
    for (double momentum : {0.0, 0.7})
      expectReplay("rmsprop",
                   Rmsprop{.rate = 0.01, .alpha = 0.9, .weightDecay = 0.05, .momentum = momentum, .centered = centered},
                   replayed(rmsprop(0.05, momentum, centered), always(0.01)));
  expectReplay("adagrad", Adagrad{.rate = 0.2, .weightDecay = 0.1, .initialSum = 0.3},
               replayed(
                   [](double &p, double g, double *m, int, double rate) {
                     g += 0.1 * p;
                     m[0] += g * g;
                     p -= rate * g / (std::sqrt(m[0]) + 1e-10);
                   },
                   always(0.2), nullptr, 0.3));
  expectReplay("adadelta", Adadelta{.rate = 2, .rho = 0.8, .weightDecay = 0.1},
               replayed(
                   [](double &p, double g, double *m, int, double rate) {
                     g += 0.1 * p;
                     m[0] = 0.8 * m[0] + (1 - 0.8) * g * g;
                     double d = std::sqrt(m[1] + 1e-6) / std::sqrt(m[0] + 1e-6) * g;
                     m[1] = 0.8 * m[1] + (1 - 0.8) * d * d;
                     p -= rate * d;
                   },
                   always(2)));
  expectReplay("adamax", Adamax{.rate = 0.05, .weightDecay = 0.1},
               replayed(
                   [](double &p, double g, double *m, int t, double rate) {
                     g += 0.1 * p;
                     m[0] = 0.9 * m[0] + 0.1 * g;
                     m[1] = std::max(0.999 * m[1], std::abs(g) + 1e-8);
                     p -= rate / (1 - std::pow(0.9, t)) * m[0] / m[1];
                   },
                   always(0.05)));
}

TEST(Optimizers, FollowSchedules) {
  RateOf exponential = [](int k) { return 0.03 * std::pow(0.9, k); };
  expectReplay("exponential", Sgd{.rate = ExponentialRate{0.03, 0.9}},
               replayed(sgd(0, false, 0), exponential));
  expectReplay("step", Sgd{.rate = StepRate{0.03, 0.5, 5}, .momentum = 0.9},
               replayed(sgd(0.9, false, 0), [](int k) { return 0.03 * std::pow(0.5, k / 5); }));
  expectReplay("inverse", Adam{.rate = InverseRate{0.1, 0.3}},
               replayed(adam(0, false, false), [](int k) { return 0.1 / (1 + 0.3 * k); }));
  expectReplay("decay apart", AdamW{.rate = ExponentialRate{0.03, 0.9}, .weightDecay = 0.1},
               replayed(adam(0.1, false, true), exponential));
  RateOf cosine = [](int k) {
    if (k < 4)
      return 0.1 * (k + 1) / 4;
    double part = (std::min(k, 20) - 4) / (20.0 - 4);
    return 0.01 + 0.5 * (0.1 - 0.01) * (1 + std::cos(M_PI * part));
  };
  CosineRate warmed{.rate = 0.1, .steps = 20, .warmup = 4, .least = 0.01};
  expectReplay("cosine", Adam{.rate = warmed}, replayed(adam(0, false, false), cosine));
  expectReplay("cosine", Rmsprop{.rate = warmed, .alpha = 0.9},
               replayed(rmsprop(0, 0, false), cosine));
  expectReplay("one's own", Sgd{.rate = Schedule([](const Tensor &k, Location at) {
                 return where(k < 3, 0.05, 0.01 + 0 * k, at);
               })},
               replayed(sgd(0, false, 0), [](int k) { return k < 3 ? 0.05 : 0.01; }));
}

TEST(Optimizers, ClipByTheNormOfAllGradientsOrByValue) {
  Clip byNorm = [](Numbers &gradients) {
    double squares = 0;
    for (double g : gradients)
      squares += g * g;
    double scale = std::min(1.0, 0.7 / (std::sqrt(squares) + 1e-6));
    for (double &g : gradients)
      g *= scale;
  };
  Clip byValue = [](Numbers &gradients) {
    for (double &g : gradients)
      g = std::clamp(g, -0.6, 0.6);
  };
  // The first steps are clipped, the last ones are not.
  expectReplay("norm", clipByGlobalNorm(Sgd{.rate = 0.2, .momentum = 0.3}, 0.7),
               replayed(sgd(0.3, false, 0), always(0.2), byNorm));
  expectReplay("norm, schedule", clipByGlobalNorm(Adam{.rate = ExponentialRate{0.1, 0.95}}, 0.7),
               replayed(adam(0, false, false), [](int k) { return 0.1 * std::pow(0.95, k); }, byNorm));
  expectReplay("value", clipByValue(Sgd{.rate = 0.1}, 0.6),
               replayed(sgd(0, false, 0), always(0.1), byValue));
}

TEST(Optimizers, ClipParametersOfSeveralTypesTogether) {
  Graph graph("mixed");
  Tensor a = graph.parameter("a", {}, constant(3));
  Tensor b = graph.parameter("b", {}, constant(4), DType::f64);
  Tensor loss = 0.5 * cast(a * a, DType::f64) + 0.5 * b * b; // gradients 3 and 4, their norm 5
  Program program = compile(graph, trainingStep(loss, clipByGlobalNorm(Sgd{.rate = 1}, 1)),
                            {.threads = 1, .cache = false});
  program.step();
  EXPECT_NEAR(program.state()->get("a").item<float>(), 3 - 3 / 5.000001, 1e-6);
  EXPECT_NEAR(program.state()->get("b").item<double>(), 4 - 4 / 5.000001, 1e-12);
}

TEST(Optimizers, KeepTheNamesOfTheirStates) {
  auto names = [](const Optimizer &optimizer) {
    PreciseModel model;
    Program program = compile(model.graph, trainingStep(model.loss, optimizer), {.threads = 1, .cache = false});
    return program.state()->names();
  };
  using ::testing::UnorderedElementsAre;
  EXPECT_THAT(names(Sgd{}), UnorderedElementsAre("w", "v"));
  EXPECT_THAT(names(Sgd{.rate = InverseRate{.decay = 1}, .momentum = 0.9}),
              UnorderedElementsAre("w", "v", "sgd/step", "sgd/momentum/w", "sgd/momentum/v"));
  EXPECT_THAT(names(Sgd{.rate = InverseRate{.decay = 0}}), UnorderedElementsAre("w", "v"));
  EXPECT_THAT(names(AdamW{.amsgrad = true}),
              UnorderedElementsAre("w", "v", "adam/step", "adam/m/w", "adam/v/w", "adam/vmax/w", "adam/m/v",
                                   "adam/v/v", "adam/vmax/v"));
  EXPECT_THAT(names(Rmsprop{.momentum = 0.5, .centered = true}),
              UnorderedElementsAre("w", "v", "rmsprop/v/w", "rmsprop/mean/w", "rmsprop/momentum/w", "rmsprop/v/v",
                                   "rmsprop/mean/v", "rmsprop/momentum/v"));
  EXPECT_THAT(names(Adagrad{}), UnorderedElementsAre("w", "v", "adagrad/sum/w", "adagrad/sum/v"));
  EXPECT_THAT(names(Adadelta{}),
              UnorderedElementsAre("w", "v", "adadelta/v/w", "adadelta/u/w", "adadelta/v/v", "adadelta/u/v"));
  EXPECT_THAT(names(Adamax{}),
              UnorderedElementsAre("w", "v", "adamax/step", "adamax/m/w", "adamax/u/w", "adamax/m/v", "adamax/u/v"));
}

TEST(Optimizers, RefuseImpossibleSchedulesAndLimits) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(errorOf(Sgd{.rate = ExponentialRate{.gamma = -1}}), HasSubstr("gamma is -1"));
  EXPECT_THAT(errorOf(Sgd{.rate = StepRate{.every = 0}}),
              HasSubstr("every is 0 (must be a positive number of steps)"));
  EXPECT_THAT(errorOf(Adam{.rate = InverseRate{.rate = nan}}), HasSubstr("rate is nan"));
  EXPECT_THAT(errorOf(Adam{.rate = InverseRate{.rate = -1, .decay = 0}}), HasSubstr("rate is -1"));
  EXPECT_THAT(errorOf(Adam{.rate = CosineRate{.steps = 10, .warmup = 10}}),
              HasSubstr("steps is 10 (must be more than the warm-up)"));
  EXPECT_THAT(errorOf(Adam{.rate = CosineRate{.steps = 10, .warmup = -1}}), HasSubstr("warmup is -1"));
  EXPECT_THAT(errorOf(Sgd{.rate = Schedule([](const Tensor &k, Location) { return cast(k, DType::f32); })}),
              HasSubstr("the schedule does not give a scalar of f64"));
  EXPECT_THAT(errorOf(clipByGlobalNorm(Sgd{}, 0)), HasSubstr("limit is 0 (must be a positive number)"));
  EXPECT_THAT(errorOf(clipByValue(Sgd{}, nan)), HasSubstr("limit is nan"));
  EXPECT_THAT(errorOf(Rmsprop{.alpha = 1}), HasSubstr("alpha is 1 (must be in [0, 1))"));
  EXPECT_THAT(errorOf(Rmsprop{.momentum = 2}), HasSubstr("momentum is 2"));
  EXPECT_THAT(errorOf(Adagrad{.initialSum = -1}), HasSubstr("initialSum is -1"));
  EXPECT_THAT(errorOf(Adadelta{.rho = -1}), HasSubstr("rho is -1"));
  EXPECT_THAT(errorOf(Adamax{.beta1 = 1}), HasSubstr("beta1 is 1"));
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
