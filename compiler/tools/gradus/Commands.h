// The subcommands of gradus.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_COMMANDS_H
#define GRADUS_COMPILER_TOOLS_GRADUS_COMMANDS_H

#include "compiler/cli/Arguments.h"

namespace gradus::tool {

struct Command {
  CommandText text;
  /// Gives the exit status. Throws UsageError, RunError, GraphError, CompileError.
  int (*run)(const Arguments &arguments);
};

Command trainCommand();
Command showCommand();
Command exportCommand();
Command compileCommand();

} // namespace gradus::tool

#endif
