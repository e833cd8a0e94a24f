// Losses, one number per example: a reduction makes a scalar of them. They do not broadcast: [32] against [32, 1] is a
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
  let pytorch = "torch.nn.functional.mse_loss, torch.nn.MSELoss";
  let tensorflow = "tf.keras.losses.MeanSquaredError";
}

def HuberOp : Gradus_LossOp<"huber"> {
  let summary = "half the squared error near zero, linear beyond delta";
  let description = [{
    With a = |prediction - target|: a^2 / 2 where a <= delta, else delta (a - delta / 2).
    - huber.1: the shapes are equal
    - huber.2: the element types are equal and floating point
    - huber.3: delta is a positive number
    ```mlir
    %y = gradus.huber %p, %t delta 1.0 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (prediction - target), the difference clamped to -delta .. delta, and its opposite.
  }];
  let arguments = (ins Gradus_Tensor:$prediction, Gradus_Tensor:$target, F64Attr:$delta);
  let assemblyFormat = "operands `delta` $delta attr-dict `:` functional-type(operands, results)";
  let pytorch = "torch.nn.functional.huber_loss, torch.nn.HuberLoss";
  let tensorflow = "tf.keras.losses.Huber";
}

def CrossEntropyOp : Gradus_LossOp<"cross_entropy"> {
  let summary = "softmax cross-entropy of logits against labels or probabilities";
  let description = [{
    logits [..., classes]; labels [...] of i32 or i64, or probabilities [..., classes] -> [...]. The classes are the
    last axis or the given one. Stable for large logits. A label outside 0 .. classes-1 gives NaN.
    - cross_entropy.1: the logits are floating point and have a class axis that is not empty
    - cross_entropy.2: labels have the shape of the logits without the class axis
    - cross_entropy.3: probabilities have the shape and the element type of the logits
    - cross_entropy.4: the axis is in range
    ```mlir
    %y = gradus.cross_entropy %x, %l : (tensor<32x10xf32>, tensor<32xi32>) -> tensor<32xf32>
    ```
    Gradient: d (softmax(x) - one_hot(label)), none for labels; with probabilities d (softmax(x) sum(p) - p), and
    -d log_softmax(x) for them.
  }];
  let arguments = (ins Gradus_Tensor:$logits, Gradus_Tensor:$target, OptionalAttr<I64Attr>:$axis);
  let assemblyFormat = "operands (`axis` $axis^)? attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = [{ int64_t classAxis(); }];
  let pytorch = "torch.nn.functional.cross_entropy, torch.nn.CrossEntropyLoss";
  let tensorflow = "tf.nn.sparse_softmax_cross_entropy_with_logits, tf.nn.softmax_cross_entropy_with_logits";
  let onnx = "SoftmaxCrossEntropyLoss";
}

def NllOp : Gradus_LossOp<"nll"> {
  let summary = "minus the log-probability of the label";
  let description = [{
    log-probabilities [..., classes] and labels [...] of i32 or i64 -> [...]. The classes are the last axis or the
    given one. A label outside 0 .. classes-1 gives NaN.
    - nll.1: the log-probabilities are floating point and have a class axis that is not empty
    - nll.2: the labels are i32 or i64 and have the shape of the log-probabilities without the class axis
    - nll.3: the axis is in range
    ```mlir
    %y = gradus.nll %x, %l : (tensor<32x10xf32>, tensor<32xi32>) -> tensor<32xf32>
    ```
    Gradient: -d at the label, 0 elsewhere; none for the labels.
  }];
  let arguments = (ins Gradus_Tensor:$logProbabilities, Gradus_Tensor:$labels, OptionalAttr<I64Attr>:$axis);
  let assemblyFormat = "operands (`axis` $axis^)? attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = [{ int64_t classAxis(); }];
  let pytorch = "torch.nn.functional.nll_loss, torch.nn.NLLLoss";
  let onnx = "NegativeLogLikelihoodLoss";
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
  let pytorch = "torch.nn.functional.binary_cross_entropy_with_logits, torch.nn.BCEWithLogitsLoss";
  let tensorflow = "tf.nn.sigmoid_cross_entropy_with_logits";
}

def ProbabilityCrossEntropyOp : Gradus_LossOp<"binary_cross_entropy"> {
  let summary = "cross-entropy of probabilities against probabilities, element by element";
  let description = [{
    -(t log p + (1 - t) log(1 - p)), the logarithms not below -100. NaN where p is outside 0 .. 1.
    - binary_cross_entropy.1: the shapes are equal
    - binary_cross_entropy.2: the element types are equal and floating point
    ```mlir
    %y = gradus.binary_cross_entropy %p, %t : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
    ```
    Gradient: d (p - t) / max(p (1 - p), 1e-12) as in PyTorch; d (log(1 - p) - log p), not below -100 each.
  }];
  let arguments = (ins Gradus_Tensor:$prediction, Gradus_Tensor:$target);
  let pytorch = "torch.nn.functional.binary_cross_entropy, torch.nn.BCELoss";
  let tensorflow = "tf.keras.losses.BinaryCrossentropy";
}

def KlDivergenceOp : Gradus_LossOp<"kl_divergence"> {
  let summary = "the divergence of a distribution from predicted log-probabilities, element by element";
  let description = [{
    t (log t - x), 0 where t is 0; with `log_target` the target is log t: exp(t) (t - x).
    - kl_divergence.1: the shapes are equal
    - kl_divergence.2: the element types are equal and floating point
    ```mlir
    %y = gradus.kl_divergence %x, %t : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: -d t, and d (log t + 1 - x), 0 where t is 0; with `log_target` -d exp(t), and d exp(t) (t - x + 1).
  }];
  let arguments = (ins Gradus_Tensor:$prediction, Gradus_Tensor:$target, UnitAttr:$log_target);
  let assemblyFormat = "operands (`log_target` $log_target^)? attr-dict `:` functional-type(operands, results)";
  let pytorch = "torch.nn.functional.kl_div, torch.nn.KLDivLoss";
  let tensorflow = "tf.keras.losses.KLDivergence";
}

