// Lesson 6: automatic differentiation, seen in the graph.
//
// Lesson 5 used gradients. This one shows where they come from: a second half of the graph, which runs
// backwards through the first. Nothing in it is guessed or approximated, and nothing in it is hidden.
#include "gradus/gradus.h"

#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>

using namespace gradus;

// 1. Forward
//
// A loss of two weights, for one point: loss = (tanh(w x) + b - y)^2. Each line of the graph is one operation
// with its inputs; the numbers after % are the tensors.
Graph makeModel() {
  Graph g("model");
  Tensor x = g.input("x", {}), y = g.input("y", {});
  Tensor w = g.parameter("w", {}, constant(0.5)), b = g.parameter("b", {}, constant(0.1));
  Tensor h = tanh(w * x);
  Tensor error = h + b - y;
  Tensor loss = square(error);
  g.result("loss", loss);
  return g;
}

// 2. Backward, by hand
//
// Write d_t for the derivative of the loss by a tensor t. Begin at the loss, whose derivative by itself is 1,
// and go through the operations in reverse. Each passes on to its inputs what it has got, times its own
// derivative:
//
//     loss  = error^2        d_error = 2 error * d_loss
//     error = sum - y        d_sum   = d_error
//     sum   = h + b          d_h     = d_sum          d_b = d_sum
//     h     = tanh(p)        d_p     = d_h (1 - h^2)
//     p     = w * x          d_w     = d_p x
//
// Each rule needs the derivative that arrives (d_...) and sometimes values of the way forward (error, h, x).
// It is written once per operation, in the record of the operation (docs/ops.md), and no other place of the
// compiler knows it.
void byHand() {
  Graph g = makeModel();
  Tensor w = g.parameters()[0], b = g.parameters()[1];

  Graph h("hand");
  Tensor x = h.input("x", {}), y = h.input("y", {}), hw = h.constant(0.5), hb = h.constant(0.1);
  Tensor t = tanh(hw * x), error = t + hb - y;
  Tensor dError = 2 * error, dB = dError, dW = dError * (1 - t * t) * x;
  h.result("d_w", dW);
  h.result("d_b", dB);

  // The same by the compiler.
  Graph k("compiler");
  Tensor kx = k.input("x", {}), ky = k.input("y", {});
  Tensor kw = k.parameter("w", {}, constant(0.5)), kb = k.parameter("b", {}, constant(0.1));
  std::vector<Tensor> d = gradients(square(tanh(kw * kx) + kb - ky), {kw, kb});
  k.result("d_w", d[0]);
  k.result("d_b", d[1]);

  std::map<std::string, NDArray> point{{"x", NDArray::scalar(2.0f)}, {"y", NDArray::scalar(1.0f)}};
  std::map<std::string, NDArray> hand = compile(h).run(point), made = compile(k).run(point);
  for (const char *name : {"d_w", "d_b"})
    std::cout << name << ": by hand " << hand[name].item<float>() << ", by the compiler "
              << made[name].item<float>() << "\n";
  // prints: d_w: by hand -0.232508, by the compiler -0.232508
  // prints: d_b: by hand -0.276812, by the compiler -0.276812
}

// 3. Fan-out: derivatives add up
//
// When a tensor is used twice, the loss depends on it in two ways, and both count. So what comes back along
// the ways is added. Here x is used three times: y = x * x + x, dy/dx = x + x + 1.
void fanOut() {
  Graph g("fan_out");
  Tensor x = g.input("x", {});
  g.result("dy/dx", gradients(x * x + x, {x})[0]);
  std::cout << compile(g).run({{"x", NDArray::scalar(5.0f)}})["dy/dx"].item<float>() << "\n";
  // prints: 11
}

/// One line of a graph's text: what it computes and from what.
struct Node {
  std::string name, label;
  std::vector<std::string> inputs;
  int level = 0;
  bool backward = false;
};

std::vector<Node> nodesOf(const std::string &text) {
  std::vector<Node> nodes;
  std::regex line(R"-((?:(%\w+) = )?gradus\.(\w+)(?: "(\w+)")?([^:]*))-"), operand("%\\w+");
  std::istringstream lines(text);
  for (std::string each; std::getline(lines, each);) {
    std::smatch found;
    if (!std::regex_search(each, found, line))
      continue;
    std::string rest = found[4];
    Node node{found[1], found[3].length() ? found[3].str() : found[2].str(), {}};
    if (std::smatch number; found[2] == "constant" && std::regex_search(rest, number, std::regex("<([-0-9.e+]+)>")))
      node.label = std::to_string(std::stoi(number[1])); // all of them are whole here
    for (std::sregex_iterator it(rest.begin(), rest.end(), operand), end; it != end; ++it)
      node.inputs.push_back(it->str());
    nodes.push_back(node);
  }
  return nodes;
}

