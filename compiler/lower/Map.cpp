//===- Map.cpp - one iteration space, several results -----------------------------------------===//
//
// Where every operand has the shape of the space (or one element), the space is a flat run of
// elements. Else the loop runs over rows, and within a row over vectors along the innermost axis.
// Where the innermost axes are short and all values run through them alike, they are one axis.
// A concatenation splits the space: each operand has loops of its own, which read nothing else.
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

// Whether the last `count` axes of the result are those of the operands, index by index.
static bool keepsLastAxes(Operation *op, int64_t count) {
  auto kept = [&](ArrayRef<int64_t> axes, int64_t rank) { // none of the axes is among the last ones
    return llvm::all_of(axes, [&](int64_t axis) { return axis < rank - count; });
  };
  auto zero = [&](ArrayRef<int64_t> list) {
    return llvm::all_of(list.take_back(count), [](int64_t entry) { return entry == 0; });
  };
  if (isa<ir::YieldOp, ir::ElementwiseOpInterface, ir::ConstantOp, ir::BroadcastOp, ir::ReshapeOp>(op))
    return true;
  int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  if (rank < count)
    return false;
  if (auto iota = dyn_cast<ir::IotaOp>(op))
    return kept(iota.getAxis(), rank);
  if (auto transpose = dyn_cast<ir::TransposeOp>(op))
    return llvm::equal(transpose.getPermutation().take_back(count), llvm::seq<int64_t>(rank - count, rank));
  if (auto slice = dyn_cast<ir::SliceOp>(op))
    return zero(slice.getStarts()) &&
           cast<RankedTensorType>(slice.getX().getType()).getShape().take_back(count) ==
               cast<RankedTensorType>(slice.getType()).getShape().take_back(count);
  if (auto pad = dyn_cast<ir::PadOp>(op))
    return zero(pad.getLow()) && zero(pad.getHigh()) && zero(pad.getInterior());
  if (auto reverse = dyn_cast<ir::ReverseOp>(op))
    return kept(reverse.getAxes(), rank);
  if (auto concat = dyn_cast<ir::ConcatOp>(op))
    return kept(concat.getAxis(), rank);
  return false;
}

static constexpr int64_t kLongRow = 256; // elements, above which nothing is gained

// How many of the last axes are gone through as one: in each of them every value either has the size of
// the space or is the same everywhere.
static int64_t joinedAxes(ir::KernelOp kernel) {
  ArrayRef<int64_t> space = spaceOf(kernel);
  Block &body = kernel.getBody().front();
  auto suits = [&](Value v, int64_t count) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(v.getType()).getShape();
    ArrayRef<int64_t> last = shape.take_back(std::min<int64_t>(count, shape.size()));
    return last == space.take_back(count) || llvm::all_of(last, [](int64_t size) { return size == 1; });
  };
  auto inPanels = [](Value v) { return panelOf(v) != 0; };
  if (llvm::any_of(kernel.getInputs(), inPanels) || llvm::any_of(kernel.getResults(), inPanels))
    return 1;
  int64_t rank = space.size(), joined = 1;
  for (int64_t count = 2; count < rank && product(space.take_back(joined)) < kLongRow; ++count) {
    bool fits = llvm::all_of(body.getArguments(), [&](Value v) { return suits(v, count); }) &&
                llvm::all_of(body, [&](Operation &op) {
                  return keepsLastAxes(&op, count) &&
                         llvm::all_of(op.getResults(), [&](Value v) { return suits(v, count); });
                });
    if (!fits)
      break;
    joined = count;
  }
  return joined;
}

namespace {
// A range of the space along one axis, in which each of `concats` reads one operand.
struct Part {
  SmallVector<int64_t> space; // its own sizes, the joined axes as one
  int64_t joined = 1, axis = 0, begin = 0, firstTile = 0, tiles = 0;
  SmallVector<std::pair<Operation *, int64_t>> choice;
};
} // namespace

static int64_t rowsPerTile(ArrayRef<int64_t> space) {
  return std::max<int64_t>(1, kFlatChunk / std::max<int64_t>(1, space.back()));
}

// The operand that holds `place` of the axis.
static int64_t operandAt(ir::ConcatOp concat, int64_t place) {
  for (auto [i, part] : llvm::enumerate(concat.getParts())) {
    place -= cast<RankedTensorType>(part.getType()).getDimSize(concat.getAxis());
    if (place < 0)
      return i;
  }
  llvm_unreachable("the place lies in an operand");
}

