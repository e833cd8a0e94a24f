// Ops that scale a row by its own statistics.
#ifndef GRADUS_NORMALIZATION
#define GRADUS_NORMALIZATION
include "dialects/gradus/Gradus.td"

class Gradus_RowOp<string mnemonic> : Gradus_PureOp<mnemonic, [Gradus_HasGradient, Gradus_Composite]> {
  let arguments = (ins Gradus_Tensor:$x, I64Attr:$axis);
  let assemblyFormat = "$x `axis` $axis attr-dict `:` functional-type(operands, results)";
}

def SoftmaxOp : Gradus_RowOp<"softmax"> {
  let summary = "exp(x) / sum exp(x) along an axis";
  let description = [{
    Stable: the largest element is taken out first.
    - softmax.1: the axis is in range
    - softmax.2: the element type is floating point
    ```mlir
    %y = gradus.softmax %x axis 1 : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: y (d - sum(d y)).
  }];
}

def LogSoftmaxOp : Gradus_RowOp<"log_softmax"> {
  let summary = "x - log sum exp(x) along an axis";
  let description = [{
    Stable: the largest element is taken out first.
    - log_softmax.1: the axis is in range
    - log_softmax.2: the element type is floating point
    ```mlir
    %y = gradus.log_softmax %x axis 1 : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d - exp(y) sum(d).
  }];
}

#endif
