// gradus-differentiate: the backward walk. The rules themselves are tested in tests/ops.
// RUN: gradus-opt %s --gradus-differentiate --gradus-simplify --split-input-file | FileCheck %s

// Only what is asked for is computed: nothing of the gradient of %b is left.
// CHECK-LABEL: func.func @only_what_is_asked_for
// CHECK-NOT: gradus.gradients
// CHECK: %[[T:.*]] = gradus.transpose %{{.*}} axes [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
// CHECK-NEXT: %[[A:.*]] = gradus.matmul %{{.*}}, %[[T]] : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT: gradus.result "da" %[[A]] : tensor<2x3xf32>
func.func @only_what_is_asked_for() {
  %a = gradus.input "a" : tensor<2x3xf32>
  %b = gradus.input "b" : tensor<3x4xf32>
  %d = gradus.input "d" : tensor<2x4xf32>
  %y = gradus.matmul %a, %b : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %z = gradus.mul %y, %d : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %l = gradus.sum %z axes [0, 1] : (tensor<2x4xf32>) -> tensor<f32>
  %g = gradus.gradients %l, [%a] : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "da" %g : tensor<2x3xf32>
  return
}

// -----

// The loss itself has gradient 1.
// CHECK-LABEL: func.func @of_itself
// CHECK: %[[ONE:.*]] = gradus.constant dense<1.000000e+00> : tensor<f32>
// CHECK: gradus.result "g" %[[ONE]] : tensor<f32>
func.func @of_itself() {
  %x = gradus.input "x" : tensor<4xf32>
  %l = gradus.sum %x axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %l, [%l] : (tensor<f32>, tensor<f32>) -> tensor<f32>
  gradus.result "g" %g : tensor<f32>
  return
}

// -----

// A tensor in the middle may be asked for.
// CHECK-LABEL: func.func @in_the_middle
// CHECK: %[[H:.*]] = gradus.exp
// CHECK: %[[Y:.*]] = gradus.exp %[[H]]
// CHECK: gradus.result "dh" %[[Y]]
func.func @in_the_middle() {
  %x = gradus.input "x" : tensor<4xf32>
  %h = gradus.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %y = gradus.exp %h : (tensor<4xf32>) -> tensor<4xf32>
  %l = gradus.sum %y axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %l, [%h] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "dh" %g : tensor<4xf32>
  return
}

// -----

// Nothing flows through integers: the gradient is zeros.
// CHECK-LABEL: func.func @through_an_integer
// CHECK: %[[ZERO:.*]] = gradus.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK: gradus.result "dx" %[[ZERO]] : tensor<4xf32>
func.func @through_an_integer() {
  %x = gradus.input "x" : tensor<4xf32>
  %i = gradus.cast %x to i32 : (tensor<4xf32>) -> tensor<4xi32>
  %y = gradus.cast %i to f32 : (tensor<4xi32>) -> tensor<4xf32>
  %l = gradus.sum %y axes [0] : (tensor<4xf32>) -> tensor<f32>
  %g = gradus.gradients %l, [%x] : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  gradus.result "dx" %g : tensor<4xf32>
  return
}
