// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-assign-buffers --gradus-lower-kernels=target=x86-64-v4 --gradus-verify-phase=lower | FileCheck %s
// A large kernel is handed to parallel_for as a function of tile ranges; without threads it is called directly.

// CHECK: llvm.func @program_map0_tiles
// CHECK-SAME: attributes {sym_visibility = "private"}
// CHECK: func.func private @program_body
// CHECK: scf.if
// CHECK: call @program_map0
// CHECK: else
// CHECK: llvm.mlir.addressof @program_map0_tiles
// CHECK: llvm.call %
func.func @large() {
  %x = gradus.input "x" : tensor<1024x1024xf32>
  %y = gradus.tanh %x : (tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
  gradus.result "y" %y : tensor<1024x1024xf32>
  return
}
