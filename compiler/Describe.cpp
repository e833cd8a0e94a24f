#include "compiler/Pipeline.h"
#include "compiler/schedule/Layout.h"

#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace gradus::compiler {

static std::string dtypeText(Type type) {
  if (type.isInteger(1))
    return "bool";
  if (type.isInteger(8))
    return "u8";
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static SmallVector<int64_t> logicalShape(Operation *variable) {
  auto type = cast<RankedTensorType>(variable->getResult(0).getType());
  SmallVector<int64_t> shape(type.getShape());
  if (variable->hasAttr("transposed"))
    std::swap(shape[0], shape[1]);
  return shape;
}

namespace {
struct Writer {
  std::string text;
  llvm::raw_string_ostream stream{text};
  llvm::json::OStream json{stream};

  void tensor(StringRef name, RankedTensorType type, ArrayRef<int64_t> shape) {
    json.attribute("name", name);
    json.attribute("dtype", dtypeText(type.getElementType()));
    json.attributeArray("shape", [&] {
      for (int64_t size : shape)
        json.value(size);
    });
  }

  void layout(Operation *variable) {
    json.attributeObject("layout", [&] {
      int64_t panel = panelOf(variable->getResult(0));
      json.attribute("kind", panel ? "panels" : variable->hasAttr("transposed") ? "transposed" : "row_major");
      if (panel)
        json.attribute("panel", panel);
    });
  }

  // Fans as Glorot and He count them: the last two axes, times the axes before them.
  void init(DictionaryAttr init, ArrayRef<int64_t> shape) {
    json.attributeObject("init", [&] {
      json.attribute("kind", init.getAs<StringAttr>("kind").getValue());
      for (StringRef number : {"a", "b"}) {
        auto value = init.getAs<FloatAttr>(number);
        json.attribute(number, value ? value.getValueAsDouble() : 0.0);
      }
      int64_t field = 1;
      for (size_t axis = 0; axis + 2 < shape.size(); ++axis)
        field *= shape[axis];
      int64_t last = shape.empty() ? 1 : shape.back();
      json.attribute("fan_in", std::max<int64_t>(1, shape.size() < 2 ? last : shape[shape.size() - 2] * field));
      json.attribute("fan_out", std::max<int64_t>(1, last * field));
    });
  }
};
} // namespace

std::string describe(ModuleOp module, const Pipeline &pipeline) {
  auto function = *module.getOps<func::FuncOp>().begin();
  Block &block = function.getBody().front();
  Writer w;
  auto &json = w.json;
  auto list = [&](StringRef key, auto each) {
    json.attributeArray(key, [&] {
      for (Operation &op : block)
        each(&op);
    });
  };
  json.objectBegin();
  json.attribute("abi", 1);
  json.attribute("name", pipeline.options.name);
  list("inputs", [&](Operation *op) {
    if (auto input = dyn_cast<ir::InputOp>(op)) {
      auto type = cast<RankedTensorType>(input.getType());
      json.object([&] { w.tensor(input.getName(), type, type.getShape()); });
    }
  });
  list("states", [&](Operation *op) {
    auto variable = dyn_cast<ir::VariableOpInterface>(op);
    if (!variable)
      return;
    json.object([&] {
      auto shape = logicalShape(op);
      w.tensor(variable.getVariableName(), cast<RankedTensorType>(op->getResult(0).getType()), shape);
      w.layout(op);
      json.attribute("trained", variable.isTrained());
      w.init(variable.getInitializer(), shape);
    });
  });
  list("outputs", [&](Operation *op) {
    if (auto result = dyn_cast<ir::ResultOp>(op)) {
      auto type = cast<RankedTensorType>(result.getValue().getType());
      json.object([&] { w.tensor(result.getName(), type, type.getShape()); });
    }
  });
  int64_t flops = 0;
  for (const KernelCost &kernel : pipeline.kernels)
    flops += kernel.flops;
  json.attribute("arena_bytes", pipeline.arena.bytes);
  json.attribute("arena_lower_bound_bytes", pipeline.arena.lowerBound);
  json.attribute("kernels", int64_t(pipeline.kernels.size()));
  json.attribute("flops", flops);
  json.attribute("target", pipeline.options.target.cpu);
  json.attribute("features", pipeline.options.target.features);
  json.objectEnd();
  w.stream.flush();
  return w.text;
}

} // namespace gradus::compiler
