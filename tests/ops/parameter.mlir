// gradus.parameter: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  // CHECK: gradus.parameter "w0" {kind = "zeros"} : tensor<2xf32>
  %v0 = gradus.parameter "w0" {kind = "zeros"} : tensor<2xf32>
  // CHECK: gradus.parameter "w1" {a = 5.000000e-01 : f64, b = 0.000000e+00 : f64, kind = "constant"} : tensor<2xf32>
  %v1 = gradus.parameter "w1" {a = 5.000000e-01 : f64, b = 0.000000e+00 : f64, kind = "constant"} : tensor<2xf32>
  // CHECK: gradus.parameter "w2" {a = -1.000000e+00 : f64, b = 1.000000e+00 : f64, kind = "uniform"} : tensor<2xf32>
  %v2 = gradus.parameter "w2" {a = -1.000000e+00 : f64, b = 1.000000e+00 : f64, kind = "uniform"} : tensor<2xf32>
  // CHECK: gradus.parameter "w3" {kind = "glorot_uniform"} : tensor<2xf32>
  %v3 = gradus.parameter "w3" {kind = "glorot_uniform"} : tensor<2xf32>
  // CHECK: gradus.parameter "w4" {kind = "data", value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>} : tensor<2xf32>
  %v4 = gradus.parameter "w4" {kind = "data", value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>} : tensor<2xf32>
  return
}

// -----

// variable.1
func.func @wrong_variable_1() {
  // expected-error @+1 {{gradus.parameter: the name is empty}}
  %w = gradus.parameter "" {kind = "zeros"} : tensor<4xf32>
  return
}

// -----

// variable.2
func.func @wrong_variable_2() {
  // expected-error @+1 {{gradus.parameter: the shape of "w" must be static (its values outlive a batch)}}
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<?xf32>
  return
}

// -----

// variable.3
func.func @wrong_variable_3() {
  // expected-error @+1 {{gradus.parameter: no initialiser nonsense for element type f32}}
  %w = gradus.parameter "w" {kind = "nonsense"} : tensor<4xf32>
  return
}

// -----

// variable.3
func.func @wrong_variable_3_element() {
  // expected-error @+1 {{gradus.parameter: no initialiser normal for element type i32}}
  %w = gradus.parameter "w" {kind = "normal"} : tensor<4xi32>
  return
}
