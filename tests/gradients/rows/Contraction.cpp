#include "tests/gradients/rows/Building.h"

namespace gradus::testing {
namespace {

std::vector<Row> contractions() {
  auto multiply = [](std::string name, Shape a, Shape b, bool second = false) -> Row {
    return {std::move(name),
            {{a}, {b}},
            [](const Tensors &x) { return matmul(x[0], x[1]); },
            [](const References &x) { return product(x[0], x[1]); },
            second};
  };
  std::vector<Row> rows = {
      multiply("matmul", {3, 4}, {4, 5}, true),
      multiply("matmul/row", {4}, {4, 3}),
      multiply("matmul/column", {3, 4}, {4}),
      multiply("matmul/dot", {5}, {5}, true),
      multiply("matmul/row_batch", {4}, {2, 4, 3}),
      multiply("matmul/batch_column", {2, 3, 4}, {4}),
      multiply("matmul/batch", {2, 3, 4}, {2, 4, 2}, true),
      multiply("matmul/batch_weight", {2, 3, 4}, {4, 2}),
      multiply("matmul/matrix_batch", {3, 4}, {2, 4, 2}),
      multiply("matmul/stretched", {2, 1, 3, 2}, {3, 2, 2}),
      multiply("matmul/two_batches", {2, 2, 3, 2}, {2, 2, 2, 3}),
      multiply("matmul/of_one", {1, 1}, {1, 1}),
      multiply("matmul/inner_one", {3, 1}, {1, 4}),
      multiply("matmul/narrow", {7, 9}, {9, 1}),
      multiply("matmul/thin", {1, 9}, {9, 7}),
  };
  rows.push_back({"matmul/layer",
                  {{{4, 3}}, {{3, 5}}, {{5}}},
                  [](const Tensors &x) { return tanh(matmul(x[0], x[1]) + x[2]); },
                  [](const References &x) {
                    return map(product(x[0], x[1]), x[2],
                               [](double a, double b) { return std::tanh(a + b); });
                  },
                  true});
  rows.push_back({"matmul/transposed_operands",
                  {{{4, 3}}, {{5, 4}}},
                  [](const Tensors &x) { return matmul(transpose(x[0]), transpose(x[1])); },
                  [](const References &x) {
                    return product(transposed(x[0], {1, 0}), transposed(x[1], {1, 0}));
                  }});
  rows.push_back({"matmul/gram",
                  {{{4, 3}}},
                  [](const Tensors &x) { return matmul(x[0], transpose(x[0])); },
                  [](const References &x) { return product(x[0], transposed(x[0], {1, 0})); },
                  true});
  rows.push_back({"matmul/two_layers",
                  {{{4, 3}}, {{3, 5}}, {{5}}, {{5, 2}}},
                  [](const Tensors &x) {
                    return matmul(sigmoid(matmul(x[0], x[1]) + x[2]), x[3]);
                  },
                  [](const References &x) {
                    Reference h = map(product(x[0], x[1]), x[2],
                                      [](double a, double b) { return sigmoidOf(a + b); });
                    return product(h, x[3]);
                  },
                  true});
  return rows;
}

} // namespace

std::vector<Family> contractionRows() {
  return {{"contractions", contractions()}};
}

} // namespace gradus::testing
