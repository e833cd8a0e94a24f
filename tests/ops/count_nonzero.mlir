// gradus.count_nonzero: round trip, constraints, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.count_nonzero %{{.*}} axes [1] : (tensor<32x10xf32>) -> tensor<32xi64>
  %y = gradus.count_nonzero %x axes [1] : (tensor<32x10xf32>) -> tensor<32xi64>
  gradus.result "y" %y : tensor<32xi64>
  return
}

// -----

// count_nonzero.1
func.func @wrong_count_nonzero_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.count_nonzero: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.count_nonzero' op failed to infer returned types}}
  %y = gradus.count_nonzero %x axes [2] : (tensor<32x10xf32>) -> tensor<32xi64>
  return
}

// -----

// count_nonzero.1
func.func @wrong_count_nonzero_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.count_nonzero: axes must ascend}}
  // expected-error @+1 {{'gradus.count_nonzero' op failed to infer returned types}}
  %y = gradus.count_nonzero %x axes [1, 0] : (tensor<32x10xf32>) -> tensor<i64>
  return
}

// -----

// count_nonzero.1
func.func @wrong_count_nonzero_1_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.count_nonzero: axis 1 is given twice}}
  // expected-error @+1 {{'gradus.count_nonzero' op failed to infer returned types}}
  %y = gradus.count_nonzero %x axes [1, 1] : (tensor<32x10xf32>) -> tensor<32xi64>
  return
}

// -----

// The decomposition.
// DECOMPOSED-LABEL: func.func @decomposition
// DECOMPOSED-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V2:.*]] = gradus.ne %[[X]], %[[V0]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
// DECOMPOSED-NEXT: %[[V3:.*]] = gradus.cast %[[V2]] to i64 : (tensor<2x3xi1>) -> tensor<2x3xi64>
// DECOMPOSED-NEXT: %[[V4:.*]] = gradus.sum %[[V3]] axes [1] : (tensor<2x3xi64>) -> tensor<2xi64>
// DECOMPOSED-NEXT: gradus.result "y" %[[V4]] : tensor<2xi64>
// DECOMPOSED-NEXT: return
func.func @decomposition() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %y = gradus.count_nonzero %x axes [1] : (tensor<2x3xf32>) -> tensor<2xi64>
  gradus.result "y" %y : tensor<2xi64>
  return
}
