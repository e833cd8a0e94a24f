// gradus.result: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<4xf32>
  // CHECK: gradus.result "y" %{{.*}} : tensor<4xf32>
  gradus.result "y" %x : tensor<4xf32>
  return
}

// -----

// result.1
func.func @wrong_result_1() {
  %x = gradus.input "x" : tensor<4xf32>
  // expected-error @+1 {{gradus.result: the name is empty}}
  gradus.result "" %x : tensor<4xf32>
  return
}
