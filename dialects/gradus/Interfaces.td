// What the compiler may ask an op. No code outside the dialect asks for an op by its name.
#ifndef GRADUS_INTERFACES
#define GRADUS_INTERFACES

include "mlir/IR/OpBase.td"

class Gradus_Interface<string name> : OpInterface<name> {
  let cppNamespace = "::gradus::ir";
}

def ElementOpInterface : Gradus_Interface<"ElementOpInterface"> {
  let description = [{
    A primitive that can emit one element of its result, given a way to ask for its operands' elements.
  }];
  let methods = [InterfaceMethod<[{
      Emits the element of `result` at the indices `at`: a scalar where `ctx.lanes()` is 1, else a vector of that many
      lanes. A null value means that these lanes cannot be had at once; the caller then asks lane by lane.
    }], "::mlir::Value", "emitElement",
    (ins "::gradus::ir::ElementContext &":$ctx, "::mlir::OpResult":$result,
         "::llvm::ArrayRef<::gradus::ir::Index>":$at)>];
}

def MoverOpInterface : Gradus_Interface<"MoverOpInterface"> {
  let description = [{
    A primitive whose element is an element of its operand, at an index that costs a little arithmetic, or a constant.
    It is repeated where it is read, and never reads a value at an index at which its own kernel computes it.
  }];
}

def ElementwiseOpInterface : Gradus_Interface<"ElementwiseOpInterface"> {
  let description = [{
    An element of the result depends on the elements of the operands at the same indices. Operands broadcast until
    phase `shapes`; from then on all shapes are equal.
  }];
  let methods = [InterfaceMethod<[{
      Emits arith and math ops for one element. `operands` are scalars or 1-D vectors, all alike.
    }], "::mlir::Value", "emitBody",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$operands)>];
}

def ReductionOpInterface : Gradus_Interface<"ReductionOpInterface"> {
  let description = [{Combines the elements along `axes` by an associative operation; the result drops these axes.}];
  let methods = [
    InterfaceMethod<"The reduced axes of operand 0, ascending.", "::llvm::ArrayRef<int64_t>", "getAxes", (ins),
      [{ return $_op.getAxes(); }]>,
    InterfaceMethod<"The value that changes nothing when it is combined.", "::mlir::TypedAttr", "identity",
      (ins "::mlir::Type":$element)>,
    InterfaceMethod<"Emits one combination, of scalars or of vectors.", "::mlir::Value", "combine",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$accumulator,
           "::mlir::Value":$value)>];
}

def ScanOpInterface : Gradus_Interface<"ScanOpInterface"> {
  let description = [{
    Goes along `axis` element by element with a state. Operands and results have one shape.
  }];
  let methods = [
    InterfaceMethod<"The axis.", "int64_t", "getAxis", (ins), [{ return $_op.getAxis(); }]>,
    InterfaceMethod<"Whether it goes from the last element to the first.", "bool", "getReverse", (ins),
      [{ return $_op.getReverse(); }]>,
    InterfaceMethod<"The state before the first element: scalars, or vectors of `lanes`.",
      "::llvm::SmallVector<::mlir::Value>", "start",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "int64_t":$lanes)>,
    InterfaceMethod<[{
        Emits one step: `elements` has one element per operand, `position` is its place along the axis (i64). Sets
        `state` to the next one and returns one element per result.
      }], "::llvm::SmallVector<::mlir::Value>", "step",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
           "::llvm::SmallVectorImpl<::mlir::Value> &":$state, "::mlir::ValueRange":$elements,
           "::mlir::Value":$position)>];
}

def GradientOpInterface : Gradus_Interface<"GradientOpInterface"> {
  let description = [{
    The vector-Jacobian product of an op, as gradus ops. An op with floating-point operands and results that lacks
    this interface cannot be differentiated; one whose gradient is zero wherever it exists returns null entries.
  }];
  let methods = [InterfaceMethod<[{
      One entry per operand, of that operand's type; null means that no gradient flows. `dResults` has one cotangent
      per result. All shapes are static and broadcasting is explicit.
    }], "::llvm::SmallVector<::mlir::Value>", "gradient",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$dResults)>];
}

def DecomposeOpInterface : Gradus_Interface<"DecomposeOpInterface"> {
  let description = [{A composite, which is rewritten into primitives (or other composites) after differentiation.}];
  let methods = [InterfaceMethod<"The values that replace the results.", "::llvm::SmallVector<::mlir::Value>",
    "decompose", (ins "::mlir::OpBuilder &":$builder)>];
}

def BroadcastingOpInterface : Gradus_Interface<"BroadcastingOpInterface"> {
  let description = [{An op whose operands broadcast implicitly until phase `shapes`.}];
  let methods = [InterfaceMethod<[{
      Emits the same value with explicit `gradus.broadcast` ops and returns it, or returns null when nothing
      broadcasts. Shapes are static.
    }], "::mlir::Value", "resolveBroadcasts", (ins "::mlir::OpBuilder &":$builder)>];
}

def BatchOpInterface : Gradus_Interface<"BatchOpInterface"> {
  let description = [{An op that states the batch itself, so that its result type does not follow from operands alone.}];
  let methods = [InterfaceMethod<"Replaces the unknown size by `batch`.", "void", "setBatch",
    (ins "int64_t":$batch)>];
}

def VariableOpInterface : Gradus_Interface<"VariableOpInterface"> {
  let description = [{A named tensor that outlives a step and that `gradus.assign` may set: a parameter or a state.}];
  let methods = [
    InterfaceMethod<"Whether an optimizer trains it.", "bool", "isTrained", (ins)>,
    InterfaceMethod<"Its name.", "::llvm::StringRef", "getVariableName", (ins), [{ return $_op.getName(); }]>,
    InterfaceMethod<"How it begins.", "::mlir::DictionaryAttr", "getInitializer", (ins), [{ return $_op.getInit(); }]>];
}

#endif
