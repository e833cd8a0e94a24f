#include "compiler/lower/ProductParts.h"

#include <algorithm>
#include <limits>

using namespace mlir;

namespace gradus::compiler {

namespace product {

int64_t elementBytes(Type element) {
  return static_cast<int64_t>(element.getIntOrFloatBitWidth()) / 8;
}

SmallVector<Piece> piecesOf(int64_t columns, int64_t lanes) {
  SmallVector<Piece> pieces;
  int64_t offset = 0;
  for (; offset + lanes <= columns; offset += lanes)
    pieces.push_back({offset, lanes, lanes});
  if (int64_t rest = columns - offset) {
    int64_t width = 1;
    while (width < rest)
      width *= 2;
    pieces.push_back({offset, width, rest});
  }
  return pieces;
}

int64_t widthInPanel(int64_t panel, int64_t nv, int64_t lanes) {
  for (int64_t parts = ceilDiv(panel, nv * lanes);; ++parts)
    if (panel % parts == 0)
      return panel / parts;
}

OuterColumns::OuterColumns(const ProductSpec &spec, int64_t nv, int64_t lanes) {
  bool inPanels = spec.b.kind == MatrixAccess::Kind::Panels;
  int64_t panel = inPanels ? spec.b.panel : spec.resultPanel;
  if (panel > 0) {
    width = widthInPanel(panel, nv, lanes);
    if (int64_t count = spec.n / width)
      classes.push_back({count, width});
  } else {
    split = Split(ceilDiv(spec.n, lanes), nv);
    if (split.extra)
      classes.push_back({split.extra, (split.base + 1) * lanes});
    int64_t whole = split.parts - split.extra - (spec.n % lanes ? 1 : 0);
    if (whole > 0)
      classes.push_back({whole, split.base * lanes});
  }
  int64_t covered = 0;
  for (const ColumnClass &each : classes)
    covered += each.count * each.width;
  if (covered < spec.n)
    classes.push_back({1, spec.n - covered});
}

int64_t OuterColumns::tiles() const {
  int64_t sum = 0;
  for (const ColumnClass &each : classes)
    sum += each.count;
  return sum;
}

ProductSpec transposed(const ProductSpec &spec) {
  ProductSpec out = spec;
  std::swap(out.m, out.n);
  out.a = MatrixAccess::strided(spec.b.colStride, spec.b.rowStride);
  out.b = MatrixAccess::strided(spec.a.colStride, spec.a.rowStride);
  std::swap(out.aBatchStride, out.bBatchStride);
  out.resultPanel = 0;
  return out;
}

} // namespace product

using namespace product;

namespace {

// A model of one core, in cycles. Only ratios matter, and only roughly: it ranks tiles and
// templates.
constexpr double latency = 4;       // of a multiply-add
constexpr double loadsPerCycle = 2; // splats and vectors alike
constexpr double tileOverhead = 25; // loop control, addresses, zeroing

struct Machine {
  Machine(const Target &target, int64_t bytes)
      : lanes(std::max<int64_t>(1, target.lanes(bytes))), bytes(bytes),
        registers(target.vectorRegisters), fmas(std::max(1, target.fmaPorts)) {}
  int64_t lanes, bytes, registers;
  double fmas;

