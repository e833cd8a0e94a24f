// gradus.transpose: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.transpose %{{.*}} axes [1, 0] : (tensor<32x10xf32>) -> tensor<10x32xf32>
  %y = gradus.transpose %x axes [1, 0] : (tensor<32x10xf32>) -> tensor<10x32xf32>
  gradus.result "y" %y : tensor<10x32xf32>
  return
}

// -----

// transpose.1
func.func @wrong_transpose_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.transpose: axes [0, 0] do not name each of the 2 axes of shape 32x10 once}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.transpose %x axes [0, 0] : (tensor<32x10xf32>) -> tensor<32x32xf32>
  return
}

// -----

// The gradient goes through the inverse permutation.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3x4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4x2x3xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.transpose %[[D]] axes [1, 2, 0] : (tensor<4x2x3xf32>) -> tensor<2x3x4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<2x3x4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3x4xf32>
  %d = gradus.input "d" : tensor<4x2x3xf32>
  %y = gradus.transpose %x axes [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %z = gradus.mul %y, %d : (tensor<4x2x3xf32>, tensor<4x2x3xf32>) -> tensor<4x2x3xf32>
  %loss = gradus.sum %z axes [0, 1, 2] : (tensor<4x2x3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  gradus.result "dx" %g : tensor<2x3x4xf32>
  return
}

// -----

// The order that is there: nothing to do.
// AFTER-LABEL: func.func @identity
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3x4xf32>
// AFTER-NEXT: gradus.result "y" %[[X]] : tensor<2x3x4xf32>
// AFTER-NEXT: return
func.func @identity() {
  %x = gradus.input "x" : tensor<2x3x4xf32>
  %y = gradus.transpose %x axes [0, 1, 2] : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  gradus.result "y" %y : tensor<2x3x4xf32>
  return
}

// -----

// There and back: nothing to do.
// AFTER-LABEL: func.func @there_and_back
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3x4xf32>
// AFTER-NEXT: gradus.result "y" %[[X]] : tensor<2x3x4xf32>
// AFTER-NEXT: return
func.func @there_and_back() {
  %x = gradus.input "x" : tensor<2x3x4xf32>
  %t = gradus.transpose %x axes [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %y = gradus.transpose %t axes [1, 2, 0] : (tensor<4x2x3xf32>) -> tensor<2x3x4xf32>
  gradus.result "y" %y : tensor<2x3x4xf32>
  return
}

// -----

// Two become one.
// AFTER-LABEL: func.func @two_become_one
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3x4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.transpose %[[X]] axes [1, 0, 2] : (tensor<2x3x4xf32>) -> tensor<3x2x4xf32>
// AFTER-NEXT: gradus.result "y" %[[V1]] : tensor<3x2x4xf32>
// AFTER-NEXT: return
func.func @two_become_one() {
  %x = gradus.input "x" : tensor<2x3x4xf32>
  %t = gradus.transpose %x axes [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %y = gradus.transpose %t axes [2, 1, 0] : (tensor<4x2x3xf32>) -> tensor<3x2x4xf32>
  gradus.result "y" %y : tensor<3x2x4xf32>
  return
}
