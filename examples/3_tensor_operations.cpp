// Lesson 3: the four kinds of tensor operations.
//
// Whatever library one uses, most of what it does with tensors is of four kinds: it computes element by
// element (with numbers or with truth values), it joins and splits, it selects by position, and it converts.
// The names here are those of NumPy and PyTorch; docs/survey.html tells which is which.
//
// What stands after `prints:` is what the line above prints. A test runs this lesson and compares.
#include "gradus/gradus.h"

#include <iostream>

using namespace gradus;

/// Compiles a graph whose results are these tensors, runs it, and prints them.
void show(Graph &g, const std::vector<std::pair<std::string, Tensor>> &results) {
  for (auto &[name, tensor] : results)
    g.result(name, tensor);
  std::map<std::string, NDArray> values = compile(g).run({});
  for (auto &[name, tensor] : results)
    std::cout << name << "\n" << values[name] << "\n";
}

// 1. Mathematical and boolean operations
void elementByElement() {
  Graph g("elements");
  Tensor a = g.constant(NDArray::fromVector<float>({1, 4, 9, 16}));
  Tensor b = g.constant(NDArray::fromVector<float>({2, 2, 5, 5}));
  show(g, {{"a + b", a + b},
           {"a / b", a / b},
           {"sqrt(a)", sqrt(a)},
           {"floorDivide(a, b)", floorDivide(a, b)},
           {"remainder(a, b)", remainder(a, b)},
           {"maximum(a, 6)", maximum(a, 6)}});
  // prints: a + b
  // prints: [ 3,  6, 14, 21] (f32 4)
  // prints: a / b
  // prints: [0.5,   2, 1.8, 3.2] (f32 4)
  // prints: sqrt(a)
  // prints: [1, 2, 3, 4] (f32 4)
  // prints: floorDivide(a, b)
  // prints: [0, 2, 1, 3] (f32 4)
  // prints: remainder(a, b)
  // prints: [1, 0, 4, 1] (f32 4)
  // prints: maximum(a, 6)
  // prints: [ 6,  6,  9, 16] (f32 4)

  // A comparison gives truth values. & | ^ ! combine them, `where` chooses by them, and any, all and
  // countNonzero ask about all of them at once.
  Graph h("booleans");
  Tensor x = h.constant(NDArray::fromVector<float>({-2, -1, 0, 1, 2}));
  Tensor small = abs(x) < 2, positive = x > 0;
  show(h, {{"small", small},
           {"small and positive", small & positive},
           {"not small", !small},
           {"where(positive, x, 0)", where(positive, x, 0)},
           {"any(positive)", any(positive)},
           {"all(positive)", all(positive)},
           {"countNonzero(x)", countNonzero(x)}});
  // prints: small
  // prints: [false,  true,  true,  true, false] (bool 5)
  // prints: small and positive
  // prints: [false, false, false,  true, false] (bool 5)
  // prints: not small
  // prints: [ true, false, false, false,  true] (bool 5)
  // prints: where(positive, x, 0)
  // prints: [0, 0, 0, 1, 2] (f32 5)
  // prints: any(positive)
  // prints: true (bool scalar)
  // prints: all(positive)
  // prints: false (bool scalar)
  // prints: countNonzero(x)
  // prints: 4 (i64 scalar)

  // Some operations make few numbers of many. They run along an axis: 0 goes down the rows, 1 along
  // a row. Scans keep all the results on the way.
  Graph r("reductions");
  Tensor m = r.constant(NDArray::fromVector<float>({3, 1, 2, 6, 5, 4}, {2, 3}));
  show(r, {{"sum(m, 0)", sum(m, 0)},
           {"mean(m, 1)", mean(m, 1)},
           {"max(m)", max(m)},
           {"argmax(m, 1)", argmax(m, 1)},
           {"cumsum(m, 1)", cumsum(m, 1)},
           {"sort(m, 1)", sort(m, 1).values}});
  // prints: sum(m, 0)
  // prints: [9, 6, 6] (f32 3)
  // prints: mean(m, 1)
  // prints: [2, 5] (f32 2)
  // prints: max(m)
  // prints: 6 (f32 scalar)
  // prints: argmax(m, 1)
  // prints: [0, 0] (i32 2)
  // prints: cumsum(m, 1)
  // prints: [[ 3,  4,  6],
  // prints:  [ 6, 11, 15]] (f32 2x3)
  // prints: sort(m, 1)
  // prints: [[1, 2, 3],
  // prints:  [4, 5, 6]] (f32 2x3)
}

