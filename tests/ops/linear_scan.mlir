// gradus.linear_scan: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<32x10xf32>
  %b = gradus.input "b" : tensor<32x10xf32>
  // CHECK: gradus.linear_scan %{{.*}}, %{{.*}} axis 1 reverse init 5.000000e-01 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.linear_scan %a, %b axis 1 reverse init 0.5 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// linear_scan.1
func.func @wrong_linear_scan_1() {
  // expected-note @+1 {{the factors a comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the addends b comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.linear_scan: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.linear_scan' op failed to infer returned types}}
  %y = gradus.linear_scan %a, %b axis 2 init 0.0 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// linear_scan.2
func.func @wrong_linear_scan_2() {
  // expected-note @+1 {{the factors a comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the addends b comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<32x11xf32>
  // expected-error @+2 {{gradus.linear_scan: a is 32x10 of f32, b is 32x11 of f32 (must be alike)}}
  // expected-error @+1 {{'gradus.linear_scan' op failed to infer returned types}}
  %y = gradus.linear_scan %a, %b axis 1 init 0.0 : (tensor<32x10xf32>, tensor<32x11xf32>) -> tensor<32x10xf32>
  return
}

// -----

// linear_scan.2
func.func @wrong_linear_scan_2_bool() {
  // expected-note @+1 {{the factors a comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xi1>
  // expected-note @+1 {{the addends b comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xi1>
  // expected-error @+2 {{gradus.linear_scan: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.linear_scan' op failed to infer returned types}}
  %y = gradus.linear_scan %a, %b axis 0 init 0.0 : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[A:.*]] = gradus.input "a" : tensor<2x3xf32>
// AFTER-NEXT: %[[B:.*]] = gradus.input "b" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.linear_scan %[[A]], %[[B]] axis 1 init 1.000000e+00 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.linear_scan %[[A]], %[[D]] axis 1 reverse init 0.000000e+00 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.mul %[[V4]], %[[V3]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "da" %[[V5]] : tensor<2x3xf32>
// AFTER-NEXT: gradus.result "db" %[[V4]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %a = gradus.input "a" : tensor<2x3xf32>
  %b = gradus.input "b" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.linear_scan %a, %b axis 1 init 1.0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%a, %b] : (tensor<f32>, tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  gradus.result "da" %g#0 : tensor<2x3xf32>
  gradus.result "db" %g#1 : tensor<2x3xf32>
  return
}
