// gradus.take: round trip, constraints, gradient, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %t = gradus.input "t" : tensor<100x16xf32>
  %i = gradus.input "i" : tensor<32xi32>
  // CHECK: gradus.take %{{.*}}, %{{.*}} axis 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  %y = gradus.take %t, %i axis 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  gradus.result "y" %y : tensor<32x16xf32>
  return
}

// -----

// take.1
func.func @wrong_take_1() {
  // expected-note @+1 {{the tensor comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<100x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.take: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.take' op failed to infer returned types}}
  %y = gradus.take %t, %i axis 2 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  return
}

// -----

// take.2
func.func @wrong_take_2() {
  // expected-note @+1 {{the tensor comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<100x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xf32>
  // expected-error @+2 {{gradus.take: the indices have element type f32 (must be i32 or i64)}}
  // expected-error @+1 {{'gradus.take' op failed to infer returned types}}
  %y = gradus.take %t, %i axis 0 : (tensor<100x16xf32>, tensor<32xf32>) -> tensor<32x16xf32>
  return
}

// -----

// take.3
func.func @wrong_take_3() {
  // expected-note @+1 {{the tensor comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<0x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.take: axis 0 of shape 0x16 has no element to take}}
  // expected-error @+1 {{'gradus.take' op failed to infer returned types}}
  %y = gradus.take %t, %i axis 0 : (tensor<0x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<100x16xf32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<100x16xf32>
// AFTER-NEXT: %[[I:.*]] = gradus.input "i" : tensor<32xi32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<32x16xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.reshape %[[I]] to [32, 1] : (tensor<32xi32>) -> tensor<32x1xi32>
// AFTER-NEXT: %[[V5:.*]] = gradus.scatter %[[V0]], %[[V4]], %[[D]] axis 0 mode "add" : (tensor<100x16xf32>, tensor<32x1xi32>, tensor<32x16xf32>) -> tensor<100x16xf32>
// AFTER-NEXT: gradus.result "dt" %[[V5]] : tensor<100x16xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %t = gradus.input "t" : tensor<100x16xf32>
  %i = gradus.input "i" : tensor<32xi32>
  %d = gradus.input "d" : tensor<32x16xf32>
  %y = gradus.take %t, %i axis 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  %z = gradus.mul %y, %d : (tensor<32x16xf32>, tensor<32x16xf32>) -> tensor<32x16xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<32x16xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%t] : (tensor<f32>, tensor<100x16xf32>) -> tensor<100x16xf32>
  gradus.result "dt" %g : tensor<100x16xf32>
  return
}

// -----

// The decomposition.
// DECOMPOSED-LABEL: func.func @decomposition
// DECOMPOSED-NEXT: %[[T:.*]] = gradus.input "t" : tensor<3x5x2xf32>
// DECOMPOSED-NEXT: %[[I:.*]] = gradus.input "i" : tensor<4x6xi32>
// DECOMPOSED-NEXT: %[[V2:.*]] = gradus.reshape %[[I]] to [1, 24, 1] : (tensor<4x6xi32>) -> tensor<1x24x1xi32>
// DECOMPOSED-NEXT: %[[V3:.*]] = gradus.take_along_axis %[[T]], %[[V2]] axis 1 : (tensor<3x5x2xf32>, tensor<1x24x1xi32>) -> tensor<3x24x2xf32>
// DECOMPOSED-NEXT: %[[V4:.*]] = gradus.reshape %[[V3]] to [3, 4, 6, 2] : (tensor<3x24x2xf32>) -> tensor<3x4x6x2xf32>
// DECOMPOSED-NEXT: gradus.result "y" %[[V4]] : tensor<3x4x6x2xf32>
// DECOMPOSED-NEXT: return
func.func @decomposition() {
  %t = gradus.input "t" : tensor<3x5x2xf32>
  %i = gradus.input "i" : tensor<4x6xi32>
  %y = gradus.take %t, %i axis 1 : (tensor<3x5x2xf32>, tensor<4x6xi32>) -> tensor<3x4x6x2xf32>
  gradus.result "y" %y : tensor<3x4x6x2xf32>
  return
}
