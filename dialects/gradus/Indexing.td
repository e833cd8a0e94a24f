// Ops that read or write at computed places.
#ifndef GRADUS_INDEXING
#define GRADUS_INDEXING
include "dialects/gradus/Gradus.td"

def GatherOp : Gradus_PureOp<"gather", [Gradus_HasElement, Gradus_HasGradient]> {
  let summary = "rows of a table";
  let description = [{
    table [v, ...], indices [i...] -> [i..., ...]. An index outside 0 .. v-1 takes the nearest row.
    - gather.1: the table has at least one axis
    - gather.2: the indices are i32 or i64
    - gather.3: the table has a row, or there are no indices
    ```mlir
    %y = gradus.gather %t, %i : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
    ```
    Gradient: d added up by index (gradus.scatter_add); none for the indices.
  }];
  let arguments = (ins Gradus_Tensor:$table, Gradus_Tensor:$indices);
}

def ScatterAddOp : Gradus_PureOp<"scatter_add", [Gradus_HasGradient]> {
  let summary = "adds up rows by index";
  let description = [{
    indices [i...], updates [i..., ...] -> [rows, ...]: row r is the sum of the updates whose index is r, added in
    row-major order of the indices. An index outside 0 .. rows-1 counts as the nearest row.
    - scatter_add.1: the leading axes of the updates are those of the indices
    - scatter_add.2: the indices are i32 or i64, the updates numbers
    - scatter_add.3: the result has a row, or there are no indices
    ```mlir
    %y = gradus.scatter_add %i, %u rows 100 : (tensor<32xi32>, tensor<32x16xf32>) -> tensor<100x16xf32>
    ```
    Gradient: the rows of d at the indices (gradus.gather); none for the indices.
  }];
  let arguments = (ins Gradus_Tensor:$indices, Gradus_Tensor:$updates, I64Attr:$rows);
  let assemblyFormat = "operands `rows` $rows attr-dict `:` functional-type(operands, results)";
}

def ArgmaxOp : Gradus_PureOp<"argmax", [Gradus_Composite]> {
  let summary = "the first index of the largest element along an axis";
  let description = [{
    The result is i32 and drops the axis. A NaN counts as the largest.
    - argmax.1: the axis is in range
    - argmax.2: the element type is a number
    - argmax.3: the axis is not empty and shorter than 2^31
    ```mlir
    %y = gradus.argmax %x axis 1 : (tensor<32x10xf32>) -> tensor<32xi32>
    ```
    Gradient: none, the result is an integer.
  }];
  let arguments = (ins Gradus_Tensor:$x, I64Attr:$axis);
  let assemblyFormat = "$x `axis` $axis attr-dict `:` functional-type(operands, results)";
}

def OneHotOp : Gradus_PureOp<"one_hot", [Gradus_Composite]> {
  let summary = "1 at the index, 0 elsewhere";
  let description = [{
    indices [i...] -> [i..., classes]. An index outside 0 .. classes-1 gives zeros.
    - one_hot.1: the indices are i32 or i64
    - one_hot.2: the number of classes is not negative and the element type is a number
    ```mlir
    %y = gradus.one_hot %i classes 10 of f32 : (tensor<32xi32>) -> tensor<32x10xf32>
    ```
    Gradient: none, the operand is an integer.
  }];
  let arguments = (ins Gradus_Tensor:$indices, I64Attr:$classes, TypeAttr:$element);
  let assemblyFormat = "$indices `classes` $classes `of` $element attr-dict `:` functional-type(operands, results)";
}

#endif
