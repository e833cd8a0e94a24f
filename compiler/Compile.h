// From a graph to a program that runs. No MLIR here.
#pragma once

#include "compiler/codegen/Target.h"
#include "compiler/graph/Graph.h"
#include "compiler/graph/Optimizers.h"
#include "runtime/core/Program.h"

#include <memory>
#include <string>
#include <vector>

namespace gradus {

struct CompileOptions {
  /// The size that stands for kBatch. Program::withBatch compiles the same for another size.
  int64_t batch = 32;
  /// Threads that run the program, the calling one included; 0: one per processor. The numbers are
  /// the same for any count.
  int threads = 0;
  /// Another program's state: variables of equal names are shared, layouts and all.
  std::shared_ptr<State> state = nullptr;
  /// The machine to compile for: "native" or a name of Target::knownNames().
  std::string target = "native";
  /// Whether to look for, and keep, the code in the cache on disk ($GRADUS_CACHE, else the user's
  /// cache folder).
  bool cache = true;
  /// portable: the same numbers on every machine, and as from `gradus compile --numerics portable`, for
  /// less speed.
  Numerics numerics = Numerics::native;
  /// Portable programs always keep them.
  Subnormals subnormals = Subnormals::flush;
  /// Decides how the variables begin.
  uint64_t seed = 0;
  /// The results to compute; none: all. Inputs that only the others need are no inputs of the
  /// program. Throws std::invalid_argument for a name that is no result.
  std::vector<std::string> results = {};
  /// Whether the program sets variables. Without, it only reads them: a model in training mode is
  /// evaluated and stays as it was.
  bool assigns = true;
};

/// Compiles a graph: its named results and its assigns. Throws GraphError for a mistake in the model
/// (at the user's line) and std::runtime_error for what the compiler cannot do.
Program compile(const Graph &graph, const CompileOptions &options = {});

/// Compiles a training step; `graph` is the model that it trains.
Program compile(const Graph &graph, const TrainingStep &step, const CompileOptions &options = {});

/// The graph as text (see Graph::toText) with its gradients written out, operation by operation: what
/// phase `autodiff` makes of it. Throws GraphError for a mistake in the model.
std::string differentiatedText(const Graph &graph, int64_t batch = 1);

} // namespace gradus
