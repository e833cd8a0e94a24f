// Lesson 4: shapes, broadcasting, and errors.
//
// Most mistakes in a model are mistakes about shapes. Gradus finds them on the line that makes
// them, before anything is compiled or run. This lesson shows how shapes combine, and what a
// mistake looks like.
#include "gradus/gradus.h"

#include <iostream>

using namespace gradus;

/// A matrix row by row.
void show(const std::string &name, const NDArray &matrix) {
  std::cout << name << "\n";
  for (int64_t i = 0; i < matrix.dim(0); ++i) {
    for (float value : matrix.rows(i, i + 1).span<float>())
      std::cout << " " << value;
    std::cout << "\n";
  }
}

// 1. Every tensor knows its shape
void shapes() {
  Graph g("shapes");
  Tensor images = g.input("images", {32, 28, 28}); // 32 images of 28 rows and 28 columns
  Tensor rows = reshape(images, {32, 784});        // the same numbers, each image one row
  Tensor weights = g.parameter("weights", {784, 10}, glorotUniform());
  std::cout << toString(matmul(rows, weights).shape()) << "\n"; // [32, 784] times [784, 10]
  // prints: 32x10
  std::cout << toString(sum(images).shape()) << "\n"; // no axes are left
  // prints: scalar
  std::cout << toString(sum(images, {1, 2}).shape()) << "\n"; // one sum per image
  // prints: 32
  std::cout << toString(max(images, -1, true).shape()) << "\n"; // last axis, kept with size 1
  // prints: 32x28x1
}

// 2. Broadcasting: the two rules
//
// Element by element seems to ask for equal shapes. It asks for less:
//
//   Rule 1. Write the shapes below each other, aligned on the right. Where the shorter one has no
//           axis left, think of a size of 1.
//   Rule 2. Two sizes fit if they are equal, or if one of them is 1. An axis of size 1 is repeated
//           until it is as long as the other; so the result has the larger size.
//
//        a   [3, 1]        images  [32, 28, 28]
//        b      [4]        mask        [28, 28]
//      a+b   [3, 4]        both    [32, 28, 28]
void broadcasting() {
  Graph g("broadcasting");
  Tensor a = g.input("a", {3, 1}), b = g.input("b", {4});
  g.result("a + b", a + b);

  // A sum that keeps its axis fits back under what it came from: here each row is divided by its
  // own sum. Without keepDims the sums have shape [2], which does not fit under [2, 4].
  Tensor x = g.input("x", {2, 4});
  g.result("shares", x / sum(x, 1, /*keepDims=*/true));

  Program program = compile(g);
  std::map<std::string, NDArray> results =
      program.run({{"a", NDArray::fromVector<float>({10, 20, 30}, {3, 1})},
                   {"b", NDArray::fromVector<float>({1, 2, 3, 4})},
                   {"x", NDArray::fromVector<float>({1, 1, 1, 1, 4, 3, 0, 1}, {2, 4})}});
  show("a + b", results["a + b"]);
  // prints: a + b
  // prints:  11 12 13 14
  // prints:  21 22 23 24
  // prints:  31 32 33 34
  show("shares", results["shares"]);
  // prints: shares
  // prints:  0.25 0.25 0.25 0.25
  // prints:  0.5 0.375 0 0.125
}

// 3. The quiz. Cover the answers: which pairs fit, and what comes out?
void question(const Shape &left, const Shape &right) {
  std::cout << toString(left) << " and " << toString(right) << ": ";
  Graph g("quiz");
  Tensor a = g.input("a", left), b = g.input("b", right);
  try {
    std::cout << toString((a + b).shape()) << "\n";
  } catch (const GraphError &) {
    std::cout << "do not broadcast\n";
  }
}

void quiz() {
  question({5, 1, 3}, {5, 1, 3});
  // prints: 5x1x3 and 5x1x3: 5x1x3
  //         Equal shapes always fit.
  question({5, 2, 3, 1}, {5, 1, 3, 1});
  // prints: 5x2x3x1 and 5x1x3x1: 5x2x3x1
  //         2 and 1 fit: the second tensor is repeated along axis 1.
  question({5, 2, 3, 1}, {5, 1, 3, 5});
  // prints: 5x2x3x1 and 5x1x3x5: 5x2x3x5
  //         Both are repeated: the second along axis 1, the first along axis 3.
  question({5, 3, 3}, {5, 2, 3});
  // prints: 5x3x3 and 5x2x3: do not broadcast
  //         3 and 2 differ, and neither is 1.
  question({5, 3, 3}, {5, 3});
  // prints: 5x3x3 and 5x3: do not broadcast
  //         Aligned on the right, 5 stands below 3. The sizes do not look for their likes.
  question({5, 3, 3}, {3, 3});
  // prints: 5x3x3 and 3x3: 5x3x3
  //         The second has no third axis, so it is repeated along axis 0.
}

