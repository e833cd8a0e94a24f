// RUN: gradus-opt %s --gradus-form-kernels --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// A value with two readers that meet again: one kernel, and the exponential once.

// CHECK: gradus.kernel "map"
// CHECK-COUNT-1: gradus.exp
// CHECK-NOT: gradus.exp
// CHECK-NOT: gradus.kernel
func.func @diamond() {
  %x = gradus.input "x" : tensor<100xf32>
  %e = gradus.exp %x : (tensor<100xf32>) -> tensor<100xf32>
  %a = gradus.neg %e : (tensor<100xf32>) -> tensor<100xf32>
  %b = gradus.tanh %e : (tensor<100xf32>) -> tensor<100xf32>
  %y = gradus.mul %a, %b : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xf32>
  gradus.result "y" %y : tensor<100xf32>
  return
}
