// What an object file takes of a machine's memory, and what it gives and asks.
#ifndef GRADUS_COMPILER_CODEGEN_OBJECTREPORT_H
#define GRADUS_COMPILER_CODEGEN_OBJECTREPORT_H

#include "compiler/codegen/Symbols.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gradus::compiler {

/// Bytes of what a linker would load; line tables and symbols are not counted.
struct ObjectReport {
  int64_t code = 0;
  int64_t constants = 0;              ///< read-only data, unwind tables
  int64_t data = 0;                   ///< writable, with first values
  int64_t zeros = 0;                  ///< writable, zero at first
  std::vector<std::string> defined;   ///< symbols for others, sorted
  std::vector<std::string> undefined; ///< symbols that others must define, sorted
};

/// Of the bytes of an ELF or WebAssembly object. Throws CompileError for anything else.
ObjectReport reportObject(const ObjectFile &object);

} // namespace gradus::compiler

#endif
