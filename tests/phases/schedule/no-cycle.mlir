// RUN: gradus-opt %s --gradus-form-kernels --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// e and y have the same shape, but the product between them reads e and is read by y: three kernels would close a cycle
// if the elementwise ops were one.

// CHECK: %[[E:.*]] = gradus.kernel "map"
// CHECK: gradus.exp
// CHECK: gradus.kernel "product"(%[[E]], %{{.*}})
// CHECK: gradus.matmul
// CHECK: gradus.add
// CHECK-NOT: gradus.exp
// CHECK-NOT: gradus.kernel
func.func @residual() {
  %x = gradus.input "x" : tensor<64x64xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<64x64xf32>
  %e = gradus.exp %x : (tensor<64x64xf32>) -> tensor<64x64xf32>
  %m = gradus.matmul %e, %w : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %y = gradus.add %m, %e : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  gradus.result "y" %y : tensor<64x64xf32>
  return
}

