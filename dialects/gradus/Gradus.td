// The gradus dialect: what a program means. Base classes of all ops.
#ifndef GRADUS_GRADUS
#define GRADUS_GRADUS

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/gradus/Interfaces.td"

def Gradus_Dialect : Dialect {
  let name = "gradus";
  let summary = "Static computation graphs for deep learning";
  let description = [{
    A model is one `func.func` without arguments and results that holds gradus ops on ranked tensors. The element
    types are `f32`, `f64`, `i32`, `i64`, `i1` (a boolean) and `i8` (an unsigned byte: data to cast). A size may be
    unknown (`?`) until phase `shapes`; it then means the batch.

    Every op has its shape rule, its gradient and its lowering in its record or directly beside it. A constraint has
    a label such as `matmul.2`, which stands in the record, in the check and in the test.
  }];
  let cppNamespace = "::gradus::ir";
  let usePropertiesForAttributes = 0;
  let hasConstantMaterializer = 1;
}

def Gradus_Tensor : RankedTensorOf<[F32, F64, I32, I64, I1, I8]> {
  let summary = "tensor of f32, f64, i32, i64, bool or byte";
}

/// What the same thing is called elsewhere; several names are separated by ", ", none is "". The survey of names
/// (docs/survey.md) is made of these.
class Gradus_Counterparts {
  string pytorch = "";
  string tensorflow = "";
  string numpy = "";
  string onnx = "";
}

class Gradus_Op<string mnemonic, list<Trait> traits = []> : Op<Gradus_Dialect, mnemonic, traits>, Gradus_Counterparts;

/// A function of the C++ API that builds other ops and so has none of its own.
class Gradus_Function<string name_, string summary_> : Gradus_Counterparts {
  string name = name_;
  string summary = summary_;
}

/// An op without effects whose result types follow from its operands and attributes.
class Gradus_PureOp<string mnemonic, list<Trait> traits = []>
    : Gradus_Op<mnemonic, traits # [Pure, InferTypeOpAdaptor]> {
  let results = (outs Gradus_Tensor:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

/// The rest of the compiler never sees a composite: `decompose` rewrites it after differentiation.
def Gradus_Composite : TraitList<[DeclareOpInterfaceMethods<DecomposeOpInterface>]>;
def Gradus_HasGradient : TraitList<[DeclareOpInterfaceMethods<GradientOpInterface>]>;
def Gradus_HasElement : TraitList<[DeclareOpInterfaceMethods<ElementOpInterface>]>;
def Gradus_Mover : TraitList<[DeclareOpInterfaceMethods<ElementOpInterface>, MoverOpInterface]>;

#endif
