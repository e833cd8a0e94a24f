#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

/// y[at] = x[from(at)], or `otherwise` where there is no such place.
Reference moved(const Reference &x, const Shape &shape, const std::function<Shape(Shape)> &from,
                double otherwise = 0) {
  return generate(shape, [&](const Shape &at) {
    Shape place = from(at);
    int64_t position = 0;
    for (size_t axis = 0; axis < x.shape.size(); ++axis) {
      if (place[axis] < 0 || place[axis] >= x.shape[axis])
        return otherwise;
      position = position * x.shape[axis] + place[axis];
    }
    return x.values[position];
  });
}

/// One op that only moves elements.
Row mover(std::string name, Shape from, std::function<Tensor(const Tensor &)> op, Shape to,
          std::function<Shape(Shape)> place, double otherwise = 0) {
  return {std::move(name),
          {{std::move(from)}},
          [op](const Tensors &x) { return op(x[0]); },
          [=](const References &x) { return moved(x[0], to, place, otherwise); }};
}

/// The same behind a product, so that gradients of gradients are not zero.
Row squared(Row row) {
  row.name += "/chain";
  row.build = [build = row.build](const Tensors &x) {
    Tensors squares;
    for (const Tensor &t : x)
      squares.push_back(t * t * t);
    return build(squares);
  };
  row.formula = [formula = row.formula](const References &x) {
    References squares;
    for (const Reference &t : x)
      squares.push_back(map(t, [](double v) { return v * v * v; }));
    return formula(squares);
  };
  row.second = true;
  return row;
}

Reference joined(const References &parts, size_t axis) {
  Shape shape = parts[0].shape;
  shape[axis] = 0;
  for (const Reference &part : parts)
    shape[axis] += part.shape[axis];
  return generate(shape, [&](Shape at) {
    size_t i = 0;
    while (at[axis] >= parts[i].shape[axis])
      at[axis] -= parts[i++].shape[axis];
    return elementAt(parts[i], at);
  });
}

std::vector<Row> slices() {
  auto part = [](std::string name, Shape from, std::vector<Selector> selectors, Shape to,
                 std::function<Shape(Shape)> place) {
    return mover("slice/" + name, from, [=](const Tensor &x) { return slice(x, selectors); }, to, place);
  };
  return {
      part("range", {5, 40}, {Slice{1, 4}, Slice{3, 37}}, {3, 34}, [](Shape a) { return Shape{a[0] + 1, a[1] + 3}; }),
      squared(part("range", {4, 7}, {Slice{1, 3}, Slice{2, {}}}, {2, 5}, [](Shape a) { return Shape{a[0] + 1, a[1] + 2}; })),
      part("step", {3, 41}, {wholeAxis, Slice{1, 40, 3}}, {3, 13}, [](Shape a) { return Shape{a[0], a[1] * 3 + 1}; }),
      part("backwards", {3, 21}, {Slice{{}, {}, -1}, Slice{-2, 0, -2}}, {3, 10}, [](Shape a) { return Shape{2 - a[0], 19 - 2 * a[1]}; }),
      part("reversed", {50}, {Slice{{}, {}, -1}}, {50}, [](Shape a) { return Shape{49 - a[0]}; }),
      part("outside", {3, 4}, {Slice{-9, 99}, Slice{2, 100}}, {3, 2}, [](Shape a) { return Shape{a[0], a[1] + 2}; }),
      part("empty", {3, 4}, {Slice{2, 1}, wholeAxis}, {0, 4}, [](Shape a) { return a; }),
      part("place", {3, 4, 5}, {Slice{1, {}}, -1, newAxis, ellipsis}, {2, 1, 5}, [](Shape a) { return Shape{a[0] + 1, 3, a[2]}; }),
      part("ellipsis", {2, 3, 4}, {ellipsis, 1}, {2, 3}, [](Shape a) { return Shape{a[0], a[1], 1}; }),
      part("eight", {1, 2, 1, 2, 3, 1, 2, 5}, {ellipsis, Slice{1, {}, 2}}, {1, 2, 1, 2, 3, 1, 2, 2},
           [](Shape a) { a[7] = 1 + 2 * a[7]; return a; }),
      mover("slice/select", {3, 4}, [](const Tensor &x) { return select(x, -1, 2); }, {3}, [](Shape a) { return Shape{a[0], 2}; }),
      mover("slice/narrow", {3, 9}, [](const Tensor &x) { return narrow(x, 1, -4, 3); }, {3, 3}, [](Shape a) { return Shape{a[0], a[1] + 5}; }),
      mover("slice/split", {7, 3}, [](const Tensor &x) { return split(x, 3)[2]; }, {1, 3}, [](Shape a) { return Shape{6, a[1]}; }),
      mover("slice/split_sizes", {3, 7}, [](const Tensor &x) { return split(x, {2, 4, 1}, 1)[1]; }, {3, 4}, [](Shape a) { return Shape{a[0], a[1] + 2}; }),
      mover("slice/chunk", {7}, [](const Tensor &x) { return chunk(x, 3)[2]; }, {1}, [](Shape) { return Shape{6}; }),
      mover("slice/array_split", {7}, [](const Tensor &x) { return arraySplit(x, 3)[1]; }, {2}, [](Shape a) { return Shape{a[0] + 3}; }),
      mover("slice/diagonal", {3, 2, 5}, [](const Tensor &x) { return diagonal(x, 1, 0, 2); }, {2, 3}, [](Shape a) { return Shape{a[1], a[0], a[1] + 1}; }),
      mover("slice/diagonal_below", {4, 3}, [](const Tensor &x) { return diagonal(x, -2); }, {2}, [](Shape a) { return Shape{a[0] + 2, a[0]}; }),
      mover("slice/diagonal_outside", {4, 3}, [](const Tensor &x) { return diagonal(x, 5); }, {0}, [](Shape a) { return a; }),
  };
}

