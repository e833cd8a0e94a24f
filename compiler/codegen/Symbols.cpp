#include "compiler/codegen/Symbols.h"
#include "compiler/codegen/CompileError.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/MemoryBuffer.h>

#include <set>

namespace gradus::compiler {

template <class T> static T orThrow(llvm::Expected<T> value) {
  if (!value)
    throw CompileError("object file: " + llvm::toString(value.takeError()));
  return std::move(*value);
}

static bool isFromLinker(llvm::StringRef name) {
  return llvm::is_contained({"__stack_pointer", "__memory_base", "__table_base", "__linear_memory",
                             "__indirect_function_table"},
                            name);
}

std::vector<std::string> undefinedSymbols(const ObjectFile &object) {
  llvm::MemoryBufferRef bytes(llvm::StringRef(object.data(), object.size()), "object");
  auto file = orThrow(llvm::object::ObjectFile::createObjectFile(bytes));
  std::set<std::string> names;
  for (const llvm::object::SymbolRef &symbol : file->symbols()) {
    uint32_t flags = orThrow(symbol.getFlags());
    // ELF's first symbol is undefined and has no name.
    if (flags & llvm::object::SymbolRef::SF_Undefined)
      if (llvm::StringRef name = orThrow(symbol.getName());
          !name.empty() && !(file->isWasm() && isFromLinker(name)))
        names.insert(name.str());
  }
  return {names.begin(), names.end()};
}

} // namespace gradus::compiler
