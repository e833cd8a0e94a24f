// gradus.assign: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
  %y = gradus.neg %w : (tensor<10xf32>) -> tensor<10xf32>
  // CHECK: gradus.assign %{{.*}}, %{{.*}} : tensor<10xf32>, tensor<10xf32>
  gradus.assign %w, %y : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

// assign.1
func.func @wrong_assign_1() {
  // expected-note @+2 {{the variable comes from gradus.input "x"}}
  // expected-note @+1 {{the new value comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<10xf32>
  // expected-error @+1 {{gradus.assign: only a parameter or a state can be assigned}}
  gradus.assign %x, %x : tensor<10xf32>, tensor<10xf32>
  return
}

// -----

// assign.2
func.func @wrong_assign_2() {
  // expected-note @+1 {{the variable comes from gradus.parameter "w"}}
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
  // expected-note @+1 {{the new value comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xf32>
  // expected-error @+1 {{gradus.assign: "w" has shape 10 and type f32, its new value 4 and f32 (must be equal)}}
  gradus.assign %w, %x : tensor<10xf32>, tensor<4xf32>
  return
}

// -----

// assign.3
func.func @wrong_assign_3() {
  // expected-note @+2 {{the variable comes from gradus.parameter "w"}}
  // expected-note @+1 {{the new value comes from gradus.parameter "w"}}
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<10xf32>
  // expected-error @+1 {{gradus.assign: "w" is assigned twice}}
  gradus.assign %w, %w : tensor<10xf32>, tensor<10xf32>
  gradus.assign %w, %w : tensor<10xf32>, tensor<10xf32>
  return
}
