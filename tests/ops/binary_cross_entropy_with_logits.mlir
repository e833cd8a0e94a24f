// gradus.binary_cross_entropy_with_logits: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  %t = gradus.input "t" : tensor<32x10xf32>
  // CHECK: gradus.binary_cross_entropy_with_logits %{{.*}}, %{{.*}} : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.binary_cross_entropy_with_logits %x, %t : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// binary_cross_entropy_with_logits.1
func.func @wrong_binary_cross_entropy_with_logits_1() {
  // expected-note @+1 {{the logits operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<32x1xf32>
  // expected-error @+2 {{gradus.binary_cross_entropy_with_logits: shapes 32 and 32x1 differ (a loss does not broadcast; reshape one of them)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.binary_cross_entropy_with_logits %x, %t : (tensor<32xf32>, tensor<32x1xf32>) -> tensor<32xf32>
  return
}

// -----

// binary_cross_entropy_with_logits.2
func.func @wrong_binary_cross_entropy_with_logits_2() {
  // expected-note @+1 {{the logits operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xf64>
  // expected-error @+2 {{gradus.binary_cross_entropy_with_logits: element types f32 and f64 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.binary_cross_entropy_with_logits %x, %t : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// binary_cross_entropy_with_logits.2
func.func @wrong_binary_cross_entropy_with_logits_2_integer() {
  // expected-note @+2 {{the logits operand comes from gradus.input "x"}}
  // expected-note @+1 {{the target comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xi32>
  // expected-error @+2 {{gradus.binary_cross_entropy_with_logits: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.binary_cross_entropy_with_logits %x, %x : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.sigmoid %[[X]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.sub %[[V3]], %[[T]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.mul %[[D]], %[[V4]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.neg %[[D]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.mul %[[V6]], %[[X]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V5]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "dt" %[[V7]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<4xf32>
  %t = gradus.input "t" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.binary_cross_entropy_with_logits %x, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%x, %t] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "dx" %g#0 : tensor<4xf32>
  gradus.result "dt" %g#1 : tensor<4xf32>
  return
}
