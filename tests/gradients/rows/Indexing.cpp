#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

/// The index of an update as the op reads it.
int64_t placeOf(const Reference &indices, Shape at, int64_t size) {
  for (size_t axis = 0; axis < at.size(); ++axis)
    if (indices.shape[axis] == 1)
      at[axis] = 0;
  return std::clamp<int64_t>(int64_t(elementAt(indices, at)), 0, size - 1);
}

int64_t linearOf(const Shape &at, const Shape &shape) {
  int64_t place = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    place = place * shape[axis] + at[axis];
  return place;
}

Reference scattered(const Reference &x, const Reference &indices, const Reference &updates, int64_t axis,
                    double (*f)(double, double)) {
  Reference y = x;
  generate(updates.shape, [&](Shape at) {
    double update = elementAt(updates, at);
    at[axis] = placeOf(indices, at, x.shape[axis]);
    double &element = y.values[linearOf(at, x.shape)];
    element = f(element, update);
    return 0.0;
  });
  return y;
}

Row scatterRow(std::string name, Shape shape, Shape indices, Shape updates, int64_t axis, ScatterMode mode,
               double (*f)(double, double), bool second = true) {
  int64_t size = shape[axis];
  return {std::move(name),
          {{shape}, {indices, -1, double(size) + 1, Kind::index}, {updates}},
          [=](const Tensors &x) {
            Tensor y = scatter(x[0], x[1], x[2], axis, mode);
            return y * y;
          },
          [=](const References &x) {
            return map(scattered(x[0], x[1], x[2], axis, f), [](double v) { return v * v; });
          },
          second};
}

double latter(double, double b) { return b; }

std::vector<Row> scatters() {
  return {
      scatterRow("scatter/set", {3, 5}, {3, 4}, {3, 4}, 1, ScatterMode::set, latter),
      scatterRow("scatter/set_repeated", {3, 2}, {7, 2}, {7, 2}, 0, ScatterMode::set, latter),
      scatterRow("scatter/add", {3, 5}, {3, 4}, {3, 4}, 1, ScatterMode::add, plus),
      scatterRow("scatter/add_shared", {4, 19}, {6, 1}, {6, 19}, 0, ScatterMode::add, plus),
      scatterRow("scatter/add_middle", {2, 4, 3}, {1, 5, 1}, {2, 5, 3}, 1, ScatterMode::add, plus),
      scatterRow("scatter/add_shorter", {3, 5}, {2, 4}, {2, 4}, 1, ScatterMode::add, plus),
      scatterRow("scatter/set_shorter", {5, 3}, {4, 1}, {4, 2}, 0, ScatterMode::set, latter),
      scatterRow("scatter/add_many_columns", {3, 300}, {2, 300}, {2, 300}, 0, ScatterMode::add, plus),
      scatterRow("scatter/mul", {3, 5}, {3, 4}, {3, 4}, 1, ScatterMode::mul, times),
      scatterRow("scatter/max", {3, 5}, {3, 7}, {3, 7}, 1, ScatterMode::max, larger),
      scatterRow("scatter/min", {5, 3}, {7, 3}, {7, 3}, 0, ScatterMode::min, smaller),
      {"scatter/mul_of_zeros",
       {{{1}, -0.37, 0.63}, {{3, 4}}, {{3, 4}, 0, 1.4, Kind::flag}, {{3, 6}, 0, 4, Kind::index}, {{3, 6}}},
       [](const Tensors &x) { return scatter(where(x[2], x[0], x[1]), x[3], x[4], 1, ScatterMode::mul); },
       [](const References &x) {
         Reference base = generate({3, 4}, [&](const Shape &at) {
           return elementAt(x[2], at) != 0 ? x[0][0] : elementAt(x[1], at);
         });
         return scattered(base, x[3], x[4], 1, times);
       }},
      {"scatter/index_add",
       {{{4, 3}}, {{5}, 0, 4, Kind::index}, {{5, 3}}},
       [](const Tensors &x) { return indexAdd(x[0], x[1], x[2], 0); },
       [](const References &x) { return scattered(x[0], reshaped(x[1], {5, 1}), x[2], 0, plus); }},
      {"scatter/index_copy",
       {{{3, 4}}, {{2}, 0, 4, Kind::index64}, {{3, 2}}},
       [](const Tensors &x) { return indexCopy(x[0], x[1], x[2], 1); },
       [](const References &x) { return scattered(x[0], reshaped(x[1], {1, 2}), x[2], 1, latter); }},
      {"scatter/index_put",
       {{{3, 4}}, {{5}, 0, 3, Kind::index}, {{5}, -1, 6, Kind::index}, {{5}}},
       [](const Tensors &x) { return indexPut(x[0], {x[1], x[2]}, x[3], true); },
       [](const References &x) {
         Reference y = x[0];
         for (int64_t i = 0; i < 5; ++i)
           y.values[size_t(x[1][i]) * 4 + size_t(std::clamp(x[2][i], 0.0, 3.0))] += x[3][i];
         return y;
       }},
      {"scatter/masked_select",
       {{{3, 4}}, {{3, 4}, 0, 2, Kind::flag}},
       [](const Tensors &x) {
         auto [y, n] = maskedSelect(x[0], x[1], 8, 0.25);
         return y * cast(n, y.dtype());
       },
       [](const References &x) {
         std::vector<double> chosen;
         for (size_t i = 0; i < 12; ++i)
           if (x[1][i] != 0)
             chosen.push_back(x[0][i]);
         double n = std::min<double>(8, double(chosen.size()));
         chosen.resize(8, 0.25);
         return generate({8}, [&](const Shape &at) { return chosen[at[0]] * n; });
       }},
      {"scatter/nonzero",
       {{{3, 4}, 0, 2, Kind::flag}, {{9, 2}}},
       [](const Tensors &x) { return cast(nonzero(x[0], 9, -1).values, x[1].dtype()) * x[1]; },
       [](const References &x) {
         std::vector<double> places;
         for (size_t i = 0; i < 12; ++i)
           if (x[0][i] != 0) {
             places.push_back(double(i / 4));
             places.push_back(double(i % 4));
           }
         places.resize(18, -1);
         return generate({9, 2}, [&](const Shape &at) { return places[at[0] * 2 + at[1]] * elementAt(x[1], at); });
       }},
  };
}

