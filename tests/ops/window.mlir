// gradus.window: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x9xf32>
  // CHECK: gradus.window %{{.*}} axes [1] sizes [3] strides [2] dilations [1] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
  %y = gradus.window %x axes [1] sizes [3] strides [2] dilations [1] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
  gradus.result "y" %y : tensor<32x4x3xf32>
  return
}

// -----

// window.1
func.func @wrong_window_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x9xf32>
  // expected-error @+2 {{gradus.window: sizes has 2 entries for 1 axes}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.window %x axes [1] sizes [3, 3] strides [2] dilations [1] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
  return
}

// -----

// window.1
func.func @wrong_window_1_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x9xf32>
  // expected-error @+2 {{gradus.window: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.window %x axes [2] sizes [3] strides [2] dilations [1] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
  return
}

// -----

// window.2
func.func @wrong_window_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x9xf32>
  // expected-error @+2 {{gradus.window: strides has the entry 0 (must be positive)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.window %x axes [1] sizes [3] strides [0] dilations [1] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
  return
}

// -----

// window.3
func.func @wrong_window_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x9xf32>
  // expected-error @+2 {{gradus.window: a window of 3 elements with dilation 5 does not fit into axis 1 of shape 32x9}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.window %x axes [1] sizes [3] strides [1] dilations [5] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
  return
}

// -----

// window.3
func.func @wrong_window_3_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x9xf32>
  // expected-error @+2 {{gradus.window: a window of 9223372036854775807 elements with dilation 5 does not fit into axis 1 of shape 32x9}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.window %x axes [1] sizes [9223372036854775807] strides [1] dilations [5] : (tensor<32x9xf32>) -> tensor<32x4x3xf32>
  return
}

// -----

// Windows are added up.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<5x9xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.input "d" : tensor<5x4x3xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.overlap_add %[[V1]] axes [1] extents [9] strides [2] dilations [1] : (tensor<5x4x3xf32>) -> tensor<5x9xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<5x9xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<5x9xf32>
  %d = gradus.input "d" : tensor<5x4x3xf32>
  %y = gradus.window %x axes [1] sizes [3] strides [2] dilations [1] : (tensor<5x9xf32>) -> tensor<5x4x3xf32>
  %z = gradus.mul %y, %d : (tensor<5x4x3xf32>, tensor<5x4x3xf32>) -> tensor<5x4x3xf32>
  %loss = gradus.sum %z axes [0, 1, 2] : (tensor<5x4x3xf32>) -> tensor<f32>
  %gx = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<5x9xf32>) -> tensor<5x9xf32>
  gradus.result "dx" %gx : tensor<5x9xf32>
  return
}
