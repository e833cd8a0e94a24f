#include "compiler/codegen/Split.h"

#include <mlir/Dialect/Func/IR/FuncOps.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>

#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/STLExtras.h>

#include <algorithm>
#include <numeric>

using namespace mlir;

namespace gradus::compiler {
namespace {

// Below this many ops a thread costs more than it saves.
constexpr int64_t opsPerPart = 400;

bool isPrivate(Operation *symbol) {
  if (auto function = dyn_cast<LLVM::LLVMFuncOp>(symbol))
    if (function.getLinkage() != LLVM::Linkage::External)
      return true;
  if (auto global = dyn_cast<LLVM::GlobalOp>(symbol))
    if (global.getLinkage() != LLVM::Linkage::External)
      return true;
  return SymbolTable::getSymbolVisibility(symbol) != SymbolTable::Visibility::Public;
}

bool isDefinition(Operation *symbol) {
  if (auto global = dyn_cast<LLVM::GlobalOp>(symbol))
    return global.getValueAttr() || !global.getInitializerRegion().empty();
  return !symbol->getRegion(0).empty();
}

// Constants without identity are copied to where they are used.
bool isCopied(Operation *symbol) {
  auto global = dyn_cast<LLVM::GlobalOp>(symbol);
  return global && global.getConstant() && isPrivate(symbol) && isDefinition(symbol);
}

int64_t weightOf(Operation *symbol) {
  int64_t ops = 0;
  symbol->walk([&](Operation *) { ++ops; });
  return ops;
}

// A declaration of `symbol` for another part.
Operation *declare(Operation *symbol, OpBuilder &builder) {
  Operation *copy = builder.cloneWithoutRegions(*symbol);
  if (auto function = dyn_cast<LLVM::LLVMFuncOp>(copy))
    function.setLinkage(LLVM::Linkage::External);
  if (auto global = dyn_cast<LLVM::GlobalOp>(copy)) {
    global.removeValueAttr();
    global.setLinkage(LLVM::Linkage::External);
  }
  if (isa<func::FuncOp>(copy))
    SymbolTable::setSymbolVisibility(copy, SymbolTable::Visibility::Private);
  return copy;
}

class Splitter {
public:
  Splitter(ModuleOp module, int wanted) : module(module) {
    for (Operation &op : module.getBody()->getOperations())
      if (auto name = op.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName()))
        symbols[name] = &op;
    assign(wanted);
  }

  std::vector<Part> run() {
    std::vector<Part> parts(count);
    for (Part &part : parts) {
      part.module = ModuleOp::create(module.getLoc());
      part.module->getOperation()->setAttrs(module->getAttrs());
    }
    llvm::StringSet<> crossing;
    std::vector<llvm::SetVector<StringAttr>> foreign(count);
    for (auto &[name, symbol] : symbols)
      if (home.count(name))
        collectUses(symbol, home[name], foreign, crossing);
    for (auto &[name, symbol] : symbols) {
      if (!home.count(name))
        continue;
      Part &part = parts[home[name]];
      if (isPrivate(symbol))
        (crossing.contains(name) ? part.hidden : part.local).insert(name);
      symbol->moveBefore(part.module->getBody(), part.module->getBody()->end());
    }
    for (int64_t i = 0; i < count; ++i)
      declareForeign(parts[i], foreign[i]);
    return parts;
  }

private:
  // Largest first, each to the part that is lightest so far.
  void assign(int wanted) {
    SmallVector<std::pair<StringAttr, int64_t>> weights;
    int64_t total = 0;
    for (auto &[name, symbol] : symbols)
      if (isDefinition(symbol) && !isCopied(symbol)) {
        weights.emplace_back(name, weightOf(symbol));
        total += weights.back().second;
      }
    count = std::clamp<int64_t>(total / opsPerPart, 1, std::max(1, wanted));
    llvm::stable_sort(weights, [](const auto &a, const auto &b) { return a.second > b.second; });
    std::vector<int64_t> load(count, 0);
    for (auto &[name, weight] : weights) {
      int64_t lightest = std::min_element(load.begin(), load.end()) - load.begin();
      load[lightest] += weight;
      home[name] = lightest;
    }
  }

  void collectUses(Operation *symbol, int64_t part,
                   std::vector<llvm::SetVector<StringAttr>> &foreign, llvm::StringSet<> &crossing) {
    auto uses = SymbolTable::getSymbolUses(symbol);
    if (!uses)
      return;
    for (SymbolTable::SymbolUse use : *uses) {
      StringAttr name = use.getSymbolRef().getRootReference();
      auto found = symbols.find(name);
      if (found == symbols.end())
        continue;
      auto at = home.find(name);
      if (at != home.end() && at->second == part)
        continue;
      foreign[part].insert(name);
      if (at != home.end())
        crossing.insert(name);
    }
  }

  void declareForeign(Part &part, const llvm::SetVector<StringAttr> &names) {
    OpBuilder builder = OpBuilder::atBlockBegin(part.module->getBody());
    for (StringAttr name : names) {
      Operation *symbol = symbols[name];
      if (isCopied(symbol)) {
        builder.clone(*symbol);
        part.local.insert(name);
      } else if (isDefinition(symbol)) {
        if (isPrivate(symbol))
          part.hidden.insert(name);
        declare(symbol, builder);
      } else {
        builder.clone(*symbol);
      }
    }
  }

  ModuleOp module;
  llvm::MapVector<StringAttr, Operation *> symbols; // in the order of the module
  llvm::DenseMap<StringAttr, int64_t> home;         // part that defines it
  int64_t count = 1;
};

} // namespace

std::vector<Part> splitModule(ModuleOp module, int parts) { return Splitter(module, parts).run(); }

} // namespace gradus::compiler
