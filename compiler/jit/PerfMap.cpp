#include "compiler/jit/PerfMap.h"

#include <llvm/Object/SymbolSize.h>

#include <cinttypes>
#include <cstdio>
#include <mutex>
#include <string>
#include <unistd.h>

namespace gradus::compiler {
namespace {

class PerfMap : public llvm::JITEventListener {
public:
  void notifyObjectLoaded(ObjectKey, const llvm::object::ObjectFile &object,
                          const llvm::RuntimeDyld::LoadedObjectInfo &info) override {
    // The debug copy has the addresses at which the sections were loaded.
    auto debug = info.getObjectForDebug(object);
    const llvm::object::ObjectFile *placed = debug.getBinary();
    std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
    std::lock_guard<std::mutex> lock(mutex);
    std::FILE *file = placed ? std::fopen(path.c_str(), "a") : nullptr;
    if (!file)
      return;
    for (const auto &[symbol, size] : llvm::object::computeSymbolSizes(*placed)) {
      auto type = symbol.getType();
      auto name = symbol.getName();
      auto address = symbol.getAddress();
      if (type && name && address && *type == llvm::object::SymbolRef::ST_Function)
        std::fprintf(file, "%" PRIx64 " %" PRIx64 " %s\n", *address, size, name->str().c_str());
      llvm::consumeError(type.takeError());
      llvm::consumeError(name.takeError());
      llvm::consumeError(address.takeError());
    }
    std::fclose(file);
  }

private:
  std::mutex mutex;
};

} // namespace

llvm::JITEventListener &perfMapListener() {
  static PerfMap listener;
  return listener;
}

} // namespace gradus::compiler
