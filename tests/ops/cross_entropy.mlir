// gradus.cross_entropy: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  %l = gradus.input "l" : tensor<32xi32>
  // CHECK: gradus.cross_entropy %{{.*}}, %{{.*}} : (tensor<32x10xf32>, tensor<32xi32>) -> tensor<32xf32>
  %y = gradus.cross_entropy %x, %l : (tensor<32x10xf32>, tensor<32xi32>) -> tensor<32xf32>
  gradus.result "y" %y : tensor<32xf32>
  return
}

// -----

// cross_entropy.1
func.func @wrong_cross_entropy_1() {
  // expected-note @+1 {{the logits operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<f32>
  // expected-note @+1 {{the target comes from gradus.input "l"}}
  %l = gradus.input "l" : tensor<i32>
  // expected-error @+2 {{gradus.cross_entropy: logits of shape scalar have no classes (the last axis is the classes)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.cross_entropy %x, %l : (tensor<f32>, tensor<i32>) -> tensor<f32>
  return
}

// -----

// cross_entropy.1
func.func @wrong_cross_entropy_1_integer() {
  // expected-note @+1 {{the logits operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4x3xi32>
  // expected-note @+1 {{the target comes from gradus.input "l"}}
  %l = gradus.input "l" : tensor<4xi32>
  // expected-error @+2 {{gradus.cross_entropy: element type i32 does not fit}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.cross_entropy %x, %l : (tensor<4x3xi32>, tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// cross_entropy.2
func.func @wrong_cross_entropy_2() {
  // expected-note @+1 {{the logits operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the target comes from gradus.input "l"}}
  %l = gradus.input "l" : tensor<64xi32>
  // expected-error @+2 {{gradus.cross_entropy: labels of shape 64 do not fit logits of shape 32x10 (must be 32, one label per row)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.cross_entropy %x, %l : (tensor<32x10xf32>, tensor<64xi32>) -> tensor<32xf32>
  return
}

// -----

// cross_entropy.3
func.func @wrong_cross_entropy_3() {
  // expected-note @+1 {{the logits operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the target comes from gradus.input "l"}}
  %l = gradus.input "l" : tensor<32xf32>
  // expected-error @+2 {{gradus.cross_entropy: a target of shape 32 and element type f32 does not fit logits of shape 32x10 and element type f32 (must be integer labels of shape 32, or probabilities like the logits)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.cross_entropy %x, %l : (tensor<32x10xf32>, tensor<32xf32>) -> tensor<32xf32>
  return
}

// -----

// cross_entropy.4
func.func @wrong_cross_entropy_4() {
  // expected-note @+1 {{the logits operand comes from gradus.input "p"}}
  %p = gradus.input "p" : tensor<3x4xf32>
  // expected-note @+1 {{the target comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<3xi32>
  // expected-error @+2 {{gradus.cross_entropy: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.cross_entropy %p, %t axis 2 : (tensor<3x4xf32>, tensor<3xi32>) -> tensor<3xf32>
  return
}

// -----

// The gradient with labels: softmax less one hot.
// AFTER-LABEL: func.func @gradient_labels
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[L:.*]] = gradus.input "l" : tensor<2xi32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.reshape %[[D]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.broadcast %[[V3]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.softmax %[[X]] axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.one_hot %[[L]] classes 3 of f32 : (tensor<2xi32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.sub %[[V5]], %[[V6]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.mul %[[V4]], %[[V7]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V8]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient_labels() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %l = gradus.input "l" : tensor<2xi32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.cross_entropy %x, %l : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}

// -----

// The gradient with probabilities.
// AFTER-LABEL: func.func @gradient_probabilities
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[P:.*]] = gradus.input "p" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.reshape %[[D]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.broadcast %[[V3]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.softmax %[[X]] axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.log_softmax %[[X]] axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.sum %[[P]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.reshape %[[V7]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.broadcast %[[V8]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.mul %[[V5]], %[[V9]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.sub %[[V10]], %[[P]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V12:.*]] = gradus.mul %[[V4]], %[[V11]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V13:.*]] = gradus.neg %[[V4]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V14:.*]] = gradus.mul %[[V13]], %[[V6]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V12]] : tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dp" %[[V14]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient_probabilities() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %p = gradus.input "p" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.cross_entropy %x, %p : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%x, %p] : (tensor<f32>, tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  gradus.result "dx" %g#0 : tensor<2x3xf32>
  gradus.result "dp" %g#1 : tensor<2x3xf32>
  return
}

// -----

// The gradient with another axis of classes.
// AFTER-LABEL: func.func @gradient_axis
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<1.000000e+00> : tensor<2x3xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// AFTER-NEXT: %[[P:.*]] = gradus.input "p" : tensor<2x3xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<3xi32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.reshape %[[D]] to [1, 3] : (tensor<3xf32>) -> tensor<1x3xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.broadcast %[[V5]] to [2, 3] : (tensor<1x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.softmax %[[P]] axis 0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.iota [2, 3] axis 0 of i32 : () -> tensor<2x3xi32>
// AFTER-NEXT: %[[V9:.*]] = gradus.reshape %[[T]] to [1, 3] : (tensor<3xi32>) -> tensor<1x3xi32>
// AFTER-NEXT: %[[V10:.*]] = gradus.broadcast %[[V9]] to [2, 3] : (tensor<1x3xi32>) -> tensor<2x3xi32>
// AFTER-NEXT: %[[V11:.*]] = gradus.eq %[[V10]], %[[V8]] : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<2x3xi1>
// AFTER-NEXT: %[[V12:.*]] = gradus.where %[[V11]], %[[V0]], %[[V1]] : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V13:.*]] = gradus.sub %[[V7]], %[[V12]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V14:.*]] = gradus.mul %[[V6]], %[[V13]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dp" %[[V14]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient_axis() {
  %p = gradus.input "p" : tensor<2x3xf32>
  %t = gradus.input "t" : tensor<3xi32>
  %d = gradus.input "d" : tensor<3xf32>
  %y = gradus.cross_entropy %p, %t axis 0 : (tensor<2x3xf32>, tensor<3xi32>) -> tensor<3xf32>
  %z = gradus.mul %y, %d : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %loss = gradus.sum %z axes [0] : (tensor<3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%p] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dp" %g : tensor<2x3xf32>
  return
}
