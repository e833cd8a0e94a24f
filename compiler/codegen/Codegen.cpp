#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Expand64.h"
#include "compiler/codegen/Finalize.h"
#include "compiler/codegen/Library.h"
#include "compiler/codegen/LlvmTargets.h"
#include "compiler/codegen/Narrow.h"
#include "compiler/codegen/Split.h"

#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/IR/Verifier.h>
#include <mlir/Target/LLVMIR/Export.h>

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/FileUtilities.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Triple.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <thread>

using namespace mlir;

namespace gradus::compiler {
namespace {

// Which registers carry floats from function to function. RISC-V and Arm name it in the object, and linkers refuse to mix.
std::string abiOf(const llvm::Triple &triple, const Target &target) {
  if (triple.isRISCV64())
    return target.hasDouble ? "lp64d" : target.hasSingle ? "lp64f" : "lp64";
  if (triple.isRISCV32())
    return target.hasDouble ? "ilp32d" : target.hasSingle ? "ilp32f" : "ilp32";
  return "";
}

std::unique_ptr<llvm::TargetMachine> createMachine(const Target &target, bool sections) {
  initializeLlvmTargets();
  std::string why;
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(target.triple, why);
  if (!found)
    throw CompileError("codegen: unknown target triple '" + target.triple + "': " + why);
  llvm::TargetOptions options;
  // The numbers must not depend on what the back end finds to fuse.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  options.MCOptions.AsmVerbose = true;
  options.FunctionSections = options.DataSections = sections;
  llvm::Triple triple(target.triple);
  options.MCOptions.ABIName = abiOf(triple, target);
  bool wasm = triple.isWasm(), bare = triple.isOSUnknown() && (triple.isARM() || triple.isThumb());
  if (triple.isARM() || triple.isThumb())
    options.FloatABIType = target.hasSingle && triple.getEnvironmentName().ends_with("hf")
                               ? llvm::FloatABI::Hard
                               : llvm::FloatABI::Soft;
  std::unique_ptr<llvm::TargetMachine> machine(
      found->createTargetMachine(target.triple, target.cpu, target.features, options,
                                 wasm || bare ? llvm::Reloc::Static : llvm::Reloc::PIC_,
                                 llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
  if (!machine)
    throw CompileError("codegen: no code generator for '" + target.triple + "'");
  return machine;
}

// One part on its way through LLVM. Each has a context of its own, so that parts can be on
// different threads.
struct Translated {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> module;
  StackUse stack;
};

void setAttributes(llvm::Module &module, const Part &part, const Target &target) {
  std::string width = std::to_string(target.vectorBits);
  for (llvm::GlobalObject &object : module.global_objects()) {
    if (part.local.contains(object.getName())) {
      if (object.isDeclaration())
        continue;
      object.setLinkage(llvm::GlobalValue::InternalLinkage);
    } else if (part.hidden.contains(object.getName())) {
      object.setLinkage(llvm::GlobalValue::ExternalLinkage);
      object.setVisibility(llvm::GlobalValue::HiddenVisibility);
    } else {
      continue;
    }
    object.setDSOLocal(true);
  }
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.cpu);
    function.addFnAttr("target-features", target.features);
    // Some processors are tuned to half their width by default; the kernels know better.
    function.addFnAttr("prefer-vector-width", width);
    function.setDoesNotThrow();
  }
}

std::unique_ptr<Translated> translate(Part &part, const Target &target,
                                      const CodegenOptions &options) {
  ModuleOp module = *part.module;
  auto result = std::make_unique<Translated>();
  result->machine = createMachine(target, options.sections);
  llvm::DataLayout layout = result->machine->createDataLayout();
  Builder builder(module.getContext());
  module->setAttr(LLVM::LLVMDialect::getDataLayoutAttrName(),
                  builder.getStringAttr(layout.getStringRepresentation()));
  module->setAttr(LLVM::LLVMDialect::getTargetTripleAttrName(),
                  builder.getStringAttr(target.triple));
  finalizeToLlvm(module, target);
  if (options.lineTables)
    attachLineTables(module, options.filePrefixes);
  DiagnosticText diagnostics(*module.getContext());
  result->module = translateModuleToLLVMIR(module, result->context, options.name, !options.verify);
  if (!result->module)
    throw CompileError("codegen: cannot translate to LLVM IR" + diagnostics.text());
  if (result->machine->isPositionIndependent())
    result->module->setPICLevel(llvm::PICLevel::BigPIC);
  if (!llvm::Triple(target.triple).isWasm() && target.pointerBits < 64)
    expandLongIntegers(*result->module);
  setAttributes(*result->module, part, target);
  if (usesLibrary(*result->module))
    linkLibrary(*result->module, target);
  return result;
}

ObjectFile generate(Translated &part, llvm::CodeGenFileType kind) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  if (part.machine->addPassesToEmitFile(passes, out, nullptr, kind, /*DisableVerify=*/true))
    throw CompileError("codegen: '" + part.machine->getTargetTriple().str() +
                       "' cannot write this kind of file");
  passes.run(*part.module);
  return ObjectFile(bytes.begin(), bytes.end());
}

// x86 pushes the return address, and aligns the frames of vectors wider than what callers align to.
int64_t frameOverhead(const Target &target) {
  if (!llvm::Triple(target.triple).isX86())
    return 0;
  return target.pointerBits / 8 + std::max<int64_t>(0, target.vectorBits / 8 - 16);
}

// As generate; LLVM tells frames to a file alone.
ObjectFile generateWithStack(Translated &part, const Target &target) {
  llvm::SmallString<64> path;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("gradus", "su", path))
    throw CompileError("codegen: cannot make a temporary file: " + error.message());
  llvm::FileRemover remover(path);
  part.machine->Options.StackUsageOutput = std::string(path);
  part.stack.calls = callsOf(*part.module);
  ObjectFile object = generate(part, llvm::CodeGenFileType::ObjectFile);
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    throw CompileError("codegen: cannot read a temporary file: " + text.getError().message());
  part.stack.frames = parseFrames((*text)->getBuffer().str(), frameOverhead(target));
  return object;
}

