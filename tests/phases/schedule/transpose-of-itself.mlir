// RUN: gradus-opt %s --gradus-form-kernels --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// e + eᵀ: the transpose reads e from memory, so e has a kernel of its own and is computed once.

// CHECK: gradus.kernel "map"
// CHECK: gradus.exp
// CHECK: gradus.kernel "move"
// CHECK: gradus.transpose
// CHECK-NOT: gradus.exp
func.func @symmetric() {
  %x = gradus.input "x" : tensor<40x40xf32>
  %e = gradus.exp %x : (tensor<40x40xf32>) -> tensor<40x40xf32>
  %t = gradus.transpose %e axes [1, 0] : (tensor<40x40xf32>) -> tensor<40x40xf32>
  %y = gradus.add %t, %e : (tensor<40x40xf32>, tensor<40x40xf32>) -> tensor<40x40xf32>
  gradus.result "y" %y : tensor<40x40xf32>
  return
}
