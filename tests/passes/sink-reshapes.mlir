// gradus-sink-reshapes: axes of size 1 come after elementwise ops.
// RUN: gradus-opt %s --gradus-sink-reshapes --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @follows_a_reduction
// CHECK: %[[S:.*]] = gradus.sum
// CHECK: %[[C:.*]] = gradus.constant dense<{{9.99999.*E-6|1.0+e-05}}> : tensor<8xf32>
// CHECK: %[[A:.*]] = gradus.add %[[S]], %[[C]] : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
// CHECK: %[[R:.*]] = gradus.rsqrt %[[A]] : (tensor<8xf32>) -> tensor<8xf32>
// CHECK: %[[Y:.*]] = gradus.reshape %[[R]] to [8, 1]
// CHECK: gradus.result "y" %[[Y]]
func.func @follows_a_reduction() {
  %x = gradus.input "x" : tensor<8x32xf32>
  %s = gradus.sum %x axes [1] : (tensor<8x32xf32>) -> tensor<8xf32>
  %r = gradus.reshape %s to [8, 1] : (tensor<8xf32>) -> tensor<8x1xf32>
  %e = gradus.constant dense<1.0e-5> : tensor<8x1xf32>
  %a = gradus.add %r, %e : (tensor<8x1xf32>, tensor<8x1xf32>) -> tensor<8x1xf32>
  %y = gradus.rsqrt %a : (tensor<8x1xf32>) -> tensor<8x1xf32>
  gradus.result "y" %y : tensor<8x1xf32>
  return
}

// -----

// CHECK-LABEL: func.func @leaves_other_operands
// CHECK: gradus.reshape
// CHECK: gradus.mul {{.*}} tensor<1x8xf32>
func.func @leaves_other_operands() {
  %x = gradus.input "x" : tensor<8xf32>
  %z = gradus.input "z" : tensor<1x8xf32>
  %r = gradus.reshape %x to [1, 8] : (tensor<8xf32>) -> tensor<1x8xf32>
  %y = gradus.mul %r, %z : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  gradus.result "y" %y : tensor<1x8xf32>
  return
}
