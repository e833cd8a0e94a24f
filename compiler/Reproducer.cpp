#include "compiler/Reproducer.h"

#include "llvm/Support/raw_ostream.h"

#include <filesystem>
#include <fstream>

using namespace mlir;

namespace gradus::compiler {

std::string passesOf(Phase phase, const PipelineOptions &options) {
  std::string target = options.target.cpu.empty() ? "native" : options.target.cpu;
  switch (phase) {
  case Phase::Graph:
  case Phase::Codegen: // an object file, not a pass
  case Phase::Jit:
    return "--gradus-verify-phase=" + nameOf(phase < Phase::Lower ? phase : Phase::Lower);
  case Phase::Shapes:
    return "--gradus-infer-shapes=batch=" + std::to_string(options.batch) +
           " --gradus-verify-phase=shapes";
  case Phase::Autodiff:
    return "--gradus-differentiate --gradus-verify-phase=autodiff";
  case Phase::Schedule:
    return "--gradus-decompose --gradus-product-forms=target=" + target +
           " --gradus-simplify --gradus-form-kernels=target=" + target +
           " --gradus-choose-layouts=target=" + target +
           " --gradus-order-kernels --gradus-verify-phase=schedule";
  case Phase::Memory:
    return "--gradus-assign-buffers --gradus-verify-phase=memory";
  case Phase::Lower:
    return "--gradus-lower-kernels=\"target=" + target + " name=" + options.name +
           "\" --gradus-verify-phase=lower";
  }
  return "";
}

static std::string fileName(const std::string &program) {
  std::string name = "gradus-reproducer-";
  for (char c : program)
    name += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' ? c : '_';
  return name + ".mlir";
}

std::string writeReproducer(ModuleOp before, Phase failed, const PipelineOptions &options) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  before.print(stream, OpPrintingFlags().enableDebugInfo());
  std::error_code none;
  for (std::filesystem::path folder :
       {std::filesystem::temp_directory_path(none), std::filesystem::path(".")}) {
    std::filesystem::path path = folder / fileName(options.name);
    std::ofstream file(path);
    file << "// Phase " << nameOf(failed) << " failed on this module. Repeat with:\n// gradus-opt "
         << passesOf(failed, options) << ' ' << path.filename().string() << "\n\n"
         << text << '\n';
    file.close();
    if (file)
      return path.string();
  }
  return "";
}

} // namespace gradus::compiler
