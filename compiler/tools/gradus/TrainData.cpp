#include "compiler/tools/gradus/TrainData.h"

#include "runtime/data/Digits.h"
#include "runtime/train/Progress.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace gradus::tool {
namespace {

// Multiples of the default batch: no short batch, so nothing is compiled twice.
constexpr int64_t kTrainDigits = 24576, kTestDigits = 4096;
constexpr uint64_t kTrainDigitsSeed = 1, kTestDigitsSeed = 2;
constexpr double kTestShare = 0.2;

TrainData drawDigits(const TrainConfig &config, Threads &threads) {
  int64_t train = config.limit ? std::min(config.limit, kTrainDigits) : kTrainDigits;
  TrainData data;
  data.what = "digits drawn by Gradus";
  data.train = makeDigits(train, kTrainDigitsSeed, &threads);
  data.test =
      makeDigits(std::clamp<int64_t>(train / 4, 64, kTestDigits), kTestDigitsSeed, &threads);
  return data;
}

Dataset limited(Dataset data, int64_t limit) {
  return limit && limit < data.size() ? data.rows(0, limit) : data;
}

TrainData loadImages(const TrainConfig &config) {
  Result<DataSplit> split = loadIdxFolder(config.data);
  if (!split)
    throw RunError(split.message());
  TrainData data;
  data.what = "images in " + config.data;
  data.train = limited(std::move(split->train), config.limit);
  data.test = std::move(split->test);
  return data;
}

/// Mean and standard deviation of the training targets.
void fitTargets(const Dataset &train, TableScaling &scaling) {
  if (train.classification())
    return;
  double sum = 0, squares = 0, count = static_cast<double>(train.targets.size());
  for (float t : train.targets.span<float>())
    sum += t;
  for (float t : train.targets.span<float>())
    squares += (t - sum / count) * (t - sum / count);
  scaling.targetMean = sum / count;
  scaling.targetScale = squares > 0 ? std::sqrt(squares / count) : 1;
}

TargetKind kindOf(const std::string &task) {
  return task == "classes"   ? TargetKind::classification
         : task == "numbers" ? TargetKind::regression
                             : TargetKind::automatic;
}

TrainData loadTable(const TrainConfig &config, const std::optional<TableScaling> &known) {
  Result<TableData> table = loadCsv(config.data, config.target, kindOf(config.task));
  if (!table)
    throw RunError(table.message());
  if (table->data.size() < 5)
    throw RunError(config.data + ": expected at least 5 complete rows, found " +
                   std::to_string(table->data.size()));
  TrainData data;
  data.what = "the table " + config.data;
  data.skippedRows = table->skippedRows;
  auto [train, test] = table->data.split(kTestShare, static_cast<uint64_t>(config.seed));
  data.train = limited(std::move(train), config.limit);
  data.test = std::move(test);
  if (known && known->columnNames != data.train.featureNames)
    throw RunError(config.data + ": its columns are not those that the checkpoint was trained on");
  if (known) {
    data.scaling = *known;
  } else {
    data.scaling.emplace();
    data.scaling->columns = ColumnScaling::fit(data.train);
    data.scaling->columnNames = data.train.featureNames;
    fitTargets(data.train, *data.scaling);
  }
  // Of its own: rows() shares the elements with what is scaled next.
  data.train.features = data.train.features.copy();
  data.test.features = data.test.features.copy();
  data.scaling->columns.apply(data.train);
  data.scaling->columns.apply(data.test);
  return data;
}

void checkTarget(const TrainConfig &config) {
  std::error_code error;
  if (!config.data.empty() && !std::filesystem::exists(config.data, error))
    throw RunError(config.data + ": cannot open: " +
                   (error ? error.message() : std::string("no such file or folder")));
  if (config.isTable() && config.target.empty())
    throw UsageError("--target: expected the column of " + config.data +
                     " to predict, found nothing");
  if (config.isTable())
    return;
  if (!config.target.empty())
    throw UsageError("--target: only a table has columns, and --data names " +
                     (config.data.empty() ? std::string("none") : "a directory"));
  if (config.task == "numbers")
    throw UsageError("--task numbers: the labels of images are classes");
}

} // namespace

std::string TrainData::describe() const {
  std::string kind = train.sampleShape().size() == 2
                         ? "images of " + toString(train.sampleShape())
                         : "rows of " + std::to_string(train.sampleSize()) + " numbers";
  std::string text = withThousands(static_cast<double>(train.size())) + " training and " +
                     withThousands(static_cast<double>(test.size())) + " test " + kind;
  if (train.classification())
    text += ", " + std::to_string(train.classes) + " classes";
  if (skippedRows)
    text += " (" + withThousands(static_cast<double>(skippedRows)) + " incomplete rows left out)";
  return text;
}

TrainData loadTrainData(const TrainConfig &config, const std::optional<TableScaling> &scaling,
                        Threads &threads) {
  checkTarget(config);
  TrainData data = config.data.empty() ? drawDigits(config, threads)
                   : config.isTable()  ? loadTable(config, scaling)
                                       : loadImages(config);
  if (data.train.size() == 0 || data.test.size() == 0)
    throw RunError((config.data.empty() ? "digits" : config.data) +
                   ": expected samples to train on and to test on, found none");
  return data;
}

Json TableScaling::toJson() const {
  Json json = Json::object();
  json.set("mean", Json::arrayOf(columns.mean));
  json.set("scale", Json::arrayOf(columns.scale));
  json.set("columns", Json::arrayOf(columnNames));
  json.set("target_mean", targetMean);
  json.set("target_scale", targetScale);
  return json;
}

TableScaling TableScaling::fromJson(const Json &json) {
  TableScaling scaling;
  for (const Json &value : json.at("mean").asArray())
    scaling.columns.mean.push_back(value.asDouble());
  for (const Json &value : json.at("scale").asArray())
    scaling.columns.scale.push_back(value.asDouble());
  for (const Json &name : json.at("columns").asArray())
    scaling.columnNames.push_back(name.asString());
  if (scaling.columns.mean.size() != scaling.columns.scale.size())
    throw std::invalid_argument("mean and scale have different lengths");
  scaling.targetMean = json.at("target_mean").asDouble();
  scaling.targetScale = json.at("target_scale").asDouble();
  if (!(scaling.targetScale > 0))
    throw std::invalid_argument("target_scale is " + json.at("target_scale").dump());
  return scaling;
}

} // namespace gradus::tool
