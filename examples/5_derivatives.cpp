// Lesson 5: derivatives.
//
// The derivative of a function says how much its value changes when its argument changes a little. Training
// needs nothing else: to know for each weight whether the loss falls when it grows.
#include "gradus/gradus.h"

#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <random>

using namespace gradus;

// 1. The derivative is a limit
//
//    f'(x) = limit for h -> 0 of (f(x + h) - f(x)) / h
//
// With numbers of a computer h cannot become as small as one likes: f(x + h) and f(x) agree in more and
// more digits, and their difference keeps fewer and fewer. The graph has no h. Its derivative is exact,
// but for the rounding of the last digit.
void limit() {
  Graph g("limit");
  Tensor x = g.input("x", {}, DType::f64);
  Tensor f = exp(sin(x)) * x;
  g.result("f", f);
  g.result("slope", gradients(f, {x})[0]);
  Program program = compile(g);
  auto at = [&](double x, const char *what) {
    return program.run({{"x", NDArray::scalar(x)}})[what].item<double>();
  };
  double exact = at(1, "slope");
  std::cout << std::setprecision(6) << "f'(1) = " << exact << "\n";
  // prints: f'(1) = 3.57316
  for (double h : {1e-1, 1e-3, 1e-6, 1e-9, 1e-12})
    std::cout << "h = " << h << ": off by "
              << (std::abs((at(1 + h, "f") - at(1, "f")) / h - exact) > 1e-5 ? "more" : "less")
              << " than 0.00001\n";
  // prints: h = 0.1: off by more than 0.00001
  // prints: h = 0.001: off by more than 0.00001
  // prints: h = 1e-06: off by less than 0.00001
  // prints: h = 1e-09: off by less than 0.00001
  // prints: h = 1e-12: off by more than 0.00001
}

// 2. Many arguments: the gradient
//
// The partial derivative by one argument treats the others as constants. The gradient is the list of all
// partial derivatives. It points where the function grows fastest, and -gradient where it falls fastest.
void gradient() {
  Graph g("gradient");
  Tensor x = g.input("x", {}, DType::f64), y = g.input("y", {}, DType::f64);
  Tensor f = x * x * y + sin(y);
  std::vector<Tensor> d = gradients(f, {x, y});
  g.result("df/dx = 2 x y", d[0]);
  g.result("df/dy = x^2 + cos y", d[1]);
  std::map<std::string, NDArray> at = compile(g).run({{"x", NDArray::scalar(3.0)}, {"y", NDArray::scalar(0.0)}});
  for (const std::string &name : g.results())
    std::cout << name << ": " << at[name].item<double>() << "\n";
  // prints: df/dx = 2 x y: 0
  // prints: df/dy = x^2 + cos y: 10
}

// 3. The chain rule
//
// For f(g(x)) the slopes multiply: f'(g(x)) g'(x). That is all that differentiating a program takes: it
// is a chain of small steps, and the derivative of each is known.
void chain() {
  Graph g("chain");
  Tensor x = g.input("x", {3}, DType::f64);
  Tensor inner = x * x, outer = log(inner + 1);
  g.result("by the rule", 1 / (inner + 1) * (2 * x));
  g.result("by the graph", gradients(sum(outer), {x})[0]);
  std::map<std::string, NDArray> at = compile(g).run({{"x", NDArray::fromVector<double>({-1, 0, 2})}});
  for (const std::string &name : g.results())
    std::cout << name << ": " << at[name] << "\n";
  // prints: by the rule: [ -1,   0, 0.8] (f64 3)
  // prints: by the graph: [ -1,   0, 0.8] (f64 3)
}

/// A small network, y = tanh(x w1 + b1) w2, and its squared error on 16 points of a parabola.
struct Model {
  Graph g{"network"};
  Tensor w1 = g.input("w1", {1, 8}, DType::f64), b1 = g.input("b1", {8}, DType::f64);
  Tensor w2 = g.input("w2", {8, 1}, DType::f64);
  Tensor loss = build();

  Tensor build() {
    Tensor x = reshape(linspace(g, -1, 1, 16, DType::f64), {16, 1});
    return squaredError(matmul(tanh(matmul(x, w1) + b1), w2), x * x);
  }
};

using Weights = std::map<std::string, NDArray>;

Weights randomWeights(uint32_t seed) {
  std::mt19937 random(seed);
  Weights weights{{"w1", NDArray::zeros({1, 8}, DType::f64)},
                  {"b1", NDArray::zeros({8}, DType::f64)},
                  {"w2", NDArray::zeros({8, 1}, DType::f64)}};
  for (auto &[name, values] : weights)
    for (double &value : values.span<double>())
      value = (random() % 2001) / 1000.0 - 1;
  return weights;
}

/// a + s b, weight by weight.
Weights plus(const Weights &a, double s, const Weights &b) {
  Weights sum;
  for (auto &[name, values] : a) {
    sum[name] = values.copy();
    for (int64_t i = 0; i < values.size(); ++i)
      sum[name].data<double>()[i] += s * b.at(name).data<double>()[i];
  }
  return sum;
}

