#include "runtime/data/Dataset.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <stdexcept>

using namespace gradus;

/// Sample i has features {10 i, 10 i + 1} and label i % 3.
static Dataset classified(int64_t count) {
  Dataset data;
  data.name = "made";
  data.classes = 3;
  data.features = NDArray::zeros({count, 2});
  data.labels = NDArray::zeros({count}, DType::i32);
  for (int64_t i = 0; i < count; ++i) {
    data.features.data<float>()[2 * i] = static_cast<float>(10 * i);
    data.features.data<float>()[2 * i + 1] = static_cast<float>(10 * i + 1);
    data.labels.data<int32_t>()[i] = static_cast<int32_t>(i % 3);
  }
  return data;
}

static Dataset regression(int64_t count) {
  Dataset data = classified(count);
  data.classes = 0;
  data.labels = NDArray();
  data.targets = NDArray::zeros({count, 1});
  for (int64_t i = 0; i < count; ++i)
    data.targets.data<float>()[i] = static_cast<float>(i);
  return data;
}

TEST(Permutation, IsAPermutationThatDependsOnSeedAndEpochAlone) {
  for (int64_t count : {0, 1, 2, 5, 100, 1000})
    for (uint64_t seed : {0, 1, 99})
      for (uint64_t epoch : {0, 1, 7}) {
        auto order = permutation(count, seed, epoch);
        EXPECT_EQ(order, permutation(count, seed, epoch));
        std::sort(order.begin(), order.end());
        for (int64_t i = 0; i < count; ++i)
          EXPECT_EQ(order[static_cast<size_t>(i)], i);
      }
  EXPECT_NE(permutation(100, 1, 0), permutation(100, 1, 1));
  EXPECT_NE(permutation(100, 1, 0), permutation(100, 2, 0));
}

TEST(Permutation, EveryElementReachesEveryPlaceEquallyOften) {
  int hits[5][5] = {};
  for (uint64_t epoch = 0; epoch < 5000; ++epoch) {
    const auto order = permutation(5, 3, epoch);
    for (size_t i = 0; i < 5; ++i)
      ++hits[i][order[i]];
  }
  for (auto &row : hits)
    for (int count : row)
      EXPECT_NEAR(count, 1000, 150);
}

TEST(Batches, AnEpochGivesEverySampleOnceWithItsLabelAndAShortLastBatch) {
  for (int64_t count : {1, 7, 8, 9, 64, 101})
    for (int64_t batch : {1, 4, 8, 200})
      for (bool shuffle : {false, true}) {
        Batches batches(classified(count),
                        {.batch = batch, .seed = 5, .shuffle = shuffle, .threads = {}});
        batches.startEpoch(2);
        std::vector<int64_t> seen;
        int64_t number = 0;
        while (const int64_t rows = batches.next()) {
          EXPECT_EQ(rows, batches.rowsIn(number));
          ++number;
          const NDArray features = batches.features(), labels = batches.labels();
          for (int64_t i = 0; i < rows; ++i) {
            const int64_t sample = static_cast<int64_t>(features.data<float>()[2 * i]) / 10;
            EXPECT_EQ(features.data<float>()[2 * i + 1], static_cast<float>(10 * sample + 1));
            EXPECT_EQ(labels.data<int32_t>()[i], sample % 3);
            seen.push_back(sample);
          }
        }
        EXPECT_EQ(number, batches.count());
        if (!shuffle) {
          EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
        }
        std::sort(seen.begin(), seen.end());
        ASSERT_EQ(seen.size(), static_cast<size_t>(count));
        for (int64_t i = 0; i < count; ++i)
          EXPECT_EQ(seen[static_cast<size_t>(i)], i);
      }
}

TEST(Batches, AResumedEpochContinuesWithTheSameSamples) {
  Batches whole(classified(50), {.batch = 8, .seed = 9, .shuffle = true, .threads = {}});
  Batches resumed(classified(50), {.batch = 8, .seed = 9, .shuffle = true, .threads = {}});
  whole.startEpoch(3);
  for (int i = 0; i < 4; ++i)
    whole.next();
  resumed.startEpoch(3, 4);
  EXPECT_EQ(resumed.position(), 4);
  while (whole.next()) {
    EXPECT_GT(resumed.next(), 0);
    EXPECT_EQ(whole.features().toVector<float>(), resumed.features().toVector<float>());
  }
  EXPECT_EQ(resumed.next(), 0);
}

TEST(Batches, StagingBuffersStayInPlaceAndAreAligned) {
  Batches batches(regression(10), {.batch = 4, .seed = 0, .shuffle = true, .threads = {}});
  const void *features = batches.features().raw(), *targets = batches.targets().raw();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(features) % GRADUS_ALIGNMENT, 0u);
  for (int epoch = 0; epoch < 3; ++epoch) {
    batches.startEpoch(epoch);
    while (const int64_t rows = batches.next())
      for (int64_t i = 0; i < rows; ++i)
        EXPECT_EQ(batches.features().data<float>()[2 * i], 10 * batches.targets().data<float>()[i]);
  }
  EXPECT_EQ(batches.features().raw(), features);
  EXPECT_EQ(batches.targets().raw(), targets);
  EXPECT_EQ(batches.targets().shape(), (Shape{4, 1}));
}

