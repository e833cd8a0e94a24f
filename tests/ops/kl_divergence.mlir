// gradus.kl_divergence: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %p = gradus.input "p" : tensor<32x10xf32>
  %t = gradus.input "t" : tensor<32x10xf32>
  // CHECK: gradus.kl_divergence %{{.*}}, %{{.*}} log_target : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.kl_divergence %p, %t log_target : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// kl_divergence.1
func.func @wrong_kl_divergence_1() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<32xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<32x1xf32>
  // expected-error @+2 {{gradus.kl_divergence: shapes 32 and 32x1 differ (a loss does not broadcast; reshape one of them)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.kl_divergence %p, %t : (tensor<32xf32>, tensor<32x1xf32>) -> tensor<32xf32>
  return
}

// -----

// kl_divergence.2
func.func @wrong_kl_divergence_2() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xf64>
  // expected-error @+2 {{gradus.kl_divergence: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.kl_divergence %p, %t : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// kl_divergence.2
func.func @wrong_kl_divergence_2_integer() {
  // expected-note @+1 {{the prediction comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<4xi32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<4xi32>
  // expected-error @+2 {{gradus.kl_divergence: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.kl_divergence %p, %t : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// The gradient.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<1.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[P:.*]] = gradus.input "p" : tensor<4xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.neg %[[D]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.mul %[[V5]], %[[T]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.log %[[T]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.add %[[V7]], %[[V1]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.sub %[[V8]], %[[P]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.mul %[[D]], %[[V9]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.eq %[[T]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
// AFTER-NEXT: %[[V12:.*]] = gradus.where %[[V11]], %[[V0]], %[[V10]] : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dp" %[[V6]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "dt" %[[V12]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %p = gradus.input "p" : tensor<4xf32>
  %t = gradus.input "t" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.kl_divergence %p, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%p, %t] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "dp" %g#0 : tensor<4xf32>
  gradus.result "dt" %g#1 : tensor<4xf32>
  return
}

// -----

// The gradient with the logarithm of the target.
// AFTER-LABEL: func.func @gradient_log_target
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<1.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[P:.*]] = gradus.input "p" : tensor<4xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.exp %[[T]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.neg %[[D]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.mul %[[V5]], %[[V4]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.sub %[[T]], %[[P]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.add %[[V7]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.mul %[[D]], %[[V4]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.mul %[[V9]], %[[V8]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dp" %[[V6]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "dt" %[[V10]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient_log_target() {
  %p = gradus.input "p" : tensor<4xf32>
  %t = gradus.input "t" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.kl_divergence %p, %t log_target : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%p, %t] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "dp" %g#0 : tensor<4xf32>
  gradus.result "dt" %g#1 : tensor<4xf32>
  return
}
