// Private to compiler/jit.
#ifndef GRADUS_COMPILER_JIT_PERFMAP_H
#define GRADUS_COMPILER_JIT_PERFMAP_H

#include <llvm/ExecutionEngine/JITEventListener.h>

namespace gradus::compiler {

/// Appends the functions of each loaded object to /tmp/perf-<pid>.map, the file in which `perf
/// report` looks for the names of code that lies in no file.
llvm::JITEventListener &perfMapListener();

} // namespace gradus::compiler

#endif
