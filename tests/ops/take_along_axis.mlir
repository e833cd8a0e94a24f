// gradus.take_along_axis: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  %i = gradus.input "i" : tensor<32x3xi32>
  // CHECK: gradus.take_along_axis %{{.*}}, %{{.*}} axis 1 : (tensor<32x10xf32>, tensor<32x3xi32>) -> tensor<32x3xf32>
  %y = gradus.take_along_axis %x, %i axis 1 : (tensor<32x10xf32>, tensor<32x3xi32>) -> tensor<32x3xf32>
  gradus.result "y" %y : tensor<32x3xf32>
  return
}

// -----

// take_along_axis.1
func.func @wrong_take_along_axis_1() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-error @+2 {{gradus.take_along_axis: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.take_along_axis' op failed to infer returned types}}
  %y = gradus.take_along_axis %x, %i axis 2 : (tensor<32x10xf32>, tensor<32x3xi32>) -> tensor<32x3xf32>
  return
}

// -----

// take_along_axis.2
func.func @wrong_take_along_axis_2() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xf32>
  // expected-error @+2 {{gradus.take_along_axis: the indices have element type f32 (must be i32 or i64)}}
  // expected-error @+1 {{'gradus.take_along_axis' op failed to infer returned types}}
  %y = gradus.take_along_axis %x, %i axis 1 : (tensor<32x10xf32>, tensor<32x3xf32>) -> tensor<32x3xf32>
  return
}

// -----

// take_along_axis.3
func.func @wrong_take_along_axis_3() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<31x3xi32>
  // expected-error @+2 {{gradus.take_along_axis: indices of shape 31x3 do not fit a tensor of shape 32x10 (beside axis 1 the sizes must be equal, or 1 in the indices)}}
  // expected-error @+1 {{'gradus.take_along_axis' op failed to infer returned types}}
  %y = gradus.take_along_axis %x, %i axis 1 : (tensor<32x10xf32>, tensor<31x3xi32>) -> tensor<32x3xf32>
  return
}

// -----

// take_along_axis.3
func.func @wrong_take_along_axis_3_rank() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.take_along_axis: indices of shape 32 do not fit a tensor of shape 32x10 (beside axis 1 the sizes must be equal, or 1 in the indices)}}
  // expected-error @+1 {{'gradus.take_along_axis' op failed to infer returned types}}
  %y = gradus.take_along_axis %x, %i axis 1 : (tensor<32x10xf32>, tensor<32xi32>) -> tensor<32x3xf32>
  return
}

// -----

// take_along_axis.4
func.func @wrong_take_along_axis_4() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x0xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-error @+2 {{gradus.take_along_axis: axis 1 of shape 32x0 has no element to take}}
  // expected-error @+1 {{'gradus.take_along_axis' op failed to infer returned types}}
  %y = gradus.take_along_axis %x, %i axis 1 : (tensor<32x0xf32>, tensor<32x3xi32>) -> tensor<32x3xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[I:.*]] = gradus.input "i" : tensor<2x4xi32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x4xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.scatter %[[V0]], %[[I]], %[[D]] axis 1 mode "add" : (tensor<2x3xf32>, tensor<2x4xi32>, tensor<2x4xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V4]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %i = gradus.input "i" : tensor<2x4xi32>
  %d = gradus.input "d" : tensor<2x4xf32>
  %y = gradus.take_along_axis %x, %i axis 1 : (tensor<2x3xf32>, tensor<2x4xi32>) -> tensor<2x4xf32>
  %z = gradus.mul %y, %d : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x4xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
