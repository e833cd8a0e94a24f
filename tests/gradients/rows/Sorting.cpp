#include "tests/gradients/rows/Building.h"

#include <algorithm>
#include <numeric>

namespace gradus::testing {
namespace {

/// The order of a row along `axis`, first where it comes first.
std::vector<int64_t> orderOf(const Reference &x, Shape at, int64_t axis, bool descending) {
  std::vector<int64_t> order(x.shape[axis]);
  std::iota(order.begin(), order.end(), 0);
  auto value = [&](int64_t i) {
    at[axis] = i;
    return elementAt(x, at);
  };
  std::stable_sort(order.begin(), order.end(), [&](int64_t i, int64_t j) {
    return descending ? value(i) > value(j) : value(i) < value(j);
  });
  return order;
}

/// value · (index + 1), so that both results count.
Reference sorted(const Reference &x, int64_t axis, bool descending, int64_t first, int64_t count) {
  Shape shape = x.shape;
  shape[axis] = count;
  return generate(shape, [&](Shape at) {
    int64_t i = orderOf(x, at, axis, descending)[first + at[axis]];
    at[axis] = i;
    return elementAt(x, at) * double(i + 1);
  });
}
Tensor weighted(const ValuesAndIndices &y) { return y.values * (cast(y.indices, y.values.dtype()) + 1); }

Row sortRow(std::string name, OperandSpec spec, int64_t axis, bool descending, bool second = false) {
  return {std::move(name),
          {spec},
          [=](const Tensors &x) { return weighted(sort(x[0], axis, descending)); },
          [=](const References &x) { return sorted(x[0], axis, descending, 0, x[0].shape[axis]); },
          second};
}

std::vector<Row> sorting() {
  return {
      sortRow("sort", {{3, 5}}, 1, false),
      sortRow("sort/descending", {{3, 8}}, 1, true),
      sortRow("sort/outer_axis", {{7, 3}}, 0, false),
      sortRow("sort/middle_axis", {{2, 4, 3}}, 1, true),
      sortRow("sort/long", {{2, 37}}, 1, false),
      sortRow("sort/of_one", {{3, 1}}, 1, false),
      {"sort/stable",
       {{{2, 9}, 0, 3, Kind::index}, {{2, 9}}},
       [](const Tensors &x) { return cast(argsort(x[0]), x[1].dtype()) * x[1]; },
       [](const References &x) {
         return generate({2, 9}, [&](const Shape &at) {
           return double(orderOf(x[0], at, 1, false)[at[1]]) * elementAt(x[1], at);
         });
       }},
      {"sort/stable_descending",
       {{{9, 2}, 0, 3, Kind::index64}, {{9, 2}}},
       [](const Tensors &x) { return cast(argsort(x[0], 0, true), x[1].dtype()) * x[1]; },
       [](const References &x) {
         return generate({9, 2}, [&](const Shape &at) {
           return double(orderOf(x[0], at, 0, true)[at[0]]) * elementAt(x[1], at);
         });
       }},
      {"sort/squared",
       {{{3, 4}}},
       [](const Tensors &x) {
         Tensor y = sort(x[0], 0).values;
         return y * y;
       },
       [](const References &x) {
         return generate({3, 4}, [&](const Shape &at) {
           double y = elementAt(x[0], {orderOf(x[0], at, 0, false)[at[0]], at[1]});
           return y * y;
         });
       },
       true},
      {"sort/top_k",
       {{{3, 6}}},
       [](const Tensors &x) { return weighted(topK(x[0], 2)); },
       [](const References &x) { return sorted(x[0], 1, true, 0, 2); }},
      {"sort/kth_value",
       {{{3, 6}}},
       [](const Tensors &x) { return weighted(kthValue(x[0], 3, 1, true)); },
       [](const References &x) { return sorted(x[0], 1, false, 2, 1); }},
      {"sort/median",
       {{{6, 3}}},
       [](const Tensors &x) { return weighted(median(x[0], 0)); },
       [](const References &x) { return reshaped(sorted(x[0], 0, false, 2, 1), {3}); }},
      {"search_sorted",
       {{{11}, 0, 5, Kind::index}, {{4, 3}, -1, 6, Kind::index}, {{4, 3}}},
       [](const Tensors &x) {
         Tensor s = sort(x[0]).values;
         return cast(searchSorted(s, x[1]) * 100 + searchSorted(s, x[1], true), x[2].dtype()) * x[2];
       },
       [](const References &x) {
         return generate({4, 3}, [&](const Shape &at) {
           double v = elementAt(x[1], at), less = 0, notMore = 0;
           for (int64_t i = 0; i < 11; ++i) {
             less += x[0][i] < v;
             notMore += x[0][i] <= v;
           }
           return (less * 100 + notMore) * elementAt(x[2], at);
         });
       }},
      {"search_sorted/rows",
       {{{3, 5}}, {{3, 2}}, {{3, 2}}},
       [](const Tensors &x) { return cast(searchSorted(sort(x[0]).values, x[1]), x[2].dtype()) * x[2]; },
       [](const References &x) {
         return generate({3, 2}, [&](const Shape &at) {
           double less = 0;
           for (int64_t i = 0; i < 5; ++i)
             less += elementAt(x[0], {at[0], i}) < elementAt(x[1], at);
           return less * elementAt(x[2], at);
         });
       }},
  };
}

} // namespace

std::vector<Family> sortingRows() { return {{"sorting", sorting()}}; }

} // namespace gradus::testing