// work(i) for i in [0, count), on count threads; the first exception (by index) is rethrown.
void parallelly(size_t count, const std::function<void(size_t)> &work) {
  std::vector<std::exception_ptr> failures(count);
  auto guarded = [&](size_t i) {
    try {
      work(i);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < count; ++i)
    threads.emplace_back(guarded, i);
  if (count > 0)
    guarded(0);
  for (std::thread &thread : threads)
    thread.join();
  for (std::exception_ptr &failure : failures)
    if (failure)
      std::rethrow_exception(failure);
}

void prepareInput(ModuleOp module, const Target &target, const CodegenOptions &options) {
  prepareContext(*module.getContext());
  auto check = [&] {
    if (!options.verify)
      return;
    DiagnosticText diagnostics(*module.getContext());
    if (failed(mlir::verify(module)))
      throw CompileError("codegen: the lowered module is not valid" + diagnostics.text());
  };
  check();
  if (target.pointerBits < 64) {
    narrowIndices(module);
    check();
  }
}

std::unique_ptr<Translated> translateWhole(ModuleOp lowered, const Target &target,
                                           const CodegenOptions &options,
                                           std::vector<Part> &parts) {
  prepareInput(lowered, target, options);
  parts = splitModule(lowered, 1);
  return translate(parts.front(), target, options);
}

} // namespace

ObjectFiles emitObjects(ModuleOp lowered, const Target &target, const CodegenOptions &options) {
  prepareInput(lowered, target, options);
  std::vector<Part> parts = splitModule(lowered, options.modules);
  std::vector<std::unique_ptr<Translated>> translated(parts.size());
  ObjectFiles objects(parts.size());
  auto translatePart = [&](size_t i) { translated[i] = translate(parts[i], target, options); };
  auto generatePart = [&](size_t i) {
    objects[i] = options.stack ? generateWithStack(*translated[i], target)
                               : generate(*translated[i], llvm::CodeGenFileType::ObjectFile);
  };
  // MLIR on several threads needs a context that locks; LLVM has a context per part.
  if (lowered.getContext()->isMultithreadingEnabled()) {
    parallelly(parts.size(), [&](size_t i) {
      translatePart(i);
      generatePart(i);
    });
  } else {
    for (size_t i = 0; i < parts.size(); ++i)
      translatePart(i);
    parallelly(parts.size(), generatePart);
  }
  for (size_t i = 0; options.stack && i < parts.size(); ++i)
    options.stack->add(translated[i]->stack);
  return objects;
}

ObjectFile emitObject(ModuleOp lowered, const Target &target, const CodegenOptions &options) {
  CodegenOptions single = options;
  single.modules = 1;
  return std::move(emitObjects(lowered, target, single).front());
}

std::string emitAssembly(ModuleOp lowered, const Target &target, const CodegenOptions &options) {
  std::vector<Part> parts;
  auto translated = translateWhole(lowered, target, options, parts);
  ObjectFile text = generate(*translated, llvm::CodeGenFileType::AssemblyFile);
  return std::string(text.begin(), text.end());
}

std::string emitLlvmIr(ModuleOp lowered, const Target &target, const CodegenOptions &options) {
  std::vector<Part> parts;
  auto translated = translateWhole(lowered, target, options, parts);
  std::string text;
  llvm::raw_string_ostream out(text);
  translated->module->print(out, nullptr);
  return text;
}

} // namespace gradus::compiler
