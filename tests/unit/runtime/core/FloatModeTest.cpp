#include "runtime/core/FloatMode.h"

#include <gtest/gtest.h>
#include <limits>

using namespace gradus;

/// Half of the smallest normal number, computed now.
static float halfOfSmallest() {
  volatile float smallest = std::numeric_limits<float>::min();
  return smallest * 0.5f;
}

TEST(FloatMode, FlushesWhileItLivesAndRestoresWhatWasBefore) {
  if (!FloatMode::supported())
    GTEST_SKIP() << "this processor has no such mode";
  EXPECT_GT(halfOfSmallest(), 0);
  {
    FloatMode flush(Subnormals::flush);
    EXPECT_EQ(FloatMode::current(), Subnormals::flush);
    EXPECT_EQ(halfOfSmallest(), 0);
    {
      FloatMode keep(Subnormals::keep);
      EXPECT_EQ(FloatMode::current(), Subnormals::keep);
      EXPECT_GT(halfOfSmallest(), 0);
      FloatMode again(Subnormals::keep);
    }
    EXPECT_EQ(FloatMode::current(), Subnormals::flush);
    EXPECT_EQ(halfOfSmallest(), 0);
  }
  EXPECT_EQ(FloatMode::current(), Subnormals::keep);
  EXPECT_GT(halfOfSmallest(), 0);
}

TEST(FloatMode, SubnormalOperandsCountAsZeroToo) {
  if (!FloatMode::supported())
    GTEST_SKIP() << "this processor has no such mode";
  volatile float tiny = std::numeric_limits<float>::denorm_min();
  volatile float huge = 0x1p120f;
  EXPECT_GT(tiny * huge, 0);
  FloatMode flush(Subnormals::flush);
  EXPECT_EQ(tiny * huge, 0);
}
