// gradus.any: round trip, constraints, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xi1>
  // CHECK: gradus.any %{{.*}} axes [1] : (tensor<32x10xi1>) -> tensor<32xi1>
  %y = gradus.any %x axes [1] : (tensor<32x10xi1>) -> tensor<32xi1>
  gradus.result "y" %y : tensor<32xi1>
  return
}

// -----

// any.1
func.func @wrong_any_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.any: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.any' op failed to infer returned types}}
  %y = gradus.any %x axes [2] : (tensor<32x10xf32>) -> tensor<32xi1>
  return
}

// -----

// any.1
func.func @wrong_any_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.any: axes must ascend}}
  // expected-error @+1 {{'gradus.any' op failed to infer returned types}}
  %y = gradus.any %x axes [1, 0] : (tensor<32x10xf32>) -> tensor<i1>
  return
}

// -----

// any.1
func.func @wrong_any_1_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.any: axis 1 is given twice}}
  // expected-error @+1 {{'gradus.any' op failed to infer returned types}}
  %y = gradus.any %x axes [1, 1] : (tensor<32x10xf32>) -> tensor<32xi1>
  return
}

// -----

// The decomposition.
// DECOMPOSED-LABEL: func.func @decomposition
// DECOMPOSED-NEXT: %[[V0:.*]] = gradus.constant dense<0> : tensor<2xi32>
// DECOMPOSED-NEXT: %[[V1:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V3:.*]] = gradus.ne %[[X]], %[[V1]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
// DECOMPOSED-NEXT: %[[V4:.*]] = gradus.cast %[[V3]] to i32 : (tensor<2x3xi1>) -> tensor<2x3xi32>
// DECOMPOSED-NEXT: %[[V5:.*]] = gradus.max %[[V4]] axes [1] : (tensor<2x3xi32>) -> tensor<2xi32>
// DECOMPOSED-NEXT: %[[V6:.*]] = gradus.ne %[[V5]], %[[V0]] : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
// DECOMPOSED-NEXT: gradus.result "y" %[[V6]] : tensor<2xi1>
// DECOMPOSED-NEXT: return
func.func @decomposition() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %y = gradus.any %x axes [1] : (tensor<2x3xf32>) -> tensor<2xi1>
  gradus.result "y" %y : tensor<2xi1>
  return
}

// -----

// Of no elements.
// DECOMPOSED-LABEL: func.func @empty
// DECOMPOSED-NEXT: %[[V0:.*]] = gradus.constant dense<false> : tensor<2xi1>
// DECOMPOSED-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x0xf32>
// DECOMPOSED-NEXT: gradus.result "y" %[[V0]] : tensor<2xi1>
// DECOMPOSED-NEXT: return
func.func @empty() {
  %x = gradus.input "x" : tensor<2x0xf32>
  %y = gradus.any %x axes [1] : (tensor<2x0xf32>) -> tensor<2xi1>
  gradus.result "y" %y : tensor<2xi1>
  return
}
