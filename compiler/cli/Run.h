// How a command of a tool of ours runs and fails.
#ifndef GRADUS_COMPILER_CLI_RUN_H
#define GRADUS_COMPILER_CLI_RUN_H

#include "compiler/cli/Arguments.h"

#include <functional>

namespace gradus::tool {

/// Parses the words and calls `run`, or prints the page of --help; gives the exit status. Errors are one
/// line, then the usage where the command line is wrong.
int runCommand(const CommandText &text, const std::vector<std::string> &words,
               const std::function<int(const Arguments &)> &run);

} // namespace gradus::tool

#endif