// The whole space, unless concatenations along one axis split it.
static SmallVector<Part> partsOf(ir::KernelOp kernel) {
  ArrayRef<int64_t> space = spaceOf(kernel);
  SmallVector<ir::ConcatOp> concats;
  SmallVector<int64_t> bounds{0};
  for (auto concat : kernel.getBody().front().getOps<ir::ConcatOp>()) {
    if (cast<RankedTensorType>(concat.getType()).getShape() != space ||
        (!concats.empty() && concats.front().getAxis() != concat.getAxis()))
      continue;
    concats.push_back(concat);
    int64_t end = 0;
    for (Value part : concat.getParts())
      bounds.push_back(end += cast<RankedTensorType>(part.getType()).getDimSize(concat.getAxis()));
  }
  int64_t axis = concats.empty() ? 0 : concats.front().getAxis();
  if (concats.empty())
    bounds.push_back(space.empty() ? 1 : space.front());
  llvm::sort(bounds);
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  SmallVector<Part> parts;
  int64_t tiles = 0, joined = joinedAxes(kernel);
  for (size_t i = 0; i + 1 < bounds.size(); ++i) {
    Part part{SmallVector<int64_t>(space), joined, axis, bounds[i], tiles, 1, {}};
    if (!space.empty()) {
      part.space.truncate(space.size() - joined);
      part.space.push_back(product(space.take_back(joined)));
      part.space[axis] = bounds[i + 1] - bounds[i];
      part.tiles = ceilDiv(product(ArrayRef(part.space).drop_back()), rowsPerTile(part.space));
    }
    for (ir::ConcatOp concat : concats)
      part.choice.push_back({concat, operandAt(concat, bounds[i])});
    tiles += part.tiles;
    parts.push_back(part);
  }
  return parts;
}

bool mapPartsBeginAt(ir::KernelOp kernel, int64_t lanes) {
  int64_t last = spaceOf(kernel).size() - 1;
  return product(spaceOf(kernel)) == 0 || llvm::all_of(partsOf(kernel), [&](const Part &part) {
           return part.axis != last || part.begin % lanes == 0;
         });
}

int64_t mapTiles(ir::KernelOp kernel, const Target &) {
  ArrayRef<int64_t> space = spaceOf(kernel);
  if (isFlat(kernel))
    return ceilDiv(product(space), kFlatChunk);
  if (product(space) == 0)
    return 0;
  int64_t tiles = 0;
  for (const Part &part : partsOf(kernel))
    tiles += part.tiles;
  return tiles;
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

// Rows of the part, in vectors along the innermost axis.
static void emitPart(KernelCode &code, Emitter &emitter, const Part &part, int64_t lanes) {
  ArrayRef<int64_t> space = part.space;
  auto which = allYields(code.kernel);
  int64_t rows = product(space.drop_back()), perTile = rowsPerTile(space);
  int64_t last = space.size() - 1;
  // Among joined axes the last one that has elements goes through all of them. Its index may pass its size:
  // row-major offsets do not mind. The index of an axis of size 1 counts for nothing.
  ArrayRef<int64_t> whole = spaceOf(code.kernel);
  size_t running = whole.size() - 1;
  while (running + part.joined > whole.size() && whole[running] == 1)
    --running;
  // The tiles of this part among those of the kernel.
  auto local = [&](Value tile) {
    Value inside = emitter.max(emitter.sub(tile, emitter.constant(part.firstTile)), emitter.constant(0));
    return emitter.min(emitter.mul(inside, perTile), emitter.constant(rows));
  };
  emitter.loop(local(code.begin), local(code.end), 1, [&](Value row) {
    SmallVector<Index> at = delinearize(emitter, row, space.drop_back());
    at.append(part.joined, Index{emitter.constant(0), 0, {}});
    if (part.axis != last)
      at[part.axis].value = emitter.add(at[part.axis].value, emitter.constant(part.begin));
    vectorLoop(emitter, space.back(), lanes, [&](Value i) {
      if (part.axis == last)
        i = emitter.add(i, emitter.constant(part.begin));
      at[running] = {i, 1, {}};
      code.storeYields(emitter, which, at);
    });
  });
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
  if (space.empty()) {
    code.storeYields(emitter, allYields(code.kernel), {});
    return;
  }
  for (const Part &part : partsOf(code.kernel))
    emitter.inBlock([&] {
      for (auto [concat, operand] : part.choice)
        emitter.choosePart(concat, operand);
      emitPart(code, emitter, part, lanes);
    });
}

} // namespace gradus::compiler
