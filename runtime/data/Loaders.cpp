// Data sets from the files in which they are handed around.
#include "runtime/data/Csv.h"
#include "runtime/data/Dataset.h"
#include "runtime/data/Idx.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <new>
#include <set>

namespace gradus {

// ---- IDX folders
// ----------------------------------------------------------------------------------------

/// DIR/train-images-idx3-ubyte, or with ".idx" for "-idx", or either with ".gz".
static Result<std::filesystem::path> findIdx(const std::filesystem::path &directory,
                                             const std::string &what, const std::string &rank) {
  std::string tried;
  for (const char *mark : {"-idx", ".idx"})
    for (const char *packed : {"", ".gz"}) {
      const std::string file = what + mark + rank + "-ubyte" + packed;
      std::error_code ignored;
      if (std::filesystem::is_regular_file(directory / file, ignored))
        return directory / file;
    }
  return Status::error(directory.string() + ": expected a file " + what + "-idx" + rank +
                       "-ubyte or " + what + "-idx" + rank + "-ubyte.gz, found none");
}

static NDArray scaledPixels(const NDArray &images) {
  std::array<float, 256> value;
  for (size_t i = 0; i < value.size(); ++i)
    value[i] = static_cast<float>(i) / 255.0f;
  NDArray scaled = NDArray::uninitialized(images.shape());
  const uint8_t *in = images.data<uint8_t>();
  float *out = scaled.data<float>();
  for (int64_t i = 0; i < images.size(); ++i)
    out[i] = value[in[i]];
  return scaled;
}

/// One half of an MNIST-like folder; `what` is "train" or "t10k". Classes are counted by the
/// caller.
static Result<Dataset> loadIdxPair(const std::filesystem::path &directory,
                                   const std::string &what) {
  const auto imagePath = findIdx(directory, what + "-images", "3"),
             labelPath = findIdx(directory, what + "-labels", "1");
  if (!imagePath)
    return imagePath.status();
  if (!labelPath)
    return labelPath.status();
  const Result<NDArray> images = readIdx(*imagePath), labels = readIdx(*labelPath);
  if (!images)
    return images.status();
  if (!labels)
    return labels.status();
  if (images->dtype() != DType::u8 || images->rank() != 3 || images->size() == 0)
    return Status::error(imagePath->string() + ": offset 0: expected images u8 NxHxW, found " +
                         images->describe());
  if (labels->dtype() != DType::u8 || labels->shape() != Shape{images->shape()[0]})
    return Status::error(labelPath->string() + ": offset 0: expected labels u8 " +
                         std::to_string(images->shape()[0]) + " (one for each image), found " +
                         labels->describe());
  Dataset data;
  data.name = directory.filename().empty() ? directory.parent_path().filename().string()
                                           : directory.filename().string();
  data.features = scaledPixels(*images);
  data.labels = labels->cast(DType::i32);
  return data;
}

Result<DataSplit> loadIdxFolder(const std::filesystem::path &directory) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored))
    return Status::error(directory.string() + ": expected a directory with IDX files");
  try {
    Result<Dataset> train = loadIdxPair(directory, "train"), test = loadIdxPair(directory, "t10k");
    if (!train)
      return train.status();
    if (!test)
      return test.status();
    if (train->sampleShape() != test->sampleShape())
      return Status::error(directory.string() + ": training images are " +
                           toString(train->sampleShape()) + ", test images " +
                           toString(test->sampleShape()));
    int32_t largest = 1;
    for (const Dataset *data : {&*train, &*test})
      for (int32_t label : data->labels.span<int32_t>())
        largest = std::max(largest, label);
    train->classes = test->classes = largest + 1;
    return DataSplit{std::move(train).value(), std::move(test).value()};
  } catch (const std::bad_alloc &) {
    return Status::error(directory.string() + ": not enough memory");
  }
}

// ---- tables
// -----------------------------------------------------------------------------------------------

static constexpr size_t kMostCategories = 64;

static std::string_view trimmed(const std::string &field) {
  const size_t first = field.find_first_not_of(" \t"), last = field.find_last_not_of(" \t");
  return first == std::string::npos ? std::string_view()
                                    : std::string_view(field).substr(first, last - first + 1);
}

