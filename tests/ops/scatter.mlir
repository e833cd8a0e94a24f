// gradus.scatter: round trip, constraints, gradient.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<32x10xf32>
  %i = gradus.input "i" : tensor<32x3xi32>
  %u = gradus.input "u" : tensor<32x3xf32>
  // CHECK: gradus.scatter %{{.*}}, %{{.*}}, %{{.*}} axis 1 mode "add" : (tensor<32x10xf32>, tensor<32x3xi32>, tensor<32x3xf32>) -> tensor<32x10xf32>
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x10xf32>, tensor<32x3xi32>, tensor<32x3xf32>) -> tensor<32x10xf32>
  gradus.result "y" %y : tensor<32x10xf32>
  return
}

// -----

// scatter.1
func.func @wrong_scatter_1() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xf32>
  // expected-error @+2 {{gradus.scatter: axis 2 is outside the 2 axes of the operand}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 2 mode "add" : (tensor<32x10xf32>, tensor<32x3xi32>, tensor<32x3xf32>) -> tensor<32x10xf32>
  return
}

// -----

// scatter.2
func.func @wrong_scatter_2() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xf32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xf32>
  // expected-error @+2 {{gradus.scatter: the indices have element type f32 (must be i32 or i64)}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x10xf32>, tensor<32x3xf32>, tensor<32x3xf32>) -> tensor<32x10xf32>
  return
}

// -----

// scatter.3
func.func @wrong_scatter_3() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<33x3xf32>
  // expected-error @+2 {{gradus.scatter: updates of shape 33x3 do not fit a tensor of shape 32x10 (beside axis 1 they must not be longer than the tensor)}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x10xf32>, tensor<32x3xi32>, tensor<33x3xf32>) -> tensor<32x10xf32>
  return
}

// -----

// scatter.4
func.func @wrong_scatter_4() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x4xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xf32>
  // expected-error @+2 {{gradus.scatter: indices of shape 32x4 do not fit updates of shape 32x3 (the sizes must be equal, or 1 beside axis 1)}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x10xf32>, tensor<32x4xi32>, tensor<32x3xf32>) -> tensor<32x10xf32>
  return
}

// -----

// scatter.4
func.func @wrong_scatter_4_axis() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x1xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xf32>
  // expected-error @+2 {{gradus.scatter: indices of shape 32x1 do not fit updates of shape 32x3 (the sizes must be equal, or 1 beside axis 1)}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x10xf32>, tensor<32x1xi32>, tensor<32x3xf32>) -> tensor<32x10xf32>
  return
}

// -----

// scatter.5
func.func @wrong_scatter_5() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xf64>
  // expected-error @+2 {{gradus.scatter: element types f32 and f64 differ (operands need one element type; convert with cast)}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x10xf32>, tensor<32x3xi32>, tensor<32x3xf64>) -> tensor<32x10xf32>
  return
}

// -----

// scatter.5
func.func @wrong_scatter_5_bool() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xi1>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xi1>
  // expected-error @+2 {{gradus.scatter: element type bool does not fit (must be f32, f64, i32 or i64; convert with cast)}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x10xi1>, tensor<32x3xi32>, tensor<32x3xi1>) -> tensor<32x10xi1>
  return
}

// -----

// scatter.6
func.func @wrong_scatter_6() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x10xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xf32>
  // expected-error @+2 {{gradus.scatter: mode "sub" is unknown (must be set, add, mul, max or min)}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "sub" : (tensor<32x10xf32>, tensor<32x3xi32>, tensor<32x3xf32>) -> tensor<32x10xf32>
  return
}

// -----

