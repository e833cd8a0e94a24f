// gradus.reverse: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.reverse %{{.*}} axes [1] : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.reverse %x axes [1] : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// reverse.1
func.func @wrong_reverse_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.reverse: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.reverse %x axes [2] : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// reverse.1
func.func @wrong_reverse_1_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.reverse: axis 1 is given twice}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.reverse %x axes [1, 1] : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// Reversed again.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<5x9xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.input "d" : tensor<5x9xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.reverse %[[V1]] axes [0] : (tensor<5x9xf32>) -> tensor<5x9xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<5x9xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<5x9xf32>
  %d = gradus.input "d" : tensor<5x9xf32>
  %y = gradus.reverse %x axes [0] : (tensor<5x9xf32>) -> tensor<5x9xf32>
  %z = gradus.mul %y, %d : (tensor<5x9xf32>, tensor<5x9xf32>) -> tensor<5x9xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<5x9xf32>) -> tensor<f32>
  %gx = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<5x9xf32>) -> tensor<5x9xf32>
  gradus.result "dx" %gx : tensor<5x9xf32>
  return
}

// -----

// An axis of size 1: nothing to do.
// AFTER-LABEL: func.func @nothing
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<1x9xf32>
// AFTER-NEXT: gradus.result "y" %[[V0]] : tensor<1x9xf32>
// AFTER-NEXT: return
func.func @nothing() {
  %x = gradus.input "x" : tensor<1x9xf32>
  %y = gradus.reverse %x axes [0] : (tensor<1x9xf32>) -> tensor<1x9xf32>
  gradus.result "y" %y : tensor<1x9xf32>
  return
}
