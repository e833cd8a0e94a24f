//===- Violation.h - how the checks of the phases report
//-----------------------------------------===//
#pragma once

#include "compiler/Pipeline.h"

#include <optional>

namespace gradus::compiler {

/// A broken contract. Thrown by the checks below; firstViolation catches it.
struct Violation {
  mlir::Location at;
  std::string what; ///< OP: what does not hold
};

[[noreturn]] void violated(mlir::Operation *op, const llvm::Twine &what);

/// What verifyPhase says, with its place apart.
std::optional<Violation> firstViolation(mlir::ModuleOp module, Phase phase);
/// The same for any check.
std::optional<Violation> firstViolation(llvm::function_ref<void()> check);

/// Kernels that their templates can emit; not yet in order (compiler/schedule/VerifySchedule.cpp).
void verifyKernels(mlir::ModuleOp module);
/// The contract of phase schedule.
void verifySchedule(mlir::ModuleOp module);
/// The contract of phase memory, given that of schedule (compiler/memory/VerifyMemory.cpp).
void verifyMemory(mlir::ModuleOp module);

} // namespace gradus::compiler
