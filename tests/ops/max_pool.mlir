// gradus.max_pool: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // CHECK: gradus.max_pool %{{.*}} sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1] : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  %y = gradus.max_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  gradus.result "y" %y : tensor<2x3x4x4xf32>
  return
}

// -----

// max_pool.1
func.func @wrong_max_pool_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<8xf32>
  // expected-error @+2 {{gradus.max_pool: windows [2, 2] do not fit shape 8 (must have 1 to 3 sizes, as many spatial axes, and at most 8 axes with those of the windows)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.max_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// max_pool.2
func.func @wrong_max_pool_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xi32>
  // expected-error @+2 {{gradus.max_pool: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.max_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xi32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// max_pool.3
func.func @wrong_max_pool_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.max_pool: strides [2] has 1 numbers for 2 spatial axes (must be one each)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.max_pool %x sizes [2, 2] strides [2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// max_pool.4
func.func @wrong_max_pool_4() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.max_pool: strides [0, 2] holds 0 (must be at least 1 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.max_pool %x sizes [2, 2] strides [0, 2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// max_pool.4_sizes
func.func @wrong_max_pool_4_sizes() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.max_pool: sizes [0, 2] holds 0 (must be at least 1 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.max_pool %x sizes [0, 2] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// max_pool.5
func.func @wrong_max_pool_5() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.max_pool: a window of [9, 9] with dilations [1, 1] does not fit into spatial axes [8, 8] padded by [0, 0] and [0, 0] (the window must not be empty or larger than the padded image)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.max_pool %x sizes [9, 9] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// max_pool.6
func.func @wrong_max_pool_6() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.max_pool: spatial axis 0 of size 8, padded by 2 and 0, has windows of 2 without an element (the padding must be smaller than the window)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.max_pool %x sizes [2, 2] strides [2, 2] low [2, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// The gradient rule: the first of equal elements.
// AFTER-LABEL: func.func @gradient
// AFTER-DAG: %[[X:.*]] = gradus.input "x"
// AFTER-DAG: %[[D:.*]] = gradus.input "d"
// AFTER-DAG: gradus.window %[[X]] axes [2, 3] sizes [2, 2]
// AFTER-DAG: gradus.min %{{.*}} axes [4, 5] : (tensor<2x3x4x4x2x2xi32>) -> tensor<2x3x4x4xi32>
// AFTER: %[[DX:.*]] = gradus.overlap_add
// AFTER: gradus.result "dx" %[[DX]]
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %d = gradus.input "d" : tensor<2x3x4x4xf32>
  %y = gradus.max_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] dilations [1, 1]
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  %z = gradus.mul %y, %d : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32>
  %loss = gradus.sum %z axes [0, 1, 2, 3] : (tensor<2x3x4x4xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3x8x8xf32>) -> tensor<2x3x8x8xf32>
  gradus.result "dx" %g : tensor<2x3x8x8xf32>
  return
}
