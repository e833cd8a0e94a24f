// gradus.binary_cross_entropy: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %p = gradus.input "p" : tensor<32x10xf32>
  %t = gradus.input "t" : tensor<32x10xf32>
  // CHECK: gradus.binary_cross_entropy %{{.*}}, %{{.*}} : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.binary_cross_entropy %p, %t : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// binary_cross_entropy.1
func.func @wrong_binary_cross_entropy_1() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<32xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<32x1xf32>
  // expected-error @+2 {{gradus.binary_cross_entropy: shapes 32 and 32x1 differ (a loss does not broadcast; reshape one of them)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.binary_cross_entropy %p, %t : (tensor<32xf32>, tensor<32x1xf32>) -> tensor<32xf32>
  return
}

// -----

// binary_cross_entropy.2
func.func @wrong_binary_cross_entropy_2() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xf64>
  // expected-error @+2 {{gradus.binary_cross_entropy: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.binary_cross_entropy %p, %t : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// binary_cross_entropy.2
func.func @wrong_binary_cross_entropy_2_integer() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xi32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xi32>
  // expected-error @+2 {{gradus.binary_cross_entropy: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.binary_cross_entropy %p, %t : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// The gradient, bounded.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<-1.000000e+02> : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<9.99999996E-13> : tensor<4xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.constant dense<1.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[P:.*]] = gradus.input "p" : tensor<4xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.sub %[[V2]], %[[P]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.mul %[[P]], %[[V6]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.maximum %[[V7]], %[[V1]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.sub %[[P]], %[[T]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.mul %[[D]], %[[V9]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.div %[[V10]], %[[V8]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V12:.*]] = gradus.log %[[P]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V13:.*]] = gradus.maximum %[[V12]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V14:.*]] = gradus.neg %[[P]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V15:.*]] = gradus.log1p %[[V14]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V16:.*]] = gradus.maximum %[[V15]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V17:.*]] = gradus.sub %[[V16]], %[[V13]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V18:.*]] = gradus.mul %[[D]], %[[V17]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dp" %[[V11]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "dt" %[[V18]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %p = gradus.input "p" : tensor<4xf32>
  %t = gradus.input "t" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.binary_cross_entropy %p, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%p, %t] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "dp" %g#0 : tensor<4xf32>
  gradus.result "dt" %g#1 : tensor<4xf32>
  return
}
