// gradus.gradients: round trip, constraints, expansion.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
  %l = gradus.sum %w axes [0] : (tensor<10xf32>) -> tensor<f32>
  // CHECK: gradus.gradients %{{.*}}, [%{{.*}}] : (tensor<f32>, tensor<10xf32>) -> tensor<10xf32>
  %g = gradus.gradients %l, [%w] : (tensor<f32>, tensor<10xf32>) -> tensor<10xf32>
  return
}

// -----

// gradients.1
func.func @wrong_gradients_1() {
  // expected-note @+1 {{the loss comes from gradus.parameter "w"}}
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
  %l = gradus.sum %w axes [0] : (tensor<10xf32>) -> tensor<f32>
  // expected-error @+2 {{gradus.gradients: the loss has shape 10 and element type f32 (must be a floating-point scalar; reduce it with sum or mean)}}
  // expected-error @+1 {{failed to infer returned types}}
  %g = gradus.gradients %w, [%w] : (tensor<10xf32>, tensor<10xf32>) -> tensor<10xf32>
  return
}

// -----

// gradients.2
func.func @wrong_gradients_2() {
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
  %l = gradus.sum %w axes [0] : (tensor<10xf32>) -> tensor<f32>
  // expected-note @+1 {{the tensor comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<4xi32>
  // expected-error @+2 {{gradus.gradients: no gradient with respect to element type i32 (must be f32 or f64)}}
  // expected-error @+1 {{failed to infer returned types}}
  %g = gradus.gradients %l, [%i] : (tensor<f32>, tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// What the loss does not depend on has zeros.
// AFTER-LABEL: func.func @unused
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<1.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<0.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[U:.*]] = gradus.input "u" : tensor<4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V0]] : tensor<4xf32>
// AFTER-NEXT: gradus.result "du" %[[V1]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @unused() {
  %x = gradus.input "x" : tensor<4xf32>
  %u = gradus.input "u" : tensor<4xf32>
  %l = gradus.sum %x axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %l, [%x, %u] : (tensor<f32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  gradus.result "dx" %g#0 : tensor<4xf32>
  gradus.result "du" %g#1 : tensor<4xf32>
  return
}

// -----

// Uses of one value add up.
// AFTER-LABEL: func.func @fan_out
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<1.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.exp %[[X]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.tanh %[[X]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.mul %[[V3]], %[[V3]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.sub %[[V0]], %[[V4]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.add %[[V5]], %[[V2]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V6]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @fan_out() {
  %x = gradus.input "x" : tensor<4xf32>
  %a = gradus.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %b = gradus.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  %y = gradus.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %l = gradus.sum %y axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %l, [%x] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "dx" %g : tensor<4xf32>
  return
}

// -----

// Gradients of gradients, in program order.
// AFTER-LABEL: func.func @again
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.exp %[[X]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "h" %[[V1]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @again() {
  %x = gradus.input "x" : tensor<4xf32>
  %a = gradus.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %l = gradus.sum %a axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %l, [%x] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %m = gradus.sum %g axes [0] : (tensor<4xf32>) -> tensor<f32>
  %h = gradus.gradients %m, [%x] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "h" %h : tensor<4xf32>
  return
}

// -----

// CHECK-LABEL: func.func @several
func.func @several() {
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
  %l = gradus.sum %w axes [0] : (tensor<10xf32>) -> tensor<f32>
  // CHECK: %{{.*}}:2 = gradus.gradients %{{.*}}, [%{{.*}}, %{{.*}}] : (tensor<f32>, tensor<10xf32>, tensor<f32>) -> (tensor<10xf32>, tensor<f32>)
  %g:2 = gradus.gradients %l, [%w, %l] : (tensor<f32>, tensor<10xf32>, tensor<f32>) -> (tensor<10xf32>, tensor<f32>)
  return
}
