// gradus-decompose: every composite becomes primitives.
// RUN: gradus-opt %s --gradus-decompose --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @squared_error
// CHECK: %[[D:.*]] = gradus.sub %{{.*}}, %{{.*}} : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
// CHECK: %[[Y:.*]] = gradus.mul %[[D]], %[[D]] : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
// CHECK: gradus.result "y" %[[Y]]
func.func @squared_error() {
  %p = gradus.input "p" : tensor<8xf32>
  %t = gradus.input "t" : tensor<8xf32>
  %y = gradus.squared_error %p, %t : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  gradus.result "y" %y : tensor<8xf32>
  return
}

// -----

// The largest element is taken out first; there is one division a row.
// CHECK-LABEL: func.func @softmax
// CHECK: %[[M:.*]] = gradus.max %[[X:.*]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// CHECK: %[[Z:.*]] = gradus.sub %[[X]], %{{.*}} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %[[E:.*]] = gradus.exp %[[Z]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %[[S:.*]] = gradus.sum %[[E]] axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
// CHECK: gradus.div %{{.*}}, %[[S]] : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// CHECK: gradus.mul %[[E]], %{{.*}} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @softmax() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %y = gradus.softmax %x axis 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  gradus.result "y" %y : tensor<2x3xf32>
  return
}

// -----

// CHECK-LABEL: func.func @all
// CHECK-NOT: gradus.{{mean|log_sum_exp|softmax|log_softmax|cross_entropy|binary_cross|argmax|one_hot}}
// CHECK: return
func.func @all() {
  %x = gradus.input "x" : tensor<2x3xf32>
  %l = gradus.input "l" : tensor<2xi32>
  %0 = gradus.mean %x axes [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  %1 = gradus.log_sum_exp %x axes [1] : (tensor<2x3xf32>) -> tensor<2xf32>
  %2 = gradus.log_softmax %x axis 0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = gradus.cross_entropy %x, %l : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<2xf32>
  %4 = gradus.cross_entropy %x, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
  %5 = gradus.binary_cross_entropy_with_logits %x, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = gradus.argmax %x axis 1 : (tensor<2x3xf32>) -> tensor<2xi32>
  %7 = gradus.one_hot %l classes 3 of f32 : (tensor<2xi32>) -> tensor<2x3xf32>
  gradus.result "0" %0 : tensor<f32>
  gradus.result "1" %1 : tensor<2xf32>
  gradus.result "2" %2 : tensor<2x3xf32>
  gradus.result "3" %3 : tensor<2xf32>
  gradus.result "4" %4 : tensor<2xf32>
  gradus.result "5" %5 : tensor<2x3xf32>
  gradus.result "6" %6 : tensor<2xi32>
  gradus.result "7" %7 : tensor<2x3xf32>
  return
}
