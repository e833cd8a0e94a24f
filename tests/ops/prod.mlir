// gradus.prod: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.prod %{{.*}} axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
  %y = gradus.prod %x axes [1] : (tensor<32x10xf32>) -> tensor<32xf32>
  gradus.result "y" %y : tensor<32xf32>
  return
}

// -----

// prod.1
func.func @wrong_prod_1() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.prod: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.prod' op failed to infer returned types}}
  %y = gradus.prod %x axes [2] : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// prod.1
func.func @wrong_prod_1_order() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.prod: axes must ascend}}
  // expected-error @+1 {{'gradus.prod' op failed to infer returned types}}
  %y = gradus.prod %x axes [1, 0] : (tensor<32x10xf32>) -> tensor<f32>
  return
}

// -----

// prod.1
func.func @wrong_prod_1_twice() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-error @+2 {{gradus.prod: axis 1 is given twice}}
  // expected-error @+1 {{'gradus.prod' op failed to infer returned types}}
  %y = gradus.prod %x axes [1, 1] : (tensor<32x10xf32>) -> tensor<32xf32>
  return
}

// -----

// prod.2
func.func @wrong_prod_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-error @+2 {{gradus.prod: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.prod' op failed to infer returned types}}
  %y = gradus.prod %x axes [1] : (tensor<32x10xi1>) -> tensor<32xi1>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.cumprod %[[X]] axis 1 reverse exclusive : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.cumprod %[[X]] axis 1 exclusive : (tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.mul %[[V3]], %[[V2]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.reshape %[[D]] to [2, 1] : (tensor<2xf32>) -> tensor<2x1xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.broadcast %[[V5]] to [2, 3] : (tensor<2x1xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.mul %[[V6]], %[[V4]] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// AFTER-NEXT: gradus.result "dx" %[[V7]] : tensor<2x3xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %d = gradus.input "d" : tensor<2xf32>
  %y = gradus.prod %x axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
  %z = gradus.mul %y, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %loss = gradus.sum %z axes [0] : (tensor<2xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "dx" %g : tensor<2x3xf32>
  return
}

// -----

// Over no axis: nothing to do.
// AFTER-LABEL: func.func @over_nothing
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: gradus.result "y" %[[X]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @over_nothing() {
  %x = gradus.input "x" : tensor<4xf32>
  %y = gradus.prod %x axes [] : (tensor<4xf32>) -> tensor<4xf32>
  gradus.result "y" %y : tensor<4xf32>
  return
}
