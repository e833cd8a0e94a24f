#include "runtime/data/Dataset.h"

#include "runtime/core/Philox.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace gradus {

Shape Dataset::sampleShape() const {
  return features.rank() ? Shape(features.shape().begin() + 1, features.shape().end()) : Shape{};
}

int64_t Dataset::sampleSize() const { return elementCount(sampleShape()); }

Status Dataset::check() const {
  auto problem = [&](const std::string &what) {
    return Status::error((name.empty() ? std::string("data set") : name) + ": " + what);
  };
  if (features.dtype() != DType::f32 || features.rank() < 1)
    return problem("expected features f32 of at least one axis, found " + features.describe());
  if (!classification()) {
    if (targets.dtype() != DType::f32 || targets.rank() < 1 || targets.rank() > 2 ||
        targets.shape()[0] != size())
      return problem("expected targets f32 " + std::to_string(size()) + " or " +
                     std::to_string(size()) + "xK, found " + targets.describe());
    return {};
  }
  if (labels.dtype() != DType::i32 || labels.shape() != Shape{size()})
    return problem("expected labels i32 " + std::to_string(size()) + ", found " +
                   labels.describe());
  const auto values = labels.span<int32_t>();
  for (size_t i = 0; i < values.size(); ++i)
    if (values[i] < 0 || values[i] >= classes)
      return problem("sample " + std::to_string(i) + ": expected a label from 0 to " +
                     std::to_string(classes - 1) + ", found " + std::to_string(values[i]));
  return {};
}

Dataset Dataset::rows(int64_t begin, int64_t end) const {
  Dataset part = *this;
  part.features = features.rows(begin, end);
  if (classification())
    part.labels = labels.rows(begin, end);
  else
    part.targets = targets.rows(begin, end);
  return part;
}

/// Copies the rows `samples` of `from` one after the other to `to`.
static void gatherRows(const NDArray &from, std::span<const int64_t> samples, void *to) {
  const int64_t rows = from.shape()[0];
  const size_t bytes = static_cast<size_t>(rows ? from.bytes() / rows : 0);
  if (bytes == 0)
    return;
  const char *source = static_cast<const char *>(from.raw());
  char *target = static_cast<char *>(to);
  for (int64_t sample : samples) {
    std::memcpy(target, source + static_cast<size_t>(sample) * bytes, bytes);
    target += bytes;
  }
}

static NDArray selectRows(const NDArray &from, std::span<const int64_t> samples) {
  Shape shape = from.shape();
  shape[0] = static_cast<int64_t>(samples.size());
  NDArray to = NDArray::uninitialized(shape, from.dtype());
  gatherRows(from, samples, to.raw());
  return to;
}

Dataset Dataset::select(std::span<const int64_t> samples) const {
  for (int64_t sample : samples)
    if (sample < 0 || sample >= size())
      throw std::invalid_argument("sample " + std::to_string(sample) + " of a data set of " +
                                  std::to_string(size()) + " is out of range");
  Dataset part = *this;
  part.features = selectRows(features, samples);
  if (classification())
    part.labels = selectRows(labels, samples);
  else
    part.targets = selectRows(targets, samples);
  return part;
}

std::pair<Dataset, Dataset> Dataset::split(double secondFraction, uint64_t seed) const {
  if (!(secondFraction >= 0 && secondFraction <= 1))
    throw std::invalid_argument("expected a fraction from 0 to 1, found " +
                                std::to_string(secondFraction));
  const auto order = permutation(size(), seed, 0);
  const auto second =
      static_cast<size_t>(std::llround(static_cast<double>(size()) * secondFraction));
  const std::span<const int64_t> samples(order);
  return {select(samples.first(samples.size() - second)), select(samples.last(second))};
}

