// Elementwise functions beyond arithmetic: rounding, powers and logarithms, trigonometry, special functions.
#ifndef GRADUS_ELEMENTWISE_FUNCTIONS
#define GRADUS_ELEMENTWISE_FUNCTIONS
include "dialects/gradus/ElementwiseBase.td"

//===--- rounding -------------------------------------------------------------------------------------------------===//

def FloorOp : Gradus_UnaryOp<"floor", "number", "return emitRounded<math::FloorOp>(builder, loc, x);"> {
  let summary = "the greatest whole number that is not above x";
  let description = [{
    Integers stay as they are.
    ```mlir
    %y = gradus.floor %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows (zero wherever it exists).
  }];
  let pytorch = "torch.floor";
  let tensorflow = "tf.math.floor";
  let numpy = "numpy.floor";
  let onnx = "Floor";
}

def CeilOp : Gradus_UnaryOp<"ceil", "number", "return emitRounded<math::CeilOp>(builder, loc, x);"> {
  let summary = "the least whole number that is not below x";
  let description = [{
    Integers stay as they are.
    ```mlir
    %y = gradus.ceil %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows (zero wherever it exists).
  }];
  let pytorch = "torch.ceil";
  let tensorflow = "tf.math.ceil";
  let numpy = "numpy.ceil";
  let onnx = "Ceil";
}

def TruncOp : Gradus_UnaryOp<"trunc", "number", "return emitRounded<math::TruncOp>(builder, loc, x);"> {
  let summary = "the whole number next to x toward zero";
  let description = [{
    Integers stay as they are.
    ```mlir
    %y = gradus.trunc %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows (zero wherever it exists).
  }];
  let pytorch = "torch.trunc, torch.fix";
  let numpy = "numpy.trunc, numpy.fix";
}

def RoundOp : Gradus_UnaryOp<"round", "number", "return emitRounded<math::RoundEvenOp>(builder, loc, x);"> {
  let summary = "the nearest whole number";
  let description = [{
    Halves go to the even neighbour: 0.5 to 0, 1.5 and 2.5 to 2. Integers stay as they are.
    ```mlir
    %y = gradus.round %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows (zero wherever it exists).
  }];
  let pytorch = "torch.round";
  let tensorflow = "tf.math.round, tf.math.rint";
  let numpy = "numpy.round, numpy.rint";
  let onnx = "Round";
}

def FracOp : Gradus_FormulaOp<"frac", "return x - trunc(x);", "d"> {
  let summary = "x - trunc(x)";
  let description = [{
    Has the sign of x; NaN for infinite x.
    ```mlir
    %y = gradus.frac %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d.
  }];
  let pytorch = "torch.frac";
}

//===--- powers and logarithms ------------------------------------------------------------------------------------===//

def SquareOp : Gradus_UnaryOp<"square", "number", "return emitMul(builder, loc, x, x);", "d * (x * 2)"> {
  let summary = "x x";
  let description = [{
    Integers wrap around.
    ```mlir
    %y = gradus.square %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: 2 d x.
  }];
  let pytorch = "torch.square";
  let tensorflow = "tf.math.square";
  let numpy = "numpy.square";
}

def ReciprocalOp : Gradus_FormulaOp<"reciprocal", "return 1 / x;", "-d * y * y"> {
  let summary = "1 / x";
  let description = [{
    ```mlir
    %y = gradus.reciprocal %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: -d y^2.
  }];
  let pytorch = "torch.reciprocal";
  let tensorflow = "tf.math.reciprocal";
  let numpy = "numpy.reciprocal";
  let onnx = "Reciprocal";
}

def CbrtOp : Gradus_UnaryOp<"cbrt", "floating", "return builder.create<math::CbrtOp>(loc, x);", "d / (y * y * 3)"> {
  let summary = "cube root";
  let description = [{
    Of negative numbers too.
    ```mlir
    %y = gradus.cbrt %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (3 y^2).
  }];
  let numpy = "numpy.cbrt";
}

def Exp2Op : Gradus_UnaryOp<"exp2", "floating", "return builder.create<math::Exp2Op>(loc, x);", "d * y * M_LN2"> {
  let summary = "2 to the power x";
  let description = [{
    ```mlir
    %y = gradus.exp2 %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d y log(2).
  }];
  let pytorch = "torch.exp2, torch.special.exp2";
  let numpy = "numpy.exp2";
}

def Log2Op : Gradus_UnaryOp<"log2", "floating", "return builder.create<math::Log2Op>(loc, x);", "d / (x * M_LN2)"> {
  let summary = "logarithm to base 2";
  let description = [{
    NaN below 0, -inf at 0.
    ```mlir
    %y = gradus.log2 %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (x log(2)).
  }];
  let pytorch = "torch.log2";
  let tensorflow = "tf.experimental.numpy.log2";
  let numpy = "numpy.log2";
}

