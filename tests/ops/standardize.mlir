// gradus.standardize: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.standardize %{{.*}} axes [1] epsilon 1.000000e-05 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.standardize %x axes [1] epsilon 1.0e-05 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// standardize.1
func.func @wrong_standardize_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.standardize: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.standardize %x axes [2] epsilon 1.0e-05 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// standardize.1_order
func.func @wrong_standardize_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.standardize: axes must ascend}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.standardize %x axes [1, 0] epsilon 1.0e-05 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// standardize.2
func.func @wrong_standardize_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xi32>
  // expected-error @+2 {{gradus.standardize: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.standardize %x axes [0] epsilon 1.0e-05 : (tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// standardize.3
func.func @wrong_standardize_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.standardize: epsilon is -1.000000 (must be finite and not negative)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.standardize %x axes [1] epsilon -1.0 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-DAG: %[[X:.*]] = gradus.input "x"
// AFTER-DAG: %[[D:.*]] = gradus.input "d"
// AFTER-DAG: %[[Y:.*]] = gradus.standardize %[[X]] axes [1]
// AFTER-DAG: gradus.rsqrt
// AFTER-DAG: gradus.mul %[[D]], %[[Y]]
// AFTER: gradus.sub
// AFTER: gradus.sub
// AFTER: %[[DX:.*]] = gradus.mul
// AFTER: gradus.result "dx" %[[DX]]
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.standardize %x axes [1] epsilon 1.0e-05 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
