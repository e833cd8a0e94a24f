// gradus.slice: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.slice %{{.*}} from [0, 1] sizes [-1, 4] steps [1, 2] : (tensor<32x10xf32>) -> tensor<32x4xf32>
  %y = gradus.slice %x from [0, 1] sizes [-1, 4] steps [1, 2] : (tensor<32x10xf32>) -> tensor<32x4xf32>
  gradus.result "y" %y : tensor<32x4xf32>
  return
}

// -----

// slice.1
func.func @wrong_slice_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.slice: starts has 1 entries for 2 axes}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.slice %x from [0] sizes [-1, 4] steps [1, 1] : (tensor<32x10xf32>) -> tensor<32x4xf32>
  return
}

// -----

// slice.2
func.func @wrong_slice_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.slice: axis 1 starts at -1 with step 1 (the start must not be negative, the step positive)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.slice %x from [0, -1] sizes [-1, 4] steps [1, 1] : (tensor<32x10xf32>) -> tensor<32x4xf32>
  return
}

// -----

// slice.2
func.func @wrong_slice_2_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.slice: axis 1 starts at 1 with step 0 (the start must not be negative, the step positive)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.slice %x from [0, 1] sizes [-1, 4] steps [1, 0] : (tensor<32x10xf32>) -> tensor<32x4xf32>
  return
}

// -----

// slice.3
func.func @wrong_slice_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.slice: axis 1, of size 10, has no 5 elements from 1 with step 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.slice %x from [0, 1] sizes [-1, 5] steps [1, 3] : (tensor<32x10xf32>) -> tensor<32x4xf32>
  return
}

// -----

// slice.3
func.func @wrong_slice_3_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<?x10xf32>
  // expected-error @+2 {{gradus.slice: axis 0, of unknown size, has no 3 elements from 1 with step 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.slice %x from [1, 0] sizes [3, -1] steps [1, 1] : (tensor<?x10xf32>) -> tensor<3x10xf32>
  return
}

// -----

// slice.3
func.func @wrong_slice_3_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.slice: axis 1, of size 10, has no 9223372036854775807 elements}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.slice %x from [0, 1] sizes [-1, 9223372036854775807] steps [1, 9223372036854775807] : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// Zeros before, after and between.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<5x9xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.input "d" : tensor<3x4xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.pad %[[V1]] low [1, 2] high [1, 0] interior [0, 1] value 0.000000e+00 : (tensor<3x4xf32>) -> tensor<5x9xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<5x9xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<5x9xf32>
  %d = gradus.input "d" : tensor<3x4xf32>
  %y = gradus.slice %x from [1, 2] sizes [3, 4] steps [1, 2] : (tensor<5x9xf32>) -> tensor<3x4xf32>
  %z = gradus.mul %y, %d : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<3x4xf32>) -> tensor<f32>
  %gx = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<5x9xf32>) -> tensor<5x9xf32>
  gradus.result "dx" %gx : tensor<5x9xf32>
  return
}

// -----

// The whole: nothing to do.
// AFTER-LABEL: func.func @nothing
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<5x9xf32>
// AFTER-NEXT: gradus.result "y" %[[V0]] : tensor<5x9xf32>
// AFTER-NEXT: return
func.func @nothing() {
  %x = gradus.input "x" : tensor<5x9xf32>
  %y = gradus.slice %x from [0, 0] sizes [5, 9] steps [1, 1] : (tensor<5x9xf32>) -> tensor<5x9xf32>
  gradus.result "y" %y : tensor<5x9xf32>
  return
}
