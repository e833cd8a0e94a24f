// The passes of gradus-opt. Each calls one function of the phase that it belongs to.
#ifndef GRADUS_PASSES
#define GRADUS_PASSES
include "mlir/Pass/PassBase.td"

def InferShapes : Pass<"gradus-infer-shapes", "::mlir::ModuleOp"> {
  let summary = "makes every type static and every broadcast explicit";
  let description = [{
    Requires: one function of gradus ops; an unknown size means the batch.
    Ensures: all types are static; operands of elementwise ops have equal shapes; matmul has operands of rank >= 2 with
    equal leading axes; broadcasting happens only in gradus.broadcast.

    Before, with `batch=32`:
    ```mlir
    %x = gradus.input "x" : tensor<?x10xf32>
    %b = gradus.parameter "b" {kind = "zeros"} : tensor<10xf32>
    %y = gradus.add %x, %b : (tensor<?x10xf32>, tensor<10xf32>) -> tensor<?x10xf32>
    ```
    After:
    ```mlir
    %x = gradus.input "x" : tensor<32x10xf32>
    %b = gradus.parameter "b" {kind = "zeros"} : tensor<10xf32>
    %c = gradus.broadcast %b to [32, 10] : (tensor<10xf32>) -> tensor<32x10xf32>
    %y = gradus.add %x, %c : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
  }];
  let options = [Option<"batch", "batch", "int64_t", "0", "the size that stands for the batch">];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def Differentiate : Pass<"gradus-differentiate", "::mlir::ModuleOp"> {
  let summary = "replaces gradus.gradients by the ops that compute it";
  let description = [{
    Requires: the contract of gradus-infer-shapes.
    Ensures: no gradus.gradients is left; each gradient has its tensor's type and is made of gradus ops, so that
    gradients of gradients work; only what is asked for is computed.

    Before:
    ```mlir
    %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
    %y = gradus.exp %w : (tensor<10xf32>) -> tensor<10xf32>
    %l = gradus.sum %y axes [0] : (tensor<10xf32>) -> tensor<f32>
    %g = gradus.gradients %l, [%w] : (tensor<f32>, tensor<10xf32>) -> tensor<10xf32>
    ```
    After (with `gradus-simplify`), the gradient is %y:
    ```mlir
    %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
    %y = gradus.exp %w : (tensor<10xf32>) -> tensor<10xf32>
    ```
  }];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def Decompose : Pass<"gradus-decompose", "::mlir::ModuleOp"> {
  let summary = "rewrites composites into primitives";
  let description = [{
    Requires: the contract of gradus-differentiate.
    Ensures: no op implements DecomposeOpInterface.

    Before:
    ```mlir
    %y = gradus.squared_error %p, %t : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    ```
    After:
    ```mlir
    %d = gradus.sub %p, %t : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %y = gradus.mul %d, %d : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def Simplify : Pass<"gradus-simplify", "::mlir::ModuleOp"> {
  let summary = "folds, merges equal ops, drops what nothing needs";
  let description = [{
    Requires: static types. Ensures: the same results; inputs and variables stay.

    Before:
    ```mlir
    %one = gradus.constant dense<1.0> : tensor<8xf32>
    %y = gradus.mul %x, %one : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %z = gradus.exp %y : (tensor<8xf32>) -> tensor<8xf32>
    ```
    After:
    ```mlir
    %z = gradus.exp %x : (tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def SinkReshapes : Pass<"gradus-sink-reshapes", "::mlir::ModuleOp"> {
  let summary = "puts axes of size 1 after elementwise ops, not before";
  let description = [{
    Requires: primitives with static types. Ensures: the same results. What is computed element by element from the
    results of a reduction has their shape, so that it belongs to the reduction's rows.

    Before:
    ```mlir
    %r = gradus.reshape %s to [32, 1] : (tensor<32xf32>) -> tensor<32x1xf32>
    %y = gradus.rsqrt %r : (tensor<32x1xf32>) -> tensor<32x1xf32>
    ```
    After:
    ```mlir
    %r = gradus.rsqrt %s : (tensor<32xf32>) -> tensor<32xf32>
    %y = gradus.reshape %r to [32, 1] : (tensor<32xf32>) -> tensor<32x1xf32>
    ```
  }];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def SplitReductions : Pass<"gradus-split-reductions", "::mlir::ModuleOp"> {
  let summary = "computes large reductions to few results in parts";
  let description = [{
    Requires: primitives with static types. Ensures: the same sums in another fixed order, which depends on the shape
    alone, so that threads have parts to share out.

    Before:
    ```mlir
    %y = gradus.sum %x axes [0] : (tensor<65536x1024xf32>) -> tensor<1024xf32>
    ```
    After:
    ```mlir
    %c = gradus.reshape %x to [16, 4096, 1024] : (tensor<65536x1024xf32>) -> tensor<16x4096x1024xf32>
    %p = gradus.sum %c axes [1] : (tensor<16x4096x1024xf32>) -> tensor<16x1024xf32>
    %y = gradus.sum %p axes [0] : (tensor<16x1024xf32>) -> tensor<1024xf32>
    ```
  }];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def ProductForms : Pass<"gradus-product-forms", "::mlir::ModuleOp"> {
  let summary = "gives every matmul a form that has a fast template";
  let description = [{
    Requires: primitives with static types.
    Ensures: the same results; no weight is transposed in a step. A parameter with few columns is stored transposed,
    with its optimizer states; a product with a transposed weight on the right swaps its operands instead.

    Before:
    ```mlir
    %t = gradus.transpose %w axes [1, 0] : (tensor<784x256xf32>) -> tensor<256x784xf32>
    %y = gradus.matmul %d, %t : (tensor<32x256xf32>, tensor<256x784xf32>) -> tensor<32x784xf32>
    ```
    After:
    ```mlir
    %t = gradus.transpose %d axes [1, 0] : (tensor<32x256xf32>) -> tensor<256x32xf32>
    %u = gradus.matmul %w, %t : (tensor<784x256xf32>, tensor<256x32xf32>) -> tensor<784x32xf32>
    %y = gradus.transpose %u axes [1, 0] : (tensor<784x32xf32>) -> tensor<32x784xf32>
    ```
  }];
  let options = [Option<"target", "target", "std::string", "\"native\"", "the machine to compile for">];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def FormKernels : Pass<"gradus-form-kernels", "::mlir::ModuleOp"> {
  let summary = "groups primitives into kernels";
  let description = [{
    Requires: primitives with static types.
    Ensures: outside kernels stand only inputs, variables, constants, views (gradus.reshape), assigns and results;
    every kernel has a kind whose template can emit it; kernels form no cycle.

    Before:
    ```mlir
    %m = gradus.matmul %x, %w : (tensor<32x784xf32>, tensor<784x256xf32>) -> tensor<32x256xf32>
    %y = gradus.relu %m : (tensor<32x256xf32>) -> tensor<32x256xf32>
    ```
    After:
    ```mlir
    %y = gradus.kernel "product" (%x, %w) : (tensor<32x784xf32>, tensor<784x256xf32>) -> tensor<32x256xf32> {
    ^bb0(%a: tensor<32x784xf32>, %b: tensor<784x256xf32>):
      %m = gradus.matmul %a, %b : (tensor<32x784xf32>, tensor<784x256xf32>) -> tensor<32x256xf32>
      %r = gradus.relu %m : (tensor<32x256xf32>) -> tensor<32x256xf32>
      gradus.yield %r : tensor<32x256xf32>
    }
    ```
  }];
  let options = [Option<"target", "target", "std::string", "\"native\"", "the machine to compile for">];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def ChooseLayouts : Pass<"gradus-choose-layouts", "::mlir::ModuleOp"> {
  let summary = "decides which variables lie in panels";
  let description = [{
    Requires: the contract of gradus-form-kernels.
    Ensures: a weight that products read as their right operand lies in panels of columns, and so do its new value and
    its optimizer states; all else is row-major.

    Before:
    ```mlir
    %w = gradus.parameter "w" {kind = "glorot_uniform"} : tensor<784x256xf32>
    ```
    After:
    ```mlir
    %w = gradus.parameter "w" {kind = "glorot_uniform"} {panel = 64 : i64} : tensor<784x256xf32>
    ```
  }];
  let options = [Option<"target", "target", "std::string", "\"native\"", "the machine to compile for">];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def OrderKernels : Pass<"gradus-order-kernels", "::mlir::ModuleOp"> {
  let summary = "orders kernels for a low peak of memory";
  let description = [{
    Requires: the contract of gradus-form-kernels.
    Ensures: the contract of phase schedule: each variable and result is written by one kernel, which copies where no
    other can write there itself; no kernel reads a variable after it is overwritten.

    Before:
    ```mlir
    gradus.assign %v, %w : tensor<4xf32>, tensor<4xf32>
    ```
    After:
    ```mlir
    %c = gradus.kernel "map" (%w) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%a: tensor<4xf32>):
      gradus.yield %a : tensor<4xf32>
    }
    gradus.assign %v, %c : tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def AssignBuffers : Pass<"gradus-assign-buffers", "::mlir::ModuleOp"> {
  let summary = "gives every value that crosses kernels its place in memory";
  let description = [{
    Requires: the contract of phase schedule.
    Ensures: every result of a kernel has two numbers in `buffers`, the space (0 arena, 2 state, 3 output) and the
    offset in bytes or the number of the pointer; nothing alive overlaps; the function knows its `arena_bytes`.

    Before:
    ```mlir
    %y = gradus.kernel "map" (%x) : (tensor<4xf32>) -> tensor<4xf32> { ... }
    ```
    After:
    ```mlir
    %y = gradus.kernel "map" (%x) {buffers = array<i64: 0, 0>} : (tensor<4xf32>) -> tensor<4xf32> { ... }
    ```
  }];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

def LowerKernels : Pass<"gradus-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "turns kernels into functions of loops and vectors";
  let description = [{
    Requires: the contract of phase memory.
    Ensures: one function per distinct kernel, and the entries NAME_step and NAME_loop; no gradus op, no tensor.

    Before:
    ```mlir
    %y = gradus.kernel "map" (%x) {buffers = array<i64: 3, 0>} : (tensor<4xf32>) -> tensor<4xf32> { ... }
    ```
    After:
    ```mlir
    func.func private @program_map0(%x: !llvm.ptr, %y: !llvm.ptr, %begin: i64, %end: i64) { ... }
    func.func @program_step(%call: !llvm.ptr) -> i32 { ... }
    ```
  }];
  let options = [Option<"target", "target", "std::string", "\"native\"", "the machine to compile for">,
                 Option<"name", "name", "std::string", "\"program\"", "stem of the symbols">];
  let dependentDialects = ["::gradus::ir::GradusDialect", "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def VerifyPhase : Pass<"gradus-verify-phase", "::mlir::ModuleOp"> {
  let summary = "checks what holds after a phase";
  let description = [{
    `--gradus-verify-phase=NAME` with a phase of `gradus show`: graph, shapes, autodiff, schedule, memory or lower.

    Requires: nothing. Ensures: the contract of that phase; the module stays as it is.

    Before and after, with `schedule`:
    ```mlir
    %y = gradus.kernel "map" (%x) : (tensor<4xf32>) -> tensor<4xf32> { ... }
    ```
  }];
  let options = [Option<"phase", "phase", "std::string", "\"graph\"", "the name of the phase">];
  let dependentDialects = ["::gradus::ir::GradusDialect"];
}

#endif
