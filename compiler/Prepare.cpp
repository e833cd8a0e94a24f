#include "compiler/Prepare.h"

#include "compiler/graph/GraphImpl.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <cstring>
#include <set>
#include <stdexcept>

using namespace mlir;

namespace gradus::compiler {

bool usesBatch(ModuleOp module) {
  bool found = false;
  module.walk([&](Operation *op) { // an input, or what states the batch itself
    for (Type type : op->getResultTypes())
      found |= !cast<RankedTensorType>(type).hasStaticShape();
  });
  return found;
}

void fixLayouts(ModuleOp module, const std::function<std::optional<Layout>(const std::string &)> &layoutOf) {
  Builder b(module.getContext());
  module.walk([&](ir::VariableOpInterface variable) {
    std::optional<Layout> layout = layoutOf(variable.getVariableName().str());
    if (!layout)
      return;
    variable->setAttr("fixed_transposed", b.getBoolAttr(layout->kind == Layout::Kind::transposed));
    variable->setAttr("fixed_panel", b.getI64IntegerAttr(layout->kind == Layout::Kind::panels ? layout->panel : 0));
  });
}

// What is left out takes with it the ops and inputs that nothing else needs.
void keepOnly(ModuleOp module, const std::vector<std::string> &results, bool assigns) {
  if (results.empty() && assigns)
    return;
  std::set<std::string> wanted(results.begin(), results.end());
  std::string known;
  module.walk([&](ir::ResultOp result) {
    known += (known.empty() ? "\"" : ", \"") + result.getName().str() + "\"";
    bool found = wanted.erase(result.getName().str()); // a name occurs once
    if (!results.empty() && !found)
      result.erase();
  });
  if (!wanted.empty())
    throw std::invalid_argument("there is no result \"" + *wanted.begin() + "\" (there are " +
                                (known.empty() ? "none" : known) + ")");
  if (!assigns)
    module.walk([](ir::AssignOp assign) { assign.erase(); });
  Block &block = functionOf(module).getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && (isOpTriviallyDead(&op) || isa<ir::InputOp, ir::VariableOpInterface>(op)))
      op.erase();
}

std::map<std::string, NDArray> dataInitializers(ModuleOp module) {
  std::map<std::string, NDArray> data;
  module.walk([&](ir::VariableOpInterface variable) {
    auto values = variable.getInitializer().getAs<DenseElementsAttr>("value");
    if (!values)
      return;
    auto type = values.getType();
    NDArray array = NDArray::zeros(Shape(type.getShape().begin(), type.getShape().end()),
                                   dtypeOf(type.getElementType()));
    size_t size = type.getElementTypeBitWidth() / 8;
    ArrayRef<char> raw = values.getRawData();
    if (type.getElementType().isInteger(1)) {
      size_t i = 0;
      for (bool value : values.getValues<bool>())
        static_cast<uint8_t *>(array.raw())[i++] = value;
    } else if (values.isSplat()) {
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        std::memcpy(static_cast<char *>(array.raw()) + i * size, raw.data(), size);
    } else {
      std::memcpy(array.raw(), raw.data(), raw.size());
    }
    data[variable.getVariableName().str()] = std::move(array);
  });
  return data;
}

} // namespace gradus::compiler
