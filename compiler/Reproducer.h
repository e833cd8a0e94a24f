//===- Reproducer.h - what to send us when the compiler fails ---------------------------------===//
#pragma once

#include "compiler/Pipeline.h"

namespace gradus::compiler {

/// The passes of gradus-opt that do the work of a phase and check its contract, as on a command
/// line.
std::string passesOf(Phase phase, const PipelineOptions &options);

/// Writes `before`, the module that phase `failed` was given, to gradus-reproducer-NAME.mlir in the
/// folder for temporary files (or else the current one), under a comment with the command that
/// repeats the failure. Returns the path; empty when nothing can be written.
std::string writeReproducer(mlir::ModuleOp before, Phase failed, const PipelineOptions &options);

} // namespace gradus::compiler
