// gradus.sort: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.sort %{{.*}} axis 1 descending : (tensor<32x10xf32>) -> (tensor<32x10xf32>, tensor<32x10xi32>)
  %y, %i = gradus.sort %x axis 1 descending : (tensor<32x10xf32>) -> (tensor<32x10xf32>, tensor<32x10xi32>)
  gradus.result "y" %y : tensor<32x10xf32>
  gradus.result "i" %i : tensor<32x10xi32>
  return
}

// -----

// sort.1
func.func @wrong_sort_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.sort: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.sort' op failed to infer returned types}}
  %y, %i = gradus.sort %x axis 2 : (tensor<32x10xf32>) -> (tensor<32x10xf32>, tensor<32x10xi32>)
  return
}

// -----

// sort.1
func.func @wrong_sort_1_long() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<2x2147483648xf32>
  // expected-error @+2 {{gradus.sort: axis 1 of shape 2x2147483648 is too long for its i32 indices (at most 2^31-1 elements)}}
  // expected-error @+1 {{'gradus.sort' op failed to infer returned types}}
  %y, %i = gradus.sort %x axis 1 : (tensor<2x2147483648xf32>) -> (tensor<2x2147483648xf32>, tensor<2x2147483648xi32>)
  return
}

// -----

// sort.2
func.func @wrong_sort_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.sort: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.sort' op failed to infer returned types}}
  %y, %i = gradus.sort %x axis 1 : (tensor<32x10xi1>) -> (tensor<32x10xi1>, tensor<32x10xi32>)
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER-NEXT: %[[V3:.*]], %[[V4:.*]] = gradus.sort %[[X]] axis 1 : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi32>)
// AFTER-NEXT: %[[V5:.*]] = gradus.scatter %[[V0]], %[[V4]], %[[D]] axis 1 mode "add" : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V5]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y, %i = gradus.sort %x axis 1 : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi32>)
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
