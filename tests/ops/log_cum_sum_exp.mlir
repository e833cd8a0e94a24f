// gradus.log_cum_sum_exp: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.log_cum_sum_exp %{{.*}} axis 1 reverse exclusive : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.log_cum_sum_exp %x axis 1 reverse exclusive : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// log_cum_sum_exp.1
func.func @wrong_log_cum_sum_exp_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.log_cum_sum_exp: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.log_cum_sum_exp' op failed to infer returned types}}
  %y = gradus.log_cum_sum_exp %x axis 2 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// log_cum_sum_exp.2
func.func @wrong_log_cum_sum_exp_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi32>
  // expected-error @+2 {{gradus.log_cum_sum_exp: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{'gradus.log_cum_sum_exp' op failed to infer returned types}}
  %y = gradus.log_cum_sum_exp %x axis 1 : (tensor<32x10xi32>) -> tensor<32x10xi32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0x7F800000> : tensor<2x3xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.log_cum_sum_exp %[[X]] axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.log_cum_sum_exp %[[X]] axis 1 exclusive : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.abs %[[V4]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.eq %[[V6]], %[[V0]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
// AFTER-NEXT: %[[V8:.*]] = gradus.where %[[V7]], %[[V1]], %[[V4]] : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.sub %[[V5]], %[[V8]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.exp %[[V9]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.sub %[[X]], %[[V8]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V12:.*]] = gradus.exp %[[V11]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V13:.*]] = gradus.mul %[[V10]], %[[D]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V14:.*]] = gradus.linear_scan %[[V10]], %[[V13]] axis 1 reverse init 0.000000e+00 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V15:.*]] = gradus.add %[[D]], %[[V14]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V16:.*]] = gradus.mul %[[V12]], %[[V15]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V16]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.log_cum_sum_exp %x axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
