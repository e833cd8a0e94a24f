#include "compiler/codegen/Narrow.h"

#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/Func/IR/FuncOps.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/IR/Matchers.h>
#include <mlir/Interfaces/SideEffectInterfaces.h>

#include <llvm/ADT/DenseMap.h>
#include <llvm/Support/MathExtras.h>

#include <algorithm>
#include <limits>
#include <optional>

using namespace mlir;

namespace gradus::compiler {
namespace {

// All values from low to high, both included.
struct Range {
  int64_t low, high;
  bool fits() const {
    return low >= std::numeric_limits<int32_t>::min() && high <= std::numeric_limits<int32_t>::max();
  }
};
using MaybeRange = std::optional<Range>; // none: anything

class Narrowing {
public:
  explicit Narrowing(ModuleOp module) : module(module), b(module.getContext()) {}

  void run() {
    readTiles();
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isExternal())
        visit(function.getBody());
    for (Operation *op : llvm::reverse(replaced))
      if (op->use_empty())
        op->erase();
  }

private:
  // A kernel's last two arguments are tiles: within [0, count] of the call of all tiles, by the contract of
  // gradus_threads.
  void readTiles() {
    module.walk([&](func::CallOp call) {
      auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
      APInt count;
      if (!callee || callee.isExternal() || call.getNumOperands() < 2 ||
          !matchPattern(call.getOperands().back(), m_ConstantInt(&count)) || !callee.isPrivate())
        return;
      size_t last = call.getNumOperands() - 1;
      if (!call.getOperand(last - 1).getType().isInteger(64) || !call.getOperand(last).getType().isInteger(64))
        return;
      Range all{0, count.getSExtValue()};
      for (size_t i : {last - 1, last}) {
        Range &known = ranges.try_emplace(callee.getArgument(i), all).first->second;
        known.high = std::max(known.high, all.high);
      }
    });
  }

  MaybeRange rangeOf(Value v) {
    APInt constant;
    if (v.getType().isInteger(64) && matchPattern(v, m_ConstantInt(&constant)))
      return Range{constant.getSExtValue(), constant.getSExtValue()};
    if (auto it = ranges.find(v); it != ranges.end())
      return it->second;
    return {};
  }

  Value narrow(Value v) {
    APInt constant;
    if (matchPattern(v, m_ConstantInt(&constant)))
      return b.create<arith::ConstantIntOp>(v.getLoc(), constant.getSExtValue(), 32);
    if (auto it = narrowed.find(v); it != narrowed.end())
      return it->second;
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointAfterValue(v);
    Value small = b.create<arith::TruncIOp>(v.getLoc(), b.getI32Type(), v);
    narrowed[v] = small;
    return small;
  }

  // `small` holds the number of `v`, which nothing need compute any more.
  void replace(Value v, Value small, Range range) {
    Value wide = b.create<arith::ExtSIOp>(v.getLoc(), b.getI64Type(), small);
    ranges[wide] = range;
    narrowed[wide] = small;
    v.replaceAllUsesWith(wide);
    replaced.push_back(wide.getDefiningOp());
  }

  void visit(Region &region) {
    for (Block &block : region)
      for (Operation &op : llvm::make_early_inc_range(block))
        visit(&op);
  }

  void visit(Operation *op) {
    b.setInsertionPoint(op);
    if (auto loop = dyn_cast<scf::ForOp>(op))
      return visitLoop(loop);
    if (auto gep = dyn_cast<LLVM::GEPOp>(op))
      return visitAddress(gep);
    if (auto compare = dyn_cast<arith::CmpIOp>(op))
      return visitCompare(compare);
    if (op->getNumResults() == 1 && ranges.count(op->getResult(0)))
      return; // made here
    if (op->getNumResults() == 1 && op->getResult(0).getType().isInteger(64))
      if (MaybeRange range = resultRange(op); range && range->fits()) {
        if (Value small = smallTwin(op)) {
          replace(op->getResult(0), small, *range);
          op->erase();
          return;
        }
        ranges[op->getResult(0)] = *range;
      }
    for (Region &region : op->getRegions())
      visit(region);
  }

  void visitLoop(scf::ForOp loop) {
    MaybeRange from = rangeOf(loop.getLowerBound()), to = rangeOf(loop.getUpperBound()),
               step = rangeOf(loop.getStep());
    if (!loop.getInductionVar().getType().isInteger(64) || !from || !to || !step || step->low < 1 ||
        !from->fits() || !Range{to->low, to->high + step->high}.fits())
      return visit(loop.getRegion());
    loop.getLowerBoundMutable().assign(narrow(loop.getLowerBound()));
    loop.getUpperBoundMutable().assign(narrow(loop.getUpperBound()));
    loop.getStepMutable().assign(narrow(loop.getStep()));
    Value counter = loop.getInductionVar();
    counter.setType(b.getI32Type());
    b.setInsertionPointToStart(loop.getBody());
    Value wide = b.create<arith::ExtSIOp>(loop.getLoc(), b.getI64Type(), counter);
    counter.replaceAllUsesExcept(wide, wide.getDefiningOp());
    ranges[wide] = {from->low, std::max(from->low, to->high - 1)};
    narrowed[wide] = counter;
    replaced.push_back(wide.getDefiningOp());
    visit(loop.getRegion());
  }

