#include "tests/conformance/train/Models.h"

#include <cmath>

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

double numberOr(const Json &json, const char *key, double otherwise) {
  const Json *found = json.find(key);
  return found && !found->isNull() ? found->asDouble() : otherwise;
}

bool flagOf(const Json &json, const char *key) {
  const Json *found = json.find(key);
  return found && found->asBool();
}

Schedule scheduleOf(const Json &run) {
  const Json &schedule = run.at("lr_schedule");
  double rate = run.at("optimizer").at("lr").asDouble();
  if (schedule.isNull())
    return rate;
  std::string kind = schedule.at("kind").asString();
  if (kind == "exp")
    return ExponentialRate{rate, schedule.at("gamma").asDouble()};
  if (kind == "step")
    return StepRate{rate, schedule.at("gamma").asDouble(), schedule.at("every").asInt()};
  return CosineRate{.rate = rate,
                    .steps = run.at("steps").asInt(),
                    .warmup = int64_t(numberOr(schedule, "warmup", 0)),
                    .least = schedule.at("min").asDouble()};
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

static std::optional<Optimizer> plainOptimizer(const Json &run, std::string &why) {
  const Json &json = run.at("optimizer");
  std::string name = json.at("name").asString();
  Schedule rate = scheduleOf(run);
  auto number = [&](const char *key) { return numberOr(json, key, 0); };
  double decay = number("weight_decay"), epsilon = number("eps"), beta1 = 0, beta2 = 0;
  if (const Json *betas = json.find("betas")) {
    beta1 = betas->asArray()[0].asDouble();
    beta2 = betas->asArray()[1].asDouble();
  }
  if (name == "sgd")
    return Sgd{rate, number("momentum"), flagOf(json, "nesterov"), decay};
  if (name == "adam")
    return Adam{rate, beta1, beta2, epsilon, decay, flagOf(json, "amsgrad")};
  if (name == "adamw")
    return AdamW{rate, beta1, beta2, epsilon, decay, flagOf(json, "amsgrad")};
  if (name == "rmsprop")
    return Rmsprop{rate, number("alpha"), epsilon, decay, number("momentum"), flagOf(json, "centered")};
  if (name == "adagrad")
    return Adagrad{rate, epsilon, decay, number("initial_accumulator_value")};
  if (name == "adadelta")
    return Adadelta{rate, number("rho"), epsilon, decay};
  if (name == "adamax")
    return Adamax{rate, beta1, beta2, epsilon, decay};
  why = "no optimizer " + name;
  return std::nullopt;
}

std::optional<Optimizer> optimizerOf(const Json &run, std::string &why) {
  std::optional<Optimizer> optimizer = plainOptimizer(run, why);
  const Json &clip = run.at("clip_grad_norm");
  return !optimizer || clip.isNull() ? optimizer : clipByGlobalNorm(*optimizer, clip.asDouble());
}

} // namespace gradus::testing
