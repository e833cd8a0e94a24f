//===- FormKernels.cpp - which primitives share a loop nest -----------------------------------===//
//
// Primitives are visited in order and join the group of a producer where the templates allow it:
//
//   elementwise   a map, move or product over the same space; a row over the same space, or over the
//                 space of its rows; a fold over the space of its results
//   reduction     a map (which becomes a row or fold) or a row over the space that it reads
//   the others    begin a group: product, move, map (gather and the like), serial
//
// What costs nothing (a constant, a broadcast, a unit axis, a slice or window of what is in memory) belongs
// to no group and is repeated where it is read. No merge may close a cycle.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/DependencyGraph.h"
#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace gradus::compiler {

namespace {

using Shape = SmallVector<int64_t>;

RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }
Shape shapeOf(Value v) { return Shape(typeOf(v).getShape()); }

Shape withoutOnes(ArrayRef<int64_t> shape) {
  Shape result;
  llvm::copy_if(shape, std::back_inserter(result), [](int64_t s) { return s != 1; });
  return result;
}

// A reshape that only adds or removes axes of size 1 is free inside a kernel.
bool isUnitReshape(Operation *op) {
  return isa<ir::ReshapeOp>(op) &&
         withoutOnes(shapeOf(op->getOperand(0))) == withoutOnes(shapeOf(op->getResult(0)));
}

bool isStructure(Operation *op) {
  return isa<ir::InputOp, ir::VariableOpInterface, ir::AssignOp, ir::ResultOp, func::ReturnOp>(op);
}

// A transpose that only movers read: one more change of their indices.
bool isReadByMovers(Operation *op) {
  return isa<ir::TransposeOp>(op) && !op->use_empty() &&
         llvm::all_of(op->getUsers(), [](Operation *user) { return isa<ir::MoverOpInterface>(user); });
}

bool isMover(Operation *op) { return isa<ir::MoverOpInterface>(op) || isReadByMovers(op); }

bool isFree(Operation *op) {
  if (auto constant = dyn_cast<ir::ConstantOp>(op))
    return constant.getValue().isSplat();
  return isa<ir::BroadcastOp, ir::IotaOp>(op) || isMover(op) || isUnitReshape(op);
}

// Stays outside kernels: memory that is there already, seen under another shape.
bool isView(Operation *op) {
  return (isa<ir::ReshapeOp>(op) && !isUnitReshape(op)) || (isa<ir::ConstantOp>(op) && !isFree(op));
}

// Swaps the last two axes, nothing else: what a product reads in place.
bool isMatrixTranspose(Operation *op) {
  auto transpose = dyn_cast_or_null<ir::TransposeOp>(op);
  if (!transpose || transpose.getPermutation().size() < 2)
    return false;
  auto perm = transpose.getPermutation();
  int64_t rank = perm.size();
  for (int64_t axis = 0; axis < rank - 2; ++axis)
    if (perm[axis] != axis)
      return false;
  return perm[rank - 1] == rank - 2;
}

struct Group {
  StringRef kind;
  Shape space;   // map, move, product, row: what is iterated; fold: what is read
  Shape reduced; // row, fold: the shape without the reduced axes
  SmallVector<int64_t> axes;
  SmallVector<Operation *> ops;
  bool alive = true;
};

class Former {
public:
  Former(func::FuncOp function, const Target &target) : function(function), target(target) {}

  void run() {
    for (Operation &op : function.getBody().front())
      if (!isStructure(&op) && !isFree(&op) && !isView(&op))
        nodes.push_back(&op);
    for (auto [i, op] : llvm::enumerate(nodes))
      nodeOf[op] = i;
    findSunkTransposes();
    buildGraph();
    for (Operation *op : nodes)
      if (!sunk.contains(op))
        place(op);
    materialize();
  }

private:
  // --- dependencies ---

  // The nodes and memory values that a value is computed from, seen through what is free.
  void sources(Value v, SmallVectorImpl<Value> &out) {
    Operation *op = v.getDefiningOp();
    if (isFree(op) || isView(op) || sunk.contains(op)) {
      for (Value operand : op->getOperands())
        sources(operand, out);
      return;
    }
    out.push_back(v);
  }

