#include "runtime/data/Digits.h"

#include "runtime/core/Philox.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string_view>

using namespace gradus;

static uint64_t hashOf(const NDArray &array) {
  return hashName({static_cast<const char *>(array.raw()), static_cast<size_t>(array.bytes())});
}

TEST(Digits, HaveTheirShapesAndRangesAndAllTenClasses) {
  const Dataset digits = makeDigits(500, 3);
  EXPECT_TRUE(digits.check().ok()) << digits.check().message();
  EXPECT_EQ(digits.features.shape(), (Shape{500, 28, 28}));
  EXPECT_EQ(digits.classes, 10);
  std::array<int, 10> hits{};
  for (int32_t label : digits.labels.span<int32_t>())
    ++hits[static_cast<size_t>(label)];
  for (int count : hits)
    EXPECT_GT(count, 25);
  for (float pixel : digits.features.span<float>()) {
    ASSERT_GE(pixel, 0);
    ASSERT_LE(pixel, 1);
  }
  for (int64_t i = 0; i < digits.size(); ++i) {
    float ink = 0;
    for (float pixel : digits.features.rows(i, i + 1).span<float>())
      ink += pixel;
    EXPECT_GT(ink, 10) << "image " << i << " is empty";
    EXPECT_LT(ink, 400) << "image " << i << " is full";
  }
}

TEST(Digits, DependOnTheSeedAloneAndASmallerSetIsTheBeginningOfALarger) {
  const Dataset small = makeDigits(20, 7), large = makeDigits(50, 7), other = makeDigits(20, 8);
  EXPECT_EQ(small.features.toVector<float>(), large.features.rows(0, 20).toVector<float>());
  EXPECT_EQ(small.labels.toVector<int32_t>(), large.labels.rows(0, 20).toVector<int32_t>());
  EXPECT_NE(small.features.toVector<float>(), other.features.toVector<float>());
  Threads threads(3);
  EXPECT_EQ(makeDigits(50, 7, &threads).features.toVector<float>(),
            large.features.toVector<float>());
}

TEST(Digits, HaveTheSameBitsOnEveryMachine) {
  const Dataset digits = makeDigits(64, 1);
  EXPECT_EQ(hashOf(digits.features), 13703723694255466065u);
  EXPECT_EQ(hashOf(digits.labels), 11765915567070157898u);
}

// A nearest-mean classifier is linear: it must see the classes, but stay far from perfect.
TEST(Digits, AreTooHardForTheMeanImageOfEachClass) {
  const Dataset all = makeDigits(3000, 5);
  const Dataset train = all.rows(0, 2000), test = all.rows(2000, 3000);
  std::array<std::array<double, 784>, 10> mean{};
  std::array<int, 10> count{};
  for (int64_t i = 0; i < train.size(); ++i) {
    const size_t label = static_cast<size_t>(train.labels.data<int32_t>()[i]);
    ++count[label];
    for (size_t k = 0; k < 784; ++k)
      mean[label][k] += train.features.data<float>()[i * 784 + static_cast<int64_t>(k)];
  }
  int right = 0;
  for (int64_t i = 0; i < test.size(); ++i) {
    size_t best = 0;
    double least = 1e300;
    for (size_t label = 0; label < 10; ++label) {
      double distance = 0;
      for (size_t k = 0; k < 784; ++k) {
        const double d = mean[label][k] / count[label] -
                         test.features.data<float>()[i * 784 + static_cast<int64_t>(k)];
        distance += d * d;
      }
      if (distance < least) {
        least = distance;
        best = label;
      }
    }
    right += static_cast<int32_t>(best) == test.labels.data<int32_t>()[i];
  }
  EXPECT_GT(right, 500);
  EXPECT_LT(right, 850);
}

TEST(Digits, NoneAreAskedForOrTooFew) {
  EXPECT_EQ(makeDigits(0, 1).size(), 0);
  EXPECT_THROW(makeDigits(-1, 1), std::invalid_argument);
}
