// gradus.lerp: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<32x10xf32>
  %b = gradus.input "b" : tensor<10xf32>
  %c = gradus.input "c" : tensor<f32>
  // CHECK: gradus.lerp %{{.*}}, %{{.*}}, %{{.*}} : (tensor<32x10xf32>, tensor<10xf32>, tensor<f32>) -> tensor<32x10xf32>
  %y = gradus.lerp %a, %b, %c : (tensor<32x10xf32>, tensor<10xf32>, tensor<f32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// elementwise.1
func.func @wrong_elementwise_1() {
  // expected-note @+1 {{the first operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xf32>
  // expected-note @+1 {{the second operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xf32>
  // expected-note @+1 {{the third operand comes from gradus.input "c"}}
  %c = gradus.input "c" : tensor<4xf64>
  // expected-error @+2 {{gradus.lerp: element types f32 and f64 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.lerp %a, %b, %c : (tensor<4xf32>, tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the first operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xi1>
  // expected-note @+1 {{the second operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xi1>
  // expected-note @+1 {{the third operand comes from gradus.input "c"}}
  %c = gradus.input "c" : tensor<4xi1>
  // expected-error @+2 {{gradus.lerp: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.lerp %a, %b, %c : (tensor<4xi1>, tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// elementwise.3
func.func @wrong_elementwise_3() {
  // expected-note @+1 {{the first operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the second operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<10xf32>
  // expected-note @+1 {{the third operand comes from gradus.input "c"}}
  %c = gradus.input "c" : tensor<64x10xf32>
  // expected-error @+2 {{gradus.lerp: shapes 32x10, 10 and 64x10 do not broadcast: aligned at the right, axis 0 is 32 in the first and 64 in the third}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.lerp %a, %b, %c : (tensor<32x10xf32>, tensor<10xf32>, tensor<64x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<1.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[A:.*]] = gradus.input "a" : tensor<4xf32>
// AFTER-NEXT: %[[B:.*]] = gradus.input "b" : tensor<4xf32>
// AFTER-NEXT: %[[C:.*]] = gradus.input "c" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.sub %[[V0]], %[[C]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.mul %[[D]], %[[V5]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.mul %[[D]], %[[C]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.sub %[[B]], %[[A]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.mul %[[D]], %[[V8]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "da" %[[V6]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "db" %[[V7]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "dc" %[[V9]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %a = gradus.input "a" : tensor<4xf32>
  %b = gradus.input "b" : tensor<4xf32>
  %c = gradus.input "c" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.lerp %a, %b, %c : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:3 = gradus.gradients %loss, [%a, %b, %c] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  gradus.result "da" %g#0 : tensor<4xf32>
  gradus.result "db" %g#1 : tensor<4xf32>
  gradus.result "dc" %g#2 : tensor<4xf32>
  return
}
