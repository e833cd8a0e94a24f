// Elementwise ops. A new one is a record: names, prose, elements, body, gradients.
//
// All share three constraints, checked in Rule::elementwise:
//   elementwise.1  the operands have one element type
//   elementwise.2  that type is among those of the op
//   elementwise.3  the shapes broadcast
#ifndef GRADUS_ELEMENTWISE
#define GRADUS_ELEMENTWISE
include "dialects/gradus/Gradus.td"

/// `body` computes one element from `x` (or `a`, `b`), which are scalars or vectors; `builder` and `loc` are at hand.
/// `gradients` has a formula per operand in x (or a, b), the result y and the cotangent d; "none" where none flows.
class Gradus_ElementwiseOp<string mnemonic, string elements, bit toBoolean, dag arguments_, string names, string roles,
                           string body, list<string> gradients, list<Trait> traits = []>
    : Gradus_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<ElementwiseOpInterface>,
        DeclareOpInterfaceMethods<ElementOpInterface>, DeclareOpInterfaceMethods<BroadcastingOpInterface>,
        DeclareOpInterfaceMethods<GradientOpInterface>]> {
  let arguments = arguments_;
  let extraClassDefinition = [{
    LogicalResult $cppClass::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
      return Rule(location, getOperationName(), adaptor.getOperands(), }] # roles # [{)
          .elementwise(Elements::}] # elements # ", " # !if(toBoolean, "true", "false") # [{, types);
    }
    Value $cppClass::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
      return emitElementwise(ctx, *this, at);
    }
    Value $cppClass::resolveBroadcasts(OpBuilder &builder) { return broadcastOperands(builder, *this); }
    Value $cppClass::emitBody(OpBuilder &builder, Location loc, ValueRange operands) {
      }] # !subst("VALUE", "Value", names) # body # [{
    }
    SmallVector<Value> $cppClass::gradient(OpBuilder &builder, ValueRange dResults) {
      [[maybe_unused]] auto operands = exprs(builder, getLoc(), getOperation()->getOperands());
      [[maybe_unused]] Expr y(builder, getLoc(), getResult()), d(builder, getLoc(), dResults[0]), none;
      }] # !subst("VALUE", "Expr", names) # "return {" # !interleave(gradients, ", ") # [{};
    }
  }];
}

class Gradus_UnaryOp<string mnemonic, string elements, string body, string gradient = "none", bit toBoolean = 0>
    : Gradus_ElementwiseOp<mnemonic, elements, toBoolean, (ins Gradus_Tensor:$x),
        "[[maybe_unused]] VALUE x = operands[0];", "{}", body, [gradient]>;

class Gradus_BinaryOp<string mnemonic, string elements, string body, list<string> gradients = ["none", "none"],
                      bit toBoolean = 0, list<Trait> traits = []>
    : Gradus_ElementwiseOp<mnemonic, elements, toBoolean, (ins Gradus_Tensor:$a, Gradus_Tensor:$b),
        "[[maybe_unused]] VALUE a = operands[0], b = operands[1];", "{\"left operand\", \"right operand\"}", body,
        gradients, traits>;

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
}

def SignOp : Gradus_UnaryOp<"sign", "number", "return emitSign(builder, loc, x);"> {
  let summary = "-1, 0 or 1";
  let description = [{
    NaN stays NaN.
    ```mlir
    %y = gradus.sign %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: none flows (zero wherever it exists).
  }];
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
}

def MaximumOp : Gradus_BinaryOp<"maximum", "number", "return emitMaximum(builder, loc, a, b);",
    ["share(d, gt(a, b), eq(a, b))", "share(d, gt(b, a), eq(a, b))"], 0, [Commutative]> {
  let summary = "the larger of a and b";
  let description = [{
    NaN if either is NaN. The sign of a zero result is not specified.
    ```mlir
    %y = gradus.maximum %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d to the larger one; equal operands get half of it each, as PyTorch and JAX have it.
  }];
}

def MinimumOp : Gradus_BinaryOp<"minimum", "number", "return emitMinimum(builder, loc, a, b);",
    ["share(d, lt(a, b), eq(a, b))", "share(d, lt(b, a), eq(a, b))"], 0, [Commutative]> {
  let summary = "the smaller of a and b";
  let description = [{
    NaN if either is NaN. The sign of a zero result is not specified.
    ```mlir
    %y = gradus.minimum %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d to the smaller one; equal operands get half of it each, as PyTorch and JAX have it.
  }];
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
}

def Expm1Op : Gradus_UnaryOp<"expm1", "floating", "return builder.create<math::ExpM1Op>(loc, x);", "d * (y + 1)"> {
  let summary = "exp(x) - 1, exact for small x";
  let description = [{
    ```mlir
    %y = gradus.expm1 %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (y + 1).
  }];
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
}

def Log1pOp : Gradus_UnaryOp<"log1p", "floating", "return builder.create<math::Log1pOp>(loc, x);", "d / (x + 1)"> {
  let summary = "log(1 + x), exact for small x";
  let description = [{
    ```mlir
    %y = gradus.log1p %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d / (1 + x).
  }];
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
}

def TanhOp : Gradus_UnaryOp<"tanh", "floating", "return builder.create<math::TanhOp>(loc, x);", "d * (1 - y * y)"> {
  let summary = "hyperbolic tangent";
  let description = [{
    ```mlir
    %y = gradus.tanh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d (1 - y^2).
  }];
}

def SigmoidOp : Gradus_UnaryOp<"sigmoid", "floating", "return emitSigmoid(builder, loc, x);", "d * (y * (1 - y))"> {
  let summary = "1 / (1 + exp(-x))";
  let description = [{
    ```mlir
    %y = gradus.sigmoid %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d y (1 - y).
  }];
}

def ReluOp : Gradus_UnaryOp<"relu", "number", "return emitRelu(builder, loc, x);",
                            "where(gt(x, 0), d, zerosLike(d))"> {
  let summary = "x where x > 0, else 0";
  let description = [{
    NaN stays NaN.
    ```mlir
    %y = gradus.relu %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d where x > 0, so 0 at 0, as PyTorch and JAX have it.
  }];
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
}

def AndOp : Gradus_BinaryOp<"and", "boolean", "return builder.create<arith::AndIOp>(loc, a, b);", ["none", "none"], 1,
                            [Commutative]> {
  let summary = "both";
  let description = [{
    ```mlir
    %y = gradus.and %a, %b : (tensor<32x10xi1>, tensor<10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
}

def OrOp : Gradus_BinaryOp<"or", "boolean", "return builder.create<arith::OrIOp>(loc, a, b);", ["none", "none"], 1,
                           [Commutative]> {
  let summary = "at least one";
  let description = [{
    ```mlir
    %y = gradus.or %a, %b : (tensor<32x10xi1>, tensor<10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
}

def XorOp : Gradus_BinaryOp<"xor", "boolean", "return builder.create<arith::XOrIOp>(loc, a, b);", ["none", "none"], 1,
                            [Commutative]> {
  let summary = "exactly one";
  let description = [{
    ```mlir
    %y = gradus.xor %a, %b : (tensor<32x10xi1>, tensor<10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
}

def NotOp : Gradus_UnaryOp<"not", "boolean", "return emitNot(builder, loc, x);", "none", 1> {
  let summary = "the opposite";
  let description = [{
    ```mlir
    %y = gradus.not %x : (tensor<32x10xi1>) -> tensor<32x10xi1>
    ```
    Gradient: none, the result is boolean.
  }];
}

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
  let arguments = (ins Gradus_Tensor:$x, TypeAttr:$to);
  let assemblyFormat = "$x `to` $to attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
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
