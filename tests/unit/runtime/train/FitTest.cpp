#include "runtime/train/Fit.h"

#include "runtime/core/Json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

using namespace gradus;
using testing::HasSubstr;

namespace {

constexpr int kFeatures = 3;

// Mean squared error of x.w against y, one step of gradient descent: what a compiler makes of it,
// written by hand. x: [B, 3], y: [B], w: [3], loss: scalar.
template <int B> int32_t regressionStep(const gradus_call *call) {
  const auto *x = static_cast<const float *>(call->inputs[0]);
  const auto *y = static_cast<const float *>(call->inputs[1]);
  auto *w = static_cast<float *>(call->states[0]);
  float gradient[kFeatures] = {}, loss = 0;
  for (int i = 0; i < B; ++i) {
    float error = -y[i];
    for (int j = 0; j < kFeatures; ++j)
      error += x[i * kFeatures + j] * w[j];
    loss += error * error / B;
    for (int j = 0; j < kFeatures; ++j)
      gradient[j] += 2 * error * x[i * kFeatures + j] / B;
  }
  for (int j = 0; j < kFeatures; ++j)
    w[j] -= 0.05f * gradient[j];
  *static_cast<float *>(call->outputs[0]) = loss;
  return 0;
}

template <int B> int32_t regressionPredict(const gradus_call *call) {
  const auto *x = static_cast<const float *>(call->inputs[0]);
  const auto *w = static_cast<const float *>(call->states[0]);
  auto *out = static_cast<float *>(call->outputs[0]);
  for (int i = 0; i < B; ++i) {
    out[i] = 0;
    for (int j = 0; j < kFeatures; ++j)
      out[i] += x[i * kFeatures + j] * w[j];
  }
  return 0;
}

gradus_step_fn stepFor(int64_t batch) {
  return batch == 8 ? regressionStep<8> : batch == 5 ? regressionStep<5> : regressionStep<4>;
}
gradus_step_fn predictFor(int64_t batch) {
  return batch == 8   ? regressionPredict<8>
         : batch == 5 ? regressionPredict<5>
                      : regressionPredict<4>;
}

Json port(const char *name, const char *type, const Shape &shape) {
  Json json = Json::object();
  json.set("name", name);
  json.set("dtype", type);
  json.set("shape", Json::arrayOf(shape));
  return json;
}

Json weights() {
  Json w = port("w", "f32", {kFeatures});
  Json layout = Json::object(), init = Json::object();
  layout.set("kind", "row_major");
  init.set("kind", "zeros");
  w.set("layout", layout);
  w.set("trained", true);
  w.set("init", init);
  return w;
}

std::string descriptor(const char *name, Json::Array inputs, Json::Array outputs) {
  Json json = Json::object();
  json.set("abi", 1);
  json.set("name", name);
  json.set("inputs", std::move(inputs));
  json.set("states", Json::Array{weights()});
  json.set("outputs", std::move(outputs));
  for (const char *key : {"arena_bytes", "arena_lower_bound_bytes"})
    json.set(key, 0);
  json.set("kernels", 1);
  json.set("flops", 100);
  json.set("target", "");
  json.set("features", "");
  return json.dump();
}

Program trainer(int64_t batch, std::shared_ptr<State> state = nullptr) {
  ProgramParts parts;
  parts.descriptor =
      descriptor("train", {port("x", "f32", {batch, kFeatures}), port("y", "f32", {batch})},
                 {port("loss", "f32", {})});
  parts.step = stepFor(batch);
  parts.state = state ? std::move(state) : std::make_shared<State>();
  parts.batch = batch;
  parts.rebatch = [shared = parts.state](int64_t other) { return trainer(other, shared); };
  return Program(parts);
}

Program predictor(int64_t batch, std::shared_ptr<State> state) {
  ProgramParts parts;
  parts.descriptor = descriptor("predict", {port("x", "f32", {batch, kFeatures})},
                                {port("prediction", "f32", {batch})});
  parts.step = predictFor(batch);
  parts.batch = batch;
  parts.rebatch = [state](int64_t other) { return predictor(other, state); };
  parts.state = std::move(state);
  return Program(parts);
}

/// y = 1*x0 - 2*x1 + 0.5*x2 for `count` samples.
Dataset regression(int64_t count) {
  std::vector<float> x, y;
  for (int64_t i = 0; i < count; ++i) {
    auto a = static_cast<float>(std::sin(static_cast<double>(i) * 1.7)),
         b = static_cast<float>(std::cos(static_cast<double>(i) * 2.9)),
         c = static_cast<float>(std::sin(static_cast<double>(i) * 0.31 + 1));
    x.insert(x.end(), {a, b, c});
    y.push_back(a - 2 * b + 0.5f * c);
  }
  Dataset data;
  data.name = "plane";
  data.features = NDArray::fromVector<float>(x, {count, kFeatures});
  data.targets = NDArray::fromVector<float>(y, {count});
  data.labels = NDArray::zeros({0}, DType::i32);
  return data;
}

FitOptions quiet(int64_t epochs) {
  FitOptions options;
  options.epochs = epochs;
  options.progress = false;
  options.seed = 7;
  return options;
}

std::vector<float> weightsOf(const Program &program) {
  return program.state()->get("w").toVector<float>();
}

class FitTest : public testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "gradus-fit-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory = name;
    checkpoint = directory / "run.safetensors";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }
  std::filesystem::path directory, checkpoint;
};

