// gradus.one_hot: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %i = gradus.input "i" : tensor<32xi32>
  // CHECK: gradus.one_hot %{{.*}} classes 10 of f32 : (tensor<32xi32>) -> tensor<32x10xf32>
  %y = gradus.one_hot %i classes 10 of f32 : (tensor<32xi32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// one_hot.1
func.func @wrong_one_hot_1() {
  // expected-note @+1 {{the operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xf32>
  // expected-error @+2 {{gradus.one_hot: the indices have element type f32 (must be i32 or i64)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.one_hot %i classes 10 of f32 : (tensor<32xf32>) -> tensor<32x10xf32>
  return
}

// -----

// one_hot.2
func.func @wrong_one_hot_2() {
  // expected-note @+1 {{the operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.one_hot: the number of classes is -1 (must not be negative)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.one_hot %i classes -1 of f32 : (tensor<32xi32>) -> tensor<32x10xf32>
  return
}

// -----

// one_hot.2
func.func @wrong_one_hot_2_bool() {
  // expected-note @+1 {{the operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.one_hot: element type bool does not fit}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.one_hot %i classes 10 of i1 : (tensor<32xi32>) -> tensor<32x10xi1>
  return
}
