// gradus.convolution: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %w = gradus.input "w" : tensor<4x3x3x3xf32>
  // CHECK: gradus.convolution %{{.*}}, %{{.*}} strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x8x8xf32>
  %y = gradus.convolution %x, %w strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x8x8xf32>
  gradus.result "y" %y : tensor<2x4x8x8xf32>
  return
}

// -----

// A batch of unknown size, stride, dilation, groups.
// CHECK-LABEL: func.func @shape_groups
func.func @shape_groups() {
  %x = gradus.input "x" : tensor<?x4x9xf32>
  %w = gradus.input "w" : tensor<6x2x3xf32>
  // CHECK: gradus.convolution %{{.*}}, %{{.*}} strides [2] low [1] high [0] dilations [2] groups 2 : (tensor<?x4x9xf32>, tensor<6x2x3xf32>) -> tensor<?x6x3xf32>
  %y = gradus.convolution %x, %w strides [2] low [1] high [0] dilations [2] groups 2
      : (tensor<?x4x9xf32>, tensor<6x2x3xf32>) -> tensor<?x6x3xf32>
  gradus.result "y" %y : tensor<?x6x3xf32>
  return
}

// -----

// convolution.1
func.func @wrong_convolution_1() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3xf32>
  // expected-error @+2 {{gradus.convolution: shapes 2x3 and 4x3 do not fit (must have one rank from 3 to 5: two axes, then 1 to 3 spatial axes)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.1_batch
func.func @wrong_convolution_1_batch() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<?x3x3x3xf32>
  // expected-error @+2 {{gradus.convolution: an axis of shape ?x3x3x3 is the batch (must be a known size)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<?x3x3x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.2
func.func @wrong_convolution_2() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x3x3xf64>
  // expected-error @+2 {{gradus.convolution: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf64>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.2_floating
func.func @wrong_convolution_2_floating() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xi32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x3x3xi32>
  // expected-error @+2 {{gradus.convolution: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xi32>, tensor<4x3x3x3xi32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.3
func.func @wrong_convolution_3() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x3x3xf32>
  // expected-error @+2 {{gradus.convolution: strides [1] has 1 numbers for 2 spatial axes (must be one each)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.4
func.func @wrong_convolution_4() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x3x3xf32>
  // expected-error @+2 {{gradus.convolution: strides [0, 1] holds 0 (must be at least 1 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [0, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.4_padding
func.func @wrong_convolution_4_padding() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x3x3xf32>
  // expected-error @+2 {{gradus.convolution: low [0, -1] holds -1 (must be at least 0 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, -1] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.5
func.func @wrong_convolution_5() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x3x3xf32>
  // expected-error @+2 {{gradus.convolution: 2 groups do not divide 3 channels and 4 filters (the groups must divide both)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 2
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.5_channels
func.func @wrong_convolution_5_channels() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x2x3x3xf32>
  // expected-error @+2 {{gradus.convolution: filters of shape 4x2x3x3 have 2 channels, images of shape 2x3x8x8 in 1 groups have 3 (must be equal)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.6
func.func @wrong_convolution_6() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x9x9xf32>
  // expected-error @+2 {{gradus.convolution: a window of [9, 9] with dilations [1, 1] does not fit into spatial axes [8, 8] padded by [0, 0] and [0, 0] (the window must not be empty or larger than the padded image)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x9x9xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// convolution.6_empty
func.func @wrong_convolution_6_empty() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the filters comes from gradus.input "w"}}
  %w = gradus.input "w" : tensor<4x3x0x3xf32>
  // expected-error @+2 {{gradus.convolution: a window of [0, 3] with dilations [1, 1] does not fit into spatial axes [8, 8] padded by [0, 0] and [0, 0] (the window must not be empty or larger than the padded image)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x0x3xf32>) -> tensor<2x4x8x8xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-DAG: %[[X:.*]] = gradus.input "x"
// AFTER-DAG: %[[W:.*]] = gradus.input "w"
// AFTER-DAG: %[[V:.*]] = gradus.input "v"
// AFTER-DAG: %[[DX:.*]] = gradus.convolution_transpose %[[V]], %[[W]] strides [2, 2] low [1, 1] high [1, 1] dilations [1, 1] groups 1 extra [1, 1]
// AFTER-DAG: %[[DW:.*]] = gradus.convolution_weight %[[X]], %[[V]] strides [2, 2] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3]
// AFTER-DAG: gradus.result "dx" %[[DX]]
// AFTER-DAG: gradus.result "dw" %[[DW]]
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %w = gradus.input "w" : tensor<4x3x3x3xf32>
  %v = gradus.input "v" : tensor<2x4x4x4xf32>
  %y = gradus.convolution %x, %w strides [2, 2] low [1, 1] high [1, 1] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x4x4xf32>
  %z = gradus.mul %y, %v : (tensor<2x4x4x4xf32>, tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
  %loss = gradus.sum %z axes [0, 1, 2, 3] : (tensor<2x4x4x4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%x, %w] : (tensor<f32>, tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>)
  gradus.result "dx" %g#0 : tensor<2x3x8x8xf32>
  gradus.result "dw" %g#1 : tensor<4x3x3x3xf32>
  return
}
