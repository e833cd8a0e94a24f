// gradus.kernel: round trip.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  %x = gradus.input "x" : tensor<4xf32>
  // CHECK: gradus.kernel "map"(%{{.*}}) : (tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4xf32>):
  // CHECK-NEXT: %[[Y:.*]] = gradus.exp %[[A]] : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: gradus.yield %[[Y]] : tensor<4xf32>
  %h = gradus.kernel "map" (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %y = gradus.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    gradus.yield %y : tensor<4xf32>
  }
  return
}