TEST(Batches, GatheringWithThreadsGivesTheSameBytes) {
  Dataset data = classified(600);
  data.features = NDArray::zeros({600, 100});
  for (int64_t i = 0; i < data.features.size(); ++i)
    data.features.data<float>()[i] = static_cast<float>(i);
  Batches one(data, {.batch = 256, .seed = 1, .shuffle = true, .threads = {}});
  Batches three(
      data, {.batch = 256, .seed = 1, .shuffle = true, .threads = std::make_shared<Threads>(3)});
  while (one.next()) {
    three.next();
    EXPECT_EQ(one.features().toVector<float>(), three.features().toVector<float>());
    EXPECT_EQ(one.labels().toVector<int32_t>(), three.labels().toVector<int32_t>());
  }
}

TEST(Batches, BadOptionsAndDataAreRefused) {
  EXPECT_THROW(Batches(classified(3), {.batch = 0, .seed = 0, .shuffle = true, .threads = {}}),
               std::invalid_argument);
  Dataset bad = classified(3);
  bad.labels.data<int32_t>()[1] = 3;
  EXPECT_EQ(bad.check().message(), "made: sample 1: expected a label from 0 to 2, found 3");
  EXPECT_THROW(Batches(bad, {.batch = 2, .seed = 0, .shuffle = true, .threads = {}}),
               std::invalid_argument);
  bad = classified(3);
  bad.labels = NDArray::zeros({2}, DType::i32);
  EXPECT_FALSE(bad.check().ok());
  bad = regression(3);
  bad.targets = NDArray::zeros({2});
  EXPECT_FALSE(bad.check().ok());
  bad = classified(3);
  bad.features = NDArray::zeros({3, 2}, DType::f64);
  EXPECT_FALSE(bad.check().ok());
}

TEST(Batches, AnEmptyDataSetHasNoBatches) {
  Batches batches(classified(0), {.batch = 4, .seed = 0, .shuffle = true, .threads = {}});
  EXPECT_EQ(batches.count(), 0);
  EXPECT_EQ(batches.next(), 0);
}

TEST(Dataset, SplitGivesEverySampleToOnePart) {
  const auto [first, second] = classified(103).split(0.2, 4);
  EXPECT_EQ(first.size(), 82);
  EXPECT_EQ(second.size(), 21);
  std::vector<int64_t> seen;
  for (const Dataset *part : {&first, &second}) {
    EXPECT_TRUE(part->check().ok());
    for (int64_t i = 0; i < part->size(); ++i) {
      seen.push_back(static_cast<int64_t>(part->features.data<float>()[2 * i]) / 10);
      EXPECT_EQ(part->labels.data<int32_t>()[i], seen.back() % 3);
    }
  }
  std::sort(seen.begin(), seen.end());
  for (size_t i = 0; i < seen.size(); ++i)
    EXPECT_EQ(seen[i], static_cast<int64_t>(i));
  EXPECT_EQ(classified(10).split(0, 1).second.size(), 0);
  EXPECT_EQ(classified(10).split(1, 1).first.size(), 0);
  EXPECT_THROW(classified(3).split(1.5, 0), std::invalid_argument);
  EXPECT_THROW(classified(3).split(NAN, 0), std::invalid_argument);
}

TEST(Dataset, RowsShareAndSelectCopies) {
  const Dataset data = classified(5);
  EXPECT_EQ(data.rows(1, 3).features.raw(), data.features.data<float>() + 2);
  const int64_t chosen[] = {4, 0, 4};
  const Dataset picked = data.select(chosen);
  EXPECT_EQ(picked.features.toVector<float>(), (std::vector<float>{40, 41, 0, 1, 40, 41}));
  EXPECT_EQ(picked.labels.toVector<int32_t>(), (std::vector<int32_t>{1, 0, 1}));
  const int64_t outside[] = {5};
  EXPECT_THROW(data.select(outside), std::invalid_argument);
}

TEST(ColumnScaling, GivesMeanZeroAndVarianceOneAndSparesConstantColumns) {
  Dataset data = regression(4);
  for (int64_t i = 0; i < 4; ++i)
    data.features.data<float>()[2 * i + 1] = 5;
  const ColumnScaling scaling = ColumnScaling::fit(data);
  scaling.apply(data);
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < 4; ++i) {
    const float x = data.features.data<float>()[2 * i];
    sum += x;
    squares += x * x;
    EXPECT_EQ(data.features.data<float>()[2 * i + 1], 0);
  }
  EXPECT_NEAR(sum, 0, 1e-6);
  EXPECT_NEAR(squares / 4, 1, 1e-6);
  Dataset other = classified(2);
  other.features = NDArray::zeros({2, 3});
  EXPECT_THROW(scaling.apply(other), std::invalid_argument);
}
