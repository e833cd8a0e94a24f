//===- Kernel.td - what the schedule phase turns a graph into -------------===//
//
// After the phase `schedule` a function holds variables, kernels in their final order, assigns and
// results, and nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef GRADUS_KERNEL
#define GRADUS_KERNEL

include "dialects/gradus/Gradus.td"

def KernelOp : Gradus_Op<"kernel", [IsolatedFromAbove, SingleBlock, Pure]> {
  let summary = "primitives that one loop nest computes";
  let description = [{
    The unit of code generation. Operands are the values read from memory; each result is a value
    written to memory; the body holds primitives only, whose values stay in registers. `kind` names
    the loop-nest template: `map`, `row`, `fold`, `product`, `move` or `serial`.

    The memory phase adds `buffers`, two numbers for each result: the space (0 arena, 1 input,
    2 state, 3 output, 4 constant) and the byte offset in the arena or the index of the pointer.

    ```mlir
    %h = gradus.kernel "map" (%x) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%a: tensor<4xf32>):
      %y = gradus.exp %a : (tensor<4xf32>) -> tensor<4xf32>
      gradus.yield %y : tensor<4xf32>
    }
    ```
    Gradient: none, kernels are formed after differentiation.
  }];
  let arguments = (ins StrAttr:$kind, Variadic<AnyRankedTensor>:$inputs);
  let results = (outs Variadic<AnyRankedTensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat =
      "$kind `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs) $body";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::gradus::ir::YieldOp getYield();
    ::mlir::BlockArgument getArgument(unsigned i) { return getBody().front().getArgument(i); }
  }];
}

def YieldOp : Gradus_Op<"yield", [Terminator, Pure, HasParent<"KernelOp">]> {
  let summary = "names the results of a kernel";
  let description = [{
    Its operands become the results of the `gradus.kernel` around it.
    ```mlir
    %h = gradus.kernel "map" (%x) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%a: tensor<4xf32>):
      %y = gradus.exp %a : (tensor<4xf32>) -> tensor<4xf32>
      gradus.yield %y : tensor<4xf32>
    }
    ```
    Gradient: none, kernels are formed after differentiation.
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif
