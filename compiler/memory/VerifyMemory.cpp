// The contract of phase memory: every value that crosses kernels has a place, and no two values
// that are alive together share bytes.
#include "compiler/Violation.h"
#include "compiler/graph/Diagnostics.h"
#include "compiler/memory/Memory.h"
#include "compiler/schedule/Layout.h"
#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace gradus::compiler {

namespace {

constexpr int64_t kAlignment = 64;

RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

class PlaceChecker {
public:
  explicit PlaceChecker(func::FuncOp function) : block(function.getBody().front()) {
    auto size = function->getAttrOfType<IntegerAttr>(kArenaBytes);
    if (!size)
      violated(function, "the size of the arena is not known");
    arenaBytes = size.getInt();
  }

  void run() {
    for (auto kernel : block.getOps<ir::KernelOp>())
      kernels.push_back(kernel);
    for (auto [now, kernel] : llvm::enumerate(kernels))
      for (Value input : kernel.getInputs())
        lastUse[rootOf(input)] = now;
    for (ir::KernelOp kernel : kernels)
      verifyPlaces(kernel);
    verifyTargets();
    for (auto [now, kernel] : llvm::enumerate(kernels))
      writeResults(kernel, now);
  }

private:
  struct Alive {
    Value value;
    int64_t begin, end;
  };

  void verifyPlaces(ir::KernelOp kernel) {
    auto buffers = kernel->getAttrOfType<DenseI64ArrayAttr>("buffers");
    if (!buffers || buffers.size() != 2 * int64_t(kernel.getNumResults()))
      violated(kernel, "a result has no place");
    for (Value result : kernel.getResults()) {
      Place place = placeOf(result);
      bool known = place.space == Place::Arena || place.space == Place::State ||
                   place.space == Place::Output;
      if (!known || place.offset < 0)
        violated(kernel, "a result lies where no kernel may write");
      if (place.space != Place::Arena)
        continue;
      if (place.offset % kAlignment)
        violated(kernel,
                 "offset " + Twine(place.offset) + " is no multiple of " + Twine(kAlignment));
      if (place.offset + bytesOf(typeOf(result)) > arenaBytes)
        violated(kernel, "offset " + Twine(place.offset) + " and " +
                             Twine(bytesOf(typeOf(result))) +
                             " bytes pass the end of the arena at " + Twine(arenaBytes));
    }
  }

  // Variables and results are written directly, and by nobody else.
  void verifyTargets() {
    DenseMap<Value, Place> expected;
    int64_t outputs = 0;
    for (Operation &op : block) {
      if (auto assign = dyn_cast<ir::AssignOp>(op))
        expected[assign.getValue()] = placeOf(assign.getVariable());
      else if (auto result = dyn_cast<ir::ResultOp>(op))
        expected[rootOf(result.getValue())] = {Place::Output, outputs++};
    }
    for (ir::KernelOp kernel : kernels)
      for (Value result : kernel.getResults()) {
        auto it = expected.find(result);
        Place place = placeOf(result);
        if (it == expected.end()
                ? place.space != Place::Arena
                : it->second.space != place.space || it->second.offset != place.offset)
          violated(kernel, "a result is written to the wrong variable or result");
      }
  }

  bool isNeededAfter(Value v, size_t now) const {
    auto it = lastUse.find(v);
    return it != lastUse.end() && it->second > now;
  }

  // In place: an operand that dies here, read only at the index that is written.
  static bool mayOverwrite(ir::KernelOp kernel, Value result, Value old) {
    bool inPlace = false;
    for (auto [i, input] : llvm::enumerate(kernel.getInputs()))
      if (rootOf(input) == old) {
        // Under another shape (a view) the operand still has its element at the same place.
        if (inPlace || input.getType() != result.getType() || !readsOnlyInPlace(kernel, i) ||
            panelOf(old) != panelOf(result))
          return false;
        inPlace = true;
      }
    return inPlace;
  }

  void writeResults(ir::KernelOp kernel, size_t now) {
    SmallVector<Alive> written;
    for (Value result : kernel.getResults()) {
      Place place = placeOf(result);
      if (place.space != Place::Arena || typeOf(result).getNumElements() == 0)
        continue;
      Alive next{result, place.offset, place.offset + bytesOf(typeOf(result))};
      for (const Alive &other : written)
        if (next.begin < other.end && other.begin < next.end)
          violated(kernel, "two results overlap at offset " + Twine(next.begin));
      for (const Alive &other : alive) {
        if (next.begin >= other.end || other.begin >= next.end)
          continue;
        if (isNeededAfter(other.value, now) || next.begin != other.begin ||
            !mayOverwrite(kernel, result, other.value))
          violated(kernel, "a result at offset " + Twine(next.begin) +
                               " overwrites a value that is still needed, of " +
                               locationText(other.value.getLoc()));
      }
      written.push_back(next);
    }
    alive.append(written);
    llvm::erase_if(alive, [&](const Alive &a) { return !isNeededAfter(a.value, now); });
  }

  Block &block;
  int64_t arenaBytes = 0;
  SmallVector<ir::KernelOp> kernels;
  DenseMap<Value, size_t> lastUse;
  SmallVector<Alive> alive;
};

} // namespace

void verifyMemory(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    PlaceChecker(function).run();
}

} // namespace gradus::compiler
