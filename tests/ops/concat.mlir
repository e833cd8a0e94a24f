// gradus.concat: round trip, constraints, gradient, folding.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %a = gradus.input "a" : tensor<32x10xf32>
  %b = gradus.input "b" : tensor<32x5xf32>
  // CHECK: gradus.concat %{{.*}}, %{{.*}} axis 1 : (tensor<32x10xf32>, tensor<32x5xf32>) -> tensor<32x15xf32>
  %y = gradus.concat %a, %b axis 1 : (tensor<32x10xf32>, tensor<32x5xf32>) -> tensor<32x15xf32>
  gradus.result "y" %y : tensor<32x15xf32>
  return
}

// -----

// concat.1
func.func @wrong_concat_1() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<32x5xf32>
  // expected-error @+2 {{gradus.concat: axis 2 is outside the 2 axes of the first operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.concat %a, %b axis 2 : (tensor<32x10xf32>, tensor<32x5xf32>) -> tensor<32x15xf32>
  return
}

// -----

// concat.1
func.func @wrong_concat_1_1() {
  // expected-error @+2 {{gradus.concat: there is no operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.concat axis 0 : () -> tensor<0xf32>
  return
}

// -----

// concat.2
func.func @wrong_concat_2() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<32x5xf64>
  // expected-error @+2 {{gradus.concat: element types f32 and f64 of operands 0 and 1 differ (convert with cast)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.concat %a, %b axis 1 : (tensor<32x10xf32>, tensor<32x5xf64>) -> tensor<32x15xf32>
  return
}

// -----

// concat.3
func.func @wrong_concat_3() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<32x5xf32>
  // expected-error @+2 {{gradus.concat: shapes 32x10 and 32x5 of operands 0 and 1 differ in more than axis 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.concat %a, %b axis 0 : (tensor<32x10xf32>, tensor<32x5xf32>) -> tensor<64x10xf32>
  return
}

// -----

// concat.3
func.func @wrong_concat_3_1() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<10xf32>
  // expected-error @+2 {{gradus.concat: shapes 32x10 and 10 of operands 0 and 1 differ in more than axis 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.concat %a, %b axis 0 : (tensor<32x10xf32>, tensor<10xf32>) -> tensor<64x10xf32>
  return
}

// -----

// concat.4
func.func @wrong_concat_4() {
  // expected-note @+1 {{the operand 0 comes from gradus.input "a"}}
  %a = gradus.input "a" : tensor<32x10xf32>
  // expected-note @+1 {{the operand 1 comes from gradus.input "b"}}
  %b = gradus.input "b" : tensor<?x10xf32>
  // expected-error @+2 {{gradus.concat: axis 0 of operand 1 is the batch, of unknown size}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.concat %a, %b axis 0 : (tensor<32x10xf32>, tensor<?x10xf32>) -> tensor<?x10xf32>
  return
}

// -----

// Each its part.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.input "a" : tensor<3x4xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.input "b" : tensor<3x2xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.input "d" : tensor<3x6xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.slice %[[V2]] from [0, 0] sizes [3, 4] steps [1, 1] : (tensor<3x6xf32>) -> tensor<3x4xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.slice %[[V2]] from [0, 4] sizes [3, 2] steps [1, 1] : (tensor<3x6xf32>) -> tensor<3x2xf32>
// AFTER-NEXT: gradus.result "da" %[[V3]] : tensor<3x4xf32>
// AFTER-NEXT: gradus.result "db" %[[V4]] : tensor<3x2xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %a = gradus.input "a" : tensor<3x4xf32>
  %b = gradus.input "b" : tensor<3x2xf32>
  %d = gradus.input "d" : tensor<3x6xf32>
  %y = gradus.concat %a, %b axis 1 : (tensor<3x4xf32>, tensor<3x2xf32>) -> tensor<3x6xf32>
  %z = gradus.mul %y, %d : (tensor<3x6xf32>, tensor<3x6xf32>) -> tensor<3x6xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<3x6xf32>) -> tensor<f32>
  %ga = gradus.gradients %loss, [%a] : (tensor<f32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %gb = gradus.gradients %loss, [%b] : (tensor<f32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  gradus.result "da" %ga : tensor<3x4xf32>
  gradus.result "db" %gb : tensor<3x2xf32>
  return
}

// -----

// One operand: nothing to do.
// AFTER-LABEL: func.func @one
// AFTER-NEXT: %[[V0:.*]] = gradus.input "x" : tensor<1x9xf32>
// AFTER-NEXT: gradus.result "y" %[[V0]] : tensor<1x9xf32>
// AFTER-NEXT: return
func.func @one() {
  %x = gradus.input "x" : tensor<1x9xf32>
  %y = gradus.concat %x axis 0 : (tensor<1x9xf32>) -> tensor<1x9xf32>
  gradus.result "y" %y : tensor<1x9xf32>
  return
}
