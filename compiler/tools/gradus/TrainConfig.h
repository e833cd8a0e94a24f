// What a training run is: what its checkpoint remembers, so that it can go on.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_TRAINCONFIG_H
#define GRADUS_COMPILER_TOOLS_GRADUS_TRAINCONFIG_H

#include "compiler/cli/Arguments.h"
#include "runtime/core/FloatMode.h"
#include "runtime/core/Json.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gradus::tool {

struct TrainConfig {
  std::string data;          ///< a directory of IDX files, a table, or empty: the built-in digits
  std::string target;        ///< column of a table
  std::string task = "auto"; ///< classes, numbers, auto: by the target column
  int64_t limit = 0;         ///< at most so many training samples; 0: all
  std::string model = "mlp";
  std::vector<int64_t> hidden = {256, 128};
  int64_t seed = 1;
  std::string optimizer = "adam";
  // Never 0, or negative, once parsed: the defaults depend on data and optimizer.
  int64_t epochs = 0, batch = 0;
  double rate = 0;
  double decay = -1; ///< the rate after e epochs is rate / (1 + decay e)
  Subnormals subnormals = Subnormals::flush;

  /// Whether `data` names a file, not a folder: a table.
  bool isTable() const;

  Json toJson() const;
  /// Throws std::invalid_argument for anything that toJson does not write.
  static TrainConfig fromJson(const Json &json);
};

/// The rest of the command line: what may differ when a run goes on.
struct TrainFiles {
  std::filesystem::path checkpoint, resume, plot, summary;
};

/// The part of a command line that describes the run, on top of `base` (the defaults, or what a
/// checkpoint remembers). Throws UsageError.
TrainConfig parseTrainConfig(const Arguments &arguments, TrainConfig base);

/// The options about the data of a run.
std::vector<OptionText> dataOptions();
/// The options about model and optimizer, which `gradus train` and `gradus show` share.
std::vector<OptionText> modelOptions();

} // namespace gradus::tool

#endif
