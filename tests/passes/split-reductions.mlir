// gradus-split-reductions: large reductions to few results, in parts that the shape fixes.
// RUN: gradus-opt %s --gradus-split-reductions --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @columns
// CHECK: %[[X:.*]] = gradus.reshape {{.*}} to [16, 4096, 1024]
// CHECK: %[[E:.*]] = gradus.exp %[[X]]
// CHECK: %[[P:.*]] = gradus.sum %[[E]] axes [1] : (tensor<16x4096x1024xf32>) -> tensor<16x1024xf32>
// CHECK: gradus.sum %[[P]] axes [0] : (tensor<16x1024xf32>) -> tensor<1024xf32>
func.func @columns() {
  %x = gradus.input "x" : tensor<65536x1024xf32>
  %e = gradus.exp %x : (tensor<65536x1024xf32>) -> tensor<65536x1024xf32>
  %y = gradus.sum %e axes [0] : (tensor<65536x1024xf32>) -> tensor<1024xf32>
  gradus.result "y" %y : tensor<1024xf32>
  return
}

// -----

// CHECK-LABEL: func.func @everything
// CHECK: gradus.max {{.*}} axes [1, 2] : (tensor<16x75000x3xf32>) -> tensor<16xf32>
// CHECK: gradus.max {{.*}} axes [0] : (tensor<16xf32>) -> tensor<f32>
func.func @everything() {
  %x = gradus.input "x" : tensor<1200000x3xf32>
  %y = gradus.max %x axes [0, 1] : (tensor<1200000x3xf32>) -> tensor<f32>
  gradus.result "y" %y : tensor<f32>
  return
}

// -----

// CHECK-LABEL: func.func @leaves_small_ones_and_rows
// CHECK-NOT: gradus.reshape
func.func @leaves_small_ones_and_rows() {
  %x = gradus.input "x" : tensor<512x512xf32>
  %y = gradus.sum %x axes [0] : (tensor<512x512xf32>) -> tensor<512xf32>
  gradus.result "y" %y : tensor<512xf32>
  %a = gradus.input "a" : tensor<4096x1024xf32>
  %b = gradus.sum %a axes [1] : (tensor<4096x1024xf32>) -> tensor<4096xf32>
  gradus.result "b" %b : tensor<4096xf32>
  return
}
