// gradus.cumsum: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.cumsum %{{.*}} axis 1 reverse exclusive : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.cumsum %x axis 1 reverse exclusive : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// cumsum.1
func.func @wrong_cumsum_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.cumsum: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.cumsum' op failed to infer returned types}}
  %y = gradus.cumsum %x axis 2 : (tensor<32x10xf32>) -> tensor<32x10xf32>
  return
}

// -----

// cumsum.2
func.func @wrong_cumsum_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.cumsum: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.cumsum' op failed to infer returned types}}
  %y = gradus.cumsum %x axis 1 : (tensor<32x10xi1>) -> tensor<32x10xi1>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.cumsum %[[D]] axis 1 reverse : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.cumsum %x axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}
