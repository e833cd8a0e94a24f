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

#endif
