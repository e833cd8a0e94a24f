// gradus export: the built-in models as text, to look at, to change, to compile.
#include "compiler/tools/gradus/Commands.h"
#include "compiler/tools/gradus/ModelSource.h"

#include "runtime/checkpoint/AtomicFile.h"

#include <cstdio>

namespace gradus::tool {
namespace {

CommandText exportText() {
  CommandText text;
  text.name = "export";
  text.brief = "write a built-in model as text that can be changed and compiled";
  text.summary =
      "Writes the training step of a built-in model (forward, loss, optimizer) as text of\n"
      "gradus ops, which gradus show and gradus compile read.";
  for (const OptionText &option : builtInOptions())
    if (option.name != "batch") // the size of the batch stays open in a text
      text.options.push_back(option);
  text.options.push_back({"locations", "", "the C++ line that made each op"});
  text.options.push_back(
      {"output", "FILE", "write here (-o FILE, too); default: standard output", 'o'});
  text.options.push_back({"help", "", "this page"});
  text.epilogue = "examples:\n"
                  "  gradus export --model mlp --hidden 256 --optimizer adam -o mlp.mlir\n"
                  "  gradus export --model softmax --features 64 --evaluation | gradus show -";
  return text;
}

int runExport(const Arguments &arguments) {
  if (!arguments.positional().empty())
    throw UsageError("unexpected argument \"" + arguments.positional().front() + "\"");
  TrainConfig config = parseTrainConfig(arguments, {});
  std::string text = builtInGraph(arguments, config).toText(arguments.has("locations"));
  std::string file = arguments.text("output");
  if (!file.empty() && file != "-") {
    if (Status status = writeFileAtomically(file, text); !status)
      throw RunError(status.message());
    return 0;
  }
  bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (std::fflush(stdout) != 0 || !written)
    throw RunError("standard output: cannot write");
  return 0;
}

} // namespace

Command exportCommand() { return {exportText(), runExport}; }

} // namespace gradus::tool
