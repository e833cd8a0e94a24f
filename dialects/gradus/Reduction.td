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
  let pytorch = "torch.sum";
  let tensorflow = "tf.math.reduce_sum";
  let numpy = "numpy.sum";
  let onnx = "ReduceSum";
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
  let pytorch = "torch.amax, torch.max";
  let tensorflow = "tf.math.reduce_max";
  let numpy = "numpy.max, numpy.amax";
  let onnx = "ReduceMax";
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
  let pytorch = "torch.amin, torch.min";
  let tensorflow = "tf.math.reduce_min";
  let numpy = "numpy.min, numpy.amin";
  let onnx = "ReduceMin";
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
  let pytorch = "torch.mean";
  let tensorflow = "tf.math.reduce_mean";
  let numpy = "numpy.mean";
  let onnx = "ReduceMean";
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
  let pytorch = "torch.logsumexp";
  let tensorflow = "tf.math.reduce_logsumexp";
  let numpy = "numpy.logaddexp.reduce";
  let onnx = "ReduceLogSumExp";
  let summary = "log of the sum of exponentials along axes";
  let description = [{
    Stable: the largest element is taken out first. -inf where all elements are, or where there are none.
    - log_sum_exp.1: axes are in range, ascending and distinct
    - log_sum_exp.2: the element type is floating point
    ```mlir
    %y = gradus.log_sum_exp %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d exp(x - y).
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$x `axes` $axes attr-dict `:` functional-type(operands, results)";
}

def ProdOp : Gradus_ReductionOp<"prod"> {
  let pytorch = "torch.prod";
  let tensorflow = "tf.math.reduce_prod";
  let numpy = "numpy.prod";
  let onnx = "ReduceProd";
  let summary = "product along axes";
  let description = [{
    The result drops the axes. The product of no elements is 1; integers wrap around.
    - prod.1: axes are in range, ascending and distinct
    - prod.2: the element type is a number
    ```mlir
    %y = gradus.prod %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d times the product of the other elements, from running products of both sides; so it is right where
    elements are zero.
  }];
  let hasFolder = 1;
}

class Gradus_ReductionComposite<string mnemonic, list<Trait> traits = []>
    : Gradus_PureOp<mnemonic, traits # [Gradus_Composite]> {
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$x `axes` $axes attr-dict `:` functional-type(operands, results)";
}

def AnyOp : Gradus_ReductionComposite<"any"> {
  let pytorch = "torch.any";
  let tensorflow = "tf.math.reduce_any";
  let numpy = "numpy.any";
  let onnx = "";
  let summary = "whether some element along axes is not zero";
  let description = [{
    The result is a boolean. False where there are no elements; a NaN counts as true.
    - any.1: axes are in range, ascending and distinct
    ```mlir
    %y = gradus.any %x axes [1] : (tensor<32x10xi1>) -> tensor<32xi1>
    ```
    Gradient: none, the result is a boolean.
  }];
}

def AllOp : Gradus_ReductionComposite<"all"> {
  let pytorch = "torch.all";
  let tensorflow = "tf.math.reduce_all";
  let numpy = "numpy.all";
  let onnx = "";
  let summary = "whether no element along axes is zero";
  let description = [{
    The result is a boolean. True where there are no elements; a NaN counts as true.
    - all.1: axes are in range, ascending and distinct
    ```mlir
    %y = gradus.all %x axes [1] : (tensor<32x10xi1>) -> tensor<32xi1>
    ```
    Gradient: none, the result is a boolean.
  }];
}

def CountNonzeroOp : Gradus_ReductionComposite<"count_nonzero"> {
  let pytorch = "torch.count_nonzero";
  let tensorflow = "tf.math.count_nonzero";
  let numpy = "numpy.count_nonzero";
  let onnx = "";
  let summary = "how many elements along axes are not zero";
  let description = [{
    The result is i64. A NaN counts.
    - count_nonzero.1: axes are in range, ascending and distinct
    ```mlir
    %y = gradus.count_nonzero %x axes [1] : (tensor<32x10xf32>) -> tensor<32xi64>
    ```
    Gradient: none, the result is an integer.
  }];
}