// 2. Joining and splitting
void joining() {
  Graph g("joining");
  Tensor a = g.constant(NDArray::fromVector<float>({1, 2, 3, 4}, {2, 2}));
  Tensor b = g.constant(NDArray::fromVector<float>({5, 6, 7, 8}, {2, 2}));
  show(g, {{"concat along axis 0: one below the other", concat({a, b}, 0)},
           {"concat along axis 1: side by side", concat({a, b}, 1)},
           {"stack: a new axis", stack({a, b})},
           {"tile", tile(a, {1, 2})},
           {"repeatInterleave", repeatInterleave(a, 2, 1)}});
  // prints: concat along axis 0: one below the other
  // prints: [[1, 2],
  // prints:  [3, 4],
  // prints:  [5, 6],
  // prints:  [7, 8]] (f32 4x2)
  // prints: concat along axis 1: side by side
  // prints: [[1, 2, 5, 6],
  // prints:  [3, 4, 7, 8]] (f32 2x4)
  // prints: stack: a new axis
  // prints: [[[1, 2],
  // prints:   [3, 4]],
  // prints:
  // prints:  [[5, 6],
  // prints:   [7, 8]]] (f32 2x2x2)
  // prints: tile
  // prints: [[1, 2, 1, 2],
  // prints:  [3, 4, 3, 4]] (f32 2x4)
  // prints: repeatInterleave
  // prints: [[1, 1, 2, 2],
  // prints:  [3, 3, 4, 4]] (f32 2x4)

  // split and chunk are the way back. They give several tensors.
  Graph h("splitting");
  Tensor row = arange(h, 0, 7);
  std::vector<Tensor> parts = split(row, {2, 5}), thirds = chunk(row, 3);
  show(h, {{"the first of split(row, {2, 5})", parts[0]},
           {"the second", parts[1]},
           {"the last of chunk(row, 3)", thirds[2]}});
  // prints: the first of split(row, {2, 5})
  // prints: [0, 1] (f32 2)
  // prints: the second
  // prints: [2, 3, 4, 5, 6] (f32 5)
  // prints: the last of chunk(row, 3)
  // prints: [6] (f32 1)
}

