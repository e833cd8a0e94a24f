// How good a model is on a data set.
#pragma once

#include "runtime/core/Json.h"
#include "runtime/core/Program.h"
#include "runtime/data/Dataset.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gradus {

/// What evaluate() found. Which fields are set depends on the kind of data set.
struct Evaluation {
  int64_t samples = 0;
  std::optional<double> loss; ///< mean over samples, if the program has an output for it
  // Classification.
  std::optional<double> accuracy; ///< share of samples whose largest score is the label's
  int64_t classes = 0;
  std::vector<int64_t> confusion; ///< [classes, classes]: row the label, column the prediction
  // Regression.
  std::optional<double> meanAbsoluteError, rootMeanSquaredError;
  std::optional<double> r2; ///< 1 - squared error / variance; none if the targets are all equal

  /// {"samples": ..., "loss": ..., "accuracy": ...}: what is set, without the confusion matrix.
  Json toJson() const;
};

/// Which inputs and outputs of a program mean what. An empty name means: see each field.
struct PortNames {
  std::string features;   ///< empty: the first input
  std::string target;     ///< labels or targets; empty: the second input, if there is one
  std::string loss;       ///< empty: the output "loss", or the first scalar output
  std::string prediction; ///< empty: "prediction", or "logits", or the first output per sample
};

/// Runs the program over all samples in their order; it must not change its state (a program
/// compiled from results alone does not). A short last batch runs program.withBatch(rest).
/// Prediction: integers [batch] are classes; numbers [batch, classes] are scores, of which the
/// first largest wins (nan counts as largest, as in argmax); for regression, numbers of the
/// targets' count per sample. Throws std::invalid_argument if program and data set do not fit each
/// other.
Evaluation evaluate(Program &program, const Dataset &data, const PortNames &names = {});

} // namespace gradus