def Gradus_Fn_halfSquaredError : Gradus_Function<"halfSquaredError", "(prediction - target)^2 / 2"> {
  let tensorflow = "tf.nn.l2_loss";
}
def Gradus_Fn_absoluteError : Gradus_Function<"absoluteError", "|prediction - target|, the L1 loss"> {
  let pytorch = "torch.nn.functional.l1_loss, torch.nn.L1Loss";
  let tensorflow = "tf.keras.losses.MeanAbsoluteError";
}
def Gradus_Fn_smoothL1 : Gradus_Function<"smoothL1", "the Huber loss with delta = beta, divided by beta"> {
  let pytorch = "torch.nn.functional.smooth_l1_loss, torch.nn.SmoothL1Loss";
}
def Gradus_Fn_multilabelSoftMargin
    : Gradus_Function<"multilabelSoftMargin", "the mean over the classes of the binary cross-entropy with logits"> {
  let pytorch = "torch.nn.functional.multilabel_soft_margin_loss, torch.nn.MultiLabelSoftMarginLoss";
}
def Gradus_Fn_hinge : Gradus_Function<"hinge", "max(0, 1 - t x), the classes being -1 and 1"> {
  let tensorflow = "tf.keras.losses.Hinge";
}
def Gradus_Fn_squaredHinge : Gradus_Function<"squaredHinge", "max(0, 1 - t x)^2"> {
  let tensorflow = "tf.keras.losses.SquaredHinge";
}
def Gradus_Fn_hingeEmbedding : Gradus_Function<"hingeEmbedding", "x where t is 1, max(0, margin - x) where t is -1"> {
  let pytorch = "torch.nn.functional.hinge_embedding_loss, torch.nn.HingeEmbeddingLoss";
}
def Gradus_Fn_softMargin : Gradus_Function<"softMargin", "log(1 + exp(-t x))"> {
  let pytorch = "torch.nn.functional.soft_margin_loss, torch.nn.SoftMarginLoss";
}
def Gradus_Fn_marginRanking : Gradus_Function<"marginRanking", "max(0, margin - t (a - b))"> {
  let pytorch = "torch.nn.functional.margin_ranking_loss, torch.nn.MarginRankingLoss";
}
def Gradus_Fn_cosineEmbedding
    : Gradus_Function<"cosineEmbedding", "1 - cos(a, b) where t is 1, max(0, cos(a, b) - margin) where t is -1"> {
  let pytorch = "torch.nn.functional.cosine_embedding_loss, torch.nn.CosineEmbeddingLoss";
  let tensorflow = "tf.keras.losses.CosineSimilarity";
}
def Gradus_Fn_tripletMargin
    : Gradus_Function<"tripletMargin", "max(0, margin + |anchor - positive| - |anchor - negative|)"> {
  let pytorch = "torch.nn.functional.triplet_margin_loss, torch.nn.TripletMarginLoss";
}
def Gradus_Fn_multiMargin
    : Gradus_Function<"multiMargin", "the mean over the other classes of max(0, margin - x[label] + x)^p"> {
  let pytorch = "torch.nn.functional.multi_margin_loss, torch.nn.MultiMarginLoss";
}
def Gradus_Fn_poissonNll : Gradus_Function<"poissonNll", "the negative log-likelihood of counts"> {
  let pytorch = "torch.nn.functional.poisson_nll_loss, torch.nn.PoissonNLLLoss";
  let tensorflow = "tf.nn.log_poisson_loss, tf.keras.losses.Poisson";
}
def Gradus_Fn_gaussianNll : Gradus_Function<"gaussianNll", "the negative log-likelihood of normal values"> {
  let pytorch = "torch.nn.functional.gaussian_nll_loss, torch.nn.GaussianNLLLoss";
}

#endif
