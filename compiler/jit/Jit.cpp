#include "compiler/jit/Jit.h"
#include "compiler/codegen/CompileError.h"
#include "compiler/codegen/LlvmTargets.h"
#include "compiler/jit/CodeMemory.h"
#include "compiler/jit/PerfMap.h"

#include <llvm/ExecutionEngine/JITEventListener.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/RTDyldObjectLinkingLayer.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <cstdlib>

namespace gradus::compiler {
namespace {

using llvm::orc::LLJIT;

[[noreturn]] void fail(const std::string &name, llvm::Error error) {
  throw CompileError("jit: cannot load " + name + ": " + llvm::toString(std::move(error)));
}

template <class T> T valueOf(const std::string &name, llvm::Expected<T> value) {
  if (!value)
    fail(name, value.takeError());
  return std::move(*value);
}

void check(const std::string &name, llvm::Error error) {
  if (error)
    fail(name, std::move(error));
}

// Sections start on pages of their own, and each kind of section is rounded up.
size_t reservation(const std::vector<std::vector<char>> &objects) {
  size_t bytes = size_t(1) << 20;
  for (const auto &object : objects)
    bytes += 3 * object.size() + (size_t(1) << 18);
  return bytes;
}

bool perfIsWanted() {
  const char *value = std::getenv("GRADUS_PERF");
  return value && *value && llvm::StringRef(value) != "0" && llvm::StringRef(value) != "off";
}

// The linker trusts what it is given, so look first.
void checkObject(const std::string &name, llvm::MemoryBufferRef bytes) {
  auto object = valueOf(name, llvm::object::ObjectFile::createObjectFile(bytes));
  llvm::Triple host(llvm::sys::getProcessTriple());
  if (object->getArch() != host.getArch())
    throw CompileError("jit: cannot load " + name + ": it is code for " +
                       llvm::Triple::getArchTypeName(object->getArch()).str() +
                       ", this process runs on " + host.getArchName().str());
}

std::unique_ptr<LLJIT> createJit(const std::string &name, CodeMemory &memory) {
  initializeLlvmTargets();
  llvm::Triple triple(llvm::sys::getProcessTriple());
  llvm::orc::LLJITBuilder builder;
  builder.setJITTargetMachineBuilder(llvm::orc::JITTargetMachineBuilder(triple));
  // Nothing to initialise or to finalise: programs are functions and constants.
  builder.setPlatformSetUp(llvm::orc::setUpInactivePlatform);
  builder.setObjectLinkingLayerCreator(
      [&memory](llvm::orc::ExecutionSession &session,
                const llvm::Triple &) -> llvm::Expected<std::unique_ptr<llvm::orc::ObjectLayer>> {
        auto layer = std::make_unique<llvm::orc::RTDyldObjectLinkingLayer>(
            session, [&memory] { return std::make_unique<llvm::SectionMemoryManager>(&memory); });
        layer->setProcessAllSections(true); // debuggers want the line tables
        if (auto *gdb = llvm::JITEventListener::createGDBRegistrationListener())
          layer->registerJITEventListener(*gdb);
        if (perfIsWanted()) {
          if (auto *perf = llvm::JITEventListener::createPerfJITEventListener())
            layer->registerJITEventListener(*perf);
          layer->registerJITEventListener(perfMapListener());
        }
        return layer;
      });
  return valueOf(name, builder.create());
}

} // namespace

struct LoadedObject::Code {
  std::string name;
  std::string errors;                 // what the linker reported on the way
  std::unique_ptr<CodeMemory> memory; // outlives the JIT, whose sections lie in it
  std::unique_ptr<LLJIT> jit;
};

LoadedObject load(const std::vector<std::vector<char>> &objects, const std::string &name) {
  auto code = std::make_shared<LoadedObject::Code>();
  code->name = name;
  code->memory = std::make_unique<CodeMemory>(reservation(objects));
  if (!code->memory->valid())
    throw CompileError("jit: cannot load " + name + ": no memory for its code");
  code->jit = createJit(name, *code->memory);
  code->jit->getExecutionSession().setErrorReporter([errors = &code->errors](llvm::Error error) {
    errors->append("\n").append(llvm::toString(std::move(error)));
  });
  char prefix = code->jit->getDataLayout().getGlobalPrefix();
  code->jit->getMainJITDylib().addGenerator(
      valueOf(name, llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(prefix)));
  for (size_t i = 0; i < objects.size(); ++i) {
    std::string part = name + "." + std::to_string(i);
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(
        llvm::StringRef(objects[i].data(), objects[i].size()), part);
    checkObject(part, *buffer);
    check(part, code->jit->addObjectFile(std::move(buffer)));
  }
  LoadedObject loaded;
  loaded.code = std::move(code);
  return loaded;
}

LoadedObject load(const std::vector<char> &object, const std::string &name) {
  return load(std::vector<std::vector<char>>{object}, name);
}

void *LoadedObject::lookup(const std::string &symbol) const {
  auto address = code->jit->lookup(symbol);
  if (!address)
    throw CompileError("jit: " + code->name + ": symbol '" + symbol +
                       "': " + llvm::toString(address.takeError()) + code->errors);
  return address->toPtr<void *>();
}

} // namespace gradus::compiler
