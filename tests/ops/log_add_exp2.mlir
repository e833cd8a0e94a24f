// gradus.log_add_exp2: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<32x10xf32>
  %b = gradus.input "b" : tensor<10xf32>
  // CHECK: gradus.log_add_exp2 %{{.*}}, %{{.*}} : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
  %y = gradus.log_add_exp2 %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// elementwise.1
func.func @wrong_elementwise_1() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xf32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xf64>
  // expected-error @+2 {{gradus.log_add_exp2: element types f32 and f64 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.log_add_exp2 %a, %b : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xi1>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xi1>
  // expected-error @+2 {{gradus.log_add_exp2: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.log_add_exp2 %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// elementwise.3
func.func @wrong_elementwise_3() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<64x10xf32>
  // expected-error @+2 {{gradus.log_add_exp2: shapes 32x10 and 64x10 do not broadcast: axis 0 is 32 on the left and 64 on the right (sizes must match, or one must be 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.log_add_exp2 %a, %b : (tensor<32x10xf32>, tensor<64x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.693147182> : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<0.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[A:.*]] = gradus.input "a" : tensor<4xf32>
// AFTER-NEXT: %[[B:.*]] = gradus.input "b" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.sub %[[A]], %[[B]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.eq %[[A]], %[[B]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
// AFTER-NEXT: %[[V7:.*]] = gradus.where %[[V6]], %[[V1]], %[[V5]] : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.mul %[[V7]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.sigmoid %[[V8]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.mul %[[D]], %[[V9]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.sub %[[B]], %[[A]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V12:.*]] = gradus.eq %[[B]], %[[A]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
// AFTER-NEXT: %[[V13:.*]] = gradus.where %[[V12]], %[[V1]], %[[V11]] : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V14:.*]] = gradus.mul %[[V13]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V15:.*]] = gradus.sigmoid %[[V14]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V16:.*]] = gradus.mul %[[D]], %[[V15]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "da" %[[V10]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "db" %[[V16]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %a = gradus.input "a" : tensor<4xf32>
  %b = gradus.input "b" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.log_add_exp2 %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%a, %b] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "da" %g#0 : tensor<4xf32>
  gradus.result "db" %g#1 : tensor<4xf32>
  return
}
