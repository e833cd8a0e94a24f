// Elementwise ops: arithmetic, comparisons, logic and bits, choice and conversion. See also ElementwiseFunctions.td and
// Activations.td.
#ifndef GRADUS_ELEMENTWISE
#define GRADUS_ELEMENTWISE
include "dialects/gradus/ElementwiseBase.td"
include "dialects/gradus/ElementwiseFunctions.td"
include "dialects/gradus/Activations.td"

//===--- arithmetic ---------------------------------------------------------------------------------------------===//

def AddOp : Gradus_BinaryOp<"add", "number", "return emitAdd(builder, loc, a, b);", ["d", "d"], 0, [Commutative]> {
  let summary = "a + b";
  let description = [{
    Integers wrap around. Shapes broadcast (elementwise.3).
    ```mlir
    %y = gradus.add %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d, d.
  }];
  let pytorch = "torch.add";
  let tensorflow = "tf.math.add";
  let numpy = "numpy.add";
  let onnx = "Add";
  let hasFolder = 1;
}

def SubOp : Gradus_BinaryOp<"sub", "number", "return emitSub(builder, loc, a, b);", ["d", "-d"]> {
  let summary = "a - b";
  let description = [{
    Integers wrap around. Shapes broadcast.
    ```mlir
    %y = gradus.sub %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d, -d.
  }];
  let pytorch = "torch.sub, torch.subtract";
  let tensorflow = "tf.math.subtract";
  let numpy = "numpy.subtract";
  let onnx = "Sub";
  let hasFolder = 1;
}

def MulOp : Gradus_BinaryOp<"mul", "number", "return emitMul(builder, loc, a, b);", ["d * b", "d * a"], 0,
                            [Commutative]> {
  let summary = "a * b, element by element";
  let description = [{
    Integers wrap around. Shapes broadcast.
    ```mlir
    %y = gradus.mul %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d b, d a.
  }];
  let pytorch = "torch.mul, torch.multiply";
  let tensorflow = "tf.math.multiply";
  let numpy = "numpy.multiply";
  let onnx = "Mul";
  let hasFolder = 1;
}

def DivOp : Gradus_BinaryOp<"div", "number", "return emitDiv(builder, loc, a, b);", ["d / b", "-d * y / b"]> {
  let summary = "a / b";
  let description = [{
    Integers round toward zero; an integer divided by 0 gives 0, and the lowest integer divided by -1 wraps to itself.
    ```mlir
    %y = gradus.div %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / b, -d y / b.
  }];
  let pytorch = "torch.div, torch.divide, torch.true_divide";
  let tensorflow = "tf.math.divide, tf.math.truediv";
  let numpy = "numpy.divide, numpy.true_divide";
  let onnx = "Div";
  let hasFolder = 1;
}

def NegOp : Gradus_UnaryOp<"neg", "number", "return emitNeg(builder, loc, x);", "-d"> {
  let summary = "-x";
  let description = [{
    ```mlir
    %y = gradus.neg %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: -d.
  }];
  let pytorch = "torch.neg, torch.negative";
  let tensorflow = "tf.math.negative";
  let numpy = "numpy.negative";
  let onnx = "Neg";
  let hasFolder = 1;
}

def AbsOp : Gradus_UnaryOp<"abs", "number", "return emitAbs(builder, loc, x);", "d * sign(x)"> {
  let summary = "|x|";
  let description = [{
    The lowest integer is its own absolute value.
    ```mlir
    %y = gradus.abs %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d sign(x), so 0 at 0, as PyTorch and JAX have it.
  }];
  let pytorch = "torch.abs, torch.absolute";
  let tensorflow = "tf.math.abs";
  let numpy = "numpy.abs, numpy.absolute";
  let onnx = "Abs";
}

def SignOp : Gradus_UnaryOp<"sign", "number", "return emitSign(builder, loc, x);"> {
  let summary = "-1, 0 or 1";
  let description = [{
    0 for NaN, as PyTorch has it.
    ```mlir
    %y = gradus.sign %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows (zero wherever it exists).
  }];
  let pytorch = "torch.sign, torch.sgn";
  let tensorflow = "tf.math.sign";
  let numpy = "numpy.sign";
  let onnx = "Sign";
}

def PowOp : Gradus_BinaryOp<"pow", "floating", "return builder.create<math::PowFOp>(loc, a, b);",
    ["where(eq(b, 0), zerosLike(d), d * b * pow(a, b - 1))",
     "where(both(eq(a, 0), ge(b, 0)), zerosLike(d), d * y * log(where(eq(a, 0), onesLike(a), a)))"]> {
  let summary = "a to the power b";
  let description = [{
    As C's `pow`: NaN for a negative base and a broken exponent.
    ```mlir
    %y = gradus.pow %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d b a^(b-1), and 0 where b is 0; d y log(a), and 0 where a is 0 and b >= 0; as PyTorch has it.
  }];
  let pytorch = "torch.pow";
  let tensorflow = "tf.math.pow";
  let numpy = "numpy.power";
  let onnx = "Pow";
}

