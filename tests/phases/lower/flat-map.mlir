// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v4 --gradus-order-kernels --gradus-assign-buffers --gradus-lower-kernels=target=x86-64-v4 --gradus-verify-phase=lower | FileCheck %s --check-prefixes=CHECK,V4
// RUN: gradus-opt %s --gradus-form-kernels=target=x86-64-v3 --gradus-order-kernels --gradus-assign-buffers --gradus-lower-kernels=target=x86-64-v3 --gradus-verify-phase=lower | FileCheck %s --check-prefixes=CHECK,V3
// An elementwise chain is one flat loop in vectors of the target; the last, short vector is masked.

// CHECK: func.func private @program_map0
// CHECK: scf.for
// V4: llvm.load {{.*}} -> vector<16xf32>
// V3: llvm.load {{.*}} -> vector<8xf32>
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK: llvm.store
// CHECK: llvm.intr.masked.store
func.func @flat() {
  %x = gradus.input "x" : tensor<7x9xf32>
  %y = gradus.mul %x, %x : (tensor<7x9xf32>, tensor<7x9xf32>) -> tensor<7x9xf32>
  %z = gradus.add %y, %x : (tensor<7x9xf32>, tensor<7x9xf32>) -> tensor<7x9xf32>
  gradus.result "z" %z : tensor<7x9xf32>
  return
}
