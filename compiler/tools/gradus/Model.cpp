#include "compiler/tools/gradus/Model.h"

#include "compiler/graph/Ops.h"

namespace gradus::tool {
namespace {

/// x w + b. x: [batch, in], w: [in, out], b: [out].
Tensor dense(Graph &graph, const Tensor &x, int64_t layer, int64_t in, int64_t out,
             const gradus::Initializer &init) {
  std::string number = std::to_string(layer);
  Tensor w = graph.parameter("w" + number, {in, out}, init);
  Tensor b = graph.parameter("b" + number, {out}, zeros());
  return matmul(x, w) + b;
}

Optimizer optimizerOf(const TrainConfig &config, int64_t stepsPerEpoch) {
  // A rate that stays needs no counter among the states.
  Schedule rate = config.rate;
  if (config.decay != 0)
    rate = InverseRate{.rate = config.rate,
                       .decay = config.decay / static_cast<double>(stepsPerEpoch)};
  if (config.optimizer == "adam")
    return Adam{.rate = rate};
  if (config.optimizer == "adamw")
    return AdamW{.rate = rate};
  return Sgd{.rate = rate,
             .momentum = config.optimizer == "sgd" ? 0 : 0.9,
             .nesterov = config.optimizer == "nesterov"};
}

} // namespace

std::vector<int64_t> ModelSpec::layers() const {
  std::vector<int64_t> sizes = {features};
  if (kind == "mlp")
    sizes.insert(sizes.end(), hidden.begin(), hidden.end());
  sizes.push_back(classes ? classes : 1);
  return sizes;
}

int64_t ModelSpec::parameters() const {
  std::vector<int64_t> sizes = layers();
  int64_t count = 0;
  for (size_t i = 1; i < sizes.size(); ++i)
    count += (sizes[i - 1] + 1) * sizes[i];
  return count;
}

std::string ModelSpec::describe() const {
  std::string text = kind + " ";
  std::vector<int64_t> sizes = layers();
  for (size_t i = 0; i < sizes.size(); ++i)
    text += (i ? "-" : "") + std::to_string(sizes[i]);
  return text;
}

ModelSpec specOf(const TrainConfig &config, const TrainData &data) {
  if (config.model == "softmax" && !data.train.classification())
    throw UsageError("--model softmax: the target holds numbers, not classes (linear and mlp take "
                     "both; --task classes makes classes of integers)");
  ModelSpec spec;
  spec.kind = config.model;
  spec.hidden = config.hidden;
  spec.features = data.train.sampleSize();
  spec.classes = data.train.classes;
  if (data.scaling) {
    spec.targetMean = data.scaling->targetMean;
    spec.targetScale = data.scaling->targetScale;
  }
  return spec;
}

Model buildModel(const ModelSpec &spec) {
  Graph g(spec.kind);
  std::vector<int64_t> sizes = spec.layers();
  Tensor x = g.input("x", {kBatch, spec.features});
  Tensor wanted =
      spec.classes ? g.input("label", {kBatch}, DType::i32) : g.input("target", {kBatch});
  Tensor h = x;
  for (size_t i = 1; i + 1 < sizes.size(); ++i)
    h = relu(dense(g, h, static_cast<int64_t>(i), sizes[i - 1], sizes[i], heUniform()));
  Tensor out =
      dense(g, h, std::ssize(sizes) - 1, sizes[sizes.size() - 2], sizes.back(), glorotUniform());
  if (!spec.classes) {
    // Learnt at unit scale, predicted in the unit of the targets.
    Tensor scaled = reshape(out, {kBatch});
    Tensor loss = squaredError(scaled, (wanted - spec.targetMean) / spec.targetScale);
    return {g, scaled * spec.targetScale + spec.targetMean, loss};
  }
  Tensor loss = spec.kind == "linear" ? squaredError(out, oneHot(wanted, spec.classes))
                                      : crossEntropy(out, wanted);
  return {g, out, loss};
}

TrainingStep stepOf(const Model &model, const TrainConfig &config, int64_t stepsPerEpoch) {
  return trainingStep(model.loss, optimizerOf(config, stepsPerEpoch));
}

Graph evaluationOf(const ModelSpec &spec) {
  Model model = buildModel(spec);
  model.graph.result("prediction", model.prediction);
  model.graph.result("loss", model.loss);
  return model.graph;
}

} // namespace gradus::tool