ColumnScaling ColumnScaling::fit(const Dataset &data) {
  const int64_t rows = data.size(), columns = data.sampleSize();
  ColumnScaling scaling;
  scaling.mean.assign(static_cast<size_t>(columns), 0);
  scaling.scale.assign(static_cast<size_t>(columns), 1);
  if (rows == 0)
    return scaling;
  const float *x = data.features.data<float>();
  for (int64_t j = 0; j < columns; ++j) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < rows; ++i)
      sum += x[i * columns + j];
    const double mean = sum / static_cast<double>(rows);
    for (int64_t i = 0; i < rows; ++i) {
      const double d = x[i * columns + j] - mean;
      squares += d * d;
    }
    const double deviation = std::sqrt(squares / static_cast<double>(rows));
    scaling.mean[static_cast<size_t>(j)] = mean;
    // A column that varies by rounding alone is constant.
    if (deviation > 1e-6 * std::abs(mean) && deviation > 0)
      scaling.scale[static_cast<size_t>(j)] = 1 / deviation;
  }
  return scaling;
}

void ColumnScaling::apply(Dataset &data) const {
  const int64_t columns = data.sampleSize();
  if (columns != static_cast<int64_t>(mean.size()) || mean.size() != scale.size())
    throw std::invalid_argument("a scaling of " + std::to_string(mean.size()) +
                                " columns was applied to " + std::to_string(columns));
  float *x = data.features.data<float>();
  for (int64_t i = 0; i < data.size(); ++i)
    for (int64_t j = 0; j < columns; ++j) {
      const size_t column = static_cast<size_t>(j);
      x[i * columns + j] = static_cast<float>((x[i * columns + j] - mean[column]) * scale[column]);
    }
}

std::vector<int64_t> permutation(int64_t count, uint64_t seed, uint64_t epoch) {
  std::vector<int64_t> order(static_cast<size_t>(std::max<int64_t>(0, count)));
  std::iota(order.begin(), order.end(), 0);
  Philox random(seed, hashName("shuffle") + epoch);
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.nextBelow(i)]);
  return order;
}

Batches::Batches(Dataset given, Options chosen)
    : data(std::move(given)), options(std::move(chosen)) {
  if (options.batch < 1)
    throw std::invalid_argument("expected a batch of at least 1, found " +
                                std::to_string(options.batch));
  if (const Status status = data.check(); !status)
    throw std::invalid_argument(status.message());
  auto staged = [&](const NDArray &from) {
    Shape shape = from.shape();
    shape[0] = options.batch;
    return NDArray::zeros(shape, from.dtype());
  };
  stagedFeatures = staged(data.features);
  if (data.classification())
    stagedLabels = staged(data.labels);
  else
    stagedTargets = staged(data.targets);
  startEpoch(0);
}

int64_t Batches::count() const {
  return data.size() / options.batch + (data.size() % options.batch != 0);
}

int64_t Batches::rowsIn(int64_t index) const {
  if (index < 0 || index >= count())
    return 0;
  return std::min(options.batch, data.size() - index * options.batch);
}

void Batches::startEpoch(int64_t epoch, int64_t first) {
  cursor = first;
  if (epoch == currentEpoch)
    return;
  currentEpoch = epoch;
  if (options.shuffle) {
    samples = permutation(data.size(), options.seed, static_cast<uint64_t>(epoch));
  } else if (samples.empty()) {
    samples.resize(static_cast<size_t>(data.size()));
    std::iota(samples.begin(), samples.end(), 0);
  }
}

int64_t Batches::gather(int64_t index, float *features, void *labelsOrTargets) const {
  const int64_t rows = rowsIn(index);
  if (rows == 0)
    return 0;
  const auto chosen = std::span<const int64_t>(samples).subspan(
      static_cast<size_t>(index * options.batch), static_cast<size_t>(rows));
  const int64_t width = data.sampleSize();
  const auto part = [&](int64_t begin, int64_t end) {
    gatherRows(data.features,
               chosen.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)),
               features + begin * width);
  };
  // Waking threads costs more than copying a few rows.
  if (options.threads && rows * width >= 16384)
    options.threads->parallelFor(rows, part);
  else
    part(0, rows);
  if (labelsOrTargets)
    gatherRows(data.classification() ? data.labels : data.targets, chosen, labelsOrTargets);
  return rows;
}

int64_t Batches::next() {
  const int64_t rows = gather(cursor, stagedFeatures.data<float>(),
                              data.classification() ? stagedLabels.raw() : stagedTargets.raw());
  cursor += rows > 0;
  return rows;
}

} // namespace gradus
