// gradus.gather: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %t = gradus.input "t" : tensor<100x16xf32>
  %i = gradus.input "i" : tensor<32xi32>
  // CHECK: gradus.gather %{{.*}}, %{{.*}} : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  %y = gradus.gather %t, %i : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  gradus.result "y" %y : tensor<32x16xf32>
  return
}

// -----

// gather.1
func.func @wrong_gather_1() {
  // expected-note @+1 {{the table comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<f32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.gather: the table is a scalar (its first axis must be the rows)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.gather %t, %i : (tensor<f32>, tensor<32xi32>) -> tensor<32xf32>
  return
}

// -----

// gather.2
func.func @wrong_gather_2() {
  // expected-note @+1 {{the table comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<100x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xf32>
  // expected-error @+2 {{gradus.gather: the indices have element type f32 (must be i32 or i64)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.gather %t, %i : (tensor<100x16xf32>, tensor<32xf32>) -> tensor<32x16xf32>
  return
}

// -----

// gather.3
func.func @wrong_gather_3() {
  // expected-note @+1 {{the table comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<0x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.gather: the table of shape 0x16 has no row to take}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.gather %t, %i : (tensor<0x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<100x16xf32>
// AFTER-NEXT: %[[I:.*]] = gradus.input "i" : tensor<32xi32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<32x16xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.scatter_add %[[I]], %[[D]] rows 100 : (tensor<32xi32>, tensor<32x16xf32>) -> tensor<100x16xf32>
// AFTER-NEXT: gradus.result "dt" %[[V3]] : tensor<100x16xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %t = gradus.input "t" : tensor<100x16xf32>
  %i = gradus.input "i" : tensor<32xi32>
  %d = gradus.input "d" : tensor<32x16xf32>
  %y = gradus.gather %t, %i : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  %z = gradus.mul %y, %d : (tensor<32x16xf32>, tensor<32x16xf32>) -> tensor<32x16xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<32x16xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%t] : (tensor<f32>, tensor<100x16xf32>) -> tensor<100x16xf32>
  gradus.result "dt" %g : tensor<100x16xf32>
  return
}
