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
  let pytorch = "torch.broadcast_to, torch.Tensor.expand";
  let tensorflow = "tf.broadcast_to";
  let numpy = "numpy.broadcast_to";
  let onnx = "Expand";
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
  let pytorch = "torch.permute, torch.transpose";
  let tensorflow = "tf.transpose";
  let numpy = "numpy.transpose, numpy.permute_dims";
  let onnx = "Transpose";
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
  let pytorch = "torch.reshape, torch.Tensor.view";
  let tensorflow = "tf.reshape";
  let numpy = "numpy.reshape";
  let onnx = "Reshape";
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
  let pytorch = "torch.arange";
  let tensorflow = "tf.range";
  let numpy = "numpy.arange, numpy.indices";
  let onnx = "Range";
}

def SliceOp : Gradus_PureOp<"slice", [Gradus_Mover, Gradus_HasGradient]> {
  let summary = "every step-th element of a range, along each axis";
  let description = [{
    Element [i, ...] is x[starts[0] + i * steps[0], ...]. A size of -1 takes the whole axis, also one that is the batch.
    - slice.1: starts, sizes and steps have an entry for each axis
    - slice.2: starts are not negative, steps are positive
    - slice.3: the range lies inside the axis
    ```mlir
    %y = gradus.slice %x from [0, 1] sizes [-1, 4] steps [1, 2] : (tensor<32x10xf32>) -> tensor<32x4xf32>
    ```
    Gradient: d where it was taken from, 0 elsewhere (gradus.pad).
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$sizes,
                       DenseI64ArrayAttr:$steps);
  let assemblyFormat = [{
    $x `from` $starts `sizes` $sizes `steps` $steps attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let pytorch = "torch.Tensor.__getitem__";
  let tensorflow = "tf.slice, tf.strided_slice";
  let numpy = "numpy.ndarray.__getitem__";
  let onnx = "Slice";
}

def PadOp : Gradus_PureOp<"pad", [Gradus_Mover, Gradus_HasGradient]> {
  let summary = "adds a constant around and between the elements";
  let description = [{
    Along axis i, `low[i]` elements come before, `high[i]` after, `interior[i]` between any two; a negative `low` or `high`
    takes elements (old or new) away. `value` is converted to the element type.
    - pad.1: low, high and interior have an entry for each axis
    - pad.2: interior is not negative
    - pad.3: no size becomes negative
    - pad.4: the element type can hold the value
    - pad.5: the batch is not padded
    ```mlir
    %y = gradus.pad %x low [0, 1] high [0, -1] interior [1, 0] value 0.0 : (tensor<3x10xf32>) -> tensor<5x10xf32>
    ```
    Gradient: d without what was added.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior, F64Attr:$value);
  let assemblyFormat = [{
    $x `low` $low `high` $high `interior` $interior `value` $value attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let pytorch = "torch.nn.functional.pad";
  let tensorflow = "tf.pad";
  let numpy = "numpy.pad";
  let onnx = "Pad";
}

def ReverseOp : Gradus_PureOp<"reverse", [Gradus_Mover, Gradus_HasGradient]> {
  let summary = "the elements in reverse order along some axes";
  let description = [{
    - reverse.1: the axes are in range, ascending and distinct
    ```mlir
    %y = gradus.reverse %x axes [1] : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d reversed.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$x `axes` $axes attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let pytorch = "torch.flip";
  let tensorflow = "tf.reverse";
  let numpy = "numpy.flip";
  let onnx = "Slice";
}

def ConcatOp : Gradus_PureOp<"concat", [Gradus_HasElement, Gradus_HasGradient]> {
  let summary = "the operands one after the other along an axis";
  let description = [{
    - concat.1: there is an operand, and the axis is one of its axes
    - concat.2: all operands have one element type
    - concat.3: the shapes are equal but for the axis
    - concat.4: the axis is not the batch
    ```mlir
    %y = gradus.concat %x, %x axis 1 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x20xf32>
    ```
    Gradient: each operand's part of d.
  }];
  let arguments = (ins Variadic<Gradus_Tensor>:$parts, I64Attr:$axis);
  let assemblyFormat = "$parts `axis` $axis attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let pytorch = "torch.cat, torch.concat, torch.concatenate";
  let tensorflow = "tf.concat";
  let numpy = "numpy.concatenate, numpy.concat";
  let onnx = "Concat";
}

def WindowOp : Gradus_PureOp<"window", [Gradus_Mover, Gradus_HasGradient]> {
  let summary = "sliding windows along some axes";
  let description = [{
    The size of each axis of `axes` becomes the number of windows along it; what is inside a window lies along new axes at the
    end, in the order of `axes`. Window w holds the elements w * stride + k * dilation for k below the window's size.
    - window.1: the axes are in range, ascending and distinct; sizes, strides and dilations have an entry for each
    - window.2: sizes, strides and dilations are positive
    - window.3: a window fits into its axis
    ```mlir
    %y = gradus.window %x axes [1] sizes [3] strides [2] dilations [1] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
    ```
    Gradient: d added up where windows overlap (gradus.overlap_add).
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$sizes,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations);
  let assemblyFormat = [{
    $x `axes` $axes `sizes` $sizes `strides` $strides `dilations` $dilations attr-dict
    `:` functional-type(operands, results)
  }];
  let pytorch = "torch.Tensor.unfold";
  let numpy = "numpy.lib.stride_tricks.sliding_window_view";
}

def OverlapAddOp : Gradus_PureOp<"overlap_add", [Gradus_Composite, Gradus_HasGradient]> {
  let summary = "adds up windows where they overlap: the transpose of window";
  let description = [{
    The operand has the shape of a window's result, the result that of its operand: axis axes[i] has the size extents[i].
    Element j is the sum of all x[w, k] with w * stride + k * dilation = j.
    - overlap_add.1: the axes are in range, ascending and distinct; strides, dilations and extents have an entry for each, and
      the operand ends with as many axes of windows
    - overlap_add.2: strides, dilations and the sizes of windows are positive
    - overlap_add.3: so many windows as the operand has fit into the extents
    - overlap_add.4: the element type is a number
    ```mlir
    %y = gradus.overlap_add %x axes [1] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9xf32>
    ```
    Gradient: the windows of d.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$extents,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations);
  let assemblyFormat = [{
    $x `axes` $axes `extents` $extents `strides` $strides `dilations` $dilations attr-dict
    `:` functional-type(operands, results)
  }];
  let pytorch = "torch.nn.functional.fold";
  let tensorflow = "tf.signal.overlap_and_add";
  let onnx = "Col2Im";
}

def ScatterWindowsOp : Gradus_PureOp<"scatter_windows", [Gradus_Mover]> {
  let summary = "each window at its place, without adding them up";
  let description = [{
    As overlap_add, but the result keeps the axes of the windows: element [j, k] is x[w, k] where w * stride + k * dilation = j,
    and 0 where there is no such w. What overlap_add is made of.
    - scatter_windows.1: as overlap_add.1, overlap_add.2 and overlap_add.3
    ```mlir
    %y = gradus.scatter_windows %x axes [1] extents [9] strides [2] dilations [1]
       : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
    ```
    Gradient: none, it appears after differentiation.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$extents,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations);
  let assemblyFormat = [{
    $x `axes` $axes `extents` $extents `strides` $strides `dilations` $dilations attr-dict
    `:` functional-type(operands, results)
  }];
}

def Gradus_Fn_flatten : Gradus_Function<"flatten", "several axes as one"> {
  let pytorch = "torch.flatten";
  let numpy = "numpy.ravel";
  let onnx = "Flatten";
}
def Gradus_Fn_squeeze : Gradus_Function<"squeeze", "without axes of size 1"> {
  let pytorch = "torch.squeeze";
  let tensorflow = "tf.squeeze";
  let numpy = "numpy.squeeze";
  let onnx = "Squeeze";
}
def Gradus_Fn_unsqueeze : Gradus_Function<"unsqueeze", "with a new axis of size 1"> {
  let pytorch = "torch.unsqueeze";
  let tensorflow = "tf.expand_dims";
  let numpy = "numpy.expand_dims";
  let onnx = "Unsqueeze";
}
def Gradus_Fn_expand : Gradus_Function<"expand", "repeats along axes of size 1, keeping sizes of -1"> {
  let pytorch = "torch.Tensor.expand";
  let onnx = "Expand";
}
def Gradus_Fn_permute : Gradus_Function<"permute", "reorders the axes"> {
  let pytorch = "torch.permute";
  let tensorflow = "tf.transpose";
  let numpy = "numpy.permute_dims";
  let onnx = "Transpose";
}
def Gradus_Fn_movedim : Gradus_Function<"movedim", "moves axes to other places"> {
  let pytorch = "torch.movedim, torch.moveaxis";
  let numpy = "numpy.moveaxis, numpy.rollaxis";
}
def Gradus_Fn_swapAxes : Gradus_Function<"swapAxes", "exchanges two axes"> {
  let pytorch = "torch.swapaxes, torch.swapdims, torch.transpose";
  let numpy = "numpy.swapaxes";
}
def Gradus_Fn_flip : Gradus_Function<"flip", "reverse order along axes"> {
  let pytorch = "torch.flip, torch.fliplr, torch.flipud";
  let tensorflow = "tf.reverse";
  let numpy = "numpy.flip, numpy.fliplr, numpy.flipud";
}
def Gradus_Fn_roll : Gradus_Function<"roll", "moves elements along axes, round the end"> {
  let pytorch = "torch.roll";
  let tensorflow = "tf.roll";
  let numpy = "numpy.roll";
}
def Gradus_Fn_rot90 : Gradus_Function<"rot90", "turns by quarters"> {
  let pytorch = "torch.rot90";
  let tensorflow = "tf.image.rot90";
  let numpy = "numpy.rot90";
}
def Gradus_Fn_toChannelsLast : Gradus_Function<"toChannelsLast", "images with the channels innermost"> {
  let pytorch = "torch.channels_last";
}
def Gradus_Fn_toChannelsFirst : Gradus_Function<"toChannelsFirst", "images with the channels first"> {
  let pytorch = "torch.contiguous_format";
}
def Gradus_Fn_select : Gradus_Function<"select", "the elements at one place of an axis"> {
  let pytorch = "torch.select";
}
def Gradus_Fn_narrow : Gradus_Function<"narrow", "a range of an axis"> {
  let pytorch = "torch.narrow";
}
def Gradus_Fn_split : Gradus_Function<"split", "parts along an axis"> {
  let pytorch = "torch.split, torch.tensor_split";
  let tensorflow = "tf.split";
  let numpy = "numpy.split";
  let onnx = "Split";
}
def Gradus_Fn_chunk : Gradus_Function<"chunk", "so many parts along an axis"> {
  let pytorch = "torch.chunk";
}
def Gradus_Fn_arraySplit : Gradus_Function<"arraySplit", "parts whose sizes differ by one at most"> {
  let pytorch = "torch.tensor_split";
  let numpy = "numpy.array_split";
}
def Gradus_Fn_diagonal : Gradus_Function<"diagonal", "a diagonal of two axes"> {
  let pytorch = "torch.diagonal";
  let tensorflow = "tf.linalg.diag_part";
  let numpy = "numpy.diagonal";
}
def Gradus_Fn_tril : Gradus_Function<"tril", "the lower triangle"> {
  let pytorch = "torch.tril";
  let tensorflow = "tf.linalg.band_part";
  let numpy = "numpy.tril";
  let onnx = "Trilu";
}
def Gradus_Fn_triu : Gradus_Function<"triu", "the upper triangle"> {
  let pytorch = "torch.triu";
  let tensorflow = "tf.linalg.band_part";
  let numpy = "numpy.triu";
  let onnx = "Trilu";
}
def Gradus_Fn_unfold : Gradus_Function<"unfold", "sliding windows along an axis"> {
  let pytorch = "torch.Tensor.unfold";
  let tensorflow = "tf.signal.frame";
}
def Gradus_Fn_slidingWindow : Gradus_Function<"slidingWindow", "sliding windows along several axes"> {
  let numpy = "numpy.lib.stride_tricks.sliding_window_view";
}
def Gradus_Fn_im2col : Gradus_Function<"im2col", "patches of images as columns"> {
  let pytorch = "torch.nn.functional.unfold, torch.nn.Unfold";
  let tensorflow = "tf.image.extract_patches";
}
def Gradus_Fn_col2im : Gradus_Function<"col2im", "columns added up to images"> {
  let pytorch = "torch.nn.functional.fold, torch.nn.Fold";
  let onnx = "Col2Im";
}
def Gradus_Fn_stack : Gradus_Function<"stack", "side by side along a new axis"> {
  let pytorch = "torch.stack";
  let tensorflow = "tf.stack";
  let numpy = "numpy.stack";
}
def Gradus_Fn_tile : Gradus_Function<"tile", "the whole again and again"> {
  let pytorch = "torch.tile, torch.Tensor.repeat";
  let tensorflow = "tf.tile";
  let numpy = "numpy.tile";
  let onnx = "Tile";
}
def Gradus_Fn_repeatInterleave : Gradus_Function<"repeatInterleave", "each element several times"> {
  let pytorch = "torch.repeat_interleave";
  let tensorflow = "tf.repeat";
  let numpy = "numpy.repeat";
}
def Gradus_Fn_dilate : Gradus_Function<"dilate", "a constant between the elements"> {
}
def Gradus_Fn_kron : Gradus_Function<"kron", "the blocks a[i] b"> {
  let pytorch = "torch.kron";
  let tensorflow = "tf.experimental.numpy.kron";
  let numpy = "numpy.kron";
}
def Gradus_Fn_arange : Gradus_Function<"arange", "numbers at a fixed step"> {
  let pytorch = "torch.arange";
  let tensorflow = "tf.range";
  let numpy = "numpy.arange";
  let onnx = "Range";
}
def Gradus_Fn_linspace : Gradus_Function<"linspace", "so many numbers from one to another"> {
  let pytorch = "torch.linspace";
  let tensorflow = "tf.linspace";
  let numpy = "numpy.linspace";
}
def Gradus_Fn_full : Gradus_Function<"full", "one value everywhere"> {
  let pytorch = "torch.full";
  let tensorflow = "tf.fill";
  let numpy = "numpy.full";
  let onnx = "ConstantOfShape";
}
def Gradus_Fn_zeros : Gradus_Function<"zeros", "zeros"> {
  let pytorch = "torch.zeros";
  let tensorflow = "tf.zeros";
  let numpy = "numpy.zeros";
  let onnx = "ConstantOfShape";
}
def Gradus_Fn_ones : Gradus_Function<"ones", "ones"> {
  let pytorch = "torch.ones";
  let tensorflow = "tf.ones";
  let numpy = "numpy.ones";
  let onnx = "ConstantOfShape";
}
def Gradus_Fn_fullLike : Gradus_Function<"fullLike", "one value in the shape of another tensor"> {
  let pytorch = "torch.full_like";
  let numpy = "numpy.full_like";
}
def Gradus_Fn_zerosLike : Gradus_Function<"zerosLike", "zeros in the shape of another tensor"> {
  let pytorch = "torch.zeros_like";
  let tensorflow = "tf.zeros_like";
  let numpy = "numpy.zeros_like";
}
def Gradus_Fn_onesLike : Gradus_Function<"onesLike", "ones in the shape of another tensor"> {
  let pytorch = "torch.ones_like";
  let tensorflow = "tf.ones_like";
  let numpy = "numpy.ones_like";
}
def Gradus_Fn_eye : Gradus_Function<"eye", "ones on a diagonal"> {
  let pytorch = "torch.eye";
  let tensorflow = "tf.eye";
  let numpy = "numpy.eye, numpy.identity";
  let onnx = "EyeLike";
}
def Gradus_Fn_diag : Gradus_Function<"diag", "a vector as a diagonal, the diagonal of a matrix"> {
  let pytorch = "torch.diag, torch.diag_embed";
  let tensorflow = "tf.linalg.diag";
  let numpy = "numpy.diag, numpy.diagflat";
}
def Gradus_Fn_meshgrid : Gradus_Function<"meshgrid", "vectors as the coordinates of a grid"> {
  let pytorch = "torch.meshgrid";
  let tensorflow = "tf.meshgrid";
  let numpy = "numpy.meshgrid";
}
def Gradus_Fn_imageToFloat : Gradus_Function<"imageToFloat", "bytes of an image as numbers from 0 to 1, standardised"> {
  let pytorch = "torchvision.transforms.functional.to_tensor";
  let tensorflow = "tf.image.convert_image_dtype";
}

#endif
