#include "compiler/jit/CodeMemory.h"

#include <llvm/Support/Memory.h>

#include <sys/mman.h>
#include <unistd.h>

namespace gradus::compiler {
namespace {

size_t wholePages(size_t bytes) {
  static const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

} // namespace

CodeMemory::CodeMemory(size_t bytes) : size(wholePages(bytes)) {
  void *range = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range != MAP_FAILED)
    base = static_cast<char *>(range);
}

CodeMemory::~CodeMemory() {
  if (base)
    munmap(base, size);
}

llvm::sys::MemoryBlock
CodeMemory::allocateMappedMemory(llvm::SectionMemoryManager::AllocationPurpose, size_t bytes,
                                 const llvm::sys::MemoryBlock *, unsigned flags,
                                 std::error_code &error) {
  std::lock_guard<std::mutex> lock(mutex);
  bytes = wholePages(bytes);
  if (!base || bytes > size - used) {
    error = std::make_error_code(std::errc::not_enough_memory);
    return {};
  }
  llvm::sys::MemoryBlock block(base + used, bytes);
  used += bytes;
  error = llvm::sys::Memory::protectMappedMemory(block, flags);
  return error ? llvm::sys::MemoryBlock() : block;
}

std::error_code CodeMemory::protectMappedMemory(const llvm::sys::MemoryBlock &block,
                                                unsigned flags) {
  return llvm::sys::Memory::protectMappedMemory(block, flags);
}

std::error_code CodeMemory::releaseMappedMemory(llvm::sys::MemoryBlock &block) {
  // The range goes back as a whole.
  block = llvm::sys::MemoryBlock();
  return {};
}

} // namespace gradus::compiler
