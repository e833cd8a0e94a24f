// What holds after each phase (DESIGN, "The phases and their contracts").
#include "compiler/Violation.h"
#include "compiler/graph/Diagnostics.h"

#include "dialects/gradus/Contraction.h"
#include "dialects/gradus/Kernel.h"
#include "dialects/gradus/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace gradus::compiler {

void violated(Operation *op, const Twine &what) {
  throw Violation{op->getLoc(), op->getName().getStringRef().str() + ": " + what.str()};
}

namespace {

// What MLIR's own verifier says: types, dominance, the constraints of each op.
void verifyOps(ModuleOp module) {
  std::optional<Violation> first;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
    if (!first)
      first = Violation{diagnostic.getLocation(), diagnostic.str()};
    return success();
  });
  if (failed(verify(module)))
    throw first.value_or(Violation{module.getLoc(), "the module is malformed"});
}

func::FuncOp onlyFunction(ModuleOp module) {
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (functions.size() != 1 || !functions.front().getBody().hasOneBlock())
    violated(module, "expected one function of one block, found " + Twine(functions.size()));
  auto type = functions.front().getFunctionType();
  if (type.getNumInputs() || type.getNumResults())
    violated(functions.front(),
             "a model has neither arguments nor results (see gradus.input, gradus.result)");
  return functions.front();
}

bool isGradus(Operation *op) { return isa<ir::GradusDialect>(op->getDialect()); }

// Later phases make constants of their own, which come from several lines or from none.
void verifyLocations(ModuleOp module) {
  for (Operation &op : onlyFunction(module).getBody().front())
    if (isGradus(&op) && isa<UnknownLoc>(op.getLoc()))
      violated(&op, "has no source location");
}

void verifyGraph(ModuleOp module) {
  for (Operation &op : onlyFunction(module).getBody().front()) {
    if (!isGradus(&op) && !isa<func::ReturnOp>(op))
      violated(&op, "not an op of the gradus dialect");
    if (isa<ir::KernelOp, ir::YieldOp>(op))
      violated(&op, "stands in a graph before phase schedule");
    if (auto input = dyn_cast<ir::InputOp>(op)) {
      auto shape = cast<RankedTensorType>(input.getType()).getShape();
      if (llvm::any_of(shape.drop_front(shape.empty() ? 0 : 1), ShapedType::isDynamic))
        violated(&op, "an unknown size outside the leading axis");
    }
  }
}

ArrayRef<int64_t> shapeOf(Value v) { return cast<RankedTensorType>(v.getType()).getShape(); }

void verifyStatic(Operation *op) {
  for (TypeRange types : {TypeRange(op->getOperandTypes()), TypeRange(op->getResultTypes())})
    for (Type type : types)
      if (auto tensor = dyn_cast<RankedTensorType>(type); !tensor || !tensor.hasStaticShape())
        violated(op, "the type is not static");
}

void verifyNoImplicitBroadcast(Operation *op) {
  if (isa<ir::ElementwiseOpInterface>(op)) {
    for (Value operand : op->getOperands())
      if (shapeOf(operand) != shapeOf(op->getResult(0)))
        violated(op,
                 "the shapes of operands and result differ; only gradus.broadcast may broadcast");
  } else if (auto matmul = dyn_cast<ir::MatmulOp>(op)) {
    auto a = shapeOf(matmul.getA()), b = shapeOf(matmul.getB());
    if (a.size() < 2 || a.size() != b.size() || a.drop_back(2) != b.drop_back(2))
      violated(op, "operands have ranks below 2 or different leading axes; only gradus.broadcast "
                   "may broadcast");
  }
}

void verifyShapes(ModuleOp module) {
  verifyGraph(module);
  for (Operation &op : onlyFunction(module).getBody().front()) {
    verifyStatic(&op);
    verifyNoImplicitBroadcast(&op);
    if (auto gradients = dyn_cast<ir::GradientsOp>(op))
      for (auto [x, gradient] :
           llvm::zip_equal(gradients.getWithRespectTo(), gradients.getGradients()))
        if (x.getType() != gradient.getType())
          violated(&op, "a gradient and its tensor have different types");
  }
}

void verifyAutodiff(ModuleOp module) {
  verifyShapes(module);
  module.walk([](ir::GradientsOp op) { violated(op, "is left after phase autodiff"); });
}

void verifyScheduled(ModuleOp module) {
  onlyFunction(module);
  verifySchedule(module);
}

void verifyMemoryPlaced(ModuleOp module) {
  verifyScheduled(module);
  verifyMemory(module);
}

bool isLoweredType(Type type) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.getRank() == 1 && !vector.isScalable();
  return !isa<ShapedType>(type);
}

void verifyLower(ModuleOp module) {
  static constexpr StringLiteral allowed[] = {"builtin", "func", "scf",    "cf",
                                              "arith",   "math", "vector", "llvm"};
  module.walk([&](Operation *op) {
    if (!op->getDialect() || !llvm::is_contained(allowed, op->getDialect()->getNamespace()))
      violated(op, "is left after phase lower");
    for (TypeRange types : {TypeRange(op->getOperandTypes()), TypeRange(op->getResultTypes())})
      for (Type type : types)
        if (!isLoweredType(type))
          violated(op, "has a value that is no scalar, pointer or vector of one fixed axis");
    if (auto function = dyn_cast<func::FuncOp>(op))
      for (Type type : function.getArgumentTypes())
        if (!isLoweredType(type))
          violated(op, "has an argument that is no scalar, pointer or vector");
  });
  int64_t entries =
      llvm::count_if(module.getOps<func::FuncOp>(), [](func::FuncOp f) { return f.isPublic(); });
  if (entries != 1 && entries != 2)
    violated(module, "expected the public entries of a program (step, and loop if it was asked for), found " +
                         Twine(entries));
}

} // namespace

static void checkPhase(ModuleOp module, Phase phase) {
  if (phase <= Phase::Lower)
    verifyOps(module);
  switch (phase) {
  case Phase::Graph:
    verifyGraph(module);
    return verifyLocations(module);
  case Phase::Shapes:
    return verifyShapes(module);
  case Phase::Autodiff:
    return verifyAutodiff(module);
  case Phase::Schedule:
    return verifyScheduled(module);
  case Phase::Memory:
    return verifyMemoryPlaced(module);
  case Phase::Lower:
    return verifyLower(module);
  case Phase::Codegen: // bytes; the module is consumed
  case Phase::Jit:
    return;
  }
}

std::optional<Violation> firstViolation(llvm::function_ref<void()> check) {
  try {
    check();
  } catch (const Violation &violation) {
    return violation;
  }
  return std::nullopt;
}

std::optional<Violation> firstViolation(ModuleOp module, Phase phase) {
  return firstViolation([&] { checkPhase(module, phase); });
}

std::string verifyPhase(ModuleOp module, Phase phase) {
  auto violation = firstViolation(module, phase);
  return violation ? locationText(violation->at) + ": " + violation->what : "";
}

} // namespace gradus::compiler
