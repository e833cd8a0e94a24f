// gradus.input: round trip, constraints.
// RUN: gradus-opt %s --split-input-file --verify-diagnostics | gradus-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @example
func.func @example() {
  // CHECK: gradus.input "x" : tensor<?x784xf32>
  %x = gradus.input "x" : tensor<?x784xf32>
  return
}

// -----

// input.1
func.func @wrong_input_1() {
  // expected-error @+1 {{gradus.input: the name is empty}}
  %x = gradus.input "" : tensor<4xf32>
  return
}
