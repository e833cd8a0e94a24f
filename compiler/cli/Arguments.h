// The command line of one subcommand.
#ifndef GRADUS_COMPILER_CLI_ARGUMENTS_H
#define GRADUS_COMPILER_CLI_ARGUMENTS_H

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gradus::tool {

/// A command line that cannot be meant: one line, without the subcommand. Exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The world does not go along (a file, a disk, data): one line. Exit status 1.
struct RunError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One option of a subcommand, as --help shows it.
struct OptionText {
  std::string_view name;  ///< without the dashes
  std::string_view value; ///< what follows it; empty: a flag
  std::string_view help;
  char letter = 0; ///< -o for --output; 0: none
};

/// What a subcommand is called and takes.
struct CommandText {
  std::string_view program = "gradus ";
  std::string_view name, synopsis;
  std::string_view brief; ///< half a line, for the list of commands
  std::string_view summary;
  std::vector<OptionText> options;
  std::string_view epilogue;

  /// "usage: gradus train [options]" and the options, wrapped: what follows an error.
  std::string usage() const;
  /// The whole page of --help.
  std::string help() const;
};

/// Options as --name VALUE or --name=VALUE, or by their letter as -o VALUE; every other word is a
/// positional argument ("-" and what follows "--" too). Each getter checks the value and throws
/// UsageError that says what was expected and what was found.
class Arguments {
public:
  /// Throws UsageError for an unknown option, a missing or a superfluous value, an option given
  /// twice.
  Arguments(const CommandText &command, const std::vector<std::string> &words);

  bool has(std::string_view option) const { return values.find(option) != values.end(); }
  /// The value as it is; `otherwise` if the option was not given.
  std::string text(std::string_view option, std::string otherwise = "") const;
  /// A decimal integer from low to high.
  int64_t integer(std::string_view option, int64_t otherwise, int64_t low, int64_t high) const;
  /// A finite number above `low` (or `low` itself, if `orLow`) and at most `most`.
  double number(std::string_view option, double otherwise, double low, double most,
                bool orLow = false) const;
  /// One of the words in `allowed`.
  std::string oneOf(std::string_view option, std::string otherwise,
                    const std::vector<std::string> &allowed) const;
  /// Integers from low to high, separated by commas; at most `most` of them.
  std::vector<int64_t> integers(std::string_view option, std::vector<int64_t> otherwise,
                                int64_t low, int64_t high, size_t most) const;

  const std::vector<std::string> &positional() const { return words; }

private:
  std::map<std::string, std::string, std::less<>> values;
  std::vector<std::string> words;
};

} // namespace gradus::tool

#endif
