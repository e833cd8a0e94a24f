// Reductions.
#ifndef GRADUS_REDUCTION
#define GRADUS_REDUCTION
include "dialects/gradus/Gradus.td"

class Gradus_ReductionOp<string mnemonic, list<Trait> traits = []>
    : Gradus_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<ReductionOpInterface>, Gradus_HasGradient]> {
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$x `axes` $axes attr-dict `:` functional-type(operands, results)";
}

def SumOp : Gradus_ReductionOp<"sum"> {
  let summary = "sum along axes";
  let description = [{
    The result drops the axes. The sum of no elements is 0.
    - sum.1: axes are in range, ascending and distinct
    - sum.2: the element type is a number
    ```mlir
    %y = gradus.sum %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d repeated along the axes.
  }];
  let hasFolder = 1;
}

def MaxOp : Gradus_ReductionOp<"max"> {
  let summary = "largest element along axes";
  let description = [{
    The result drops the axes. NaN if any element is NaN.
    - max.1: axes are in range, ascending and distinct
    - max.2: the element type is a number
    - max.3: no reduced axis is empty
    ```mlir
    %y = gradus.max %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d to the largest element; equal ones share it evenly, as JAX and PyTorch's amax have it.
  }];
  let hasFolder = 1;
}

def MinOp : Gradus_ReductionOp<"min"> {
  let summary = "smallest element along axes";
  let description = [{
    The result drops the axes. NaN if any element is NaN.
    - min.1: axes are in range, ascending and distinct
    - min.2: the element type is a number
    - min.3: no reduced axis is empty
    ```mlir
    %y = gradus.min %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d to the smallest element; equal ones share it evenly, as JAX and PyTorch's amin have it.
  }];
  let hasFolder = 1;
}

def MeanOp : Gradus_PureOp<"mean", [Gradus_HasGradient, Gradus_Composite]> {
  let summary = "arithmetic mean along axes";
  let description = [{
    The sum along the axes divided by the number of elements; NaN when there are none.
    - mean.1: axes are in range, ascending and distinct
    - mean.2: the element type is floating point
    ```mlir
    %y = gradus.mean %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d / n, repeated along the axes.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$x `axes` $axes attr-dict `:` functional-type(operands, results)";
}

def LogSumExpOp : Gradus_PureOp<"log_sum_exp", [Gradus_HasGradient, Gradus_Composite]> {
  let summary = "log of the sum of exponentials along axes";
  let description = [{
    Stable: the largest element is taken out first. -inf where all elements are.
    - log_sum_exp.1: axes are in range, ascending and distinct
    - log_sum_exp.2: the element type is floating point
    - log_sum_exp.3: no reduced axis is empty
    ```mlir
    %y = gradus.log_sum_exp %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d exp(x - y).
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$x `axes` $axes attr-dict `:` functional-type(operands, results)";
}

#endif
