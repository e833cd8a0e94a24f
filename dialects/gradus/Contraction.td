// Contractions.
#ifndef GRADUS_CONTRACTION
#define GRADUS_CONTRACTION
include "dialects/gradus/Gradus.td"

def MatmulOp : Gradus_PureOp<"matmul", [Gradus_HasGradient, DeclareOpInterfaceMethods<BroadcastingOpInterface>]> {
  let summary = "product of matrices";
  let description = [{
    [..., m, k] x [..., k, n] -> [..., m, n]. As NumPy's matmul: leading axes broadcast; an operand of rank 1 is a row
    on the left or a column on the right, and that axis is dropped from the result. After phase `shapes` both operands
    have rank >= 2 and equal leading axes. The product over an empty k is 0.
    - matmul.1: no operand is a scalar
    - matmul.2: the inner sizes are equal
    - matmul.3: the leading axes broadcast
    - matmul.4: the element types are equal and numbers
    ```mlir
    %y = gradus.matmul %a, %b : (tensor<32x784xf32>, tensor<784x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d bᵀ, aᵀ d.
  }];
  let arguments = (ins Gradus_Tensor:$a, Gradus_Tensor:$b);
}

#endif
