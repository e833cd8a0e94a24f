// gradus.overlap_add: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // DECOMPOSED: gradus.scatter_windows %{{.*}} axes [1] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9x3xf32>
  // DECOMPOSED: gradus.sum %{{.*}} axes [2] : (tensor<32x9x3xf32>) -> tensor<32x9xf32>
  // CHECK: gradus.overlap_add %{{.*}} axes [1] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9xf32>
  %y = gradus.overlap_add %x axes [1] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9xf32>
  gradus.result "y" %y : tensor<32x9xf32>
  return
}

// -----

// overlap_add.1
func.func @wrong_overlap_add_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.overlap_add: extents has 2 entries for 1 axes}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.overlap_add %x axes [1] extents [9, 9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9xf32>
  return
}

// -----

// overlap_add.1
func.func @wrong_overlap_add_1_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.overlap_add: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.overlap_add %x axes [2] extents [9] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9xf32>
  return
}

// -----

// overlap_add.1
func.func @wrong_overlap_add_1_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32xf32>
  // expected-error @+2 {{gradus.overlap_add: shape 32 does not end with the axes of windows along 2 axes}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.overlap_add %x axes [0, 1] extents [9, 9] strides [2, 2] dilations [1, 1] : (tensor<32xf32>) -> tensor<32x9xf32>
  return
}

// -----

// overlap_add.2
func.func @wrong_overlap_add_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.overlap_add: dilations has the entry 0 (must be positive)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.overlap_add %x axes [1] extents [9] strides [2] dilations [0] : (tensor<32x4x3xf32>) -> tensor<32x9xf32>
  return
}

// -----

// overlap_add.3
func.func @wrong_overlap_add_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xf32>
  // expected-error @+2 {{gradus.overlap_add: axis 1 of shape 32x4x3 does not count the windows of 3 elements in 12 (stride 2, dilation 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.overlap_add %x axes [1] extents [12] strides [2] dilations [1] : (tensor<32x4x3xf32>) -> tensor<32x9xf32>
  return
}

// -----

// overlap_add.4
func.func @wrong_overlap_add_4() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x4x3xi1>
  // expected-error @+2 {{gradus.overlap_add: element type bool does not fit}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.overlap_add %x axes [1] extents [9] strides [2] dilations [1] : (tensor<32x4x3xi1>) -> tensor<32x9xi1>
  return
}

// -----

// The windows of d.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<5x4x3xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.input "d" : tensor<5x9xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.window %[[V1]] axes [1] sizes [3] strides [2] dilations [1] : (tensor<5x9xf32>) -> tensor<5x4x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<5x4x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<5x4x3xf32>
  %d = gradus.input "d" : tensor<5x9xf32>
  %y = gradus.overlap_add %x axes [1] extents [9] strides [2] dilations [1] : (tensor<5x4x3xf32>) -> tensor<5x9xf32>
  %z = gradus.mul %y, %d : (tensor<5x9xf32>, tensor<5x9xf32>) -> tensor<5x9xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<5x9xf32>) -> tensor<f32>
  %gx = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<5x4x3xf32>) -> tensor<5x4x3xf32>
  gradus.result "dx" %gx : tensor<5x4x3xf32>
  return
}
