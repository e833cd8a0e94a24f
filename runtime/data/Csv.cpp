#include "runtime/data/Csv.h"

#include "runtime/data/Bytes.h"

#include <charconv>
#include <cmath>
#include <new>
#include <string>
#include <utility>

namespace gradus {

bool parseNumber(std::string_view field, double &value) {
  const size_t first = field.find_first_not_of(" \t"), last = field.find_last_not_of(" \t");
  if (first == std::string_view::npos)
    return false;
  field = field.substr(first, last - first + 1);
  if (field.size() > 1 && field[0] == '+' && field[1] != '-')
    field.remove_prefix(1);
  // from_chars would also take inf and nan.
  const char lead = field[0] == '-' && field.size() > 1 ? field[1] : field[0];
  if (lead != '.' && (lead < '0' || lead > '9'))
    return false;
  const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (end != field.data() + field.size())
    return false;
  if (problem == std::errc::result_out_of_range)
    value = std::strtod(std::string(field).c_str(), nullptr); // 0 or infinite
  else if (problem != std::errc())
    return false;
  return std::isfinite(value);
}

Result<int64_t> CsvTable::column(std::string_view wanted) const {
  int64_t found = -1;
  for (size_t i = 0; i < header.size(); ++i)
    if (header[i] == wanted) {
      if (found >= 0)
        return Status::error(name + ": two columns are named \"" + std::string(wanted) + "\"");
      found = static_cast<int64_t>(i);
    }
  if (found >= 0)
    return found;
  int64_t number = 0;
  const auto [end, problem] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (problem == std::errc() && end == wanted.data() + wanted.size() && number < columns() &&
      number >= -columns())
    return number < 0 ? number + columns() : number;
  std::string known;
  for (size_t i = 0; i < header.size() && i < 40; ++i)
    known += (i ? ", " : "") + header[i];
  return Status::error(name + ": expected a column \"" + std::string(wanted) + "\", found " +
                       known + (header.size() > 40 ? ", ..." : ""));
}

std::string CsvTable::place(int64_t row, int64_t column) const {
  return name + ":" + std::to_string(lines[static_cast<size_t>(row)]) + ": column " +
         std::to_string(column + 1) + " (" + header[static_cast<size_t>(column)] + ")";
}

namespace {

/// Cuts a text into records of fields.
class Reader {
public:
  Reader(std::string_view text, const std::string &name, char separator)
      : text(text), name(name), separator(separator) {
    if (text.substr(0, 3) == "\xef\xbb\xbf") // byte order mark
      lineStart = at = 3;
  }

  /// Skips empty lines; false at the end of the text.
  bool more() {
    while (at < text.size() && (text[at] == '\n' || text.substr(at, 2) == "\r\n"))
      endLine();
    return at < text.size();
  }

  int64_t line() const { return lineNumber; }

  Status record(std::vector<std::string> &fields) {
    fields.clear();
    while (true) {
      std::string field;
      if (Status status = at < text.size() && text[at] == '"' ? quoted(field) : plain(field);
          !status)
        return status;
      fields.push_back(std::move(field));
      if (at < text.size() && text[at] == separator) {
        ++at;
        continue;
      }
      if (at < text.size())
        endLine();
      return {};
    }
  }

private:
  Status problem(const std::string &what) const {
    return Status::error(name + ":" + std::to_string(lineNumber) + ":" +
                         std::to_string(at - lineStart + 1) + ": " + what);
  }
  bool atLineEnd() const { return text[at] == '\n' || text.substr(at, 2) == "\r\n"; }
  void endLine() {
    at += text[at] == '\r' ? 2 : 1;
    lineStart = at;
    ++lineNumber;
  }

  Status plain(std::string &field) {
    const size_t begin = at;
    for (; at < text.size() && text[at] != separator && !atLineEnd(); ++at) {
      if (text[at] == '"')
        return problem(
            "expected a field without quotes, found '\"' (a quoted field begins with it)");
      if (text[at] == '\0')
        return problem("expected text, found a NUL byte");
      if (text[at] == '\r')
        return problem("expected a line feed after the carriage return");
    }
    field = text.substr(begin, at - begin);
    return {};
  }

  Status quoted(std::string &field) {
    const size_t openLine = static_cast<size_t>(lineNumber), openColumn = at - lineStart + 1;
    ++at;
    while (at < text.size()) {
      if (text[at] == '"') {
        ++at;
        if (at < text.size() && text[at] == '"') {
          field += '"';
          ++at;
          continue;
        }
        if (at < text.size() && text[at] != separator && !atLineEnd())
          return problem("expected the end of a quoted field");
        return {};
      }
      if (text[at] == '\0')
        return problem("expected text, found a NUL byte");
      field += text[at];
      if (text[at++] == '\n') {
        ++lineNumber;
        lineStart = at;
      }
    }
    return problem("expected '\"', found the end of the file (the field began at line " +
                   std::to_string(openLine) + ", column " + std::to_string(openColumn) + ")");
  }

  std::string_view text;
  const std::string &name;
  char separator;
  size_t at = 0, lineStart = 0;
  int64_t lineNumber = 1;
};

bool looksLikeHeader(const std::vector<std::string> &fields) {
  double value;
  for (const std::string &field : fields)
    if (field.empty() || parseNumber(field, value))
      return false;
  return true;
}

} // namespace

static Result<CsvTable> parseTable(std::string_view text, const std::string &name,
                                   const CsvOptions &options) {
  CsvTable table;
  table.name = name;
  Reader reader(text, name, options.separator);
  std::vector<std::string> record;
  bool first = true;
  while (reader.more()) {
    const int64_t line = reader.line();
    if (Status status = reader.record(record); !status)
      return status;
    if (first) {
      first = false;
      if (options.header == CsvOptions::Header::yes ||
          (options.header == CsvOptions::Header::detect && looksLikeHeader(record))) {
        table.header = std::move(record);
        continue;
      }
      for (size_t i = 0; i < record.size(); ++i)
        table.header.push_back("column " + std::to_string(i + 1));
    }
    if (record.size() != table.header.size())
      return Status::error(name + ":" + std::to_string(line) + ": expected " +
                           std::to_string(table.header.size()) + " fields, found " +
                           std::to_string(record.size()));
    table.lines.push_back(line);
    for (std::string &field : record)
      table.fields.push_back(std::move(field));
  }
  if (table.lines.empty())
    return Status::error(name + ":" + std::to_string(reader.line()) +
                         ": expected rows, found the end of the file");
  return table;
}

Result<CsvTable> parseCsv(std::string_view text, const std::string &name,
                          const CsvOptions &options) {
  try {
    return parseTable(text, name, options);
  } catch (const std::bad_alloc &) {
    return Status::error(name + ": not enough memory");
  }
}

Result<CsvTable> readCsv(const std::filesystem::path &path, const CsvOptions &options) {
  const Result<Bytes> bytes = readFileMaybeGzip(path);
  if (!bytes)
    return bytes.status();
  return parseCsv({reinterpret_cast<const char *>(bytes->data()), bytes->size()}, path.string(),
                  options);
}

} // namespace gradus
