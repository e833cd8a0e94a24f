// gradus.cast: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  // CHECK: gradus.cast %{{.*}} to f64 : (tensor<32x10xf32>) -> tensor<32x10xf64>
  %y = gradus.cast %x to f64 : (tensor<32x10xf32>) -> tensor<32x10xf64>
  gradus.result "y" %y : tensor<32x10xf64>
  return
}

// -----

// cast.1
func.func @wrong_cast_1() {
  %x = gradus.input "x" : tensor<4xf32>
  // expected-error @+1 {{result #0 must be}}
  %y = gradus.cast %x to f16 : (tensor<4xf32>) -> tensor<4xf16>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<4xf64>
// AFTER-NEXT: %[[V2:.*]] = gradus.cast %[[D]] to f32 : (tensor<4xf64>) -> tensor<4xf32>
// AFTER-NEXT: gradus.result "dx" %[[V2]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<4xf32>
  %d = gradus.input "d" : tensor<4xf64>
  %y = gradus.cast %x to f64 : (tensor<4xf32>) -> tensor<4xf64>
  %z = gradus.mul %y, %d : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  %loss = gradus.sum %z axes [0] : (tensor<4xf64>) -> tensor<f64>
  %g = gradus.gradients %loss, [%x] : (tensor<f64>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "dx" %g : tensor<4xf32>
  return
}

// -----

// A cast to its own type goes.
// AFTER-LABEL: func.func @same_type
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<4xf32>
// AFTER-NEXT: gradus.result "y" %[[X]] : tensor<4xf32>
// AFTER-NEXT: return
func.func @same_type() {
  %x = gradus.input "x" : tensor<4xf32>
  %y = gradus.cast %x to f32 : (tensor<4xf32>) -> tensor<4xf32>
  gradus.result "y" %y : tensor<4xf32>
  return
}

// -----

// A constant full of one number is folded.
// AFTER-LABEL: func.func @number
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.10000000149011612> : tensor<4xf64>
// AFTER-NEXT: gradus.result "y" %[[V0]] : tensor<4xf64>
// AFTER-NEXT: return
func.func @number() {
  %c = gradus.constant dense<0.1> : tensor<4xf32>
  %y = gradus.cast %c to f64 : (tensor<4xf32>) -> tensor<4xf64>
  gradus.result "y" %y : tensor<4xf64>
  return
}
