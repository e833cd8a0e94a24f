#include "compiler/codegen/Library.h"
#include "compiler/codegen/CompileError.h"
#include "compiler/codegen/Target.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Module.h>
#include <llvm/Linker/Linker.h>
#include <llvm/TargetParser/Triple.h>

namespace gradus::compiler {
namespace {

bool isMissing(const llvm::Function &function) {
  return function.isDeclaration() && function.getName().starts_with("gradus_");
}

std::unique_ptr<llvm::Module> parseLibrary(llvm::LLVMContext &context, bool has64BitPointers) {
  const auto bytes = has64BitPointers ? libraryBitcode64 : libraryBitcode32;
  llvm::MemoryBufferRef buffer(
      llvm::StringRef(reinterpret_cast<const char *>(bytes.data()), bytes.size()),
      "gradus_library");
  auto parsed = llvm::parseBitcodeFile(buffer, context);
  if (!parsed)
    throw CompileError("codegen: cannot read the library: " + llvm::toString(parsed.takeError()));
  return std::move(*parsed);
}

/// What clang said of its own target goes (processor, unwind tables, frame pointers, stack probes);
/// what the code generator needs for small code without calls of libc stays.
void retarget(llvm::Module &library, const llvm::Module &module, const Target &target) {
  library.setDataLayout(module.getDataLayout());
  library.setTargetTriple(module.getTargetTriple());
  if (llvm::NamedMDNode *flags = library.getModuleFlagsMetadata())
    flags->eraseFromParent();
  if (llvm::NamedMDNode *producer = library.getNamedMetadata("llvm.ident"))
    producer->eraseFromParent();
  const bool x86 = llvm::Triple(target.triple).getArch() == llvm::Triple::x86_64;
  for (llvm::Function &function : library) {
    if (function.isDeclaration())
      continue;
    llvm::AttrBuilder kept(library.getContext());
    kept.addAttribute(llvm::Attribute::NoUnwind)
        .addAttribute(llvm::Attribute::OptimizeForSize)
        .addAttribute(llvm::Attribute::MinSize)
        .addAttribute("no-builtins");
    // The question what the processor has must not need what it may lack.
    const bool asks = x86 && function.getName() == "gradus_cpu_level";
    kept.addAttribute("target-cpu", asks ? "x86-64" : target.cpu);
    if (!asks)
      kept.addAttribute("target-features", target.features);
    function.setAttributes(function.getAttributes()
                               .removeFnAttributes(library.getContext())
                               .addFnAttributes(library.getContext(), kept));
    function.setComdat(nullptr);
  }
}

} // namespace

bool usesLibrary(const llvm::Module &module) { return llvm::any_of(module, isMissing); }

void linkLibrary(llvm::Module &module, const Target &target) {
  auto library = parseLibrary(module.getContext(), module.getDataLayout().getPointerSize() == 8);
  retarget(*library, module, target);
  llvm::StringSet<> names;
  for (const llvm::GlobalObject &object : library->global_objects())
    if (!object.isDeclaration())
      names.insert(object.getName());
  for (const llvm::Function &function : module)
    if (const llvm::Function *found = library->getFunction(function.getName());
        found && isMissing(function) && found->getFunctionType() != function.getFunctionType())
      throw CompileError("codegen: '" + function.getName().str() +
                         "' is declared with other arguments than the library's");
  if (llvm::Linker::linkModules(module, std::move(library), llvm::Linker::LinkOnlyNeeded))
    throw CompileError("codegen: cannot link the library");
  for (llvm::GlobalObject &object : module.global_objects())
    if (!object.isDeclaration() && names.contains(object.getName()))
      object.setLinkage(llvm::GlobalValue::InternalLinkage);
  for (const llvm::Function &function : module)
    if (isMissing(function))
      throw CompileError("codegen: the library has no function '" + function.getName().str() +
                         "' for " + target.triple);
}

} // namespace gradus::compiler
