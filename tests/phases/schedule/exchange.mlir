// RUN: gradus-opt %s --gradus-form-kernels --gradus-order-kernels --gradus-verify-phase=schedule | FileCheck %s
// Two variables cannot both be overwritten in place: one of them is kept aside first.

// CHECK-DAG: %[[A:.*]] = gradus.parameter "a"
// CHECK-DAG: %[[B:.*]] = gradus.parameter "b"
// CHECK: %[[ASIDE:.*]] = gradus.kernel "map"(%[[B]])
// CHECK: %[[NEWB:.*]] = gradus.kernel "map"(%[[A]])
// CHECK: %[[NEWA:.*]] = gradus.kernel "map"(%[[ASIDE]])
// CHECK: gradus.assign %[[A]], %[[NEWA]]
// CHECK: gradus.assign %[[B]], %[[NEWB]]
func.func @exchange() {
  %a = gradus.parameter "a" {kind = "zeros"} : tensor<8xf32>
  %b = gradus.parameter "b" {kind = "zeros"} : tensor<8xf32>
  gradus.assign %a, %b : tensor<8xf32>, tensor<8xf32>
  gradus.assign %b, %a : tensor<8xf32>, tensor<8xf32>
  return
}
