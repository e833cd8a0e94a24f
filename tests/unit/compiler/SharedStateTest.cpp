// Programs that share variables with another one, which has chosen how they lie in memory.
#include "gradus/gradus.h"

#include <gtest/gtest.h>

namespace gradus {
namespace {

CompileOptions uncached(std::shared_ptr<State> state = nullptr) {
  return {.batch = 32, .threads = 2, .state = std::move(state), .cache = false};
}

// A weight [rows, columns] that a training step reads in products only.
Program trainedWeight(int64_t rows, int64_t columns) {
  Graph g("train");
  Tensor x = g.input("x", {kBatch, rows}), y = g.input("y", {kBatch, columns});
  Tensor w = g.parameter("w", {rows, columns}, glorotUniform());
  return compile(g, trainingStep(squaredError(matmul(x, w), y), Sgd{.rate = 0.1}), uncached());
}

// The same weight read in every way that does not suit that layout.
void readInOtherWays(int64_t rows, int64_t columns) {
  Program train = trainedWeight(rows, columns);
  Graph g("read");
  Tensor w = g.parameter("w", {rows, columns}, glorotUniform());
  g.result("same", w);
  g.result("flat", reshape(w, {rows * columns}));
  g.result("row", gather(w, g.constant(3, DType::i32)));
  g.result("turned", transpose(w));
  g.result("sums", sum(w, 0));
  Program read = compile(g, uncached(train.state()));
  read.step();

  NDArray values = train.state()->get("w");
  const float *expected = values.data<float>();
  NDArray same = read.output("same"), flat = read.output("flat"), row = read.output("row"),
          turned = read.output("turned"), sums = read.output("sums");
  for (int64_t j = 0; j < columns; ++j) {
    double total = 0;
    for (int64_t i = 0; i < rows; ++i) {
      float value = expected[i * columns + j];
      ASSERT_EQ(same.data<float>()[i * columns + j], value);
      ASSERT_EQ(flat.data<float>()[i * columns + j], value);
      ASSERT_EQ(turned.data<float>()[j * rows + i], value);
      total += value;
    }
    ASSERT_EQ(row.data<float>()[j], expected[3 * columns + j]);
    ASSERT_NEAR(sums.data<float>()[j], total, 1e-4);
  }
}

TEST(SharedState, AWeightInPanelsIsReadInAnyWay) { readInOtherWays(64, 256); }
TEST(SharedState, ANarrowWeightStoredTransposedIsReadInAnyWay) { readInOtherWays(256, 10); }

TEST(SharedState, AnotherBatchSizeTrainsTheSameWeights) {
  Program first = trainedWeight(64, 256);
  Program second = first.withBatch(7);
  NDArray x = NDArray::zeros({7, 64}), y = NDArray::zeros({7, 256});
  std::fill_n(x.data<float>(), x.size(), 1.0f);
  NDArray before = first.state()->get("w");
  second.bind("x", x);
  second.bind("y", y);
  second.step();
  NDArray after = first.state()->get("w");
  EXPECT_NE(before.data<float>()[0], after.data<float>()[0]);
}

} // namespace
} // namespace gradus
