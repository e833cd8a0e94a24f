// Samples with their labels or targets, and shuffled batches of them.
#pragma once

#include "runtime/core/NDArray.h"
#include "runtime/core/Status.h"
#include "runtime/core/Threads.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

/// Samples along the leading axis. Classification has labels, regression has targets.
struct Dataset {
  std::string name;
  NDArray features; ///< f32 [n, ...]
  NDArray labels;   ///< i32 [n], each in [0, classes); [0] for regression
  NDArray targets;  ///< f32 [n] or [n, k]; [0] for classification
  int64_t classes = 0;
  std::vector<std::string> featureNames; ///< of a table
  std::vector<std::string> classNames;   ///< empty: the numbers

  int64_t size() const { return features.rank() ? features.shape()[0] : 0; }
  bool classification() const { return classes > 0; }
  /// Shape of one sample: {28, 28}.
  Shape sampleShape() const;
  /// Elements of one sample.
  int64_t sampleSize() const;

  /// An error unless types, counts and label values are as above.
  Status check() const;
  /// Samples [begin, end), sharing the elements.
  Dataset rows(int64_t begin, int64_t end) const;
  /// A copy of the samples in the order given. Throws std::invalid_argument for a number out of
  /// range.
  Dataset select(std::span<const int64_t> samples) const;
  /// Two parts after a seeded shuffle; the second has round(size() * secondFraction) samples.
  /// Throws std::invalid_argument unless 0 <= secondFraction <= 1.
  std::pair<Dataset, Dataset> split(double secondFraction, uint64_t seed) const;
};

/// What to train on and what to test on.
struct DataSplit {
  Dataset train, test;
};

/// Moves and scales each column of features to mean 0 and variance 1: fitted on training samples,
/// applied to both. A constant column gets scale 1.
struct ColumnScaling {
  std::vector<double> mean, scale; ///< x becomes (x - mean) * scale
  static ColumnScaling fit(const Dataset &data);
  /// In place. Throws std::invalid_argument if the number of columns differs.
  void apply(Dataset &data) const;
};

/// The numbers 0..count-1 in an order that depends on (seed, epoch) alone.
std::vector<int64_t> permutation(int64_t count, uint64_t seed, uint64_t epoch);

/// Gathers batches into staging buffers that stay in place (64-byte aligned), so that a program
/// binds them once. The order of an epoch is permutation(size, seed, epoch): a resumed run sees the
/// same batches.
class Batches {
public:
  struct Options {
    int64_t batch = 32;
    uint64_t seed = 0;
    bool shuffle = true;
    std::shared_ptr<Threads> threads; ///< to gather with; may be null
  };
  /// Shares the data set's elements. Throws std::invalid_argument for a batch below 1 or a data set
  /// that fails its check.
  Batches(Dataset data, Options options);

  const Dataset &dataset() const { return data; }
  int64_t batchSize() const { return options.batch; }
  /// Batches of an epoch; the last one may be short.
  int64_t count() const;
  /// Samples in batch `index` of an epoch.
  int64_t rowsIn(int64_t index) const;

  /// Goes to the start (or to batch `first`) of an epoch.
  void startEpoch(int64_t epoch, int64_t first = 0);
  int64_t epoch() const { return currentEpoch; }
  /// Number of the batch that next() would give.
  int64_t position() const { return cursor; }
  /// Gathers the next batch into the staging buffers; returns its samples, 0 at the end of the
  /// epoch.
  int64_t next();
  /// Gathers batch `index` of the current epoch into buffers of the caller, which hold
  /// rowsIn(index) rows; labelsOrTargets may be null. Returns the number of rows.
  int64_t gather(int64_t index, float *features, void *labelsOrTargets) const;

  /// The staging buffers, for a whole batch: features f32 [batch, ...], labels i32 [batch] or
  /// targets f32. After a short batch only the first rows are new.
  NDArray features() const { return stagedFeatures; }
  NDArray labels() const { return stagedLabels; }
  NDArray targets() const { return stagedTargets; }
  /// The samples of the current epoch in their order.
  std::span<const int64_t> order() const { return samples; }

private:
  Dataset data;
  Options options;
  std::vector<int64_t> samples;
  int64_t currentEpoch = -1, cursor = 0;
  NDArray stagedFeatures, stagedLabels, stagedTargets;
};

/// A directory with the four files of MNIST or Fashion-MNIST (train-images-idx3-ubyte,
/// train-labels-idx1-ubyte, t10k-images-..., t10k-labels-...; plain or .gz, "-idx" or ".idx").
/// Pixels become f32 in [0, 1], [n, 28, 28].
Result<DataSplit> loadIdxFolder(const std::filesystem::path &directory);

enum class TargetKind { automatic, classification, regression };

/// What was made of a table's columns and rows.
struct TableData {
  Dataset data;
  int64_t skippedRows = 0; ///< a field was missing
  std::vector<std::string>
      droppedColumns; ///< nothing but missing fields, or too many different texts
};

/// A table. A numeric column is one feature; a column of text is one feature (0 or 1) for each of
/// its values, which are sorted, and is left out if it has more than 64. An empty field, "?", "NA",
/// "N/A", "nan" and "null" are missing: the row is left out. A column where nine fields out of ten
/// are numbers must hold numbers only. The target is a class if it is text, or (automatic) if all
/// its values are integers, at most 20 different ones, each ten times on average; otherwise it is a
/// number, targets [n]. Classes are sorted, by number or by text. Errors: those of readCsv, no such
/// column, a field that is no number, no rows or features left.
Result<TableData> loadCsv(const std::filesystem::path &path, const std::string &target,
                          TargetKind kind = TargetKind::automatic);

} // namespace gradus
