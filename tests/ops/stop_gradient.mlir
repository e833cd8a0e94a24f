// gradus.stop_gradient: round trip, gradient.
// RUN: gradus-opt %s --split-input-file | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --gradus-differentiate --gradus-simplify | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.stop_gradient %{{.*}} : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.stop_gradient %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// Of x * stop(x) the gradient is stop(x) alone.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[S:.*]] = gradus.stop_gradient %[[X]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dx" %[[S]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<4xf32>
  %s = gradus.stop_gradient %x : (tensor<4xf32>) -> tensor<4xf32>
  %y = gradus.mul %x, %s : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %y axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "dx" %g : tensor<4xf32>
  return
}
