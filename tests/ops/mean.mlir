// gradus.mean: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.mean %{{.*}} axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
  %y = gradus.mean %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
  gradus.result "y" %y : tensor<32xf32>
  return
}

// -----

// mean.1
func.func @wrong_mean_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.mean: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.mean %x axes [2] : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// mean.1
func.func @wrong_mean_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.mean: axes must ascend}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.mean %x axes [1, 0] : (tensor<32x10xf32>) -> tensor<f32>
  return
}

// -----

// mean.1
func.func @wrong_mean_1_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.mean: axis 1 is given twice}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.mean %x axes [1, 1] : (tensor<32x10xf32>) -> tensor<f32>
  return
}

// -----

// mean.2
func.func @wrong_mean_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xi32>
  // expected-error @+2 {{gradus.mean: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.mean %x axes [0] : (tensor<4xi32>) -> tensor<i32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<3.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.div %[[D]], %[[V0]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.reshape %[[V3]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.broadcast %[[V4]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V5]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.mean %x axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