class Gradus_SpreadOp<string mnemonic>
    : Gradus_PureOp<mnemonic, [Gradus_HasGradient, Gradus_Composite]> {
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes, I64Attr:$correction);
  let assemblyFormat = "$x `axes` $axes `correction` $correction attr-dict `:` functional-type(operands, results)";
}

def VarOp : Gradus_SpreadOp<"var"> {
  let pytorch = "torch.var";
  let tensorflow = "tf.math.reduce_variance";
  let numpy = "numpy.var";
  let onnx = "";
  let summary = "variance along axes";
  let description = [{
    Σ (x - mean)² / (n - correction), in two passes, so that no digits cancel. NumPy's default correction is 0,
    PyTorch's 1. With n - correction <= 0 the sum is divided by 0, as PyTorch does: NaN, or infinite.
    - var.1: axes are in range, ascending and distinct
    - var.2: the element type is floating point
    - var.3: the correction is not negative
    ```mlir
    %y = gradus.var %x axes [1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: 2 d (x - mean) / (n - correction); with n - correction <= 0 infinite where x is the mean, else NaN, as PyTorch.
  }];
}

def StdOp : Gradus_SpreadOp<"std"> {
  let pytorch = "torch.std";
  let tensorflow = "tf.math.reduce_std";
  let numpy = "numpy.std";
  let onnx = "";
  let summary = "standard deviation along axes";
  let description = [{
    The square root of gradus.var.
    - std.1: axes are in range, ascending and distinct
    - std.2: the element type is floating point
    - std.3: the correction is not negative
    ```mlir
    %y = gradus.std %x axes [1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d (x - mean) / (y (n - correction)); 0 where y is 0, as PyTorch has it.
  }];
}

def NormOp : Gradus_PureOp<"norm", [Gradus_HasGradient, Gradus_Composite]> {
  let pytorch = "torch.linalg.vector_norm, torch.norm";
  let tensorflow = "tf.norm";
  let numpy = "numpy.linalg.norm";
  let onnx = "ReduceL1, ReduceL2, LpNormalization";
  let summary = "p-norm of the elements along axes";
  let description = [{
    (Σ |x|^p)^(1/p). For p = inf the largest |x|, for p = -inf the smallest, for p = 0 the number of elements that are
    not zero. The squares of p = 2 are not scaled: elements beyond the square root of the largest number overflow.
    - norm.1: axes are in range, ascending and distinct
    - norm.2: the element type is floating point
    - norm.3: no reduced axis is empty if p is infinite or negative
    - norm.4: p is not NaN
    ```mlir
    %y = gradus.norm %x axes [1] p 2.0 : (tensor<32x10xf32>) -> tensor<32xf32>
    ```
    Gradient: d sign(x) (|x| / y)^(p-1), 0 where y or (for p < 1) x is 0; for infinite p to the extreme elements, which
    share it evenly; 0 for p = 0. As PyTorch has it.
  }];
  let arguments = (ins Gradus_Tensor:$x, DenseI64ArrayAttr:$axes, F64Attr:$p);
  let assemblyFormat = "$x `axes` $axes `p` $p attr-dict `:` functional-type(operands, results)";
}

//===--- functions ----------------------------------------------------------------------------------------------===//

def Gradus_Fn_maxWithIndices : Gradus_Function<"maxWithIndices", "largest elements along an axis and where they are"> {
  let pytorch = "torch.max";
}
def Gradus_Fn_minWithIndices : Gradus_Function<"minWithIndices", "smallest elements along an axis and where they are"> {
  let pytorch = "torch.min";
}
def Gradus_Fn_varMean : Gradus_Function<"varMean", "variance and mean"> {
  let pytorch = "torch.var_mean";
  let tensorflow = "tf.nn.moments";
}

#endif
