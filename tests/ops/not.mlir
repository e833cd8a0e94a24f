// gradus.not: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xi1>
  // CHECK: gradus.not %{{.*}} : (tensor<32x10xi1>) -> tensor<32x10xi1>
  %y = gradus.not %x : (tensor<32x10xi1>) -> tensor<32x10xi1>
  gradus.result "y" %y : tensor<32x10xi1>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xf32>
  // expected-error @+2 {{gradus.not: element type f32 does not fit (must be i32, i64, bool or u8; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.not %x : (tensor<4xf32>) -> tensor<4xi1>
  return
}
