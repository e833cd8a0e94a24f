// The passes of the phases schedule, memory and lower, and the check of contracts.
//
// Each pass checks what it requires first: wrong input gets an error of one line, never an assert.
#include "compiler/Passes.h"
#include "compiler/Violation.h"

#include "compiler/memory/Memory.h"
#include "compiler/schedule/Schedule.h"
#include "dialects/gradus/Dialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace gradus::compiler {

#define GEN_PASS_DECL
#define GEN_PASS_DEF_PRODUCTFORMS
#define GEN_PASS_DEF_FORMKERNELS
#define GEN_PASS_DEF_CHOOSELAYOUTS
#define GEN_PASS_DEF_ORDERKERNELS
#define GEN_PASS_DEF_ASSIGNBUFFERS
#define GEN_PASS_DEF_LOWERKERNELS
#define GEN_PASS_DEF_VERIFYPHASE
#include "compiler/Passes.h.inc"

namespace {

LogicalResult report(const std::optional<Violation> &violation) {
  return violation ? emitError(violation->at) << violation->what : success();
}

LogicalResult requirePhase(ModuleOp module, Phase phase) {
  return report(firstViolation(module, phase));
}

LogicalResult requirePrimitives(ModuleOp module) {
  if (failed(requirePhase(module, Phase::Autodiff)))
    return failure();
  return report(firstViolation([&] {
    module.walk([](ir::DecomposeOpInterface op) {
      violated(op, "is no primitive (see gradus-decompose)");
    });
  }));
}

LogicalResult requireKernels(ModuleOp module) {
  return report(firstViolation([&] { verifyKernels(module); }));
}

// Runs `work` unless an exception stops it, which becomes an error at the module.
LogicalResult guarded(ModuleOp module, llvm::function_ref<void()> work) {
  try {
    work();
    return success();
  } catch (const std::exception &error) {
    return module.emitError() << error.what();
  }
}

struct ProductForms : impl::ProductFormsBase<ProductForms> {
  using ProductFormsBase::ProductFormsBase;
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(requirePrimitives(module)) ||
        failed(guarded(module, [&] { chooseProductForms(module, Target::named(target)); })))
      signalPassFailure();
  }
};

struct FormKernels : impl::FormKernelsBase<FormKernels> {
  using FormKernelsBase::FormKernelsBase;
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(requirePrimitives(module)) ||
        failed(guarded(module, [&] { formKernels(module, Target::named(target)); })))
      signalPassFailure();
  }
};

struct ChooseLayouts : impl::ChooseLayoutsBase<ChooseLayouts> {
  using ChooseLayoutsBase::ChooseLayoutsBase;
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(requireKernels(module)) ||
        failed(guarded(module, [&] { chooseLayouts(module, Target::named(target)); })))
      signalPassFailure();
  }
};

struct OrderKernels : impl::OrderKernelsBase<OrderKernels> {
  void runOnOperation() override {
    if (failed(requireKernels(getOperation())))
      return signalPassFailure();
    orderKernels(getOperation());
  }
};

struct AssignBuffers : impl::AssignBuffersBase<AssignBuffers> {
  void runOnOperation() override {
    if (failed(requirePhase(getOperation(), Phase::Schedule)))
      return signalPassFailure();
    assignBuffers(getOperation());
  }
};

struct LowerKernels : impl::LowerKernelsBase<LowerKernels> {
  using LowerKernelsBase::LowerKernelsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(requirePhase(module, Phase::Memory)) ||
        failed(guarded(module, [&] { lower(module); })))
      signalPassFailure();
  }

private:
  void lower(ModuleOp module) {
    PipelineOptions options;
    options.target = Target::named(target);
    options.name = name;
    Pipeline pipeline(nullptr, options);
    pipeline.kernels = kernelCosts(module, options.target);
    auto function = *module.getOps<func::FuncOp>().begin();
    pipeline.arena.bytes = function->getAttrOfType<IntegerAttr>(kArenaBytes).getInt();
    auto lowered = lowerKernels(module, options.target, options.name, describe(module, pipeline));
    module.getBody()->clear();
    module.getBody()->getOperations().splice(module.getBody()->end(),
                                             lowered->getBody()->getOperations());
  }
};

struct VerifyPhase : impl::VerifyPhaseBase<VerifyPhase> {
  using VerifyPhaseBase::VerifyPhaseBase;

  // The name may stand alone: --gradus-verify-phase=memory.
  LogicalResult
  initializeOptions(StringRef options,
                    function_ref<LogicalResult(const Twine &)> errorHandler) override {
    std::string text =
        options.contains('=') || options.empty() ? options.str() : "phase=" + options.str();
    return VerifyPhaseBase::initializeOptions(text, errorHandler);
  }

  void runOnOperation() override {
    markAllAnalysesPreserved();
    ModuleOp module = getOperation();
    if (failed(guarded(module, [&] { wanted = phaseNamed(phase); })) ||
        failed(requirePhase(module, wanted)))
      signalPassFailure();
  }

private:
  Phase wanted = Phase::Graph;
};

} // namespace

void registerKernelPasses() {
  PassRegistration<ProductForms>();
  PassRegistration<FormKernels>();
  PassRegistration<ChooseLayouts>();
  PassRegistration<OrderKernels>();
  PassRegistration<AssignBuffers>();
  PassRegistration<LowerKernels>();
  PassRegistration<VerifyPhase>();
}

} // namespace gradus::compiler