// 4. The gradient of what was repeated
//
// b is added to each of the two rows, so a change of b counts twice: the gradient sums over the
// axes along which a tensor was repeated, and has the tensor's own shape.
void gradientOfBroadcast() {
  Graph g("bias");
  Tensor x = g.input("x", {2, 3}), b = g.parameter("b", {3}, zeros());
  Tensor slope = gradients(sum((x + b) * x), {b})[0]; // the sum of the rows of x
  g.result("slope", reshape(slope, {1, 3}));
  NDArray values = NDArray::fromVector<float>({1, 2, 3, 10, 20, 30}, {2, 3});
  show("slope", compile(g).run({{"x", values}})["slope"]);
  // prints: slope
  // prints:  11 22 33
}

// 5. What a mistake looks like
//
// A GraphError says where (file, line and column: an editor jumps there), which operation, the
// facts, and the rule; then where the operands come from. Without a catch it ends the program, and
// the same text is the last that you see.
void mistakes() {
  Graph g("mistakes");
  Tensor x = g.input("x", {32, 784});
  Tensor w = g.parameter("w", {784, 10}, glorotUniform());
  Tensor label = g.input("label", {64, 10});

  // The batch is 32 on one side and 64 on the other.
  try {
    Tensor logits = matmul(x, w);
    Tensor difference = logits - label;
  } catch (const GraphError &error) {
    std::cout << error.what() << "\n";
  }
  // prints: 4_broadcasting_and_errors.cpp:138:34: error: gradus.sub: shapes 32x10 and 64x10 do not
  //    ...  broadcast: axis 0 is 32 on the left and 64 on the right (sizes must match, or
  //    ...  one must be 1)
  // prints: 4_broadcasting_and_errors.cpp:137:27: note: the left operand comes from gradus.matmul
  // prints: 4_broadcasting_and_errors.cpp:133:25: note: the right operand comes from gradus.input "label"

  // The operands of a product in the wrong order.
  try {
    matmul(w, x);
  } catch (const GraphError &error) {
    std::cout << error.what() << "\n";
  }
  // prints: 4_broadcasting_and_errors.cpp:150:11: error: gradus.matmul: shapes 784x10 and 32x784 do not
  //    ...  multiply: the last axis is 10 on the left and axis 0 is 32 on the right (the inner
  //    ...  sizes must match)
  // prints: 4_broadcasting_and_errors.cpp:132:25: note: the left operand comes from gradus.parameter "w"
  // prints: 4_broadcasting_and_errors.cpp:131:21: note: the right operand comes from gradus.input "x"

  // Labels are integers, and integers are not converted in silence.
  Tensor digit = g.input("digit", {32}, DType::i32);
  try {
    Tensor half = digit * g.constant(0.5);
  } catch (const GraphError &error) {
    std::cout << error.what() << "\n";
  }
  // prints: 4_broadcasting_and_errors.cpp:163:41: error: gradus.mul: element types i32 and f32 differ
  //    ...  (operands need one element type; convert with cast)
  // prints: 4_broadcasting_and_errors.cpp:161:25: note: the left operand comes from gradus.input "digit"
  // prints: 4_broadcasting_and_errors.cpp:163:37: note: the right operand comes from gradus.constant

  // Only a number can be a loss. Did you mean mean(...)?
  try {
    gradients(matmul(x, w), {w});
  } catch (const GraphError &error) {
    std::cout << error.what() << "\n";
  }
  // prints: 4_broadcasting_and_errors.cpp:174:14: error: gradus.gradients: the loss has shape 32x10 and
  //    ...  element type f32 (must be a floating-point scalar; reduce it with sum or mean)
  // prints: 4_broadcasting_and_errors.cpp:174:21: note: the loss comes from gradus.matmul

  // What is wrong with the values that are fed, not with the model, is found when they are fed. The
  // program names the input.
  g.result("logits", matmul(x, w));
  Program program = compile(g);
  try {
    program.bind("x", NDArray::zeros({32, 28, 28}));
  } catch (const std::invalid_argument &error) {
    std::cout << error.what() << "\n";
  }
  // prints: program mistakes: input "x": expected f32 32x784, found f32 32x28x28
}

int main() {
  shapes();
  broadcasting();
  quiz();
  gradientOfBroadcast();
  mistakes();
}

// Try: in shapes(), declare the images with {kBatch, 28, 28}. The batch is then chosen when the
// graph is compiled (CompileOptions::batch), and reads as -1 until then.
