// The models of gradus train, declared with the public API.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_MODEL_H
#define GRADUS_COMPILER_TOOLS_GRADUS_MODEL_H

#include "compiler/Compile.h"
#include "compiler/tools/gradus/TrainData.h"

namespace gradus::tool {

/// What a model is built from.
struct ModelSpec {
  std::string kind = "mlp"; ///< linear, softmax, mlp
  std::vector<int64_t> hidden;
  int64_t features = 784;
  int64_t classes = 10; ///< 0: one number is predicted
  double targetMean = 0, targetScale = 1;

  /// Sizes of the layers: {784, 256, 128, 10}.
  std::vector<int64_t> layers() const;
  /// Weights and biases.
  int64_t parameters() const;
  /// "mlp 784-256-128-10".
  std::string describe() const;
};

/// Throws UsageError if the model cannot learn these data.
ModelSpec specOf(const TrainConfig &config, const TrainData &data);

/// inputs "x" [batch, features] and "label" i32 [batch] or "target" f32 [batch]. Layer k has the
/// parameters "wk" [in, out] and "bk" [out], with relu between the layers.
struct Model {
  Graph graph;
  Tensor prediction; ///< scores [batch, classes], or numbers [batch] in the unit of the targets
  Tensor loss;       ///< softmax cross-entropy; squared error for linear models and for numbers
};
Model buildModel(const ModelSpec &spec);

/// The training step of a model with the optimizer of the configuration; its decay is per epoch.
TrainingStep stepOf(const Model &model, const TrainConfig &config, int64_t stepsPerEpoch);

/// What is run on the test data: a model with the results "prediction" and "loss".
Graph evaluationOf(const ModelSpec &spec);

} // namespace gradus::tool

#endif
