// gradus.convolution: the product of matrices that it becomes.
// RUN: gradus-opt %s --split-input-file --gradus-decompose --gradus-simplify | FileCheck %s

// One product: filters times the list of windows.
// CHECK-LABEL: func.func @windows
// CHECK: gradus.window %{{.*}} axes [2, 3] sizes [3, 3]
// CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<4x27xf32>, tensor<27x72xf32>) -> tensor<4x72xf32>
func.func @windows() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %w = gradus.input "w" : tensor<4x3x3x3xf32>
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x6x6xf32>
  gradus.result "y" %y : tensor<2x4x6x6xf32>
  return
}

// -----

// Windows of one element are the elements.
// CHECK-LABEL: func.func @one
// CHECK-NOT: gradus.window
// CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<4x3xf32>, tensor<3x128xf32>) -> tensor<4x128xf32>
func.func @one() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %w = gradus.input "w" : tensor<4x3x1x1xf32>
  %y = gradus.convolution %x, %w strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      : (tensor<2x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<2x4x8x8xf32>
  gradus.result "y" %y : tensor<2x4x8x8xf32>
  return
}

// -----

// The gradient in the filters sums images and positions in one product.
// CHECK-LABEL: func.func @weight
// CHECK: gradus.matmul %{{.*}}, %{{.*}} : (tensor<27x72xf32>, tensor<72x4xf32>) -> tensor<27x4xf32>
func.func @weight() {
  %x = gradus.input "x" : tensor<2x3x8x8xf32>
  %d = gradus.input "d" : tensor<2x4x6x6xf32>
  %y = gradus.convolution_weight %x, %d strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1 kernel [3, 3]
      : (tensor<2x3x8x8xf32>, tensor<2x4x6x6xf32>) -> tensor<4x3x3x3xf32>
  gradus.result "y" %y : tensor<4x3x3x3xf32>
  return
}
