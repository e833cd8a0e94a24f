// gradus.search_sorted: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %s = gradus.input "s" : tensor<100xf32>
  %v = gradus.input "v" : tensor<32x10xf32>
  // CHECK: gradus.search_sorted %{{.*}}, %{{.*}} right : (tensor<100xf32>, tensor<32x10xf32>) -> tensor<32x10xi32>
  %y = gradus.search_sorted %s, %v right : (tensor<100xf32>, tensor<32x10xf32>) -> tensor<32x10xi32>
  gradus.result "y" %y : tensor<32x10xi32>
  return
}

// -----

// search_sorted.1
func.func @wrong_search_sorted_1() {
  // expected-note @+1 {{the sequence comes from gradus.input "s"}}
  %s = gradus.input "s" : tensor<f32>
  // expected-note @+1 {{the values comes from gradus.input "v"}}
  %v = gradus.input "v" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.search_sorted: the sequence is a scalar (its last axis must be the sequence)}}
  // expected-error @+1 {{'gradus.search_sorted' op failed to infer returned types}}
  %y = gradus.search_sorted %s, %v : (tensor<f32>, tensor<32x10xf32>) -> tensor<32x10xi32>
  return
}

// -----

// search_sorted.1
func.func @wrong_search_sorted_1_long() {
  // expected-note @+1 {{the sequence comes from gradus.input "s"}}
  %s = gradus.input "s" : tensor<2147483648xf32>
  // expected-note @+1 {{the values comes from gradus.input "v"}}
  %v = gradus.input "v" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.search_sorted: a sequence of 2147483648 elements is too long for i32 results (at most 2^31-1)}}
  // expected-error @+1 {{'gradus.search_sorted' op failed to infer returned types}}
  %y = gradus.search_sorted %s, %v : (tensor<2147483648xf32>, tensor<32x10xf32>) -> tensor<32x10xi32>
  return
}

// -----

// search_sorted.2
func.func @wrong_search_sorted_2() {
  // expected-note @+1 {{the sequence comes from gradus.input "s"}}
  %s = gradus.input "s" : tensor<31x100xf32>
  // expected-note @+1 {{the values comes from gradus.input "v"}}
  %v = gradus.input "v" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.search_sorted: values of shape 32x10 do not fit sequences of shape 31x100 (all axes but the last must be equal)}}
  // expected-error @+1 {{'gradus.search_sorted' op failed to infer returned types}}
  %y = gradus.search_sorted %s, %v : (tensor<31x100xf32>, tensor<32x10xf32>) -> tensor<32x10xi32>
  return
}

// -----

// search_sorted.3
func.func @wrong_search_sorted_3() {
  // expected-note @+1 {{the sequence comes from gradus.input "s"}}
  %s = gradus.input "s" : tensor<100xi32>
  // expected-note @+1 {{the values comes from gradus.input "v"}}
  %v = gradus.input "v" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.search_sorted: element types i32 and f32 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{'gradus.search_sorted' op failed to infer returned types}}
  %y = gradus.search_sorted %s, %v : (tensor<100xi32>, tensor<32x10xf32>) -> tensor<32x10xi32>
  return
}

// -----

// search_sorted.3
func.func @wrong_search_sorted_3_bool() {
  // expected-note @+1 {{the sequence comes from gradus.input "s"}}
  %s = gradus.input "s" : tensor<100xi1>
  // expected-note @+1 {{the values comes from gradus.input "v"}}
  %v = gradus.input "v" : tensor<4xi1>
  // expected-error @+2 {{gradus.search_sorted: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.search_sorted' op failed to infer returned types}}
  %y = gradus.search_sorted %s, %v : (tensor<100xi1>, tensor<4xi1>) -> tensor<4xi32>
  return
}
