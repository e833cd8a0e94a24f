// RUN: gradus-opt %s --gradus-product-forms=target=x86-64-v4 --gradus-simplify | FileCheck %s
// dx = d wᵀ becomes dxᵀ = w dᵀ: the small activation is transposed, never the weight.

// CHECK: %[[D:.*]] = gradus.input "d"
// CHECK: %[[W:.*]] = gradus.parameter "w" {kind = "zeros"} : tensor<784x256xf32>
// CHECK: %[[T:.*]] = gradus.transpose %[[D]]
// CHECK: %[[P:.*]] = gradus.matmul %[[W]], %[[T]] : {{.*}} -> tensor<784x32xf32>
// CHECK: gradus.transpose %[[P]] {{.*}} -> tensor<32x784xf32>
func.func @swapped() {
  %d = gradus.input "d" : tensor<32x256xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<784x256xf32>
  %t = gradus.transpose %w axes [1, 0] : (tensor<784x256xf32>) -> tensor<256x784xf32>
  %y = gradus.matmul %d, %t : (tensor<32x256xf32>, tensor<256x784xf32>) -> tensor<32x784xf32>
  gradus.result "dx" %y : tensor<32x784xf32>
  return
}
