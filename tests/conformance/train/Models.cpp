#include "tests/conformance/train/Models.h"

#include <cmath>
#include <numbers>

namespace gradus::testing {

namespace {

//===--- models ---------------------------------------------------------------------------------===//

/// "f('relu',2)" -> {"f", "relu", "2"}.
std::vector<std::string> partsOf(std::string text) {
  if (size_t dot = text.find('.'); dot != std::string::npos)
    text = text.substr(dot + 1);
  text = text.substr(0, text.find(" ;"));
  std::vector<std::string> parts{""};
  for (char c : text) {
    if (c == '(' || c == ',')
      parts.emplace_back();
    else if (c != ')' && c != '\'' && c != ' ')
      parts.back() += c;
  }
  return parts;
}

using Activation = std::function<Tensor(Tensor)>;

std::optional<Activation> activationOf(const std::string &name, std::string &why) {
  if (name == "relu")
    return [](Tensor x) { return relu(x); };
  if (name == "tanh")
    return [](Tensor x) { return tanh(x); };
  if (name == "sigmoid")
    return [](Tensor x) { return sigmoid(x); };
  if (name == "silu")
    return [](Tensor x) { return x * sigmoid(x); };
  if (name == "elu")
    return [](Tensor x) { return where(x > 0, x, expm1(minimum(x, 0))); };
  if (name == "leaky")
    return [](Tensor x) { return where(x > 0, x, 0.01 * x); };
  why = "no op for the activation " + name;
  return std::nullopt;
}

Tensor layer(const Batch &p, Tensor x, const std::string &weight, const std::string &bias) {
  return matmul(x, p[weight]) + p[bias];
}

Tensor logits(const Batch &p, Tensor x, const Activation &act, int layers) {
  for (int i = 0; i < layers; ++i) {
    std::string number = std::to_string(i);
    x = layer(p, x, "w" + number, "b" + number);
    if (i < layers - 1)
      x = act(x);
  }
  return x;
}

Tensor dropout(const Batch &p, const Activation &act, double ratio) {
  Tensor h = act(layer(p, p.x, "w0", "b0")) * p.steps.at("mask") / (1 - ratio);
  return crossEntropy(layer(p, h, "w1", "b1"), p.y);
}

Tensor autoencoder(const Batch &p) {
  Tensor h = relu(layer(p, p.x, "w0", "b0"));
  Tensor mu = layer(p, h, "wm", "bm"), lv = layer(p, h, "wl", "bl");
  Tensor z = mu + p.steps.at("eps") * exp(0.5 * lv);
  Tensor y = layer(p, relu(layer(p, z, "w1", "b1")), "w2", "b2");
  Tensor reconstruction = sum(binaryCrossEntropyWithLogits(y, p.x, Reduction::none), 1);
  return mean(reconstruction - 0.5 * sum(1 + lv - mu * mu - exp(lv), 1));
}

/// The i-th slice along the leading axis.
Tensor slice(const Batch &p, const Tensor &x, int64_t i) {
  Graph graph = p.graph;
  return gather(x, graph.constant(double(i), DType::i32));
}

/// The k-th of `parts` equal pieces of the last axis of [N, parts * H].
Tensor chunk(const Batch &p, const Tensor &x, int64_t parts, int64_t k) {
  Tensor split = reshape(x, {-1, parts, x.shape()[1] / parts});
  return slice(p, transpose(split, {1, 0, 2}), k);
}

/// x: [N, T, I] -> the last hidden state [N, H], from zeros. LSTM gates in the order i, f, g, o.
Tensor recurrent(const Batch &p, const Tensor &x, bool isLstm, int64_t hidden) {
  Graph graph = p.graph;
  Tensor h = broadcastTo(graph.constant(0), {kBatch, hidden}), c = h;
  Tensor byTime = transpose(x, {1, 0, 2});
  for (int64_t t = 0; t < x.shape()[1]; ++t) {
    Tensor gates = layer(p, slice(p, byTime, t), "wi", "bi") + layer(p, h, "wh", "bh");
    if (!isLstm) {
      h = tanh(gates);
      continue;
    }
    auto gate = [&](int64_t k) { return chunk(p, gates, 4, k); };
    c = sigmoid(gate(1)) * c + sigmoid(gate(0)) * tanh(gate(2));
    h = sigmoid(gate(3)) * tanh(c);
  }
  return layer(p, h, "wo", "bo");
}

Tensor layerNorm(const Tensor &x, const Tensor &scale, const Tensor &shift) {
  Tensor centred = x - mean(x, -1, true);
  return centred * rsqrt(mean(centred * centred, -1, true) + 1e-5) * scale + shift;
}

/// Causal attention of several heads. x: [B, T, D].
Tensor attention(const Batch &p, const Tensor &x, const std::string &block, int64_t heads) {
  Graph graph = p.graph;
  int64_t length = x.shape()[1], width = x.shape()[2], size = width / heads;
  Tensor packed = reshape(layer(p, x, block + "qkv.w", block + "qkv.b"),
                          {-1, length, 3, heads, size});
  Tensor parts = transpose(packed, {2, 0, 3, 1, 4});
  Tensor q = slice(p, parts, 0), k = slice(p, parts, 1), v = slice(p, parts, 2);
  NDArray lower = NDArray::zeros({length, length}, DType::boolean);
  for (int64_t i = 0; i < length; ++i)
    for (int64_t j = 0; j <= i; ++j)
      lower.data<bool>()[i * length + j] = true;
  Tensor scores = matmul(q, transpose(k, {0, 1, 3, 2})) / std::sqrt(double(size));
  Tensor weights = softmax(where(graph.constant(lower), scores, -INFINITY));
  Tensor joined = transpose(matmul(weights, v), {0, 2, 1, 3});
  return layer(p, reshape(joined, {-1, length, width}), block + "o.w", block + "o.b");
}

Tensor transformer(const Batch &p, int blocks, int64_t heads, bool normFirst,
                   const Activation &act, bool tied) {
  Tensor x = gather(p["tok"], p.x) + p["pos"];
  for (int i = 0; i < blocks; ++i) {
    std::string block = std::to_string(i) + ".";
    auto norm = [&](const Tensor &t, const std::string &name) {
      return layerNorm(t, p[block + name + ".g"], p[block + name + ".b"]);
    };
    auto feed = [&](const Tensor &t) {
      return layer(p, act(layer(p, t, block + "f1.w", block + "f1.b")), block + "f2.w",
                   block + "f2.b");
    };
    if (normFirst) {
      x = x + attention(p, norm(x, "ln1"), block, heads);
      x = x + feed(norm(x, "ln2"));
    } else {
      x = norm(x + attention(p, x, block, heads), "ln1");
      x = norm(x + feed(x), "ln2");
    }
  }
  if (normFirst)
    x = layerNorm(x, p["lnf.g"], p["lnf.b"]);
  return crossEntropy(matmul(x, tied ? transpose(p["tok"]) : p["head.w"]), p.y);
}

//===--- optimizers -----------------------------------------------------------------------------===//

/// The formulas of the reference, with a rate that may be a tensor.
struct Rule {
  std::string name;
  double decay = 0, momentum = 0, beta1 = 0, beta2 = 0, epsilon = 0;
  bool nesterov = false, centered = false;

