//===- Pipeline.h - all phases, in order ------------------------------------------------------===//
#pragma once

#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Target.h"
#include "compiler/lower/Lower.h"
#include "compiler/memory/Memory.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace gradus::compiler {

/// The phases of DESIGN, by the names that --stop-after= takes.
enum class Phase { Graph, Shapes, Autodiff, Schedule, Memory, Lower, Codegen, Jit };
const std::vector<std::string> &phaseNames();
const std::string &nameOf(Phase phase);
/// Throws CompileError that lists the names.
Phase phaseNamed(const std::string &name);

struct PipelineOptions {
  Target target = Target::native();
  std::string name = "program"; ///< stem of the symbols
  int64_t batch = 0;            ///< the size that stands for the batch; 0: the model has none
  bool lineTables = true;
  int codegenThreads = 2;
  LowerOptions lowering = {};
};

/// A model on its way through the phases.
struct Pipeline {
  Pipeline(mlir::OwningOpRef<mlir::ModuleOp> graph, PipelineOptions options);

  /// Runs the phases up to `last`, checking each contract in debug builds. Throws GraphError for a mistake
  /// of the model and CompileError for one of ours, which names a reproducer file (see Reproducer.h).
  void runUntil(Phase last);

  mlir::OwningOpRef<mlir::ModuleOp> module; ///< as the last phase left it
  PipelineOptions options;
  Phase done = Phase::Graph;
  ArenaReport arena;               ///< from Memory on
  std::vector<KernelCost> kernels; ///< from Schedule on
  std::string descriptor;          ///< from Memory on
  ObjectFiles objects;             ///< from Codegen on
  struct Timing {
    std::string phase;
    double milliseconds;
  };
  std::vector<Timing> timings;

private:
  void run(Phase phase);
  void runChecked(Phase phase);
};

/// The JSON text that a program carries about itself (see runtime/abi/gradus_abi.h).
std::string describe(mlir::ModuleOp assigned, const Pipeline &pipeline);

/// Checks what holds after a phase; the message says what does not, empty when all does.
std::string verifyPhase(mlir::ModuleOp module, Phase phase);

} // namespace gradus::compiler