def Log10Op : Gradus_UnaryOp<"log10", "floating", "return builder.create<math::Log10Op>(loc, x);", "d / (x * M_LN10)"> {
  let summary = "logarithm to base 10";
  let description = [{
    NaN below 0, -inf at 0.
    ```mlir
    %y = gradus.log10 %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (x log(10)).
  }];
  let pytorch = "torch.log10";
  let tensorflow = "tf.experimental.numpy.log10";
  let numpy = "numpy.log10";
}

//===--- trigonometry ---------------------------------------------------------------------------------------------===//

def SinOp : Gradus_UnaryOp<"sin", "floating", "return builder.create<math::SinOp>(loc, x);", "d * cos(x)"> {
  let summary = "sine";
  let description = [{
    x in radians; NaN for infinite x.
    ```mlir
    %y = gradus.sin %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d cos(x).
  }];
  let pytorch = "torch.sin";
  let tensorflow = "tf.math.sin";
  let numpy = "numpy.sin";
  let onnx = "Sin";
}

def CosOp : Gradus_UnaryOp<"cos", "floating", "return builder.create<math::CosOp>(loc, x);", "-d * sin(x)"> {
  let summary = "cosine";
  let description = [{
    x in radians; NaN for infinite x.
    ```mlir
    %y = gradus.cos %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: -d sin(x).
  }];
  let pytorch = "torch.cos";
  let tensorflow = "tf.math.cos";
  let numpy = "numpy.cos";
  let onnx = "Cos";
}

def TanOp : Gradus_UnaryOp<"tan", "floating", "return builder.create<math::TanOp>(loc, x);", "d * (y * y + 1)"> {
  let summary = "tangent";
  let description = [{
    x in radians; NaN for infinite x.
    ```mlir
    %y = gradus.tan %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (1 + y^2).
  }];
  let pytorch = "torch.tan";
  let tensorflow = "tf.math.tan";
  let numpy = "numpy.tan";
  let onnx = "Tan";
}

def AsinOp : Gradus_UnaryOp<"asin", "floating", "return builder.create<math::AsinOp>(loc, x);",
    "d * rsqrt((1 - x) * (x + 1))"> {
  let summary = "inverse sine";
  let description = [{
    In [-pi/2, pi/2]; NaN where |x| > 1.
    ```mlir
    %y = gradus.asin %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / sqrt((1 - x) (1 + x)), which loses nothing near 1.
  }];
  let pytorch = "torch.asin, torch.arcsin";
  let tensorflow = "tf.math.asin";
  let numpy = "numpy.arcsin";
  let onnx = "Asin";
}

def AcosOp : Gradus_UnaryOp<"acos", "floating", "return builder.create<math::AcosOp>(loc, x);",
    "-d * rsqrt((1 - x) * (x + 1))"> {
  let summary = "inverse cosine";
  let description = [{
    In [0, pi]; NaN where |x| > 1.
    ```mlir
    %y = gradus.acos %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: -d / sqrt((1 - x) (1 + x)).
  }];
  let pytorch = "torch.acos, torch.arccos";
  let tensorflow = "tf.math.acos";
  let numpy = "numpy.arccos";
  let onnx = "Acos";
}

def AtanOp : Gradus_UnaryOp<"atan", "floating", "return builder.create<math::AtanOp>(loc, x);", "d / (x * x + 1)"> {
  let summary = "inverse tangent";
  let description = [{
    In [-pi/2, pi/2].
    ```mlir
    %y = gradus.atan %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (1 + x^2).
  }];
  let pytorch = "torch.atan, torch.arctan";
  let tensorflow = "tf.math.atan";
  let numpy = "numpy.arctan";
  let onnx = "Atan";
}

def Atan2Op : Gradus_BinaryOp<"atan2", "floating", "return builder.create<math::Atan2Op>(loc, a, b);",
    ["d * (b / hypot(a, b) / hypot(a, b))", "-d * (a / hypot(a, b) / hypot(a, b))"]> {
  let summary = "the angle of the point (b, a), in (-pi, pi]";
  let description = [{
    As C's `atan2`: the signs of both decide the quadrant, those of zeros too.
    ```mlir
    %y = gradus.atan2 %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d b / (a^2 + b^2), -d a / (a^2 + b^2), without overflow; NaN at the origin.
  }];
  let pytorch = "torch.atan2, torch.arctan2";
  let tensorflow = "tf.math.atan2";
  let numpy = "numpy.arctan2";
}

