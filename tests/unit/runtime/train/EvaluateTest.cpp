#include "runtime/train/Evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace gradus;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

// The scores of a sample are its features; the loss is the first feature of the batch.
template <int B> int32_t identity(const gradus_call *call) {
  const auto *x = static_cast<const float *>(call->inputs[0]);
  auto *out = static_cast<float *>(call->outputs[0]);
  for (int i = 0; i < B * 3; ++i)
    out[i] = x[i];
  *static_cast<float *>(call->outputs[1]) = x[0];
  return 0;
}

Program scorer(int64_t batch, std::shared_ptr<State> state = std::make_shared<State>()) {
  ProgramParts parts;
  std::string b = std::to_string(batch);
  parts.descriptor =
      R"({"abi":1,"name":"score","inputs":[{"name":"x","dtype":"f32","shape":[)" + b +
      R"(,3]}],"states":[],"outputs":[{"name":"logits","dtype":"f32","shape":[)" + b +
      R"(,3]},{"name":"loss","dtype":"f32","shape":[]}],"arena_bytes":0,)" +
      R"("arena_lower_bound_bytes":0,"kernels":1,"flops":1,"target":"","features":""})";
  parts.step = batch == 2 ? identity<2> : identity<1>;
  parts.batch = batch;
  parts.rebatch = [state](int64_t other) { return scorer(other, state); };
  parts.state = state;
  return Program(parts);
}

Dataset fiveSamples() {
  float nan = std::numeric_limits<float>::quiet_NaN();
  Dataset data;
  data.features = NDArray::fromVector<float>({1, 0, 0,   //
                                              0, 3, 1,   //
                                              5, 5, 1,   // a tie: the first
                                              0, nan, 9, // nan counts as largest
                                              7, 0, 8},
                                             {5, 3});
  data.labels = NDArray::fromVector<int32_t>({0, 1, 1, 1, 0});
  data.targets = NDArray::zeros({0});
  data.classes = 3;
  return data;
}

TEST(Evaluate, CountsRightPredictionsAndFillsTheConfusionMatrix) {
  Program program = scorer(2);
  Evaluation result = evaluate(program, fiveSamples());
  EXPECT_EQ(result.samples, 5);
  EXPECT_DOUBLE_EQ(*result.accuracy, 3.0 / 5);
  EXPECT_THAT(result.confusion, ElementsAre(1, 0, 1, 1, 2, 0, 0, 0, 0));
  EXPECT_DOUBLE_EQ(*result.loss, (1.0 * 2 + 5 * 2 + 7 * 1) / 5) << "weighted by samples";
  EXPECT_FALSE(result.r2.has_value());
}

TEST(Evaluate, AProgramOfOtherClassesIsMisuse) {
  Program program = scorer(2);
  Dataset data = fiveSamples();
  data.classes = 4;
  try {
    evaluate(program, data);
    FAIL() << "nothing thrown";
  } catch (const std::invalid_argument &error) {
    EXPECT_THAT(error.what(), HasSubstr("output \"logits\" is f32 2x3, expected an integer, or 4 "
                                        "scores as f32, per sample"));
  }
}

} // namespace
