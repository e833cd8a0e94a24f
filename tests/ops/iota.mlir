// gradus.iota: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  // CHECK: gradus.iota [32, 10] axis 1 of i32 : () -> tensor<32x10xi32>
  %y = gradus.iota [32, 10] axis 1 of i32 : () -> tensor<32x10xi32>
  gradus.result "y" %y : tensor<32x10xi32>
  return
}

// -----

// iota.1
func.func @wrong_iota_1() {
  // expected-error @+2 {{gradus.iota: axis 2 is outside the 2 axes of shape 32x10}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.iota [32, 10] axis 2 of i32 : () -> tensor<32x10xi32>
  return
}

// -----

// iota.2
func.func @wrong_iota_2() {
  // expected-error @+2 {{gradus.iota: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.iota [4] axis 0 of i1 : () -> tensor<4xi1>
  return
}
