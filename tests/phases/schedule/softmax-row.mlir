// RUN: gradus-opt %s --gradus-decompose --gradus-simplify --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// A softmax is one pass over the row: both reductions and the quotient in one kernel.

// CHECK: gradus.kernel "row"
// CHECK: gradus.max
// CHECK: gradus.exp
// CHECK: gradus.sum
// CHECK: gradus.yield
// CHECK-NOT: gradus.kernel
func.func @softmax() {
  %x = gradus.input "x" : tensor<64x1000xf32>
  %y = gradus.softmax %x axis 1 : (tensor<64x1000xf32>) -> tensor<64x1000xf32>
  gradus.result "y" %y : tensor<64x1000xf32>
  return
}
