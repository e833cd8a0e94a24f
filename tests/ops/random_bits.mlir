// gradus.random_bits: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %key = gradus.input "key" : tensor<i64>
  %counter = gradus.state "counter" {kind = "zeros"} : tensor<i64>
  // CHECK: gradus.random_bits %{{.*}}, %{{.*}} stream 3 to [32, 10] of i32 : (tensor<i64>, tensor<i64>) -> tensor<32x10xi32>
  %y = gradus.random_bits %key, %counter stream 3 to [32, 10] of i32 : (tensor<i64>, tensor<i64>) -> tensor<32x10xi32>
  gradus.result "y" %y : tensor<32x10xi32>
  return
}

// -----

// random.1
func.func @wrong_random_1_shape() {
  // expected-note @+2 {{the key comes from gradus.input "key"}}
  // expected-note @+1 {{the counter comes from gradus.input "key"}}
  %key = gradus.input "key" : tensor<2xi64>
  // expected-error @+2 {{gradus.random_bits: the key has shape 2 and element type i64 (must be a scalar of i64)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.random_bits %key, %key stream 0 to [4] of i32 : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi32>
  return
}

// -----

// random.1
func.func @wrong_random_1_type() {
  // expected-note @+1 {{the key comes from gradus.input "key"}}
  %key = gradus.input "key" : tensor<i64>
  // expected-note @+1 {{the counter comes from gradus.input "counter"}}
  %counter = gradus.input "counter" : tensor<i32>
  // expected-error @+2 {{gradus.random_bits: the counter has shape scalar and element type i32 (must be a scalar of i64)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.random_bits %key, %counter stream 0 to [4] of i32 : (tensor<i64>, tensor<i32>) -> tensor<4xi32>
  return
}

// -----

// random.2
func.func @wrong_random_2() {
  // expected-note @+2 {{the key comes from gradus.input "key"}}
  // expected-note @+1 {{the counter comes from gradus.input "key"}}
  %key = gradus.input "key" : tensor<i64>
  // expected-error @+2 {{gradus.random_bits: stream 8388608 is outside 0 .. 8388607}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.random_bits %key, %key stream 8388608 to [4] of i32 : (tensor<i64>, tensor<i64>) -> tensor<4xi32>
  return
}

// -----

// random.3
func.func @wrong_random_3() {
  // expected-note @+2 {{the key comes from gradus.input "key"}}
  // expected-note @+1 {{the counter comes from gradus.input "key"}}
  %key = gradus.input "key" : tensor<i64>
  // expected-error @+2 {{gradus.random_bits: element type f32 does not fit (must be i32 or i64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.random_bits %key, %key stream 0 to [4] of f32 : (tensor<i64>, tensor<i64>) -> tensor<4xf32>
  return
}
