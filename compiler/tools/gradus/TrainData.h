// The data sets of gradus train.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_TRAINDATA_H
#define GRADUS_COMPILER_TOOLS_GRADUS_TRAINDATA_H

#include "compiler/tools/gradus/TrainConfig.h"
#include "runtime/data/Dataset.h"

#include <optional>
#include <string>

namespace gradus::tool {

/// How a table was brought to unit scale, with the statistics of its training rows; kept in the
/// checkpoint, so that new rows can be treated alike.
struct TableScaling {
  ColumnScaling columns;
  std::vector<std::string> columnNames;
  double targetMean = 0, targetScale = 1; ///< of numeric targets: y is (t * targetScale + mean)

  Json toJson() const;
  /// Throws std::invalid_argument for anything that toJson does not write.
  static TableScaling fromJson(const Json &json);
};

struct TrainData {
  Dataset train, test;
  std::string what;                    ///< "digits drawn by Gradus", "the images in DIR", ...
  std::optional<TableScaling> scaling; ///< of a table
  int64_t skippedRows = 0;

  /// "24,576 training and 4,096 test images of 28x28, 10 classes".
  std::string describe() const;
};

/// Reads what the configuration names. Of a table every fifth row (chosen by the seed) is for the
/// test. `scaling`: that of the run to go on, if any. Throws RunError (a file) and UsageError.
TrainData loadTrainData(const TrainConfig &config, const std::optional<TableScaling> &scaling,
                        Threads &threads);

} // namespace gradus::tool

#endif
