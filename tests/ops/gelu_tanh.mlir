// gradus.gelu_tanh: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.gelu_tanh %{{.*}} : (tensor<32x10xf32>) -> tensor<32x10xf32>
  %y = gradus.gelu_tanh %x : (tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// elementwise.2
func.func @wrong_elementwise_2() {
  // expected-note @+1 {{the operand comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<4xi1>
  // expected-error @+2 {{gradus.gelu_tanh: element type bool does not fit (must be f32 or f64; convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.gelu_tanh %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<1.341450e-01> : tensor<4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<1.59576917> : tensor<4xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.constant dense<1.000000e+00> : tensor<4xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.constant dense<4.471500e-02> : tensor<4xf32>
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.mul %[[X]], %[[X]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V7:.*]] = gradus.mul %[[V6]], %[[V3]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V8:.*]] = gradus.add %[[V7]], %[[V2]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V9:.*]] = gradus.mul %[[X]], %[[V8]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.mul %[[V9]], %[[V1]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V11:.*]] = gradus.sigmoid %[[V10]] : (tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V12:.*]] = gradus.mul %[[V6]], %[[V0]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V13:.*]] = gradus.add %[[V12]], %[[V2]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V14:.*]] = gradus.mul %[[V13]], %[[V1]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V15:.*]] = gradus.sub %[[V2]], %[[V11]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V16:.*]] = gradus.mul %[[V11]], %[[V15]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V17:.*]] = gradus.mul %[[X]], %[[V16]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V18:.*]] = gradus.mul %[[V17]], %[[V14]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V19:.*]] = gradus.add %[[V11]], %[[V18]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: %[[V20:.*]] = gradus.mul %[[D]], %[[V19]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V20]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf32>
  %y = gradus.gelu_tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  %z = gradus.mul %y, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %loss = gradus.sum %z axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%x] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "dx" %g : tensor<4xf32>
  return
}
