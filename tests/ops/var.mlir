// gradus.var: round trip, constraints, gradient, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.var %{{.*}} axes [1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  %y = gradus.var %x axes [1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  gradus.result "y" %y : tensor<32xf32>
  return
}

// -----

// var.1
func.func @wrong_var_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.var: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.var' op failed to infer returned types}}
  %y = gradus.var %x axes [2] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// var.1
func.func @wrong_var_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.var: axes must ascend}}
  // expected-error @+1 {{'gradus.var' op failed to infer returned types}}
  %y = gradus.var %x axes [1, 0] correction 1 : (tensor<32x10xf32>) -> tensor<f32>
  return
}

// -----

// var.1
func.func @wrong_var_1_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.var: axis 1 is given twice}}
  // expected-error @+1 {{'gradus.var' op failed to infer returned types}}
  %y = gradus.var %x axes [1, 1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// var.2
func.func @wrong_var_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.var: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{'gradus.var' op failed to infer returned types}}
  %y = gradus.var %x axes [1] correction 1 : (tensor<32x10xi1>) -> tensor<32xi1>
  return
}

// -----

// var.3
func.func @wrong_var_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.var: the correction is -1 (must not be negative)}}
  // expected-error @+1 {{'gradus.var' op failed to infer returned types}}
  %y = gradus.var %x axes [1] correction -1 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<3.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<2.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.mul %[[D]], %[[V1]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.div %[[V4]], %[[V1]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.sum %[[X]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.div %[[V6]], %[[V0]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.reshape %[[V7]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.broadcast %[[V8]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.sub %[[X]], %[[V9]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.reshape %[[V5]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V12:.*]] = gradus.broadcast %[[V11]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V13:.*]] = gradus.mul %[[V12]], %[[V10]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V13]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.var %x axes [1] correction 1 : (tensor<2x3xf32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}

// -----

// The decomposition.
// DECOMPOSED-LABEL: func.func @decomposition
// DECOMPOSED-NEXT: %[[V0:.*]] = gradus.constant dense<2.000000e+00> : tensor<2xf32>
// DECOMPOSED-NEXT: %[[V1:.*]] = gradus.constant dense<3.000000e+00> : tensor<2xf32>
// DECOMPOSED-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V3:.*]] = gradus.sum %[[X]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V4:.*]] = gradus.div %[[V3]], %[[V1]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V5:.*]] = gradus.reshape %[[V4]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// DECOMPOSED-NEXT: %[[V6:.*]] = gradus.broadcast %[[V5]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V7:.*]] = gradus.sub %[[X]], %[[V6]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V8:.*]] = gradus.mul %[[V7]], %[[V7]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V9:.*]] = gradus.sum %[[V8]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V10:.*]] = gradus.div %[[V9]], %[[V0]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: gradus.result "y" %[[V10]] : tensor<2xf32>
// DECOMPOSED-NEXT: return
func.func @decomposition() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %y = gradus.var %x axes [1] correction 1 : (tensor<2x3xf32>) -> tensor<2xf32>
  gradus.result "y" %y : tensor<2xf32>
  return
}