  void visitAddress(LLVM::GEPOp gep) {
    for (OpOperand &index : gep.getDynamicIndicesMutable())
      if (MaybeRange range = rangeOf(index.get()); range && range->fits())
        index.set(narrow(index.get()));
  }

  void visitCompare(arith::CmpIOp compare) {
    if (!compare.getLhs().getType().isInteger(64))
      return;
    MaybeRange l = rangeOf(compare.getLhs()), r = rangeOf(compare.getRhs());
    // Signs are kept, so the order without signs is, too.
    if (!l || !r || !l->fits() || !r->fits())
      return;
    compare.getLhsMutable().assign(narrow(compare.getLhs()));
    compare.getRhsMutable().assign(narrow(compare.getRhs()));
  }

  MaybeRange hull(int64_t a, int64_t c) { return Range{std::min(a, c), std::max(a, c)}; }

  MaybeRange resultRange(Operation *op) {
    if (auto wide = dyn_cast<arith::ExtSIOp>(op)) {
      unsigned bits = wide.getIn().getType().getIntOrFloatBitWidth();
      return bits > 32 ? MaybeRange()
                       : Range{-(int64_t(1) << (bits - 1)), (int64_t(1) << (bits - 1)) - 1};
    }
    if (auto wide = dyn_cast<arith::ExtUIOp>(op)) {
      unsigned bits = wide.getIn().getType().getIntOrFloatBitWidth();
      return bits > 31 ? MaybeRange() : Range{0, (int64_t(1) << bits) - 1};
    }
    if (auto select = dyn_cast<arith::SelectOp>(op)) {
      MaybeRange x = rangeOf(select.getTrueValue()), y = rangeOf(select.getFalseValue());
      if (x && y)
        return Range{std::min(x->low, y->low), std::max(x->high, y->high)};
      return {};
    }
    if (op->getNumOperands() != 2)
      return {};
    MaybeRange x = rangeOf(op->getOperand(0)), y = rangeOf(op->getOperand(1));
    if (isa<arith::MinSIOp>(op) && x && y)
      return Range{std::min(x->low, y->low), std::min(x->high, y->high)};
    if (isa<arith::MaxSIOp>(op) && x && y)
      return Range{std::max(x->low, y->low), std::max(x->high, y->high)};
    // Within 32 bits, sums and products of 64 bits do not overflow.
    if (!x || !y || !x->fits() || !y->fits())
      return {};
    if (isa<arith::AddIOp>(op))
      return Range{x->low + y->low, x->high + y->high};
    if (std::optional<int64_t> divisor = remainderOf(op); divisor && x->low >= 0)
      return Range{0, std::min(x->high, *divisor - 1)};
    if (isa<arith::SubIOp>(op))
      return Range{x->low - y->high, x->high - y->low};
    if (isa<arith::MulIOp>(op)) {
      auto [low, high] = std::minmax({x->low * y->low, x->low * y->high, x->high * y->low, x->high * y->high});
      return Range{low, high};
    }
    if (x->low < 0 || y->low < 1)
      return {};
    if (isa<arith::DivUIOp, arith::DivSIOp>(op))
      return Range{x->low / y->high, x->high / y->low};
    if (isa<arith::RemUIOp, arith::RemSIOp>(op))
      return Range{0, std::min(x->high, y->high - 1)};
    return {};
  }

  // The n of x - x / n * n, as which remainders are emitted.
  std::optional<int64_t> remainderOf(Operation *op) {
    APInt factor, divisor;
    if (!isa<arith::SubIOp>(op))
      return {};
    auto product = narrow(op->getOperand(1)).getDefiningOp<arith::MulIOp>();
    if (!product || !matchPattern(product.getRhs(), m_ConstantInt(&factor)))
      return {};
    auto quotient = product.getLhs().getDefiningOp<arith::DivUIOp>();
    if (!quotient || quotient.getLhs() != narrow(op->getOperand(0)) ||
        !matchPattern(quotient.getRhs(), m_ConstantInt(&divisor)) || factor != divisor)
      return {};
    return divisor.getSExtValue();
  }

  // The same op on 32 bits; null where its operands do not fit.
  Value smallTwin(Operation *op) {
    Location loc = op->getLoc();
    if (isa<arith::ExtSIOp, arith::ExtUIOp>(op)) {
      Value from = op->getOperand(0);
      if (from.getType().isInteger(32))
        return from;
      return isa<arith::ExtSIOp>(op) ? b.create<arith::ExtSIOp>(loc, b.getI32Type(), from).getResult()
                                     : b.create<arith::ExtUIOp>(loc, b.getI32Type(), from).getResult();
    }
    SmallVector<Value> operands(op->getOperands());
    for (Value &v : operands) {
      if (!v.getType().isInteger(64))
        continue;
      MaybeRange range = rangeOf(v);
      if (!range || !range->fits())
        return {};
      v = narrow(v);
    }
    OperationState state(loc, op->getName(), operands, {b.getI32Type()});
    Operation *twin = b.create(state);
    return twin->getResult(0);
  }

  ModuleOp module;
  OpBuilder b;
  llvm::DenseMap<Value, Range> ranges;
  llvm::DenseMap<Value, Value> narrowed;
  std::vector<Operation *> replaced;
};

} // namespace

void narrowIndices(ModuleOp module) { Narrowing(module).run(); }

} // namespace gradus::compiler
