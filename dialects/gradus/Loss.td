// Losses, one number per example: sum or mean makes a scalar of them. They do not broadcast: [32] against [32, 1] is a
// mistake far more often than a wish.
#ifndef GRADUS_LOSS
#define GRADUS_LOSS
include "dialects/gradus/Gradus.td"

class Gradus_LossOp<string mnemonic> : Gradus_PureOp<mnemonic, [Gradus_HasGradient, Gradus_Composite]>;

def SquaredErrorOp : Gradus_LossOp<"squared_error"> {
  let summary = "(prediction - target)^2, element by element";
  let description = [{
    - squared_error.1: the shapes are equal
    - squared_error.2: the element types are equal and floating point
    ```mlir
    %y = gradus.squared_error %p, %t : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: 2 d (prediction - target), and its opposite.
  }];
  let arguments = (ins Gradus_Tensor:$prediction, Gradus_Tensor:$target);
}

def CrossEntropyOp : Gradus_LossOp<"cross_entropy"> {
  let summary = "softmax cross-entropy of logits against labels or probabilities";
  let description = [{
    logits [..., classes]; labels [...] of i32 or i64, or probabilities [..., classes] -> [...]. Stable for large
    logits. A label outside 0 .. classes-1 gives NaN.
    - cross_entropy.1: the logits are floating point and have a class axis that is not empty
    - cross_entropy.2: labels have the shape of the logits without the class axis
    - cross_entropy.3: probabilities have the shape and the element type of the logits
    ```mlir
    %y = gradus.cross_entropy %x, %l : (tensor<32x10xf32>, tensor<32xi32>) -> tensor<32xf32>
    ```
    Gradient: d (softmax(x) - one_hot(label)), none for labels; with probabilities d (softmax(x) sum(p) - p), and
    -d log_softmax(x) for them.
  }];
  let arguments = (ins Gradus_Tensor:$logits, Gradus_Tensor:$target);
}

def BinaryCrossEntropyOp : Gradus_LossOp<"binary_cross_entropy_with_logits"> {
  let summary = "cross-entropy of sigmoid(x) against probabilities, element by element";
  let description = [{
    max(x, 0) - x t + log1p(exp(-|x|)), stable for large logits.
    - binary_cross_entropy_with_logits.1: the shapes are equal
    - binary_cross_entropy_with_logits.2: the element types are equal and floating point
    ```mlir
    %y = gradus.binary_cross_entropy_with_logits %x, %t : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
    ```
    Gradient: d (sigmoid(x) - t), -d x.
  }];
  let arguments = (ins Gradus_Tensor:$logits, Gradus_Tensor:$target);
}

#endif
