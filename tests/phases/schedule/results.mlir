// RUN: gradus-opt %s --gradus-form-kernels --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// Each result and each variable is written by one kernel; where no kernel can, another one copies: an input that is a
// result, a value under two names, a value that is assigned and returned.

// CHECK: %[[X:.*]] = gradus.input "x"
// CHECK: %[[W:.*]] = gradus.parameter "w"
// CHECK-DAG: %[[Y:.*]] = gradus.kernel "map"(%[[X]], %[[W]])
// CHECK-DAG: gradus.result "input" %[[COPY:.*]] :
// CHECK-DAG: gradus.result "once" %[[Y]]
// CHECK-DAG: gradus.result "twice" %[[TWICE:.*]] :
// CHECK-DAG: gradus.assign %[[W]], %[[NEW:.*]] :
func.func @results() {
  %x = gradus.input "x" : tensor<8xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<8xf32>
  %y = gradus.add %x, %w : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  gradus.assign %w, %y : tensor<8xf32>, tensor<8xf32>
  gradus.result "input" %x : tensor<8xf32>
  gradus.result "once" %y : tensor<8xf32>
  gradus.result "twice" %y : tensor<8xf32>
  return
}
