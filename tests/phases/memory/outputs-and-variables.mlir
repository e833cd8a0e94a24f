// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-assign-buffers --gradus-verify-phase=memory | FileCheck %s
// One kernel writes a new value into its variable (space 2, the second one) and a result into its place (space 3).
// Nothing is left for the arena.

// CHECK: arena_bytes = 0 : i64
// CHECK: gradus.kernel "map"({{.*}}) {buffers = array<i64: {{(3, 0, 2, 1|2, 1, 3, 0)}}>}
// CHECK-NOT: gradus.kernel
func.func @direct() {
  %x = gradus.input "x" : tensor<100xf32>
  %u = gradus.parameter "u" {kind = "zeros"} : tensor<100xf32>
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<100xf32>
  %a = gradus.mul %x, %u : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xf32>
  %n = gradus.sub %w, %a : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xf32>
  gradus.assign %w, %n : tensor<100xf32>, tensor<100xf32>
  gradus.result "step" %a : tensor<100xf32>
  return
}
