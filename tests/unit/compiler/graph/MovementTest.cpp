// Functions that move or make elements: what they refuse, the batch, and values that no gradient row holds.
#include "gradus/gradus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace gradus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Function> std::string errorOf(Function function) {
  try {
    function();
  } catch (const GraphError &error) {
    return error.what();
  }
  return "";
}

/// The elements of a tensor after one step.
template <class T = float> std::vector<T> valuesOf(Graph &g, const Tensor &x) {
  g.result("r", x);
  Program program = compile(g, {.cache = false});
  program.step();
  return program.output("r").toVector<T>();
}

TEST(Movement, ASliceSaysWhatDoesNotFit) {
  Graph g("g");
  Tensor x = g.input("x", {3, 4}), batch = g.input("batch", {kBatch, 4});
  EXPECT_THAT(errorOf([&] { slice(x, {3}); }), HasSubstr("gradus.slice: place 3 is outside axis 0 of size 3"));
  EXPECT_THAT(errorOf([&] { slice(x, {0, 0, 0}); }),
              HasSubstr("gradus.slice: 3 places or ranges for the 2 axes of shape 3x4"));
  EXPECT_THAT(errorOf([&] { slice(x, {ellipsis, ellipsis}); }), HasSubstr("gradus.slice: more than one ellipsis"));
  EXPECT_THAT(errorOf([&] { slice(x, {Slice{0, 2, 0}}); }), HasSubstr("gradus.slice: the step along axis 0 is 0"));
  EXPECT_THAT(errorOf([&] { slice(batch, {Slice{0, 2}}); }),
              HasSubstr("gradus.slice: axis 0 is the batch, of which the whole must be taken"));
  EXPECT_THAT(errorOf([&] { narrow(x, 1, 3, 2); }), HasSubstr("gradus.narrow: axis 1 of size 4 has no 2 elements from 3"));
  EXPECT_THAT(errorOf([&] { select(x, 2, 0); }), HasSubstr("gradus.select: axis 2 is outside the 2 axes of shape 3x4"));
  EXPECT_THAT(errorOf([&] { split(x, {2, 1}, 1); }), HasSubstr("gradus.split: the parts have 3 elements together, axis 1 has 4"));
  EXPECT_THAT(errorOf([&] { split(x, {2, 3}, 1); }), HasSubstr("gradus.split: parts from 2 on do not fit into axis 1 of size 4"));
  EXPECT_THAT(errorOf([&] { split(x, 0); }), HasSubstr("gradus.split: parts of size 0 (must be positive)"));
  EXPECT_THAT(errorOf([&] { chunk(x, 0); }), HasSubstr("gradus.chunk: 0 parts (must be positive)"));
  EXPECT_THAT(errorOf([&] { arraySplit(x, 4); }), HasSubstr("gradus.array_split: 4 parts of an axis of size 3"));
}

TEST(Movement, ShapesSayWhatDoesNotFit) {
  Graph g("g");
  Tensor x = g.input("x", {3, 1}), v = g.input("v", {3});
  EXPECT_THAT(errorOf([&] { squeeze(x, {0}); }), HasSubstr("gradus.squeeze: axis 0 of shape 3x1 does not have size 1"));
  EXPECT_THAT(errorOf([&] { unsqueeze(x, 3); }), HasSubstr("gradus.unsqueeze: axis 3 is outside the 3 axes of the result"));
  EXPECT_THAT(errorOf([&] { flatten(x, 1, 0); }), HasSubstr("gradus.flatten: the first axis, 1, comes after the last one, 0"));
  EXPECT_THAT(errorOf([&] { expand(x, {-1, 3, 2}); }), HasSubstr("gradus.expand: the size of the new axis 0 is -1"));
  EXPECT_THAT(errorOf([&] { movedim(x, {0}, {}); }), HasSubstr("gradus.movedim: 1 axes are moved to 0 places"));
  EXPECT_THAT(errorOf([&] { flip(x, {0, -2}); }), HasSubstr("gradus.flip: axis 0 is given twice"));
  EXPECT_THAT(errorOf([&] { roll(x, {1}, {0, 1}); }), HasSubstr("gradus.roll: 1 shifts are given for 2 axes"));
  EXPECT_THAT(errorOf([&] { toChannelsLast(v); }), HasSubstr("gradus.to_channels_last: shape 3 has no axis of channels"));
  EXPECT_THAT(errorOf([&] { toChannelsFirst(v); }), HasSubstr("gradus.to_channels_first: shape 3 has no axis of channels"));
  EXPECT_THAT(errorOf([&] { tril(v); }), HasSubstr("gradus.tril: shape 3 is no matrix"));
  EXPECT_THAT(errorOf([&] { diagonal(x, 0, 0, 0); }), HasSubstr("gradus.diagonal: axis 0 is given twice"));
  EXPECT_THAT(errorOf([&] { diag(reshape(x, {3, 1, 1})); }), HasSubstr("gradus.diag: shape 3x1x1 is neither a vector nor a matrix"));
  EXPECT_THAT(errorOf([&] { meshgrid({v}, "yx"); }), HasSubstr("gradus.meshgrid: indexing \"yx\" is neither \"ij\" nor \"xy\""));
  EXPECT_THAT(errorOf([&] { meshgrid({x}); }), HasSubstr("gradus.meshgrid: shape 3x1 is no vector"));
}