static bool isMissing(const std::string &field) {
  static constexpr std::string_view marks[] = {"", "?", "NA", "N/A", "nan", "NaN", "null"};
  return std::find(std::begin(marks), std::end(marks), trimmed(field)) != std::end(marks);
}

namespace {

/// What one column of a table holds.
struct Column {
  bool numeric = false, dropped = false;
  std::vector<double> numbers; ///< a row each (0 where missing); numeric only
  std::map<std::string, int32_t, std::less<>> categories; ///< text -> its place in the sorted order
};

} // namespace

/// Decides whether a column is of numbers or of text.
static Result<Column> readColumn(const CsvTable &table, int64_t index) {
  Column column;
  column.numbers.assign(static_cast<size_t>(table.rows()), 0);
  int64_t present = 0, numbers = 0, firstText = -1;
  for (int64_t row = 0; row < table.rows(); ++row) {
    const std::string &field = table.field(row, index);
    if (isMissing(field))
      continue;
    ++present;
    if (parseNumber(field, column.numbers[static_cast<size_t>(row)]))
      ++numbers;
    else if (firstText < 0)
      firstText = row;
  }
  column.numeric = numbers == present;
  column.dropped = present == 0;
  if (!column.numeric && numbers * 10 >= present * 9)
    return Status::error(table.place(firstText, index) +
                         ": expected a number as in the other rows, found \"" +
                         table.field(firstText, index).substr(0, 40) + "\"");
  if (!column.numeric)
    for (int64_t row = 0; row < table.rows(); ++row)
      if (const std::string &field = table.field(row, index); !isMissing(field))
        column.categories.emplace(trimmed(field), 0);
  int32_t place = 0;
  for (auto &[text, number] : column.categories)
    number = place++;
  return column;
}

/// The classes of a numeric target, if it looks like one: few integers, each of them often.
static std::set<double> integerClasses(const std::vector<double> &values,
                                       const std::vector<int64_t> &rows, size_t most) {
  std::set<double> classes;
  for (int64_t row : rows) {
    const double value = values[static_cast<size_t>(row)];
    if (std::trunc(value) != value || std::abs(value) > 0x1p53)
      return {};
    classes.insert(value);
    if (classes.size() > most)
      return {};
  }
  return classes;
}

static void setClasses(Dataset &data, const CsvTable &table, int64_t index, const Column &column,
                       const std::vector<int64_t> &rows, const std::set<double> &numbers) {
  data.labels = NDArray::uninitialized({static_cast<int64_t>(rows.size())}, DType::i32);
  int32_t *labels = data.labels.data<int32_t>();
  if (column.numeric) {
    data.classes = static_cast<int64_t>(numbers.size());
    for (double number : numbers)
      data.classNames.push_back(std::to_string(static_cast<int64_t>(number)));
    for (int64_t row : rows)
      *labels++ = static_cast<int32_t>(
          std::distance(numbers.begin(), numbers.find(column.numbers[static_cast<size_t>(row)])));
    return;
  }
  data.classes = static_cast<int64_t>(column.categories.size());
  for (const auto &[text, number] : column.categories)
    data.classNames.push_back(text);
  for (int64_t row : rows)
    *labels++ = column.categories.find(trimmed(table.field(row, index)))->second;
}

static Status setTarget(Dataset &data, const CsvTable &table, int64_t index, const Column &column,
                        const std::vector<int64_t> &rows, TargetKind kind) {
  const std::string &header = table.header[static_cast<size_t>(index)];
  if (kind == TargetKind::regression && !column.numeric)
    return Status::error(table.name + ": expected numbers in the target column " + header +
                         ", found text");
  std::set<double> numbers;
  if (column.numeric && kind != TargetKind::regression) {
    const bool automatic = kind == TargetKind::automatic;
    numbers = integerClasses(column.numbers, rows, automatic ? 20 : 1 << 20);
    if (automatic && numbers.size() * 10 > rows.size())
      numbers.clear();
    if (!automatic && numbers.empty())
      return Status::error(table.name + ": expected integers or text in the target column " +
                           header + ", found other numbers");
  }
  if (!column.numeric || !numbers.empty()) {
    setClasses(data, table, index, column, rows, numbers);
    if (data.classes < 2)
      return Status::error(table.name + ": expected at least 2 classes in the target column " +
                           header + ", found " + std::to_string(data.classes));
    return {};
  }
  data.targets = NDArray::uninitialized({static_cast<int64_t>(rows.size())});
  float *targets = data.targets.data<float>();
  for (int64_t row : rows)
    *targets++ = static_cast<float>(column.numbers[static_cast<size_t>(row)]);
  return {};
}