  void buildGraph() {
    graph = std::make_unique<DependencyGraph>(nodes.size());
    DenseMap<Value, SmallVector<size_t>> readers; // of variables
    for (auto [i, op] : llvm::enumerate(nodes)) {
      SmallVector<Value> from;
      for (Value operand : op->getOperands())
        sources(operand, from);
      for (Value v : from) {
        if (auto it = nodeOf.find(v.getDefiningOp()); it != nodeOf.end())
          graph->addEdge(it->second, i);
        else if (isa<ir::VariableOpInterface>(v.getDefiningOp()))
          readers[v].push_back(i);
      }
    }
    // Whoever reads a variable runs before the one that overwrites it, unless that cannot be (two
    // variables that are exchanged): then the new value is kept aside and copied at the end.
    for (ir::AssignOp assign : function.getOps<ir::AssignOp>()) {
      auto writer = nodeOf.find(assign.getValue().getDefiningOp());
      if (writer == nodeOf.end())
        continue;
      for (size_t reader : readers[assign.getVariable()])
        if (reader != writer->second && !graph->hasPath(writer->second, reader))
          graph->addEdge(reader, writer->second);
    }
  }

  // --- groups ---

  Group *groupOf(Value v) {
    auto it = member.find(v.getDefiningOp());
    return it == member.end() ? nullptr : it->second;
  }

  Group *open(StringRef kind, Operation *op, Shape space) {
    groups.push_back(std::make_unique<Group>());
    Group *g = groups.back().get();
    g->kind = kind;
    g->space = std::move(space);
    add(g, op);
    return g;
  }

  void add(Group *g, Operation *op) {
    g->ops.push_back(op);
    member[op] = g;
  }

  bool acyclic(Group *g, Group *other, Operation *op) {
    std::vector<size_t> all;
    for (Group *part : {g, other})
      if (part)
        for (Operation *o : part->ops)
          all.push_back(nodeOf[o]);
    if (op)
      all.push_back(nodeOf[op]);
    // The graph knows single nodes; other groups tie theirs together.
    return !condensedCycle(all);
  }

  bool condensedCycle(const std::vector<size_t> &merged) {
    std::vector<size_t> leader(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i)
      leader[i] = i;
    for (auto &g : groups)
      if (g->alive)
        for (Operation *o : g->ops)
          leader[nodeOf[o]] = nodeOf[g->ops.front()];
    for (size_t i : merged)
      leader[i] = merged.front();
    DependencyGraph condensed(nodes.size());
    graph->forEachEdge([&](size_t from, size_t to) { condensed.addEdge(leader[from], leader[to]); });
    return condensed.wouldCloseCycle({merged.front()});
  }

  // How the index of `v`, seen from a point of `space`, leads to a value that a node makes. Empty
  // optional: no fixed axis per axis. Entry -1: index 0.
  std::optional<SmallVector<int64_t>> follow(Value v, SmallVector<int64_t> map, Value target) {
    if (v == target)
      return map;
    Operation *op = v.getDefiningOp();
    if (!isFree(op) || op->getNumOperands() == 0 || isMover(op))
      return std::nullopt;
    Value from = op->getOperand(0);
    Shape shape = shapeOf(from);
    SmallVector<int64_t> next;
    if (isa<ir::BroadcastOp>(op)) {
      next.assign(map.end() - shape.size(), map.end());
      for (auto [axis, size] : llvm::zip(next, shape))
        if (size == 1)
          axis = -1;
    } else { // a unit reshape: the axes that are not 1 keep their order
      SmallVector<int64_t> kept;
      for (auto [axis, size] : llvm::zip(map, shapeOf(v)))
        if (size != 1)
          kept.push_back(axis);
      size_t k = 0;
      for (int64_t size : shape)
        next.push_back(size == 1 ? -1 : kept[k++]);
    }
    return follow(from, next, target);
  }

