//===- Map.cpp - one iteration space, several results -----------------------------------------===//
//
// Where every operand has the shape of the space (or one element), the space is a flat run of
// elements. Else the loop runs over rows, and within a row over vectors along the innermost axis.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/Loops.h"
#include "compiler/lower/Templates.h"
#include "compiler/schedule/Layout.h"

#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Structure.h"
using namespace mlir;

namespace gradus::compiler {

static ArrayRef<int64_t> spaceOf(ir::KernelOp kernel) {
  return cast<RankedTensorType>(kernel.getYield().getOperand(0).getType()).getShape();
}

// Every value is read and written at the same flat index, or has one element.
static bool isFlat(ir::KernelOp kernel) {
  ArrayRef<int64_t> space = spaceOf(kernel);
  std::optional<int64_t> panel;
  auto samePlace = [&](Value inside, Value outside) {
    auto type = cast<RankedTensorType>(inside.getType());
    if (type.getShape() != space)
      return type.getNumElements() == 1 && type.getRank() == 0;
    if (panel && *panel != panelOf(outside))
      return false;
    panel = panelOf(outside);
    return true;
  };
  for (auto [argument, input] :
       llvm::zip_equal(kernel.getBody().front().getArguments(), kernel.getInputs()))
    if (!samePlace(argument, input))
      return false;
  for (Value result : kernel.getResults())
    if (!samePlace(result, result))
      return false;
  for (Operation &op : kernel.getBody().front()) {
    if (isa<ir::YieldOp, ir::ElementwiseOpInterface, ir::ConstantOp>(op))
      continue;
    // A broadcast of one element is the same at any index.
    auto broadcast = dyn_cast<ir::BroadcastOp>(op);
    if (!broadcast || cast<RankedTensorType>(op.getOperand(0).getType()).getRank() != 0)
      return false;
  }
  return true;
}

static constexpr int64_t kFlatChunk = 4096; // elements of one tile of a flat map

static int64_t rowsPerTile(ArrayRef<int64_t> space) {
  return std::max<int64_t>(1, kFlatChunk / std::max<int64_t>(1, space.back()));
}

int64_t mapTiles(ir::KernelOp kernel, const Target &) {
  ArrayRef<int64_t> space = spaceOf(kernel);
  if (isFlat(kernel))
    return ceilDiv(product(space), kFlatChunk);
  if (space.empty())
    return 1;
  return ceilDiv(product(space.drop_back()), rowsPerTile(space));
}

static SmallVector<unsigned> allYields(ir::KernelOp kernel) {
  return llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));
}

static void emitFlat(KernelCode &code, Emitter &emitter, int64_t lanes) {
  ArrayRef<int64_t> space = spaceOf(code.kernel);
  int64_t size = product(space), whole = size / lanes * lanes;
  auto which = allYields(code.kernel);
  // The last index may pass the size of its axis: row-major offsets do not mind.
  auto point = [&](Value flat, int64_t lane) {
    SmallVector<Index> at(space.size(), Index{emitter.constant(0), 0});
    if (!at.empty())
      at.back() = {flat, lane};
    return at;
  };
  if (size == 1) {
    emitter.setLanes(1, 1);
    code.storeYields(emitter, which, point(emitter.constant(0), 0));
    return;
  }
  Value first = emitter.mul(code.begin, kFlatChunk), last = emitter.mul(code.end, kFlatChunk);
  if (whole > 0) {
    emitter.setLanes(lanes, lanes);
    emitter.loop(first, emitter.min(last, emitter.constant(whole)), lanes,
                 [&](Value i) { code.storeYields(emitter, which, point(i, 1)); });
  }
  if (whole < size) { // the tile that holds the end also holds the last, masked, vector
    emitter.setLanes(lanes, size - whole);
    int64_t lastTile = (size - 1) / kFlatChunk;
    Value from = emitter.constant(lastTile);
    // Runs once if begin <= lastTile < end.
    Value low = emitter.max(code.begin, from);
    Value high = emitter.min(code.end, emitter.constant(lastTile + 1));
    emitter.loop(low, high, 1, [&](Value) {
      code.storeYields(emitter, which, point(emitter.constant(whole), 1));
    });
  }
}

void emitMap(KernelCode &code) {
  Emitter emitter(code.builder, code.kernel.getLoc());
  int64_t lanes = lanesOf(code.kernel, code.target);
  ArrayRef<int64_t> space = spaceOf(code.kernel);
  if (product(space) == 0)
    return;
  if (isFlat(code.kernel)) {
    for (auto &buffers : {&code.inputs, &code.outputs})
      for (Buffer &buffer : *buffers)
        buffer.layout = {};
    code.bind(emitter);
    emitFlat(code, emitter, lanes);
    return;
  }
  code.bind(emitter);
  auto which = allYields(code.kernel);
  if (space.empty()) {
    code.storeYields(emitter, which, {});
    return;
  }
  int64_t rows = product(space.drop_back()), perTile = rowsPerTile(space);
  emitter.loop(emitter.mul(code.begin, perTile),
               emitter.min(emitter.mul(code.end, perTile), emitter.constant(rows)), 1, [&](Value row) {
                 SmallVector<Index> at = delinearize(emitter, row, space.drop_back());
                 at.push_back({});
                 vectorLoop(emitter, space.back(), lanes, [&](Value i) {
                   at.back() = {i, 1};
                   code.storeYields(emitter, which, at);
                 });
               });
}

} // namespace gradus::compiler
