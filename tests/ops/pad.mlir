// gradus.pad: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<3x10xf32>
  // CHECK: gradus.pad %{{.*}} low [0, 1] high [0, -1] interior [1, 0] value 5.000000e-01 : (tensor<3x10xf32>) -> tensor<5x10xf32>
  %y = gradus.pad %x low [0, 1] high [0, -1] interior [1, 0] value 5.000000e-01 : (tensor<3x10xf32>) -> tensor<5x10xf32>
  gradus.result "y" %y : tensor<5x10xf32>
  return
}

// -----

// pad.1
func.func @wrong_pad_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<3x10xf32>
  // expected-error @+2 {{gradus.pad: high has 1 entries for 2 axes}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.pad %x low [0, 1] high [0] interior [0, 0] value 0.000000e+00 : (tensor<3x10xf32>) -> tensor<3x10xf32>
  return
}

// -----

// pad.2
func.func @wrong_pad_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<3x10xf32>
  // expected-error @+2 {{gradus.pad: axis 1 has -1 elements in between (must not be negative)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.pad %x low [0, 1] high [0, 0] interior [0, -1] value 0.000000e+00 : (tensor<3x10xf32>) -> tensor<3x10xf32>
  return
}

// -----

// pad.3
func.func @wrong_pad_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<3x10xf32>
  // expected-error @+2 {{gradus.pad: axis 1 of size 10 would have the size -1 (low -6, high -5, interior 0)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.pad %x low [0, -6] high [0, -5] interior [0, 0] value 0.000000e+00 : (tensor<3x10xf32>) -> tensor<3x10xf32>
  return
}

// -----

// pad.4
func.func @wrong_pad_4() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<3x10xi8>
  // expected-error @+2 {{gradus.pad: element type u8 cannot hold the value 300.000000}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.pad %x low [0, 1] high [0, 0] interior [0, 0] value 3.000000e+02 : (tensor<3x10xi8>) -> tensor<3x11xi8>
  return
}

// -----

// pad.5
func.func @wrong_pad_5() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<?x10xf32>
  // expected-error @+2 {{gradus.pad: axis 0 is the batch, which cannot be padded}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.pad %x low [1, 0] high [0, 0] interior [0, 0] value 0.000000e+00 : (tensor<?x10xf32>) -> tensor<?x10xf32>
  return
}

// -----

// pad.3
func.func @wrong_pad_3_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<3x10xf32>
  // expected-error @+2 {{gradus.pad: a tensor of shape 3x9223372036854775807 and element type f32 is too large}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.pad %x low [0, 9223372036854775807] high [0, 9] interior [0, 0] value 0.000000e+00 : (tensor<3x10xf32>) -> tensor<3x10xf32>
  return
}

// -----

// Without what was added; 0 for what was taken away.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<3x4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.input "d" : tensor<4x11xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.pad %[[V1]] low [-1, 2] high [0, -3] interior [0, 0] value 0.000000e+00 : (tensor<4x11xf32>) -> tensor<3x10xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.slice %[[V2]] from [0, 0] sizes [3, 4] steps [1, 3] : (tensor<3x10xf32>) -> tensor<3x4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V3]] : tensor<3x4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<3x4xf32>
  %d = gradus.input "d" : tensor<4x11xf32>
  %y = gradus.pad %x low [1, -2] high [0, 3] interior [0, 2] value 0.000000e+00 : (tensor<3x4xf32>) -> tensor<4x11xf32>
  %z = gradus.mul %y, %d : (tensor<4x11xf32>, tensor<4x11xf32>) -> tensor<4x11xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<4x11xf32>) -> tensor<f32>
  %gx = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  gradus.result "dx" %gx : tensor<3x4xf32>
  return
}

// -----

// Nothing is added.
// AFTER-LABEL: func.func @nothing
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<5x9xf32>
// AFTER-NEXT: gradus.result "y" %[[V0]] : tensor<5x9xf32>
// AFTER-NEXT: return
func.func @nothing() {
  %x = gradus.input "x" : tensor<5x9xf32>
  %y = gradus.pad %x low [0, 0] high [0, 0] interior [0, 0] value 1.000000e+00 : (tensor<5x9xf32>) -> tensor<5x9xf32>
  gradus.result "y" %y : tensor<5x9xf32>
  return
}
