// The models and optimizers of the reference runs, as graph functions.
#pragma once

#include "compiler/graph/Ops.h"
#include "compiler/graph/Optimizers.h"
#include "runtime/core/Json.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace gradus::testing {

/// What a model is built from: tensors by name.
struct Batch {
  Graph graph;
  std::map<std::string, Tensor> parameters;
  Tensor x, y;
  std::map<std::string, Tensor> steps; ///< extra data of each step
  const Tensor &operator[](const std::string &name) const { return parameters.at(name); }
};

using Model = std::function<Tensor(const Batch &)>;

/// The model of a run, by its text ("train_models.mlp_ce('relu',3)"); empty, with the reason, if an
/// op is missing.
std::optional<Model> modelOf(const std::string &text, std::string &why);

/// The optimizer of a run, with its schedule and its clipping.
std::optional<Optimizer> optimizerOf(const Json &run, std::string &why);

} // namespace gradus::testing