static Result<TableData> fromTable(const CsvTable &table, const std::string &target,
                                   TargetKind kind) {
  const Result<int64_t> targetIndex = table.column(target);
  if (!targetIndex)
    return targetIndex.status();

  TableData result;
  result.data.name = std::filesystem::path(table.name).stem().string();
  std::vector<Column> columns;
  for (int64_t index = 0; index < table.columns(); ++index) {
    Result<Column> column = readColumn(table, index);
    if (!column)
      return column.status();
    if (index != *targetIndex && column->categories.size() > kMostCategories)
      column->dropped = true;
    if (index != *targetIndex && column->dropped)
      result.droppedColumns.push_back(table.header[static_cast<size_t>(index)]);
    columns.push_back(std::move(column).value());
  }
  const auto isFeature = [&](int64_t index) {
    return index != *targetIndex && !columns[static_cast<size_t>(index)].dropped;
  };

  std::vector<int64_t> rows;
  for (int64_t row = 0; row < table.rows(); ++row) {
    bool complete = !isMissing(table.field(row, *targetIndex));
    for (int64_t index = 0; index < table.columns(); ++index)
      complete = complete && !(isFeature(index) && isMissing(table.field(row, index)));
    if (complete)
      rows.push_back(row);
  }
  result.skippedRows = table.rows() - static_cast<int64_t>(rows.size());
  if (rows.empty())
    return Status::error(table.name + ": expected rows without missing fields, found none");

  int64_t width = 0;
  for (int64_t index = 0; index < table.columns(); ++index) {
    if (!isFeature(index))
      continue;
    const Column &column = columns[static_cast<size_t>(index)];
    const std::string &header = table.header[static_cast<size_t>(index)];
    if (column.numeric)
      result.data.featureNames.push_back(header);
    for (const auto &[text, number] : column.categories)
      result.data.featureNames.push_back(header + "=" + text);
    width = static_cast<int64_t>(result.data.featureNames.size());
  }
  if (width == 0) {
    std::string dropped;
    for (const std::string &header : result.droppedColumns)
      dropped += (dropped.empty() ? "; left out: " : ", ") + header;
    return Status::error(table.name + ": expected feature columns beside the target " +
                         table.header[static_cast<size_t>(*targetIndex)] + ", found none" +
                         dropped);
  }

  result.data.features = NDArray::zeros({static_cast<int64_t>(rows.size()), width});
  float *out = result.data.features.data<float>();
  for (int64_t row : rows)
    for (int64_t index = 0; index < table.columns(); ++index) {
      if (!isFeature(index))
        continue;
      const Column &column = columns[static_cast<size_t>(index)];
      if (column.numeric) {
        const double value = column.numbers[static_cast<size_t>(row)];
        if (std::abs(value) > std::numeric_limits<float>::max())
          return Status::error(table.place(row, index) + ": expected a number within f32, found " +
                               table.field(row, index));
        *out++ = static_cast<float>(value);
      } else {
        out[column.categories.find(trimmed(table.field(row, index)))->second] = 1;
        out += column.categories.size();
      }
    }
  const Column &targetColumn = columns[static_cast<size_t>(*targetIndex)];
  if (Status status = setTarget(result.data, table, *targetIndex, targetColumn, rows, kind);
      !status)
    return status;
  return result;
}

Result<TableData> loadCsv(const std::filesystem::path &path, const std::string &target,
                          TargetKind kind) {
  const Result<CsvTable> table = readCsv(path);
  if (!table)
    return table.status();
  try {
    return fromTable(*table, target, kind);
  } catch (const std::bad_alloc &) {
    return Status::error(path.string() + ": not enough memory");
  }
}

} // namespace gradus
