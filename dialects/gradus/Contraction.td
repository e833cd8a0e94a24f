// Contractions.
#ifndef GRADUS_CONTRACTION
#define GRADUS_CONTRACTION
include "dialects/gradus/Gradus.td"

def MatmulOp : Gradus_PureOp<"matmul", [Gradus_HasGradient, DeclareOpInterfaceMethods<BroadcastingOpInterface>]> {
  let summary = "product of matrices";
  let description = [{
    [..., m, k] x [..., k, n] -> [..., m, n]. As NumPy's matmul: leading axes broadcast; an operand of rank 1 is a row
    on the left or a column on the right, and that axis is dropped from the result. After phase `shapes` both operands
    have rank >= 2 and equal leading axes. The product over an empty k is 0.
    - matmul.1: no operand is a scalar
    - matmul.2: the inner sizes are equal
    - matmul.3: the leading axes broadcast
    - matmul.4: the element types are equal and numbers
    ```mlir
    %y = gradus.matmul %a, %b : (tensor<32x784xf32>, tensor<784x10xf32>) -> tensor<32x10xf32>
    ```
    Gradient: d bᵀ, aᵀ d.
  }];
  let arguments = (ins Gradus_Tensor:$a, Gradus_Tensor:$b);
  let pytorch = "torch.matmul, torch.mm, torch.bmm, torch.mv, torch.Tensor.__matmul__";
  let tensorflow = "tf.linalg.matmul, tf.linalg.matvec";
  let numpy = "numpy.matmul";
  let onnx = "MatMul";
}

def EinsumOp : Gradus_PureOp<"einsum", [Gradus_Composite]> {
  let summary = "sum of products by labels of axes";
  let description = [{
    A term of letters for each operand, a letter per axis; the result has the axes behind `->`, and labels that it
    lacks are summed. Without `->` the labels that occur once remain, in alphabetical order. `...` stands for further
    axes, which broadcast. A label twice in one term means the diagonal. Operands are contracted in pairs, each time the
    pair with the smallest product, as products of matrices.
    - einsum.1: the equation is made of letters, `...`, `,` and `->`
    - einsum.2: there is one term per operand
    - einsum.3: a term has as many labels as its operand has axes
    - einsum.4: axes with one label have one size, or size 1
    - einsum.5: the result's labels occur in the terms, each once in the result
    - einsum.6: there are at most 8 different labels
    - einsum.7: the element types are equal and numbers
    ```mlir
    %y = gradus.einsum "bij,bjk->bik" %a, %b : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
    ```
    Gradient: by its decomposition.
  }];
  let arguments = (ins StrAttr:$equation, Variadic<Gradus_Tensor>:$terms);
  let assemblyFormat = "$equation $terms attr-dict `:` functional-type(operands, results)";
  let pytorch = "torch.einsum";
  let tensorflow = "tf.einsum";
  let numpy = "numpy.einsum";
  let onnx = "Einsum";
}

def Gradus_Fn_dot : Gradus_Function<"dot", "sum of the products of two vectors"> {
  let pytorch = "torch.dot, torch.inner";
  let tensorflow = "tf.tensordot";
  let numpy = "numpy.dot";
  let onnx = "MatMul";
}
def Gradus_Fn_vdot : Gradus_Function<"vdot", "dot product of all elements"> {
  let pytorch = "torch.vdot, torch.linalg.vecdot";
  let numpy = "numpy.vdot";
}
def Gradus_Fn_outer : Gradus_Function<"outer", "every product of an element of one vector and one of another"> {
  let pytorch = "torch.outer, torch.ger";
  let numpy = "numpy.outer";
}
def Gradus_Fn_mm : Gradus_Function<"mm", "product of two matrices"> {
  let pytorch = "torch.mm";
  let tensorflow = "tf.linalg.matmul";
}
def Gradus_Fn_mv : Gradus_Function<"mv", "product of a matrix and a vector"> {
  let pytorch = "torch.mv";
  let tensorflow = "tf.linalg.matvec";
}
def Gradus_Fn_bmm : Gradus_Function<"bmm", "products of two equally long lists of matrices"> {
  let pytorch = "torch.bmm";
  let tensorflow = "tf.linalg.matmul";
}
def Gradus_Fn_addmm : Gradus_Function<"addmm", "beta c + alpha a b"> {
  let pytorch = "torch.addmm, torch.baddbmm";
  let onnx = "Gemm";
}
def Gradus_Fn_linear : Gradus_Function<"linear", "x times the transposed weight, plus a bias"> {
  let pytorch = "torch.nn.functional.linear, torch.nn.Linear";
  let tensorflow = "tf.keras.layers.Dense";
  let onnx = "Gemm";
}
def Gradus_Fn_tensordot : Gradus_Function<"tensordot", "sum of products over pairs of axes"> {
  let pytorch = "torch.tensordot";
  let tensorflow = "tf.tensordot";
  let numpy = "numpy.tensordot";
}
def Gradus_Fn_cdist : Gradus_Function<"cdist", "distances between all rows of two matrices"> {
  let pytorch = "torch.cdist";
}
def Gradus_Fn_pairwiseDistance : Gradus_Function<"pairwiseDistance", "distances between the rows of two matrices"> {
  let pytorch = "torch.nn.functional.pairwise_distance, torch.nn.PairwiseDistance";
}
def Gradus_Fn_cosineSimilarity : Gradus_Function<"cosineSimilarity", "cosine of the angle between vectors"> {
  let pytorch = "torch.nn.functional.cosine_similarity, torch.nn.CosineSimilarity";
  let tensorflow = "tf.keras.losses.CosineSimilarity";
}
def Gradus_Fn_normalize : Gradus_Function<"normalize", "x divided by its norm along an axis"> {
  let pytorch = "torch.nn.functional.normalize";
  let tensorflow = "tf.math.l2_normalize";
  let onnx = "LpNormalization";
}
def Gradus_Fn_attention : Gradus_Function<"scaledDotProductAttention", "softmax(q k^T / sqrt(d) + mask) v"> {
  let pytorch = "torch.nn.functional.scaled_dot_product_attention";
  let tensorflow = "tf.keras.layers.Attention";
  let onnx = "Attention";
}

#endif
