// Lesson 8: linear regression by stochastic gradient descent.
//
// Ten points lie near a line, y = 2 x - 1, with a little noise. We look for the line: a slope w and
// an offset b, so that the squared error
//
//     loss = mean of (w x + b - y)^2
//
// is as small as can be. For a line there is a formula; for a network there is none, and one
// walks downhill instead. Here we do both, and compare.
#include "gradus/gradus.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <random>

using namespace gradus;

int main() {
  std::cout << std::fixed << std::setprecision(3);

  // 1. The data: ten points.
  std::vector<float> xs = {-2.0f, -1.5f, -1.1f, -0.6f, -0.2f, 0.3f, 0.7f, 1.2f, 1.6f, 2.0f};
  std::vector<float> noise = {0.1f, -0.2f, 0.05f, 0.15f, -0.1f, 0.2f, -0.15f, 0.05f, -0.05f, -0.1f};
  std::vector<float> ys;
  for (size_t i = 0; i < xs.size(); ++i)
    ys.push_back(2 * xs[i] - 1 + noise[i]);

  // 2. The formula. Where the derivatives of the loss by w and b are zero,
  //    w = mean((x - mean x) (y - mean y)) / mean((x - mean x)^2),  b = mean y - w mean x.
  double mx = 0, my = 0, xy = 0, xx = 0;
  for (size_t i = 0; i < xs.size(); ++i) {
    mx += xs[i] / double(xs.size());
    my += ys[i] / double(xs.size());
  }
  for (size_t i = 0; i < xs.size(); ++i) {
    xy += (xs[i] - mx) * (ys[i] - my);
    xx += (xs[i] - mx) * (xs[i] - mx);
  }
  double bestW = xy / xx, bestB = my - bestW * mx;
  std::cout << "formula:  w " << bestW << ", b " << bestB << "\n";
  // prints: formula:  w 1.982, b -1.004

  // 3. The model. The batch is the number of points that one step looks at.
  Graph g("line");
  Tensor x = g.input("x", {kBatch, 1}), y = g.input("y", {kBatch, 1});
  Tensor w = g.parameter("w", {1, 1}, zeros()), b = g.parameter("b", {1}, zeros());
  Tensor predicted = matmul(x, w) + b;
  Tensor loss = squaredError(predicted, y);
  g.result("loss", loss);

  // Many courses take half of the square: the factor 2 of the derivative is then gone. The line
  // that is best stays the same; a step with the same rate is half as long.
  Tensor half = halfSquaredError(predicted, y);
  g.result("half", half);
  g.result("slope of loss", reshape(gradients(loss, {w})[0], {}));
  g.result("slope of half", reshape(gradients(half, {w})[0], {}));

  std::map<std::string, NDArray> first =
      compile(g, {.batch = 10}).run({{"x", NDArray::fromVector(xs, {10, 1})},
                                     {"y", NDArray::fromVector(ys, {10, 1})}});
  std::cout << "at w = 0, b = 0: loss " << first["loss"].item<float>() << ", half "
            << first["half"].item<float>() << "\n";
  std::cout << "slopes by w: " << first["slope of loss"].item<float>() << " and "
            << first["slope of half"].item<float>() << "\n";
  // prints: at w = 0, b = 0: loss 7.326, half 3.663
  // prints: slopes by w: -6.438 and -3.219

  // 4. Stochastic gradient descent. In an epoch every point is used once, in an order that is
  // shuffled anew each time. A step looks at a batch of 8 points, and then at the 2 that are left;
  // it moves w and b against the gradient of the loss on these points alone. That is a cheap and
  // noisy version of the gradient on all of them.
  Program step = compile(g, trainingStep(loss, Sgd{.rate = 0.05}), {.batch = 8, .results = {"loss"}});
  Program rest = step.withBatch(2); // the same program for 2 points; it shares w and b
  std::vector<int> order(xs.size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 shuffle(1);
  PlotSeries curve{"loss of the epoch", {}, {}, false, true};
  for (int epoch = 1; epoch <= 30; ++epoch) {
    for (size_t i = order.size() - 1; i > 0; --i) // Fisher and Yates
      std::swap(order[i], order[shuffle() % (i + 1)]);
    double sum = 0;
    for (size_t begin = 0; begin < order.size(); begin += 8) {
      size_t count = std::min<size_t>(8, order.size() - begin);
      NDArray bx = NDArray::zeros({int64_t(count), 1}), by = NDArray::zeros({int64_t(count), 1});
      for (size_t i = 0; i < count; ++i) {
        bx.data<float>()[i] = xs[order[begin + i]];
        by.data<float>()[i] = ys[order[begin + i]];
      }
      Program &program = count == 8 ? step : rest;
      program.bind("x", bx);
      program.bind("y", by);
      program.step();
      sum += program.output("loss").item<float>() * double(count);
    }
    curve.x.push_back(epoch);
    curve.y.push_back(sum / double(order.size()));
    if (epoch == 1 || epoch % 10 == 0)
      std::cout << "epoch " << epoch << ": loss " << curve.y.back() << ", w "
                << step.state()->get("w").item<float>() << ", b "
                << step.state()->get("b").item<float>() << "\n";
  }
  // prints: epoch 1: loss {7.04 to 7.06}, w {0.56 to 0.58}, b {-0.04 to -0.03}
  // prints: epoch 10: loss {0.09 to 0.1}, w {1.87 to 1.89}, b {-0.82 to -0.8}
  // prints: epoch 20: loss {0.015 to 0.017}, w {1.98 to 2.0}, b {-1 to -0.98}
  // prints: epoch 30: loss {0.015 to 0.017}, w {1.97 to 1.99}, b {-1.01 to -0.99}

  // The descent has come close to the formula. It does not settle exactly: each batch has a line of
  // its own that suits it best, and w and b wander between them. A rate that falls with time (see
  // InverseRate, CosineRate) lets them settle.
  double w1 = step.state()->get("w").item<float>(), b1 = step.state()->get("b").item<float>();
  std::cout << "close to the formula: " << (std::hypot(w1 - bestW, b1 - bestB) < 0.05 ? "yes" : "no") << "\n";
  // prints: close to the formula: yes

  // 5. A picture: the loss by epoch, and the points with the line. It is in
  // pictures/8_linear_regression.svg.
  PlotSeries points{"points", {}, {}, false, true};
  for (size_t i = 0; i < xs.size(); ++i)
    for (double gap : {0.0, double(NAN)}) { // no line from point to point
      points.x.push_back(xs[i]);
      points.y.push_back(ys[i] + gap);
    }
  PlotSeries line{"line", {-2.2, 2.2}, {-2.2 * w1 + b1, 2.2 * w1 + b1}};
  std::ofstream("8_linear_regression.svg")
      << plotSvg("A line through ten points", {{"Loss", "epoch", "squared error", {curve}},
                                              {"The line", "x", "y", {points, line}}});
}

// Try: a batch of 1 and a batch of 10. Which one comes closer after 30 epochs, and which one is
// smoother on the way?
