#include "compiler/codegen/ObjectReport.h"
#include "compiler/codegen/CompileError.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/Wasm.h>
#include <llvm/Support/MemoryBuffer.h>

#include <set>

namespace gradus::compiler {
namespace {

template <class T> T orThrow(llvm::Expected<T> value) {
  if (!value)
    throw CompileError("object file: " + llvm::toString(value.takeError()));
  return std::move(*value);
}

void addElf(const llvm::object::ELFObjectFileBase &file, ObjectReport &report) {
  for (const llvm::object::ELFSectionRef section : file.sections()) {
    uint64_t flags = section.getFlags();
    auto bytes = static_cast<int64_t>(section.getSize());
    if (!(flags & llvm::ELF::SHF_ALLOC))
      continue;
    // Constants with addresses in them are written once, by the dynamic linker.
    bool isRelocated = orThrow(section.getName()).starts_with(".data.rel.ro");
    if (flags & llvm::ELF::SHF_EXECINSTR)
      report.code += bytes;
    else if (!(flags & llvm::ELF::SHF_WRITE) || isRelocated)
      report.constants += bytes;
    else if (section.getType() == llvm::ELF::SHT_NOBITS)
      report.zeros += bytes;
    else
      report.data += bytes;
  }
}

void addWasm(const llvm::object::WasmObjectFile &file, ObjectReport &report) {
  for (const llvm::object::SectionRef &section : file.sections())
    if (file.getWasmSection(section).Type == llvm::wasm::WASM_SEC_CODE)
      report.code += static_cast<int64_t>(section.getSize());
  for (const llvm::object::WasmSegment &segment : file.dataSegments()) {
    auto bytes = static_cast<int64_t>(segment.Data.Content.size());
    if (segment.Data.Name.starts_with(".bss"))
      report.zeros += bytes;
    else if (segment.Data.Name.starts_with(".data"))
      report.data += bytes;
    else
      report.constants += bytes;
  }
}

std::vector<std::string> definedSymbols(const llvm::object::ObjectFile &file) {
  using llvm::object::SymbolRef;
  std::set<std::string> names;
  for (const SymbolRef &symbol : file.symbols()) {
    uint32_t flags = orThrow(symbol.getFlags());
    if ((flags & SymbolRef::SF_Global) &&
        !(flags & (SymbolRef::SF_Undefined | SymbolRef::SF_Hidden)))
      names.insert(orThrow(symbol.getName()).str());
  }
  return {names.begin(), names.end()};
}

} // namespace

ObjectReport reportObject(const ObjectFile &object) {
  llvm::MemoryBufferRef bytes(llvm::StringRef(object.data(), object.size()), "object");
  auto file = orThrow(llvm::object::ObjectFile::createObjectFile(bytes));
  ObjectReport report;
  if (auto elf = llvm::dyn_cast<llvm::object::ELFObjectFileBase>(file.get()))
    addElf(*elf, report);
  else if (auto wasm = llvm::dyn_cast<llvm::object::WasmObjectFile>(file.get()))
    addWasm(*wasm, report);
  else
    throw CompileError("object file: neither ELF nor WebAssembly");
  report.defined = definedSymbols(*file);
  report.undefined = undefinedSymbols(object);
  return report;
}

} // namespace gradus::compiler