  // Whether every way from `op` to values of `g` asks for them at the right place: the same point of
  // the space, or the same row.
  bool readsAtSamePoint(Group *g, Operation *op) {
    Shape shape = shapeOf(op->getResult(0));
    if (isa<ir::ReductionOpInterface>(op))
      shape = shapeOf(op->getOperand(0));
    SmallVector<int64_t> identity, row;
    for (int64_t axis = 0, rank = g->space.size(); axis < rank; ++axis)
      if (!llvm::is_contained(g->axes, axis))
        row.push_back(axis);
    bool inRow = g->kind == "row" && shape == g->reduced && shape != g->space;
    bool inFold = g->kind == "fold";
    for (Value operand : op->getOperands()) {
      SmallVector<Value> from;
      sources(operand, from);
      for (Value v : from) {
        if (groupOf(v) != g)
          continue;
        SmallVector<int64_t> start;
        if (inRow || inFold)
          start = row;
        else
          for (size_t axis = 0; axis < shape.size(); ++axis)
            start.push_back(axis);
        auto place = follow(operand, start, v);
        if (!place)
          return false;
        SmallVector<int64_t> wanted;
        if (shapeOf(v) == g->space && !inFold) {
          if (inRow)
            return false; // a row's own value cannot come from one element
          for (size_t axis = 0; axis < g->space.size(); ++axis)
            wanted.push_back(axis);
        } else {
          wanted = row;
        }
        if (place->size() != wanted.size())
          return false;
        for (auto [have, want, size] : llvm::zip(*place, wanted, shapeOf(v)))
          if (have != want && size != 1)
            return false;
      }
    }
    return true;
  }

  bool mayJoin(Group *g, Operation *op) {
    Shape shape = shapeOf(op->getResult(0));
    bool fits = shape == g->space && g->kind != "fold" && g->kind != "serial";
    if (g->kind == "row" || g->kind == "fold")
      fits |= shape == g->reduced;
    return fits && readsAtSamePoint(g, op) && acyclic(g, nullptr, op);
  }

  // A map goes into a group that computes over its space, or whose results have its shape.
  bool mayMerge(Group *into, Group *from) {
    bool reduces = into->kind == "row" || into->kind == "fold";
    bool sameSpace = into->space == from->space && into->kind != "fold" && into->kind != "serial";
    bool sameResults = reduces && into->reduced == from->space && into->reduced != into->space;
    if (into == from || from->kind != "map" || !(sameSpace || sameResults))
      return false;
    return !readsThroughMemory(into, from) && !readsThroughMemory(from, into) && acyclic(into, from, nullptr);
  }

  // Whether an op of `reader` needs a value of `writer` in memory: at other indices than its own, or as a view.
  bool readsThroughMemory(Group *reader, Group *writer) {
    for (Operation *op : reader->ops) {
      bool fromRegisters = isa<ir::ElementwiseOpInterface, ir::ReductionOpInterface>(op);
      for (Value operand : op->getOperands())
        if (reaches(operand, writer, /*throughMemory=*/!fromRegisters))
          return true;
    }
    return false;
  }

  bool reaches(Value v, Group *writer, bool throughMemory) {
    Operation *op = v.getDefiningOp();
    if (!isFree(op) && !isView(op) && !sunk.contains(op))
      return throughMemory && groupOf(v) == writer;
    throughMemory |= !isFree(op) || isMover(op);
    return llvm::any_of(op->getOperands(), [&](Value from) { return reaches(from, writer, throughMemory); });
  }

  void merge(Group *into, Group *from) {
    for (Operation *op : from->ops)
      add(into, op);
    from->ops.clear();
    from->alive = false;
  }

  SmallVector<Group *> producersOf(Operation *op) {
    SmallVector<Group *> result;
    for (Value operand : op->getOperands()) {
      SmallVector<Value> from;
      sources(operand, from);
      for (Value v : from)
        if (Group *g = groupOf(v); g && !llvm::is_contained(result, g))
          result.push_back(g);
    }
    // Heavier templates first: a chain of elementwise ops follows them.
    llvm::stable_sort(result, [](Group *a, Group *b) { return (a->kind != "map") > (b->kind != "map"); });
    return result;
  }

