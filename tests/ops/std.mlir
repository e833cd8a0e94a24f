// gradus.std: round trip, constraints, gradient, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.std %{{.*}} axes [1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  %y = gradus.std %x axes [1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  gradus.result "y" %y : tensor<32xf32>
  return
}

// -----

// std.1
func.func @wrong_std_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.std: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.std' op failed to infer returned types}}
  %y = gradus.std %x axes [2] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// std.1
func.func @wrong_std_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.std: axes must ascend}}
  // expected-error @+1 {{'gradus.std' op failed to infer returned types}}
  %y = gradus.std %x axes [1, 0] correction 1 : (tensor<32x10xf32>) -> tensor<f32>
  return
}

// -----

// std.1
func.func @wrong_std_1_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.std: axis 1 is given twice}}
  // expected-error @+1 {{'gradus.std' op failed to infer returned types}}
  %y = gradus.std %x axes [1, 1] correction 1 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// std.2
func.func @wrong_std_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.std: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{'gradus.std' op failed to infer returned types}}
  %y = gradus.std %x axes [1] correction 1 : (tensor<32x10xi1>) -> tensor<32xi1>
  return
}

// -----

// std.3
func.func @wrong_std_3() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.std: the correction is -1 (must not be negative)}}
  // expected-error @+1 {{'gradus.std' op failed to infer returned types}}
  %y = gradus.std %x axes [1] correction -1 : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<3.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<2.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.constant dense<1.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.constant dense<0.000000e+00> : tensor<2xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.std %[[X]] axes [1] correction 1 : (tensor<2x3xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.eq %[[V6]], %[[V3]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
// AFTER-NEXT: %[[V8:.*]] = gradus.where %[[V7]], %[[V2]], %[[V6]] : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.div %[[D]], %[[V8]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.where %[[V7]], %[[V3]], %[[V9]] : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.div %[[V10]], %[[V1]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V12:.*]] = gradus.sum %[[X]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V13:.*]] = gradus.div %[[V12]], %[[V0]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// AFTER-NEXT: %[[V14:.*]] = gradus.reshape %[[V13]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V15:.*]] = gradus.broadcast %[[V14]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V16:.*]] = gradus.sub %[[X]], %[[V15]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V17:.*]] = gradus.reshape %[[V11]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V18:.*]] = gradus.broadcast %[[V17]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V19:.*]] = gradus.mul %[[V18]], %[[V16]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V19]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.std %x axes [1] correction 1 : (tensor<2x3xf32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}

// -----

// The decomposition.
// DECOMPOSED-LABEL: func.func @decomposition
// DECOMPOSED-NEXT: %[[V0:.*]] = gradus.constant dense<2.000000e+00> : tensor<2xf32>
// DECOMPOSED-NEXT: %[[V1:.*]] = gradus.constant dense<3.000000e+00> : tensor<2xf32>
// DECOMPOSED-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V3:.*]] = gradus.sum %[[X]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V4:.*]] = gradus.div %[[V3]], %[[V1]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V5:.*]] = gradus.reshape %[[V4]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// DECOMPOSED-NEXT: %[[V6:.*]] = gradus.broadcast %[[V5]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V7:.*]] = gradus.sub %[[X]], %[[V6]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V8:.*]] = gradus.mul %[[V7]], %[[V7]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// DECOMPOSED-NEXT: %[[V9:.*]] = gradus.sum %[[V8]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V10:.*]] = gradus.div %[[V9]], %[[V0]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: %[[V11:.*]] = gradus.sqrt %[[V10]] : (tensor<2xf32>) -> tensor<2xf32>
// DECOMPOSED-NEXT: gradus.result "y" %[[V11]] : tensor<2xf32>
// DECOMPOSED-NEXT: return
func.func @decomposition() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %y = gradus.std %x axes [1] correction 1 : (tensor<2x3xf32>) -> tensor<2xf32>
  gradus.result "y" %y : tensor<2xf32>
  return
}
