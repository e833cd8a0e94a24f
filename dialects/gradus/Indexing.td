// Ops that read or write at computed places.
#ifndef GRADUS_INDEXING
#define GRADUS_INDEXING
include "dialects/gradus/Gradus.td"

def TakeOp : Gradus_PureOp<"take", [Gradus_Composite]> {
  let pytorch = "torch.index_select, torch.take";
  let tensorflow = "tf.gather, tf.nn.embedding_lookup";
  let numpy = "numpy.take";
  let onnx = "Gather";
  let summary = "slices of a tensor at the indices along an axis";
  let description = [{
    x [a..., v, b...], indices [i...] -> [a..., i..., b...]. An index outside 0 .. v-1 takes the nearest slice.
    - take.1: the axis is in range
    - take.2: the indices are i32 or i64
    - take.3: the axis has an element, or there are no indices
    ```mlir
    %y = gradus.take %x, %i axis 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
    ```
    Gradient: by its decomposition, gradus.take_along_axis.
  }];
  let arguments = (ins Gradus_Tensor:$x, Gradus_Tensor:$indices, I64Attr:$axis);
  let assemblyFormat = "operands `axis` $axis attr-dict `:` functional-type(operands, results)";
}

def TakeAlongAxisOp : Gradus_PureOp<"take_along_axis", [Gradus_HasElement, Gradus_HasGradient]> {
  let pytorch = "torch.gather, torch.take_along_dim";
  let tensorflow = "tf.gather, tf.gather_nd";
  let numpy = "numpy.take_along_axis";
  let onnx = "GatherElements";
  let summary = "for each place an element of the same row, by its index along an axis";
  let description = [{
    Element [.., k, ..] of the result is x[.., indices[.., k, ..], ..]. Along the other axes the indices have the sizes
    of x, or 1: then one index serves them all. An index outside the axis takes the nearest element.
    - take_along_axis.1: the axis is in range
    - take_along_axis.2: the indices are i32 or i64
    - take_along_axis.3: the ranks are equal, and beside the axis the sizes, or the indices have size 1
    - take_along_axis.4: the axis has an element, or there are no indices
    ```mlir
    %y = gradus.take_along_axis %x, %i axis 1 : (tensor<32x10xf32>, tensor<32x3xi32>) -> tensor<32x3xf32>
    ```
    Gradient: d added up at the indices (gradus.scatter); none for the indices.
  }];
  let arguments = (ins Gradus_Tensor:$x, Gradus_Tensor:$indices, I64Attr:$axis);
  let assemblyFormat = "operands `axis` $axis attr-dict `:` functional-type(operands, results)";
}

def ScatterOp : Gradus_PureOp<"scatter", [Gradus_HasGradient]> {
  let pytorch = "torch.scatter, torch.scatter_add, torch.scatter_reduce";
  let tensorflow = "tf.tensor_scatter_nd_update, tf.tensor_scatter_nd_add, tf.tensor_scatter_nd_max, tf.tensor_scatter_nd_min";
  let numpy = "numpy.put_along_axis";
  let onnx = "ScatterElements";
  let summary = "a tensor with elements changed at indices along an axis";
  let description = [{
    The result is x, except that for each update, in row-major order, the element at
    [.., indices[.., k, ..], ..] becomes the update (`set`), its sum, product, maximum or minimum with the update (`add`,
    `mul`, `max`, `min`). So of several updates of one element, `set` keeps the last. Along the other axes the updates may
    be shorter than x, and the indices have the sizes of the updates, or 1: then one index serves them all. An index
    outside the axis means the nearest element. The result does not depend on the number of threads.
    - scatter.1: the axis is in range
    - scatter.2: the indices are i32 or i64
    - scatter.3: the ranks are equal; beside the axis the updates are not longer than x
    - scatter.4: the sizes of the indices are those of the updates, or 1 beside the axis
    - scatter.5: x and the updates have one element type, a number unless the mode is set
    - scatter.6: the mode is one of these
    - scatter.7: the axis has an element, or there are no updates
    ```mlir
    %y = gradus.scatter %x, %i, %u axis 1 mode "add"
       : (tensor<32x10xf32>, tensor<32x3xi32>, tensor<32x3xf32>) -> tensor<32x10xf32>
    ```
    Gradient: for x, d where the element is still its own (set), d (add), d times the product of the updates (mul), d
    where it is the extremum, shared evenly by equal ones (max, min); for the updates, d at their indices in the same
    way. For mul it is right where elements are zero; a second derivative only where none is.
  }];
  let arguments = (ins Gradus_Tensor:$x, Gradus_Tensor:$indices, Gradus_Tensor:$updates, I64Attr:$axis, StrAttr:$mode);
  let assemblyFormat = "operands `axis` $axis `mode` $mode attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = [{
    /// What the mode makes of an element and an update, as scalars or vectors.
    ::mlir::Value combine(::mlir::OpBuilder &builder, ::mlir::Location loc, ::mlir::Value old, ::mlir::Value update);
  }];
}

