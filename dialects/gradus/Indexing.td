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

#endif
