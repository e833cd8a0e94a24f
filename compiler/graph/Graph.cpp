#include "compiler/graph/Graph.h"

#include "compiler/graph/Diagnostics.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/TextGuard.h"
#include "dialects/gradus/Structure.h"
#include "dialects/gradus/Rules.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace mlir;

namespace gradus {

//===--- tensors
//--------------------------------------------------------------------------------===//

static Value nonEmpty(const Tensor &tensor) {
  if (!tensor.valid())
    throw GraphError("an empty tensor has no shape and no element type");
  return GraphImpl::valueOf(tensor);
}

Shape Tensor::shape() const {
  ir::ShapeSpan sizes = ir::shapeOf(nonEmpty(*this));
  Shape shape(sizes.begin(), sizes.end());
  std::replace(shape.begin(), shape.end(), int64_t(ShapedType::kDynamic), kBatch);
  return shape;
}

int64_t Tensor::rank() const { return static_cast<int64_t>(ir::shapeOf(nonEmpty(*this)).size()); }

DType Tensor::dtype() const { return compiler::dtypeOf(ir::elementOf(nonEmpty(*this))); }

//===--- initialisers
//---------------------------------------------------------------------------===//

Initializer zeros() { return {"zeros", 0, 0, {}}; }
Initializer ones() { return constant(1); }
Initializer constant(double value) { return {"constant", value, 0, {}}; }
Initializer uniform(double low, double high) { return {"uniform", low, high, {}}; }
Initializer normal(double mean, double standardDeviation) {
  return {"normal", mean, standardDeviation, {}};
}
Initializer glorotUniform() { return {"glorot_uniform", 0, 0, {}}; }
Initializer glorotNormal() { return {"glorot_normal", 0, 0, {}}; }
Initializer heUniform() { return {"he_uniform", 0, 0, {}}; }
Initializer heNormal() { return {"he_normal", 0, 0, {}}; }
Initializer data(NDArray values) { return {"data", 0, 0, std::move(values)}; }

/// The elements of an array as an attribute.
static DenseElementsAttr elements(RankedTensorType type, const NDArray &values) {
  if (values.dtype() == DType::boolean) {
    std::span<const bool> flags = values.span<bool>();
    return DenseElementsAttr::get(type, ArrayRef<bool>(flags.data(), flags.size()));
  }
  ArrayRef<char> raw(static_cast<const char *>(values.raw()), values.bytes());
  return DenseElementsAttr::getFromRawBuffer(type, raw);
}

static DictionaryAttr initAttribute(GraphImpl &impl, Location at, StringRef op, StringRef name,
                                    RankedTensorType type, const Initializer &init) {
  Builder b(impl.context());
  auto fail = [&](const Twine &message) { impl.fail(at, op, "\"" + name + "\": " + message); };
  if (!std::isfinite(init.a) || !std::isfinite(init.b))
    fail("the numbers of the initialiser must be finite");
  if (init.kind == "uniform" && init.a > init.b)
    fail("uniform from " + compiler::numberText(init.a) + " to " + compiler::numberText(init.b) +
         " is empty (low must not exceed high)");
  if (init.kind == "normal" && init.b < 0)
    fail("the standard deviation " + compiler::numberText(init.b) + " is negative");
  NamedAttrList entries;
  entries.set("kind", b.getStringAttr(init.kind));
  if (init.kind == "data") {
    Shape shape(type.getShape().begin(), type.getShape().end());
    if (init.values.shape() != shape ||
        compiler::elementType(impl.context(), init.values.dtype()) != type.getElementType())
      fail("the values are " + init.values.describe() + ", the variable is " +
           ir::elementText(type.getElementType()) + " " + toString(shape) + " (must be equal)");
    entries.set("value", elements(type, init.values));
  } else {
    entries.set("a", b.getF64FloatAttr(init.a));
    entries.set("b", b.getF64FloatAttr(init.b));
  }
  return entries.getDictionary(impl.context());
}

//===--- graphs
//---------------------------------------------------------------------------------===//

Graph::Graph(std::string_view name, Location at) {
  std::shared_ptr<MLIRContext> context = compiler::makeContext();
  mlir::Location loc = FileLineColLoc::get(context.get(), at.file_name(), at.line(), at.column());
  if (!compiler::isIdentifier(name))
    throw GraphError(compiler::locationText(loc) + ": error: graph: the name \"" +
                     std::string(name) +
                     "\" is not an identifier (a letter or _, then letters, digits and _)");
  OpBuilder b(context.get());
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  b.setInsertionPointToEnd(module->getBody());
  auto function = b.create<func::FuncOp>(loc, StringRef(name), b.getFunctionType({}, {}));
  b.setInsertionPointToEnd(function.addEntryBlock());
  b.create<func::ReturnOp>(loc);
  impl = std::make_shared<GraphImpl>(std::move(context), std::move(module));
}

Graph Graph::parse(std::string_view text, std::string_view file) {
  compiler::checkText(text, file);
  std::shared_ptr<MLIRContext> context = compiler::makeContext();
  OwningOpRef<ModuleOp> module;
  {
    compiler::CollectedErrors errors(context.get(), StringRef(file));
    ParserConfig config(context.get(), /*verifyAfterParse=*/false);
    module = parseSourceString<ModuleOp>(StringRef(text), config, StringRef(file));
    if (!module)
      errors.raise(std::string(file) + ":1:1: error: not a graph");
    compiler::checkLocations(*module, file); // an error walks the location of its op
    if (failed(verify(*module)))
      errors.raise(std::string(file) + ":1:1: error: not a graph");
  }
  compiler::checkGraph(*module, StringRef(file));
  return Graph(std::make_shared<GraphImpl>(std::move(context), std::move(module)));
}

static NamedAttribute named(GraphImpl &impl, StringRef name, Attribute value) {
  return {StringAttr::get(impl.context(), name), value};
}

static NamedAttribute nameAttribute(GraphImpl &impl, std::string_view name) {
  return named(impl, "name", StringAttr::get(impl.context(), StringRef(name)));
}

Tensor Graph::input(std::string_view name, const Shape &shape, DType type, Location at) {
  StringRef op = ir::InputOp::getOperationName();
  RankedTensorType result = impl->type(at, op, shape, type, /*batchAllowed=*/true);
  return impl->tensor(
      impl->appendNamed(op, at, "input", name, {}, {nameAttribute(*impl, name)}, result)->getResult(0));
}

static Tensor variable(GraphImpl &impl, StringRef op, std::string_view name, const Shape &shape,
                       const Initializer &init, DType type, Location at) {
  RankedTensorType result = impl.type(at, op, shape, type, /*batchAllowed=*/false);
  DictionaryAttr initializer = initAttribute(impl, at, op, StringRef(name), result, init);
  NamedAttribute attributes[] = {nameAttribute(impl, name), named(impl, "init", initializer)};
  return impl.tensor(impl.appendNamed(op, at, "variable", name, {}, attributes, result)->getResult(0));
}

Tensor Graph::parameter(std::string_view name, const Shape &shape, const Initializer &init,
                        DType type, Location at) {
  return variable(*impl, ir::ParameterOp::getOperationName(), name, shape, init, type, at);
}

Tensor Graph::state(std::string_view name, const Shape &shape, const Initializer &init, DType type,
                    Location at) {
  return variable(*impl, ir::StateOp::getOperationName(), name, shape, init, type, at);
}

static Tensor constantTensor(GraphImpl &impl, Location at, DenseElementsAttr value) {
  return impl.make<ir::ConstantOp>(at, {}, named(impl, "value", value));
}

Tensor Graph::constant(double value, DType type, Location at) { return full({}, value, type, at); }

Tensor Graph::full(const Shape &shape, double value, DType type, Location at) {
  StringRef op = ir::ConstantOp::getOperationName();
  RankedTensorType result = impl->type(at, op, shape, type, /*batchAllowed=*/false);
  Type element = result.getElementType();
  if (isa<FloatType>(element))
    return constantTensor(
        *impl, at, DenseElementsAttr::get(result, Attribute(FloatAttr::get(element, value))));
  unsigned bits = element.getIntOrFloatBitWidth();
  bool isSigned = bits > 8;
  double limit = std::ldexp(1.0, isSigned ? bits - 1 : bits);
  if (!(value >= (isSigned ? -limit : 0) && value < limit) || value != std::trunc(value))
    impl->fail(at, op,
               "the number " + compiler::numberText(value) + " is not a value of " +
                   ir::elementText(element));
  APInt integer(bits, static_cast<int64_t>(value), isSigned);
  return constantTensor(
      *impl, at, DenseElementsAttr::get(result, Attribute(IntegerAttr::get(element, integer))));
}

Tensor Graph::constant(const NDArray &values, Location at) {
  RankedTensorType type = impl->type(at, ir::ConstantOp::getOperationName(), values.shape(),
                                     values.dtype(), /*batchAllowed=*/false);
  return constantTensor(*impl, at, elements(type, values));
}

void Graph::result(std::string_view name, const Tensor &value, Location at) {
  StringRef op = ir::ResultOp::getOperationName();
  Value operand = impl->value(value, op, at);
  impl->appendNamed(op, at, "result", name, operand, {nameAttribute(*impl, name)}, {});
}

void Graph::assign(const Tensor &variable, const Tensor &value, Location at) {
  StringRef op = ir::AssignOp::getOperationName();
  Value operands[] = {impl->value(variable, op, at), impl->value(value, op, at)};
  impl->appendTyped(op, at, operands, {}, {});
}

std::string Graph::name() const { return impl->function().getName().str(); }

std::vector<Tensor> Graph::parameters() const {
  std::vector<Tensor> list;
  for (auto parameter : impl->function().getOps<ir::ParameterOp>())
    list.push_back(impl->tensor(parameter.getResult()));
  return list;
}

std::vector<std::string> Graph::results() const {
  std::vector<std::string> list;
  for (auto result : impl->function().getOps<ir::ResultOp>())
    list.push_back(result.getName().str());
  return list;
}

std::string Graph::toText(bool locations) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OpPrintingFlags flags;
  if (locations)
    flags.enableDebugInfo();
  impl->module().print(stream, flags);
  return text;
}

std::vector<Tensor> gradients(const Tensor &loss, const std::vector<Tensor> &withRespectTo,
                              Location at) {
  GraphImpl *impl = GraphImpl::graphOf(loss);
  if (!impl)
    throw GraphError(
        compiler::locationText(at) +
        ": error: gradus.gradients: the loss is an empty tensor (it was never given a value)");
  StringRef op = ir::GradientsOp::getOperationName();
  SmallVector<Value> operands{impl->value(loss, op, at)};
  for (const Tensor &x : withRespectTo)
    operands.push_back(impl->value(x, op, at));
  Operation *made = impl->append(op, at, operands, {}, GraphImpl::inferWith<ir::GradientsOp>);
  std::vector<Tensor> results;
  for (Value result : made->getResults())
    results.push_back(impl->tensor(result));
  return results;
}

} // namespace gradus
