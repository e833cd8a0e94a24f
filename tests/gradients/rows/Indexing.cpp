#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

std::vector<Row> indexing() {
  return {
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
      {"gather",
       {{{5, 3}}, {{4}, 0, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({4, 3}, [&](const Shape &at) {
           return elementAt(x[0], {int64_t(x[1][at[0]]), at[1]});
         });
       }},
      {"gather/repeated",
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
      {"gather/out_of_range_takes_the_nearest",
       {{{3, 2}}, {{6}, -2, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({6, 2}, [&](const Shape &at) {
           int64_t row = std::clamp<int64_t>(int64_t(x[1][at[0]]), 0, 2);
           return elementAt(x[0], {row, at[1]});
         });
       }},
      {"gather/vector",
       {{{5}}, {{3}, 0, 5, Kind::index}},
       [](const Tensors &x) { return gather(x[0], x[1]); },
       [](const References &x) {
         return generate({3}, [&](const Shape &at) { return x[0][size_t(x[1][at[0]])]; });
       }},
      {"scatter_add/as_gradient_of_gather",
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

std::vector<Family> indexingRows() { return {{"indexing", indexing()}}; }

} // namespace gradus::testing
