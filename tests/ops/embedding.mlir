// gradus.embedding: round trip, constraints, gradient, decomposition.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=AFTER
// RUN: gradus-opt %s --split-input-file --verify-diagnostics --gradus-differentiate --gradus-decompose --gradus-simplify \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED

// CHECK-LABEL: func.func @example
func.func @example() {
  %t = gradus.input "t" : tensor<100x16xf32>
  %i = gradus.input "i" : tensor<32xi32>
  // CHECK: gradus.embedding %{{.*}}, %{{.*}} padding 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  %y = gradus.embedding %t, %i padding 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  gradus.result "y" %y : tensor<32x16xf32>
  return
}

// -----

// embedding.1
func.func @wrong_embedding_1() {
  // expected-note @+1 {{the table comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<f32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.embedding: the table is a scalar (its first axis must be the rows)}}
  // expected-error @+1 {{'gradus.embedding' op failed to infer returned types}}
  %y = gradus.embedding %t, %i padding 0 : (tensor<f32>, tensor<32xi32>) -> tensor<32xf32>
  return
}

// -----

// embedding.2
func.func @wrong_embedding_2() {
  // expected-note @+1 {{the table comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<100x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xf32>
  // expected-error @+2 {{gradus.embedding: the indices have element type f32 (must be i32 or i64)}}
  // expected-error @+1 {{'gradus.embedding' op failed to infer returned types}}
  %y = gradus.embedding %t, %i padding 0 : (tensor<100x16xf32>, tensor<32xf32>) -> tensor<32x16xf32>
  return
}

// -----

// embedding.3
func.func @wrong_embedding_3() {
  // expected-note @+1 {{the table comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<0x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.embedding: axis 0 of shape 0x16 has no element to take}}
  // expected-error @+1 {{'gradus.embedding' op failed to infer returned types}}
  %y = gradus.embedding %t, %i padding 0 : (tensor<0x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  return
}

// -----

// embedding.4
func.func @wrong_embedding_4() {
  // expected-note @+1 {{the table comes from gradus.input "t"}}
  %t = gradus.input "t" : tensor<100x16xf32>
  // expected-note @+1 {{the index operand comes from gradus.input "i"}}
  %i = gradus.input "i" : tensor<32xi32>
  // expected-error @+2 {{gradus.embedding: padding row 100 is outside the 100 rows of the table}}
  // expected-error @+1 {{'gradus.embedding' op failed to infer returned types}}
  %y = gradus.embedding %t, %i padding 100 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  return
}

// -----

// The gradient rule.
// AFTER-LABEL: func.func @gradient
// AFTER-NEXT: %[[V0:.*]] = gradus.constant dense<0.000000e+00> : tensor<100x16xf32>
// AFTER-NEXT: %[[V1:.*]] = gradus.constant dense<0.000000e+00> : tensor<32x16xf32>
// AFTER-NEXT: %[[V2:.*]] = gradus.constant dense<0> : tensor<32x1xi32>
// AFTER-NEXT: %[[T:.*]] = gradus.input "t" : tensor<100x16xf32>
// AFTER-NEXT: %[[I:.*]] = gradus.input "i" : tensor<32xi32>
// AFTER-NEXT: %[[D:.*]] = gradus.input "d" : tensor<32x16xf32>
// AFTER-NEXT: %[[V6:.*]] = gradus.reshape %[[I]] to [32, 1] : (tensor<32xi32>) -> tensor<32x1xi32>
// AFTER-NEXT: %[[V7:.*]] = gradus.eq %[[V6]], %[[V2]] : (tensor<32x1xi32>, tensor<32x1xi32>) -> tensor<32x1xi1>
// AFTER-NEXT: %[[V8:.*]] = gradus.broadcast %[[V7]] to [32, 16] : (tensor<32x1xi1>) -> tensor<32x16xi1>
// AFTER-NEXT: %[[V9:.*]] = gradus.where %[[V8]], %[[V1]], %[[D]] : (tensor<32x16xi1>, tensor<32x16xf32>, tensor<32x16xf32>) -> tensor<32x16xf32>
// AFTER-NEXT: %[[V10:.*]] = gradus.scatter %[[V0]], %[[V6]], %[[V9]] axis 0 mode "add" : (tensor<100x16xf32>, tensor<32x1xi32>, tensor<32x16xf32>) -> tensor<100x16xf32>
// AFTER-NEXT: gradus.result "dt" %[[V10]] : tensor<100x16xf32>
// AFTER-NEXT: return
func.func @gradient() {
  %t = gradus.input "t" : tensor<100x16xf32>
  %i = gradus.input "i" : tensor<32xi32>
  %d = gradus.input "d" : tensor<32x16xf32>
  %y = gradus.embedding %t, %i padding 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  %z = gradus.mul %y, %d : (tensor<32x16xf32>, tensor<32x16xf32>) -> tensor<32x16xf32>
  %loss = gradus.sum %z axes [0, 1] : (tensor<32x16xf32>) -> tensor<f32>
  %g = gradus.gradients %loss, [%t] : (tensor<f32>, tensor<100x16xf32>) -> tensor<100x16xf32>
  gradus.result "dt" %g : tensor<100x16xf32>
  return
}

// -----

// The decomposition.
// DECOMPOSED-LABEL: func.func @decomposition
// DECOMPOSED-NEXT: %[[T:.*]] = gradus.input "t" : tensor<100x16xf32>
// DECOMPOSED-NEXT: %[[I:.*]] = gradus.input "i" : tensor<32xi32>
// DECOMPOSED-NEXT: %[[V2:.*]] = gradus.reshape %[[I]] to [32, 1] : (tensor<32xi32>) -> tensor<32x1xi32>
// DECOMPOSED-NEXT: %[[V3:.*]] = gradus.take_along_axis %[[T]], %[[V2]] axis 0 : (tensor<100x16xf32>, tensor<32x1xi32>) -> tensor<32x16xf32>
// DECOMPOSED-NEXT: gradus.result "y" %[[V3]] : tensor<32x16xf32>
// DECOMPOSED-NEXT: return
func.func @decomposition() {
  %t = gradus.input "t" : tensor<100x16xf32>
  %i = gradus.input "i" : tensor<32xi32>
  %y = gradus.embedding %t, %i padding 0 : (tensor<100x16xf32>, tensor<32xi32>) -> tensor<32x16xf32>
  gradus.result "y" %y : tensor<32x16xf32>
  return
}
