// gradus.argmax: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.argmax %{{.*}} axis 1 : (tensor<32x10xf32>) -> tensor<32xi32>
  %y = gradus.argmax %x axis 1 : (tensor<32x10xf32>) -> tensor<32xi32>
  gradus.result "y" %y : tensor<32xi32>
  return
}

// -----

// argmax.1
func.func @wrong_argmax_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.argmax: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.argmax %x axis 2 : (tensor<32x10xf32>) -> tensor<32xi32>
  return
}

// -----

// argmax.2
func.func @wrong_argmax_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.argmax: element type bool does not fit}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.argmax %x axis 1 : (tensor<32x10xi1>) -> tensor<32xi32>
  return
}

// -----

// argmax.3
func.func @wrong_argmax_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x0xf32>
  // expected-error @+2 {{gradus.argmax: axis 1 of shape 32x0 must have between 1 and 2^31-1 elements}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.argmax %x axis 1 : (tensor<32x0xf32>) -> tensor<32xi32>
  return
}
