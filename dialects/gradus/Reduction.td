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

#endif