std::vector<Row> pads() {
  auto padded = [](std::string name, Shape from, std::vector<Padding> widths, PadMode mode, double value,
                   Shape to, std::function<Shape(Shape)> place) {
    return mover("pad/" + name, from, [=](const Tensor &x) { return pad(x, widths, mode, value); }, to, place, value);
  };
  auto within = [](int64_t i, int64_t n) { return ((i % n) + n) % n; };
  auto mirror = [](int64_t i, int64_t n) { return i < 0 ? -i : i >= n ? 2 * n - 2 - i : i; };
  using enum PadMode;
  return {
      padded("both", {3, 40}, {{1, 2}, {3, 4}}, constant, 0.5, {6, 47}, [](Shape a) { return Shape{a[0] - 1, a[1] - 3}; }),
      squared(padded("both", {2, 3}, {{1, 0}, {2, 1}}, constant, 0, {3, 6}, [](Shape a) { return Shape{a[0] - 1, a[1] - 2}; })),
      padded("last", {3, 4}, {{2, 0}}, constant, -1, {3, 6}, [](Shape a) { return Shape{a[0], a[1] - 2}; }),
      padded("crop", {5, 36}, {{-1, -2}, {-3, 2}}, constant, 7, {2, 35}, [](Shape a) { return Shape{a[0] + 1, a[1] + 3}; }),
      padded("empty", {0, 3}, {{1, 1}, {0, 0}}, constant, 2, {2, 3}, [](Shape) { return Shape{-1, 0}; }),
      padded("eight", {1, 2, 1, 2, 3, 1, 2, 2}, {{0, 1}, {1, 1}}, constant, 2, {1, 2, 1, 2, 3, 1, 3, 4},
             [](Shape a) { a[7] -= 1; return a; }),
      mover("pad/interior", {3, 19}, [](const Tensor &x) { return dilate(x, {1, 2}, 0.25); }, {5, 55},
            [](Shape a) { return Shape{a[0] % 2 ? -1 : a[0] / 2, a[1] % 3 ? -1 : a[1] / 3}; }, 0.25),
      squared(mover("pad/interior", {2, 3}, [](const Tensor &x) { return dilate(x, {1, 2}); }, {3, 7},
            [](Shape a) { return Shape{a[0] % 2 ? -1 : a[0] / 2, a[1] % 3 ? -1 : a[1] / 3}; })),
      padded("reflect", {3, 20}, {{1, 2}, {4, 3}}, reflect, 0, {6, 27}, [=](Shape a) { return Shape{mirror(a[0] - 1, 3), mirror(a[1] - 4, 20)}; }),
      padded("replicate", {3, 20}, {{1, 2}, {4, 30}}, replicate, 0, {6, 54}, [](Shape a) {
        return Shape{std::clamp<int64_t>(a[0] - 1, 0, 2), std::clamp<int64_t>(a[1] - 4, 0, 19)}; }),
      padded("circular", {3, 20}, {{1, 3}, {4, 20}}, circular, 0, {7, 44}, [=](Shape a) { return Shape{within(a[0] - 1, 3), within(a[1] - 4, 20)}; }),
      mover("pad/diag", {4}, [](const Tensor &x) { return diag(x, -2); }, {6, 6}, [](Shape a) { return Shape{a[0] - 2 == a[1] ? a[1] : -1}; }),
      mover("pad/diag_above", {4}, [](const Tensor &x) { return diag(x, 1); }, {5, 5}, [](Shape a) { return Shape{a[0] + 1 == a[1] ? a[0] : -1}; }),
      mover("where/tril", {2, 3, 5}, [](const Tensor &x) { return tril(x, 1); }, {2, 3, 5}, [](Shape a) { if (a[1] + 1 < a[2]) a[0] = -1; return a; }),
      mover("where/triu", {3, 5}, [](const Tensor &x) { return triu(x, -1); }, {3, 5}, [](Shape a) { if (a[0] - 1 > a[1]) a[0] = -1; return a; }),
  };
}

