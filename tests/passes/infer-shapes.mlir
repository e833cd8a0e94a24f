// gradus-infer-shapes: static types, explicit broadcasts.
// RUN: gradus-opt %s --gradus-infer-shapes=batch=32 --split-input-file | FileCheck %s
// RUN: gradus-opt %s --gradus-infer-shapes=batch=32 --split-input-file \
// RUN:   | gradus-opt --gradus-infer-shapes --split-input-file | FileCheck %s

// The batch becomes a number, a shorter operand is broadcast.
// CHECK-LABEL: func.func @batch
// CHECK-DAG: %[[X:.*]] = gradus.input "x" : tensor<32x10xf32>
// CHECK-DAG: %[[B:.*]] = gradus.parameter "b" {{.*}} : tensor<10xf32>
// CHECK: %[[C:.*]] = gradus.broadcast %[[B]] to [32, 10] : (tensor<10xf32>) -> tensor<32x10xf32>
// CHECK: %[[Y:.*]] = gradus.add %[[X]], %[[C]] : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
// CHECK: gradus.result "y" %[[Y]] : tensor<32x10xf32>
func.func @batch() {
  %x = gradus.input "x" : tensor<?x10xf32>
  %b = gradus.parameter "b" {kind = "zeros"} : tensor<10xf32>
  %y = gradus.add %x, %b : (tensor<?x10xf32>, tensor<10xf32>) -> tensor<?x10xf32>
  gradus.result "y" %y : tensor<?x10xf32>
  return
}

// -----

// Equal shapes need nothing.
// CHECK-LABEL: func.func @equal
// CHECK-NOT: gradus.broadcast
// CHECK: return
func.func @equal() {
  %x = gradus.input "x" : tensor<?x10xf32>
  %y = gradus.mul %x, %x : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<?x10xf32>
  gradus.result "y" %y : tensor<?x10xf32>
  return
}

// -----

// Ops that state the batch themselves: -1 in the shape.
// CHECK-LABEL: func.func @stated
// CHECK: gradus.broadcast %{{.*}} to [32, 4] : (tensor<4xf32>) -> tensor<32x4xf32>
// CHECK: gradus.iota [32] axis 0 of i32 : () -> tensor<32xi32>
func.func @stated() {
  %x = gradus.input "x" : tensor<?x4xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<4xf32>
  %b = gradus.broadcast %w to [-1, 4] : (tensor<4xf32>) -> tensor<?x4xf32>
  %i = gradus.iota [-1] axis 0 of i32 : () -> tensor<?xi32>
  gradus.result "b" %b : tensor<?x4xf32>
  gradus.result "i" %i : tensor<?xi32>
  return
}

// -----

// A weight is not repeated: the leading axes of the left operand join its rows.
// CHECK-LABEL: func.func @weight
// CHECK: %[[R:.*]] = gradus.reshape %{{.*}} to [160, 3] : (tensor<32x5x3xf32>) -> tensor<160x3xf32>
// CHECK: %[[M:.*]] = gradus.matmul %[[R]], %{{.*}} : (tensor<160x3xf32>, tensor<3x4xf32>) -> tensor<160x4xf32>
// CHECK: gradus.reshape %[[M]] to [32, 5, 4] : (tensor<160x4xf32>) -> tensor<32x5x4xf32>
func.func @weight() {
  %x = gradus.input "x" : tensor<?x5x3xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<3x4xf32>
  %y = gradus.matmul %x, %w : (tensor<?x5x3xf32>, tensor<3x4xf32>) -> tensor<?x5x4xf32>
  gradus.result "y" %y : tensor<?x5x4xf32>
  return
}

// -----

// Rows and columns become matrices.
// CHECK-LABEL: func.func @dot
// CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<1x3xf32>, tensor<3x1xf32>) -> tensor<1x1xf32>
// CHECK: gradus.reshape %{{.*}} to [] : (tensor<1x1xf32>) -> tensor<f32>
func.func @dot() {
  %a = gradus.input "a" : tensor<3xf32>
  %y = gradus.matmul %a, %a : (tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  gradus.result "y" %y : tensor<f32>
  return
}
