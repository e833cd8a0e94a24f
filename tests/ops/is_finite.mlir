// gradus.is_finite: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.is_finite %{{.*}} : (tensor<32x10xf32>) -> tensor<32x10xi1>
  %y = gradus.is_finite %x : (tensor<32x10xf32>) -> tensor<32x10xi1>
  gradus.result "y" %y : tensor<32x10xi1>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xi1>
  // expected-error @+2 {{gradus.is_finite: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.is_finite %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}