def HypotOp : Gradus_BinaryOp<"hypot", "floating", "return emitHypot(builder, loc, a, b);",
    ["d * (a / y)", "d * (b / y)"]> {
  let summary = "sqrt(a a + b b)";
  let description = [{
    Without overflow; inf if either is infinite, even beside NaN.
    ```mlir
    %y = gradus.hypot %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d a / y, d b / y; NaN at the origin, as PyTorch has it.
  }];
  let pytorch = "torch.hypot";
  let numpy = "numpy.hypot";
}

def SinhOp : Gradus_UnaryOp<"sinh", "floating", "return builder.create<math::SinhOp>(loc, x);", "d * cosh(x)"> {
  let summary = "hyperbolic sine";
  let description = [{
    ```mlir
    %y = gradus.sinh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d cosh(x).
  }];
  let pytorch = "torch.sinh";
  let tensorflow = "tf.math.sinh";
  let numpy = "numpy.sinh";
  let onnx = "Sinh";
}

def CoshOp : Gradus_UnaryOp<"cosh", "floating", "return builder.create<math::CoshOp>(loc, x);", "d * sinh(x)"> {
  let summary = "hyperbolic cosine";
  let description = [{
    ```mlir
    %y = gradus.cosh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d sinh(x).
  }];
  let pytorch = "torch.cosh";
  let tensorflow = "tf.math.cosh";
  let numpy = "numpy.cosh";
  let onnx = "Cosh";
}

def AsinhOp : Gradus_UnaryOp<"asinh", "floating", "return builder.create<math::AsinhOp>(loc, x);",
    "d / hypot(x, onesLike(x))"> {
  let summary = "inverse hyperbolic sine";
  let description = [{
    ```mlir
    %y = gradus.asinh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / sqrt(x^2 + 1), without overflow.
  }];
  let pytorch = "torch.asinh, torch.arcsinh";
  let tensorflow = "tf.math.asinh";
  let numpy = "numpy.arcsinh";
  let onnx = "Asinh";
}

def AcoshOp : Gradus_UnaryOp<"acosh", "floating", "return builder.create<math::AcoshOp>(loc, x);",
    "d * rsqrt((x - 1) * (x + 1))"> {
  let summary = "inverse hyperbolic cosine";
  let description = [{
    NaN where x < 1.
    ```mlir
    %y = gradus.acosh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / sqrt((x - 1) (x + 1)).
  }];
  let pytorch = "torch.acosh, torch.arccosh";
  let tensorflow = "tf.math.acosh";
  let numpy = "numpy.arccosh";
  let onnx = "Acosh";
}

def AtanhOp : Gradus_UnaryOp<"atanh", "floating", "return builder.create<math::AtanhOp>(loc, x);",
    "d / ((1 - x) * (x + 1))"> {
  let summary = "inverse hyperbolic tangent";
  let description = [{
    Infinite at -1 and 1, NaN beyond.
    ```mlir
    %y = gradus.atanh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / ((1 - x) (1 + x)).
  }];
  let pytorch = "torch.atanh, torch.arctanh";
  let tensorflow = "tf.math.atanh";
  let numpy = "numpy.arctanh";
  let onnx = "Atanh";
}

//===--- special functions ----------------------------------------------------------------------------------------===//

def ErfOp : Gradus_UnaryOp<"erf", "floating", "return builder.create<math::ErfOp>(loc, x);",
    "d * exp(-x * x) * M_2_SQRTPI"> {
  let summary = "error function";
  let description = [{
    2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
    ```mlir
    %y = gradus.erf %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d exp(-x^2) 2 / sqrt(pi).
  }];
  let pytorch = "torch.erf, torch.special.erf";
  let tensorflow = "tf.math.erf";
  let numpy = "scipy.special.erf";
  let onnx = "Erf";
}

def ErfcOp : Gradus_UnaryOp<"erfc", "floating", "return emitErfc(builder, loc, x);", "-d * exp(-x * x) * M_2_SQRTPI"> {
  let summary = "1 - erf(x)";
  let description = [{
    Exact where erf(x) is close to 1.
    ```mlir
    %y = gradus.erfc %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: -d exp(-x^2) 2 / sqrt(pi).
  }];
  let pytorch = "torch.erfc, torch.special.erfc";
  let tensorflow = "tf.math.erfc";
  let numpy = "scipy.special.erfc";
}