Row takeRow(std::string name, Shape shape, Shape indices, int64_t axis) {
  int64_t size = shape[axis];
  return {std::move(name),
          {{shape}, {indices, -1, double(size) + 1, Kind::index}},
          [=](const Tensors &x) {
            Tensor y = takeAlongAxis(x[0], x[1], axis);
            return y * y;
          },
          [=](const References &x) {
            Shape result = shape;
            result[axis] = indices[axis];
            return generate(result, [&](Shape at) {
              at[axis] = placeOf(x[1], at, size);
              double v = elementAt(x[0], at);
              return v * v;
            });
          },
          true};
}

std::vector<Row> indexing() {
  return {
      takeRow("take_along_axis", {3, 5}, {3, 4}, 1),
      takeRow("take_along_axis/outer", {5, 3}, {7, 3}, 0),
      takeRow("take_along_axis/shared", {5, 17}, {4, 1}, 0),
      takeRow("take_along_axis/middle", {2, 4, 3}, {2, 5, 1}, 1),
      {"take/axis",
       {{{2, 5, 3}}, {{2, 2}, 0, 5, Kind::index}},
       [](const Tensors &x) { return take(x[0], x[1], 1); },
       [](const References &x) {
         return generate({2, 2, 2, 3}, [&](const Shape &at) {
           return elementAt(x[0], {at[0], int64_t(elementAt(x[1], {at[1], at[2]})), at[3]});
         });
       }},
      {"take/flat",
       {{{3, 4}}, {{2, 3}, 0, 12, Kind::index64}},
       [](const Tensors &x) { return take(x[0], x[1]); },
       [](const References &x) {
         return generate({2, 3}, [&](const Shape &at) { return x[0][size_t(elementAt(x[1], at))]; });
       }},
      {"embedding/all_but_the_padding",
       {{{4, 3}}, {{6}, 0, 4, Kind::index}},
       [](const Tensors &x) {
         Tensor y = embedding(x[1], x[0], 3);
         return where(reshape(x[1] < 3, {6, 1}), y * y, 0);
       },
       [](const References &x) {
         return generate({6, 3}, [&](const Shape &at) {
           double v = elementAt(x[0], {int64_t(x[1][at[0]]), at[1]});
           return x[1][at[0]] < 3 ? v * v : 0;
         });
       },
       true},
      {"argmax",
       {{{3, 4}}, {{3}}},
       [](const Tensors &x) { return cast(argmax(x[0]), x[1].dtype()) * x[1]; },
       [](const References &x) {
         Reference best = generate({3}, [&](const Shape &at) {
           int64_t best = 0;
           for (int64_t i = 1; i < 4; ++i)
             if (elementAt(x[0], {at[0], i}) > elementAt(x[0], {at[0], best}))
               best = i;
           return double(best);
         });
         return map(best, x[1], times);
       }},
      {"argmin",
       {{{3, 4}}, {{3}}},
       [](const Tensors &x) { return cast(argmin(x[0], 1, false, DType::i64), x[1].dtype()) * x[1]; },
       [](const References &x) {
         Reference best = generate({3}, [&](const Shape &at) {
           int64_t best = 0;
           for (int64_t i = 1; i < 4; ++i)
             if (elementAt(x[0], {at[0], i}) < elementAt(x[0], {at[0], best}))
               best = i;
           return double(best);
         });
         return map(best, x[1], times);
       }},
      {"argmax/outer_axis_first_of_equals",
       {{{5, 3}, 0, 3, Kind::index}, {{1, 3}}},
       [](const Tensors &x) { return cast(argmax(x[0], 0, true), x[1].dtype()) * x[1]; },
       [](const References &x) {
         Reference best = generate({1, 3}, [&](const Shape &at) {
           int64_t best = 0;
           for (int64_t i = 1; i < 5; ++i)
             if (elementAt(x[0], {i, at[1]}) > elementAt(x[0], {best, at[1]}))
               best = i;
           return double(best);
         });
         return map(best, x[1], times);
       }},
      {"one_hot",
       {{{4}, -1, 4, Kind::index}, {{4, 3}}},
       [](const Tensors &x) { return oneHot(x[0], 3, x[1].dtype()) * x[1]; },
       [](const References &x) {
         return generate({4, 3}, [&](const Shape &at) {
           return elementAt(x[0], {at[0]}) == double(at[1]) ? elementAt(x[1], at) : 0;
         });
       }},
      {"take",
       {{{5, 3}}, {{4}, 0, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({4, 3}, [&](const Shape &at) {
           return elementAt(x[0], {int64_t(x[1][at[0]]), at[1]});
         });
       }},
      {"take/repeated",
       {{{3, 2}}, {{2, 4}, 0, 3, Kind::index64}},
       [](const Tensors &x) {
         Tensor y = gather(x[0], x[1]);
         return y * y;
       },
       [](const References &x) {
         return generate({2, 4, 2}, [&](const Shape &at) {
           double v = elementAt(x[0], {int64_t(elementAt(x[1], {at[0], at[1]})), at[2]});
           return v * v;
         });
       },
       true},
      {"take/out_of_range_takes_the_nearest",
       {{{3, 2}}, {{6}, -2, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({6, 2}, [&](const Shape &at) {
           int64_t row = std::clamp<int64_t>(int64_t(x[1][at[0]]), 0, 2);
           return elementAt(x[0], {row, at[1]});
         });
       }},
      {"take/vector",
       {{{5}}, {{3}, 0, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({3}, [&](const Shape &at) { return x[0][size_t(x[1][at[0]])]; });
       }},
      {"scatter/as_gradient_of_take",
       {{{4, 2}}, {{3}, 0, 4, Kind::index}, {{3, 2}}},
       [](const Tensors &x) {
         return gradients(sum(gather(x[0], x[1]) * exp(x[2])), {x[0]})[0];
       },
       [](const References &x) {
         Reference y = generate({4, 2}, [](const Shape &) { return 0; });
         for (int64_t i = 0; i < 3; ++i)
           for (int64_t j = 0; j < 2; ++j)
             y.values[size_t(x[1][i]) * 2 + j] += std::exp(elementAt(x[2], {i, j}));
         return y;
       }},
  };
}

} // namespace

std::vector<Family> indexingRows() { return {{"indexing", indexing()}, {"scatters", scatters()}}; }

} // namespace gradus::testing
