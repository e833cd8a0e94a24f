// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-assign-buffers --gradus-verify-phase=memory | FileCheck %s
// The row writes over the product that dies in it; the last kernel writes the result directly. One buffer of 64x64
// floats is all that the arena holds.

// CHECK: func.func @chain() attributes {arena_bytes = 16384 : i64}
// CHECK: gradus.kernel "product"({{.*}}) {buffers = array<i64: 0, 0>}
// CHECK: gradus.kernel "row"({{.*}}) {buffers = array<i64: 0, 0>}
// CHECK: gradus.kernel "product"({{.*}}) {buffers = array<i64: 3, 0>}
func.func @chain() {
  %x = gradus.input "x" : tensor<64x64xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<64x64xf32>
  %m = gradus.matmul %x, %w : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %e = gradus.exp %m : (tensor<64x64xf32>) -> tensor<64x64xf32>
  %s = gradus.sum %e axes [1] : (tensor<64x64xf32>) -> tensor<64xf32>
  %r = gradus.reshape %s to [64, 1] : (tensor<64xf32>) -> tensor<64x1xf32>
  %b = gradus.broadcast %r to [64, 64] : (tensor<64x1xf32>) -> tensor<64x64xf32>
  %q = gradus.div %e, %b : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %y = gradus.matmul %q, %w : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  gradus.result "y" %y : tensor<64x64xf32>
  return
}
