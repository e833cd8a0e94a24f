// Private to compiler/jit.
#ifndef GRADUS_COMPILER_JIT_CODEMEMORY_H
#define GRADUS_COMPILER_JIT_CODEMEMORY_H

#include <llvm/ExecutionEngine/SectionMemoryManager.h>

#include <mutex>

namespace gradus::compiler {

/// One reserved range of addresses, from which the sections of all objects of a program are taken.
/// So they lie within the reach of a 32-bit displacement, wherever the process puts its arenas.
class CodeMemory : public llvm::SectionMemoryManager::MemoryMapper {
public:
  /// Reserves at least `bytes`. valid() is false if the system refuses.
  explicit CodeMemory(size_t bytes);
  ~CodeMemory() override;
  CodeMemory(const CodeMemory &) = delete;
  CodeMemory &operator=(const CodeMemory &) = delete;
  bool valid() const { return base != nullptr; }

  llvm::sys::MemoryBlock allocateMappedMemory(llvm::SectionMemoryManager::AllocationPurpose,
                                              size_t bytes, const llvm::sys::MemoryBlock *,
                                              unsigned flags, std::error_code &error) override;
  std::error_code protectMappedMemory(const llvm::sys::MemoryBlock &block, unsigned flags) override;
  std::error_code releaseMappedMemory(llvm::sys::MemoryBlock &block) override;

private:
  std::mutex mutex;
  char *base = nullptr;
  size_t size = 0;
  size_t used = 0;
};

} // namespace gradus::compiler

#endif
