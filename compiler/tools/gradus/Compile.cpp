// gradus compile: a model as an object file and a header.
#include "compiler/aot/CommandLine.h"
#include "compiler/tools/gradus/Commands.h"
#include "compiler/tools/gradus/ModelSource.h"

namespace gradus::tool {
namespace {

CommandText compileText() {
  CommandText text;
  text.name = "compile";
  text.brief = "a model as one .o and one .h that need nothing else";
  text.synopsis = "MODEL.mlir [EVALUATION.mlir]";
  text.summary =
      "Compiles a graph in its text form, ahead of time: a training step, an inference, or both, as\n"
      "NAME.o and NAME.h, for C, C++ and whatever calls C. EVALUATION.mlir: the model as it is\n"
      "evaluated, if that is another graph (without dropout, say).";
  text.options = ahead::optionTexts();
  text.epilogue = "examples:\n"
                  "  gradus export --model mlp --hidden 256 -o mlp.mlir\n"
                  "  gradus compile mlp.mlir -o build --report\n"
                  "  gradus compile mlp.mlir -o build --target cortex-m7 --batch 1 --numerics portable\n"
                  "  gradus compile mlp.mlir -o build --target x86-64,x86-64-v3,x86-64-v4 --threads plug-in";
  return text;
}

int runCompile(const Arguments &arguments) {
  const std::vector<std::string> &files = arguments.positional();
  if (files.empty())
    throw UsageError("expected a MODEL.mlir");
  if (files.size() > 2)
    throw UsageError("unexpected argument \"" + files[2] + "\"");
  AotOptions options = ahead::parseOptions(arguments);
  for (const std::string &file : files)
    if (size_t slash = file.rfind('/'); slash != std::string::npos)
      options.filePrefixes.emplace_back(file.substr(0, slash + 1), "");
  Graph model = readGraph(files[0]);
  AotResult result = files.size() == 2 ? aot(TrainingStep(model), readGraph(files[1]), options) : aot(model, options);
  ahead::finish(arguments, result);
  return 0;
}

} // namespace

Command compileCommand() { return {compileText(), runCompile}; }

} // namespace gradus::tool
