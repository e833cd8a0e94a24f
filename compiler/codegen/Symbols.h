// What an object file asks of the program that it is linked into.
#ifndef GRADUS_COMPILER_CODEGEN_SYMBOLS_H
#define GRADUS_COMPILER_CODEGEN_SYMBOLS_H

#include <string>
#include <vector>

namespace gradus::compiler {

using ObjectFile = std::vector<char>;

/// The symbols that `object` (ELF, WebAssembly, Mach-O or COFF) uses and does not define, sorted. What
/// every WebAssembly linker defines (__stack_pointer and the like) does not count. Throws CompileError for
/// bytes that are no object file.
std::vector<std::string> undefinedSymbols(const ObjectFile &object);

} // namespace gradus::compiler

#endif
