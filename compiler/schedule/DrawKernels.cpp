// The kernels as a drawing in the language of Graphviz.
#include "compiler/schedule/Schedule.h"

#include "compiler/graph/Diagnostics.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace gradus::compiler {

namespace {

// Quoted, as dot wants it; a line feed becomes \n.
std::string quoted(StringRef text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result + '"';
}

std::string typeText(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  std::string text;
  llvm::raw_string_ostream out(text);
  for (int64_t size : tensor.getShape())
    out << size << 'x';
  out << tensor.getElementType();
  return text;
}

std::string opText(Operation *op) { return op->getName().stripDialect().str(); }

class Drawing {
public:
  explicit Drawing(func::FuncOp function) : function(function) {}

  std::string draw() {
    out << "digraph " << quoted(function.getName()) << " {\n"
        << "  graph [fontname=\"sans-serif\", newrank=true];\n"
        << "  node [fontname=\"sans-serif\", fontsize=10, shape=box, style=rounded];\n"
        << "  edge [fontname=\"sans-serif\", fontsize=8];\n";
    for (Operation &op : function.getBody().front())
      visit(&op);
    out << "}\n";
    return text;
  }

private:
  // A node, and the values that come out of it.
  std::string node(Operation *op, const Twine &label, StringRef look, StringRef indent = "  ") {
    std::string id = "n" + std::to_string(nodes++);
    out << indent << id << " [label=" << quoted(label.str())
        << ", tooltip=" << quoted(locationText(op->getLoc()));
    if (!look.empty())
      out << ", " << look;
    out << "];\n";
    for (Value result : op->getResults())
      source[result] = id;
    return id;
  }

  void edge(Value from, StringRef to, StringRef look = "") {
    edges.push_back(source.lookup(from) + " -> " + to.str() +
                    " [label=" + quoted(typeText(from.getType())) + (look.empty() ? "" : ", ") +
                    look.str() + "];\n");
  }

  void flushEdges(StringRef indent) {
    for (const std::string &e : edges)
      out << indent << e;
    edges.clear();
  }

  void visit(Operation *op) {
    if (auto input = dyn_cast<ir::InputOp>(op))
      node(op, "input " + input.getName(),
           "shape=parallelogram, style=filled, fillcolor=\"#e8f0fe\"");
    else if (auto variable = dyn_cast<ir::VariableOpInterface>(op))
      node(op, opText(op) + " " + variable.getVariableName(),
           "shape=cylinder, style=filled, fillcolor=\"#fef7e0\"");
    else if (auto kernel = dyn_cast<ir::KernelOp>(op))
      cluster(kernel);
    else if (auto result = dyn_cast<ir::ResultOp>(op))
      edge(result.getValue(), node(op, "result " + result.getName(), "shape=doubleoctagon"));
    else if (auto assign = dyn_cast<ir::AssignOp>(op))
      edge(assign.getValue(), source.lookup(assign.getVariable()),
           "style=dashed, constraint=false");
    else if (!isa<func::ReturnOp>(op)) {
      std::string id = node(op, opText(op), "shape=plain");
      for (Value operand : op->getOperands())
        edge(operand, id);
    }
    flushEdges("  ");
  }

  void cluster(ir::KernelOp kernel) {
    std::string name = kernel.getKind().str() + std::to_string(kernels);
    out << "  subgraph cluster_" << kernels++
        << " {\n    label=" << quoted(name + "\n" + locationText(kernel.getLoc()))
        << "; fontsize=10; style=\"rounded,filled\"; color=\"#9aa0a6\"; fillcolor=\"#f8f9fa\";\n";
    Block &body = kernel.getBody().front();
    for (auto [argument, input] : llvm::zip_equal(body.getArguments(), kernel.getInputs()))
      source[argument] = source.lookup(input);
    for (Operation &op : body.without_terminator()) {
      std::string id = node(&op, opText(&op), "", "    ");
      for (Value operand : op.getOperands())
        edge(operand, id);
    }
    for (auto [result, value] :
         llvm::zip_equal(kernel.getResults(), kernel.getYield().getValues())) {
      if (isa<BlockArgument>(value)) {
        std::string id = node(kernel.getYield(), "copy", "", "    ");
        edge(value, id);
        source[result] = id;
      } else {
        source[result] = source.lookup(value);
      }
    }
    out << "  }\n"; // edges outside, else what they lead from would be drawn in the cluster
    flushEdges("  ");
  }

  func::FuncOp function;
  std::string text;
  llvm::raw_string_ostream out{text};
  DenseMap<Value, std::string> source; // value -> node
  std::vector<std::string> edges;
  int64_t nodes = 0, kernels = 0;
};

} // namespace

std::string drawKernels(ModuleOp module) {
  std::string text;
  for (auto function : module.getOps<func::FuncOp>())
    text += Drawing(function).draw();
  return text;
}

} // namespace gradus::compiler