def MaximumOp : Gradus_BinaryOp<"maximum", "any", "return emitMaximum(builder, loc, a, b);",
    ["share(d, lt(a, b), eq(a, b))", "share(d, gt(a, b), eq(a, b))"], 0, [Commutative]> {
  let summary = "the larger of a and b";
  let description = [{
    NaN if either is NaN. The sign of a zero result is not specified. Of booleans: their "or".
    ```mlir
    %y = gradus.maximum %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d to the larger one; equal operands get half of it each, as PyTorch and JAX have it; both get it where
    one is NaN, as PyTorch has it.
  }];
  let pytorch = "torch.maximum";
  let tensorflow = "tf.math.maximum";
  let numpy = "numpy.maximum";
  let onnx = "Max";
}

def MinimumOp : Gradus_BinaryOp<"minimum", "any", "return emitMinimum(builder, loc, a, b);",
    ["share(d, gt(a, b), eq(a, b))", "share(d, lt(a, b), eq(a, b))"], 0, [Commutative]> {
  let summary = "the smaller of a and b";
  let description = [{
    NaN if either is NaN. The sign of a zero result is not specified. Of booleans: their "and".
    ```mlir
    %y = gradus.minimum %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d to the smaller one; equal operands get half of it each, as PyTorch and JAX have it; both get it where
    one is NaN, as PyTorch has it.
  }];
  let pytorch = "torch.minimum";
  let tensorflow = "tf.math.minimum";
  let numpy = "numpy.minimum";
  let onnx = "Min";
}

//===--- functions ----------------------------------------------------------------------------------------------===//

def ExpOp : Gradus_UnaryOp<"exp", "floating", "return builder.create<math::ExpOp>(loc, x);", "d * y"> {
  let summary = "e to the power x";
  let description = [{
    ```mlir
    %y = gradus.exp %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d y.
  }];
  let pytorch = "torch.exp";
  let tensorflow = "tf.math.exp";
  let numpy = "numpy.exp";
  let onnx = "Exp";
}

def Expm1Op : Gradus_UnaryOp<"expm1", "floating", "return builder.create<math::ExpM1Op>(loc, x);", "d * (y + 1)"> {
  let summary = "exp(x) - 1, exact for small x";
  let description = [{
    ```mlir
    %y = gradus.expm1 %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (y + 1).
  }];
  let pytorch = "torch.expm1";
  let tensorflow = "tf.math.expm1";
  let numpy = "numpy.expm1";
}

def LogOp : Gradus_UnaryOp<"log", "floating", "return builder.create<math::LogOp>(loc, x);", "d / x"> {
  let summary = "natural logarithm";
  let description = [{
    NaN below 0, -inf at 0.
    ```mlir
    %y = gradus.log %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / x.
  }];
  let pytorch = "torch.log";
  let tensorflow = "tf.math.log";
  let numpy = "numpy.log";
  let onnx = "Log";
}

def Log1pOp : Gradus_UnaryOp<"log1p", "floating", "return builder.create<math::Log1pOp>(loc, x);", "d / (x + 1)"> {
  let summary = "log(1 + x), exact for small x";
  let description = [{
    ```mlir
    %y = gradus.log1p %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (1 + x).
  }];
  let pytorch = "torch.log1p";
  let tensorflow = "tf.math.log1p";
  let numpy = "numpy.log1p";
}

def SqrtOp : Gradus_UnaryOp<"sqrt", "floating", "return builder.create<math::SqrtOp>(loc, x);", "d / (y * 2)"> {
  let summary = "square root";
  let description = [{
    NaN below 0.
    ```mlir
    %y = gradus.sqrt %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (2 y).
  }];
  let pytorch = "torch.sqrt";
  let tensorflow = "tf.math.sqrt";
  let numpy = "numpy.sqrt";
  let onnx = "Sqrt";
}

def RsqrtOp : Gradus_UnaryOp<"rsqrt", "floating", "return builder.create<math::RsqrtOp>(loc, x);",
                             "d * y * y * y * -0.5"> {
  let summary = "1 / sqrt(x)";
  let description = [{
    ```mlir
    %y = gradus.rsqrt %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: -d y^3 / 2.
  }];
  let pytorch = "torch.rsqrt";
  let tensorflow = "tf.math.rsqrt";
}

