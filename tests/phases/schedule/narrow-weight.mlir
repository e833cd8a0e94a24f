// RUN: gradus-opt %s --gradus-product-forms=target=x86-64-v4 --gradus-simplify | FileCheck %s
// A weight with few columns is stored transposed: both operands lie along the summed axis.

// CHECK: gradus.parameter "w" {kind = "zeros"} {transposed} : tensor<10x784xf32>
// The logical weight is still 784x10, and its new value is written transposed.
// CHECK: gradus.transpose %{{.*}} axes [1, 0] : (tensor<10x784xf32>) -> tensor<784x10xf32>
// CHECK: gradus.matmul {{.*}} -> tensor<256x10xf32>
// CHECK: gradus.assign {{.*}} : tensor<10x784xf32>, tensor<10x784xf32>
func.func @narrow() {
  %x = gradus.input "x" : tensor<256x784xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<784x10xf32>
  %y = gradus.matmul %x, %w : (tensor<256x784xf32>, tensor<784x10xf32>) -> tensor<256x10xf32>
  %t = gradus.transpose %x axes [1, 0] : (tensor<256x784xf32>) -> tensor<784x256xf32>
  %d = gradus.matmul %t, %y : (tensor<784x256xf32>, tensor<256x10xf32>) -> tensor<784x10xf32>
  %n = gradus.sub %w, %d : (tensor<784x10xf32>, tensor<784x10xf32>) -> tensor<784x10xf32>
  gradus.assign %w, %n : tensor<784x10xf32>, tensor<784x10xf32>
  gradus.result "y" %y : tensor<256x10xf32>
  return
}
