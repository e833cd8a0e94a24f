// Ops that order elements.
#ifndef GRADUS_SORTING
#define GRADUS_SORTING
include "dialects/gradus/Gradus.td"

def SortOp : Gradus_PureOp<"sort", [Gradus_HasGradient]> {
  let pytorch = "torch.sort, torch.msort, torch.argsort";
  let tensorflow = "tf.sort, tf.argsort";
  let numpy = "numpy.sort, numpy.argsort";
  let onnx = "";
  let summary = "the elements along an axis in ascending or descending order, and where they were";
  let description = [{
    The results are the values and, as i32, their indices along the axis. Stable in both directions: equal elements keep
    their order. A NaN counts as larger than any number, as in PyTorch: last in ascending order, first in descending.
    - sort.1: the axis is in range and shorter than 2^31
    - sort.2: the element type is a number
    ```mlir
    %y, %i = gradus.sort %x axis 1 : (tensor<32x10xf32>) -> (tensor<32x10xf32>, tensor<32x10xi32>)
    ```
    Gradient: d moved back to where the values were; none through the indices.
  }];
  let arguments = (ins Gradus_Tensor:$x, I64Attr:$axis, UnitAttr:$descending);
  let results = (outs Gradus_Tensor:$result, Gradus_Tensor:$indices);
  let assemblyFormat = "$x `axis` $axis (`descending` $descending^)? attr-dict `:` functional-type(operands, results)";
}

def SearchSortedOp : Gradus_PureOp<"search_sorted", [Gradus_HasElement]> {
  let pytorch = "torch.searchsorted, torch.bucketize";
  let tensorflow = "tf.searchsorted";
  let numpy = "numpy.searchsorted, numpy.digitize";
  let onnx = "";
  let summary = "where values would have to be inserted to keep the order";
  let description = [{
    sorted [n], values [...] -> [...], or sorted [b..., n], values [b..., m] -> [b..., m]: how many elements of the
    ascending sequence are less than the value, with `right` also those equal to it; i32. A NaN counts as larger than
    any number. Where the sequence is not sorted, some number from 0 to n.
    - search_sorted.1: the sequence has at least one axis, its last axis is shorter than 2^31
    - search_sorted.2: the leading axes are equal, if the sequence has more than one axis
    - search_sorted.3: both have one element type, which is a number
    ```mlir
    %y = gradus.search_sorted %s, %v : (tensor<100xf32>, tensor<32x10xf32>) -> tensor<32x10xi32>
    ```
    Gradient: none, the result is an integer.
  }];
  let arguments = (ins Gradus_Tensor:$sorted, Gradus_Tensor:$values, UnitAttr:$right);
  let assemblyFormat = "operands (`right` $right^)? attr-dict `:` functional-type(operands, results)";
}

//===--- functions ----------------------------------------------------------------------------------------------===//

def Gradus_Fn_topK : Gradus_Function<"topK", "the k largest or smallest elements along an axis, in order"> {
  let pytorch = "torch.topk";
  let tensorflow = "tf.math.top_k";
  let onnx = "TopK";
}
def Gradus_Fn_kthValue : Gradus_Function<"kthValue", "the k-th smallest element along an axis"> {
  let pytorch = "torch.kthvalue";
  let numpy = "numpy.partition";
}
def Gradus_Fn_median : Gradus_Function<"median", "the lower of the middle elements along an axis"> {
  let pytorch = "torch.median";
  let numpy = "numpy.median";
}

#endif