// 4. Checking a gradient against finite differences
//
// To trust a gradient, walk a small step in some direction v and back, and compare the change of the loss
// with gradient . v. Central differences, (f(w + h v) - f(w - h v)) / 2h, are off by h^2 only.
void check() {
  Model model;
  std::vector<Tensor> d = gradients(model.loss, {model.w1, model.b1, model.w2});
  model.g.result("loss", model.loss);
  const char *names[] = {"w1", "b1", "w2"};
  for (int i = 0; i < 3; ++i)
    model.g.result(names[i], d[i]);
  Program program = compile(model.g);

  Weights w = randomWeights(1), v = randomWeights(2);
  Weights slopes = program.run(w);
  double exact = 0, h = 1e-5;
  for (const char *name : names)
    for (int64_t i = 0; i < v[name].size(); ++i)
      exact += slopes[name].data<double>()[i] * v[name].data<double>()[i];
  auto loss = [&](double s) { return program.run(plus(w, s, v))["loss"].item<double>(); };
  double difference = (loss(h) - loss(-h)) / (2 * h);
  std::cout << "gradient . v " << exact << ", by differences " << difference << "\n";
  std::cout << "relative error below 1e-8: " << (std::abs(difference / exact - 1) < 1e-8 ? "yes" : "no") << "\n";
  // prints: gradient . v 2.39168, by differences 2.39168
  // prints: relative error below 1e-8: yes
}

// 5. Second derivatives
//
// A gradient is part of the graph, so it can be differentiated again. The second derivatives of a loss of n
// weights are an n x n matrix, the Hessian; its product with one vector v costs little more than a gradient:
// it is the gradient of (gradient . v).
void second() {
  Graph g("second");
  Tensor w = g.input("w", {2}, DType::f64), v = g.input("v", {2}, DType::f64);
  Tensor a = select(w, 0, 0), b = select(w, 0, 1);
  Tensor f = a * a * b + b * b * b;
  Tensor slope = gradients(f, {w})[0];
  g.result("gradient (2ab, a^2 + 3b^2)", slope);
  g.result("Hessian times v", gradients(sum(slope * v), {w})[0]);
  std::map<std::string, NDArray> at = compile(g).run(
      {{"w", NDArray::fromVector<double>({1, 2})}, {"v", NDArray::fromVector<double>({1, 0})}});
  for (const std::string &name : g.results())
    std::cout << name << ": " << at[name] << "\n";
  // prints: gradient (2ab, a^2 + 3b^2): [ 4, 13] (f64 2)
  // prints: Hessian times v: [4, 2] (f64 2)
}

// 6. The landscape of a loss
//
// A network of 24 weights lives in 24 dimensions. To get a picture, choose two random directions u and v,
// and draw the loss at w + s u + t v for many s and t (Goodfellow and others 2015, Li and others 2018). The
// white line is gradient descent from the upper right corner, held to this plane.
void landscape() {
  Model model;
  std::vector<Tensor> d = gradients(model.loss, {model.w1, model.b1, model.w2});
  model.g.result("loss", model.loss);
  const char *names[] = {"w1", "b1", "w2"};
  for (int i = 0; i < 3; ++i)
    model.g.result(names[i], d[i]);
  Program program = compile(model.g);
  Weights w = randomWeights(1), u = randomWeights(3), v = randomWeights(4);
  auto point = [&](double s, double t) { return plus(plus(w, s, u), t, v); };

  const int size = 48;
  std::vector<double> height;
  double low = 1e9, high = -1e9;
  for (int row = 0; row < size; ++row)
    for (int column = 0; column < size; ++column) {
      double value = std::log(program.run(point(4.0 * column / size - 2, 2 - 4.0 * row / size))["loss"].item<double>());
      height.push_back(value);
      low = std::min(low, value);
      high = std::max(high, value);
    }
  std::string picture;
  for (int i = 0; i < size * size; ++i) {
    int level = int(12 * (height[i] - low) / (high - low)); // steps, so that the eye sees contours
    char color[8];
    std::snprintf(color, sizeof color, "#%02x%02x%02x", 20 + 18 * level, 60 + 12 * level, 150 - 8 * level);
    picture += "<rect x='" + std::to_string(8 * (i % size)) + "' y='" + std::to_string(8 * (i / size)) +
               "' width='8' height='8' fill='" + color + "'/>\n";
  }

  double a = 1.8, b = 1.8, first = 0, last = 0;
  std::string path;
  for (int step = 0; step < 300; ++step) {
    Weights slopes = program.run(point(a, b));
    last = slopes["loss"].item<double>();
    if (step == 0)
      first = last;
    path += std::to_string(int(8 * size * (a + 2) / 4)) + "," + std::to_string(int(8 * size * (2 - b) / 4)) + " ";
    double da = 0, db = 0; // the gradient in the plane, by the chain rule
    for (const char *name : names)
      for (int64_t i = 0; i < u[name].size(); ++i) {
        da += slopes[name].data<double>()[i] * u[name].data<double>()[i];
        db += slopes[name].data<double>()[i] * v[name].data<double>()[i];
      }
    a -= 0.01 * da;
    b -= 0.01 * db;
  }
  std::cout << "the loss falls from " << first << " to " << last << "\n";
  // prints: the loss falls from 13.3438 to 0.292552
  std::ofstream("5_derivatives.svg") << "<svg xmlns='http://www.w3.org/2000/svg' width='384' height='384' "
                                        "shape-rendering='crispEdges'>\n" << picture
                                     << "<polyline points='" << path
                                     << "' fill='none' stroke='white' stroke-width='3'/>\n</svg>\n";
}

int main() {
  limit();
  gradient();
  chain();
  check();
  second();
  landscape();
}
