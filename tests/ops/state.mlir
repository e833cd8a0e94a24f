// gradus.state: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  // CHECK: gradus.state "w.m0" {kind = "zeros"} : tensor<2xf32>
  %v0 = gradus.state "w.m0" {kind = "zeros"} : tensor<2xf32>
  // CHECK: gradus.state "w.m1" {a = 5.000000e-01 : f64, b = 0.000000e+00 : f64, kind = "constant"} : tensor<2xf32>
  %v1 = gradus.state "w.m1" {a = 5.000000e-01 : f64, b = 0.000000e+00 : f64, kind = "constant"} : tensor<2xf32>
  // CHECK: gradus.state "w.m2" {a = -1.000000e+00 : f64, b = 1.000000e+00 : f64, kind = "uniform"} : tensor<2xf32>
  %v2 = gradus.state "w.m2" {a = -1.000000e+00 : f64, b = 1.000000e+00 : f64, kind = "uniform"} : tensor<2xf32>
  // CHECK: gradus.state "w.m3" {kind = "glorot_uniform"} : tensor<2xf32>
  %v3 = gradus.state "w.m3" {kind = "glorot_uniform"} : tensor<2xf32>
  // CHECK: gradus.state "w.m4" {kind = "data", value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>} : tensor<2xf32>
  %v4 = gradus.state "w.m4" {kind = "data", value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>} : tensor<2xf32>
  return
}

// -----

// variable.1
func.func @wrong_variable_1() {
  // expected-error @+1 {{gradus.state: the name is empty}}
  %w = gradus.state "" {kind = "zeros"} : tensor<4xf32>
  return
}

// -----

// variable.2
func.func @wrong_variable_2() {
  // expected-error @+1 {{gradus.state: the shape of "w" must be static (its values outlive a batch)}}
  %w = gradus.state "w" {kind = "zeros"} : tensor<?xf32>
  return
}

// -----

// variable.3
func.func @wrong_variable_3() {
  // expected-error @+1 {{gradus.state: no initialiser nonsense for element type f32}}
  %w = gradus.state "w" {kind = "nonsense"} : tensor<4xf32>
  return
}

// -----

// variable.3
func.func @wrong_variable_3_element() {
  // expected-error @+1 {{gradus.state: no initialiser normal for element type i32}}
  %w = gradus.state "w" {kind = "normal"} : tensor<4xi32>
  return
}