  void place(Operation *op) {
    if (isa<ir::MatmulOp>(op)) {
      open("product", op, shapeOf(op->getResult(0)));
      return;
    }
    if (auto transpose = dyn_cast<ir::TransposeOp>(op)) {
      int64_t rank = transpose.getPermutation().size();
      // What movers make is no memory whose rows could be turned in squares.
      bool turns = transpose.getPermutation().back() != rank - 1 && !isMover(transpose.getX().getDefiningOp());
      open(turns ? "move" : "map", op, shapeOf(op->getResult(0)));
      return;
    }
    if (isa<ir::ReductionOpInterface>(op))
      return placeReduction(cast<ir::ReductionOpInterface>(op));
    if (isa<ir::ElementwiseOpInterface>(op)) {
      Group *home = nullptr;
      for (Group *g : producersOf(op)) {
        if (!home && mayJoin(g, op)) {
          add(home = g, op);
        } else if (home && home->kind == "map" && g->kind != "map" && mayMerge(g, home)) {
          merge(g, home);
          home = g;
        } else if (home && mayMerge(home, g)) {
          merge(home, g);
        }
      }
      if (!home)
        open("map", op, shapeOf(op->getResult(0)));
      return;
    }
    if (isa<ir::ElementOpInterface>(op)) {
      open("map", op, shapeOf(op->getResult(0)));
      return;
    }
    open("serial", op, shapeOf(op->getResult(0)));
  }

  void placeReduction(ir::ReductionOpInterface op) {
    Shape space = shapeOf(op->getOperand(0)), reduced = shapeOf(op->getResult(0));
    SmallVector<int64_t> axes(op.getAxes());
    bool alongRow = axes.empty() || axes.back() + 1 == int64_t(space.size());
    for (Group *g : producersOf(op)) {
      if (g->space != space || !readsAtSamePoint(g, op) || !acyclic(g, nullptr, op))
        continue;
      bool sameRow = g->kind == "row" && g->axes == axes;
      bool fromMap = g->kind == "map" && (alongRow || onlyReadBy(g, op));
      if (!alongRow)
        sameRow = false;
      if (!sameRow && !fromMap)
        continue;
      if (fromMap)
        g->kind = alongRow ? "row" : "fold";
      g->axes = axes;
      g->reduced = reduced;
      add(g, op);
      return;
    }
    Group *g = open(alongRow ? "row" : "fold", op, space);
    g->axes = axes;
    g->reduced = reduced;
  }

  // Whether nothing but `op` needs the values of a map, so that they need not be written.
  bool onlyReadBy(Group *g, Operation *op) {
    for (Operation *o : g->ops)
      for (Operation *user : usersOf(o->getResult(0)))
        if (user != op && !llvm::is_contained(g->ops, user))
          return false;
    return true;
  }

  SmallVector<Operation *> usersOf(Value v) {
    SmallVector<Operation *> result;
    for (Operation *user : v.getUsers()) {
      if (isFree(user) || sunk.contains(user))
        llvm::append_range(result, usersOf(user->getResult(0)));
      else
        result.push_back(user);
    }
    return result;
  }

  // --- transposes that a product reads in place ---

  void findSunkTransposes() {
    for (Operation *op : nodes) {
      auto matmul = dyn_cast<ir::MatmulOp>(op);
      if (!matmul)
        continue;
      Operation *a = matmul.getA().getDefiningOp(), *b = matmul.getB().getDefiningOp();
      if (isMatrixTranspose(a))
        readInPlace.insert({a, op});
      // Few columns: dot products read both operands along the summed axis.
      bool narrow = typeOf(op->getResult(0)).getShape().back() <= target.lanes(4);
      if (isMatrixTranspose(b) && narrow && !isMatrixTranspose(a))
        readInPlace.insert({b, op});
    }
    for (Operation *op : nodes)
      if (isMatrixTranspose(op) && llvm::all_of(op->getUsers(), [&](Operation *user) {
            return readInPlace.contains({op, user});
          }))
        sunk.insert(op);
  }