TEST(Movement, JoiningSaysWhatDoesNotFit) {
  Graph g("g");
  Tensor x = g.input("x", {3, 4}), v = g.input("v", {3}), empty = g.input("empty", {0, 4});
  EXPECT_THAT(errorOf([&] { concat({}); }), HasSubstr("gradus.concat: there is no operand"));
  EXPECT_THAT(errorOf([&] { concat({x, v}); }), HasSubstr("shapes 3x4 and 3 of operands 0 and 1 differ in more than axis 0"));
  EXPECT_THAT(errorOf([&] { concat({x, Tensor()}); }), HasSubstr("empty tensor"));
  EXPECT_THAT(errorOf([&] { stack({x, v}); }), HasSubstr("gradus.stack: shapes 3x4 and 3 differ"));
  EXPECT_THAT(errorOf([&] { stack({x}, 4); }), HasSubstr("gradus.stack: axis 4 is outside the 3 axes of the result"));
  EXPECT_THAT(errorOf([&] { tile(x, {-1}); }), HasSubstr("gradus.tile: axis 1 is repeated -1 times"));
  EXPECT_THAT(errorOf([&] { repeatInterleave(x, -1, 0); }), HasSubstr("gradus.repeat_interleave: each element is repeated -1 times"));
  EXPECT_THAT(errorOf([&] { pad(x, {{0, 0}, {0, 0}, {0, 0}}); }), HasSubstr("gradus.pad: 3 paddings for the 2 axes of shape 3x4"));
  EXPECT_THAT(errorOf([&] { pad(x, {{3, 0}, {0, 0}}, PadMode::reflect); }),
              HasSubstr("gradus.pad: 3 elements cannot be taken from axis 0 of size 3 (at most 2 in this mode)"));
  EXPECT_THAT(errorOf([&] { pad(x, {{4, 0}, {0, 0}}, PadMode::circular); }), HasSubstr("at most 3 in this mode"));
  EXPECT_THAT(errorOf([&] { pad(empty, {{1, 0}, {0, 0}}, PadMode::replicate); }), HasSubstr("at most 0 in this mode"));
  EXPECT_THAT(errorOf([&] { pad(x, {{-1, 0}}, PadMode::reflect); }), HasSubstr("only mode constant takes away"));
  Tensor five = g.input("five", {1, 1, 1, 1, 2});
  EXPECT_THAT(errorOf([&] { kron(five, x); }), HasSubstr("gradus.kron: operands of 5 and 2 axes (at most 4)"));
  EXPECT_THAT(errorOf([&] { slidingWindow(x, {2, 2}, {0}); }), HasSubstr("gradus.window: 2 sizes are given for 1 axes"));
  EXPECT_THAT(errorOf([&] { overlapAdd(x, {3}, {1}); }), HasSubstr("gradus.overlap_add: axis 1 is outside the 1 axes of the result"));
  EXPECT_THAT(errorOf([&] { im2col(x, {{3, 3}}); }), HasSubstr("gradus.im2col: images have 4 axes"));
  EXPECT_THAT(errorOf([&] { im2col(x, {{3}}); }), HasSubstr("gradus.im2col: a patch has 2 sizes, strides, paddings and dilations (1 are given)"));
  Tensor columns = g.input("columns", {1, 8, 9});
  EXPECT_THAT(errorOf([&] { col2im(columns, {4, 4}, {{3, 3}}); }), HasSubstr("gradus.col2im: axis 1 of size 8 does not hold patches of 9 elements"));
  EXPECT_THAT(errorOf([&] { col2im(columns, {5, 4}, {{2, 2}}); }), HasSubstr("gradus.col2im: axis 2 has 9 patches, an image of 5x4 has 12"));
}

TEST(Movement, RangesSayWhatIsNone) {
  Graph g("g");
  EXPECT_THAT(errorOf([&] { arange(g, 0, 1, 0); }), HasSubstr("gradus.arange: from 0.000000 to 1.000000 by 0.000000"));
  EXPECT_THAT(errorOf([&] { arange(g, 0.5, 3, 1, DType::i32); }), HasSubstr("gradus.arange: integers with a start or step that is none"));
  EXPECT_THAT(errorOf([&] { linspace(g, 0, 1, -1); }), HasSubstr("gradus.linspace: -1 numbers"));
  EXPECT_THAT(errorOf([&] { linspace(g, 0, 1, 3, DType::i32); }), HasSubstr("gradus.linspace: the element type must be f32 or f64"));
  Tensor x = g.input("x", {2, 3}), bytes = g.input("bytes", {2, 3}, DType::u8);
  EXPECT_THAT(errorOf([&] { imageToFloat(x); }), HasSubstr("gradus.image_to_float: an image has bytes (u8) as elements"));
  EXPECT_THAT(errorOf([&] { imageToFloat(bytes, {0.5f}); }), HasSubstr("gradus.image_to_float: 1 numbers for the 3 channels of axis 1"));
}

