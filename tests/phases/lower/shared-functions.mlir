// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-assign-buffers --gradus-lower-kernels="target=x86-64-v4 name=twice" --gradus-verify-phase=lower | FileCheck %s
// Two layers of equal shapes share one function; small kernels are called directly, with their tiles.

// CHECK: func.func private @twice_product0(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64)
// CHECK-NOT: @twice_product1(
// CHECK: func.func private @twice_body
// CHECK: call @twice_product0
// CHECK: call @twice_product0
// CHECK: func.func @twice_step(%{{.*}}: !llvm.ptr) -> i32
// CHECK: func.func @twice_loop(%{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) -> i32
// CHECK: llvm.mlir.global external constant @twice_descriptor
func.func @twice() {
  %x = gradus.input "x" : tensor<8x16xf32>
  %u = gradus.parameter "u" {kind = "zeros"} : tensor<16x16xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<16x16xf32>
  %a = gradus.matmul %x, %u : (tensor<8x16xf32>, tensor<16x16xf32>) -> tensor<8x16xf32>
  %b = gradus.matmul %a, %w : (tensor<8x16xf32>, tensor<16x16xf32>) -> tensor<8x16xf32>
  gradus.result "b" %b : tensor<8x16xf32>
  return
}
