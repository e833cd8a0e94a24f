// gradus.scatter_windows: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // CHECK: gradus.scatter_windows %{{.*}} axes [1] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
  %y = gradus.scatter_windows %x axes [1] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
  gradus.result "y" %y : tensor<32x9x3xf32>
  return
}

// -----

// scatter_windows.1
func.func @wrong_scatter_windows_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.scatter_windows: extents has 2 entries for 1 axes}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_windows %x axes [1] extents [9, 9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
  return
}

// -----

// scatter_windows.1
func.func @wrong_scatter_windows_1_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.scatter_windows: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_windows %x axes [2] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
  return
}

// -----

// scatter_windows.1
func.func @wrong_scatter_windows_1_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32xf32>
  // expected-error @+2 {{gradus.scatter_windows: shape 32 does not end with the axes of windows along 2 axes}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_windows %x axes [0, 1] extents [9, 9] strides [2, 2] dilations [1, 1] : (tensor<32xf32>) -> tensor<32x9x3xf32>
  return
}

// -----

// scatter_windows.1
func.func @wrong_scatter_windows_1_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.scatter_windows: dilations has the entry 0 (must be positive)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_windows %x axes [1] extents [9] strides [2] dilations [0] : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
  return
}

// -----

// scatter_windows.1
func.func @wrong_scatter_windows_1_4() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.scatter_windows: axis 1 of shape 32x4x3 does not count the windows of 3 elements in 12 (stride 2, dilation 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_windows %x axes [1] extents [12] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
  return
}
