// gradus.leaky_relu: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.leaky_relu %{{.*}} {slope = 1.000000e-02 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.leaky_relu %x {slope = 0.01 : f64} : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xi1>
  // expected-error @+2 {{gradus.leaky_relu: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.leaky_relu %x {slope = 0.01 : f64} : (tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<0.00999999977> : tensor<4xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.mul %[[D]], %[[V1]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V5:.*]] = gradus.gt %[[X]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
// AFTER-NEXT: %[[V6:.*]] = gradus.where %[[V5]], %[[D]], %[[V4]] : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V6]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.leaky_relu %x {slope = 0.01 : f64} : (tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "dx" %g : tensor<4xf32>
  return
}
