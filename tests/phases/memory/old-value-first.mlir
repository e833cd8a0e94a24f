// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-assign-buffers --gradus-verify-phase=memory | FileCheck %s
// The product reads w as it was, so it runs before the kernel that overwrites w, although it is written after it.

// CHECK: gradus.kernel "product"
// CHECK: gradus.kernel "map"({{.*}}) {buffers = array<i64: 2, 0>}
func.func @old() {
  %x = gradus.input "x" : tensor<64x64xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<64x64xf32>
  %n = gradus.mul %w, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  gradus.assign %w, %n : tensor<64x64xf32>, tensor<64x64xf32>
  %y = gradus.matmul %x, %w : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  gradus.result "y" %y : tensor<64x64xf32>
  return
}
