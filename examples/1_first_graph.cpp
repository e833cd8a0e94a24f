// Lesson 1: a first graph.
//
// In most programs `x * y + 2` is computed where it stands. In Gradus it is written down: x and y
// are names of numbers to come, and the expression becomes a graph. Three things follow from
// waiting: the graph can be checked before it runs, it can be differentiated exactly, and it can be
// compiled as a whole.
//
// Below the code stands what it prints. A test runs this lesson and compares.
#include "gradus/gradus.h"

#include <iostream>

using namespace gradus;

/// "name = 1 2 3"
void show(const std::string &name, const NDArray &values) {
  std::cout << name << " =";
  for (float value : values.span<float>())
    std::cout << " " << value;
  std::cout << "\n";
}

// 1. Declare, compile, run
void scalars() {
  // Declare. An input is a number, or a tensor of numbers, that is given when the program runs. Its
  // shape lists the sizes of its axes; a scalar has no axes.
  Graph g("scalars");
  Tensor x = g.input("x", {}), y = g.input("y", {});
  Tensor z = x * y + 2;
  g.result("z", z); // what is not a result, or needed for one, is never computed

  // Nothing has been computed so far. This is the graph: one operation per line, and after the
  // colon the types. (g.toText(true) adds the line of your program that made each of them.)
  std::cout << g.toText();
  // prints: module {
  // prints:   func.func @scalars() {
  // prints:     %0 = gradus.input "x" : tensor<f32>
  // prints:     %1 = gradus.input "y" : tensor<f32>
  // prints:     %2 = gradus.mul %0, %1 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %3 = gradus.constant dense<2.000000e+00> : tensor<f32>
  // prints:     %4 = gradus.add %2, %3 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     gradus.result "z" %4 : tensor<f32>
  // prints:     return
  // prints:   }
  // prints: }

  // Compile. This makes machine code for your processor.
  Program program = compile(g);

  // Run, as often as you like. Values go in and come out by name.
  show("z", program.run({{"x", NDArray::scalar(3.0f)}, {"y", NDArray::scalar(4.0f)}})["z"]);
  // prints: z = 14
  show("z", program.run({{"x", NDArray::scalar(0.5f)}, {"y", NDArray::scalar(-2.0f)}})["z"]);
  // prints: z = 1
}

// 2. Vectors, and several results
void vectors() {
  Graph g("vectors");
  Tensor a = g.input("a", {4}), b = g.input("b", {4});

  // Operators work element by element, and take numbers too; functions such as sum, mean and max
  // make one number of many.
  g.result("sum of both", a + b);
  g.result("twice a plus one", 2 * a + 1);
  g.result("dot product", sum(a * b));
  g.result("mean of a", mean(a));
  g.result("larger ones", maximum(a, b));

  // A constant belongs to the graph: it is not given when the program runs.
  Tensor weights = g.constant(NDArray::fromVector<float>({1, 10, 100, 1000}));
  g.result("weighted sum", sum(a * weights));

  Program program = compile(g); // one program, which computes all results in one step
  std::map<std::string, NDArray> results =
      program.run({{"a", NDArray::fromVector<float>({1, 2, 3, 4})},
                   {"b", NDArray::fromVector<float>({4, 0, 2, 1})}});
  for (const std::string &name : g.results())
    show(name, results[name]);
  // prints: sum of both = 5 2 5 5
  // prints: twice a plus one = 3 5 7 9
  // prints: dot product = 14
  // prints: mean of a = 2.5
  // prints: larger ones = 4 2 3 4
  // prints: weighted sum = 4321
}

// 3. Gradients
void derivatives() {
  // y = x^3 - 2 x + 1, so dy/dx = 3 x^2 - 2, and the derivative of that is 6 x.
  Graph g("derivatives");
  Tensor x = g.input("x", {4});
  Tensor y = x * x * x - 2 * x + 1;

  // gradients(loss, {x}) differentiates one number, the loss, by each of the tensors. y has four
  // elements; each depends on its own x alone, so the gradient of their sum holds the four
  // derivatives.
  Tensor dy = gradients(sum(y), {x})[0];

  // A gradient is a tensor of the same graph. So it can be used like any other: also
  // differentiated, once more.
  Tensor d2y = gradients(sum(dy), {x})[0];

  g.result("y", y);
  g.result("dy/dx", dy);
  g.result("d2y/dx2", d2y);
  Program program = compile(g);
  std::map<std::string, NDArray> results =
      program.run({{"x", NDArray::fromVector<float>({-1, 0, 1, 2})}});
  for (const std::string &name : g.results())
    show(name, results[name]);
  // prints: y = 2 1 0 5
  // prints: dy/dx = 1 -2 1 10
  // prints: d2y/dx2 = -6 0 6 12
}

// 4. A program with a memory
void descent() {
  // A parameter keeps its value from step to step, and assign sets it at the end of a step. With a
  // gradient that is all that training needs: here w walks down the slope of (w - 3)^2, and each
  // step halves the way to 3, since w - 0.25 * 2 (w - 3) = (w + 3) / 2.
  Graph g("descent");
  Tensor w = g.parameter("w", {}, zeros());
  Tensor loss = (w - 3) * (w - 3);
  Tensor slope = gradients(loss, {w})[0];
  g.assign(w, w - 0.25 * slope);
  g.result("loss", loss); // of w as it was before the step

  Program program = compile(g);
  for (int i = 0; i < 3; ++i) {
    program.step(); // there are no inputs to give
    show("loss", program.output("loss"));
    show("   w", program.state()->get("w"));
  }
  // prints: loss = 9
  // prints:    w = 1.5
  // prints: loss = 2.25
  // prints:    w = 2.25
  // prints: loss = 0.5625
  // prints:    w = 2.625

  program.steps(1000); // many steps in one call: for models as small as this one
  show("   w", program.state()->get("w"));
  // prints:    w = 3
}

int main() {
  scalars();
  vectors();
  derivatives();
  descent();
}

// Try: print g.toText() in derivatives(). The gradients are one operation each there; the compiler
// writes them out. `gradus show --help` tells how to see what becomes of a graph in each phase.