std::vector<Row> orders() {
  auto within = [](int64_t i, int64_t n) { return ((i % n) + n) % n; };
  return {
      mover("reverse", {3, 37}, [](const Tensor &x) { return flip(x); }, {3, 37}, [](Shape a) { return Shape{2 - a[0], 36 - a[1]}; }),
      squared(mover("reverse", {3, 4}, [](const Tensor &x) { return flip(x, {0}); }, {3, 4}, [](Shape a) { return Shape{2 - a[0], a[1]}; })),
      mover("concat/roll", {3, 20}, [](const Tensor &x) { return roll(x, {-1, 23}, {0, 1}); }, {3, 20}, [=](Shape a) { return Shape{within(a[0] + 1, 3), within(a[1] - 3, 20)}; }),
      mover("concat/roll_flat", {3, 4}, [](const Tensor &x) { return roll(x, 5); }, {3, 4}, [=](Shape a) { int64_t i = within(a[0] * 4 + a[1] - 5, 12); return Shape{i / 4, i % 4}; }),
      mover("transpose/rot90", {3, 4}, [](const Tensor &x) { return rot90(x); }, {4, 3}, [](Shape a) { return Shape{a[1], 3 - a[0]}; }),
      mover("transpose/rot180", {3, 4}, [](const Tensor &x) { return rot90(x, -2); }, {3, 4}, [](Shape a) { return Shape{2 - a[0], 3 - a[1]}; }),
      mover("transpose/rot270", {3, 4}, [](const Tensor &x) { return rot90(x, 3); }, {4, 3}, [](Shape a) { return Shape{2 - a[1], a[0]}; }),
      mover("transpose/movedim", {2, 3, 4}, [](const Tensor &x) { return movedim(x, {0}, {-1}); }, {3, 4, 2}, [](Shape a) { return Shape{a[2], a[0], a[1]}; }),
      mover("transpose/swap_axes", {2, 3, 4}, [](const Tensor &x) { return swapAxes(x, 0, -1); }, {4, 3, 2}, [](Shape a) { return Shape{a[2], a[1], a[0]}; }),
      mover("transpose/to_channels_last", {2, 3, 4, 5}, [](const Tensor &x) { return toChannelsLast(x); }, {2, 4, 5, 3}, [](Shape a) { return Shape{a[0], a[3], a[1], a[2]}; }),
      mover("transpose/to_channels_first", {2, 4, 5, 3}, [](const Tensor &x) { return toChannelsFirst(x); }, {2, 3, 4, 5}, [](Shape a) { return Shape{a[0], a[2], a[3], a[1]}; }),
      mover("reshape/flatten", {2, 3, 4}, [](const Tensor &x) { return flatten(x, 1); }, {2, 12}, [](Shape a) { return Shape{a[0], a[1] / 4, a[1] % 4}; }),
      mover("reshape/squeeze", {2, 1, 4, 1}, [](const Tensor &x) { return squeeze(x); }, {2, 4}, [](Shape a) { return Shape{a[0], 0, a[1], 0}; }),
      mover("reshape/squeeze_one", {2, 1, 4, 1}, [](const Tensor &x) { return squeeze(x, {-1}); }, {2, 1, 4}, [](Shape a) { return Shape{a[0], 0, a[2], 0}; }),
      mover("reshape/unsqueeze", {2, 4}, [](const Tensor &x) { return unsqueeze(x, -2); }, {2, 1, 4}, [](Shape a) { return Shape{a[0], a[2]}; }),
      mover("broadcast/expand", {3, 1}, [](const Tensor &x) { return expand(x, {2, -1, 4}); }, {2, 3, 4}, [](Shape a) { return Shape{a[1], 0}; }),
      mover("broadcast/tile", {2, 3}, [](const Tensor &x) { return tile(x, {2, 2, 3}); }, {2, 4, 9}, [](Shape a) { return Shape{a[1] % 2, a[2] % 3}; }),
      mover("broadcast/repeat_interleave", {2, 3}, [](const Tensor &x) { return repeatInterleave(x, 3, 1); }, {2, 9}, [](Shape a) { return Shape{a[0], a[1] / 3}; }),
      mover("broadcast/repeat_interleave_flat", {2, 3}, [](const Tensor &x) { return repeatInterleave(x, 2); }, {12}, [](Shape a) { return Shape{a[0] / 6, a[0] / 2 % 3}; }),
      mover("broadcast/meshgrid", {3}, [](const Tensor &x) { return meshgrid({x, x * 2.0}, "xy")[0]; }, {3, 3}, [](Shape a) { return Shape{a[1]}; }),
  };
}

