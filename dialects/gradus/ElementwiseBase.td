// The classes of elementwise ops. A new op is a record: names, prose, elements, body, gradients.
//
// All share three constraints, checked in Rule::elementwise:
//   elementwise.1  the operands have one element type
//   elementwise.2  that type is among those of the op
//   elementwise.3  the shapes broadcast
#ifndef GRADUS_ELEMENTWISE_BASE
#define GRADUS_ELEMENTWISE_BASE
include "dialects/gradus/Gradus.td"

/// `body` computes one element from `x` (or `a`, `b`, `c`), which are scalars or vectors; `builder` and `loc` are at
/// hand. `gradients` has a formula per operand in x (or a, b, c), the result y and the cotangent d; "none" where none
/// flows. `numbers` are attributes of type f64, under whose names both read them as `double`; `check` may refuse them
/// by `return rule.fail(...)`.
class Gradus_ElementwiseOp<string mnemonic, string elements, bit toBoolean, dag arguments_, string names, string roles,
                           string body, list<string> gradients, list<Trait> traits = [], list<string> numbers = [],
                           string check = "">
    : Gradus_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<ElementwiseOpInterface>,
        DeclareOpInterfaceMethods<ElementOpInterface>, DeclareOpInterfaceMethods<BroadcastingOpInterface>,
        DeclareOpInterfaceMethods<GradientOpInterface>]> {
  let arguments = !con(arguments_, !dag(ins, !foreach(name, numbers, F64Attr), numbers));
  defvar locals = !interleave(!foreach(name, numbers,
      "[[maybe_unused]] double " # name # " = numberOf(getOperation(), \"" # name # "\");\n      "), "");
  let extraClassDefinition = [{
    LogicalResult $cppClass::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
      Rule rule(location, getOperationName(), adaptor.getOperands(), }] # roles # [{);}] # check # [{
      return rule.elementwise(Elements::}] # elements # ", " # !if(toBoolean, "true", "false") # [{, types);
    }
    Value $cppClass::emitElement(ElementContext &ctx, OpResult, ArrayRef<Index> at) {
      return emitElementwise(ctx, *this, at);
    }
    Value $cppClass::resolveBroadcasts(OpBuilder &builder) { return broadcastOperands(builder, *this); }
    Value $cppClass::emitBody(OpBuilder &builder, Location loc, ValueRange operands) {
      }] # locals # !subst("VALUE", "Value", names) # body # [{
    }
    SmallVector<Value> $cppClass::gradient(OpBuilder &builder, ValueRange dResults) {
      }] # locals # [{
      [[maybe_unused]] auto operands = exprs(builder, getLoc(), getOperation()->getOperands());
      [[maybe_unused]] Expr y(builder, getLoc(), getResult()), d(builder, getLoc(), dResults[0]), none;
      }] # !subst("VALUE", "Expr", names) # "return {" # !interleave(gradients, ", ") # [{};
    }
  }];
}

class Gradus_UnaryOp<string mnemonic, string elements, string body, string gradient = "none", bit toBoolean = 0,
                     list<string> numbers = [], string check = "">
    : Gradus_ElementwiseOp<mnemonic, elements, toBoolean, (ins Gradus_Tensor:$x),
        "[[maybe_unused]] VALUE x = operands[0];", "{}", body, [gradient], [], numbers, check>;

class Gradus_BinaryOp<string mnemonic, string elements, string body, list<string> gradients = ["none", "none"],
                      bit toBoolean = 0, list<Trait> traits = []>
    : Gradus_ElementwiseOp<mnemonic, elements, toBoolean, (ins Gradus_Tensor:$a, Gradus_Tensor:$b),
        "[[maybe_unused]] VALUE a = operands[0], b = operands[1];", "{\"left operand\", \"right operand\"}", body,
        gradients, traits>;

class Gradus_TernaryOp<string mnemonic, string elements, string body, list<string> gradients>
    : Gradus_ElementwiseOp<mnemonic, elements, 0, (ins Gradus_Tensor:$a, Gradus_Tensor:$b, Gradus_Tensor:$c),
        "[[maybe_unused]] VALUE a = operands[0], b = operands[1], c = operands[2];",
        "{\"first operand\", \"second operand\", \"third operand\"}", body, gradients>;

/// f32 and f64, the body being a formula of Formula.h.
class Gradus_FormulaOp<string mnemonic, string formula, string gradient = "none", list<string> numbers = [],
                       string check = "">
    : Gradus_UnaryOp<mnemonic, "floating",
        "return emitFormula(builder, loc, x, [&](formula::Num x) -> formula::Num { " # formula # " });", gradient, 0,
        numbers, check>;

class Gradus_BinaryFormulaOp<string mnemonic, string formula, list<string> gradients>
    : Gradus_BinaryOp<mnemonic, "floating",
        "return emitFormula(builder, loc, a, b, [&](formula::Num a, formula::Num b) -> formula::Num { " # formula #
        " });", gradients>;

/// A formula that is true or false.
class Gradus_TestOp<string mnemonic, string formula>
    : Gradus_UnaryOp<mnemonic, "floating",
        "return emitFormula(builder, loc, x, [&](formula::Num x) -> formula::Truth { " # formula # " });", "none", 1>;

#endif
