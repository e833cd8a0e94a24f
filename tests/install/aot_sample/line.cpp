// y = w x + b, by least squares: a program that compiles its model.
#include "gradus/gradus.h"

using namespace gradus;

int main(int argc, char **argv) {
  Graph g("line");
  Tensor x = g.input("x", {kBatch, 1}), y = g.input("y", {kBatch, 1});
  Tensor w = g.parameter("w", {1, 1}, zeros()), b = g.parameter("b", {1}, zeros());
  Tensor prediction = matmul(x, w) + b;
  g.result("prediction", prediction);
  return aotMain(argc, argv, trainingStep(squaredError(prediction, y), Sgd{.rate = 0.1}));
}
