#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

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
  return {{"movements", movements()}};
}

} // namespace gradus::testing
