// gradus.reshape: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.reshape %{{.*}} to [320] : (tensor<32x10xf32>) -> tensor<320xf32>
  %y = gradus.reshape %x to [320] : (tensor<32x10xf32>) -> tensor<320xf32>
  gradus.result "y" %y : tensor<320xf32>
  return
}

// -----

// reshape.1
func.func @wrong_reshape_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.reshape: at most one size may be -1, and no other negative}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.reshape %x to [-1, -1] : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// reshape.2
func.func @wrong_reshape_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.reshape: shape 32x10 cannot become 300 (the number of elements must stay)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.reshape %x to [300] : (tensor<32x10xf32>) -> tensor<300xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3x4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<6x4xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.reshape %[[D]] to [2, 3, 4] : (tensor<6x4xf32>) -> tensor<2x3x4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<2x3x4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3x4xf32>
  %d = gradus.input "d" : tensor<6x4xf32>
  %y = gradus.reshape %x to [6, 4] : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %z = gradus.mul %y, %d : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<6x4xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<6x4xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  gradus.result "dx" %g : tensor<2x3x4xf32>
  return
}

// -----

// The last of two counts.
// AFTER-LABEL: func.func @two_become_one
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3x4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.reshape %[[X]] to [24] : (tensor<2x3x4xf32>) -> tensor<24xf32>
// AFTER-NEXT: gradus.result "y" %[[V1]] : tensor<24xf32>
// AFTER-NEXT: return
func.func @two_become_one() {
  %x = gradus.input "x" : tensor<2x3x4xf32>
  %t = gradus.reshape %x to [6, -1] : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %y = gradus.reshape %t to [24] : (tensor<6x4xf32>) -> tensor<24xf32>
  gradus.result "y" %y : tensor<24xf32>
  return
}
