// The command line of an ahead-of-time compilation: of `gradus compile`, and of programs that compile
// a model of their own (aotMain).
#pragma once

#include "compiler/aot/Aot.h"
#include "compiler/cli/Arguments.h"

namespace gradus::ahead {

/// The options, as --help shows them.
std::vector<tool::OptionText> optionTexts();

/// What the options say. Throws UsageError, and RunError for a checkpoint that cannot be read.
AotOptions parseOptions(const tool::Arguments &arguments);

/// Writes the files, and prints the reports if they were asked for.
void finish(const tool::Arguments &arguments, const AotResult &result);

} // namespace gradus::ahead
