#include "compiler/Pipeline.h"

#include "compiler/Reproducer.h"
#include "compiler/autodiff/Autodiff.h"
#include "compiler/graph/GraphError.h"
#include "compiler/lower/Arithmetic.h"
#include "compiler/schedule/Decompose.h"
#include "compiler/schedule/Schedule.h"
#include "compiler/shapes/Shapes.h"

#include "mlir/IR/Verifier.h"

#include <chrono>

using namespace mlir;

namespace gradus::compiler {

const std::vector<std::string> &phaseNames() {
  static const std::vector<std::string> names = {"graph",  "shapes", "autodiff", "schedule",
                                                 "memory", "lower",  "codegen",  "jit"};
  return names;
}

const std::string &nameOf(Phase phase) { return phaseNames()[size_t(phase)]; }

Phase phaseNamed(const std::string &name) {
  const auto &names = phaseNames();
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name)
      return Phase(i);
  std::string list;
  for (const std::string &known : names)
    list += (list.empty() ? "" : ", ") + known;
  throw CompileError("unknown phase \"" + name + "\" (known: " + list + ")");
}

Pipeline::Pipeline(OwningOpRef<ModuleOp> graph, PipelineOptions options)
    : module(std::move(graph)), options(std::move(options)) {}

// The whole compiler on one screen.
void Pipeline::run(Phase phase) {
  const Target &target = options.target;
  switch (phase) {
  case Phase::Graph:
    break;
  case Phase::Shapes:
    inferShapes(*module, options.batch);
    break;
  case Phase::Autodiff:
    differentiate(*module);
    break;
  case Phase::Schedule:
    decompose(*module);
    splitReductions(*module);
    chooseProductForms(*module, target);
    simplify(*module);
    sinkReshapes(*module);
    formKernels(*module, target);
    chooseLayouts(*module, target);
    orderKernels(*module);
    kernels = kernelCosts(*module, target);
    break;
  case Phase::Memory:
    arena = assignBuffers(*module);
    descriptor = describe(*module, *this);
    break;
  case Phase::Lower: {
    auto ops = opsByLine(*module);
    module = lowerKernels(*module, target, options.name, descriptor, options.lowering);
    optimizeLowered(*module);
    checkArithmetic(*module, target, ops);
    break;
  }
  case Phase::Codegen:
    objects = emitObjects(*module, target,
                          {.name = options.name, .lineTables = options.lineTables, .modules = options.codegenThreads});
    break;
  case Phase::Jit: // the loader's work, see Compile.cpp
    break;
  }
}

// A mistake of the model passes through; anything else is ours and leaves a file that repeats it.
void Pipeline::runChecked(Phase phase) {
  // Code generation consumes the module: what can be repeated is the phase before it.
  OwningOpRef<ModuleOp> before = phase < Phase::Codegen ? OwningOpRef<ModuleOp>(module->clone()) : nullptr;
  std::string why;
  try {
    run(phase);
#ifndef NDEBUG
    why = verifyPhase(*module, phase);
#endif
  } catch (const GraphError &) {
    throw;
  } catch (const std::exception &error) {
    why = error.what();
  }
  if (why.empty())
    return;
  std::string file = before ? writeReproducer(*before, phase, options) : "";
  throw CompileError("phase " + nameOf(phase) + ": " + why + (file.empty() ? "" : "\nreproducer: " + file));
}

void Pipeline::runUntil(Phase last) {
  while (done < last) {
    Phase next = Phase(int(done) + 1);
    auto start = std::chrono::steady_clock::now();
    runChecked(next);
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    timings.push_back({nameOf(next), took.count()});
    done = next;
  }
}

} // namespace gradus::compiler