def EmbeddingOp : Gradus_PureOp<"embedding", [Gradus_HasGradient, Gradus_Composite]> {
  let pytorch = "torch.nn.functional.embedding";
  let tensorflow = "tf.nn.embedding_lookup";
  let numpy = "";
  let onnx = "Gather";
  let summary = "rows of a table, one of which is not trained";
  let description = [{
    table [v, ...], indices [i...] -> [i..., ...], as gradus.take along axis 0. Row `padding` gets no gradient.
    - embedding.1: the table has at least one axis
    - embedding.2: the indices are i32 or i64
    - embedding.3: the table has a row, or there are no indices
    - embedding.4: the padding is one of the rows
    ```mlir
    %y = gradus.embedding %t, %i padding 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
    ```
    Gradient: d added up by index, except where the index is `padding`; none for the indices.
  }];
  let arguments = (ins Gradus_Tensor:$table, Gradus_Tensor:$indices, I64Attr:$padding);
  let assemblyFormat = "operands `padding` $padding attr-dict `:` functional-type(operands, results)";
}

def ArgmaxOp : Gradus_PureOp<"argmax", [Gradus_Composite]> {
  let pytorch = "torch.argmax";
  let tensorflow = "tf.math.argmax";
  let numpy = "numpy.argmax";
  let onnx = "ArgMax";
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

def ArgminOp : Gradus_PureOp<"argmin", [Gradus_Composite]> {
  let pytorch = "torch.argmin";
  let tensorflow = "tf.math.argmin";
  let numpy = "numpy.argmin";
  let onnx = "ArgMin";
  let summary = "the first index of the smallest element along an axis";
  let description = [{
    The result is i32 and drops the axis. A NaN counts as the smallest.
    - argmin.1: the axis is in range
    - argmin.2: the element type is a number
    - argmin.3: the axis is not empty and shorter than 2^31
    ```mlir
    %y = gradus.argmin %x axis 1 : (tensor<32x10xf32>) -> tensor<32xi32>
    ```
    Gradient: none, the result is an integer.
  }];
  let arguments = (ins Gradus_Tensor:$x, I64Attr:$axis);
  let assemblyFormat = "$x `axis` $axis attr-dict `:` functional-type(operands, results)";
}

def OneHotOp : Gradus_PureOp<"one_hot", [Gradus_Composite]> {
  let pytorch = "torch.nn.functional.one_hot";
  let tensorflow = "tf.one_hot";
  let numpy = "";
  let onnx = "OneHot";
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

//===--- functions ----------------------------------------------------------------------------------------------===//

def Gradus_Fn_indexAdd : Gradus_Function<"indexAdd", "adds slices at indices along an axis"> {
  let pytorch = "torch.index_add";
  let tensorflow = "tf.IndexedSlices, tf.math.unsorted_segment_sum";
  let numpy = "numpy.add.at";
}
def Gradus_Fn_indexCopy : Gradus_Function<"indexCopy", "replaces slices at indices along an axis"> {
  let pytorch = "torch.index_copy, torch.index_fill";
}
def Gradus_Fn_indexPut : Gradus_Function<"indexPut", "sets or adds elements at coordinates"> {
  let pytorch = "torch.index_put";
  let tensorflow = "tf.tensor_scatter_nd_update, tf.tensor_scatter_nd_add";
  let numpy = "numpy.put";
  let onnx = "ScatterND";
}
def Gradus_Fn_maskedSelect : Gradus_Function<"maskedSelect", "the elements where a mask holds, padded to a fixed size, and their number"> {
  let pytorch = "torch.masked_select";
  let tensorflow = "tf.boolean_mask";
  let numpy = "numpy.extract, numpy.compress";
  let onnx = "Compress";
}
def Gradus_Fn_nonzero : Gradus_Function<"nonzero", "where elements are not zero, padded to a fixed size, and their number"> {
  let pytorch = "torch.nonzero";
  let tensorflow = "tf.where";
  let numpy = "numpy.nonzero, numpy.flatnonzero";
  let onnx = "NonZero";
}

#endif
