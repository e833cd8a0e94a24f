// gradus.constant: round trip, shape.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  // CHECK: gradus.constant dense<1.000000e+00> : tensor<32x10xf32>
  %c = gradus.constant dense<1.0> : tensor<32x10xf32>
  // CHECK: gradus.constant dense<[true, false]> : tensor<2xi1>
  %d = gradus.constant dense<[true, false]> : tensor<2xi1>
  return
}
