// gradus.floor_divide: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<32x10xf32>
  %b = gradus.input "b" : tensor<10xf32>
  // CHECK: gradus.floor_divide %{{.*}}, %{{.*}} : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
  %y = gradus.floor_divide %a, %b : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<32x10xf32>
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
  // expected-error @+2 {{gradus.floor_divide: element types f32 and f64 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.floor_divide %a, %b : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xi1>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xi1>
  // expected-error @+2 {{gradus.floor_divide: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.floor_divide %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// elementwise.3
func.func @wrong_elementwise_3() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<64x10xf32>
  // expected-error @+2 {{gradus.floor_divide: shapes 32x10 and 64x10 do not broadcast: axis 0 is 32 on the left and 64 on the right (sizes must match, or one must be 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.floor_divide %a, %b : (tensor<32x10xf32>, tensor<64x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[A:.*]] = gradus.input "a" : tensor<4xf32>
// AFTER-NEXT: %[[B:.*]] = gradus.input "b" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: gradus.result "da" %[[V0]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "db" %[[V0]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %a = gradus.input "a" : tensor<4xf32>
  %b = gradus.input "b" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.floor_divide %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%a, %b] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "da" %g#0 : tensor<4xf32>
  gradus.result "db" %g#1 : tensor<4xf32>
  return
}
