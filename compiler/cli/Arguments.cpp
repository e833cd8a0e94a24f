#include "compiler/cli/Arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace gradus::tool {
namespace {

/// A word of the user's in a message: quoted, cut, without control characters.
std::string quoted(std::string_view word) {
  std::string out = "\"";
  for (char c : word.substr(0, 60))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out + (word.size() > 60 ? "...\"" : "\"");
}

[[noreturn]] void wrong(std::string_view option, const std::string &expected,
                        std::string_view found) {
  throw UsageError("--" + std::string(option) + ": expected " + expected + ", found " +
                   quoted(found));
}

bool parseInteger(std::string_view text, int64_t low, int64_t high, int64_t &value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= low && value <= high;
}

std::string range(int64_t low, int64_t high) {
  return "from " + std::to_string(low) + " to " + std::to_string(high);
}

std::string plain(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// Number of letters that have to be changed, added or dropped (Levenshtein).
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1])});
      corner = above;
    }
  }
  return row[b.size()];
}

[[noreturn]] void unknown(const CommandText &command, std::string_view name) {
  std::string message = "unknown option " + quoted("--" + std::string(name));
  const OptionText *nearest = nullptr;
  size_t best = 3;
  for (const OptionText &option : command.options)
    if (size_t d = distance(name.substr(0, 40), option.name); d < best) {
      best = d;
      nearest = &option;
    }
  if (nearest)
    message += " (did you mean --" + std::string(nearest->name) + "?)";
  throw UsageError(message);
}

const OptionText &find(const CommandText &command, std::string_view name) {
  for (const OptionText &option : command.options)
    if (option.name == name)
      return option;
  unknown(command, name);
}

const OptionText &findLetter(const CommandText &command, const std::string &word) {
  for (const OptionText &option : command.options)
    if (word.size() == 2 && option.letter && option.letter == word[1])
      return option;
  throw UsageError("unknown option " + quoted(word));
}

} // namespace

std::string CommandText::usage() const {
  std::string out = "usage: " + std::string(program) + std::string(name);
  if (!synopsis.empty())
    out += " " + std::string(synopsis);
  const std::string indent(8 + program.size() + name.size(), ' ');
  size_t column = out.size();
  for (const OptionText &option : options) {
    std::string word = "[--" + std::string(option.name) +
                       (option.value.empty() ? "" : " " + std::string(option.value)) + "]";
    if (column + 1 + word.size() > 98) {
      out += "\n" + indent + word;
      column = indent.size() + word.size();
    } else {
      out += " " + word;
      column += 1 + word.size();
    }
  }
  return out + "\n";
}

std::string CommandText::help() const {
  std::string out = "usage: " + std::string(program) + std::string(name) +
                    (synopsis.empty() ? "" : " " + std::string(synopsis)) + " [options]\n\n" +
                    std::string(summary) + "\n\noptions:\n";
  constexpr size_t kColumn = 26;
  for (const OptionText &option : options) {
    std::string head = option.letter ? std::string("  -") + option.letter + ", --" : "  --";
    head += std::string(option.name) +
                       (option.value.empty() ? "" : " " + std::string(option.value));
    head += head.size() + 2 > kColumn ? "\n" + std::string(kColumn, ' ')
                                      : std::string(kColumn - head.size(), ' ');
    out += head;
    for (char c : option.help)
      out += c == '\n' ? "\n" + std::string(kColumn, ' ') : std::string(1, c);
    out += "\n";
  }
  if (!epilogue.empty())
    out += "\n" + std::string(epilogue) + "\n";
  return out;
}

Arguments::Arguments(const CommandText &command, const std::vector<std::string> &given) {
  bool optionsEnded = false;
  for (size_t i = 0; i < given.size(); ++i) {
    const std::string &word = given[i];
    if (optionsEnded || word.size() < 2 || word[0] != '-') {
      words.push_back(word);
      continue;
    }
    if (word == "--") {
      optionsEnded = true;
      continue;
    }
    bool isLetter = word[1] != '-';
    size_t equals = isLetter ? std::string::npos : word.find('=');
    const OptionText &option =
        isLetter ? findLetter(command, word) : find(command, word.substr(2, equals - 2));
    const std::string name(option.name);
    std::string value;
    if (equals != std::string::npos) {
      if (option.value.empty())
        throw UsageError("--" + name + " takes no value");
      value = word.substr(equals + 1);
    } else if (!option.value.empty()) {
      if (i + 1 == given.size() || given[i + 1].rfind("--", 0) == 0)
        throw UsageError("--" + name + ": expected " + std::string(option.value) +
                         ", found nothing");
      value = given[++i];
    }
    if (!values.emplace(name, value).second)
      throw UsageError("--" + name + " is given twice");
  }
}

std::string Arguments::text(std::string_view option, std::string otherwise) const {
  auto found = values.find(option);
  if (found == values.end())
    return otherwise;
  if (found->second.empty())
    wrong(option, "a value", "");
  return found->second;
}

int64_t Arguments::integer(std::string_view option, int64_t otherwise, int64_t low,
                           int64_t high) const {
  auto found = values.find(option);
  if (found == values.end())
    return otherwise;
  int64_t value = 0;
  if (!parseInteger(found->second, low, high, value))
    wrong(option, "an integer " + range(low, high), found->second);
  return value;
}

double Arguments::number(std::string_view option, double otherwise, double low, double most,
                         bool orLow) const {
  auto found = values.find(option);
  if (found == values.end())
    return otherwise;
  const std::string &text = found->second;
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
      !(orLow ? value >= low : value > low) || !(value <= most))
    wrong(option,
          (orLow ? "a number of at least " : "a number above ") + plain(low) + ", at most " +
              plain(most),
          text);
  return value;
}

std::string Arguments::oneOf(std::string_view option, std::string otherwise,
                             const std::vector<std::string> &allowed) const {
  auto found = values.find(option);
  if (found == values.end())
    return otherwise;
  if (std::find(allowed.begin(), allowed.end(), found->second) != allowed.end())
    return found->second;
  std::string list;
  for (size_t i = 0; i < allowed.size(); ++i)
    list += (i == 0 ? "" : i + 1 == allowed.size() ? " or " : ", ") + allowed[i];
  wrong(option, list, found->second);
}

std::vector<int64_t> Arguments::integers(std::string_view option, std::vector<int64_t> otherwise,
                                         int64_t low, int64_t high, size_t most) const {
  auto found = values.find(option);
  if (found == values.end())
    return otherwise;
  std::vector<int64_t> out;
  std::string_view rest = found->second;
  for (;;) {
    size_t comma = rest.find(',');
    int64_t value = 0;
    if (out.size() == most || !parseInteger(rest.substr(0, comma), low, high, value))
      wrong(option,
            "at most " + std::to_string(most) + " integers " + range(low, high) +
                ", separated by commas",
            found->second);
    out.push_back(value);
    if (comma == std::string_view::npos)
      return out;
    rest.remove_prefix(comma + 1);
  }
}

} // namespace gradus::tool
