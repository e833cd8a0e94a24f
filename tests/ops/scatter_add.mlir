// gradus.scatter_add: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %i = gradus.input "i" : tensor<32xi32>
  %u = gradus.input "u" : tensor<32x16xf32>
  // CHECK: gradus.scatter_add %{{.*}}, %{{.*}} rows 100 : (tensor<32xi32>, tensor<32x16xf32>) -> tensor<100x16xf32>
  %y = gradus.scatter_add %i, %u rows 100 : (tensor<32xi32>, tensor<32x16xf32>) -> tensor<100x16xf32>
  gradus.result "y" %y : tensor<100x16xf32>
  return
}

// -----

// scatter_add.1
func.func @wrong_scatter_add_1() {
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<31x16xf32>
  // expected-error @+2 {{gradus.scatter_add: updates of shape 31x16 do not begin with the axes of the indices, 32}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_add %i, %u rows 100 : (tensor<32xi32>, tensor<31x16xf32>) -> tensor<100x16xf32>
  return
}

// -----

// scatter_add.2
func.func @wrong_scatter_add_2() {
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xf32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x16xf32>
  // expected-error @+2 {{gradus.scatter_add: the indices have element type f32 (must be i32 or i64)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_add %i, %u rows 100 : (tensor<32xf32>, tensor<32x16xf32>) -> tensor<100x16xf32>
  return
}

// -----

// scatter_add.2
func.func @wrong_scatter_add_2_bool() {
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32xi1>
  // expected-error @+2 {{gradus.scatter_add: element type bool does not fit}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_add %i, %u rows 100 : (tensor<32xi32>, tensor<32xi1>) -> tensor<100xi1>
  return
}

// -----

// scatter_add.3
func.func @wrong_scatter_add_3() {
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x16xf32>
  // expected-error @+2 {{gradus.scatter_add: a result of 0 rows has no row to add to}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = gradus.scatter_add %i, %u rows 0 : (tensor<32xi32>, tensor<32x16xf32>) -> tensor<0x16xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[I:.*]] = gradus.input "i" : tensor<32xi32>
// AFTER-NEXT: %[[U:.*]] = gradus.input "u" : tensor<32x16xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<100x16xf32>
// AFTER-NEXT: %[[V3:.*]] = gradus.gather %[[D]], %[[I]] : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
// AFTER-NEXT: gradus.result "du" %[[V3]] : tensor<32x16xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %i = gradus.input "i" : tensor<32xi32>
  %u = gradus.input "u" : tensor<32x16xf32>
  %d = gradus.input "d" : tensor<100x16xf32>
  %y = gradus.scatter_add %i, %u rows 100 : (tensor<32xi32>, tensor<32x16xf32>) -> tensor<100x16xf32>
  %z = gradus.mul %y, %d : (tensor<100x16xf32>, tensor<100x16xf32>) -> tensor<100x16xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<100x16xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%u] : (tensor<f32>, tensor<32x16xf32>) -> tensor<32x16xf32>
  gradus.result "du" %g : tensor<32x16xf32>
  return
}
