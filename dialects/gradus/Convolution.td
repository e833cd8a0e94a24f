// Convolutions and pooling.
#ifndef GRADUS_CONVOLUTION
#define GRADUS_CONVOLUTION
include "dialects/gradus/Gradus.td"

// With S the spatial axes (one to three), L the padding before and H after, D the dilations, G the groups:
//   y[n, o, p] = Σ over c, k of x[n, c, p stride + k D - L] w[o, c, k]
// is linear in x, in w and in a cotangent of y. Each of the three ops solves the sum Σ y dy for one of them, and so the
// gradients of each are the two others.

class Gradus_ConvolutionOp<string mnemonic, dag operands, dag last> : Gradus_PureOp<mnemonic, [Gradus_HasGradient, Gradus_Composite]> {
  let arguments = !con(operands, (ins DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                                      DenseI64ArrayAttr:$dilations, I64Attr:$groups), last);
}

def ConvolutionOp : Gradus_ConvolutionOp<"convolution", (ins Gradus_Tensor:$x, Gradus_Tensor:$w), (ins)> {
  let summary = "windows of images against filters (cross-correlation)";
  let description = [{
    x [images, channels, S...] and w [filters, channels / groups, K...] -> [images, filters, P...] with one to three
    spatial axes. `low` and `high` are zeros added before and after each spatial axis, `strides` the steps between windows,
    `dilations` the steps within one. Filters of group g read the channels of group g. Computed as one product of
    matrices (per group) whose second factor lists the windows.
    - convolution.1: x has 1 to 3 spatial axes, w the same rank
    - convolution.2: the element types are equal and floating point
    - convolution.3: strides, low, high and dilations have one number per spatial axis
    - convolution.4: strides and dilations are positive, the padding is not negative
    - convolution.5: the groups divide channels and filters, and w has channels / groups channels
    - convolution.6: the window is not empty and fits into the padded image
    ```mlir
    %y = gradus.convolution %x, %w strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x8x8xf32>
    ```
    Gradient: convolution_transpose(d, w), convolution_weight(x, d).
  }];
  let assemblyFormat = [{$x `,` $w `strides` $strides `low` $low `high` $high `dilations` $dilations `groups` $groups
                         attr-dict `:` functional-type(operands, results)}];
  let pytorch = "torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d";
  let tensorflow = "tf.nn.convolution, tf.nn.conv1d, tf.nn.conv2d, tf.nn.conv3d, tf.nn.depthwise_conv2d, tf.keras.layers.Conv2D";
  let numpy = "numpy.correlate, scipy.signal.correlate";
  let onnx = "Conv";
}

def ConvolutionTransposeOp : Gradus_ConvolutionOp<"convolution_transpose", (ins Gradus_Tensor:$x, Gradus_Tensor:$w),
                                                  (ins DenseI64ArrayAttr:$extra)> {
  let summary = "what a convolution with these filters would have read, weighted by x";
  let description = [{
    x [images, channels, P...] and w [channels, filters / groups, K...] -> [images, filters, S...], the adjoint of
    `convolution` in its images. S is (P - 1) stride + dilation (K - 1) + 1 - low - high + extra; `extra` chooses among the
    sizes that the convolution takes to the same P. Computed as a convolution of x with `stride - 1` zeros between its elements.
    - convolution_transpose.1: x has 1 to 3 spatial axes, w the same rank
    - convolution_transpose.2: the element types are equal and floating point
    - convolution_transpose.3: strides, low, high, dilations and extra have one number per spatial axis
    - convolution_transpose.4: strides and dilations are positive, the padding is not negative
    - convolution_transpose.5: the groups divide the channels, which are w's first axis
    - convolution_transpose.6: `extra` is not negative and smaller than the stride or the dilation
    - convolution_transpose.7: neither the window nor the result is empty
    ```mlir
    %y = gradus.convolution_transpose %x, %w strides [2, 2] low [1, 1] high [1, 1] dilations [1, 1] groups 1 extra [1, 1] : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
    ```
    Gradient: convolution(d, w), convolution_weight(d, x).
  }];
  let assemblyFormat = [{$x `,` $w `strides` $strides `low` $low `high` $high `dilations` $dilations `groups` $groups
                         `extra` $extra attr-dict `:` functional-type(operands, results)}];
  let pytorch = "torch.nn.functional.conv_transpose1d, torch.nn.functional.conv_transpose2d, torch.nn.functional.conv_transpose3d, torch.nn.ConvTranspose1d, torch.nn.ConvTranspose2d, torch.nn.ConvTranspose3d";
  let tensorflow = "tf.nn.conv_transpose, tf.nn.conv2d_transpose, tf.keras.layers.Conv2DTranspose";
  let onnx = "ConvTranspose";
}

def ConvolutionWeightOp : Gradus_ConvolutionOp<"convolution_weight", (ins Gradus_Tensor:$x, Gradus_Tensor:$d),
                                               (ins DenseI64ArrayAttr:$kernel)> {
  let summary = "the gradient of a convolution in its filters";
  let description = [{
    x [images, channels, S...] and d [images, filters, P...] -> [filters, channels / groups, K...], where K is `kernel`. Images and
    positions are summed in one product of matrices (per group), which reads the windows that the convolution listed.
    - convolution_weight.1: x and d have 1 to 3 spatial axes, one rank and equally many images
    - convolution_weight.2: the element types are equal and floating point
    - convolution_weight.3: strides, low, high, dilations and kernel have one number per spatial axis
    - convolution_weight.4: strides, dilations and kernel are positive, the padding is not negative
    - convolution_weight.5: the groups divide channels and filters
    - convolution_weight.6: d has as many positions as the convolution has
    ```mlir
    %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3] : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3x3xf32>
    ```
    Gradient: convolution_transpose(d, v), convolution(x, v), where v is the cotangent.
  }];
  let assemblyFormat = [{$x `,` $d `strides` $strides `low` $low `high` $high `dilations` $dilations `groups` $groups
                         `kernel` $kernel attr-dict `:` functional-type(operands, results)}];
  let pytorch = "torch.nn.grad.conv2d_weight";
  let tensorflow = "tf.compat.v1.nn.conv2d_backprop_filter";
}

