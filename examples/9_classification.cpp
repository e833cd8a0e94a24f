// Lesson 9: classification. Three models learn to read digits.
//
// A classifier gives one score per class, here ten, and answers with the class of the largest one.
// Training moves the weights so that the score of the right class becomes the largest. Three models
// do it, each with more structure than the one before:
//
//     1. softmax regression: every score is a weighted sum of the pixels
//     2. a multilayer perceptron (MLP): weighted sums of weighted sums, with a relu between them
//     3. a convolutional network: small filters that slide over the image, then weighted sums
//
// Without an argument the lesson uses digits that Gradus draws itself. With a folder as argument it
// reads MNIST or Fashion-MNIST from there; what the latter gives stands at the end.
//
// Sums are rounded in another order on another kind of processor, so some numbers differ a little.
// For those, and for the speed, the comments give the range to expect: {0.2 to 0.3}.
#include "gradus/gradus.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
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

/// A model that has been trained, and how that went.
struct Trained {
  std::string name;
  Program step = {}, model = {};
  int64_t numbers = 0; ///< that training moves
  double seconds = 0;
  Evaluation test = {};
  PlotSeries curve = {}; ///< accuracy by epoch
};

/// Trains the model of the graph g for five epochs. All three go through here.
Trained train(const std::string &name, const Graph &g, const Tensor &loss, const DataSplit &data) {
  std::cout << name << "\n";
  // The training step: the model, the gradient of the loss by each parameter, and the rule that
  // moves the parameters (Adam). All of it is one graph, and becomes one program.
  Trained trained{.name = name, .curve = {name, {}, {}, false, true}};
  trained.step = compile(g, trainingStep(loss, Adam{.rate = 1e-3}), {.batch = 128});
  trained.numbers = trained.step.state()->trainedCount();

  // The model alone is compiled too, to be asked for its answers. It shares the weights (the state)
  // of the step, so whatever is trained there is seen here.
  trained.model = compile(g, {.batch = 128, .state = trained.step.state()});
  Evaluation before = evaluate(trained.model, data.test);
  std::cout << "before: loss " << before.loss.value() << ", accuracy " << percent(before) << " %\n";

  // In one epoch every image is used once, in shuffled batches. fit shows its progress by itself;
  // here it tells us after each epoch, and we print.
  FitResult result = fit(trained.step, data.train,
                         {.epochs = 5,
                          .seed = 7, // of the shuffling
                          .evaluation = trained.model,
                          .test = &data.test,
                          .onEpoch =
                              [&](const EpochReport &report) {
                                std::cout << "epoch " << report.epoch << ": loss "
                                          << report.trainLoss << ", test accuracy "
                                          << percent(*report.test) << " %, "
                                          << static_cast<int64_t>(report.samplesPerSecond())
                                          << " images per second\n";
                                trained.curve.x.push_back(static_cast<double>(report.epoch));
                                trained.curve.y.push_back(*report.test->accuracy);
                                return true; // go on
                              },
                          .progress = false});
  if (!result.ok()) { // the loss was not finite, say
    std::cout << result.status.message() << "\n";
    std::exit(1);
  }
  trained.seconds = result.seconds;
  trained.test = evaluate(trained.model, data.test);
  return trained;
}

