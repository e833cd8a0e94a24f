// Activations: elementwise ops with stable formulas, whose kinks agree with PyTorch. NaN stays NaN unless the prose
// says otherwise.
#ifndef GRADUS_ACTIVATIONS
#define GRADUS_ACTIVATIONS
include "dialects/gradus/ElementwiseBase.td"

//===--- piecewise linear -----------------------------------------------------------------------------------------===//

def ClampOp : Gradus_PureOp<"clamp",
    [DeclareOpInterfaceMethods<ElementwiseOpInterface>, Gradus_HasElement,
    DeclareOpInterfaceMethods<BroadcastingOpInterface>, Gradus_HasGradient]> {
  let summary = "x, but at least low and at most high";
  let description = [{
    Either bound may be missing. Where low is above high the result is high. For integers low is rounded up
    and high down, and both saturate.
    - clamp.1: the element type is f32, f64, i32 or i64
    - clamp.2: there is a bound
    - clamp.3: no bound is NaN
    ```mlir
    %y = gradus.clamp %x {low = -1.0 : f64, high = 1.0 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where low <= x <= high, so on the bounds too, as PyTorch has it; 0 elsewhere.
  }];
  let arguments = (ins Gradus_Tensor:$x, OptionalAttr<F64Attr>:$low, OptionalAttr<F64Attr>:$high);
  let pytorch = "torch.clamp, torch.clip";
  let tensorflow = "tf.clip_by_value";
  let numpy = "numpy.clip";
  let onnx = "Clip";
}

def LeakyReluOp : Gradus_FormulaOp<"leaky_relu", "return select(greater(x, 0), x, x * slope);",
    "where(gt(x, 0), d, d * slope)", ["slope"]> {
  let summary = "x where x > 0, else slope x";
  let description = [{
    ```mlir
    %y = gradus.leaky_relu %x {slope = 0.01 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where x > 0, else d slope, at 0 too.
  }];
  let pytorch = "torch.nn.functional.leaky_relu, torch.nn.LeakyReLU";
  let tensorflow = "tf.nn.leaky_relu";
  let onnx = "LeakyRelu";
}

def PreluOp : Gradus_BinaryFormulaOp<"prelu", "return select(greater(a, 0), a, a * b);",
    ["where(gt(a, 0), d, d * b)", "where(gt(a, 0), zerosLike(d), d * a)"]> {
  let summary = "a where a > 0, else b a";
  let description = [{
    Leaky ReLU whose slope b is learnt; it broadcasts.
    ```mlir
    %y = gradus.prelu %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where a > 0, else d b; 0 where a > 0, else d a.
  }];
  let pytorch = "torch.nn.functional.prelu, torch.nn.PReLU";
  let tensorflow = "tf.keras.layers.PReLU";
  let onnx = "PRelu";
}

def HardtanhOp : Gradus_FormulaOp<"hardtanh", "return select(less(x, low), low, select(greater(x, high), high, x));",
    "where(both(gt(x, low), lt(x, high)), d, zerosLike(d))", ["low", "high"],
    [{
      if (!(adaptor.getLow().convertToDouble() <= adaptor.getHigh().convertToDouble())) // hardtanh.1
        return rule.fail("low is above high (must be low <= high)");}]> {
  let summary = "x between low and high, constant beyond";
  let description = [{
    ReLU6 is hardtanh from 0 to 6.
    - hardtanh.1: low <= high
    ```mlir
    %y = gradus.hardtanh %x {low = -1.0 : f64, high = 1.0 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d between the bounds, 0 on them and beyond, as PyTorch has it.
  }];
  let pytorch = "torch.nn.functional.hardtanh, torch.nn.functional.relu6, torch.nn.Hardtanh";
  let tensorflow = "tf.nn.relu6";
  let onnx = "Clip";
}

def HardsigmoidOp : Gradus_FormulaOp<"hardsigmoid", "return atLeast(atMost(x + 3, 6), 0) / 6;",
    "where(both(gt(x, -3), lt(x, 3)), d / 6, zerosLike(d))"> {
  let summary = "(x + 3) / 6 between -3 and 3, 0 and 1 beyond";
  let description = [{
    ```mlir
    %y = gradus.hardsigmoid %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / 6 between the bounds, 0 on them and beyond.
  }];
  let pytorch = "torch.nn.functional.hardsigmoid, torch.nn.Hardsigmoid";
  let onnx = "HardSigmoid";
}

def HardswishOp : Gradus_FormulaOp<"hardswish", "return x * atLeast(atMost(x + 3, 6), 0) / 6;",
    "where(lt(x, -3), zerosLike(d), where(le(x, 3), d * (x / 3 + 0.5), d))"> {
  let summary = "x hardsigmoid(x)";
  let description = [{
    ```mlir
    %y = gradus.hardswish %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: 0 below -3, d above 3, d (x / 3 + 1/2) between them and on them, as PyTorch has it.
  }];
  let pytorch = "torch.nn.functional.hardswish, torch.nn.Hardswish";
  let onnx = "HardSwish";
}

def HardshrinkOp : Gradus_FormulaOp<"hardshrink", "return select(lessEqual(abs(x), lambda), 0, x);",
    "where(either(gt(x, lambda), lt(x, -lambda)), d, zerosLike(d))", ["lambda"],
    [{
      if (!(adaptor.getLambda().convertToDouble() >= 0)) // hardshrink.1
        return rule.fail("lambda is negative (must be at least 0)");}]> {
  let summary = "0 where |x| <= lambda, else x";
  let description = [{
    - hardshrink.1: lambda >= 0
    ```mlir
    %y = gradus.hardshrink %x {lambda = 0.5 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where x stays, 0 elsewhere.
  }];
  let pytorch = "torch.nn.functional.hardshrink, torch.nn.Hardshrink";
  let onnx = "Shrink";
}

def SoftshrinkOp : Gradus_FormulaOp<"softshrink",
    "return select(greater(x, lambda), x - lambda, select(less(x, -lambda), x + lambda, 0));",
    "where(either(gt(x, lambda), lt(x, -lambda)), d, zerosLike(d))", ["lambda"],
    [{
      if (!(adaptor.getLambda().convertToDouble() >= 0)) // softshrink.1
        return rule.fail("lambda is negative (must be at least 0)");}]> {
  let summary = "x moved toward zero by lambda, 0 where that passes zero";
  let description = [{
    NaN gives 0.
    - softshrink.1: lambda >= 0
    ```mlir
    %y = gradus.softshrink %x {lambda = 0.5 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where |x| > lambda, else 0.
  }];
  let pytorch = "torch.nn.functional.softshrink, torch.nn.Softshrink";
  let onnx = "Shrink";
}

def ThresholdOp : Gradus_FormulaOp<"threshold", "return select(lessEqual(x, threshold), value, x);",
    "where(le(x, threshold), zerosLike(d), d)", ["threshold", "value"]> {
  let summary = "x where x > threshold, else value";
  let description = [{
    ```mlir
    %y = gradus.threshold %x {threshold = 0.1 : f64, value = 0.0 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where x > threshold, else 0.
  }];
  let pytorch = "torch.nn.functional.threshold, torch.nn.Threshold";
  let onnx = "ThresholdedRelu";
}

//===--- exponential ----------------------------------------------------------------------------------------------===//

def EluOp : Gradus_FormulaOp<"elu", "return select(greater(x, 0), x, expm1(x) * alpha);",
    "where(gt(x, 0), d, d * exp(where(gt(x, 0), zerosLike(x), x)) * alpha)", ["alpha"]> {
  let summary = "x where x > 0, else alpha (exp(x) - 1)";
  let description = [{
    ```mlir
    %y = gradus.elu %x {alpha = 1.0 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where x > 0, else d alpha exp(x), at 0 too.
  }];
  let pytorch = "torch.nn.functional.elu, torch.nn.ELU";
  let tensorflow = "tf.nn.elu";
  let onnx = "Elu";
}

def SeluOp : Gradus_FormulaOp<"selu", "return select(greater(x, 0), x, expm1(x) * seluAlpha) * seluScale;",
    "where(gt(x, 0), d * seluScale, d * exp(where(gt(x, 0), zerosLike(x), x)) * (seluAlpha * seluScale))"> {
  let summary = "scale x where x > 0, else scale alpha (exp(x) - 1)";
  let description = [{
    alpha = 1.67326..., scale = 1.05070...: mean 0 and variance 1 are kept (Klambauer et al., 2017).
    ```mlir
    %y = gradus.selu %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d scale where x > 0, else d scale alpha exp(x), at 0 too.
  }];
  let pytorch = "torch.nn.functional.selu, torch.nn.SELU";
  let tensorflow = "tf.nn.selu";
  let onnx = "Selu";
}

def CeluOp : Gradus_FormulaOp<"celu", "return select(greater(x, 0), x, expm1(x / alpha) * alpha);",
    "where(gt(x, 0), d, d * exp(where(gt(x, 0), zerosLike(x), x) / alpha))", ["alpha"],
    [{
      if (!(adaptor.getAlpha().convertToDouble() > 0)) // celu.1
        return rule.fail("alpha is not positive (must be above 0)");}]> {
  let summary = "x where x > 0, else alpha (exp(x / alpha) - 1)";
  let description = [{
    - celu.1: alpha > 0
    ```mlir
    %y = gradus.celu %x {alpha = 1.0 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where x > 0, else d exp(x / alpha), at 0 too.
  }];
  let pytorch = "torch.nn.functional.celu, torch.nn.CELU";
  let onnx = "Celu";
}

def GeluOp : Gradus_FormulaOp<"gelu", "return x * erfc(x * -M_SQRT1_2) * 0.5;",
    "d * (erfc(x * -M_SQRT1_2) * 0.5 + x * exp(x * x * -0.5) * (0.5 * M_SQRT1_2 * M_2_SQRTPI))"> {
  let summary = "x times the probability that a standard normal number is below x";
  let description = [{
    ```mlir
    %y = gradus.gelu %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (P(x) + x p(x)), P and p being distribution and density of the standard normal.
  }];
  let pytorch = "torch.nn.functional.gelu, torch.nn.GELU";
  let tensorflow = "tf.nn.gelu";
  let onnx = "Gelu";
}

def GeluTanhOp : Gradus_FormulaOp<"gelu_tanh", "return x * sigmoid(geluArgument(x));", "d * geluTanhSlope(x)"> {
  let summary = "GELU, approximated by a hyperbolic tangent";
  let description = [{
    x (1 + tanh u) / 2 = x sigmoid(2 u) with u = sqrt(2 / pi) (x + 0.044715 x^3).
    ```mlir
    %y = gradus.gelu_tanh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (s + x s (1 - s) 2 u'), s being sigmoid(2 u).
  }];
  let pytorch = "torch.nn.functional.gelu";
  let tensorflow = "tf.nn.gelu";
  let onnx = "Gelu";
}

def SiluOp : Gradus_FormulaOp<"silu", "return x * sigmoid(x);", "d * (sigmoid(x) * (x * (1 - sigmoid(x)) + 1))"> {
  let summary = "x sigmoid(x), also called swish";
  let description = [{
    ```mlir
    %y = gradus.silu %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d s (1 + x (1 - s)), s being sigmoid(x).
  }];
  let pytorch = "torch.nn.functional.silu, torch.nn.SiLU";
  let tensorflow = "tf.nn.silu, tf.nn.swish";
  let onnx = "Swish";
}

def MishOp : Gradus_FormulaOp<"mish", "return x * tanhOfSoftplus(x);", "d * mishSlope(x)"> {
  let summary = "x tanh(softplus(x))";
  let description = [{
    ```mlir
    %y = gradus.mish %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (t + x s (1 - t^2)), t being tanh(softplus(x)) and s sigmoid(x).
  }];
  let pytorch = "torch.nn.functional.mish, torch.nn.Mish";
  let onnx = "Mish";
}

def SoftplusOp : Gradus_FormulaOp<"softplus",
    "return select(greater(x * beta, threshold), x, softplus(x * beta) / beta);",
    "where(gt(x * beta, threshold), d, d * sigmoid(x * beta))", ["beta", "threshold"],
    [{
      if (!(adaptor.getBeta().convertToDouble() > 0)) // softplus.1
        return rule.fail("beta is not positive (must be above 0)");}]> {
  let summary = "log(1 + exp(beta x)) / beta";
  let description = [{
    The identity where beta x > threshold (20 in PyTorch), where it differs by less than exp(-threshold).
    - softplus.1: beta > 0
    ```mlir
    %y = gradus.softplus %x {beta = 1.0 : f64, threshold = 20.0 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d sigmoid(beta x), and d where beta x > threshold.
  }];
  let pytorch = "torch.nn.functional.softplus, torch.nn.Softplus";
  let tensorflow = "tf.nn.softplus";
  let onnx = "Softplus";
}

def LogSigmoidOp : Gradus_FormulaOp<"log_sigmoid", "return select(less(x, 0), x, 0) - log1p(exp(-abs(x)));",
    "d * sigmoid(-x)"> {
  let summary = "log(sigmoid(x))";
  let description = [{
    Without overflow: -1e4 gives -1e4.
    ```mlir
    %y = gradus.log_sigmoid %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d sigmoid(-x).
  }];
  let pytorch = "torch.nn.functional.logsigmoid, torch.nn.LogSigmoid";
  let tensorflow = "tf.math.log_sigmoid";
}

def SoftsignOp : Gradus_FormulaOp<"softsign", "return x / (abs(x) + 1);", "d / (abs(x) + 1) / (abs(x) + 1)"> {
  let summary = "x / (1 + |x|)";
  let description = [{
    ```mlir
    %y = gradus.softsign %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (1 + |x|)^2.
  }];
  let pytorch = "torch.nn.functional.softsign, torch.nn.Softsign";
  let tensorflow = "tf.nn.softsign";
  let onnx = "Softsign";
}

def TanhshrinkOp : Gradus_FormulaOp<"tanhshrink", "return x - tanh(x);", "d * (tanh(x) * tanh(x))"> {
  let summary = "x - tanh(x)";
  let description = [{
    ```mlir
    %y = gradus.tanhshrink %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d tanh(x)^2.
  }];
  let pytorch = "torch.nn.functional.tanhshrink, torch.nn.Tanhshrink";
}

#endif
