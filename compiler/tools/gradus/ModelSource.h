// Where a subcommand that looks at a model, or compiles it, has its graph from: a file of text, or
// a built-in model and its options.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_MODELSOURCE_H
#define GRADUS_COMPILER_TOOLS_GRADUS_MODELSOURCE_H

#include "compiler/tools/gradus/Model.h"

namespace gradus::tool {

/// The options of built-in models: those of modelOptions(), sizes, --evaluation.
std::vector<OptionText> builtInOptions();

/// The built-in model of the options: its training step, or with --evaluation the model as it is
/// evaluated. Throws UsageError.
Graph builtInGraph(const Arguments &arguments, const TrainConfig &config);

/// Reads a text that Graph::toText wrote; "-" is standard input. Throws RunError (the file) and
/// GraphError (the text).
Graph readGraph(const std::string &path);

/// The file that the only positional argument names, or else the built-in model of the options.
/// Throws UsageError if both are given, and as the two above.
Graph graphOf(const Arguments &arguments, const TrainConfig &config);

} // namespace gradus::tool

#endif
