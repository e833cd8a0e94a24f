// A model whose lines gdb_test.py looks for by their comments.
#include "gradus/gradus.h"

using namespace gradus;

int main(int argc, char **argv) {
  Graph g("debugged");
  Tensor x = g.input("x", {kBatch, 8}), label = g.input("label", {kBatch}, DType::i32);
  Tensor w = g.parameter("w", {8, 3}, glorotUniform());
  Tensor scores = matmul(x, w);               // the product
  Tensor loss = crossEntropy(scores, label);  // the loss
  g.result("scores", scores);
  return aotMain(argc, argv, trainingStep(loss, Sgd{.rate = 0.1}));
}
