// RUN: gradus-opt %s --gradus-product-forms=target=x86-64-v4 --gradus-simplify --gradus-form-kernels=target=x86-64-v4 --gradus-choose-layouts=target=x86-64-v4 --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// The update of a weight and of its optimizer states is computed on the sums of the product that makes the gradient;
// the gradient itself is never written. Weight, states and their new values lie in the same panels.

// CHECK: gradus.parameter "w" {kind = "zeros"} {panel = [[P:[0-9]+]] : i64}
// CHECK: gradus.state "m" {kind = "zeros"} {panel = [[P]] : i64}
// CHECK: gradus.state "v" {kind = "zeros"} {panel = [[P]] : i64}
// CHECK: %[[K:.*]]:3 = gradus.kernel "product"
// CHECK-SAME: panels = array<i64: [[P]], [[P]], [[P]]>
// CHECK: gradus.matmul
// CHECK: gradus.sqrt
// CHECK: gradus.div
// CHECK: gradus.assign {{.*}}, %[[K]]#0
// CHECK: gradus.assign {{.*}}, %[[K]]#1
// CHECK: gradus.assign {{.*}}, %[[K]]#2
func.func @adam() {
  %x = gradus.input "x" : tensor<32x784xf32>
  %g = gradus.input "g" : tensor<32x256xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<784x256xf32>
  %m = gradus.state "m" {kind = "zeros"} : tensor<784x256xf32>
  %v = gradus.state "v" {kind = "zeros"} : tensor<784x256xf32>
  %b1 = gradus.constant dense<0.9> : tensor<784x256xf32>
  %c1 = gradus.constant dense<0.1> : tensor<784x256xf32>
  %b2 = gradus.constant dense<0.999> : tensor<784x256xf32>
  %c2 = gradus.constant dense<0.001> : tensor<784x256xf32>
  %y = gradus.matmul %x, %w : (tensor<32x784xf32>, tensor<784x256xf32>) -> tensor<32x256xf32>
  %e = gradus.sub %y, %g : (tensor<32x256xf32>, tensor<32x256xf32>) -> tensor<32x256xf32>
  %t = gradus.transpose %x axes [1, 0] : (tensor<32x784xf32>) -> tensor<784x32xf32>
  %d = gradus.matmul %t, %e : (tensor<784x32xf32>, tensor<32x256xf32>) -> tensor<784x256xf32>
  %m0 = gradus.mul %m, %b1 : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %m1 = gradus.mul %d, %c1 : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %m2 = gradus.add %m0, %m1 : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %dd = gradus.mul %d, %d : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %v0 = gradus.mul %v, %b2 : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %v1 = gradus.mul %dd, %c2 : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %v2 = gradus.add %v0, %v1 : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %s = gradus.sqrt %v2 : (tensor<784x256xf32>) -> tensor<784x256xf32>
  %q = gradus.div %m2, %s : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  %n = gradus.sub %w, %q : (tensor<784x256xf32>, tensor<784x256xf32>) -> tensor<784x256xf32>
  gradus.assign %m, %m2 : tensor<784x256xf32>, tensor<784x256xf32>
  gradus.assign %v, %v2 : tensor<784x256xf32>, tensor<784x256xf32>
  gradus.assign %w, %n : tensor<784x256xf32>, tensor<784x256xf32>
  return
}