TEST_F(FitTest, LearnsAndReportsTheMeanLossOverAllSamples) {
  Program step = trainer(8);
  Dataset data = regression(29); // 8 + 8 + 8 + 5
  std::vector<double> byHand;
  double sum = 0;
  FitOptions options = quiet(60);
  options.onStep = [&](const StepReport &report) {
    sum += report.loss * (report.step == 4 ? 5 : 8);
    EXPECT_EQ(report.steps, 4);
    EXPECT_NEAR(report.meanLoss, sum / static_cast<double>(report.samples), 1e-9);
    return true;
  };
  options.onEpoch = [&](const EpochReport &report) {
    byHand.push_back(sum / 29);
    EXPECT_NEAR(report.trainLoss, byHand.back(), 1e-9);
    EXPECT_EQ(report.samples, 29);
    sum = 0;
    return true;
  };
  FitResult result = fit(step, data, options);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.end, FitResult::End::complete);
  EXPECT_EQ(result.steps, 240);
  EXPECT_EQ(result.samples, 29 * 60);
  EXPECT_EQ(result.flops, 24000);
  ASSERT_EQ(result.position.history.size(), 60u);
  EXPECT_LT(result.position.history.back().trainLoss, 1e-3);
  std::vector<float> w = weightsOf(step);
  EXPECT_NEAR(w[0], 1, 0.05);
  EXPECT_NEAR(w[1], -2, 0.05);
  EXPECT_NEAR(w[2], 0.5, 0.05);
}

TEST_F(FitTest, TheOrderOfTheSamplesDependsOnTheSeed) {
  Dataset data = regression(29);
  auto train = [&](uint64_t seed) {
    Program step = trainer(8);
    FitOptions options = quiet(2);
    options.seed = seed;
    EXPECT_TRUE(fit(step, data, options).ok());
    return weightsOf(step);
  };
  EXPECT_EQ(train(1), train(1));
  EXPECT_NE(train(1), train(2));
}

TEST_F(FitTest, ARunResumedAtAnyStepGivesTheSameWeightsAndHistory) {
  Dataset data = regression(29);
  Program whole = trainer(8);
  FitResult straight = fit(whole, data, quiet(3));

  for (int64_t stopAt = 1; stopAt < 12; ++stopAt) {
    Program first = trainer(8);
    FitOptions options = quiet(3);
    options.checkpoint = checkpoint;
    options.metadata = {{"model", "plane"}};
    options.onStep = [&](const StepReport &report) { return report.globalStep < stopAt; };
    FitResult stopped = fit(first, data, options);
    EXPECT_EQ(stopped.end, FitResult::End::stopped);

    Program second = trainer(8);
    Result<FitPosition> position = resumeFit(checkpoint, *second.state());
    ASSERT_TRUE(position.ok()) << position.message();
    FitOptions rest = quiet(3);
    rest.start = *position;
    FitResult resumed = fit(second, data, rest);
    EXPECT_EQ(weightsOf(second), weightsOf(whole)) << "stopped after step " << stopAt;
    ASSERT_EQ(resumed.position.history.size(), 3u);
    for (size_t i = 0; i < 3; ++i)
      EXPECT_EQ(resumed.position.history[i].trainLoss, straight.position.history[i].trainLoss);
    EXPECT_EQ(loadTensors(checkpoint)->metadata.at("model"), "plane");
  }
}

TEST_F(FitTest, AnInterruptFinishesTheStepAndSaves) {
  Dataset data = regression(29);
  Program step = trainer(8);
  std::atomic<bool> interrupt{false};
  FitOptions options = quiet(3);
  options.checkpoint = checkpoint;
  options.interrupt = &interrupt;
  options.onStep = [&](const StepReport &report) {
    if (report.globalStep == 6)
      interrupt = true;
    return true;
  };
  FitResult result = fit(step, data, options);
  EXPECT_EQ(result.end, FitResult::End::interrupted);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.position.epoch, 1);
  EXPECT_EQ(result.position.step, 2);
  Program other = trainer(8);
  Result<FitPosition> position = resumeFit(checkpoint, *other.state());
  ASSERT_TRUE(position.ok()) << position.message();
  EXPECT_EQ(position->step, 2);
  EXPECT_EQ(weightsOf(other), weightsOf(step));
}

