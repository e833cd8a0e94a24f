// gradus.einsum: round trip, constraints, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<2x3x4xf32>
  %b = gradus.input "b" : tensor<2x4x5xf32>
  // CHECK: gradus.einsum "bij,bjk->bik" %{{.*}}, %{{.*}} : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  %y = gradus.einsum "bij,bjk->bik" %a, %b : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  gradus.result "y" %y : tensor<2x3x5xf32>
  return
}

// -----

// einsum.1
func.func @wrong_einsum_1() {
  // expected-note @+1 {{the operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-error @+2 {{gradus.einsum: '2j' is not a term (letters and one ... at most)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "2j->j" %a : (tensor<2x3xf32>) -> tensor<3xf32>
  return
}

// -----

// einsum.2
func.func @wrong_einsum_2() {
  // expected-note @+1 {{the operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-error @+2 {{gradus.einsum: equation 'ij,jk' has 2 terms for 1 operands (one term per operand)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "ij,jk" %a : (tensor<2x3xf32>) -> tensor<3xf32>
  return
}

// -----

// einsum.3
func.func @wrong_einsum_3() {
  // expected-note @+1 {{the operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-error @+2 {{gradus.einsum: term 'i' has 1 labels for the 2 axes of operand 0 (a label per axis, or ...)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "i->i" %a : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

// einsum.4
func.func @wrong_einsum_4() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<3x4xf32>
  // expected-error @+2 {{gradus.einsum: label i has size 2 and size 4 (axes with one label need one size, or size 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "ij,ji->ij" %a, %b : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  return
}

// -----

// einsum.4_diagonal
func.func @wrong_einsum_4_diagonal() {
  // expected-note @+1 {{the operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-error @+2 {{gradus.einsum: label i has size 2 and size 3 (axes with one label need one size, or size 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "ii->i" %a : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

// einsum.5
func.func @wrong_einsum_5() {
  // expected-note @+1 {{the operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-error @+2 {{gradus.einsum: label k of the result is in no term (each label of the result occurs in a term, and once in the result)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "ij->k" %a : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

// einsum.5_twice
func.func @wrong_einsum_5_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2x3xf32>
  // expected-error @+2 {{gradus.einsum: label i of the result is there twice (each label of the result occurs in a term, and once in the result)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "ij->ii" %a : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}

// -----

// einsum.6
func.func @wrong_einsum_6() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<1x1x1x1x1xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<1x1x1x1xf32>
  // expected-error @+2 {{gradus.einsum: 9 different labels (at most 8)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "abcde,fghi->" %a, %b : (tensor<1x1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<f32>
  return
}

// -----

// einsum.7
func.func @wrong_einsum_7() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<2xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<2xf64>
  // expected-error @+2 {{gradus.einsum: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.einsum "i,i->" %a, %b : (tensor<2xf32>, tensor<2xf64>) -> tensor<f32>
  return
}

// -----

// A pair is a product of matrices; what has its rows last is read transposed.
// AFTER-LABEL: func.func @product
// AFTER: %[[A:.*]] = gradus.input "a"
// AFTER: %[[B:.*]] = gradus.input "b"
// AFTER: %[[T:.*]] = gradus.transpose %[[B]] axes [1, 0] : (tensor<5x4xf32>) -> tensor<4x5xf32>
// AFTER: %[[Y:.*]] = gradus.matmul %[[A]], %[[T]] : (tensor<3x4xf32>, tensor<4x5xf32>) -> tensor<3x5xf32>
// AFTER: gradus.result "y" %[[Y]]
func.func @product() {
  %a = gradus.input "a" : tensor<3x4xf32>
  %b = gradus.input "b" : tensor<5x4xf32>
  %y = gradus.einsum "ij,kj->ik" %a, %b : (tensor<3x4xf32>, tensor<5x4xf32>) -> tensor<3x5xf32>
  gradus.result "y" %y : tensor<3x5xf32>
  return
}