def ErfinvOp : Gradus_UnaryOp<"erfinv", "floating", "return emitErfinv(builder, loc, x);",
    "d * exp(y * y) * (1 / M_2_SQRTPI)"> {
  let summary = "the y with erf(y) = x";
  let description = [{
    Infinite at -1 and 1, NaN beyond.
    ```mlir
    %y = gradus.erfinv %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d exp(y^2) sqrt(pi) / 2.
  }];
  let pytorch = "torch.erfinv, torch.special.erfinv";
  let tensorflow = "tf.math.erfinv";
  let numpy = "scipy.special.erfinv";
}

def LgammaOp : Gradus_UnaryOp<"lgamma", "floating", "return emitLgamma(builder, loc, x);", "d * digamma(x)"> {
  let summary = "logarithm of the absolute value of the gamma function";
  let description = [{
    inf at 0 and at the negative integers.
    ```mlir
    %y = gradus.lgamma %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d digamma(x).
  }];
  let pytorch = "torch.lgamma, torch.special.gammaln";
  let tensorflow = "tf.math.lgamma";
  let numpy = "scipy.special.gammaln";
}

def DigammaOp : Gradus_UnaryOp<"digamma", "floating", "return emitDigamma(builder, loc, x);", "d * trigamma(x)"> {
  let summary = "derivative of lgamma";
  let description = [{
    -inf at 0, NaN at the negative integers.
    ```mlir
    %y = gradus.digamma %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d trigamma(x).
  }];
  let pytorch = "torch.digamma, torch.special.psi";
  let tensorflow = "tf.math.digamma";
  let numpy = "scipy.special.digamma";
}

def TrigammaOp : Gradus_UnaryOp<"trigamma", "floating", "return emitTrigamma(builder, loc, x);", "d * tetragamma(x)"> {
  let summary = "derivative of digamma";
  let description = [{
    inf at 0 and at the negative integers.
    ```mlir
    %y = gradus.trigamma %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d tetragamma(x).
  }];
}

def TetragammaOp : Gradus_PureOp<"tetragamma", [DeclareOpInterfaceMethods<ElementwiseOpInterface>, Gradus_HasElement,
    DeclareOpInterfaceMethods<BroadcastingOpInterface>]> {
  let summary = "derivative of trigamma";
  let description = [{
    Also called polygamma of order 2: what the second derivative of digamma needs. -inf at 0, NaN at the negative
    integers.
    ```mlir
    %y = gradus.tetragamma %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none; to differentiate it is an error (it is the end of the chain lgamma, digamma, trigamma).
  }];
  let arguments = (ins Gradus_Tensor:$x);
}

def LogAddExpOp : Gradus_BinaryOp<"log_add_exp", "floating", "return emitLogAddExp(builder, loc, a, b);",
    ["d * sigmoid(distance(a, b))", "d * sigmoid(distance(b, a))"]> {
  let summary = "log(exp(a) + exp(b))";
  let description = [{
    Without overflow.
    ```mlir
    %y = gradus.log_add_exp %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d sigmoid(a - b), d sigmoid(b - a); equal operands get half each, infinite ones too.
  }];
  let pytorch = "torch.logaddexp";
  let tensorflow = "tf.experimental.numpy.logaddexp";
  let numpy = "numpy.logaddexp";
}

def LogAddExp2Op : Gradus_BinaryFormulaOp<"log_add_exp2", "return logAddExp2(a, b);",
    ["d * sigmoid(distance(a, b) * M_LN2)", "d * sigmoid(distance(b, a) * M_LN2)"]> {
  let summary = "log2(2^a + 2^b)";
  let description = [{
    Without overflow.
    ```mlir
    %y = gradus.log_add_exp2 %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d sigmoid((a - b) log 2), d sigmoid((b - a) log 2).
  }];
  let pytorch = "torch.logaddexp2";
  let tensorflow = "tf.experimental.numpy.logaddexp2";
  let numpy = "numpy.logaddexp2";
}

def XlogyOp : Gradus_BinaryFormulaOp<"xlogy", "return select(equal(a, 0) & equal(b, b), 0, a * log(b));",
    ["where(both(eq(a, 0), le(b, 0)), zerosLike(d), xlogy(d, b))", "d * a / b"]> {
  let summary = "a log(b)";
  let description = [{
    0 where a is 0, whatever b is, except for NaN.
    ```mlir
    %y = gradus.xlogy %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d log(b), and 0 where a is 0 and b <= 0; d a / b; as PyTorch has it.
  }];
  let pytorch = "torch.xlogy, torch.special.xlogy";
  let tensorflow = "tf.math.xlogy";
  let numpy = "scipy.special.xlogy";
}

