// RUN: gradus-opt %s --gradus-form-kernels --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// A sum along the columns is a fold, with what it reads and what is computed from it; what follows along the rows is
// not part of it.

// CHECK: %[[S:.*]] = gradus.kernel "fold"
// CHECK: gradus.mul
// CHECK: gradus.sum
// CHECK: gradus.neg
// CHECK: gradus.yield
// CHECK: gradus.kernel "map"
// CHECK-SAME: %[[S]]
func.func @columns() {
  %x = gradus.input "x" : tensor<64x50xf32>
  %q = gradus.mul %x, %x : (tensor<64x50xf32>, tensor<64x50xf32>) -> tensor<64x50xf32>
  %s = gradus.sum %q axes [0] : (tensor<64x50xf32>) -> tensor<50xf32>
  %n = gradus.neg %s : (tensor<50xf32>) -> tensor<50xf32>
  %b = gradus.broadcast %n to [64, 50] : (tensor<50xf32>) -> tensor<64x50xf32>
  %y = gradus.add %x, %b : (tensor<64x50xf32>, tensor<64x50xf32>) -> tensor<64x50xf32>
  gradus.result "y" %y : tensor<64x50xf32>
  return
}