  // --- kernels ---

  // Values of a group that something outside reads.
  bool escapes(Group *g, Value result) {
    for (Operation *user : usersOf(result)) {
      auto it = member.find(user);
      if (it == member.end() || it->second != g)
        return true;
      // A product reads its operands from memory even if another op of its group makes them.
    }
    return false;
  }

  void materialize() {
    Block &block = function.getBody().front();
    Operation *end = block.getTerminator();
    OpBuilder b(end);
    // Groups in an order in which every operand is there: by a topological order of the groups.
    std::vector<Group *> ordered = orderGroups();
    IRMapping outside; // old value -> value in memory
    for (Group *g : ordered)
      materialize(*g, b, outside);
    for (Operation &op : block) {
      if (auto assign = dyn_cast<ir::AssignOp>(op))
        assign.getValueMutable().set(inMemory(assign.getValue(), b, outside));
      if (auto result = dyn_cast<ir::ResultOp>(op))
        result.getValueMutable().set(inMemory(result.getValue(), b, outside));
    }
    // Assigns and results follow the kernels; the primitives are gone.
    SmallVector<Operation *> tail, dead;
    for (Operation &op : block) {
      if (isa<ir::AssignOp, ir::ResultOp>(op))
        tail.push_back(&op);
      else if (!isStructure(&op) && !isa<ir::KernelOp>(op) && !kept.contains(&op))
        dead.push_back(&op);
    }
    for (Operation *op : tail)
      op->moveBefore(end);
    for (Operation *op : llvm::reverse(dead))
      op->erase();
  }

  std::vector<Group *> orderGroups() {
    std::vector<Group *> alive;
    DenseMap<Group *, size_t> number;
    for (auto &g : groups)
      if (g->alive) {
        number[g.get()] = alive.size();
        alive.push_back(g.get());
      }
    DependencyGraph order(alive.size());
    graph->forEachEdge([&](size_t from, size_t to) {
      auto a = member.find(nodes[from]), c = member.find(nodes[to]);
      if (a != member.end() && c != member.end())
        order.addEdge(number[a->second], number[c->second]);
    });
    std::vector<DependencyGraph::Traffic> none(alive.size());
    std::vector<Group *> result;
    auto sorted = order.order(none, {});
    assert(sorted && "no merge closes a cycle");
    for (size_t i : *sorted)
      result.push_back(alive[i]);
    return result;
  }

  // The value as it lies in memory outside kernels; views and free ops become views or kernels.
  Value inMemory(Value v, OpBuilder &b, IRMapping &outside) {
    if (outside.contains(v))
      return outside.lookup(v);
    Operation *op = v.getDefiningOp();
    if (isa<ir::KernelOp>(op) || isStructure(op))
      return v;
    if (isView(op) || isUnitReshape(op)) { // such as an operand of a product
      IRMapping map;
      for (Value operand : op->getOperands())
        map.map(operand, inMemory(operand, b, outside));
      Operation *clone = b.clone(*op, map);
      kept.insert(clone);
      outside.map(v, clone->getResult(0));
      return clone->getResult(0);
    }
    // A free op that must be written: a kernel of its own.
    assert((isFree(op) || sunk.contains(op)) && "every other op is in a group");
    Group g;
    g.kind = "map";
    g.space = shapeOf(v);
    g.ops.push_back(op);
    materialize(g, b, outside, /*all=*/true);
    return outside.lookup(v);
  }

