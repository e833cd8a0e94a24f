// gradus.argmin: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.argmin %{{.*}} axis 1 : (tensor<32x10xf32>) -> tensor<32xi32>
  %y = gradus.argmin %x axis 1 : (tensor<32x10xf32>) -> tensor<32xi32>
  gradus.result "y" %y : tensor<32xi32>
  return
}

// -----

// argmin.1
func.func @wrong_argmin_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.argmin: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.argmin' op failed to infer returned types}}
  %y = gradus.argmin %x axis 2 : (tensor<32x10xf32>) -> tensor<32xi32>
  return
}

// -----

// argmin.2
func.func @wrong_argmin_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.argmin: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.argmin' op failed to infer returned types}}
  %y = gradus.argmin %x axis 1 : (tensor<32x10xi1>) -> tensor<32xi32>
  return
}

// -----

// argmin.3
func.func @wrong_argmin_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x0xf32>
  // expected-error @+2 {{gradus.argmin: axis 1 of shape 32x0 must have between 1 and 2^31-1 elements}}
  // expected-error @+1 {{'gradus.argmin' op failed to infer returned types}}
  %y = gradus.argmin %x axis 1 : (tensor<32x0xf32>) -> tensor<32xi32>
  return
}
