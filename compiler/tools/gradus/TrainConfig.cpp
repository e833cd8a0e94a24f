#include "compiler/tools/gradus/TrainConfig.h"

#include <stdexcept>

namespace gradus::tool {
namespace {

constexpr int64_t kMostEpochs = 1'000'000, kMostBatch = 1 << 20, kMostUnits = 1 << 16;

const std::vector<std::string> &models() {
  static const std::vector<std::string> names = {"linear", "softmax", "mlp"};
  return names;
}

const std::vector<std::string> &optimizers() {
  static const std::vector<std::string> names = {"sgd", "momentum", "nesterov", "adam", "adamw"};
  return names;
}

/// By optimizer and model. The squared error of a linear model is the steeper the more its columns
/// say the same: the 784 pixels of an image most of all.
double defaultRate(const TrainConfig &config) {
  bool adam = config.optimizer.rfind("adam", 0) == 0, table = config.isTable();
  double plain = 0.1; // of sgd; momentum 0.9 makes ten times of it
  if (adam)
    return config.model != "mlp" && table ? 0.03 : 0.0015;
  if (config.model == "linear")
    plain = table ? 0.004 : 0.04;
  return config.optimizer == "sgd" ? plain : plain / 5;
}

/// With these a model learns well on data of about unit scale: the rate by the optimizer, the rest
/// by the size of the data, tens of thousands of images or the hundreds of rows of most tables.
void fillDefaults(TrainConfig &config) {
  bool table = config.isTable();
  if (config.epochs == 0)
    config.epochs = table ? 60 : 10;
  if (config.batch == 0)
    config.batch = table ? 32 : 128;
  if (config.rate == 0)
    config.rate = defaultRate(config);
  if (config.decay < 0)
    config.decay = table ? 0.1 : 0.5;
}

std::string textAt(const Json &json, const char *key, const std::vector<std::string> &allowed) {
  const std::string &value = json.at(key).asString();
  for (const std::string &name : allowed)
    if (name == value)
      return value;
  throw std::invalid_argument(std::string(key) + " is \"" + value.substr(0, 40) + "\"");
}

int64_t integerAt(const Json &json, const char *key, int64_t low, int64_t high) {
  int64_t value = json.at(key).asInt();
  if (value < low || value > high)
    throw std::invalid_argument(std::string(key) + " is " + std::to_string(value));
  return value;
}

} // namespace

std::vector<OptionText> dataOptions() {
  return {
      {"data", "DIR|FILE.csv",
       "train on the IDX files of MNIST or Fashion-MNIST in DIR, or on a table\n"
       "(default: digits that Gradus draws itself)"},
      {"target", "COLUMN", "the column of the table to predict: its name, or its number from 0"},
      {"task", "auto|classes|numbers",
       "what the target is (auto: classes if it is text or a few integers)"},
      {"limit", "N", "use at most N training samples"},
  };
}

std::vector<OptionText> modelOptions() {
  return {
      {"model", "linear|softmax|mlp",
       "linear: least squares; softmax: logistic regression;\n"
       "mlp: a network with hidden layers (default)"},
      {"hidden", "N,N,...", "sizes of the hidden layers of an mlp (default 256,128)"},
      {"batch", "N", "samples in a step (default 128; of a table 32)"},
      {"optimizer", "NAME", "sgd, momentum, nesterov, adam or adamw (default adam)"},
      {"lr", "RATE",
       "learning rate (default: by model, optimizer and kind of data;\n0.0015 for an mlp with "
       "adam)"},
      {"decay", "D", "the rate after e epochs is RATE / (1 + D e) (default 0.5; of a table 0.1)"},
  };
}

TrainConfig parseTrainConfig(const Arguments &arguments, TrainConfig base) {
  TrainConfig config = std::move(base);
  config.data = arguments.text("data", config.data);
  config.target = arguments.text("target", config.target);
  config.task = arguments.oneOf("task", config.task, {"auto", "classes", "numbers"});
  config.limit = arguments.integer("limit", config.limit, 1, int64_t{1} << 40);
  config.model = arguments.oneOf("model", config.model, models());
  config.hidden = arguments.integers("hidden", config.hidden, 1, kMostUnits, 16);
  config.epochs = arguments.integer("epochs", config.epochs, 1, kMostEpochs);
  config.batch = arguments.integer("batch", config.batch, 1, kMostBatch);
  config.seed = arguments.integer("seed", config.seed, 0, INT64_MAX);
  std::string optimizer = arguments.oneOf("optimizer", config.optimizer, optimizers());
  if (optimizer != config.optimizer)
    config.rate = 0;
  config.optimizer = optimizer;
  config.rate = arguments.number("lr", config.rate, 0, 1e6);
  config.decay = arguments.number("decay", config.decay, 0, 1e6, true);
  fillDefaults(config);
  if (arguments.has("subnormals"))
    config.subnormals = arguments.oneOf("subnormals", "flush", {"flush", "keep"}) == "keep"
                            ? Subnormals::keep
                            : Subnormals::flush;
  if (config.model != "mlp" && arguments.has("hidden"))
    throw UsageError("--hidden: only --model mlp has hidden layers, found --model " + config.model);
  return config;
}

bool TrainConfig::isTable() const {
  std::error_code error;
  return !data.empty() && !std::filesystem::is_directory(data, error);
}

Json TrainConfig::toJson() const {
  Json json = Json::object();
  json.set("data", data);
  json.set("target", target);
  json.set("task", task);
  json.set("limit", limit);
  json.set("model", model);
  json.set("hidden", Json::arrayOf(hidden));
  json.set("epochs", epochs);
  json.set("batch", batch);
  json.set("seed", seed);
  json.set("optimizer", optimizer);
  json.set("lr", rate);
  json.set("decay", decay);
  json.set("subnormals", subnormals == Subnormals::keep ? "keep" : "flush");
  return json;
}

TrainConfig TrainConfig::fromJson(const Json &json) {
  TrainConfig config;
  config.data = json.at("data").asString();
  config.target = json.at("target").asString();
  config.task = textAt(json, "task", {"auto", "classes", "numbers"});
  config.limit = integerAt(json, "limit", 0, int64_t{1} << 40);
  config.model = textAt(json, "model", models());
  config.hidden.clear();
  for (const Json &units : json.at("hidden").asArray()) {
    config.hidden.push_back(units.asInt());
    if (units.asInt() < 1 || units.asInt() > kMostUnits || config.hidden.size() > 16)
      throw std::invalid_argument("hidden is " + json.at("hidden").dump().substr(0, 40));
  }
  config.epochs = integerAt(json, "epochs", 1, kMostEpochs);
  config.batch = integerAt(json, "batch", 1, kMostBatch);
  config.seed = integerAt(json, "seed", 0, INT64_MAX);
  config.optimizer = textAt(json, "optimizer", optimizers());
  config.rate = json.at("lr").asDouble();
  if (!(config.rate > 0 && config.rate <= 1e6))
    throw std::invalid_argument("lr is " + json.at("lr").dump());
  config.decay = json.at("decay").asDouble();
  if (!(config.decay >= 0 && config.decay <= 1e6))
    throw std::invalid_argument("decay is " + json.at("decay").dump());
  config.subnormals = textAt(json, "subnormals", {"flush", "keep"}) == "keep" ? Subnormals::keep
                                                                              : Subnormals::flush;
  return config;
}

} // namespace gradus::tool
