// gradus.huber: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %p = gradus.input "p" : tensor<32x10xf32>
  %t = gradus.input "t" : tensor<32x10xf32>
  // CHECK: gradus.huber %{{.*}}, %{{.*}} delta 5.000000e-01 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.huber %p, %t delta 5.000000e-01 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// huber.1
func.func @wrong_huber_1() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<32xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<32x1xf32>
  // expected-error @+2 {{gradus.huber: shapes 32 and 32x1 differ (a loss does not broadcast; reshape one of them)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.huber %p, %t delta 5.000000e-01 : (tensor<32xf32>, tensor<32x1xf32>) -> tensor<32xf32>
  return
}

// -----

// huber.2
func.func @wrong_huber_2() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xf64>
  // expected-error @+2 {{gradus.huber: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.huber %p, %t delta 5.000000e-01 : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// huber.2
func.func @wrong_huber_2_integer() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xi32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xi32>
  // expected-error @+2 {{gradus.huber: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.huber %p, %t delta 5.000000e-01 : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// huber.3
func.func @wrong_huber_3() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xf32>
  // expected-error @+2 {{gradus.huber: delta is 0 (must be a positive number)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.huber %p, %t delta 0.0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// huber.3
func.func @wrong_huber_3_infinite() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xf32>
  // expected-error @+2 {{gradus.huber: delta is inf (must be a positive number)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.huber %p, %t delta 0x7FF0000000000000 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// The gradient: the difference, clamped.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<-5.000000e-01> : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<5.000000e-01> : tensor<4xf32>
// AFTER-NEXT: %[[P:.*]] = gradus.input "p" : tensor<4xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.sub %[[P]], %[[T]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.minimum %[[V5]], %[[V1]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.maximum %[[V6]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.mul %[[D]], %[[V7]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.neg %[[V8]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dp" %[[V8]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "dt" %[[V9]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %p = gradus.input "p" : tensor<4xf32>
  %t = gradus.input "t" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.huber %p, %t delta 5.000000e-01 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%p, %t] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "dp" %g#0 : tensor<4xf32>
  gradus.result "dt" %g#1 : tensor<4xf32>
  return
}
