// Phase codegen: loops and vectors in, object bytes out. The same bytes are linked by the JIT and
// written to disk by the tool.
#ifndef GRADUS_COMPILER_CODEGEN_CODEGEN_H
#define GRADUS_COMPILER_CODEGEN_CODEGEN_H

#include "compiler/codegen/CompileError.h"
#include "compiler/codegen/StackUse.h"
#include "compiler/codegen/Symbols.h"
#include "compiler/codegen/Target.h"

#include <mlir/IR/BuiltinOps.h>

#include <string>
#include <vector>

namespace gradus::compiler {

// An ObjectFile is the bytes of one relocatable object.
using ObjectFiles = std::vector<ObjectFile>; ///< link all of them: they refer to each other

struct CodegenOptions {
  /// Source name of the LLVM module and stem of messages.
  std::string name = "gradus";
  /// Line tables, so that debuggers and profilers show the user's line.
  bool lineTables = true;
  /// (old, new): a source file's name that begins with old is recorded with new in its place; the
  /// first that fits counts.
  std::vector<std::pair<std::string, std::string>> filePrefixes = {};
  /// At most so many LLVM modules, each generated on a thread of its own; small programs use
  /// fewer. Bytes depend on this number, results do not. Give 1 for a single object.
  int modules = 1;
  /// Check the module before and the LLVM IR after conversion. A few milliseconds; a failed check
  /// is a bug of an emitter.
  bool verify = false;
  /// Each function and each constant in a section of its own, so that a linker can leave out (--gc-sections)
  /// what a program does not use.
  bool sections = false;
  /// Filled by emitObjects, where wanted.
  StackUse *stack = nullptr;
};

/// What emitObjects accepts: func.func (public: entry with external linkage; private with a body:
/// local to the program; private without: resolved by the linker), llvm.func and llvm.mlir.global;
/// bodies of func, scf, cf, arith, math, vector (1-D, fixed) and llvm ops over i1..i64, index, f32,
/// f64, !llvm.ptr and vectors of them. The address of a function is taken by llvm.mlir.addressof.
/// math.fma and vector.fma are one instruction where the target has it; nothing else is ever fused.
/// The module is converted in place (and emptied where it is split): treat it as consumed.
/// Equal modules, targets and options give equal bytes. Throws CompileError.
ObjectFiles emitObjects(mlir::ModuleOp lowered, const Target &target,
                        const CodegenOptions &options = {});

/// As emitObjects, with options.modules = 1.
ObjectFile emitObject(mlir::ModuleOp lowered, const Target &target,
                      const CodegenOptions &options = {});

/// The assembly of the same code, as text.
std::string emitAssembly(mlir::ModuleOp lowered, const Target &target,
                         const CodegenOptions &options = {});

/// The LLVM IR that code generation gets, as text.
std::string emitLlvmIr(mlir::ModuleOp lowered, const Target &target,
                       const CodegenOptions &options = {});

/// Cleans up emitted loops before emitObjects: folds and canonicalizes arith, vector, scf and llvm
/// ops, hoists what no loop changes, merges equal values. LLVM's middle end does not run, so this
/// is the only such pass over the code. Keeps every number bit for bit.
void optimizeLowered(mlir::ModuleOp module);

} // namespace gradus::compiler

#endif
