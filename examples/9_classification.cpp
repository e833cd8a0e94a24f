// Lesson 3: a network that learns to read digits.
//
// A multilayer perceptron (MLP): each image becomes a row of 784 numbers, a matrix product and a
// relu make 128 of them, a second product makes 10, one score per digit. Training moves the weights
// so that the score of the right digit becomes the largest. It takes a few seconds.
//
// Sums are rounded in another order on another kind of processor, so some numbers differ a little.
// For those, and for the speed, the comments give the range to expect: {0.2 to 0.3}.
#include "gradus/gradus.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

using namespace gradus;

/// Prints an image of 28 x 28 pixels, 0 (paper) to 1 (ink), as 14 lines of 28 characters.
void draw(const NDArray &image) {
  const float *pixel = image.data<float>();
  for (int row = 0; row < 28; row += 2) {
    std::string line;
    for (int column = 0; column < 28; ++column) {
      float ink = (pixel[row * 28 + column] + pixel[(row + 1) * 28 + column]) / 2;
      line += " .:+#"[std::min(4, static_cast<int>(ink * 8))];
    }
    std::cout << "|" << line << "|\n";
  }
}

double percent(const Evaluation &evaluation) { return 100 * evaluation.accuracy.value(); }

int main() {
  std::cout << std::fixed << std::setprecision(2);

  // 1. Data. Gradus draws digits itself, from strokes, each bent, thickened and sprinkled with
  // noise in its own way. 1 and 2 are seeds: the same seed, the same digits. The network never sees
  // those of the test during training.
  Dataset digits = makeDigits(12800, 1), test = makeDigits(2000, 2);
  std::cout << digits.size() << " images of " << toString(digits.sampleShape()) << ", "
            << digits.classes << " classes; the first is a " << digits.labels.data<int32_t>()[0]
            << ":\n";
  draw(digits.features);
  // prints: 12800 images of 28x28, 10 classes; the first is a 6:
  // prints: |               .            |
  // prints: |                            |
  // prints: |         .                  |
  // prints: |          .      ...        |
  // prints: |               :##+.        |
  // prints: |             +#+            |
  // prints: |           .##.             |
  // prints: |          .######:          |
  // prints: |          ###:  :#.         |
  // prints: |         :##.   ##          |
  // prints: |          :++++#+.          |
  // prints: |                            |
  // prints: |           .         .      |
  // prints: |                         .  |

  // 2. The model. kBatch stands for the number of images in one step, which is chosen when the
  // graph is compiled.
  Graph g("mlp");
  Tensor x = g.input("x", {kBatch, 784}), label = g.input("label", {kBatch}, DType::i32);
  Tensor w1 = g.parameter("w1", {784, 128}, heUniform()), b1 = g.parameter("b1", {128}, zeros());
  Tensor w2 = g.parameter("w2", {128, 10}, glorotUniform()), b2 = g.parameter("b2", {10}, zeros());

  Tensor hidden = relu(matmul(x, w1) + b1);  // [B,784] x [784,128] + [128] -> [B,128]
  Tensor logits = matmul(hidden, w2) + b2;   // [B,128] x [128,10] + [10] -> [B,10]
  Tensor loss = crossEntropy(logits, label); // mean over the batch of -log softmax(logits)[label]
  g.result("logits", logits);
  g.result("loss", loss);
  g.result("digit", argmax(logits)); // the index of the largest score

  // 3. The training step: the model, the gradient of the loss by each parameter, and the rule that
  // moves the parameters (Adam). All of it is one graph, and becomes one program.
  Program step = compile(g, trainingStep(loss, Adam{.rate = 1e-3}), {.batch = 128});

  // The model alone is compiled too, to be asked for its answers. It shares the weights (the state)
  // of the step, so whatever is trained there is seen here.
  Program model = compile(g, {.batch = 128, .state = step.state()});
  std::cout << step.state()->trainedCount() << " numbers to train\n";
  // prints: 101770 numbers to train

  // 4. Before training: ten classes, so guessing is right one time in ten, and the loss of somebody
  // who holds all for equally likely is log(10) = 2.30.
  Evaluation before = evaluate(model, test);
  std::cout << "before: loss " << before.loss.value() << ", accuracy " << percent(before) << " %\n";
  // prints: before: loss {2.1 to 2.6}, accuracy {5 to 18} %

  // 5. Training. In one epoch every image is used once, in shuffled batches. fit shows its progress
  // by itself; here it tells us after each epoch, and we print.
  FitResult result = fit(step, digits,
                         {.epochs = 5,
                          .seed = 7, // of the shuffling
                          .evaluation = model,
                          .test = &test,
                          .onEpoch =
                              [](const EpochReport &report) {
                                std::cout << "epoch " << report.epoch << ": loss "
                                          << report.trainLoss << ", test accuracy "
                                          << percent(*report.test) << " %, "
                                          << static_cast<int64_t>(report.samplesPerSecond())
                                          << " images per second\n";
                                return true; // go on
                              },
                          .progress = false});
  if (!result.ok()) { // the loss was not finite, say, or a disk was full
    std::cout << result.status.message() << "\n";
    return 1;
  }
  // prints: epoch 1: loss {1.1 to 1.4}, test accuracy {74 to 85} %, {many} images per second
  // prints: epoch 2: loss {0.5 to 0.7}, test accuracy {81 to 90} %, {many} images per second
  // prints: epoch 3: loss {0.35 to 0.5}, test accuracy {85 to 92} %, {many} images per second
  // prints: epoch 4: loss {0.25 to 0.4}, test accuracy {88 to 94} %, {many} images per second
  // prints: epoch 5: loss {0.2 to 0.3}, test accuracy {90 to 96} %, {many} images per second

  // 6. Which digits are hard? The confusion matrix counts, for each true digit (row), what it was
  // taken for (column). On the diagonal stands what is right.
  Evaluation after = evaluate(model, test);
  std::cout << "after: loss " << after.loss.value() << ", accuracy " << percent(after) << " %\n";
  int64_t right = 0;
  for (int64_t digit = 0; digit < after.classes; ++digit)
    right += after.confusion[digit * after.classes + digit];
  std::cout << right << " of " << after.samples << " are right\n";
  // prints: after: loss {0.2 to 0.35}, accuracy {90 to 96} %
  // prints: {1800 to 1920} of 2000 are right

  // 7. A checkpoint holds all that training has changed: the weights, and Adam's memory of the
  // gradients. The format is safetensors, which other tools open too.
  if (Status saved = saveState("9_classification.safetensors", *step.state()); !saved.ok()) {
    std::cout << saved.message() << "\n";
    return 1;
  }

  // Somebody else, later: the same graph, compiled afresh, begins with weights of its own ...
  Program restored = compile(g, trainingStep(loss, Adam{.rate = 1e-3}), {.batch = 128, .seed = 99});
  Program answers = compile(g, {.batch = 128, .state = restored.state()});
  std::cout << "fresh: accuracy " << percent(evaluate(answers, test)) << " %\n";
  // prints: fresh: accuracy {5 to 18} %

  // ... until it loads ours. What it then answers is the same, to the last bit.
  if (Result<Metadata> loaded = loadState("9_classification.safetensors", *restored.state()); !loaded.ok()) {
    std::cout << loaded.status().message() << "\n";
    return 1;
  }
  Evaluation again = evaluate(answers, test);
  std::cout << "loaded: the same loss: " << std::boolalpha << (again.loss == after.loss) << "\n";
  // prints: loaded: the same loss: true

  // 8. A few images, by hand. withBatch gives the model for another batch size, on the same
  // weights.
  Program ten = answers.withBatch(10);
  ten.bind("x", test.features.rows(0, 10).reshape({10, 784}));
  ten.bind("label", test.labels.rows(0, 10)); // for the loss, which is a result as well
  ten.step();
  std::cout << "true:";
  for (int32_t digit : test.labels.rows(0, 10).span<int32_t>())
    std::cout << " " << digit;
  std::cout << "\nread:";
  for (int32_t digit : ten.output("digit").span<int32_t>())
    std::cout << " " << digit;
  std::cout << "\n";
  // prints: true: 3 9 0 9 2 1 5 7 9 2
  // prints: read: {nearly the same}
}

// Try: Sgd{.rate = 0.1, .momentum = 0.9} instead of Adam; a second hidden layer; only the lines of
// a linear model, crossEntropy(matmul(x, w) + b, label), to see what the hidden layer is good for.
// `gradus train --help` does all this from the command line, with your own data too.