//===--- remainders and signs -------------------------------------------------------------------------------------===//

def FmodOp : Gradus_BinaryOp<"fmod", "number", "return emitAnyFmod(builder, loc, a, b);",
    ["d", "-d * round((a - y) / b)"]> {
  let summary = "a - n b, n being a / b rounded toward zero: C's fmod";
  let description = [{
    Exact; has the sign of a. NaN where b is 0 or a is infinite; an integer has the remainder 0 by 0.
    ```mlir
    %y = gradus.fmod %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d, -d n.
  }];
  let pytorch = "torch.fmod";
  let tensorflow = "tf.math.truncatemod";
  let numpy = "numpy.fmod";
  let onnx = "Mod";
}

def RemainderOp : Gradus_BinaryOp<"remainder", "number", "return emitAnyRemainder(builder, loc, a, b);",
    ["d", "-d * round((a - y) / b)"]> {
  let summary = "a - n b, n being a / b rounded down: Python's %";
  let description = [{
    Exact; has the sign of b. NaN where b is 0 or a is infinite; an integer has the remainder 0 by 0.
    ```mlir
    %y = gradus.remainder %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d, -d n.
  }];
  let pytorch = "torch.remainder";
  let tensorflow = "tf.math.floormod";
  let numpy = "numpy.remainder, numpy.mod";
  let onnx = "Mod";
}

def FloorDivideOp : Gradus_BinaryOp<"floor_divide", "number", "return emitAnyFloorDivide(builder, loc, a, b);",
    ["none", "none"]> {
  let summary = "a / b rounded down: Python's //";
  let description = [{
    An integer divided by 0 gives 0, and the lowest integer divided by -1 wraps to itself.
    ```mlir
    %y = gradus.floor_divide %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows (zero wherever it exists).
  }];
  let pytorch = "torch.floor_divide";
  let tensorflow = "tf.math.floordiv";
  let numpy = "numpy.floor_divide";
}

def CopysignOp : Gradus_BinaryFormulaOp<"copysign", "return copySign(a, b);",
    ["d * (sign(a) * copysign(onesLike(b), b))", "none"]> {
  let summary = "the size of a with the sign of b";
  let description = [{
    Of zeros and NaN too.
    ```mlir
    %y = gradus.copysign %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d with the sign of a b, 0 where a is 0, as PyTorch has it; none flows to b.
  }];
  let pytorch = "torch.copysign";
  let tensorflow = "tf.experimental.numpy.copysign";
  let numpy = "numpy.copysign";
}

def LerpOp : Gradus_TernaryOp<"lerp", "floating", "return emitLerp(builder, loc, a, b, c);",
    ["d * (1 - c)", "d * c", "d * (b - a)"]> {
  let summary = "a + c (b - a)";
  let description = [{
    From the nearer end: exactly a where c is 0 and b where c is 1.
    ```mlir
    %y = gradus.lerp %a, %b, %c : (tensor<32x10xf32>, tensor<10xf32>, tensor<f32>) -> tensor<32x10xf32>
    ```
    Gradient: d (1 - c), d c, d (b - a).
  }];
  let pytorch = "torch.lerp";
}

//===--- kinds of floating-point numbers --------------------------------------------------------------------------===//

def IsNanOp : Gradus_TestOp<"is_nan", "return !equal(x, x);"> {
  let summary = "whether x is NaN";
  let description = [{
    ```mlir
    %y = gradus.is_nan %x : (tensor<32x10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.isnan";
  let tensorflow = "tf.math.is_nan";
  let numpy = "numpy.isnan";
  let onnx = "IsNaN";
}

def IsInfOp : Gradus_TestOp<"is_inf", "return equal(abs(x), INFINITY);"> {
  let summary = "whether x is infinite";
  let description = [{
    ```mlir
    %y = gradus.is_inf %x : (tensor<32x10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.isinf";
  let tensorflow = "tf.math.is_inf";
  let numpy = "numpy.isinf";
  let onnx = "IsInf";
}

def IsFiniteOp : Gradus_TestOp<"is_finite", "return less(abs(x), INFINITY);"> {
  let summary = "whether x is neither infinite nor NaN";
  let description = [{
    ```mlir
    %y = gradus.is_finite %x : (tensor<32x10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.isfinite";
  let tensorflow = "tf.math.is_finite";
  let numpy = "numpy.isfinite";
}

#endif
