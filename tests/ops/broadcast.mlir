// gradus.broadcast: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<10xf32>
  // CHECK: gradus.broadcast %{{.*}} to [32, 10] : (tensor<10xf32>) -> tensor<32x10xf32>
  %y = gradus.broadcast %x to [32, 10] : (tensor<10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// broadcast.1
func.func @wrong_broadcast_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<10xf32>
  // expected-error @+2 {{gradus.broadcast: shape 10 does not broadcast to 10x32 (aligned at the right, sizes must match or be 1 in the operand)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.broadcast %x to [10, 32] : (tensor<10xf32>) -> tensor<10x32xf32>
  return
}

// -----

// The gradient is summed over new and over stretched axes.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<3x1xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3x4xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.sum %[[D]] axes [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.reshape %[[V2]] to [3, 1] : (tensor<3xf32>) -> tensor<3x1xf32>
// AFTER-NEXT: gradus.result "dx" %[[V3]] : tensor<3x1xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<3x1xf32>
  %d = gradus.input "d" : tensor<2x3x4xf32>
  %y = gradus.broadcast %x to [2, 3, 4] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
  %z = gradus.mul %y, %d : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %loss = gradus.sum %z axes [0, 1, 2] : (tensor<2x3x4xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<3x1xf32>) -> tensor<3x1xf32>
  gradus.result "dx" %g : tensor<3x1xf32>
  return
}

// -----

// To its own shape: nothing to do.
// AFTER-LABEL: func.func @same_shape
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: gradus.result "y" %[[X]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @same_shape() {
  %x = gradus.input "x" : tensor<4xf32>
  %y = gradus.broadcast %x to [4] : (tensor<4xf32>) -> tensor<4xf32>
  gradus.result "y" %y : tensor<4xf32>
  return
}

// -----

// A constant full of one number is folded.
// AFTER-LABEL: func.func @number
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<2.000000e+00> : tensor<4xf32>
// AFTER-NEXT: gradus.result "y" %[[V0]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @number() {
  %c = gradus.constant dense<2.0> : tensor<f32>
  %y = gradus.broadcast %c to [4] : (tensor<f32>) -> tensor<4xf32>
  gradus.result "y" %y : tensor<4xf32>
  return
}
