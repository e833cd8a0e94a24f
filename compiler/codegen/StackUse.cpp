#include "compiler/codegen/StackUse.h"

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <sstream>

namespace gradus::compiler {
namespace {

class Depth {
public:
  explicit Depth(const StackUse &use) : use(use) {}

  // Call graphs are as deep as programs are written: a handful of functions.
  int64_t of(const std::string &function) {
    auto frame = use.frames.find(function);
    if (frame == use.frames.end())
      return 0;                                             // defined elsewhere
    auto [known, isNew] = depths.try_emplace(function, -1); // found again on the way: recursion
    if (!isNew)
      return known->second;
    int64_t deepest = 0;
    if (auto calls = use.calls.find(function); calls != use.calls.end())
      for (const std::string &callee : calls->second) {
        int64_t depth = of(callee);
        if (depth < 0)
          return -1;
        deepest = std::max(deepest, depth);
      }
    return depths[function] = frame->second < 0 ? -1 : frame->second + deepest;
  }

private:
  const StackUse &use;
  std::map<std::string, int64_t> depths;
};

// Functions that a value names, also inside constants and tables.
void functionsIn(const llvm::Value *value, std::set<std::string> &names,
                 llvm::SmallPtrSetImpl<const llvm::Value *> &seen) {
  auto constant = llvm::dyn_cast<llvm::Constant>(value);
  if (!constant || !seen.insert(value).second)
    return;
  if (auto function = llvm::dyn_cast<llvm::Function>(constant)) {
    if (!function->isIntrinsic())
      names.insert(function->getName().str());
    return;
  }
  for (const llvm::Use &operand : constant->operands())
    functionsIn(operand.get(), names, seen);
}

} // namespace

int64_t StackUse::of(const std::string &function) const { return Depth(*this).of(function); }

int64_t StackUse::most() const {
  int64_t most = 0;
  for (const auto &[function, frame] : frames) {
    int64_t depth = of(function);
    if (depth < 0)
      return -1;
    most = std::max(most, depth);
  }
  return most;
}

void StackUse::add(const StackUse &other) {
  frames.insert(other.frames.begin(), other.frames.end());
  for (const auto &[function, callees] : other.calls)
    calls[function].insert(callees.begin(), callees.end());
}

std::map<std::string, std::set<std::string>> callsOf(const llvm::Module &module) {
  std::map<std::string, std::set<std::string>> calls;
  for (const llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    std::set<std::string> &names = calls[function.getName().str()];
    llvm::SmallPtrSet<const llvm::Value *, 16> seen;
    for (const llvm::Instruction &instruction : llvm::instructions(function))
      for (const llvm::Use &operand : instruction.operands())
        functionsIn(operand.get(), names, seen);
  }
  return calls;
}

std::map<std::string, int64_t> parseFrames(const std::string &text, int64_t overhead) {
  std::map<std::string, int64_t> frames;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    size_t kind = line.rfind('\t'),
           bytes = kind == std::string::npos ? kind : line.rfind('\t', kind - 1);
    if (bytes == std::string::npos)
      continue;
    size_t name = line.rfind(':', bytes) + 1;
    bool isFixed = line.substr(kind + 1) == "static";
    frames[line.substr(name, bytes - name)] =
        isFixed ? std::stoll(line.substr(bytes + 1, kind - bytes - 1)) + overhead : -1;
  }
  return frames;
}

} // namespace gradus::compiler
