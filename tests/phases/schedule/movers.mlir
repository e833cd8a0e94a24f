// RUN: gradus-opt %s --split-input-file --gradus-form-kernels --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// Slices, pads, reversals and windows are repeated where they are read; what they move is in memory.

// CHECK-LABEL: func.func @fused
// CHECK: %[[E:.*]] = gradus.kernel "map"
// CHECK-NEXT: ^bb0
// CHECK-NEXT: gradus.exp
// CHECK-NEXT: gradus.yield
// CHECK: gradus.kernel "map"
// CHECK-SAME: %[[E]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: gradus.slice
// CHECK-NEXT: gradus.pad
// CHECK-NEXT: gradus.add
// CHECK-NEXT: gradus.yield
// CHECK-NOT: gradus.kernel
func.func @fused() {
  %x = gradus.input "x" : tensor<64x50xf32>
  %e = gradus.exp %x : (tensor<64x50xf32>) -> tensor<64x50xf32>
  %s = gradus.slice %e from [2, 0] sizes [62, 50] steps [1, 1] : (tensor<64x50xf32>) -> tensor<62x50xf32>
  %p = gradus.pad %s low [2, 0] high [0, 0] interior [0, 0] value 0.0 : (tensor<62x50xf32>) -> tensor<64x50xf32>
  %y = gradus.add %e, %p : (tensor<64x50xf32>, tensor<64x50xf32>) -> tensor<64x50xf32>
  gradus.result "y" %y : tensor<64x50xf32>
  return
}

// -----

// Columns of patches are one kernel, and so is a pool.
// CHECK-LABEL: func.func @windows
// CHECK: gradus.kernel "map"
// CHECK: gradus.window
// CHECK-NEXT: gradus.transpose
// CHECK-NEXT: gradus.yield
// CHECK: gradus.kernel "row"
// CHECK: gradus.window
// CHECK-NEXT: gradus.max
// CHECK-NEXT: gradus.yield
// CHECK-NOT: gradus.kernel
func.func @windows() {
  %x = gradus.input "x" : tensor<4x30x30xf32>
  %w = gradus.window %x axes [1, 2] sizes [3, 3] strides [1, 1] dilations [1, 1] : (tensor<4x30x30xf32>) -> tensor<4x28x28x3x3xf32>
  %c = gradus.transpose %w axes [0, 3, 4, 1, 2] : (tensor<4x28x28x3x3xf32>) -> tensor<4x3x3x28x28xf32>
  %m = gradus.max %w axes [3, 4] : (tensor<4x28x28x3x3xf32>) -> tensor<4x28x28xf32>
  gradus.result "c" %c : tensor<4x3x3x28x28xf32>
  gradus.result "m" %m : tensor<4x28x28xf32>
  return
}

// -----

// A concatenation of slices reads them from memory; what follows joins it.
// CHECK-LABEL: func.func @rolled
// CHECK: gradus.kernel "map"
// CHECK-NEXT: ^bb0
// CHECK-NEXT: gradus.slice
// CHECK-NEXT: gradus.slice
// CHECK-NEXT: gradus.concat
// CHECK-NEXT: gradus.exp
// CHECK-NOT: gradus.kernel
func.func @rolled() {
  %x = gradus.input "x" : tensor<64x50xf32>
  %a = gradus.slice %x from [60, 0] sizes [4, -1] steps [1, 1] : (tensor<64x50xf32>) -> tensor<4x50xf32>
  %b = gradus.slice %x from [0, 0] sizes [60, -1] steps [1, 1] : (tensor<64x50xf32>) -> tensor<60x50xf32>
  %r = gradus.concat %a, %b axis 0 : (tensor<4x50xf32>, tensor<60x50xf32>) -> tensor<64x50xf32>
  %y = gradus.exp %r : (tensor<64x50xf32>) -> tensor<64x50xf32>
  gradus.result "y" %y : tensor<64x50xf32>
  return
}

// -----

// An axis of size 1 more or less is a view of the same memory for a product.
// CHECK-LABEL: func.func @product
// CHECK: %[[V:.*]] = gradus.reshape
// CHECK: gradus.kernel "product"
// CHECK-SAME: %[[V]]
// CHECK-NOT: gradus.kernel
func.func @product() {
  %x = gradus.input "x" : tensor<64x1x50xf32>
  %b = gradus.input "b" : tensor<50x8xf32>
  %r = gradus.reshape %x to [64, 50] : (tensor<64x1x50xf32>) -> tensor<64x50xf32>
  %y = gradus.matmul %r, %b : (tensor<64x50xf32>, tensor<50x8xf32>) -> tensor<64x8xf32>
  gradus.result "y" %y : tensor<64x8xf32>
  return
}
