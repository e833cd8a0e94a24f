// Fits y = 3x + 1 with the installed library.
#include "gradus/gradus.h"

#include <cmath>
#include <cstdio>
#include <vector>

using namespace gradus;

int main() {
  Graph g("line");
  Tensor x = g.input("x", {kBatch, 1}), y = g.input("y", {kBatch, 1});
  Tensor w = g.parameter("w", {1, 1}, zeros()), b = g.parameter("b", {1}, zeros());
  Tensor loss = squaredError(matmul(x, w) + b, y);
  Program step = compile(g, trainingStep(loss, Sgd{.rate = 0.1}), {.batch = 8});

  std::vector<float> xs, ys;
  for (int i = 0; i < 8; ++i) {
    xs.push_back(0.25f * float(i) - 1);
    ys.push_back(3 * xs.back() + 1);
  }
  step.bind("x", xs.data());
  step.bind("y", ys.data());
  for (int i = 0; i < 500; ++i)
    step.step();
  const float slope = step.state()->get("w").data<float>()[0];
  const float offset = step.state()->get("b").data<float>()[0];
  std::printf("y = %.3f x + %.3f\n", slope, offset);
  return std::abs(slope - 3) < 1e-3f && std::abs(offset - 1) < 1e-3f ? 0 : 1;
}
