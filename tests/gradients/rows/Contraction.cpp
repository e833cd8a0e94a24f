#include "tests/gradients/rows/Building.h"

#include <map>
#include <string>

namespace gradus::testing {
namespace {

/// "ij,jk->ik" by loops over all labels.
Reference sumOfProducts(const std::string &equation, const References &x) {
  std::vector<std::string> terms(1);
  size_t arrow = equation.find("->");
  for (char c : equation.substr(0, arrow))
    if (c == ',')
      terms.emplace_back();
    else
      terms.back().push_back(c);
  std::string result = equation.substr(arrow + 2), labels = result;
  std::map<char, int64_t> sizes;
  for (size_t t = 0; t < terms.size(); ++t)
    for (size_t i = 0; i < terms[t].size(); ++i) {
      sizes[terms[t][i]] = x[t].shape[i];
      if (labels.find(terms[t][i]) == std::string::npos)
        labels += terms[t][i];
    }
  Shape all, shape;
  for (char label : labels)
    all.push_back(sizes[label]);
  for (char label : result)
    shape.push_back(sizes[label]);
  Reference y{shape, std::vector<double>(countOf(shape), 0.0)};
  for (int64_t i = 0; i < countOf(all); ++i) {
    Shape at = coordinates(i, all);
    double product = 1;
    for (size_t t = 0; t < terms.size(); ++t) {
      Shape own;
      for (char label : terms[t])
        own.push_back(at[labels.find(label)]);
      product *= elementAt(x[t], own);
    }
    int64_t position = 0;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      position = position * shape[axis] + at[axis];
    y.values[position] += product;
  }
  return y;
}

Row einsumRow(const std::string &name, const std::string &equation, std::vector<Shape> shapes, bool second = false) {
  Row row{"einsum/" + name, {}, [=](const Tensors &x) { return einsum(equation, x); },
          [=](const References &x) { return sumOfProducts(equation, x); }, second};
  for (Shape &shape : shapes)
    row.operands.push_back({shape});
  return row;
}

std::vector<Row> sums() {
  std::vector<Row> rows = {
      einsumRow("product", "ij,jk->ik", {{3, 4}, {4, 2}}, true),
      einsumRow("batch", "bij,bjk->bik", {{2, 3, 4}, {2, 4, 2}}, true),
      einsumRow("attention", "bhqd,bhkd->bhqk", {{2, 2, 3, 4}, {2, 2, 5, 4}}),
      einsumRow("turned", "ji,kj->ki", {{4, 3}, {2, 4}}),
      einsumRow("diagonal", "ii->i", {{4, 4}}, true),
      einsumRow("trace", "ii->", {{3, 3}}),
      einsumRow("inner_diagonal", "iji->ji", {{3, 2, 3}}),
      einsumRow("sum", "ijk->j", {{2, 3, 4}}),
      einsumRow("transpose", "ijk->kij", {{2, 3, 4}}),
      einsumRow("outer", "i,j->ij", {{3}, {4}}, true),
      einsumRow("hadamard", "ij,ij->ij", {{2, 3}, {2, 3}}),
      einsumRow("chain", "ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 2}}, true),
      einsumRow("bilinear", "bi,oij,bj->bo", {{2, 3}, {4, 3, 2}, {2, 2}}, true),
      einsumRow("two_summed", "aij,jib->ab", {{2, 3, 4}, {4, 3, 2}}),
      einsumRow("sum_alone", "ij,kl->ik", {{2, 3}, {4, 2}}),
  };
  rows.push_back({"einsum/dots",
                  {{{2, 1, 2, 3}}, {{4, 3, 2}}},
                  [](const Tensors &x) { return einsum("...ij,...jk", {x[0], x[1]}); },
                  [](const References &x) { return product(x[0], x[1]); },
                  true});
  rows.push_back({"einsum/implicit",
                  {{{2, 3}}},
                  [](const Tensors &x) { return einsum("ba", {x[0]}); },
                  [](const References &x) { return transposed(x[0], {1, 0}); }});
  rows.push_back({"einsum/tensordot",
                  {{{2, 3, 4}}, {{3, 2, 5}}},
                  [](const Tensors &x) { return tensordot(x[0], x[1], {1, 0}, {0, 1}); },
                  [](const References &x) { return sumOfProducts("ijk,jil->kl", x); }});
  rows.push_back({"einsum/tensordot_last",
                  {{{2, 3, 4}}, {{3, 4, 5}}},
                  [](const Tensors &x) { return tensordot(x[0], x[1], 2); },
                  [](const References &x) { return sumOfProducts("ijk,jkl->il", x); }});
  return rows;
}

std::vector<Row> products() {
  auto lengths = [](const Reference &x, double p) {
    return map(sumOf(map(x, [p](double v) { return std::pow(std::abs(v), p); }), {int64_t(x.shape.size()) - 1}),
               [p](double v) { return std::pow(v, 1 / p); });
  };
  auto differences = [](const Reference &x, const Reference &y) {
    return map(reshaped(x, {x.shape[0], 1, x.shape[1]}), y, minus);
  };
  std::vector<Row> rows;
  rows.push_back({"matmul/linear",
                  {{{2, 4, 3}}, {{5, 3}}, {{5}}},
                  [](const Tensors &x) { return linear(x[0], x[1], x[2]); },
                  [](const References &x) { return map(product(x[0], transposed(x[1], {1, 0})), x[2], plus); },
                  true});
  rows.push_back({"matmul/addmm",
                  {{{3, 2}}, {{3, 4}}, {{4, 2}}},
                  [](const Tensors &x) { return addmm(x[0], x[1], x[2], 0.5, 2); },
                  [](const References &x) {
                    return map(x[0], product(x[1], x[2]), [](double c, double y) { return 0.5 * c + 2 * y; });
                  }});
  rows.push_back({"matmul/vdot",
                  {{{3, 2}}, {{3, 2}}},
                  [](const Tensors &x) { return vdot(x[0], x[1]); },
                  [](const References &x) { return sumOf(map(x[0], x[1], times), {0, 1}); }});
  rows.push_back({"matmul/outer",
                  {{{3}}, {{2}}},
                  [](const Tensors &x) { return outer(x[0], x[1]); },
                  [](const References &x) { return map(reshaped(x[0], {3, 1}), x[1], times); }});
  for (double p : {1.0, 2.0, 3.0})
    rows.push_back({"matmul/cdist_" + std::to_string(int(p)),
                    {{{4, 3}}, {{5, 3}}},
                    [p](const Tensors &x) { return cdist(x[0], x[1], p); },
                    [=](const References &x) { return lengths(differences(x[0], x[1]), p); },
                    p == 2});
  rows.push_back({"matmul/pairwise_distance",
                  {{{4, 3}}, {{4, 3}}},
                  [](const Tensors &x) { return pairwiseDistance(x[0], x[1], 2, 0); },
                  [=](const References &x) { return lengths(map(x[0], x[1], minus), 2); },
                  true});
  rows.push_back({"matmul/cosine_similarity",
                  {{{4, 3}}, {{4, 3}}},
                  [](const Tensors &x) { return cosineSimilarity(x[0], x[1], -1); },
                  [=](const References &x) {
                    Reference norms = map(lengths(x[0], 2), lengths(x[1], 2), times);
                    return map(sumOf(map(x[0], x[1], times), {1}), norms, over);
                  },
                  true});
  rows.push_back({"matmul/normalize",
                  {{{4, 3}}},
                  [](const Tensors &x) { return normalize(x[0], 2, -1); },
                  [=](const References &x) { return map(x[0], reshaped(lengths(x[0], 2), {4, 1}), over); },
                  true});
  for (bool causal : {false, true})
    rows.push_back({causal ? "matmul/attention_causal" : "matmul/attention",
                    {{{2, 3, 4}}, {{2, 3, 4}}, {{2, 3, 2}}},
                    [causal](const Tensors &x) {
                      return scaledDotProductAttention(x[0], x[1], x[2], {}, {.causal = causal});
                    },
                    [causal](const References &x) {
                      Reference scores = product(x[0], transposed(x[1], {0, 2, 1}));
                      Reference e = generate(scores.shape, [&](const Shape &at) {
                        return causal && at[2] > at[1] ? 0 : std::exp(elementAt(scores, at) / 2);
                      });
                      return product(map(e, reshaped(sumOf(e, {2}), {2, 3, 1}), over), x[2]);
                    },
                    true});
  return rows;
}

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
  return {{"contractions", contractions()}, {"sums_of_products", sums()}, {"products", products()}};
}

} // namespace gradus::testing
