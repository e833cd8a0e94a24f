#include "runtime/core/Philox.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

using namespace gradus;
using Block = std::array<uint32_t, 4>;

// The known answers of the Random123 distribution (kat_vectors, philox4x32 10).
TEST(Philox, GivesTheKnownAnswersOfRandom123) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, WordsAreAFunctionOfSeedStreamAndIndexAlone) {
  const Philox a(5, 7);
  Philox walking(5, 7);
  for (uint64_t i = 0; i < 40; ++i)
    EXPECT_EQ(walking.next(), a.at(i));
  EXPECT_NE(Philox(5, 8).at(0), a.at(0));
  EXPECT_NE(Philox(6, 7).at(0), a.at(0));
}

TEST(Philox, UniformNumbersLieInTheirRangeAndAreSpreadEvenly) {
  Philox random(1);
  double sum = 0, squares = 0;
  const int count = 100000;
  for (int i = 0; i < count; ++i) {
    const double x = random.nextUniform();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / count, 0.5, 0.005);
  EXPECT_NEAR(squares / count, 1.0 / 3, 0.005);
}

TEST(Philox, BoundedNumbersReachEveryValueEquallyOften) {
  Philox random(2);
  std::vector<int> hits(7);
  for (int i = 0; i < 70000; ++i)
    ++hits[random.nextBelow(7)];
  for (int count : hits)
    EXPECT_NEAR(count, 10000, 500);
  for (uint64_t bound : {uint64_t{1}, uint64_t{1} << 32, (uint64_t{1} << 63) + 1})
    for (int i = 0; i < 100; ++i)
      EXPECT_LT(random.nextBelow(bound), bound);
}

TEST(Philox, TheNormalQuantileInvertsTheDistribution) {
  EXPECT_EQ(normalQuantile(0.5), 0);
  EXPECT_NEAR(normalQuantile(0.975), 1.959963984540054, 1e-13);
  EXPECT_NEAR(normalQuantile(1e-10), -6.361340902404056, 1e-12);
  for (double p = 1e-9; p < 1; p += 0.000997) {
    const double x = normalQuantile(p);
    EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)), p, 1e-14 + 1e-12 * p);
  }
}

TEST(Philox, NormalNumbersHaveMeanZeroAndVarianceOne) {
  Philox random(3);
  double sum = 0, squares = 0;
  const int count = 100000;
  for (int i = 0; i < count; ++i) {
    const double x = random.nextNormal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / count, 0, 0.02);
  EXPECT_NEAR(squares / count, 1, 0.03);
}

TEST(Philox, NamesHashToDifferentStreams) {
  EXPECT_NE(hashName("w"), hashName("v"));
  EXPECT_NE(hashName(""), hashName(std::string_view("\0", 1)));
  EXPECT_EQ(hashName("w"), hashName(std::string("w")));
}