std::vector<Row> joins() {
  auto join = [](std::string name, std::vector<Shape> shapes, int64_t axis) -> Row {
    Row row{"concat/" + std::move(name), {},
            [axis](const Tensors &x) { return concat(x, axis); },
            [axis](const References &x) { return joined(x, axis < 0 ? axis + x[0].shape.size() : axis); }};
    for (Shape &shape : shapes)
      row.operands.push_back({shape});
    return row;
  };
  return {
      join("rows", {{2, 20}, {3, 20}, {1, 20}}, 0),
      join("columns", {{3, 17}, {3, 5}, {3, 33}}, -1),
      squared(join("columns", {{2, 3}, {2, 1}}, 1)),
      join("middle", {{2, 3, 4}, {2, 1, 4}}, 1),
      join("empty", {{3, 0}, {3, 4}, {3, 0}}, 1),
      join("eight", {{1, 2, 1, 2, 1, 1, 2, 3}, {1, 2, 1, 2, 2, 1, 2, 3}}, 4),
      {"concat/stack",
       {{{3, 4}}, {{3, 4}}},
       [](const Tensors &x) { return stack(x, 1); },
       [](const References &x) { return generate({3, 2, 4}, [&](const Shape &at) { return elementAt(x[at[1]], {at[0], at[2]}); }); }},
      {"concat/softmax", // a row that reads a concatenation
       {{{3, 4}}, {{3, 5}}},
       [](const Tensors &x) { return sum(concat(x, 1) * concat({x[1], x[0]}, 1), {1}); },
       [](const References &x) { return sumOf(map(joined(x, 1), joined({x[1], x[0]}, 1), times), {1}); }, true},
      {"mul/kron",
       {{{2, 3}}, {{4}}},
       [](const Tensors &x) { return kron(x[0], x[1]); },
       [](const References &x) {
         return generate({2, 12}, [&](const Shape &at) { return elementAt(x[0], {at[0], at[1] / 4}) * elementAt(x[1], {at[1] % 4}); });
       }, true},
  };
}

