#include "runtime/core/Layout.h"

#include "runtime/core/Json.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <stdexcept>

using namespace gradus;

static NDArray counting(int64_t rows, int64_t cols) {
  std::vector<int64_t> values(static_cast<size_t>(rows * cols));
  std::iota(values.begin(), values.end(), 0);
  return NDArray::fromVector(values, {rows, cols});
}

static std::vector<Layout> someLayouts() {
  std::vector<Layout> layouts{{}, {Layout::Kind::transposed, 0}};
  for (int64_t panel : {1, 2, 3, 16, 48, 1000})
    layouts.push_back({Layout::Kind::panels, panel});
  return layouts;
}

TEST(Layout, PackingPutsEachElementAtItsOffsetAndUnpackingRestoresIt) {
  for (const Layout &layout : someLayouts())
    for (int64_t rows : {1, 2, 5, 17, 33})
      for (int64_t cols : {1, 2, 3, 10, 48, 49, 100})
        for (DType type : {DType::u8, DType::i32, DType::f32, DType::i64}) {
          const NDArray matrix = counting(rows, cols).cast(type);
          NDArray packed = NDArray::zeros({rows * cols}, type),
                  back = NDArray::zeros({rows, cols}, type);
          packInto(matrix, layout, packed.raw());
          const NDArray plain = matrix.cast(DType::i64), inPlace = packed.cast(DType::i64);
          std::vector<bool> used(static_cast<size_t>(rows * cols));
          for (int64_t i = 0; i < rows; ++i)
            for (int64_t j = 0; j < cols; ++j) {
              const int64_t at = layout.offset(i, j, rows, cols);
              ASSERT_GE(at, 0);
              ASSERT_LT(at, rows * cols);
              ASSERT_FALSE(used[static_cast<size_t>(at)]);
              used[static_cast<size_t>(at)] = true;
              ASSERT_EQ(inPlace.data<int64_t>()[at], plain.data<int64_t>()[i * cols + j]);
            }
          unpackFrom(packed.raw(), layout, back);
          EXPECT_TRUE(std::equal(static_cast<const char *>(back.raw()),
                                 static_cast<const char *>(back.raw()) + back.bytes(),
                                 static_cast<const char *>(matrix.raw())));
        }
}

TEST(Layout, EmptyMatricesAndOtherRanksAreLeftAlone) {
  for (const Layout &layout : someLayouts()) {
    NDArray empty = NDArray::zeros({0, 5});
    packInto(empty, layout, empty.raw());
    unpackFrom(empty.raw(), layout, empty);
  }
  const NDArray cube = NDArray::fromVector<float>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});
  NDArray copy = NDArray::zeros({2, 2, 2});
  packInto(cube, {}, copy.raw());
  EXPECT_EQ(copy.toVector<float>(), cube.toVector<float>());
  EXPECT_THROW(packInto(cube, {Layout::Kind::transposed, 0}, copy.raw()), std::invalid_argument);
  EXPECT_THROW((Layout{Layout::Kind::panels, 0}.check({2, 2})), std::invalid_argument);
}

TEST(Layout, JsonReadsBackAndNonsenseIsRefused) {
  for (const Layout &layout : someLayouts())
    EXPECT_EQ(Layout::fromJson(layout.toJson()), layout);
  for (const char *text : {R"({"kind":"spiral"})", R"({"kind":"panels"})",
                           R"({"kind":"panels","panel":0})", R"({"kind":3})", "[]"})
    EXPECT_THROW(Layout::fromJson(parseJson(text).value()), std::invalid_argument) << text;
}