TEST_F(FitTest, ALossThatIsNotFiniteIsSaidAtOnceAndNotSaved) {
  Dataset data = regression(29);
  data.targets.data<float>()[11] = std::numeric_limits<float>::infinity();
  Program step = trainer(8);
  FitOptions options = quiet(3);
  options.shuffle = false;
  options.checkpoint = checkpoint;
  FitResult result = fit(step, data, options);
  EXPECT_EQ(result.end, FitResult::End::failed);
  EXPECT_EQ(result.status.message(), "loss is inf at epoch 1, step 2 (step 2 of the run)");
  EXPECT_EQ(result.steps, 2);
  EXPECT_FALSE(std::filesystem::exists(checkpoint));
}

TEST_F(FitTest, ACheckpointThatCannotBeWrittenEndsTheRunWithTheReason) {
  Dataset data = regression(29);
  Program step = trainer(8);
  FitOptions options = quiet(3);
  options.checkpoint = directory / "none" / "run.safetensors";
  FitResult result = fit(step, data, options);
  EXPECT_EQ(result.end, FitResult::End::failed);
  EXPECT_THAT(result.status.message(), HasSubstr("none/run.safetensors: cannot write"));
  EXPECT_EQ(result.position.epoch, 1);
}

TEST_F(FitTest, EachEpochIsEvaluatedWithTheSharedWeights) {
  Dataset data = regression(29), test = regression(13); // 8 + 5
  Program step = trainer(8);
  FitOptions options = quiet(40);
  options.evaluation = predictor(8, step.state());
  options.test = &test;
  FitResult result = fit(step, data, options);
  const Evaluation &last = *result.position.history.back().test;
  EXPECT_EQ(last.samples, 13);
  EXPECT_FALSE(last.accuracy.has_value());
  EXPECT_LT(*last.rootMeanSquaredError, 0.1);
  EXPECT_GT(*last.r2, 0.99);
  EXPECT_LE(*last.meanAbsoluteError, *last.rootMeanSquaredError);
}

TEST_F(FitTest, ADataSetSmallerThanABatchIsOneBatch) {
  Dataset data = regression(5);
  Program step = trainer(8);
  FitResult result = fit(step, data, quiet(2));
  EXPECT_EQ(result.steps, 2);
  EXPECT_EQ(result.samples, 10);
}

TEST_F(FitTest, AnotherBatchSizeCompilesThatProgram) {
  Dataset data = regression(12);
  Program step = trainer(8);
  FitOptions options = quiet(1);
  options.batch = 4;
  EXPECT_EQ(fit(step, data, options).steps, 3);
}

TEST_F(FitTest, WhatDoesNotFitThrowsWithTheFacts) {
  Program step = trainer(8);
  auto message = [&](const Dataset &data, const FitOptions &options) -> std::string {
    try {
      fit(step, data, options);
    } catch (const std::invalid_argument &error) {
      return error.what();
    }
    return "nothing thrown";
  };
  Dataset narrow = regression(16);
  narrow.features = NDArray::zeros({16, 2});
  EXPECT_THAT(message(narrow, quiet(1)),
              HasSubstr("input \"x\" takes 3 elements per sample, the features have 2"));
  Dataset labelled = regression(16);
  labelled.labels = NDArray::zeros({16}, DType::i32);
  labelled.targets = NDArray::zeros({0});
  labelled.classes = 2;
  EXPECT_THAT(message(labelled, quiet(1)), HasSubstr("input \"y\" is f32, the labels are i32"));
  EXPECT_THAT(message(regression(0), quiet(1)), HasSubstr("no samples"));
  EXPECT_THAT(message(regression(16), quiet(-1)), HasSubstr("must not be negative"));
}

TEST_F(FitTest, ACheckpointWithoutAPositionCannotBeResumed) {
  Program step = trainer(8);
  ASSERT_TRUE(saveState(checkpoint, *step.state()).ok());
  EXPECT_THAT(resumeFit(checkpoint, *step.state()).message(), HasSubstr("expected \"fit\""));
  ASSERT_TRUE(saveState(checkpoint, *step.state(), {{"fit", "{\"epoch\":-1}"}}).ok());
  EXPECT_THAT(resumeFit(checkpoint, *step.state()).message(), HasSubstr("epoch is negative"));
}

} // namespace
