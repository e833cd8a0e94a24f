// Tables as text: RFC 4180.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

struct CsvOptions {
  enum class Header { yes, no, detect };
  char separator = ',';
  /// detect: the first record is a header if none of its fields is a number (or an empty field).
  Header header = Header::detect;
};

/// A rectangular table of text.
struct CsvTable {
  std::string name;                ///< of the file, for messages
  std::vector<std::string> header; ///< column names; "column 1", ... where the file has none
  std::vector<std::string> fields; ///< row-major
  std::vector<int64_t> lines;      ///< the line of the file where each row begins, from 1
  int64_t rows() const { return static_cast<int64_t>(lines.size()); }
  int64_t columns() const { return static_cast<int64_t>(header.size()); }
  const std::string &field(int64_t row, int64_t column) const {
    return fields[static_cast<size_t>(row * columns() + column)];
  }
  /// Position of a column by name, or by number from 0 (-1: the last); an error names the columns
  /// that there are.
  Result<int64_t> column(std::string_view nameOrNumber) const;
  /// "FILE:12: column 3 (horsepower)": the place of a field, for messages.
  std::string place(int64_t row, int64_t column) const;
};

/// Quoted fields may hold separators, line ends and doubled quotes; line ends are LF or CRLF; a
/// UTF-8 byte order mark and empty lines are skipped. Errors name line and column: rows of unequal
/// length, a quote inside an unquoted field, text after a closing quote, a quote never closed, a
/// NUL byte, no rows.
Result<CsvTable> parseCsv(std::string_view text, const std::string &name,
                          const CsvOptions &options = {});
/// A plain or gzip file.
Result<CsvTable> readCsv(const std::filesystem::path &path, const CsvOptions &options = {});

/// The field as a number (decimal or exponent notation, surrounding blanks allowed; inf and nan are
/// not numbers here); false if it is none.
bool parseNumber(std::string_view field, double &value);

} // namespace gradus