TEST(Movement, MakesRangesAndGrids) {
  Graph a("a"), b("b"), c("c"), d("d"), e("e"), f("f"), h("h");
  EXPECT_THAT(valuesOf<int32_t>(a, arange(a, 5, -2, -3, DType::i32)), ElementsAre(5, 2, -1));
  EXPECT_THAT(valuesOf(b, linspace(b, -1, 1, 5)), ElementsAre(-1, -0.5, 0, 0.5, 1));
  EXPECT_THAT(valuesOf(c, eye(c, 2, 3, 1)), ElementsAre(0, 1, 0, 0, 0, 1));
  EXPECT_THAT(valuesOf(d, meshgrid({arange(d, 0, 2, 1), arange(d, 5, 8)}, "xy")[1]), ElementsAre(5, 5, 6, 6, 7, 7));
  EXPECT_THAT(valuesOf(e, linspace(e, 3, 9, 1)), ElementsAre(3));
  EXPECT_THAT(valuesOf(f, arange(f, 3, 3)), ElementsAre());
  EXPECT_THAT(valuesOf(h, concat({zeros(h, {2}), ones(h, {1}), full(h, {2}, 7)})), ElementsAre(0, 0, 1, 7, 7));
}

TEST(Movement, StandardisesTheBytesOfImages) {
  Graph g("g");
  Tensor x = g.constant(NDArray::fromVector(std::vector<uint8_t>{0, 255, 51, 204}, {2, 2}));
  std::vector<float> values = valuesOf(g, imageToFloat(x, {0.5f, 0.0f}, {0.5f, 2.0f}));
  EXPECT_FLOAT_EQ(values[0], -1);
  EXPECT_FLOAT_EQ(values[1], 0.5f);
  EXPECT_FLOAT_EQ(values[2], (0.2f - 0.5f) / 0.5f);
  EXPECT_FLOAT_EQ(values[3], 0.4f);
}

// The batch passes through everything that takes it whole.
TEST(Movement, TakesTheBatchWhole) {
  Graph g("g");
  Tensor x = g.input("x", {kBatch, 5});
  Tensor y = concat({slice(x, {wholeAxis, Slice{{}, {}, -1}}), pad(x, {{1, 1}}), unsqueeze(select(x, 1, 2), 1)}, 1);
  EXPECT_EQ(y.shape(), (Shape{kBatch, 13}));
  g.result("y", sum(slidingWindow(flip(y, {1}), {3}, {1}), 2));
  Program program = compile(g, {.batch = 2, .cache = false});
  NDArray input = NDArray::fromVector(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {2, 5});
  program.bind("x", input);
  program.step();
  std::vector<float> rows[2] = {{3, 0, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5}, {8, 0, 10, 9, 8, 7, 6, 0, 6, 7, 8, 9, 10}};
  for (int row = 0; row < 2; ++row)
    for (int i = 0; i < 11; ++i)
      EXPECT_EQ(program.output("y").data<float>()[row * 11 + i], rows[row][i] + rows[row][i + 1] + rows[row][i + 2]);
}

// bytes, booleans, integers: vectors of other widths, masked.
TEST(Movement, MovesEveryElementType) {
  for (DType type : {DType::u8, DType::boolean, DType::i32, DType::i64, DType::f64}) {
    Graph g("g");
    Tensor x = cast(arange(g, 0, 40, 1, DType::i64), type);
    bool isBoolean = type == DType::boolean;
    Tensor y = concat({pad(x, {{3, -2}}, PadMode::constant, 1), flip(x), slice(x, {Slice{1, {}, 3}})});
    std::vector<int64_t> expected{1, 1, 1};
    for (int64_t i = 0; i < 38; ++i)
      expected.push_back(i);
    for (int64_t i = 40; i-- > 0;)
      expected.push_back(i);
    for (int64_t i = 1; i < 40; i += 3)
      expected.push_back(i);
    if (isBoolean)
      for (int64_t &i : expected)
        i = i != 0;
    EXPECT_EQ(valuesOf<int64_t>(g, cast(y, DType::i64)), expected) << int(type);
  }
}

// The middle of a concatenation begins anywhere in a vector, also where results are written past the caches.
TEST(Movement, ConcatenatesLargeVectorsOfOddLengths) {
  Graph g("g");
  const int64_t n = (int64_t(1) << 22) + 3;
  Tensor a = g.input("a", {n}), b = g.input("b", {n + 2});
  g.result("y", concat({a, b}));
  Program program = compile(g, {.cache = false});
  std::vector<float> first(n), second(n + 2);
  std::iota(first.begin(), first.end(), 0.0f);
  std::iota(second.begin(), second.end(), 5.0f);
  NDArray x = NDArray::fromVector(first, {n}), y = NDArray::fromVector(second, {n + 2});
  program.bind("a", x);
  program.bind("b", y);
  program.step();
  const float *result = program.output("y").data<float>();
  EXPECT_EQ(std::vector<float>(result, result + n), first);
  EXPECT_EQ(std::vector<float>(result + n, result + 2 * n + 2), second);
}

} // namespace
} // namespace gradus
