// gradus.nll: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %p = gradus.input "p" : tensor<32x10xf32>
  %t = gradus.input "t" : tensor<10xi32>
  // CHECK: gradus.nll %{{.*}}, %{{.*}} axis 0 : (tensor<32x10xf32>, tensor<10xi32>) -> tensor<10xf32>
  %y = gradus.nll %p, %t axis 0 : (tensor<32x10xf32>, tensor<10xi32>) -> tensor<10xf32>
  gradus.result "y" %y : tensor<10xf32>
  return
}

// -----

// nll.1
func.func @wrong_nll_1() {
  // expected-note @+1 {{the log-probability operand comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<f32>
  // expected-note @+1 {{the label operand comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<i32>
  // expected-error @+2 {{gradus.nll: logits of shape scalar have no classes (the last axis is the classes)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.nll %p, %t : (tensor<f32>, tensor<i32>) -> tensor<f32>
  return
}

// -----

// nll.1
func.func @wrong_nll_1_empty() {
  // expected-note @+1 {{the log-probability operand comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<3x0xf32>
  // expected-note @+1 {{the label operand comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<3xi32>
  // expected-error @+2 {{gradus.nll: logits of shape 3x0 have no classes (the given axis is the classes)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.nll %p, %t axis 1 : (tensor<3x0xf32>, tensor<3xi32>) -> tensor<3xf32>
  return
}

// -----

// nll.1
func.func @wrong_nll_1_integer() {
  // expected-note @+1 {{the log-probability operand comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<3x4xi32>
  // expected-note @+1 {{the label operand comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<3xi32>
  // expected-error @+2 {{gradus.nll: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.nll %p, %t : (tensor<3x4xi32>, tensor<3xi32>) -> tensor<3xi32>
  return
}

// -----

// nll.2
func.func @wrong_nll_2() {
  // expected-note @+1 {{the log-probability operand comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<3x4xf32>
  // expected-note @+1 {{the label operand comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xi32>
  // expected-error @+2 {{gradus.nll: labels of shape 4 and element type i32 do not fit log-probabilities of shape 3x4 (must be i32 or i64 of shape 3, one label per row)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.nll %p, %t : (tensor<3x4xf32>, tensor<4xi32>) -> tensor<3xf32>
  return
}

// -----

// nll.2
func.func @wrong_nll_2_real() {
  // expected-note @+1 {{the log-probability operand comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<3x4xf32>
  // expected-note @+1 {{the label operand comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<3xf32>
  // expected-error @+2 {{gradus.nll: labels of shape 3 and element type f32 do not fit log-probabilities of shape 3x4 (must be i32 or i64 of shape 3, one label per row)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.nll %p, %t : (tensor<3x4xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

// nll.3
func.func @wrong_nll_3() {
  // expected-note @+1 {{the log-probability operand comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<3x4xf32>
  // expected-note @+1 {{the label operand comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<3xi32>
  // expected-error @+2 {{gradus.nll: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.nll %p, %t axis 2 : (tensor<3x4xf32>, tensor<3xi32>) -> tensor<3xf32>
  return
}

// -----

// The gradient: minus one at the label.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// AFTER-NEXT: %[[P:.*]] = gradus.input "p" : tensor<2x3xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<2xi32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.reshape %[[D]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.broadcast %[[V4]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.neg %[[V5]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.iota [2, 3] axis 1 of i32 : () -> tensor<2x3xi32>
// AFTER-NEXT: %[[V8:.*]] = gradus.reshape %[[T]] to [2, 1] : (tensor<2xi32>) -> tensor<2x1xi32>
// AFTER-NEXT: %[[V9:.*]] = gradus.broadcast %[[V8]] to [2, 3] : (tensor<2x1xi32>) -> tensor<2x3xi32>
// AFTER-NEXT: %[[V10:.*]] = gradus.eq %[[V9]], %[[V7]] : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<2x3xi1>
// AFTER-NEXT: %[[V11:.*]] = gradus.where %[[V10]], %[[V6]], %[[V0]] : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dp" %[[V11]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %p = gradus.input "p" : tensor<2x3xf32>
  %t = gradus.input "t" : tensor<2xi32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.nll %p, %t : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%p] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dp" %g : tensor<2x3xf32>
  return
}
