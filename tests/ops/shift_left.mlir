// gradus.shift_left: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<32x10xi32>
  %b = gradus.input "b" : tensor<10xi32>
  // CHECK: gradus.shift_left %{{.*}}, %{{.*}} : (tensor<32x10xi32>, tensor<10xi32>) -> tensor<32x10xi32>
  %y = gradus.shift_left %a, %b : (tensor<32x10xi32>, tensor<10xi32>) -> tensor<32x10xi32>
  gradus.result "y" %y : tensor<32x10xi32>
  return
}

// -----

// elementwise.1
func.func @wrong_elementwise_1() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xi32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xi64>
  // expected-error @+2 {{gradus.shift_left: element types i32 and i64 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.shift_left %a, %b : (tensor<4xi32>, tensor<4xi64>) -> tensor<4xi32>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<4xi1>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<4xi1>
  // expected-error @+2 {{gradus.shift_left: element type bool does not fit (must be i32, i64 or u8; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.shift_left %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// elementwise.3
func.func @wrong_elementwise_3() {
  // expected-note @+1 {{the left operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xi32>
  // expected-note @+1 {{the right operand comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<64x10xi32>
  // expected-error @+2 {{gradus.shift_left: shapes 32x10 and 64x10 do not broadcast: axis 0 is 32 on the left and 64 on the right (sizes must match, or one must be 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.shift_left %a, %b : (tensor<32x10xi32>, tensor<64x10xi32>) -> tensor<32x10xi32>
  return
}