std::vector<Row> windows() {
  auto sliding = [](std::string name, Shape from, std::vector<int64_t> axes, std::vector<int64_t> sizes,
                    std::vector<int64_t> strides, std::vector<int64_t> dilations, Shape to) {
    size_t rank = from.size();
    return mover("window/" + name, from, [=](const Tensor &x) { return slidingWindow(x, sizes, axes, strides, dilations); }, to,
                 [=](Shape a) {
                   Shape place(a.begin(), a.begin() + rank);
                   for (size_t i = 0; i < axes.size(); ++i)
                     place[axes[i]] = a[axes[i]] * strides[i] + a[rank + i] * dilations[i];
                   return place;
                 });
  };
  auto overlap = [](std::string name, Shape from, std::vector<int64_t> axes, std::vector<int64_t> extents,
                    std::vector<int64_t> strides, std::vector<int64_t> dilations) -> Row {
    return {"overlap_add/" + name,
            {{from}},
            [=](const Tensors &x) { return overlapAdd(x[0], extents, axes, strides, dilations); },
            [=](const References &x) {
              size_t rank = from.size() - axes.size();
              Shape to(from.begin(), from.begin() + rank);
              for (size_t i = 0; i < axes.size(); ++i)
                to[axes[i]] = extents[i];
              Reference y = generate(to, [](const Shape &) { return 0; });
              for (size_t i = 0; i < x[0].size(); ++i) {
                Shape at = coordinates(i, from), place(at.begin(), at.begin() + rank);
                for (size_t k = 0; k < axes.size(); ++k)
                  place[axes[k]] = at[axes[k]] * strides[k] + at[rank + k] * dilations[k];
                int64_t position = 0;
                for (size_t axis = 0; axis < rank; ++axis)
                  position = position * to[axis] + place[axis];
                y.values[position] += x[0].values[i];
              }
              return y;
            }};
  };
  Patches patches{{3, 2}, {2, 1}, {1, 0}, {1, 2}};
  return {
      sliding("one", {2, 40}, {1}, {3}, {1}, {1}, {2, 38, 3}),
      sliding("strided", {2, 41}, {1}, {5}, {3}, {2}, {2, 11, 5}),
      squared(sliding("two", {2, 6, 7}, {1, 2}, {3, 2}, {2, 1}, {1, 2}, {2, 2, 5, 3, 2})),
      sliding("images", {2, 7, 20, 3}, {1, 2}, {3, 3}, {1, 1}, {1, 1}, {2, 5, 18, 3, 3, 3}),
      sliding("swapped", {5, 6}, {1, 0}, {2, 3}, {1, 2}, {1, 1}, {2, 5, 2, 3}),
      sliding("long", {100}, {0}, {60}, {7}, {1}, {6, 60}),
      overlap("one", {2, 38, 3}, {1}, {40}, {1}, {1}),
      overlap("strided", {2, 11, 5}, {1}, {41}, {3}, {2}),
      squared(overlap("two", {2, 2, 5, 3, 2}, {1, 2}, {6, 7}, {2, 1}, {1, 2})),
      overlap("gap", {3, 2}, {0}, {12}, {4}, {1}),
      overlap("long", {6, 60}, {0}, {100}, {7}, {1}),
      overlap("swapped", {2, 5, 2, 3}, {1, 0}, {6, 5}, {1, 2}, {1, 1}),
      mover("window/unfold", {3, 9}, [](const Tensor &x) { return unfold(x, -1, 4, 2); }, {3, 3, 4}, [](Shape a) { return Shape{a[0], a[1] * 2 + a[2]}; }),
      mover("window/im2col", {2, 3, 6, 7}, [=](const Tensor &x) { return im2col(x, patches); }, {2, 18, 15},
            [](Shape a) { return Shape{a[0], a[1] / 6, a[2] / 5 * 2 + a[1] % 6 / 2 - 1, a[2] % 5 + a[1] % 2 * 2}; }),
      {"overlap_add/col2im",
       {{{1, 6, 15}}},
       [=](const Tensors &x) { return col2im(x[0], {6, 7}, patches); },
       [](const References &x) {
         Reference y = generate({1, 1, 6, 7}, [](const Shape &) { return 0; });
         for (size_t i = 0; i < x[0].size(); ++i) {
           Shape a = coordinates(i, {1, 6, 15});
           int64_t row = a[2] / 5 * 2 + a[1] / 2 - 1, column = a[2] % 5 + a[1] % 2 * 2;
           if (row >= 0 && row < 6)
             y.values[row * 7 + column] += x[0].values[i];
         }
         return y;
       }},
      {"window/pooled", // rows of windows, and transposes of them
       {{{2, 3, 8, 21}}},
       [](const Tensors &x) {
         Tensor y = slidingWindow(exp(x[0]), {2, 3}, {2, 3}, {2, 1});
         return sum(y, {4, 5}) * max(transpose(y, {0, 1, 4, 5, 2, 3}), {2, 3});
       },
       [](const References &x) {
         return generate({2, 3, 4, 19}, [&](const Shape &a) {
           double sum = 0, most = 0;
           for (int i = 0; i < 2; ++i)
             for (int j = 0; j < 3; ++j) {
               double v = std::exp(elementAt(x[0], {a[0], a[1], a[2] * 2 + i, a[3] + j}));
               sum += v;
               most = std::max(most, v);
             }
           return sum * most;
         });
       }},
  };
}

