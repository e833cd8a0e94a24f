// Ops that only change where an element lies.
#ifndef GRADUS_MOVEMENT
#define GRADUS_MOVEMENT
include "dialects/gradus/Gradus.td"

def BroadcastOp : Gradus_PureOp<"broadcast", [Gradus_HasElement, Gradus_HasGradient,
                                              DeclareOpInterfaceMethods<BatchOpInterface>]> {
  let summary = "repeats an operand along new axes and along axes of size 1";
  let description = [{
    The operand's shape is aligned at the right of `shape`. In `shape`, -1 is the batch.
    - broadcast.1: the operand's shape broadcasts to exactly `shape`
    ```mlir
    %y = gradus.broadcast %x to [32, 10] : (tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d summed over the repeated axes. This is the only rule in the project that does so.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$shape);
  let assemblyFormat = "$x `to` $shape attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def TransposeOp : Gradus_PureOp<"transpose", [Gradus_HasElement, Gradus_HasGradient]> {
  let summary = "reorders the axes";
  let description = [{
    Axis i of the result is axis `permutation[i]` of the operand.
    - transpose.1: the permutation names every axis once
    ```mlir
    %y = gradus.transpose %x axes [1, 0] : (tensor<32x10xf32>) -> tensor<10x32xf32>
    ```
    Gradient: d under the inverse permutation.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let assemblyFormat = "$x `axes` $permutation attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def ReshapeOp : Gradus_PureOp<"reshape", [Gradus_HasElement, Gradus_HasGradient]> {
  let summary = "the same elements, in row-major order, with another shape";
  let description = [{
    One size of `shape` may be -1: it follows from the others.
    - reshape.1: at most one size is -1, no other is negative
    - reshape.2: the number of elements stays
    ```mlir
    %y = gradus.reshape %x to [320] : (tensor<32x10xf32>) -> tensor<320xf32>
    ```
    Gradient: d in the operand's shape.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$shape);
  let assemblyFormat = "$x `to` $shape attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def IotaOp : Gradus_PureOp<"iota", [Gradus_HasElement, DeclareOpInterfaceMethods<BatchOpInterface>]> {
  let summary = "the coordinate along an axis";
  let description = [{
    Element [i0, i1, ...] is i_axis. In `shape`, -1 is the batch.
    - iota.1: the axis is one of the shape's
    - iota.2: the element type is a number
    ```mlir
    %y = gradus.iota [32, 10] axis 1 of i32 : () -> tensor<32x10xi32>
    ```
    Gradient: none, it has no operands.
  }];
  let arguments = (ins DenseI64ArrayAttr:$shape, I64Attr:$axis, TypeAttr:$element);
  let assemblyFormat = "$shape `axis` $axis `of` $element attr-dict `:` functional-type(operands, results)";
}

#endif
