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
  let pytorch = "torch.softmax, torch.nn.functional.softmax";
  let tensorflow = "tf.nn.softmax";
  let numpy = "scipy.special.softmax";
  let onnx = "Softmax";
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
  let pytorch = "torch.log_softmax, torch.nn.functional.log_softmax";
  let tensorflow = "tf.nn.log_softmax";
  let numpy = "scipy.special.log_softmax";
  let onnx = "LogSoftmax";
}

class Gradus_ScaledOp<string mnemonic> : Gradus_PureOp<mnemonic, [Gradus_HasGradient, Gradus_Composite]> {
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes, F64Attr:$epsilon);
  let assemblyFormat = "$x `axes` $axes `epsilon` $epsilon attr-dict `:` functional-type(operands, results)";
}

def StandardizeOp : Gradus_ScaledOp<"standardize"> {
  let summary = "(x - mean) / sqrt(variance + epsilon) along axes";
  let description = [{
    The core of the batch, layer, group and instance norms. The variance is that of the elements themselves (divided by
    their number), summed from squared differences to the mean, so that a large mean loses no digits.
    - standardize.1: axes are in range, ascending and distinct
    - standardize.2: the element type is floating point
    - standardize.3: epsilon is finite and not negative
    ```mlir
    %y = gradus.standardize %x axes [1] epsilon 1.0e-05 : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: (d - mean(d) - y mean(d y)) / sqrt(variance + epsilon).
  }];
  let tensorflow = "tf.nn.moments";
  let onnx = "MeanVarianceNormalization";
}

def RmsNormOp : Gradus_ScaledOp<"rms_norm"> {
  let summary = "x / sqrt(mean(x^2) + epsilon) along axes";
  let description = [{
    - rms_norm.1: axes are in range, ascending and distinct
    - rms_norm.2: the element type is floating point
    - rms_norm.3: epsilon is finite and not negative
    ```mlir
    %y = gradus.rms_norm %x axes [1] epsilon 1.0e-05 : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: (d - y mean(d y)) / sqrt(mean(x^2) + epsilon).
  }];
  let pytorch = "torch.nn.functional.rms_norm, torch.nn.RMSNorm";
  let onnx = "RMSNormalization";
}

def Gradus_Fn_batchNorm : Gradus_Function<"batchNorm", "standardised per channel over the batch, scaled and shifted"> {
  let pytorch = "torch.nn.functional.batch_norm, torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.BatchNorm3d";
  let tensorflow = "tf.keras.layers.BatchNormalization, tf.nn.batch_normalization";
  let onnx = "BatchNormalization";
}
def Gradus_Fn_layerNorm : Gradus_Function<"layerNorm", "standardised over the last axes, scaled and shifted"> {
  let pytorch = "torch.nn.functional.layer_norm, torch.nn.LayerNorm";
  let tensorflow = "tf.keras.layers.LayerNormalization";
  let onnx = "LayerNormalization";
}
def Gradus_Fn_groupNorm : Gradus_Function<"groupNorm", "standardised over groups of channels, scaled and shifted"> {
  let pytorch = "torch.nn.functional.group_norm, torch.nn.GroupNorm";
  let tensorflow = "tf.keras.layers.GroupNormalization";
  let onnx = "GroupNormalization";
}
def Gradus_Fn_instanceNorm : Gradus_Function<"instanceNorm", "standardised per image and channel, scaled and shifted"> {
  let pytorch = "torch.nn.functional.instance_norm, torch.nn.InstanceNorm1d, torch.nn.InstanceNorm2d, torch.nn.InstanceNorm3d";
  let onnx = "InstanceNormalization";
}
def Gradus_Fn_localResponseNorm : Gradus_Function<"localResponseNorm", "divided by the energy of the channels near by"> {
  let pytorch = "torch.nn.functional.local_response_norm, torch.nn.LocalResponseNorm";
  let tensorflow = "tf.nn.local_response_normalization";
  let onnx = "LRN";
}

#endif
