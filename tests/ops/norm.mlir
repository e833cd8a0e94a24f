// gradus.norm: round trip, constraints, gradient, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.norm %{{.*}} axes [1] p 2.000000e+00 : (tensor<32x10xf32>) -> tensor<32xf32>
  %y = gradus.norm %x axes [1] p 2.0 : (tensor<32x10xf32>) -> tensor<32xf32>
  gradus.result "y" %y : tensor<32xf32>
  return
}

// -----

// norm.1
func.func @wrong_norm_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.norm: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.norm' op failed to infer returned types}}
  %y = gradus.norm %x axes [2] p 2.0 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// norm.1
func.func @wrong_norm_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.norm: axes must ascend}}
  // expected-error @+1 {{'gradus.norm' op failed to infer returned types}}
  %y = gradus.norm %x axes [1, 0] p 2.0 : (tensor<32x10xf32>) -> tensor<f32>
  return
}

// -----

// norm.1
func.func @wrong_norm_1_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.norm: axis 1 is given twice}}
  // expected-error @+1 {{'gradus.norm' op failed to infer returned types}}
  %y = gradus.norm %x axes [1, 1] p 2.0 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// norm.2
func.func @wrong_norm_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.norm: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{'gradus.norm' op failed to infer returned types}}
  %y = gradus.norm %x axes [1] p 2.0 : (tensor<32x10xi1>) -> tensor<32xi1>
  return
}

// -----

// norm.3
func.func @wrong_norm_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4x0xf32>
  // expected-error @+2 {{gradus.norm: axis 1 of shape 4x0 is empty (no elements have no extremum)}}
  // expected-error @+1 {{'gradus.norm' op failed to infer returned types}}
  %y = gradus.norm %x axes [1] p 0x7FF0000000000000 : (tensor<4x0xf32>) -> tensor<4xf32>
  return
}

// -----

// norm.4
func.func @wrong_norm_4() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.norm: p is NaN (must be a number, inf or -inf)}}
  // expected-error @+1 {{'gradus.norm' op failed to infer returned types}}
  %y = gradus.norm %x axes [1] p 0x7FF8000000000000 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<1.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<0.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.norm %[[X]] axes [1] p 2.000000e+00 : (tensor<2x3xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.eq %[[V4]], %[[V1]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
// AFTER-NEXT: %[[V6:.*]] = gradus.where %[[V5]], %[[V0]], %[[V4]] : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.div %[[D]], %[[V6]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.where %[[V5]], %[[V1]], %[[V7]] : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.reshape %[[V8]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.broadcast %[[V9]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.mul %[[V10]], %[[X]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V11]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.norm %x axes [1] p 2.0 : (tensor<2x3xf32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}

// -----

// The decomposition.
// DECOMPOSED-LABEL: func.func @decomposition
// DECOMPOSED-NEXT: %[[V0:.*]] = gradus.constant dense<0.333333343> : tensor<2xf32>
// DECOMPOSED-NEXT: %[[V1:.*]] = gradus.constant dense<3.000000e+00> : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V3:.*]] = gradus.abs %[[X]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V4:.*]] = gradus.pow %[[V3]], %[[V1]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V5:.*]] = gradus.sum %[[V4]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V6:.*]] = gradus.pow %[[V5]], %[[V0]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: gradus.result "y" %[[V6]] : tensor<2xf32>
// DECOMPOSED-NEXT: return
func.func @decomposition() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %y = gradus.norm %x axes [1] p 3.0 : (tensor<2x3xf32>) -> tensor<2xf32>
  gradus.result "y" %y : tensor<2xf32>
  return
}
