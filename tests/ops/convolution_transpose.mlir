// gradus.convolution_transpose: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  %w = gradus.input "w" : tensor<3x5x3x3xf32>
  // CHECK: gradus.convolution_transpose %{{.*}}, %{{.*}} strides [2, 2] low [1, 1] high [1, 1] dilations [1, 1] groups 1 extra [1, 1] : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  %y = gradus.convolution_transpose %x, %w strides [2, 2] low [1, 1] high [1, 1] dilations [1, 1] groups 1 extra [1, 1]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  gradus.result "y" %y : tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.1
func.func @wrong_convolution_transpose_1() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<3x5x3xf32>
  // expected-error @+2 {{gradus.convolution_transpose: shapes 2x3x4x4 and 3x5x3 do not fit (must have one rank from 3 to 5: two axes, then 1 to 3 spatial axes)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1 extra [0, 0]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3xf32>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.2
func.func @wrong_convolution_transpose_2() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<3x5x3x3xf64>
  // expected-error @+2 {{gradus.convolution_transpose: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1 extra [0, 0]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf64>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.3
func.func @wrong_convolution_transpose_3() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<3x5x3x3xf32>
  // expected-error @+2 {{gradus.convolution_transpose: extra [0] has 1 numbers for 2 spatial axes (must be one each)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1 extra [0]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.4
func.func @wrong_convolution_transpose_4() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<3x5x3x3xf32>
  // expected-error @+2 {{gradus.convolution_transpose: dilations [1, 0] holds 0 (must be at least 1 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 0] groups 1 extra [0, 0]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.5
func.func @wrong_convolution_transpose_5() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<3x5x3x3xf32>
  // expected-error @+2 {{gradus.convolution_transpose: 2 groups do not divide 3 channels and 3 filters (the groups must divide both)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 2 extra [0, 0]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.5_channels
func.func @wrong_convolution_transpose_5_channels() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x5x3x3xf32>
  // expected-error @+2 {{gradus.convolution_transpose: filters of shape 4x5x3x3 begin with 4 channels, images of shape 2x3x4x4 have 3 (must be equal)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1 extra [0, 0]
      : (tensor<2x3x4x4xf32>, tensor<4x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.6
func.func @wrong_convolution_transpose_6() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<3x5x3x3xf32>
  // expected-error @+2 {{gradus.convolution_transpose: extra 1 with stride 1 and dilation 1 (must be smaller than one of them)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1 extra [1, 0]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// convolution_transpose.7
func.func @wrong_convolution_transpose_7() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x1x1xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<3x5x3x3xf32>
  // expected-error @+2 {{gradus.convolution_transpose: spatial axis 0 of size 1, with a window of 3, stride 1, dilation 1 and padding 2 and 2, has no result (the window and the result must not be empty, nor the result beyond 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_transpose %x, %w strides [1, 1] low [2, 2] high [2, 2] dilations [1, 1] groups 1 extra [0, 0]
      : (tensor<2x3x1x1xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-DAG: %[[X:.*]] = gradus.input "x"
// AFTER-DAG: %[[W:.*]] = gradus.input "w"
// AFTER-DAG: %[[V:.*]] = gradus.input "v"
// AFTER-DAG: %[[DX:.*]] = gradus.convolution %[[V]], %[[W]] strides [2, 2] low [1, 1] high [0, 0] dilations [1, 1] groups 1
// AFTER-DAG: %[[DW:.*]] = gradus.convolution_weight %[[V]], %[[X]] strides [2, 2] low [1, 1] high [0, 0] dilations [1, 1] groups 1 kernel [3, 3]
// AFTER-DAG: gradus.result "dx" %[[DX]]
// AFTER-DAG: gradus.result "dw" %[[DW]]
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3x4x4xf32>
  %w = gradus.input "w" : tensor<3x5x3x3xf32>
  %v = gradus.input "v" : tensor<2x5x8x8xf32>
  %y = gradus.convolution_transpose %x, %w strides [2, 2] low [1, 1] high [1, 1] dilations [1, 1] groups 1 extra [1, 1]
      : (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> tensor<2x5x8x8xf32>
  %z = gradus.mul %y, %v : (tensor<2x5x8x8xf32>, tensor<2x5x8x8xf32>) -> tensor<2x5x8x8xf32>
  %loss = gradus.sum %z axes [0, 1, 2, 3] : (tensor<2x5x8x8xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%x, %w] : (tensor<f32>, tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>) -> (tensor<2x3x4x4xf32>, tensor<3x5x3x3xf32>)
  gradus.result "dx" %g#0 : tensor<2x3x4x4xf32>
  gradus.result "dw" %g#1 : tensor<3x5x3x3xf32>
  return
}