def MaxPoolOp : Gradus_PureOp<"max_pool", [Gradus_HasGradient, Gradus_Composite]> {
  let summary = "the largest element of each window";
  let description = [{
    The last axes of x, one to three, are spatial: as many as `sizes` has numbers. What is added before and after them counts as -inf.
    NaN where a window holds one.
    - max_pool.1: there are 1 to 3 spatial axes, and x has them
    - max_pool.2: the element type is floating point
    - max_pool.3: sizes, strides, low, high and dilations have one number per spatial axis
    - max_pool.4: sizes, strides and dilations are positive, the padding is not negative
    - max_pool.5: the window fits into the padded image
    - max_pool.6: each window holds an element: the padding is smaller than the window
    ```mlir
    %y = gradus.max_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1] : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
    ```
    Gradient: d to the first largest element of each window, in row-major order, as PyTorch has it.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$low,
                   DenseI64ArrayAttr:$high, DenseI64ArrayAttr:$dilations);
  let assemblyFormat = [{$x `sizes` $sizes `strides` $strides `low` $low `high` $high `dilations` $dilations
                         attr-dict `:` functional-type(operands, results)}];
  let pytorch = "torch.nn.functional.max_pool1d, torch.nn.functional.max_pool2d, torch.nn.functional.max_pool3d, torch.nn.MaxPool2d";
  let tensorflow = "tf.nn.max_pool, tf.nn.max_pool2d, tf.keras.layers.MaxPooling2D";
  let onnx = "MaxPool";
}

def AvgPoolOp : Gradus_PureOp<"avg_pool", [Gradus_Composite]> {
  let summary = "the mean of each window";
  let description = [{
    The last axes of x, one to three, are spatial: as many as `sizes` has numbers. Zeros are added before and after them;
    `beyond` more after those let the last window start, and are never counted. With `padded` the zeros of the padding count in the
    divisor, else only elements do.
    - avg_pool.1: there are 1 to 3 spatial axes, and x has them
    - avg_pool.2: the element type is floating point
    - avg_pool.3: sizes, strides, low, high and beyond have one number per spatial axis
    - avg_pool.4: sizes and strides are positive, the padding is not negative
    - avg_pool.5: the window fits into the padded image
    - avg_pool.6: each window holds an element: the padding is smaller than the window
    ```mlir
    %y = gradus.avg_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
    ```
    Gradient: by its decomposition.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$low,
                   DenseI64ArrayAttr:$high, DenseI64ArrayAttr:$beyond, BoolAttr:$padded);
  let assemblyFormat = [{$x `sizes` $sizes `strides` $strides `low` $low `high` $high `beyond` $beyond `padded` $padded
                         attr-dict `:` functional-type(operands, results)}];
  let pytorch = "torch.nn.functional.avg_pool1d, torch.nn.functional.avg_pool2d, torch.nn.functional.avg_pool3d, torch.nn.AvgPool2d";
  let tensorflow = "tf.nn.avg_pool, tf.nn.avg_pool2d, tf.keras.layers.AveragePooling2D";
  let onnx = "AveragePool";
}

def Gradus_Fn_lpPool : Gradus_Function<"lpPool", "the p-norm of each window"> {
  let pytorch = "torch.nn.functional.lp_pool1d, torch.nn.functional.lp_pool2d, torch.nn.LPPool2d";
  let onnx = "LpPool";
}
def Gradus_Fn_adaptiveAvgPool : Gradus_Function<"adaptiveAvgPool", "means of windows that give a wanted size"> {
  let pytorch = "torch.nn.functional.adaptive_avg_pool1d, torch.nn.functional.adaptive_avg_pool2d, torch.nn.functional.adaptive_avg_pool3d";
}
def Gradus_Fn_adaptiveMaxPool : Gradus_Function<"adaptiveMaxPool", "largest elements of windows that give a wanted size"> {
  let pytorch = "torch.nn.functional.adaptive_max_pool1d, torch.nn.functional.adaptive_max_pool2d, torch.nn.functional.adaptive_max_pool3d";
}
def Gradus_Fn_globalAvgPool : Gradus_Function<"globalAvgPool", "the mean of each channel of each image"> {
  let tensorflow = "tf.keras.layers.GlobalAveragePooling2D";
  let onnx = "GlobalAveragePool";
}
def Gradus_Fn_globalMaxPool : Gradus_Function<"globalMaxPool", "the largest element of each channel of each image"> {
  let tensorflow = "tf.keras.layers.GlobalMaxPooling2D";
  let onnx = "GlobalMaxPool";
}
def Gradus_Fn_interpolate : Gradus_Function<"interpolate", "images of another size"> {
  let pytorch = "torch.nn.functional.interpolate, torch.nn.Upsample";
  let tensorflow = "tf.image.resize";
  let onnx = "Resize, Upsample";
}

#endif