  using Change = std::function<Tensor(Graph &, const std::string &, Tensor, Tensor)>;

  static Tensor keep(Graph &graph, const std::string &name, const Tensor &like,
                     const std::function<Tensor(Tensor)> &next) {
    Tensor state = graph.state(name, like.shape());
    Tensor after = next(state);
    graph.assign(state, after);
    return after;
  }

  /// What the rate is multiplied with. `t` counts from 1.
  Tensor change(Graph &graph, const std::string &p, Tensor g, const Tensor &t) const {
    auto average = [&](const char *what, double share, Tensor x) {
      return keep(graph, what + ("/" + p), x,
                  [&](Tensor old) { return share * old + (1 - share) * x; });
    };
    auto total = [&](const char *what, double share, Tensor x) {
      return keep(graph, what + ("/" + p), x, [&](Tensor old) { return share * old + x; });
    };
    if (name == "adagrad")
      return g / (sqrt(total("s", 1, g * g)) + epsilon);
    if (name == "rmsprop") {
      Tensor v = average("v", beta2, g * g);
      if (centered) {
        Tensor a = average("a", beta2, g);
        v = v - a * a;
      }
      Tensor q = g / (sqrt(v) + epsilon);
      return momentum != 0 ? total("b", momentum, q) : q;
    }
    if (name == "adadelta") {
      Tensor v = average("v", beta2, g * g), u = graph.state("u/" + p, g.shape());
      Tensor d = sqrt(u + epsilon) / sqrt(v + epsilon) * g;
      graph.assign(u, beta2 * u + (1 - beta2) * d * d);
      return d;
    }
    if (name == "sgd") {
      if (momentum == 0)
        return g;
      Tensor b = total("b", momentum, g);
      return nesterov ? g + momentum * b : b;
    }
    Tensor m = average("m", beta1, g) / (1 - pow(beta1, t));
    if (name == "adamax")
      return m / keep(graph, "u/" + p, g,
                      [&](Tensor old) { return maximum(beta2 * old, abs(g) + epsilon); });
    Tensor v = average("v", beta2, g * g);
    return m / (sqrt(v) / sqrt(1 - pow(beta2, t)) + epsilon);
  }
};

double numberOr(const Json &json, const char *key, double otherwise) {
  const Json *value = json.find(key);
  return value && value->isNumber() ? value->asDouble() : otherwise;
}

bool flagOf(const Json &json, const char *key) {
  const Json *value = json.find(key);
  return value && value->isBool() && value->asBool();
}

Rule ruleOf(const Json &json) {
  Rule rule{.name = json.at("name").asString()};
  rule.decay = numberOr(json, "weight_decay", 0);
  rule.momentum = numberOr(json, "momentum", 0);
  rule.epsilon = numberOr(json, "eps", 0);
  rule.nesterov = flagOf(json, "nesterov");
  rule.centered = flagOf(json, "centered");
  rule.beta2 = numberOr(json, "alpha", numberOr(json, "rho", 0));
  if (const Json *betas = json.find("betas")) {
    rule.beta1 = betas->at(size_t(0)).asDouble();
    rule.beta2 = betas->at(size_t(1)).asDouble();
  }
  return rule;
}

/// One of the optimizers that the test builds itself.
Optimizer ownOptimizer(Rule rule, double rate, bool scheduled) {
  return Optimizer([=](Graph &graph, const std::vector<Tensor> &parameters,
                       const std::vector<Tensor> &gradients, Location) {
    Operand step = scheduled ? Operand(graph.input("rate", {})) : Operand(rate);
    Tensor count = graph.state("count", {});
    Tensor t = count + 1;
    graph.assign(count, t);
    bool decaysWeights = rule.name == "adamw";
    for (size_t i = 0; i < parameters.size(); ++i) {
      Tensor p = parameters[i], g = gradients[i];
      if (rule.decay != 0 && !decaysWeights)
        g = g + rule.decay * p;
      Tensor start = decaysWeights ? p - step * (rule.decay * p) : p;
      graph.assign(p, start - step * rule.change(graph, std::to_string(i), g, t));
    }
  });
}

/// All gradients scaled so that their common norm is at most `limit`.
Optimizer clipped(Optimizer inner, double limit) {
  return Optimizer([=](Graph &graph, const std::vector<Tensor> &parameters,
                       const std::vector<Tensor> &gradients, Location at) {
    Tensor squares = graph.constant(0);
    for (const Tensor &g : gradients)
      squares = squares + sum(g * g);
    Tensor scale = minimum(1, limit / (sqrt(squares) + 1e-6));
    std::vector<Tensor> smaller;
    for (const Tensor &g : gradients)
      smaller.push_back(g * scale);
    inner.update(graph, parameters, smaller, at);
  });
}

} // namespace

std::optional<Model> modelOf(const std::string &text, std::string &why) {
  std::vector<std::string> part = partsOf(text);
  const std::string &name = part[0];
  auto number = [&](size_t i) { return std::stoll(part.at(i)); };
  if (name == "linreg")
    return [](const Batch &p) { return squaredError(layer(p, p.x, "w", "b"), p.y); };
  if (name == "softmax_reg")
    return [](const Batch &p) { return crossEntropy(layer(p, p.x, "w", "b"), p.y); };
  if (name == "vae")
    return autoencoder;
  if (name == "rnn_reg" || name == "char_rnn") {
    bool isLstm = part.at(1) == "lstm";
    int64_t hidden = number(2);
    if (name == "rnn_reg")
      return [=](const Batch &p) { return squaredError(recurrent(p, p.x, isLstm, hidden), p.y); };
    int64_t letters = number(3);
    return [=](const Batch &p) {
      return crossEntropy(recurrent(p, oneHot(p.x, letters), isLstm, hidden), p.y);
    };
  }
  if (name == "gpt") {
    auto act = activationOf(part.at(4), why);
    if (!act)
      return std::nullopt;
    int blocks = int(number(1));
    int64_t heads = number(2);
    bool normFirst = part.at(3) == "True", tied = part.at(5) == "True";
    return [=](const Batch &p) { return transformer(p, blocks, heads, normFirst, *act, tied); };
  }
  bool known = name == "mlp_ce" || name == "mlp_bce" || name == "mlp_mse" || name == "mlp_huber" ||
               name == "mlp_dropout_ce";
  if (!known) {
    why = "no ops for the model " + name;
    return std::nullopt;
  }
  auto act = activationOf(part.at(1), why);
  if (!act)
    return std::nullopt;
  if (name == "mlp_dropout_ce") {
    double ratio = std::stod(part.at(2));
    return [=](const Batch &p) { return dropout(p, *act, ratio); };
  }
  int layers = int(number(2));
  if (name == "mlp_ce")
    return [=](const Batch &p) { return crossEntropy(logits(p, p.x, *act, layers), p.y); };
  if (name == "mlp_bce")
    return [=](const Batch &p) {
      return binaryCrossEntropyWithLogits(logits(p, p.x, *act, layers), p.y);
    };
  if (name == "mlp_mse")
    return [=](const Batch &p) { return squaredError(logits(p, p.x, *act, layers), p.y); };
  double delta = std::stod(part.at(3));
  return [=](const Batch &p) { return huber(logits(p, p.x, *act, layers), p.y, delta); };
}

std::optional<Optimizer> optimizerOf(const Json &run, std::string &why) {
  const Json &json = run.at("optimizer");
  Rule rule = ruleOf(json);
  double rate = json.at("lr").asDouble();
  bool scheduled = !run.at("lr_schedule").isNull();
  if (flagOf(json, "amsgrad")) {
    why = "amsgrad";
    return std::nullopt;
  }
  std::optional<Optimizer> optimizer;
  if (!scheduled && rule.name == "sgd")
    optimizer = Sgd{rate, rule.momentum, rule.nesterov, rule.decay};
  else if (!scheduled && rule.name == "adam")
    optimizer = Adam{rate, rule.beta1, rule.beta2, rule.epsilon, rule.decay};
  else if (!scheduled && rule.name == "adamw")
    optimizer = AdamW{rate, rule.beta1, rule.beta2, rule.epsilon, rule.decay};
  else
    optimizer = ownOptimizer(rule, rate, scheduled);
  const Json &clip = run.at("clip_grad_norm");
  return clip.isNull() ? optimizer : clipped(*optimizer, clip.asDouble());
}

double scheduledRate(const Json &run, int64_t step) {
  const Json &schedule = run.at("lr_schedule");
  double rate = run.at("optimizer").at("lr").asDouble(), k = double(step);
  double last = run.at("steps").asDouble();
  std::string kind = schedule.at("kind").asString();
  if (kind == "exp")
    return rate * std::pow(schedule.at("gamma").asDouble(), k);
  if (kind == "step")
    return rate * std::pow(schedule.at("gamma").asDouble(),
                           std::floor(k / schedule.at("every").asDouble()));
  double warmup = numberOr(schedule, "warmup", 0), low = schedule.at("min").asDouble();
  if (k < warmup)
    return rate * (k + 1) / warmup;
  double angle = std::numbers::pi * (k - warmup) / (last - warmup);
  return low + 0.5 * (rate - low) * (1 + std::cos(angle));
}

} // namespace gradus::testing
