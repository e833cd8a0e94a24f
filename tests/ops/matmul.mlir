// gradus.matmul: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<32x784xf32>
  %b = gradus.input "b" : tensor<784x10xf32>
  // CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<32x784xf32>, tensor<784x10xf32>) -> tensor<32x10xf32>
  %y = gradus.matmul %a, %b : (tensor<32x784xf32>, tensor<784x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// Rows: an operand of rank 1 on the left loses its axis.
// CHECK-LABEL: func.func @shape_rows
func.func @shape_rows() {
  %a = gradus.input "a" : tensor<3xf32>
  %b = gradus.input "b" : tensor<3x4xf32>
  // CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<3xf32>, tensor<3x4xf32>) -> tensor<4xf32>
  %y = gradus.matmul %a, %b : (tensor<3xf32>, tensor<3x4xf32>) -> tensor<4xf32>
  gradus.result "y" %y : tensor<4xf32>
  return
}

// -----

// Columns: an operand of rank 1 on the right loses its axis.
// CHECK-LABEL: func.func @shape_columns
func.func @shape_columns() {
  %a = gradus.input "a" : tensor<2x3xf32>
  %b = gradus.input "b" : tensor<3xf32>
  // CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2xf32>
  %y = gradus.matmul %a, %b : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2xf32>
  gradus.result "y" %y : tensor<2xf32>
  return
}

// -----

// Dots: two of rank 1 give a scalar.
// CHECK-LABEL: func.func @shape_dots
func.func @shape_dots() {
  %a = gradus.input "a" : tensor<3xf32>
  %b = gradus.input "b" : tensor<3xf32>
  // CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  %y = gradus.matmul %a, %b : (tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  gradus.result "y" %y : tensor<f32>
  return
}

// -----

// Batches broadcast.
// CHECK-LABEL: func.func @shape_batches
func.func @shape_batches() {
  %a = gradus.input "a" : tensor<5x1x2x3xf32>
  %b = gradus.input "b" : tensor<4x3x2xf32>
  // CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<5x1x2x3xf32>, tensor<4x3x2xf32>) -> tensor<5x4x2x2xf32>
  %y = gradus.matmul %a, %b : (tensor<5x1x2x3xf32>, tensor<4x3x2xf32>) -> tensor<5x4x2x2xf32>
  gradus.result "y" %y : tensor<5x4x2x2xf32>
  return
}

// -----

// Empty inner axes give zeros.
// CHECK-LABEL: func.func @shape_empty
func.func @shape_empty() {
  %a = gradus.input "a" : tensor<2x0xf32>
  %b = gradus.input "b" : tensor<0x3xf32>
  // CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<2x0xf32>, tensor<0x3xf32>) -> tensor<2x3xf32>
  %y = gradus.matmul %a, %b : (tensor<2x0xf32>, tensor<0x3xf32>) -> tensor<2x3xf32>
  gradus.result "y" %y : tensor<2x3xf32>
  return
}

// -----

// matmul.1
func.func @wrong_matmul_1() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<f32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.matmul: shapes scalar and 32x10 do not multiply (a scalar has no matrix axes; use *)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.matmul %a, %b : (tensor<f32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// matmul.2
func.func @wrong_matmul_2() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4x5xf32>
  // expected-error @+2 {{gradus.matmul: shapes 2x3 and 4x5 do not multiply: the last axis is 3 on the left and axis 0 is 4 on the right (the inner sizes must match)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.matmul %a, %b : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<2x5xf32>
  return
}

// -----

// matmul.3
func.func @wrong_matmul_3() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x4x3xf32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<5x3x4xf32>
  // expected-error @+2 {{gradus.matmul: the leading axes of shapes 2x4x3 and 5x3x4 do not multiply: shapes 2 and 5 do not broadcast: axis 0 is 2 on the left and 5 on the right}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.matmul %a, %b : (tensor<2x4x3xf32>, tensor<5x3x4xf32>) -> tensor<2x4x4xf32>
  return
}

// -----

// matmul.4
func.func @wrong_matmul_4() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<3x2xf64>
  // expected-error @+2 {{gradus.matmul: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.matmul %a, %b : (tensor<2x3xf32>, tensor<3x2xf64>) -> tensor<2x2xf32>
  return
}

// -----

// matmul.4
func.func @wrong_matmul_4_bool() {
  // expected-note @+2 {{the left operand comes from gradus.input "a"}}
  // expected-note @+1 {{the right operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x2xi1>
  // expected-error @+2 {{gradus.matmul: element type bool does not fit}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.matmul %a, %a : (tensor<2x2xi1>, tensor<2x2xi1>) -> tensor<2x2xi1>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[A:.*]] = gradus.input "a" : tensor<2x3xf32>
// AFTER-NEXT: %[[B:.*]] = gradus.input "b" : tensor<3x4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x4xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.transpose %[[B]] axes [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.matmul %[[D]], %[[V3]] : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.transpose %[[A]] axes [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.matmul %[[V5]], %[[D]] : (tensor<3x2xf32>, tensor<2x4xf32>) -> tensor<3x4xf32>
// AFTER-NEXT: gradus.result "da" %[[V4]] : tensor<2x3xf32>
// AFTER-NEXT: gradus.result "db" %[[V6]] : tensor<3x4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %a = gradus.input "a" : tensor<2x3xf32>
  %b = gradus.input "b" : tensor<3x4xf32>
  %d = gradus.input "d" : tensor<2x4xf32>
  %y = gradus.matmul %a, %b : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %z = gradus.mul %y, %d : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%a, %b] : (tensor<f32>, tensor<2x3xf32>, tensor<3x4xf32>) -> (tensor<2x3xf32>, tensor<3x4xf32>)
  gradus.result "da" %g#0 : tensor<2x3xf32>
  gradus.result "db" %g#1 : tensor<3x4xf32>
  return
}
