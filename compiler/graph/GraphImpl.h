// A graph from inside: one function of gradus ops in a module. For the compiler, not for users.
#pragma once
#include "compiler/graph/Graph.h"
#include "dialects/gradus/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <set>

namespace gradus {

namespace compiler {
/// The dialects that a graph needs, without threads.
std::shared_ptr<mlir::MLIRContext> makeContext();
mlir::Type elementType(mlir::MLIRContext *context, DType type);
/// Throws GraphError for a type that is not in the dialect.
DType dtypeOf(mlir::Type element);
/// "file:line:col" of a line of the user's.
std::string locationText(Location at);
/// The shortest usual way to write a number.
std::string numberText(double number);
/// The only function of a module. Throws GraphError if there is not exactly one.
mlir::func::FuncOp functionOf(mlir::ModuleOp module);
/// Checks what the ops cannot check alone: known ops, unique names (input.1, variable.1, result.1),
/// no arguments. Of a text, whose `file` then is not empty, also that it holds nothing which only the
/// compiler writes. Throws GraphError; `file` stands in for unknown locations.
void checkGraph(mlir::ModuleOp module, llvm::StringRef file = "");
/// A letter or _, then letters, digits and _.
bool isIdentifier(std::string_view name);
} // namespace compiler

class GraphImpl : public std::enable_shared_from_this<GraphImpl> {
public:
  GraphImpl(std::shared_ptr<mlir::MLIRContext> context, mlir::OwningOpRef<mlir::ModuleOp> module);
  static GraphImpl &of(const Graph &graph) { return *graph.impl; }
  static Graph handle(std::shared_ptr<GraphImpl> impl) { return Graph(std::move(impl)); }

  mlir::MLIRContext *context() const { return contextOwner.get(); }
  const std::shared_ptr<mlir::MLIRContext> &sharedContext() const { return contextOwner; }
  mlir::ModuleOp module() const { return *owned; }
  mlir::func::FuncOp function() const { return compiler::functionOf(*owned); }
  /// A copy in the same context, for a compilation to consume.
  mlir::OwningOpRef<mlir::ModuleOp> copyModule() const;

  /// A copy of the whole graph; `value` becomes the tensor of the copy that stands for it.
  std::shared_ptr<GraphImpl> copy(Tensor &value) const;

  /// Infers, checks and appends one op. Throws GraphError at `at`.
  template <class Op>
  Tensor make(Location at, mlir::ValueRange operands,
              llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    return tensor(
        append(Op::getOperationName(), at, operands, attributes, inferWith<Op>)->getResult(0));
  }
  /// The same for an op with several results.
  template <class Op>
  std::vector<Tensor> makeAll(Location at, mlir::ValueRange operands,
                              llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    std::vector<Tensor> results;
    for (mlir::Value result :
         append(Op::getOperationName(), at, operands, attributes, inferWith<Op>)->getResults())
      results.push_back(tensor(result));
    return results;
  }
  using Infer = mlir::LogicalResult (*)(mlir::MLIRContext *, std::optional<mlir::Location>,
                                        mlir::ValueRange, mlir::DictionaryAttr,
                                        llvm::SmallVectorImpl<mlir::Type> &);
  template <class Op>
  static mlir::LogicalResult inferWith(mlir::MLIRContext *context,
                                       std::optional<mlir::Location> loc, mlir::ValueRange operands,
                                       mlir::DictionaryAttr attributes,
                                       llvm::SmallVectorImpl<mlir::Type> &types) {
    return Op::inferReturnTypes(context, loc, typename Op::Adaptor(operands, attributes), types);
  }
  mlir::Operation *append(llvm::StringRef op, Location at, mlir::ValueRange operands,
                          llvm::ArrayRef<mlir::NamedAttribute> attributes, Infer infer);

  /// An op whose result types are given (or that has none); its verifier runs. Throws GraphError.
  mlir::Operation *appendTyped(llvm::StringRef op, Location at, mlir::ValueRange operands,
                               llvm::ArrayRef<mlir::NamedAttribute> attributes,
                               mlir::TypeRange types);

  /// The value of a tensor of this graph. Throws GraphError if it is empty or of another graph.
  mlir::Value value(const Tensor &tensor, llvm::StringRef op, Location at) const;
  static mlir::Value valueOf(const Tensor &tensor) {
    return mlir::Value::getFromOpaquePointer(tensor.value);
  }
  static GraphImpl *graphOf(const Tensor &tensor) { return tensor.graph.get(); }
  Tensor tensor(mlir::Value value) {
    return Tensor(shared_from_this(), value.getAsOpaquePointer());
  }

  mlir::Location location(Location at) const;
  /// Throws a GraphError `op: message` with a note per operand.
  [[noreturn]] void fail(Location at, llvm::StringRef op, const llvm::Twine &message,
                         mlir::ValueRange operands = {}) const;
  /// A tensor type of the user's shape (kBatch is -1). Throws GraphError.
  mlir::RankedTensorType type(Location at, llvm::StringRef op, const Shape &shape, DType type,
                              bool batchAllowed) const;
  /// As appendTyped, for an op with a name of one kind ("input", "variable", "result"), which must be
  /// neither empty nor taken. A refused op takes no name.
  mlir::Operation *appendNamed(llvm::StringRef op, Location at, std::string_view kind,
                               std::string_view name, mlir::ValueRange operands,
                               llvm::ArrayRef<mlir::NamedAttribute> attributes,
                               mlir::TypeRange types);

private:
  std::shared_ptr<mlir::MLIRContext> contextOwner;
  mlir::OwningOpRef<mlir::ModuleOp> owned;
  std::set<std::string, std::less<>> names; ///< "kind/name"
};

} // namespace gradus
