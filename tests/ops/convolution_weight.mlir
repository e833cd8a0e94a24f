// gradus.convolution_weight: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %d = gradus.input "d" : tensor<2x4x8x8xf32>
  // CHECK: gradus.convolution_weight %{{.*}}, %{{.*}} strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3] : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3x3xf32>
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3x3xf32>
  gradus.result "y" %y : tensor<4x3x3x3xf32>
  return
}

// -----

// convolution_weight.1
func.func @wrong_convolution_weight_1() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the cotangent comes from gradus.input "d"}}
  %d = gradus.input "d" : tensor<3x4x8x8xf32>
  // expected-error @+2 {{gradus.convolution_weight: shapes 2x3x8x8 and 3x4x8x8 differ in the number of images (must be equal)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3]
      : (tensor<2x3x8x8xf32>, tensor<3x4x8x8xf32>) -> tensor<4x3x3x3xf32>
  return
}

// -----

// convolution_weight.2
func.func @wrong_convolution_weight_2() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the cotangent comes from gradus.input "d"}}
  %d = gradus.input "d" : tensor<2x4x8x8xf64>
  // expected-error @+2 {{gradus.convolution_weight: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf64>) -> tensor<4x3x3x3xf32>
  return
}

// -----

// convolution_weight.3
func.func @wrong_convolution_weight_3() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the cotangent comes from gradus.input "d"}}
  %d = gradus.input "d" : tensor<2x4x8x8xf32>
  // expected-error @+2 {{gradus.convolution_weight: kernel [3] has 1 numbers for 2 spatial axes (must be one each)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3x3xf32>
  return
}

// -----

// convolution_weight.4
func.func @wrong_convolution_weight_4() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the cotangent comes from gradus.input "d"}}
  %d = gradus.input "d" : tensor<2x4x8x8xf32>
  // expected-error @+2 {{gradus.convolution_weight: kernel [0, 3] holds 0 (must be at least 1 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [0, 3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3x3xf32>
  return
}

// -----

// convolution_weight.5
func.func @wrong_convolution_weight_5() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the cotangent comes from gradus.input "d"}}
  %d = gradus.input "d" : tensor<2x4x8x8xf32>
  // expected-error @+2 {{gradus.convolution_weight: 0 groups do not divide 3 channels and 4 filters (the groups must divide both)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 0 kernel [3, 3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3x3xf32>
  return
}

// -----

// convolution_weight.6
func.func @wrong_convolution_weight_6() {
  // expected-note @+1 {{the images comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-note @+1 {{the cotangent comes from gradus.input "d"}}
  %d = gradus.input "d" : tensor<2x4x8x7xf32>
  // expected-error @+2 {{gradus.convolution_weight: a cotangent of shape 2x4x8x7 has 7 positions along spatial axis 1, the convolution 8 (must be equal)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x8x7xf32>) -> tensor<4x3x3x3xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-DAG: %[[X:.*]] = gradus.input "x"
// AFTER-DAG: %[[D:.*]] = gradus.input "d"
// AFTER-DAG: %[[V:.*]] = gradus.input "v"
// AFTER-DAG: %[[DX:.*]] = gradus.convolution_transpose %[[D]], %[[V]] strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 extra [0, 0]
// AFTER-DAG: %[[DD:.*]] = gradus.convolution %[[X]], %[[V]] strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1
// AFTER-DAG: gradus.result "dx" %[[DX]]
// AFTER-DAG: gradus.result "dd" %[[DD]]
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %d = gradus.input "d" : tensor<2x4x8x8xf32>
  %v = gradus.input "v" : tensor<4x3x3x3xf32>
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1 kernel [3, 3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> tensor<4x3x3x3xf32>
  %z = gradus.mul %y, %v : (tensor<4x3x3x3xf32>, tensor<4x3x3x3xf32>) -> tensor<4x3x3x3xf32>
  %loss = gradus.sum %z axes [0, 1, 2, 3] : (tensor<4x3x3x3xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%x, %d] : (tensor<f32>, tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>) -> (tensor<2x3x8x8xf32>, tensor<2x4x8x8xf32>)
  gradus.result "dx" %g#0 : tensor<2x3x8x8xf32>
  gradus.result "dd" %g#1 : tensor<2x4x8x8xf32>
  return
}