// 3. Indexing
void indexing() {
  Graph g("slices");
  Tensor m = reshape(arange(g, 0, 20), {4, 5});
  show(g, {{"m", m},
           {"m[1]", slice(m, {1})},
           {"m[-1, 2:]", slice(m, {-1, Slice{2}})},
           {"m[::2, ::-1]", slice(m, {Slice{{}, {}, 2}, Slice{{}, {}, -1}})},
           {"m[:, 3], as a column", slice(m, {wholeAxis, 3, newAxis})}});
  // prints: m
  // prints: [[ 0,  1,  2,  3,  4],
  // prints:  [ 5,  6,  7,  8,  9],
  // prints:  [10, 11, 12, 13, 14],
  // prints:  [15, 16, 17, 18, 19]] (f32 4x5)
  // prints: m[1]
  // prints: [5, 6, 7, 8, 9] (f32 5)
  // prints: m[-1, 2:]
  // prints: [17, 18, 19] (f32 3)
  // prints: m[::2, ::-1]
  // prints: [[ 4,  3,  2,  1,  0],
  // prints:  [14, 13, 12, 11, 10]] (f32 2x5)
  // prints: m[:, 3], as a column
  // prints: [[ 3],
  // prints:  [ 8],
  // prints:  [13],
  // prints:  [18]] (f32 4x1)

  // Indices can be computed. take picks rows (or columns) by number, takeAlongAxis one element of each
  // row, scatter puts numbers at places.
  Graph h("gathering");
  Tensor t = reshape(arange(h, 0, 12), {3, 4});
  Tensor which = h.constant(NDArray::fromVector<int32_t>({2, 0, 2}));
  Tensor place = reshape(which, {3, 1});
  show(h, {{"take rows 2, 0, 2", take(t, which, 0)},
           {"element 2, 0, 2 of the rows", takeAlongAxis(t, place, 1)},
           {"add 100 there", scatter(t, place, full(h, {3, 1}, 100), 1, ScatterMode::add)}});
  // prints: take rows 2, 0, 2
  // prints: [[ 8,  9, 10, 11],
  // prints:  [ 0,  1,  2,  3],
  // prints:  [ 8,  9, 10, 11]] (f32 3x4)
  // prints: element 2, 0, 2 of the rows
  // prints: [[ 2],
  // prints:  [ 4],
  // prints:  [10]] (f32 3x1)
  // prints: add 100 there
  // prints: [[  0,   1, 102,   3],
  // prints:  [104,   5,   6,   7],
  // prints:  [  8,   9, 110,  11]] (f32 3x4)

  // A mask selects what it holds for. How many that are is known only when the program runs, but a shape
  // must be known before; so one says how many there can be, and gets a count.
  Graph k("masks");
  Tensor x = k.constant(NDArray::fromVector<float>({0.5f, -1, 2, -3, 4, 0}));
  Selection positive = maskedSelect(x, x > 0, 6);
  show(k, {{"the positive ones, in front", positive.values},
           {"how many", positive.count},
           {"where x < 0: 0", where(x < 0, 0, x)}});
  // prints: the positive ones, in front
  // prints: [0.5,   2,   4,   0,   0,   0] (f32 6)
  // prints: how many
  // prints: 3 (i32 scalar)
  // prints: where x < 0: 0
  // prints: [0.5,   0,   2,   0,   4,   0] (f32 6)
}

// 4. Conversion: of element types, and of shapes
void conversion() {
  Graph g("types");
  Tensor x = g.constant(NDArray::fromVector<float>({-1.7f, 0, 0.4f, 300.9f}));
  show(g, {{"to i32: towards zero", cast(x, DType::i32)},
           {"to u8: 0 .. 255, the nearest", cast(x, DType::u8)},
           {"to bool: is it not 0?", cast(x, DType::boolean)},
           {"round, then to i64", cast(round(x), DType::i64)},
           {"the bits of x as integers", bitcast(x, DType::i32)}});
  // prints: to i32: towards zero
  // prints: [ -1,   0,   0, 300] (i32 4)
  // prints: to u8: 0 .. 255, the nearest
  // prints: [  0,   0,   0, 255] (u8 4)
  // prints: to bool: is it not 0?
  // prints: [ true, false,  true,  true] (bool 4)
  // prints: round, then to i64
  // prints: [ -2,   0,   0, 301] (i64 4)
  // prints: the bits of x as integers
  // prints: [-1076258406,           0,  1053609165,  1133933363] (i32 4)

  Graph h("shapes");
  Tensor m = reshape(arange(h, 0, 6), {2, 3});
  show(h, {{"reshape: the same order, other rows", reshape(m, {3, 2})},
           {"transpose: rows become columns", transpose(m)},
           {"flatten", flatten(m)}});
  std::cout << toString(unsqueeze(m, 0).shape()) << " " << toString(squeeze(unsqueeze(m, 0)).shape()) << "\n";
  // prints: reshape: the same order, other rows
  // prints: [[0, 1],
  // prints:  [2, 3],
  // prints:  [4, 5]] (f32 3x2)
  // prints: transpose: rows become columns
  // prints: [[0, 3],
  // prints:  [1, 4],
  // prints:  [2, 5]] (f32 3x2)
  // prints: flatten
  // prints: [0, 1, 2, 3, 4, 5] (f32 6)
  // prints: 1x2x3 2x3
}

int main() {
  elementByElement();
  joining();
  indexing();
  conversion();
}
