#include "dialects/gradus/Broadcast.h"

#include <gtest/gtest.h>

namespace gradus::ir {
namespace {

using Shape = std::vector<int64_t>;

Broadcasted broadcast(const Shape &a, const Shape &b) {
  static constexpr const char *names[] = {"on the left", "on the right"};
  ShapeSpan shapes[] = {a, b};
  return broadcastShapes(shapes, names);
}

TEST(Broadcast, AlignsShapesAtTheRight) {
  EXPECT_EQ(broadcast({32, 10}, {10}).shape, (Shape{32, 10}));
  EXPECT_EQ(broadcast({10}, {32, 10}).shape, (Shape{32, 10}));
  EXPECT_EQ(broadcast({}, {2, 3}).shape, (Shape{2, 3}));
  EXPECT_EQ(broadcast({}, {}).shape, Shape{});
}

TEST(Broadcast, StretchesAxesOfSizeOneOnEitherSide) {
  EXPECT_EQ(broadcast({5, 1, 3}, {1, 4, 1}).shape, (Shape{5, 4, 3}));
}

TEST(Broadcast, StretchesOneToNoElements) {
  EXPECT_EQ(broadcast({0, 3}, {1, 3}).shape, (Shape{0, 3}));
  EXPECT_EQ(broadcast({2, 0}, {2, 1}).shape, (Shape{2, 0}));
}

TEST(Broadcast, RefusesNoElementsAgainstSeveral) {
  EXPECT_EQ(broadcast({0}, {3}).error,
            "shapes 0 and 3 do not broadcast: axis 0 is 0 on the left and 3 on the right "
            "(sizes must match, or one must be 1)");
}

TEST(Broadcast, SaysWhichAxisDiffersAndOnWhichSide) {
  EXPECT_EQ(broadcast({32, 10}, {64, 10}).error,
            "shapes 32x10 and 64x10 do not broadcast: axis 0 is 32 on the left and 64 on the right "
            "(sizes must match, or one must be 1)");
}

TEST(Broadcast, SaysThatShapesOfDifferentRanksAreAligned) {
  EXPECT_EQ(broadcast({5, 3, 3}, {5, 3}).error,
            "shapes 5x3x3 and 5x3 do not broadcast: aligned at the right, axis 1 is 3 on the left "
            "and 5 on the right (sizes must match, or one must be 1)");
}

TEST(Broadcast, NamesTheOperandThatDecidedAnAxis) {
  static constexpr const char *names[] = {"in a", "in b", "in c"};
  Shape a{1, 3}, b{2, 3}, c{4, 3};
  ShapeSpan shapes[] = {a, b, c};
  EXPECT_EQ(broadcastShapes(shapes, names).error,
            "shapes 1x3, 2x3 and 4x3 do not broadcast: axis 0 is 2 in b and 4 in c (sizes must "
            "match, or one must be 1)");
}

TEST(Broadcast, LetsTheBatchMeetItselfAndOneOnly) {
  EXPECT_EQ(broadcast({kUnknown, 10}, {kUnknown, 10}).shape, (Shape{kUnknown, 10}));
  EXPECT_EQ(broadcast({kUnknown, 10}, {1, 10}).shape, (Shape{kUnknown, 10}));
  EXPECT_EQ(broadcast({kUnknown, 10}, {32, 10}).error,
            "shapes ?x10 and 32x10 do not broadcast: axis 0 is the batch on the left and 32 on the "
            "right (sizes must match, or one must be 1)");
}

TEST(Broadcast, KnowsWhatStretchesToAShape) {
  EXPECT_TRUE(broadcastsTo(Shape{3, 1}, Shape{2, 3, 4}));
  EXPECT_TRUE(broadcastsTo(Shape{}, Shape{2}));
  EXPECT_FALSE(broadcastsTo(Shape{2, 3}, Shape{3}));
  EXPECT_FALSE(broadcastsTo(Shape{2, 3}, Shape{1, 3}));
}

TEST(Broadcast, ListsNewAndStretchedAxes) {
  EXPECT_EQ(stretchedAxes(Shape{3, 1}, Shape{2, 3, 4}), (Shape{0, 2}));
  EXPECT_EQ(stretchedAxes(Shape{2, 3}, Shape{2, 3}), Shape{});
  EXPECT_EQ(stretchedAxes(Shape{1}, Shape{1, 1}), (Shape{0}));
}

TEST(ShapeText, WritesSizesTheBatchAndScalars) {
  EXPECT_EQ(shapeText(Shape{32, 10}), "32x10");
  EXPECT_EQ(shapeText(Shape{kUnknown, 10}), "?x10");
  EXPECT_EQ(shapeText(Shape{}), "scalar");
}

} // namespace
} // namespace gradus::ir
