#include "compiler/graph/GraphImpl.h"

#include "compiler/graph/Diagnostics.h"
#include "dialects/gradus/Structure.h"
#include "dialects/gradus/Rules.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace gradus {

namespace compiler {

std::shared_ptr<MLIRContext> makeContext() {
  auto context = std::make_shared<MLIRContext>(MLIRContext::Threading::DISABLED);
  context->loadDialect<ir::GradusDialect, func::FuncDialect>();
  context->printOpOnDiagnostic(false);
  return context;
}

Type elementType(MLIRContext *context, DType type) {
  switch (type) {
  case DType::f32:
    return Float32Type::get(context);
  case DType::f64:
    return Float64Type::get(context);
  case DType::i32:
    return IntegerType::get(context, 32);
  case DType::i64:
    return IntegerType::get(context, 64);
  case DType::boolean:
    return IntegerType::get(context, 1);
  case DType::u8:
    return IntegerType::get(context, 8);
  }
  throw GraphError("unknown element type " + std::to_string(static_cast<int>(type)));
}

DType dtypeOf(Type element) {
  for (DType type : {DType::f32, DType::f64, DType::i32, DType::i64, DType::boolean, DType::u8})
    if (elementType(element.getContext(), type) == element)
      return type;
  throw GraphError("element type " + ir::elementText(element) + " is not one of Gradus");
}

std::string locationText(Location at) {
  return llvm::formatv("{0}:{1}:{2}", at.file_name(), at.line(), at.column());
}

std::string numberText(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

func::FuncOp functionOf(ModuleOp module) {
  auto functions = module.getOps<func::FuncOp>();
  if (!llvm::hasSingleElement(functions))
    throw GraphError(locationText(module.getLoc()) +
                     ": error: a graph is a module with exactly one function");
  return *functions.begin();
}

/// "input", "variable" or "result" for an op that has a name, else empty.
static StringRef kindOfName(Operation *op) {
  if (isa<ir::InputOp>(op))
    return "input";
  if (isa<ir::VariableOpInterface>(op))
    return "variable";
  return isa<ir::ResultOp>(op) ? "result" : "";
}

bool isIdentifier(std::string_view name) {
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  return !name.empty() && !llvm::isDigit(name[0]) && llvm::all_of(name, isWord);
}

namespace {

class GraphCheck {
public:
  explicit GraphCheck(StringRef file)
      : isText(!file.empty()), otherwise(isText ? file.str() + ":1:1" : "unknown") {}

  void check(ModuleOp module) {
    func::FuncOp function;
    for (Operation &op : *module.getBody()) {
      if (!isa<func::FuncOp>(op) || function)
        fail(&op, "a graph is a module with exactly one function");
      function = cast<func::FuncOp>(op);
    }
    if (!function)
      fail(module, "a graph is a module with exactly one function");
    if (isText && module->getAttrs().size() > (module.getSymName() ? 1 : 0))
      fail(module, "the module of a graph has no attributes");
    check(function);
    for (Operation &op : function.getBody().front())
      check(op);
  }

private:
  [[noreturn]] void fail(Operation *op, const Twine &message) {
    throw GraphError((locationText(op->getLoc(), otherwise) + ": error: " + message).str());
  }

  [[noreturn]] void failOp(Operation &op, const Twine &message) {
    fail(&op, op.getName().getStringRef() + ": " + message);
  }

  void check(func::FuncOp function) {
    if (function.isDeclaration() || function.getNumArguments() || function.getNumResults() ||
        !function.getBody().hasOneBlock())
      fail(function, "the function of a graph has one block, no arguments and no results");
    if (!isText)
      return;
    if (!isIdentifier(function.getName()))
      fail(function, "the name of a graph is not an identifier (a letter or _, then letters, digits "
                     "and _)");
    if (!function->getDiscardableAttrs().empty() || function.getSymVisibilityAttr())
      fail(function, "the function of a graph has no attributes");
  }

  void check(Operation &op) {
    if (isa<func::ReturnOp>(op))
      return;
    if (!isa<ir::GradusDialect>(op.getDialect()) || op.getNumRegions() != 0)
      failOp(op, "not an op of a graph");
    // What a phase writes down for the next one would be believed.
    ArrayRef<StringAttr> known = op.getName().getAttributeNames();
    for (NamedAttribute attribute : op.getAttrs())
      if (isText && !llvm::is_contained(known, attribute.getName()))
        failOp(op, "unknown attribute \"" + attribute.getName().getValue() + "\"");
    for (Type type : op.getResultTypes())
      checkType(op, cast<RankedTensorType>(type));
    checkValues(op);
    checkName(op);
  }

  void checkType(Operation &op, RankedTensorType type) {
    if (type.getEncoding())
      failOp(op, "a tensor of a graph has no encoding");
    if (std::string why = ir::checkShape(type.getShape(), type.getElementType()); !why.empty())
      failOp(op, why);
    if (isa<ir::InputOp>(op))
      for (int64_t axis = 1; axis < type.getRank(); ++axis)
        if (type.isDynamicDim(axis))
          failOp(op, "axis " + Twine(axis) +
                         " is the batch (only the leading axis of an input may be)");
  }

  void checkValues(Operation &op) {
    for (NamedAttribute attribute : op.getAttrs())
      if (isa<ElementsAttr>(attribute.getValue()) &&
          !isa<DenseElementsAttr, DenseArrayAttr>(attribute.getValue()))
        failOp(op, "the values of \"" + attribute.getName().getValue() + "\" are not dense");
  }

  void checkName(Operation &op) { // input.1 variable.1 result.1
    StringRef kind = kindOfName(&op);
    if (kind.empty())
      return;
    StringRef name = op.getAttrOfType<StringAttr>("name").getValue();
    if (!names.insert((kind + "/" + name).str()).second)
      failOp(op, "the name \"" + name + "\" is taken by another " + kind);
  }

  bool isText;
  std::string otherwise;
  std::set<std::string> names;
};

} // namespace

void checkGraph(ModuleOp module, StringRef file) { GraphCheck(file).check(module); }

} // namespace compiler

GraphImpl::GraphImpl(std::shared_ptr<MLIRContext> context, OwningOpRef<ModuleOp> module)
    : contextOwner(std::move(context)), owned(std::move(module)) {
  function().walk([&](Operation *op) {
    if (StringRef kind = compiler::kindOfName(op); !kind.empty())
      names.insert((kind + "/" + op->getAttrOfType<StringAttr>("name").getValue()).str());
  });
}

OwningOpRef<ModuleOp> GraphImpl::copyModule() const { return cast<ModuleOp>(owned.get()->clone()); }

std::shared_ptr<GraphImpl> GraphImpl::copy(Tensor &value) const {
  IRMapping mapping;
  OwningOpRef<ModuleOp> module = cast<ModuleOp>(owned.get()->clone(mapping));
  auto impl = std::make_shared<GraphImpl>(contextOwner, std::move(module));
  value = impl->tensor(mapping.lookup(valueOf(value)));
  return impl;
}

mlir::Location GraphImpl::location(Location at) const {
  return FileLineColLoc::get(context(), at.file_name(), at.line(), at.column());
}

void GraphImpl::fail(Location at, StringRef op, const Twine &message, ValueRange operands) const {
  compiler::CollectedErrors errors(context());
  (void)ir::Rule(location(at), op, operands).fail(message);
  errors.raise();
}

Value GraphImpl::value(const Tensor &tensor, StringRef op, Location at) const {
  if (!tensor.value)
    fail(at, op, "an operand is an empty tensor (it was never given a value)");
  if (tensor.graph.get() != this)
    fail(at, op,
         "operands belong to the graphs \"" + function().getName() + "\" and \"" +
             tensor.graph->function().getName() + "\" (must be one graph)");
  return valueOf(tensor);
}

Operation *GraphImpl::append(StringRef op, Location at, ValueRange operands,
                             ArrayRef<NamedAttribute> attributes, Infer infer) {
  compiler::CollectedErrors errors(context());
  SmallVector<Type> types;
  if (failed(infer(context(), location(at), operands, DictionaryAttr::get(context(), attributes),
                   types)))
    errors.raise();
  return appendTyped(op, at, operands, attributes, types);
}

Operation *GraphImpl::appendTyped(StringRef op, Location at, ValueRange operands,
                                  ArrayRef<NamedAttribute> attributes, TypeRange types) {
  compiler::CollectedErrors errors(context());
  OpBuilder builder = OpBuilder::atBlockTerminator(&function().getBody().front());
  OperationState state(location(at), op, operands, types, attributes);
  Operation *made = builder.create(state);
  if (failed(verify(made, /*verifyRecursively=*/false))) {
    made->erase();
    errors.raise();
  }
  return made;
}

RankedTensorType GraphImpl::type(Location at, StringRef op, const Shape &shape, DType type,
                                 bool batchAllowed) const {
  SmallVector<int64_t> sizes(shape.begin(), shape.end());
  if (batchAllowed && !sizes.empty() && sizes[0] == kBatch)
    sizes[0] = ShapedType::kDynamic;
  for (auto [axis, size] : llvm::enumerate(sizes))
    if (size == kBatch)
      fail(at, op,
           "axis " + Twine(axis) + " is the batch (only the leading axis of an input may be)");
  Type element = compiler::elementType(context(), type);
  if (llvm::any_of(shape, [](int64_t size) { return size == ShapedType::kDynamic; }))
    fail(at, op, "a size is the lowest integer (sizes must not be negative)");
  if (std::string error = ir::checkShape(sizes, element); !error.empty())
    fail(at, op, error);
  return RankedTensorType::get(sizes, element);
}

Operation *GraphImpl::appendNamed(StringRef op, Location at, std::string_view kind,
                                  std::string_view name, ValueRange operands,
                                  ArrayRef<NamedAttribute> attributes, TypeRange types) {
  if (name.empty())
    fail(at, op, "the name is empty");
  std::string key = std::string(kind) + "/" + std::string(name);
  if (names.count(key))
    fail(at, op, "the name \"" + StringRef(name) + "\" is taken by another " + StringRef(kind));
  Operation *made = appendTyped(op, at, operands, attributes, types);
  names.insert(key);
  return made;
}

} // namespace gradus
