// gradus.bitcast: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.bitcast %{{.*}} to i32 : (tensor<32x10xf32>) -> tensor<32x10xi32>
  %y = gradus.bitcast %x to i32 : (tensor<32x10xf32>) -> tensor<32x10xi32>
  gradus.result "y" %y : tensor<32x10xi32>
  return
}

// -----

// bitcast.1
func.func @wrong_bitcast_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xf32>
  // expected-error @+2 {{gradus.bitcast: the bits of f32 cannot be read as i64 (must be f32 and i32, f64 and i64, or the same type)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.bitcast %x to i64 : (tensor<4xf32>) -> tensor<4xi64>
  return
}