def TanhOp : Gradus_UnaryOp<"tanh", "floating", "return builder.create<math::TanhOp>(loc, x);", "d * (1 - y * y)"> {
  let summary = "hyperbolic tangent";
  let description = [{
    ```mlir
    %y = gradus.tanh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (1 - y^2).
  }];
  let pytorch = "torch.tanh";
  let tensorflow = "tf.math.tanh";
  let numpy = "numpy.tanh";
  let onnx = "Tanh";
}

def SigmoidOp : Gradus_UnaryOp<"sigmoid", "floating", "return emitSigmoid(builder, loc, x);", "d * (y * (1 - y))"> {
  let summary = "1 / (1 + exp(-x))";
  let description = [{
    ```mlir
    %y = gradus.sigmoid %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d y (1 - y).
  }];
  let pytorch = "torch.sigmoid, torch.special.expit";
  let tensorflow = "tf.math.sigmoid";
  let numpy = "scipy.special.expit";
  let onnx = "Sigmoid";
}

def ReluOp : Gradus_UnaryOp<"relu", "number", "return emitRelu(builder, loc, x);",
                            "where(le(x, 0), zerosLike(d), d)"> {
  let summary = "x where x > 0, else 0";
  let description = [{
    NaN stays NaN.
    ```mlir
    %y = gradus.relu %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: 0 where x <= 0, so 0 at 0, else d; as PyTorch and JAX have it.
  }];
  let pytorch = "torch.relu, torch.nn.functional.relu, torch.nn.ReLU";
  let tensorflow = "tf.nn.relu";
  let onnx = "Relu";
}

//===--- comparisons and logic ----------------------------------------------------------------------------------===//

class Gradus_CompareOp<string mnemonic, string elements, string float, string signed, string unsigned>
    : Gradus_BinaryOp<mnemonic, elements, "return emitCompare(builder, loc, arith::CmpFPredicate::" # float #
        ", arith::CmpIPredicate::" # signed # ", arith::CmpIPredicate::" # unsigned # ", a, b);",
        ["none", "none"], 1>;

def EqOp : Gradus_CompareOp<"eq", "any", "OEQ", "eq", "eq"> {
  let summary = "a == b, as a boolean";
  let description = [{
    False if either is NaN.
    ```mlir
    %y = gradus.eq %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.eq";
  let tensorflow = "tf.math.equal";
  let numpy = "numpy.equal";
  let onnx = "Equal";
}

def NeOp : Gradus_CompareOp<"ne", "any", "UNE", "ne", "ne"> {
  let summary = "a != b, as a boolean";
  let description = [{
    True if either is NaN.
    ```mlir
    %y = gradus.ne %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.ne, torch.not_equal";
  let tensorflow = "tf.math.not_equal";
  let numpy = "numpy.not_equal";
}

def LtOp : Gradus_CompareOp<"lt", "any", "OLT", "slt", "ult"> {
  let summary = "a < b, as a boolean";
  let description = [{
    False if either is NaN.
    ```mlir
    %y = gradus.lt %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.lt, torch.less";
  let tensorflow = "tf.math.less";
  let numpy = "numpy.less";
  let onnx = "Less";
}

def LeOp : Gradus_CompareOp<"le", "any", "OLE", "sle", "ule"> {
  let summary = "a <= b, as a boolean";
  let description = [{
    False if either is NaN.
    ```mlir
    %y = gradus.le %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.le, torch.less_equal";
  let tensorflow = "tf.math.less_equal";
  let numpy = "numpy.less_equal";
  let onnx = "LessOrEqual";
}

def GtOp : Gradus_CompareOp<"gt", "any", "OGT", "sgt", "ugt"> {
  let summary = "a > b, as a boolean";
  let description = [{
    False if either is NaN.
    ```mlir
    %y = gradus.gt %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.gt, torch.greater";
  let tensorflow = "tf.math.greater";
  let numpy = "numpy.greater";
  let onnx = "Greater";
}

def GeOp : Gradus_CompareOp<"ge", "any", "OGE", "sge", "uge"> {
  let summary = "a >= b, as a boolean";
  let description = [{
    False if either is NaN.
    ```mlir
    %y = gradus.ge %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
  let pytorch = "torch.ge, torch.greater_equal";
  let tensorflow = "tf.math.greater_equal";
  let numpy = "numpy.greater_equal";
  let onnx = "GreaterOrEqual";
}

def AndOp : Gradus_BinaryOp<"and", "bits", "return builder.create<arith::AndIOp>(loc, a, b);", ["none", "none"], 0,
                         [Commutative]> {
  let summary = "both";
  let description = [{
    Of integers: every bit that is set in both.
    ```mlir
    %y = gradus.and %a, %b : (tensor<32x10xi1>, tensor<10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, booleans and integers have none.
  }];
  let pytorch = "torch.logical_and, torch.bitwise_and";
  let tensorflow = "tf.math.logical_and, tf.bitwise.bitwise_and";
  let numpy = "numpy.logical_and, numpy.bitwise_and";
  let onnx = "And, BitwiseAnd";
}

def OrOp : Gradus_BinaryOp<"or", "bits", "return builder.create<arith::OrIOp>(loc, a, b);", ["none", "none"], 0,
                        [Commutative]> {
  let summary = "at least one";
  let description = [{
    Of integers: every bit that is set in at least one.
    ```mlir
    %y = gradus.or %a, %b : (tensor<32x10xi1>, tensor<10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, booleans and integers have none.
  }];
  let pytorch = "torch.logical_or, torch.bitwise_or";
  let tensorflow = "tf.math.logical_or, tf.bitwise.bitwise_or";
  let numpy = "numpy.logical_or, numpy.bitwise_or";
  let onnx = "Or, BitwiseOr";
}

def XorOp : Gradus_BinaryOp<"xor", "bits", "return builder.create<arith::XOrIOp>(loc, a, b);", ["none", "none"], 0,
                         [Commutative]> {
  let summary = "exactly one";
  let description = [{
    Of integers: every bit that is set in exactly one.
    ```mlir
    %y = gradus.xor %a, %b : (tensor<32x10xi1>, tensor<10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, booleans and integers have none.
  }];
  let pytorch = "torch.logical_xor, torch.bitwise_xor";
  let tensorflow = "tf.math.logical_xor, tf.bitwise.bitwise_xor";
  let numpy = "numpy.logical_xor, numpy.bitwise_xor";
  let onnx = "Xor, BitwiseXor";
}

def NotOp : Gradus_UnaryOp<"not", "bits", "return emitNot(builder, loc, x);"> {
  let summary = "the opposite";
  let description = [{
    Of integers: every bit flipped.
    ```mlir
    %y = gradus.not %x : (tensor<32x10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, booleans and integers have none.
  }];
  let pytorch = "torch.logical_not, torch.bitwise_not";
  let tensorflow = "tf.math.logical_not, tf.bitwise.invert";
  let numpy = "numpy.logical_not, numpy.invert";
  let onnx = "Not, BitwiseNot";
}

def ShiftLeftOp : Gradus_BinaryOp<"shift_left", "integral", "return emitShiftLeft(builder, loc, a, b);"> {
  let summary = "the bits of a moved up by b places";
  let description = [{
    0 where b is negative or at least the width of the type.
    ```mlir
    %y = gradus.shift_left %a, %b : (tensor<32x10xi32>, tensor<10xi32>) -> tensor<32x10xi32>
    ```
    Gradient: none, integers have none.
  }];
  let pytorch = "torch.bitwise_left_shift";
  let tensorflow = "tf.bitwise.left_shift";
  let numpy = "numpy.left_shift";
  let onnx = "BitShift";
}

def ShiftRightOp : Gradus_BinaryOp<"shift_right", "integral", "return emitShiftRight(builder, loc, a, b);"> {
  let summary = "the bits of a moved down by b places";
  let description = [{
    The sign fills up (u8: zeros). Where b is negative or at least the width of the type, all bits are the sign: -1
    or 0.
    ```mlir
    %y = gradus.shift_right %a, %b : (tensor<32x10xi32>, tensor<10xi32>) -> tensor<32x10xi32>
    ```
    Gradient: none, integers have none.
  }];
  let pytorch = "torch.bitwise_right_shift";
  let tensorflow = "tf.bitwise.right_shift";
  let numpy = "numpy.right_shift";
  let onnx = "BitShift";
}

//===--- choice and conversion ------------------------------------------------------------------------------------===//

def WhereOp : Gradus_PureOp<"where", [DeclareOpInterfaceMethods<ElementwiseOpInterface>, Gradus_HasElement,
    DeclareOpInterfaceMethods<BroadcastingOpInterface>, Gradus_HasGradient]> {
  let summary = "a where the condition holds, else b";
  let description = [{
    - where.1: the condition is boolean
    - where.2: a and b have one element type
    - where.3: the three shapes broadcast
    ```mlir
    %y = gradus.where %c, %a, %b : (tensor<32x10xi1>, tensor<32x10xf32>, tensor<f32>) -> tensor<32x10xf32>
    ```
    Gradient: none for the condition; where(c, d, 0); where(c, 0, d).
  }];
  let pytorch = "torch.where";
  let tensorflow = "tf.where";
  let numpy = "numpy.where";
  let onnx = "Where";
  let arguments = (ins Gradus_Tensor:$condition, Gradus_Tensor:$a, Gradus_Tensor:$b);
}

def CastOp : Gradus_PureOp<"cast", [DeclareOpInterfaceMethods<ElementwiseOpInterface>, Gradus_HasElement,
                                    Gradus_HasGradient]> {
  let summary = "converts the element type";
  let description = [{
    To a boolean: x != 0. From a boolean: 0 or 1. Floating point to integer rounds toward zero and saturates; NaN gives
    0. To a narrower integer: wraps around. `i8` is unsigned.
    - cast.1: the target is an element type of the dialect
    ```mlir
    %y = gradus.cast %x to f64 : (tensor<32x10xf32>) -> tensor<32x10xf64>
    ```
    Gradient: d converted back between floating-point types; none where either type is not floating point.
  }];
  let pytorch = "torch.Tensor.to";
  let tensorflow = "tf.cast";
  let numpy = "numpy.ndarray.astype";
  let onnx = "Cast";
  let arguments = (ins Gradus_Tensor:$x, TypeAttr:$to);
  let assemblyFormat = "$x `to` $to attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def BitcastOp : Gradus_PureOp<"bitcast", [DeclareOpInterfaceMethods<ElementwiseOpInterface>, Gradus_HasElement,
                                          Gradus_HasGradient]> {
  let summary = "the same bits as another element type";
  let description = [{
    - bitcast.1: f32 and i32, or f64 and i64, or equal types
    ```mlir
    %y = gradus.bitcast %x to i32 : (tensor<32x10xf32>) -> tensor<32x10xi32>
    ```
    Gradient: none, the bits of a number are no smooth function of it.
  }];
  let pytorch = "torch.Tensor.view";
  let tensorflow = "tf.bitcast";
  let numpy = "numpy.ndarray.view";
  let arguments = (ins Gradus_Tensor:$x, TypeAttr:$to);
  let assemblyFormat = "$x `to` $to attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

//===--- functions of other ops -----------------------------------------------------------------------------------===//

def Gradus_Fn_relu6 : Gradus_Function<"relu6", "hardtanh from 0 to 6"> {
  let pytorch = "torch.nn.functional.relu6, torch.nn.ReLU6";
  let tensorflow = "tf.nn.relu6";
}

def Gradus_Fn_polygamma : Gradus_Function<"polygamma", "derivatives of digamma: orders 0 to 2"> {
  let pytorch = "torch.polygamma, torch.special.polygamma";
  let tensorflow = "tf.math.polygamma";
  let numpy = "scipy.special.polygamma";
}

def Gradus_Fn_glu : Gradus_Function<"glu", "one half of an axis times the sigmoid of the other"> {
  let pytorch = "torch.nn.functional.glu, torch.nn.GLU";
}

def Gradus_Fn_maskedFill : Gradus_Function<"maskedFill", "value where the mask holds, else x"> {
  let pytorch = "torch.Tensor.masked_fill";
  let numpy = "numpy.putmask";
}

def Gradus_Fn_isClose : Gradus_Function<"isClose", "|a - b| <= atol + rtol |b|"> {
  let pytorch = "torch.isclose";
  let tensorflow = "tf.experimental.numpy.isclose";
  let numpy = "numpy.isclose";
}

def Gradus_Fn_nanToNum : Gradus_Function<"nanToNum", "x with NaN and the infinities replaced by numbers"> {
  let pytorch = "torch.nan_to_num";
  let numpy = "numpy.nan_to_num";
}

def Gradus_Fn_addcmul : Gradus_Function<"addcmul", "x + value a b"> {
  let pytorch = "torch.addcmul";
}

def Gradus_Fn_addcdiv : Gradus_Function<"addcdiv", "x + value a / b"> {
  let pytorch = "torch.addcdiv";
}

def Gradus_Fn_logit : Gradus_Function<"logit", "log(x / (1 - x)), the inverse of sigmoid"> {
  let pytorch = "torch.logit, torch.special.logit";
  let numpy = "scipy.special.logit";
}

def StopGradientOp : Gradus_UnaryOp<"stop_gradient", "any", "return x;"> {
  let summary = "x, through which no gradient flows";
  let description = [{
    ```mlir
    %y = gradus.stop_gradient %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows, that is what it is for.
  }];
  let pytorch = "torch.Tensor.detach";
  let tensorflow = "tf.stop_gradient";
}

#endif