/// The graph as boxes in columns: each stands to the right of all that it is computed from.
std::string drawingOf(std::vector<Node> nodes, size_t forward) {
  std::map<std::string, size_t> byName;
  std::map<int, int> inColumn;
  std::map<size_t, std::pair<int, int>> place;
  std::string arrows, boxes;
  int width = 0, height = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    Node &node = nodes[i];
    node.backward = i >= forward;
    for (const std::string &input : node.inputs)
      if (byName.count(input))
        node.level = std::max(node.level, nodes[byName[input]].level + 1);
    byName[node.name] = i;
    int x = 10 + 96 * node.level, y = 10 + 44 * inColumn[node.level]++ + 22 * (node.level % 2);
    place[i] = {x, y};
    width = std::max(width, x + 90);
    height = std::max(height, y + 40);
    for (const std::string &input : node.inputs)
      if (byName.count(input)) {
        auto [fromX, fromY] = place[byName[input]];
        arrows += "<path d='M" + std::to_string(fromX + 76) + "," + std::to_string(fromY + 14) + " C" +
                  std::to_string(fromX + 92) + "," + std::to_string(fromY + 14) + " " + std::to_string(x - 16) +
                  "," + std::to_string(y + 14) + " " + std::to_string(x) + "," + std::to_string(y + 14) +
                  "' fill='none' stroke='#8c959f'/>\n";
      }
    boxes += "<rect x='" + std::to_string(x) + "' y='" + std::to_string(y) + "' width='76' height='28' rx='4' fill='" +
             (node.backward ? "#ffe0c8" : "#d6e8fa") + "' stroke='#57606a'/><text x='" + std::to_string(x + 38) +
             "' y='" + std::to_string(y + 18) + "' text-anchor='middle'>" + node.label + "</text>\n";
  }
  return "<svg xmlns='http://www.w3.org/2000/svg' width='" + std::to_string(width) + "' height='" +
         std::to_string(height) + "' font-family='sans-serif' font-size='12'>\n" + arrows + boxes + "</svg>\n";
}

// 4. The whole graph, forward and back
void drawn() {
  Graph g = makeModel();
  std::string before = g.toText();
  std::cout << before;
  // prints: module {
  // prints:   func.func @model() {
  // prints:     %0 = gradus.input "x" : tensor<f32>
  // prints:     %1 = gradus.input "y" : tensor<f32>
  // prints:     %2 = gradus.parameter "w" {a = 5.000000e-01 : f64, b = 0.000000e+00 : f64, kind =
  //    ...  "constant"} : tensor<f32>
  // prints:     %3 = gradus.parameter "b" {a = 1.000000e-01 : f64, b = 0.000000e+00 : f64, kind =
  //    ...  "constant"} : tensor<f32>
  // prints:     %4 = gradus.mul %2, %0 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %5 = gradus.tanh %4 : (tensor<f32>) -> tensor<f32>
  // prints:     %6 = gradus.add %5, %3 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %7 = gradus.sub %6, %1 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %8 = gradus.square %7 : (tensor<f32>) -> tensor<f32>
  // prints:     gradus.result "loss" %8 : tensor<f32>
  // prints:     return
  // prints:   }
  // prints: }

  // gradients asks for the derivatives; the request is one line until the graph is compiled.
  Graph h("model");
  Tensor x = h.input("x", {}), y = h.input("y", {});
  Tensor w = h.parameter("w", {}, constant(0.5)), b = h.parameter("b", {}, constant(0.1));
  Tensor loss = square(tanh(w * x) + b - y);
  h.result("loss", loss);
  std::vector<Tensor> d = gradients(loss, {w, b});
  h.result("d_w", d[0]);
  h.result("d_b", d[1]);
  std::string with = differentiatedText(h);
  std::cout << with;
  // prints: module {
  // prints:   func.func @model() {
  // prints:     %0 = gradus.input "x" : tensor<f32>
  // prints:     %1 = gradus.input "y" : tensor<f32>
  // prints:     %2 = gradus.parameter "w" {a = 5.000000e-01 : f64, b = 0.000000e+00 : f64, kind =
  //    ...  "constant"} : tensor<f32>
  // prints:     %3 = gradus.parameter "b" {a = 1.000000e-01 : f64, b = 0.000000e+00 : f64, kind =
  //    ...  "constant"} : tensor<f32>
  // prints:     %4 = gradus.mul %2, %0 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %5 = gradus.tanh %4 : (tensor<f32>) -> tensor<f32>
  // prints:     %6 = gradus.add %5, %3 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %7 = gradus.sub %6, %1 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %8 = gradus.square %7 : (tensor<f32>) -> tensor<f32>
  // prints:     gradus.result "loss" %8 : tensor<f32>
  // prints:     %9 = gradus.constant dense<1.000000e+00> : tensor<f32>
  // prints:     %10 = gradus.constant dense<2.000000e+00> : tensor<f32>
  // prints:     %11 = gradus.mul %7, %10 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %12 = gradus.mul %9, %11 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %13 = gradus.mul %5, %5 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %14 = gradus.constant dense<1.000000e+00> : tensor<f32>
  // prints:     %15 = gradus.sub %14, %13 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %16 = gradus.mul %12, %15 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     %17 = gradus.mul %16, %0 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // prints:     gradus.result "d_w" %17 : tensor<f32>
  // prints:     gradus.result "d_b" %12 : tensor<f32>
  // prints:     return
  // prints:   }
  // prints: }

  // Blue is the way forward, orange the way back: pictures/6_automatic_differentiation.svg.
  std::vector<Node> nodes = nodesOf(with);
  size_t forward = nodesOf(before).size();
  std::ofstream("6_automatic_differentiation.svg") << drawingOf(nodes, forward);
}

int main() {
  byHand();
  fanOut();
  drawn();
}

// Try: `gradus show --model mlp --stop-after=autodiff` prints the same for a network, with the update of
// its weights.
