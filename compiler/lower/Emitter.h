//===- Emitter.h - emitting the value of a tensor at an index ---------------------------------===//
#pragma once

#include "dialects/gradus/Element.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace gradus::compiler {

using Index = ir::Index;

/// How the elements of a buffer lie in memory: row-major, or for rank 2 in panels of `panel`
/// columns: element (i, j) at (j / panel) * rows * panel + i * panel + j % panel.
struct Layout {
  int64_t panel = 0;
  bool isPanels() const { return panel != 0; }
  bool operator==(const Layout &) const = default;
};

/// A tensor in memory.
struct Buffer {
  mlir::Value pointer;
  mlir::RankedTensorType type;
  Layout layout;
  /// Whole vectors are written past the caches. The pointer is aligned to a vector, and so is every
  /// vector that is stored.
  bool streamed = false;
};

/// Emits elements of the values of one kernel body inside the loops that a template has opened.
///
/// An element is asked for at one index per axis. Where an index moves with the lanes the element
/// is a vector; where none does it is computed once as a scalar and splatted. Everything is
/// remembered, and emitted in the outermost open loop in which its indices are known: a diamond is
/// computed once, and what does not depend on the inner loop is computed outside it.
class Emitter : public ir::ElementContext {
public:
  /// The builder stands in a block of a function.
  Emitter(mlir::OpBuilder &builder, mlir::Location loc);

  /// Says where a value of the body lies in memory.
  void bind(mlir::Value value, Buffer buffer) { buffers[value] = buffer; }
  /// Says how a value that the template itself computes is had at an index. The vector given back has
  /// lanes() lanes, or is a scalar when the index moves with no lane.
  using Producer = std::function<mlir::Value(Emitter &, llvm::ArrayRef<Index>)>;
  void define(mlir::Value value, Producer producer) { producers[value] = std::move(producer); }
  void undefine(mlir::Value value) { producers.erase(value); }

  /// Number of lanes of a vector, and how many of them count (the rest is masked in memory).
  void setLanes(int64_t count, int64_t validLanes) {
    laneCount = count;
    valid = validLanes;
    masks.clear();
  }
  int64_t lanes() override { return currentLanes; }
  int64_t vectorLanes() const { return laneCount; }
  int64_t validLanes() const { return valid; }

  /// The element of `value` at `at`: always a vector of vectorLanes() when that is above 1.
  mlir::Value element(mlir::Value value, llvm::ArrayRef<Index> at);
  mlir::Value operand(mlir::OpOperand &operand, llvm::ArrayRef<Index> at) override;
  mlir::Value operand(mlir::OpOperand &operand, llvm::ArrayRef<Index> at, mlir::Value mask) override;

  /// Says that here every element of `op` comes from its operand number `part`.
  void choosePart(mlir::Operation *op, int64_t part) { parts[op] = part; }
  std::optional<int64_t> part(mlir::Operation *op) override {
    auto it = parts.find(op);
    return it == parts.end() ? std::nullopt : std::optional(it->second);
  }

  /// Stores an element (vector or scalar) into a buffer.
  void store(const Buffer &buffer, llvm::ArrayRef<Index> at, mlir::Value element);
  mlir::Value load(const Buffer &buffer, llvm::ArrayRef<Index> at);

  /// A loop over [begin, end) by step; the body is emitted in a scope of its own.
  void loop(mlir::Value begin, mlir::Value end, int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  /// The same, carrying values; the body returns the next ones.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, int64_t step, mlir::ValueRange init,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);
  void ifElse(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise);
  /// Emits in a block that this emitter did not open itself, as long as this object lives: the
  /// epilogue of a product, a branch. What is emitted there is remembered only there.
  class Nested {
  public:
    explicit Nested(Emitter &emitter) : emitter(emitter) { emitter.scopes.emplace_back(); }
    ~Nested() { emitter.scopes.pop_back(); }
    Nested(const Nested &) = delete;

  private:
    Emitter &emitter;
  };
  void inBlock(llvm::function_ref<void()> body) {
    Nested nested(*this);
    body();
  }

  /// Scratch memory on the stack, aligned to a cache line, for the whole function.
  mlir::Value allocate(mlir::RankedTensorType type);

  // Index arithmetic on i64, folded where both sides are constants.
  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, int64_t b);
  mlir::Value div(mlir::Value a, int64_t b);
  mlir::Value rem(mlir::Value a, int64_t b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value less(mlir::Value a, mlir::Value b);

  /// The valid lanes of `value`, and `otherwise` in the others.
  mlir::Value keepValid(mlir::Value value, mlir::Value otherwise);
  mlir::Value splat(mlir::Value scalar, int64_t lanes);
  /// The element type as it lies in memory (a bool is i8) and in registers.
  static mlir::Type memoryType(mlir::Type element);
  mlir::Type registerType(mlir::Type element) const;

private:
  struct Key {
    void *value;
    int64_t lanes;
    void *guard;
    llvm::SmallVector<std::tuple<void *, int64_t, void *>, 4> at;
    bool operator<(const Key &o) const {
      return std::tie(value, lanes, guard, at) < std::tie(o.value, o.lanes, o.guard, o.at);
    }
  };
  Key keyOf(mlir::Value value, int64_t lanes, llvm::ArrayRef<Index> at) const;
  struct Scope {
    mlir::Block *block = nullptr; // the body of a loop of ours; null: no such loop
    std::map<Key, mlir::Value> cache;
  };

  mlir::Value *find(const Key &key);
  mlir::Value compute(mlir::Value value, llvm::ArrayRef<Index> at);
  mlir::Value laneByLane(mlir::Value value, llvm::ArrayRef<Index> at);
  /// The place of lane 0 in a buffer, counted in elements, and the static step from lane to lane.
  /// `each`, if it is set, comes on top: a vector.
  struct Offset {
    mlir::Value value;
    int64_t lane = 0;
    mlir::Value each;
  };
  Offset linear(const Buffer &buffer, llvm::ArrayRef<Index> at);
  mlir::Value loadGathered(const Buffer &buffer, const Offset &offset);
  mlir::Value loadReversed(const Buffer &buffer, const Offset &offset);
  mlir::Value loadContiguous(const Buffer &buffer, mlir::Value offset, mlir::Value mask);
  mlir::Value mask();
  /// The lanes that are read: those that count, under the guard. Null: all.
  mlir::Value readMask();
  size_t levelOf(llvm::ArrayRef<Index> at) const;
  size_t levelOf(mlir::Value value) const;
  mlir::OpBuilder::InsertPoint insertionAt(size_t level);

  llvm::DenseMap<mlir::Value, Buffer> buffers;
  struct Less {
    bool operator()(mlir::Value a, mlir::Value b) const {
      return a.getAsOpaquePointer() < b.getAsOpaquePointer();
    }
  };
  std::map<mlir::Value, Producer, Less> producers;
  std::vector<Scope> scopes;
  mlir::Block *entry; // of the function, where constants lie
  std::map<int64_t, mlir::Value> constants, masks;
  llvm::DenseMap<mlir::Operation *, int64_t> parts;
  mlir::Value guard; // lanes that may be read; null: all
  int64_t laneCount = 1, valid = 1, currentLanes = 1;
};

} // namespace gradus::compiler
