#include "runtime/core/NDArray.h"

#include "runtime/core/Status.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>

using namespace gradus;

TEST(NDArray, StorageIsAlignedAndZeroed) {
  for (int64_t size : {0, 1, 3, 1000}) {
    const NDArray array = NDArray::zeros({size});
    EXPECT_EQ(reinterpret_cast<uintptr_t>(array.raw()) % GRADUS_ALIGNMENT, 0u);
    EXPECT_EQ(array.size(), size);
    EXPECT_EQ(array.bytes(), 4 * size);
    for (float x : array.span<float>())
      EXPECT_EQ(x, 0);
  }
}

TEST(NDArray, CopiesShareElementsAndCopyDoesNot) {
  NDArray a = NDArray::fromVector<int32_t>({1, 2, 3});
  NDArray shared = a, own = a.copy();
  a.data<int32_t>()[0] = 9;
  EXPECT_EQ(shared.toVector<int32_t>(), (std::vector<int32_t>{9, 2, 3}));
  EXPECT_EQ(own.toVector<int32_t>(), (std::vector<int32_t>{1, 2, 3}));
}

TEST(NDArray, RowsKeepTheStorageAlive) {
  NDArray rows;
  {
    NDArray a = NDArray::fromVector<float>({1, 2, 3, 4, 5, 6}, {3, 2});
    rows = a.rows(1, 3);
  }
  EXPECT_EQ(rows.shape(), (Shape{2, 2}));
  EXPECT_EQ(rows.toVector<float>(), (std::vector<float>{3, 4, 5, 6}));
  EXPECT_THROW(rows.rows(0, 3), std::invalid_argument);
  EXPECT_THROW(rows.rows(-1, 1), std::invalid_argument);
  EXPECT_THROW(rows.rows(2, 1), std::invalid_argument);
  EXPECT_THROW(NDArray::scalar(1.0f).rows(0, 0), std::invalid_argument);
}

TEST(NDArray, ReshapeSolvesForOneOpenSize) {
  const NDArray a = NDArray::zeros({4, 6});
  EXPECT_EQ(a.reshape({2, -1}).shape(), (Shape{2, 12}));
  EXPECT_EQ(a.reshape({24}).raw(), a.raw());
  EXPECT_THROW(a.reshape({5, -1}), std::invalid_argument);
  EXPECT_THROW(a.reshape({-1, -1}), std::invalid_argument);
  EXPECT_THROW(a.reshape({23}), std::invalid_argument);
  EXPECT_THROW(NDArray::zeros({0}).reshape({0, -1}), std::invalid_argument);
}

TEST(NDArray, ElementsAreOnlyGivenOutAsTheirOwnType) {
  NDArray a = NDArray::zeros({2}, DType::i64);
  EXPECT_NO_THROW(a.data<int64_t>());
  EXPECT_THROW(a.data<float>(), std::invalid_argument);
  EXPECT_THROW(a.item<int64_t>(), std::invalid_argument);
  EXPECT_EQ(NDArray::scalar(2.5).item<double>(), 2.5);
}

TEST(NDArray, CastSaturatesAndMapsNanToZero) {
  const float inf = std::numeric_limits<float>::infinity();
  const NDArray a = NDArray::fromVector<float>({1.9f, -1.9f, inf, -inf, NAN, 3e9f});
  EXPECT_EQ(a.cast(DType::i32).toVector<int32_t>(),
            (std::vector<int32_t>{1, -1, INT32_MAX, INT32_MIN, 0, INT32_MAX}));
  EXPECT_EQ(a.cast(DType::u8).toVector<uint8_t>(), (std::vector<uint8_t>{1, 0, 255, 0, 0, 255}));
  EXPECT_EQ(a.cast(DType::i64).toVector<int64_t>()[2], INT64_MAX);
  EXPECT_EQ(NDArray::fromVector<bool>({true, false}).cast(DType::f64).toVector<double>(),
            (std::vector<double>{1, 0}));
  EXPECT_EQ(NDArray::fromVector<float>({0.5f, 0}).cast(DType::boolean).toVector<bool>(),
            (std::vector<bool>{true, false}));
}

TEST(NDArray, ImpossibleShapesAreRefusedBeforeAnyAllocation) {
  EXPECT_THROW(NDArray::zeros({-1}), std::invalid_argument);
  EXPECT_THROW(NDArray::zeros({int64_t{1} << 40, int64_t{1} << 40}), std::invalid_argument);
  EXPECT_THROW(NDArray::zeros({int64_t{1} << 61, 2}, DType::f64), std::invalid_argument);
  EXPECT_EQ(NDArray::zeros({int64_t{1} << 40, int64_t{1} << 40, 0}).size(), 0);
  EXPECT_THROW(NDArray::fromVector<float>({1, 2}, {3}), std::invalid_argument);
  EXPECT_THROW(NDArray::view(nullptr, {1}, DType::f32), std::invalid_argument);
}

TEST(NDArray, AViewWritesThroughAndDoesNotOwn) {
  float raw[2] = {1, 2};
  NDArray view = NDArray::view(raw, {2}, DType::f32);
  EXPECT_FALSE(view.owning());
  view.assign(NDArray::fromVector<float>({5, 6}));
  EXPECT_EQ(raw[1], 6);
  EXPECT_THROW(view.assign(NDArray::zeros({3})), std::invalid_argument);
  EXPECT_THROW(view.assign(NDArray::zeros({2}, DType::i32)), std::invalid_argument);
}

TEST(NDArray, DimCountsFromTheEndForNegativeAxes) {
  const NDArray a = NDArray::zeros({4, 6});
  EXPECT_EQ(a.dim(-1), 6);
  EXPECT_EQ(a.dim(0), 4);
  EXPECT_THROW(a.dim(2), std::invalid_argument);
  EXPECT_EQ(a.describe(), "f32 4x6");
  EXPECT_EQ(NDArray::scalar(1.0f).describe(), "f32 scalar");
}

TEST(DType, NamesReadBack) {
  for (DType type : {DType::f32, DType::f64, DType::i32, DType::i64, DType::boolean, DType::u8})
    EXPECT_EQ(dtypeNamed(nameOf(type)), type);
  EXPECT_EQ(dtypeNamed("f16"), std::nullopt);
}

TEST(Status, AResultHoldsAValueOrAReason) {
  Result<int> good = 3, bad = Status::error("x.csv:1: no");
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.message(), "x.csv:1: no");
  EXPECT_THROW(bad.value(), std::runtime_error);
  EXPECT_NO_THROW(Status().orThrow());
}
