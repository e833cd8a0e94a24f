#include "compiler/schedule/Schedule.h"

#include "dialects/gradus/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace gradus::compiler {
namespace {

/// Writes one function as a digraph: a box per op, a cluster per kernel, an edge per value that is
/// read, labelled with its shape where it crosses kernels (that is, goes through memory).
class Drawing {
public:
  std::string draw(func::FuncOp function) {
    out << "digraph \"" << function.getName() << "\" {\n"
        << "  rankdir=TB; compound=true;\n"
        << "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=Helvetica, "
           "fontsize=11];\n"
        << "  edge [fontname=Helvetica, fontsize=9, color=\"#666666\"];\n";
    for (Operation &op : function.getBody().front())
      if (auto kernel = dyn_cast<ir::KernelOp>(op))
        cluster(kernel);
      else if (!op.hasTrait<OpTrait::IsTerminator>())
        outside(&op);
    out << edges << "}\n";
    return text;
  }

private:
  static std::string shapeOf(Value value) {
    std::string shape;
    llvm::raw_string_ostream stream(shape);
    auto type = cast<RankedTensorType>(value.getType());
    for (int64_t size : type.getShape())
      stream << size << 'x';
    stream << type.getElementType();
    return shape;
  }

  /// The op without its dialect; with its name, where the user gave one.
  static std::string labelOf(Operation *op) {
    std::string label = op->getName().stripDialect().str();
    if (auto name = op->getAttrOfType<StringAttr>("name"))
      for (char c : ("\n" + name.getValue()).str())
        label += c == '\n'               ? std::string("\\n")
                 : c == '"' || c == '\\' ? std::string("\\") + c
                                         : std::string(1, c);
    return label;
  }

  int node(Operation *op, llvm::StringRef indent, llvm::StringRef style) {
    out << indent << 'n' << nodes << " [label=\"" << labelOf(op) << '"' << style << "];\n";
    return nodes++;
  }

  void edge(Value from, int to, bool crosses) {
    auto found = writers.find(from);
    if (found == writers.end())
      return;
    edges += "  n" + std::to_string(found->second) + " -> n" + std::to_string(to);
    if (crosses)
      edges += " [label=\"" + shapeOf(from) + "\", penwidth=2]";
    edges += ";\n";
  }

  void outside(Operation *op) {
    bool variable = isa<ir::VariableOpInterface>(op);
    int number = node(op, "  ", variable ? ", fillcolor=\"#fff2cc\"" : ", fillcolor=\"#e8e8e8\"");
    for (Value operand : op->getOperands())
      edge(operand, number, true);
    for (Value result : op->getResults())
      writers[result] = number;
  }

  void cluster(ir::KernelOp kernel) {
    out << "  subgraph cluster_" << clusters << " {\n"
        << "    label=\"" << clusters << ": " << kernel.getKind()
        << "\"; style=\"rounded,filled\"; fillcolor=\"#dae8fc\"; fontname=Helvetica;\n";
    ++clusters;
    Block &body = kernel.getBody().front();
    for (Operation &op : body) {
      if (isa<ir::YieldOp>(op))
        continue;
      int number = node(&op, "    ", "");
      for (Value operand : op.getOperands()) {
        auto argument = dyn_cast<BlockArgument>(operand);
        edge(argument ? kernel.getInputs()[argument.getArgNumber()] : operand, number,
             argument != nullptr);
      }
      for (Value result : op.getResults())
        writers[result] = number;
    }
    out << "  }\n";
    for (auto [result, yielded] : llvm::zip(kernel.getResults(), kernel.getYield().getValues()))
      if (auto found = writers.find(sourceOf(kernel, yielded)); found != writers.end())
        writers[result] = found->second;
  }

  /// A kernel may yield what it was given.
  static Value sourceOf(ir::KernelOp kernel, Value yielded) {
    auto argument = dyn_cast<BlockArgument>(yielded);
    return argument ? kernel.getInputs()[argument.getArgNumber()] : yielded;
  }

  std::string text, edges;
  llvm::raw_string_ostream out{text};
  llvm::DenseMap<Value, int> writers;
  int nodes = 0, clusters = 0;
};

} // namespace

std::string drawKernels(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    return Drawing().draw(function);
  return "digraph {}\n";
}

} // namespace gradus::compiler
