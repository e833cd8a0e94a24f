// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// A layer is one kernel: the bias and the activation are computed on the sums in registers.

// CHECK-LABEL: func.func @layer
// CHECK: %[[X:.*]] = gradus.input "x"
// CHECK: %[[W:.*]] = gradus.parameter "w"
// CHECK: %[[B:.*]] = gradus.parameter "b"
// CHECK: %[[Y:.*]] = gradus.kernel "product"(%[[X]], %[[W]], %[[B]])
// CHECK: gradus.matmul
// CHECK-NEXT: gradus.broadcast
// CHECK-NEXT: gradus.add
// CHECK-NEXT: %[[R:.*]] = gradus.relu
// CHECK-NEXT: gradus.yield %[[R]]
// CHECK-NOT: gradus.kernel
// CHECK: gradus.result "y" %[[Y]]
func.func @layer() {
  %x = gradus.input "x" : tensor<32x784xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<784x256xf32>
  %b = gradus.parameter "b" {kind = "zeros"} : tensor<256xf32>
  %m = gradus.matmul %x, %w : (tensor<32x784xf32>, tensor<784x256xf32>) -> tensor<32x256xf32>
  %c = gradus.broadcast %b to [32, 256] : (tensor<256xf32>) -> tensor<32x256xf32>
  %s = gradus.add %m, %c : (tensor<32x256xf32>, tensor<32x256xf32>) -> tensor<32x256xf32>
  %y = gradus.relu %s : (tensor<32x256xf32>) -> tensor<32x256xf32>
  gradus.result "y" %y : tensor<32x256xf32>
  return
}
