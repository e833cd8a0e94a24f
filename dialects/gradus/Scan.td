// Scans: running sums, products and extrema.
#ifndef GRADUS_SCAN
#define GRADUS_SCAN
include "dialects/gradus/Gradus.td"

/// Goes along an axis; `reverse` from the last element to the first; `exclusive` leaves out the element itself.
class Gradus_ScanOp<string mnemonic, list<Trait> traits = []>
    : Gradus_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<ScanOpInterface, ["start", "step"]>,
                                        Gradus_HasGradient]>;

class Gradus_RunningOp<string mnemonic> : Gradus_ScanOp<mnemonic> {
  let arguments = (ins Gradus_Tensor:$x, I64Attr:$axis, UnitAttr:$reverse, UnitAttr:$exclusive);
  let assemblyFormat = [{
    $x `axis` $axis (`reverse` $reverse^)? (`exclusive` $exclusive^)? attr-dict `:` functional-type(operands, results)
  }];
}

def CumsumOp : Gradus_RunningOp<"cumsum"> {
  let pytorch = "torch.cumsum";
  let tensorflow = "tf.math.cumsum";
  let numpy = "numpy.cumsum";
  let onnx = "CumSum";
  let summary = "running sum along an axis";
  let description = [{
    Element i is the sum of the elements up to i. `reverse`: of the elements from i on. `exclusive`: without element i
    itself, so the first result is 0. The sum is taken in order.
    - cumsum.1: the axis is in range
    - cumsum.2: the element type is a number
    ```mlir
    %y = gradus.cumsum %x axis 1 : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: the running sum of d in the other direction.
  }];
}

def CumprodOp : Gradus_RunningOp<"cumprod"> {
  let pytorch = "torch.cumprod";
  let tensorflow = "tf.math.cumprod";
  let numpy = "numpy.cumprod";
  let onnx = "CumProd";
  let summary = "running product along an axis";
  let description = [{
    Element i is the product of the elements up to i. `reverse`: of the elements from i on. `exclusive`: without
    element i itself, so the first result is 1.
    - cumprod.1: the axis is in range
    - cumprod.2: the element type is a number
    ```mlir
    %y = gradus.cumprod %x axis 1 : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: a recurrence in the other direction (gradus.linear_scan) without a division; right where elements are
    zero.
  }];
}

def LogCumSumExpOp : Gradus_RunningOp<"log_cum_sum_exp"> {
  let pytorch = "torch.logcumsumexp";
  let tensorflow = "tf.math.cumulative_logsumexp";
  let numpy = "numpy.logaddexp.accumulate";
  let onnx = "";
  let summary = "running log of the sum of exponentials along an axis";
  let description = [{
    Element i is log Σ exp x over the elements up to i; stable, for the largest element so far is taken out. `reverse`:
    over the elements from i on. `exclusive`: without element i itself, so the first result is -inf.
    - log_cum_sum_exp.1: the axis is in range
    - log_cum_sum_exp.2: the element type is floating point
    ```mlir
    %y = gradus.log_cum_sum_exp %x axis 1 : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: Σ over the later k of d[k] exp(x - y[k]), by a recurrence (gradus.linear_scan) of which no factor
    exceeds 1.
  }];
}

class Gradus_RunningExtremumOp<string mnemonic> : Gradus_ScanOp<mnemonic> {
  let arguments = (ins Gradus_Tensor:$x, I64Attr:$axis, UnitAttr:$reverse);
  let results = (outs Gradus_Tensor:$result, Gradus_Tensor:$indices);
  let assemblyFormat = "$x `axis` $axis (`reverse` $reverse^)? attr-dict `:` functional-type(operands, results)";
}

def CummaxOp : Gradus_RunningExtremumOp<"cummax"> {
  let pytorch = "torch.cummax";
  let tensorflow = "";
  let numpy = "numpy.maximum.accumulate";
  let onnx = "";
  let summary = "running maximum along an axis, and where it is";
  let description = [{
    Element i is the largest element up to i, and its index as i32: of equal ones the one reached last, as in PyTorch. A
    NaN counts as the largest. `reverse`: from i on.
    - cummax.1: the axis is in range and shorter than 2^31
    - cummax.2: the element type is a number
    ```mlir
    %y, %i = gradus.cummax %x axis 1 : (tensor<32x10xf32>) -> (tensor<32x10xf32>, tensor<32x10xi32>)
    ```
    Gradient: d added up at the indices; none through the indices.
  }];
}

def CumminOp : Gradus_RunningExtremumOp<"cummin"> {
  let pytorch = "torch.cummin";
  let tensorflow = "";
  let numpy = "numpy.minimum.accumulate";
  let onnx = "";
  let summary = "running minimum along an axis, and where it is";
  let description = [{
    Element i is the smallest element up to i, and its index as i32: of equal ones the one reached last, as in PyTorch.
    A NaN counts as the smallest. `reverse`: from i on.
    - cummin.1: the axis is in range and shorter than 2^31
    - cummin.2: the element type is a number
    ```mlir
    %y, %i = gradus.cummin %x axis 1 : (tensor<32x10xf32>) -> (tensor<32x10xf32>, tensor<32x10xi32>)
    ```
    Gradient: d added up at the indices; none through the indices.
  }];
}

def LinearScanOp : Gradus_ScanOp<"linear_scan"> {
  let pytorch = "";
  let tensorflow = "tf.scan";
  let numpy = "";
  let onnx = "Scan";
  let summary = "a linear recurrence along an axis";
  let description = [{
    With s = `init` before the first element, element i is s, and then s becomes a[i] s + b[i]. `reverse`: from the last
    element to the first. The new s of every step is `a * y + b`.
    - linear_scan.1: the axis is in range
    - linear_scan.2: a and b have one shape and one element type, which is a number
    ```mlir
    %y = gradus.linear_scan %a, %b axis 1 init 0.0 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: db is the recurrence of a and d in the other direction, from 0; da is db y.
  }];
  let arguments = (ins Gradus_Tensor:$a, Gradus_Tensor:$b, I64Attr:$axis, UnitAttr:$reverse, F64Attr:$init);
  let assemblyFormat = [{
    operands `axis` $axis (`reverse` $reverse^)? `init` $init attr-dict `:` functional-type(operands, results)
  }];
}

#endif
