// gradus.avg_pool: round trip, constraints, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // CHECK: gradus.avg_pool %{{.*}} sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  %y = gradus.avg_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  gradus.result "y" %y : tensor<2x3x4x4xf32>
  return
}

// -----

// avg_pool.1
func.func @wrong_avg_pool_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<8xf32>
  // expected-error @+2 {{gradus.avg_pool: windows [2, 2] do not fit shape 8 (must have 1 to 3 sizes, as many spatial axes, and at most 8 axes with those of the windows)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.avg_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// avg_pool.2
func.func @wrong_avg_pool_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xi32>
  // expected-error @+2 {{gradus.avg_pool: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.avg_pool %x sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<2x3x8x8xi32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// avg_pool.3
func.func @wrong_avg_pool_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.avg_pool: strides [2] has 1 numbers for 2 spatial axes (must be one each)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.avg_pool %x sizes [2, 2] strides [2] low [0, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// avg_pool.4
func.func @wrong_avg_pool_4() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.avg_pool: strides [0, 2] holds 0 (must be at least 1 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.avg_pool %x sizes [2, 2] strides [0, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// avg_pool.4_sizes
func.func @wrong_avg_pool_4_sizes() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.avg_pool: sizes [0, 2] holds 0 (must be at least 1 and at most 2^40)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.avg_pool %x sizes [0, 2] strides [2, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// avg_pool.5
func.func @wrong_avg_pool_5() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.avg_pool: a window of [9, 9] with dilations [1, 1] does not fit into spatial axes [8, 8] padded by [0, 0] and [0, 0] (the window must not be empty or larger than the padded image)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.avg_pool %x sizes [9, 9] strides [2, 2] low [0, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// avg_pool.6
func.func @wrong_avg_pool_6() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  // expected-error @+2 {{gradus.avg_pool: spatial axis 0 of size 8, padded by 2 and 0, has windows of 2 without an element (the padding must be smaller than the window)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.avg_pool %x sizes [2, 2] strides [2, 2] low [2, 0] high [0, 0] beyond [0, 0] padded true
      : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return
}

// -----

// Windows that count fewer elements have their own divisors.
// AFTER-LABEL: func.func @divisors
// AFTER-DAG: gradus.constant dense<[2.000000e+00, 3.000000e+00, 3.000000e+00]> : tensor<3xf32>
// AFTER: gradus.sum %{{.*}} axes [1] : (tensor<3x3xf32>) -> tensor<3xf32>
// AFTER: gradus.div
func.func @divisors() {
  %x = gradus.input "x" : tensor<6xf32>
  %y = gradus.avg_pool %x sizes [3] strides [2] low [1] high [0] beyond [0] padded false
      : (tensor<6xf32>) -> tensor<3xf32>
  gradus.result "y" %y : tensor<3xf32>
  return
}
