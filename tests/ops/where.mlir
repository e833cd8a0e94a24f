// gradus.where: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %c = gradus.input "c" : tensor<32x10xi1>
  %a = gradus.input "a" : tensor<32x10xf32>
  %b = gradus.input "b" : tensor<f32>
  // CHECK: gradus.where %{{.*}}, %{{.*}}, %{{.*}} : (tensor<32x10xi1>, tensor<32x10xf32>, tensor<f32>) -> tensor<32x10xf32>
  %y = gradus.where %c, %a, %b : (tensor<32x10xi1>, tensor<32x10xf32>, tensor<f32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// where.1
func.func @wrong_where_1() {
  // expected-note @+1 {{the condition comes from gradus.input "c"}}
  %c = gradus.input "c" : tensor<4xf32>
  // expected-note @+2 {{the first choice comes from gradus.input "a"}}
  // expected-note @+1 {{the second choice comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xf32>
  // expected-error @+2 {{gradus.where: the condition has element type f32 (must be bool)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.where %c, %a, %a : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// where.2
func.func @wrong_where_2() {
  // expected-note @+1 {{the condition comes from gradus.input "c"}}
  %c = gradus.input "c" : tensor<4xi1>
  // expected-note @+1 {{the first choice comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xf32>
  // expected-note @+1 {{the second choice comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xf64>
  // expected-error @+2 {{gradus.where: element types f32 and f64 differ (both choices need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.where %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// where.3
func.func @wrong_where_3() {
  // expected-note @+1 {{the condition comes from gradus.input "c"}}
  %c = gradus.input "c" : tensor<3xi1>
  // expected-note @+2 {{the first choice comes from gradus.input "a"}}
  // expected-note @+1 {{the second choice comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xf32>
  // expected-error @+2 {{gradus.where: shapes 3, 4 and 4 do not broadcast: axis 0 is 3 in the condition and 4 in the first choice}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.where %c, %a, %a : (tensor<3xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[C:.*]] = gradus.input "c" : tensor<4xi1>
// AFTER-NEXT: %[[A:.*]] = gradus.input "a" : tensor<4xf32>
// AFTER-NEXT: %[[B:.*]] = gradus.input "b" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.where %[[C]], %[[D]], %[[V0]] : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.where %[[C]], %[[V0]], %[[D]] : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "da" %[[V5]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "db" %[[V6]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %c = gradus.input "c" : tensor<4xi1>
  %a = gradus.input "a" : tensor<4xf32>
  %b = gradus.input "b" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.where %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%a, %b] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "da" %g#0 : tensor<4xf32>
  gradus.result "db" %g#1 : tensor<4xf32>
  return
}