std::vector<Row> movements() {
  auto same = [](std::string name, Shape from, Shape to) -> Row {
    return {std::move(name),
            {{from}},
            [to](const Tensors &x) { return reshape(x[0], to); },
            [to](const References &x) { return reshaped(x[0], to); }};
  };
  auto permute = [](std::string name, Shape from, std::vector<int64_t> order) -> Row {
    return {std::move(name),
            {{from}},
            [order](const Tensors &x) { return transpose(x[0], order); },
            [order](const References &x) { return transposed(x[0], order); }};
  };
  auto stretch = [](std::string name, Shape from, Shape to) -> Row {
    return {std::move(name),
            {{from}},
            [to](const Tensors &x) { return broadcastTo(x[0], to); },
            [to](const References &x) {
              return generate(to, [&](const Shape &at) { return elementAt(x[0], at); });
            }};
  };
  return {
      same("reshape", {3, 4}, {12}),
      same("reshape/split", {12}, {2, 3, 2}),
      same("reshape/regroup", {2, 6}, {3, 4}),
      same("reshape/ones", {3, 4}, {1, 3, 1, 4}),
      same("reshape/scalar", {1, 1}, {}),
      permute("transpose", {3, 4}, {1, 0}),
      permute("transpose/rotate", {2, 3, 4}, {2, 0, 1}),
      permute("transpose/inner", {2, 3, 4}, {0, 2, 1}),
      permute("transpose/nothing", {2, 3}, {0, 1}),
      stretch("broadcast", {3}, {2, 3}),
      stretch("broadcast/column", {3, 1}, {3, 4}),
      stretch("broadcast/both", {2, 1, 3, 1}, {2, 4, 3, 2}),
      stretch("broadcast/scalar", {}, {2, 2}),
      {"transpose/chain",
       {{{2, 3, 4}}},
       [](const Tensors &x) {
         return exp(reshape(transpose(reshape(x[0], {6, 4})), {2, 12}));
       },
       [](const References &x) {
         Reference y = transposed(reshaped(x[0], {6, 4}), {1, 0});
         return map(reshaped(y, {2, 12}), [](double v) { return std::exp(v); });
       },
       true},
      {"broadcast/chain",
       {{{3}}},
       [](const Tensors &x) { return transpose(broadcastTo(x[0] * x[0], {4, 3})); },
       [](const References &x) {
         return generate({3, 4}, [&](const Shape &at) { return x[0][at[0]] * x[0][at[0]]; });
       },
       true},
  };
}

} // namespace

std::vector<Family> movementRows() {
  return {{"movements", movements()}, {"slices", slices()}, {"pads", pads()},
          {"orders", orders()},       {"joins", joins()},   {"windows", windows()}};
}

} // namespace gradus::testing
