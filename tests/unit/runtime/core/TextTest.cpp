// Arrays as text.
#include "runtime/core/Text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace gradus {
namespace {

TEST(ArrayText, AlignsColumnsAndSaysTypeAndShape) {
  EXPECT_EQ(toText(NDArray::fromVector<float>({1, 2.5f, -3, 4}, {2, 2})),
            "[[  1, 2.5],\n [ -3,   4]] (f32 2x2)");
  EXPECT_EQ(toText(NDArray::fromVector<int64_t>({1, -20})), "[  1, -20] (i64 2)");
  EXPECT_EQ(toText(NDArray::fromVector<bool>({true, false})), "[ true, false] (bool 2)");
  EXPECT_EQ(toText(NDArray::fromVector<uint8_t>({7, 255})), "[  7, 255] (u8 2)");
}

TEST(ArrayText, SeparatesMatricesByAnEmptyLine) {
  EXPECT_EQ(toText(NDArray::fromVector<int32_t>({1, 2, 3, 4}, {2, 1, 2})),
            "[[[1, 2]],\n\n [[3, 4]]] (i32 2x1x2)");
}

TEST(ArrayText, ShowsScalarsAndEmptyArrays) {
  EXPECT_EQ(toText(NDArray::scalar(3.5)), "3.5 (" + NDArray::scalar(3.5).describe() + ")");
  EXPECT_EQ(toText(NDArray::zeros({0, 3})), "[] (f32 0x3)");
  EXPECT_EQ(toText(NDArray::zeros({3, 0})), "[] (f32 3x0)");
}

TEST(ArrayText, ShowsNumbersThatAreNone) {
  EXPECT_EQ(toText(NDArray::fromVector<float>({-NAN, INFINITY, -INFINITY})), "[ nan,  inf, -inf] (f32 3)");
}

TEST(ArrayText, SummarizesLongAxes) {
  std::vector<int32_t> numbers(20);
  for (int i = 0; i < 20; ++i)
    numbers[size_t(i)] = i;
  NDArray x = NDArray::fromVector<int32_t>(numbers);
  EXPECT_EQ(toText(x, {.summarizeAbove = 19, .ends = 2}), "[ 0,  1, ..., 18, 19] (i32 20)");
  EXPECT_EQ(toText(x.reshape({10, 2}), {.summarizeAbove = 19, .ends = 1}),
            "[[ 0,  1],\n ...,\n [18, 19]] (i32 10x2)");
  EXPECT_NE(toText(x).find(" 9, 10"), std::string::npos);
}

TEST(ArrayText, HasTheDigitsThatAreAskedFor) {
  NDArray third = NDArray::scalar(1.0 / 3);
  EXPECT_EQ(toText(third, {.digits = 3}).substr(0, 6), "0.333 ");
  std::ostringstream stream;
  stream << NDArray::fromVector<float>({1, 2});
  EXPECT_EQ(stream.str(), "[1, 2] (f32 2)");
}

} // namespace
} // namespace gradus
