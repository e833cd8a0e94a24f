// gradus.einsum: a batch of unknown size.
// RUN: gradus-opt %s | gradus-opt | FileCheck %s

// Without an arrow: labels that occur once, in alphabetical order, behind the dots; a batch of unknown size.
// CHECK-LABEL: func.func @implicit
func.func @implicit() {
  %a = gradus.input "a" : tensor<?x4x3xf32>
  %b = gradus.input "b" : tensor<3x2xf32>
  // CHECK: gradus.einsum "...zj,jb" %{{.*}}, %{{.*}} : (tensor<?x4x3xf32>, tensor<3x2xf32>) -> tensor<?x2x4xf32>
  %y = gradus.einsum "...zj,jb" %a, %b : (tensor<?x4x3xf32>, tensor<3x2xf32>) -> tensor<?x2x4xf32>
  gradus.result "y" %y : tensor<?x2x4xf32>
  return
}
