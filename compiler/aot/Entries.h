// The functions that NAME.h declares, around the programs of a model. Private to compiler/aot.
#pragma once

#include "compiler/aot/Model.h"
#include "compiler/codegen/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace gradus::ahead {

struct EntryOptions {
  std::string prefix; ///< of all symbols; the model's name, or that and a processor level
  bool flush = false; ///< subnormals, during a call
};

/// Symbols of functions () -> i64 and (i64) -> () that set and restore the float mode of a thread;
/// empty where the target has no such mode.
struct FloatModeNames {
  std::string enter, leave;
};
FloatModeNames floatModeOf(const compiler::Target &target, const EntryOptions &options);

/// Adds to `programs`, which holds the lowered programs of all entries, the public functions, the
/// tables that they need, and declarations of what the library gives.
void addEntries(mlir::ModuleOp programs, const Model &model, const compiler::Target &target,
                const EntryOptions &options);

/// The public functions of a model that is compiled for several levels of x86-64: each calls that of
/// the best level that the processor has. prefixes: of the levels, least first; numbers: 1 to 4.
mlir::OwningOpRef<mlir::ModuleOp> dispatchers(mlir::MLIRContext *context, const Model &model,
                                              const std::vector<std::string> &prefixes,
                                              const std::vector<int> &levels);

} // namespace gradus::ahead