  void materialize(Group &g, OpBuilder &b, IRMapping &outside, bool all = false) {
    llvm::sort(g.ops, [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
    SmallVector<Value> inputs;
    Block body;
    OpBuilder inside(b.getContext());
    inside.setInsertionPointToEnd(&body);
    IRMapping map;
    auto read = [&](Value v) -> Value { // an argument of the kernel
      Value memory = inMemory(v, b, outside);
      auto it = llvm::find(inputs, memory);
      size_t index = it - inputs.begin();
      if (it == inputs.end()) {
        inputs.push_back(memory);
        body.addArgument(memory.getType(), v.getLoc());
      }
      return body.getArgument(index);
    };
    auto value = [&](auto &self, Value v, Operation *reader) -> Value {
      Operation *op = v.getDefiningOp();
      bool readInPlaceHere = readInPlace.contains({op, reader});
      if (map.contains(v) && !readInPlaceHere)
        return map.lookup(v);
      // The group's own; free ops are repeated; the rest is memory.
      if (isFree(op) || readInPlaceHere) {
        // What memory holds already under this shape is read from there.
        IRMapping local;
        for (Value operand : op->getOperands())
          local.map(operand, readInPlaceHere ? read(operand) : self(self, operand, op));
        Operation *clone = inside.clone(*op, local);
        if (!readInPlaceHere)
          map.map(v, clone->getResult(0));
        return clone->getResult(0);
      }
      return read(v);
    };
    SmallVector<Operation *> clones;
    SmallVector<Location> locations;
    for (Operation *op : g.ops) {
      IRMapping local;
      // Only elementwise ops and reductions compute with values in registers, and no way to a value of
      // the group leads through the others; but what is free is repeated for all that ask for elements.
      bool fromRegisters = isa<ir::ElementOpInterface, ir::ReductionOpInterface>(op);
      for (Value operand : op->getOperands()) {
        bool free = operand.getDefiningOp() && readInPlace.contains({operand.getDefiningOp(), op});
        // A serial op takes one value for all elements as it is.
        free |= g.kind == "serial" && operand.getDefiningOp<ir::ConstantOp>() && isFree(operand.getDefiningOp());
        local.map(operand, fromRegisters || free ? value(value, operand, op) : read(operand));
      }
      Operation *clone = inside.clone(*op, local);
      map.map(op->getResults(), clone->getResults());
      locations.push_back(op->getLoc());
    }
    SmallVector<Value> yielded, escaping;
    auto escapesHere = [&](Value result) { return all || escapes(&g, result); };
    for (Operation *op : g.ops) {
      // A serial op writes all of its results or none.
      bool together = g.kind == "serial" && llvm::any_of(op->getResults(), escapesHere);
      for (Value result : op->getResults())
        if (together || escapesHere(result)) {
          escaping.push_back(result);
          yielded.push_back(map.lookup(result));
        }
    }
    if (escaping.empty())
      return; // dead
    inside.create<ir::YieldOp>(g.ops.back()->getLoc(), yielded);
    SmallVector<Type> types;
    for (Value v : yielded)
      types.push_back(v.getType());
    auto kernel = b.create<ir::KernelOp>(mainLocation(g), types, g.kind, inputs);
    kernel.getBody().push_back(new Block());
    Block &to = kernel.getBody().front();
    for (BlockArgument a : body.getArguments())
      a.replaceAllUsesWith(to.addArgument(a.getType(), a.getLoc()));
    to.getOperations().splice(to.end(), body.getOperations());
    for (auto [old, now] : llvm::zip_equal(escaping, kernel.getResults()))
      outside.map(old, now);
  }

  // A product is known by its matmul, a row by its first reduction.
  static Location mainLocation(const Group &g) {
    for (Operation *op : g.ops)
      if (!isa<ir::ElementwiseOpInterface>(op))
        return op->getLoc();
    return g.ops.back()->getLoc();
  }

  func::FuncOp function;
  const Target &target;
  std::vector<Operation *> nodes;
  DenseMap<Operation *, size_t> nodeOf;
  std::unique_ptr<DependencyGraph> graph;
  std::vector<std::unique_ptr<Group>> groups;
  DenseMap<Operation *, Group *> member;
  DenseSet<std::pair<Operation *, Operation *>> readInPlace; // transpose, matmul
  DenseSet<Operation *> sunk, kept;
};

} // namespace

void formKernels(ModuleOp module, const Target &target) {
  for (auto function : module.getOps<func::FuncOp>())
    Former(function, target).run();
}

} // namespace gradus::compiler