// scatter.7
func.func @wrong_scatter_7() {
  // expected-note @+1 {{the tensor comes from gradus.input "x"}}
  %x = gradus.input "x" : tensor<32x0xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32x3xi32>
  // expected-note @+1 {{the update operand comes from gradus.input "u"}}
  %u = gradus.input "u" : tensor<32x3xf32>
  // expected-error @+2 {{gradus.scatter: axis 1 of shape 32x0 has no element to change}}
  // expected-error @+1 {{'gradus.scatter' op failed to infer returned types}}
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<32x0xf32>, tensor<32x3xi32>, tensor<32x3xf32>) -> tensor<32x0xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER-NEXT: %[[I:.*]] = gradus.input "i" : tensor<2x4xi32>
// AFTER-NEXT: %[[U:.*]] = gradus.input "u" : tensor<2x4xf32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER-NEXT: %[[V4:.*]] = gradus.take_along_axis %[[D]], %[[I]] axis 1 : (tensor<2x3xf32>, tensor<2x4xi32>) -> tensor<2x4xf32>
// AFTER-NEXT: gradus.result "dx" %[[D]] : tensor<2x3xf32>
// AFTER-NEXT: gradus.result "du" %[[V4]] : tensor<2x4xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %i = gradus.input "i" : tensor<2x4xi32>
  %u = gradus.input "u" : tensor<2x4xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.scatter %x, %i, %u axis 1 mode "add" : (tensor<2x3xf32>, tensor<2x4xi32>, tensor<2x4xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%x, %u] : (tensor<f32>, tensor<2x3xf32>, tensor<2x4xf32>) -> (tensor<2x3xf32>, tensor<2x4xf32>)
  gradus.result "dx" %g#0 : tensor<2x3xf32>
  gradus.result "du" %g#1 : tensor<2x4xf32>
  return
}

// -----

// Of a replaced element, nothing flows back.
// AFTER-LABEL: func.func @gradient_of_set
// AFTER-DAG: %[[NONE:.*]] = gradus.constant dense<-1> : tensor<2x3xi32>
// AFTER-DAG: %[[FIRST:.*]] = gradus.constant dense<0> : tensor<2x3xi32>
// AFTER-DAG: %[[ZEROS:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x3xf32>
// AFTER-DAG: %[[NOTHING:.*]] = gradus.constant dense<0.000000e+00> : tensor<2x4xf32>
// AFTER: %[[X:.*]] = gradus.input "x" : tensor<2x3xf32>
// AFTER: %[[I:.*]] = gradus.input "i" : tensor<2x4xi32>
// AFTER: %[[D:.*]] = gradus.input "d" : tensor<2x3xf32>
// AFTER: %[[N:.*]] = gradus.iota [2, 4] axis 1 of i32
// AFTER: %[[W:.*]] = gradus.scatter %[[NONE]], %[[I]], %[[N]] axis 1 mode "set"
// AFTER: %[[DU:.*]] = gradus.take_along_axis %[[D]], %[[I]] axis 1
// AFTER: %[[OWN:.*]] = gradus.lt %[[W]], %[[FIRST]]
// AFTER: %[[DX:.*]] = gradus.where %[[OWN]], %[[D]], %[[ZEROS]]
// AFTER: %[[AT:.*]] = gradus.take_along_axis %[[W]], %[[I]] axis 1
// AFTER: %[[WON:.*]] = gradus.eq %[[AT]], %[[N]]
// AFTER: %[[U:.*]] = gradus.where %[[WON]], %[[DU]], %[[NOTHING]]
// AFTER: gradus.result "dx" %[[DX]]
// AFTER: gradus.result "du" %[[U]]
func.func @gradient_of_set() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %i = gradus.input "i" : tensor<2x4xi32>
  %u = gradus.input "u" : tensor<2x4xf32>
  %d = gradus.input "d" : tensor<2x3xf32>
  %y = gradus.scatter %x, %i, %u axis 1 mode "set" : (tensor<2x3xf32>, tensor<2x4xi32>, tensor<2x4xf32>) -> tensor<2x3xf32>
  %z = gradus.mul %y, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %g:2 = gradus.gradients %loss, [%x, %u] : (tensor<f32>, tensor<2x3xf32>, tensor<2x4xf32>) -> (tensor<2x3xf32>, tensor<2x4xf32>)
  gradus.result "dx" %g#0 : tensor<2x3xf32>
  gradus.result "du" %g#1 : tensor<2x4xf32>
  return
}
