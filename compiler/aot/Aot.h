// Ahead of time: a model as object files and a C header that need nothing else. No MLIR here.
#pragma once

#include "compiler/Compile.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gradus {

struct AotOptions {
  /// Stem of the files and prefix of all C names; empty: the graph's name. A C identifier.
  std::string name = "";
  /// Machines, by names of Target::knownNames(), "native", or LLVM triples. Several must be levels of
  /// x86-64, least first: the archive then chooses by cpuid.
  std::vector<std::string> targets = {"native"};
  /// LLVM processor and features ("+avx2,-fma") on top of a single target.
  std::string cpu = "", features = "";
  enum class Entry { inference, training, both };
  /// Which functions; unset: training and inference if there is a training step, else inference.
  std::optional<Entry> entry = std::nullopt;
  /// Results of the inference; none: all of the evaluation graph, or all of the training step's but
  /// "loss" (unless that is its only one).
  std::vector<std::string> results = {};
  /// Results of the training step; none: all.
  std::vector<std::string> stepResults = {};
  /// Batch sizes, which share the state. The first one decides its layout.
  std::vector<int64_t> batches = {32};
  /// Whether step and infer take a gradus_threads.
  bool threads = false;
  Numerics numerics = Numerics::native;
  /// What happens to subnormals during a call; portable numerics keep them.
  Subnormals subnormals = Subnormals::flush;
  /// none: NAME_init draws the first values. embedded: NAME_init sets `values`, and without training
  /// they are constants of the object, which then has no state. file: as none, and the values are
  /// written to NAME.safetensors, for NAME_load.
  enum class Weights { none, embedded, file };
  Weights weights = Weights::none;
  /// Row-major values of states by name, of all parameters at least; other states begin as the model
  /// says, with `seed`. Names that are no states are passed over.
  std::map<std::string, NDArray> values = {};
  uint64_t seed = 0;
  /// (old, new): in line tables, a source file's name that begins with old has new in its place.
  std::vector<std::pair<std::string, std::string>> filePrefixes = {};
  enum class Emit { object, assembly, llvm, mlir };
  Emit emit = Emit::object;
  bool archive = false; ///< NAME.a, too (always, for several targets)
  bool shared = false;  ///< NAME.so, or NAME.wasm, too: calls a linker
  bool json = false;    ///< NAME.json, too
  bool stack = false;   ///< let the report tell what each function takes of the stack
};

/// What an object needs of the machine that it runs on. Bytes.
struct AotReport {
  std::string target;
  int64_t code = 0, constants = 0;      ///< in the object
  int64_t state = 0, arena = 0;         ///< memory of the caller's
  struct Function {
    std::string name;
    int64_t kernels = 0, flops = 0;
    int64_t traffic = 0; ///< that its kernels read and write
    int64_t arena = 0;
    int64_t stack = -1; ///< -1: not known
  };
  std::vector<Function> functions;
  std::vector<std::string> undefined; ///< symbols that the linker must find
  double milliseconds = 0;            ///< that the compilation took

  /// A table for people.
  std::string toText() const;
};

struct AotResult {
  std::map<std::string, std::string> files; ///< bytes by file name
  std::vector<AotReport> reports;           ///< one per target

  /// Writes all files, or, if one cannot be written, none. Throws std::runtime_error that names it.
  void write(const std::filesystem::path &folder) const;
};

/// Compiles a model for inference. Throws GraphError for a mistake in the model, std::runtime_error
/// for what the compiler or the target cannot do, std::invalid_argument for impossible options.
AotResult aot(const Graph &model, const AotOptions &options = {});
/// Compiles a training step, and inference: of `evaluation`, or of the step without its update.
AotResult aot(const TrainingStep &step, const AotOptions &options = {});
AotResult aot(const TrainingStep &step, const Graph &evaluation, const AotOptions &options = {});

/// main() of a program that compiles one model: takes the options of `gradus compile`, says what is
/// wrong, gives the exit status. For gradus_add_model(.. SOURCE model.cpp).
int aotMain(int argc, char **argv, const Graph &model);
int aotMain(int argc, char **argv, const TrainingStep &step);
int aotMain(int argc, char **argv, const TrainingStep &step, const Graph &evaluation);

} // namespace gradus
