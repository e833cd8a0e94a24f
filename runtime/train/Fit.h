// The training loop.
#pragma once

#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/core/Program.h"
#include "runtime/data/Dataset.h"
#include "runtime/train/Evaluate.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace gradus {

/// One step, as it has just ended.
struct StepReport {
  int64_t epoch = 0;      ///< from 1
  int64_t epochs = 0;     ///< how many there will be
  int64_t step = 0;       ///< in the epoch, from 1
  int64_t steps = 0;      ///< of an epoch
  int64_t globalStep = 0; ///< in the whole run, also before a resumption; from 1
  int64_t samples = 0;    ///< in the epoch so far
  double loss = 0;        ///< of this batch
  double meanLoss = 0;    ///< of the epoch so far, by samples
};

/// One epoch, as it has just ended.
struct EpochReport {
  int64_t epoch = 0, epochs = 0, steps = 0, samples = 0;
  double trainLoss = 0;     ///< mean over the samples, each at the weights of its step
  double seconds = 0;       ///< training alone; of a resumed epoch only what was left of it
  int64_t timedSamples = 0; ///< trained in these seconds
  std::optional<Evaluation> test;

  double samplesPerSecond() const {
    return seconds > 0 ? static_cast<double>(timedSamples) / seconds : 0;
  }
};

/// Where a run stands. With the state and the options of the run this is all that the rest of it
/// depends on.
struct FitPosition {
  int64_t epoch = 0; ///< completed
  int64_t step = 0;  ///< completed in the next one
  double lossSum = 0;
  int64_t samples = 0; ///< of these steps
  std::vector<EpochReport> history;

  Json toJson() const;
  /// Throws std::invalid_argument for anything that toJson does not write.
  static FitPosition fromJson(const Json &json);
};

struct FitOptions {
  int64_t epochs = 1; ///< of the whole run, those before a resumption included
  int64_t batch = 0;  ///< 0: what the program was compiled for
  uint64_t seed = 0;  ///< of the order of the samples
  bool shuffle = true;
  FitPosition start = {};

  /// Evaluated after each epoch, if both are there.
  Program evaluation = {};
  const Dataset *test = nullptr;

  /// Called after each step or epoch; false ends the run.
  std::function<bool(const StepReport &)> onStep = {};
  std::function<bool(const EpochReport &)> onEpoch = {};
  /// When it becomes true, the step is finished, the checkpoint saved, and fit returns.
  const std::atomic<bool> *interrupt = nullptr;

  /// Saved after each epoch and when the run ends early, unless empty: the state, `metadata`, and
  /// where the run stands (metadata "fit", see resumeFit).
  std::filesystem::path checkpoint = {};
  Metadata metadata = {};

  /// Loss and speed on the standard output: a bar on a terminal, else a line per epoch.
  bool progress = true;
  PortNames ports = {};
};

/// How a run ended.
struct FitResult {
  enum class End { complete, stopped, interrupted, failed };
  End end = End::complete;
  /// Not ok for End::failed: the loss was not finite ("loss is nan at epoch 2, step 31 (step 499 of
  /// the run)"; no checkpoint is written then), or the checkpoint could not be written.
  Status status;
  FitPosition position;

  // Of this call alone:
  int64_t steps = 0, samples = 0;
  double seconds = 0;     ///< training: steps and gathering of batches
  double stepSeconds = 0; ///< in the compiled program
  double flops = 0;       ///< that the compiled program did
  double evaluateSeconds = 0;

  bool ok() const { return status.ok(); }
};

/// Trains: calls the program for one shuffled batch after the other, options.epochs times over the
/// data. The first input takes the features, the second the labels or targets (see PortNames); the
/// scalar output "loss" is watched. A short last batch runs step.withBatch(rest), on the same
/// state. The order of the samples depends on options.seed and the epoch alone, so that a run that
/// starts at a saved position gives the same weights, bit for bit, as one that never stopped.
/// A step costs the compiled program, the gathering of its batch and the callbacks: nothing is
/// allocated, locked or looked up.
/// Throws std::invalid_argument if program, data and options do not fit each other.
FitResult fit(Program &step, const Dataset &data, const FitOptions &options = {});

/// Sets the state from a checkpoint that fit wrote, and gives where it stood (for
/// FitOptions::start). Errors: as loadState; a checkpoint without a position.
Result<FitPosition> resumeFit(const std::filesystem::path &checkpoint, State &state);

/// The same from a file that was read before; `name` is for messages.
Result<FitPosition> positionOf(const TensorFile &file, const std::string &name);

} // namespace gradus
