// gradus.softmax: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.softmax %{{.*}} axis 1 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.softmax %x axis 1 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// softmax.1
func.func @wrong_softmax_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.softmax: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.softmax %x axis 2 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// softmax.2
func.func @wrong_softmax_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xi32>
  // expected-error @+2 {{gradus.softmax: element type i32 does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.softmax %x axis 0 : (tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.softmax %[[X]] axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.mul %[[D]], %[[V2]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.sum %[[V3]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.reshape %[[V4]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.broadcast %[[V5]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.sub %[[D]], %[[V6]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.mul %[[V2]], %[[V7]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V8]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.softmax %x axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