int main(int argc, char **argv) {
  std::cout << std::fixed << std::setprecision(2);

  // 1. Data. Gradus draws digits itself, from strokes, each bent, thickened and sprinkled with
  // noise in its own way. 1 and 2 are seeds: the same seed, the same digits. The models never see
  // those of the test during training.
  DataSplit data = {makeDigits(12800, 1), makeDigits(2000, 2)};
  if (argc > 1) {
    Result<DataSplit> loaded = loadIdxFolder(argv[1]);
    if (!loaded.ok()) {
      std::cout << loaded.status().message() << "\n";
      return 1;
    }
    data = loaded.value();
  }
  const Dataset &images = data.train, &test = data.test;
  std::cout << images.size() << " images of " << toString(images.sampleShape()) << ", "
            << images.classes << " classes; the first is a " << images.labels.data<int32_t>()[0]
            << ":\n";
  draw(images.features);
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

  // 2. Softmax regression. Each image is a row of 784 numbers. kBatch stands for the number of
  // images in one step, which is chosen when the graph is compiled. softmax makes probabilities of
  // the scores; crossEntropy does so by itself, and takes -log of that of the right class.
  Graph linear("linear");
  Tensor x = linear.input("x", {kBatch, 784}), label = linear.input("label", {kBatch}, DType::i32);
  Tensor w = linear.parameter("w", {784, 10}, zeros()), b = linear.parameter("b", {10}, zeros());
  Tensor scores = matmul(x, w) + b; // [B,784] x [784,10] + [10] -> [B,10]
  Tensor loss = crossEntropy(scores, label); // the mean over the batch
  linear.result("logits", scores);           // scores before the softmax have this name
  linear.result("loss", loss);
  Trained softmaxRegression = train("softmax regression", linear, loss, data);
  // Before training all scores are 0, so that all classes are equally likely: the loss is log(10).
  // prints: softmax regression
  // prints: before: loss 2.30, accuracy {5 to 18} %
  // prints: epoch 1: loss {1.7 to 1.9}, test accuracy {66 to 73} %, {many} images per second
  // prints: epoch 2: loss {1.2 to 1.3}, test accuracy {70 to 77} %, {many} images per second
  // prints: epoch 3: loss {0.95 to 1.05}, test accuracy {73 to 79} %, {many} images per second
  // prints: epoch 4: loss {0.82 to 0.92}, test accuracy {75 to 81} %, {many} images per second
  // prints: epoch 5: loss {0.75 to 0.85}, test accuracy {75 to 82} %, {many} images per second

  // 3. The multilayer perceptron. A matrix product and a relu make 128 numbers of the 784, a second
  // product makes 10 of these. Its weights must not begin as zeros: then all 128 would stay equal.
  Graph mlp("mlp");
  x = mlp.input("x", {kBatch, 784}), label = mlp.input("label", {kBatch}, DType::i32);
  Tensor w1 = mlp.parameter("w1", {784, 128}, heUniform()), b1 = mlp.parameter("b1", {128}, zeros());
  Tensor w2 = mlp.parameter("w2", {128, 10}, glorotUniform()), b2 = mlp.parameter("b2", {10}, zeros());
  Tensor hidden = relu(matmul(x, w1) + b1); // [B,784] x [784,128] + [128] -> [B,128]
  scores = matmul(hidden, w2) + b2;         // [B,128] x [128,10] + [10] -> [B,10]
  loss = crossEntropy(scores, label);
  mlp.result("logits", scores);
  mlp.result("loss", loss);
  mlp.result("digit", argmax(scores)); // the index of the largest score
  Trained perceptron = train("MLP", mlp, loss, data);
  Tensor mlpLoss = loss;
  // prints: MLP
  // prints: before: loss {2.1 to 2.6}, accuracy {5 to 18} %
  // prints: epoch 1: loss {1.1 to 1.4}, test accuracy {74 to 85} %, {many} images per second
  // prints: epoch 2: loss {0.5 to 0.7}, test accuracy {81 to 90} %, {many} images per second
  // prints: epoch 3: loss {0.35 to 0.5}, test accuracy {85 to 92} %, {many} images per second
  // prints: epoch 4: loss {0.25 to 0.4}, test accuracy {88 to 94} %, {many} images per second
  // prints: epoch 5: loss {0.2 to 0.3}, test accuracy {90 to 96} %, {many} images per second

  // 4. The convolutional network. A filter is a small image, 5 x 5 or 3 x 3, that is laid over every
  // place of a larger one; the sum of the products says how well it fits there. A stroke is found
  // wherever it lies, by the same few weights. Pooling keeps the largest answer of 2 x 2 places.
  // nn has layers that declare such parameters by themselves. This graph says image, not row:
  // 1 channel of 28 x 28.
  Graph conv("conv");
  x = conv.input("x", {kBatch, 1, 28, 28}), label = conv.input("label", {kBatch}, DType::i32);
  nn::Layer net(conv, "net",
                nn::Sequential{nn::Conv2d{.in = 1, .out = 8, .size = 5, .stride = 2, .padding = 2},
                               relu, // 8 channels of 14 x 14
                               nn::Conv2d{.in = 8, .out = 16, .size = 3, .padding = 1}, relu,
                               nn::MaxPool2d{2},         // 16 channels of 7 x 7
                               nn::Flatten{},            // 784 numbers
                               nn::Linear{784, 10}});
  scores = net(x);
  loss = crossEntropy(scores, label);
  conv.result("logits", scores);
  conv.result("loss", loss);
  Trained convolutional = train("convolutional network", conv, loss, data);
  // prints: convolutional network
  // prints: before: loss {2.1 to 2.6}, accuracy {5 to 18} %
  // prints: epoch 1: loss {1.3 to 1.7}, test accuracy {72 to 85} %, {many} images per second
  // prints: epoch 2: loss {0.38 to 0.6}, test accuracy {85 to 93} %, {many} images per second
  // prints: epoch 3: loss {0.2 to 0.4}, test accuracy {91 to 96} %, {many} images per second
  // prints: epoch 4: loss {0.13 to 0.25}, test accuracy {94 to 98} %, {many} images per second
  // prints: epoch 5: loss {0.09 to 0.17}, test accuracy {95 to 98.5} %, {many} images per second

  // 5. Which digits are hard? The confusion matrix counts, for each true digit (row), what it was
  // taken for (column). On the diagonal stands what is right.
  const Evaluation &after = perceptron.test;
  int64_t right = 0;
  for (int64_t digit = 0; digit < after.classes; ++digit)
    right += after.confusion[digit * after.classes + digit];
  std::cout << "MLP: " << right << " of " << after.samples << " are right\n";
  // prints: MLP: {1800 to 1920} of 2000 are right

  // 6. A checkpoint holds all that training has changed: the weights, and Adam's memory of the
  // gradients. The format is safetensors, which other tools open too.
  if (Status saved = saveState("9_classification.safetensors", *perceptron.step.state());
      !saved.ok()) {
    std::cout << saved.message() << "\n";
    return 1;
  }

  // Somebody else, later: the same graph, compiled afresh, begins with weights of its own ...
  Program restored =
      compile(mlp, trainingStep(mlpLoss, Adam{.rate = 1e-3}), {.batch = 128, .seed = 99});
  Program answers = compile(mlp, {.batch = 128, .state = restored.state()});
  std::cout << "fresh: accuracy " << percent(evaluate(answers, test)) << " %\n";
  // prints: fresh: accuracy {5 to 18} %

  // ... until it loads ours. What it then answers is the same, to the last bit.
  if (Result<Metadata> loaded = loadState("9_classification.safetensors", *restored.state());
      !loaded.ok()) {
    std::cout << loaded.status().message() << "\n";
    return 1;
  }
  Evaluation again = evaluate(answers, test);
  std::cout << "loaded: the same loss: " << std::boolalpha << (again.loss == after.loss) << "\n";
  // prints: loaded: the same loss: true

  // 7. A few images, by hand. withBatch gives the model for another batch size, on the same
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

  // 8. The three side by side.
  std::cout << "model                  numbers   loss   accuracy   seconds\n";
  PlotPanel panel{"On the test images", "epoch", "accuracy", {}, true};
  for (const Trained &one : {softmaxRegression, perceptron, convolutional}) {
    std::cout << std::left << std::setw(22) << one.name << std::right << std::setw(8) << one.numbers
              << std::setw(7) << one.test.loss.value() << std::setw(9) << percent(one.test) << " %"
              << std::setw(10) << one.seconds << "\n";
    panel.series.push_back(one.curve);
  }
  std::ofstream("9_classification.svg") << plotSvg("Three models", {panel});
  // prints: model                  numbers   loss   accuracy   seconds
  // prints: softmax regression        7850   {0.7 to 0.85}    {75 to 82} % {some}
  // prints: MLP                     101770   {0.2 to 0.35}    {90 to 96} % {some}
  // prints: convolutional network     9226   {0.08 to 0.17}    {95 to 98.5} % {some}
  // The MLP has 13 times the numbers of the softmax regression. The convolutional network has few,
  // because it uses each of them at many places. It is the best here, and computes the longest.
  // The curves are in pictures/9_classification.svg.
}

// Fashion-MNIST has 60000 training images, of clothes instead of digits, and 10000 test images.
// Measured there, after five epochs:
//
//     softmax regression   loss 0.47   accuracy 83.79 %
//     MLP                  loss 0.36   accuracy 87.09 %
//     convolutional        loss 0.37   accuracy 86.83 %
//
// The convolutional network is as good as the MLP, with less than a tenth of its numbers, and both
// are still getting better.
//
// Try: Sgd{.rate = 0.1, .momentum = 0.9} instead of Adam; a second hidden layer in the MLP; 16 and 32
// channels in the convolutional network.
// `gradus train --help` does all this from the command line, with your own data too.
