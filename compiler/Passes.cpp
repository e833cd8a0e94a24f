#include "compiler/Passes.h"

#include "compiler/autodiff/Autodiff.h"
#include "compiler/schedule/Decompose.h"
#include "compiler/shapes/Shapes.h"
#include "dialects/gradus/Dialect.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace gradus::compiler {

#define GEN_PASS_DECL
#define GEN_PASS_DEF_INFERSHAPES
#define GEN_PASS_DEF_DIFFERENTIATE
#define GEN_PASS_DEF_DECOMPOSE
#define GEN_PASS_DEF_SIMPLIFY
#define GEN_PASS_DEF_SINKRESHAPES
#define GEN_PASS_DEF_SPLITREDUCTIONS
#include "compiler/Passes.h.inc"

namespace {

struct InferShapes : impl::InferShapesBase<InferShapes> {
  using InferShapesBase::InferShapesBase;
  void runOnOperation() override {
    if (failed(inferShapesIn(getOperation(), batch)))
      signalPassFailure();
  }
};

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    if (failed(differentiateIn(getOperation())))
      signalPassFailure();
  }
};

struct Decompose : impl::DecomposeBase<Decompose> {
  void runOnOperation() override { decompose(getOperation()); }
};

struct Simplify : impl::SimplifyBase<Simplify> {
  void runOnOperation() override { simplify(getOperation()); }
};

struct SinkReshapes : impl::SinkReshapesBase<SinkReshapes> {
  void runOnOperation() override { sinkReshapes(getOperation()); }
};

struct SplitReductions : impl::SplitReductionsBase<SplitReductions> {
  void runOnOperation() override { splitReductions(getOperation()); }
};

} // namespace

void registerKernelPasses(); // KernelPasses.cpp

void registerPasses() {
  PassRegistration<InferShapes>();
  PassRegistration<Differentiate>();
  PassRegistration<Decompose>();
  PassRegistration<Simplify>();
  PassRegistration<SinkReshapes>();
  PassRegistration<SplitReductions>();
  registerKernelPasses();
}

} // namespace gradus::compiler
