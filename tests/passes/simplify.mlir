// gradus-simplify: folds, merges equal ops, drops what nothing needs; inputs and variables stay.
// RUN: gradus-opt %s --gradus-simplify --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @merges_equal_ops
// CHECK: %[[E:.*]] = gradus.exp
// CHECK-NOT: gradus.exp
// CHECK: gradus.mul %[[E]], %[[E]]
func.func @merges_equal_ops() {
  %x = gradus.input "x" : tensor<8xf32>
  %a = gradus.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %b = gradus.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %y = gradus.mul %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  gradus.result "y" %y : tensor<8xf32>
  return
}

// -----

// CHECK-LABEL: func.func @drops_what_nothing_needs
// CHECK-NEXT: gradus.input "x"
// CHECK-NEXT: gradus.parameter "w"
// CHECK-NEXT: gradus.state "s"
// CHECK-NEXT: return
func.func @drops_what_nothing_needs() {
  %x = gradus.input "x" : tensor<8xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<8xf32>
  %s = gradus.state "s" {kind = "zeros"} : tensor<8xf32>
  %y = gradus.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

// The record's example.
// CHECK-LABEL: func.func @folds
// CHECK-NEXT: %[[X:.*]] = gradus.input "x"
// CHECK-NEXT: %[[Z:.*]] = gradus.exp %[[X]]
// CHECK-NEXT: gradus.result "z" %[[Z]]
func.func @folds() {
  %x = gradus.input "x" : tensor<8xf32>
  %one = gradus.constant dense<1.0> : tensor<8xf32>
  %y = gradus.mul %x, %one : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %z = gradus.exp %y : (tensor<8xf32>) -> tensor<8xf32>
  gradus.result "z" %z : tensor<8xf32>
  return
}
