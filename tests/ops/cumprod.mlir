// gradus.cumprod: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.cumprod %{{.*}} axis 1 reverse exclusive : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.cumprod %x axis 1 reverse exclusive : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// cumprod.1
func.func @wrong_cumprod_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.cumprod: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.cumprod' op failed to infer returned types}}
  %y = gradus.cumprod %x axis 2 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// cumprod.2
func.func @wrong_cumprod_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.cumprod: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.cumprod' op failed to infer returned types}}
  %y = gradus.cumprod %x axis 1 : (tensor<32x10xi1>) -> tensor<32x10xi1>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.cumprod %[[X]] axis 1 exclusive : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.mul %[[D]], %[[X]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.linear_scan %[[X]], %[[V3]] axis 1 reverse init 0.000000e+00 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.add %[[D]], %[[V4]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.mul %[[V5]], %[[V2]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V6]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.cumprod %x axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
