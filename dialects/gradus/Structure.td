// What a program is made of: data that comes in, variables, results, symbolic gradients.
#ifndef GRADUS_STRUCTURE
#define GRADUS_STRUCTURE
include "dialects/gradus/Gradus.td"

// No trait says that these have no effects: an input stays in the signature even when nothing reads it.

def InputOp : Gradus_Op<"input", [DeclareOpInterfaceMethods<BatchOpInterface>]> {
  let summary = "data that is fed at every step";
  let description = [{
    - input.1: the name is not empty and no other input has it
    ```mlir
    %x = gradus.input "x" : tensor<?x784xf32>
    ```
    Gradient: none, it has no operands.
  }];
  let arguments = (ins StrAttr:$name);
  let results = (outs Gradus_Tensor:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
  let hasVerifier = 1;
}

class Gradus_VariableOp<string mnemonic, bit trained>
    : Gradus_Op<mnemonic, [DeclareOpInterfaceMethods<VariableOpInterface>]> {
  let arguments = (ins StrAttr:$name, DictionaryAttr:$init);
  let results = (outs Gradus_Tensor:$result);
  let assemblyFormat = "$name $init attr-dict `:` type($result)";
  let hasVerifier = 1;
  let extraClassDefinition = [{
    bool $cppClass::isTrained() { return }] # !if(trained, "true", "false") # [{; }
    LogicalResult $cppClass::verify() { return verifyVariable(*this, getName(), getInit()); }
  }];
}

def ParameterOp : Gradus_VariableOp<"parameter", 1> {
  let summary = "a tensor that an optimizer trains";
  let description = [{
    The value is the one before the step. `init` has `kind` (`zeros`, `constant`, `uniform`, `normal`, `glorot_uniform`,
    `glorot_normal`, `he_uniform`, `he_normal`, `data`) and the kind's numbers `a` and `b`; `data` has the elements as `value`.
    - variable.1: the name is not empty and no other variable has it
    - variable.2: the shape is static
    - variable.3: the kind of initialiser is known and fits the element type
    ```mlir
    %w = gradus.parameter "w" {kind = "glorot_uniform"} : tensor<784x10xf32>
    ```
    Gradient: none, it has no operands.
  }];
}

def StateOp : Gradus_VariableOp<"state", 0> {
  let summary = "a tensor that is kept from step to step but not trained";
  let description = [{
    The value is the one before the step. Constraints as gradus.parameter.
    ```mlir
    %m = gradus.state "w.m" {kind = "zeros"} : tensor<784x10xf32>
    ```
    Gradient: none, it has no operands.
  }];
}

def ConstantOp : Gradus_PureOp<"constant", [ConstantLike, Gradus_HasElement]> {
  let summary = "a tensor known when the program is compiled";
  let description = [{
    ```mlir
    %c = gradus.constant dense<1.0> : tensor<32x10xf32>
    ```
    Only a splat can be emitted at an index; other constants lie in memory. Gradient: none, it has no operands.
  }];
  let arguments = (ins ElementsAttr:$value);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def AssignOp : Gradus_Op<"assign"> {
  let summary = "sets a variable after the step";
  let description = [{
    - assign.1: the first operand is the result of a parameter or a state
    - assign.2: the types are equal
    - assign.3: a variable is assigned at most once
    ```mlir
    %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
    %y = gradus.neg %w : (tensor<10xf32>) -> tensor<10xf32>
    gradus.assign %w, %y : tensor<10xf32>, tensor<10xf32>
    ```
    Gradient: none, it has no results.
  }];
  let arguments = (ins Gradus_Tensor:$variable, Gradus_Tensor:$value);
  let assemblyFormat = "$variable `,` $value attr-dict `:` type($variable) `,` type($value)";
  let hasVerifier = 1;
}

def ResultOp : Gradus_Op<"result"> {
  let summary = "a named result of the program";
  let description = [{
    - result.1: the name is not empty and no other result has it
    ```mlir
    %x = gradus.input "x" : tensor<4xf32>
    gradus.result "y" %x : tensor<4xf32>
    ```
    Gradient: none, it has no results.
  }];
  let arguments = (ins StrAttr:$name, Gradus_Tensor:$value);
  let assemblyFormat = "$name $value attr-dict `:` type($value)";
  let hasVerifier = 1;
}

def GradientsOp : Gradus_Op<"gradients", [Pure, InferTypeOpAdaptor]> {
  let summary = "the gradients of a scalar, symbolically";
  let description = [{
    Expanded by phase `autodiff`, in program order, so gradients of gradients work.
    - gradients.1: the first operand is a floating-point scalar
    - gradients.2: the others are floating point
    ```mlir
    %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
    %l = gradus.sum %w axes [0] : (tensor<10xf32>) -> tensor<f32>
    %g = gradus.gradients %l, [%w] : (tensor<f32>, tensor<10xf32>) -> tensor<10xf32>
    ```
    Gradient: none of its own, that of the ops which replace it.
  }];
  let arguments = (ins Gradus_Tensor:$loss, Variadic<Gradus_Tensor>:$with_respect_to);
  let results = (outs Variadic<Gradus_Tensor>:$gradients);
  let assemblyFormat = "$loss `,` `[` $with_respect_to `]` attr-dict `:` functional-type(operands, results)";
}

#endif