  // Two registers stay free where there are many: with 31 of 32 in use the allocator spills.
  // With a single row, b is read by the multiply-adds themselves.
  bool fits(int64_t mr, int64_t nv) const {
    int64_t held = mr > 1 ? mr * nv + nv + 1 : nv + 2;
    return held <= (registers >= 32 ? registers - 2 : registers);
  }
  // One k of a tile of mr rows by nv vectors. The last terms stand for what a full machine cannot
  // hide: issue slots, and the traffic of b from the second-level cache.
  double step(int64_t mr, int64_t nv) const {
    double loads = static_cast<double>(mr + nv) / loadsPerCycle;
    double work = static_cast<double>(mr * nv) / fmas;
    return std::max({work, loads, latency}) + 0.08 * static_cast<double>(mr) +
           0.1 * static_cast<double>(nv);
  }
};

double outerCycles(const ProductSpec &spec, const Machine &machine, int64_t mr, int64_t nv) {
  OuterColumns columns(spec, nv, machine.lanes);
  Split rows(spec.m, mr);
  double sum = 0;
  auto add = [&](int64_t count, int64_t tileRows) {
    for (const ColumnClass &each : columns.classes) {
      int64_t vectors = ceilDiv(each.width, machine.lanes);
      double tile = static_cast<double>(spec.k) * machine.step(tileRows, vectors) + tileOverhead +
                    static_cast<double>(tileRows * vectors);
      sum += static_cast<double>(count * each.count) * tile;
    }
  };
  add(rows.extra, rows.base + 1);
  add(rows.parts - rows.extra, rows.base);
  // Each further height or width of tile is a further micro-kernel to compile.
  constexpr double perBody = 0.005;
  auto bodies = static_cast<double>(columns.classes.size() * (rows.extra ? 2 : 1));
  return sum * static_cast<double>(spec.batch) * (1 + perBody * (bodies - 1));
}

bool vectorisesColumns(const ProductSpec &spec) {
  return spec.b.kind == MatrixAccess::Kind::Panels || spec.b.colStride == 1 || spec.n == 1;
}

bool bothStrided(const ProductSpec &spec) {
  return spec.a.kind == MatrixAccess::Kind::Strided && spec.b.kind == MatrixAccess::Kind::Strided;
}

// Short rows of a panel that lie far apart cost a page each, and few of them fit the first-level
// cache at once where their distance is a large power of two. If enough rows of a use the panel, it
// is worth copying: on a processor with AVX2 alone, 512x512x512 gains a factor of 1.5.
bool wantsCopy(const ProductSpec &spec, const ProductPlan &plan, const Machine &machine) {
  constexpr int64_t stackBytes = 64 << 10, shortRow = 128, farApart = 2048, fewRowTiles = 6;
  if (spec.b.kind != MatrixAccess::Kind::Strided || plan.rowTiles < fewRowTiles)
    return false;
  int64_t rowBytes = ceilDiv(plan.nr, machine.lanes) * machine.lanes * machine.bytes;
  return rowBytes <= shortRow && spec.b.rowStride * machine.bytes >= farApart &&
         spec.k * rowBytes <= stackBytes;
}

// Rows of a transposed a lie far apart, too, and each tile reads a part of a cache line of each: a
// tile row then visits several panels in a row, while those lines are at hand.
int64_t groupOf(const ProductSpec &spec, const ProductPlan &plan) {
  constexpr int64_t groupColumns = 64;
  bool turned = spec.a.kind == MatrixAccess::Kind::Strided && spec.a.colStride > 1;
  if (!turned || plan.copiesPanel)
    return 1;
  int64_t group = std::max<int64_t>(1, groupColumns / plan.nr);
  while (plan.panels % group)
    --group;
  return group;
}

ProductPlan planOuter(const ProductSpec &spec, const Machine &machine) {
  ProductPlan best;
  best.cycles = std::numeric_limits<double>::infinity();
  for (int64_t nv = 1; machine.fits(1, nv) && nv <= (spec.m == 1 ? 16 : 8); ++nv)
    for (int64_t mr = 1; machine.fits(mr, nv); ++mr) {
      double cycles = outerCycles(spec, machine, mr, nv);
      if (cycles >= best.cycles)
        continue;
      best.cycles = cycles;
      best.mr = mr;
      best.nv = nv;
    }
  OuterColumns columns(spec, best.nv, machine.lanes);
  Split rows(spec.m, best.mr);
  best.kind = ProductPlan::Template::Outer;
  best.lanes = machine.lanes;
  best.nr = 0;
  for (const ColumnClass &each : columns.classes)
    best.nr = std::max(best.nr, each.width);
  best.panels = columns.tiles();
  best.rowTiles = rows.parts;
  best.copiesPanel = wantsCopy(spec, best, machine);
  best.group = groupOf(spec, best);
  return best;
}

// Both operands are contiguous along the summed axis.
bool vectorisesDepth(const ProductSpec &spec) {
  return bothStrided(spec) && (spec.k == 1 || (spec.a.colStride == 1 && spec.b.rowStride == 1));
}

double dotCycles(const ProductSpec &spec, const Machine &machine, int64_t mr, int64_t nc) {
  int64_t lanes = machine.lanes, steps = ceilDiv(spec.k, lanes);
  int64_t blocks = ceilDiv(spec.m, lanes), rowGroups = ceilDiv(spec.m, mr);
  Split panels(spec.n, dotColumns);
  double sum = 0;
  auto add = [&](int64_t count, int64_t columns) {
    Split groups(columns, nc);
    auto group = [&](int64_t width) {
      double elements = static_cast<double>(mr * width);
      double wait = latency / static_cast<double>(dotChains(mr * width));
      double step = std::max(
          {elements / machine.fmas, static_cast<double>(mr + width) / loadsPerCycle, wait});
      return static_cast<double>(steps) * (step + 0.05 * static_cast<double>(mr + width)) + 10 +
             3 * elements;
    };
    double perRowGroup = static_cast<double>(groups.extra) * group(groups.base + 1) +
                         static_cast<double>(groups.parts - groups.extra) * group(groups.base);
    double trees = static_cast<double>(columns) * 4 * static_cast<double>(lanes / mr);
    sum += static_cast<double>(count) * (static_cast<double>(rowGroups) * perRowGroup +
                                         static_cast<double>(blocks) * (trees + tileOverhead));
  };
  add(panels.extra, panels.base + 1);
  add(panels.parts - panels.extra, panels.base);
  return sum * static_cast<double>(spec.batch);
}

// The larger side of the tile passes through one register.
bool dotFits(const Machine &machine, int64_t mr, int64_t nc) {
  int64_t chains = dotChains(mr * nc);
  return mr * nc * chains + std::min(mr, nc) + 2 <= machine.registers;
}

ProductPlan planDot(const ProductSpec &spec, const Machine &machine) {
  ProductPlan best;
  best.cycles = std::numeric_limits<double>::infinity();
  for (int64_t mr = 1; mr <= machine.lanes && mr < 2 * spec.m; mr *= 2)
    for (int64_t nc = 1; nc <= std::min(dotColumns, spec.n); ++nc) {
      if (!dotFits(machine, mr, nc))
        continue;
      double cycles = dotCycles(spec, machine, mr, nc);
      if (cycles < best.cycles) {
        best.cycles = cycles;
        best.mr = mr;
        best.nv = nc;
      }
    }
  Split panels(spec.n, dotColumns);
  best.kind = ProductPlan::Template::Dot;
  best.alongRows = true;
  best.lanes = machine.lanes;
  best.nr = panels.largest();
  best.panels = panels.parts;
  best.rowTiles = ceilDiv(spec.m, machine.lanes);
  return best;
}

ProductPlan planPlain(const ProductSpec &spec) {
  ProductPlan plan;
  plan.panels = 1;
  plan.rowTiles = spec.m;
  plan.cycles = static_cast<double>(spec.batch * spec.m * spec.n) *
                (10 + (latency + 2) * static_cast<double>(spec.k));
  return plan;
}

} // namespace

ProductPlan planProduct(const ProductSpec &spec, const Target &target) {
  ProductPlan best = planPlain(spec);
  if (spec.m == 0 || spec.n == 0 || spec.batch == 0) {
    best.panels = best.rowTiles = 0;
    return best;
  }
  Machine machine(target, elementBytes(spec.element));
  // A refused direction is taken only where nothing else but Plain is left. Without a wish, results
  // are taken to be row-major, so that Outer along rows has to be worth scattered stores.
  using Kind = ProductPlan::Template;
  using Along = ProductSpec::Along;
  auto consider = [&](ProductPlan plan, bool swapped) {
    plan.swapped = swapped;
    plan.alongRows = plan.alongRows != swapped;
    auto rank = [&](const ProductPlan &p) {
      constexpr double refusal = 1e6, scatter = 2;
      if (p.kind == Kind::Plain)
        return p.cycles * (spec.along == Along::Either ? 1 : refusal * refusal);
      if (spec.along != Along::Either)
        return p.cycles * (p.alongRows == (spec.along == Along::Rows) ? 1 : refusal);
      return p.cycles * (p.kind == Kind::Outer && p.alongRows ? scatter : 1);
    };
    if (rank(plan) < rank(best))
      best = plan;
  };
  if (vectorisesColumns(spec))
    consider(planOuter(spec, machine), false);
  if (bothStrided(spec) && vectorisesColumns(transposed(spec)))
    consider(planOuter(transposed(spec), machine), true);
  if (vectorisesDepth(spec)) {
    consider(planDot(spec, machine), false);
    consider(planDot(transposed(spec), machine), true);
  }
  best.tiles = spec.batch * best.panels * best.rowTiles;
  return best;
}

int64_t preferredPanel(int64_t cols, const Target &target, int64_t bytes) {
  ProductSpec spec;
  spec.m = 192; // divides by the heights of all good tiles
  spec.n = std::max<int64_t>(1, cols);
  spec.k = 256;
  spec.a = MatrixAccess::strided(spec.k, 1);
  Machine machine(target, bytes);
  int64_t best = machine.lanes;
  double bestCycles = std::numeric_limits<double>::infinity();
  for (int64_t nv = 1; nv <= 8 && machine.fits(1, nv); ++nv) {
    spec.b = MatrixAccess::panels(spec.k, spec.n, nv * machine.lanes);
    double cycles = planOuter(spec, machine).cycles;
    if (spec.n % (nv * machine.lanes))
      cycles *= 1.02; // threads own equal parts only of equal panels
    if (cycles < bestCycles) {
      bestCycles = cycles;
      best = nv * machine.lanes;
    }
  }
  return best;
}

} // namespace gradus::compiler
