// RUN: split-file %s %t
// RUN: not gradus-opt %t/broadcast.mlir --gradus-form-kernels 2>&1 | FileCheck %s --check-prefix=BROADCAST
// RUN: not gradus-opt %t/composite.mlir --gradus-form-kernels 2>&1 | FileCheck %s --check-prefix=COMPOSITE
// RUN: not gradus-opt %t/primitives.mlir --gradus-order-kernels 2>&1 | FileCheck %s --check-prefix=PRIMITIVES
// RUN: not gradus-opt %t/primitives.mlir --gradus-assign-buffers 2>&1 | FileCheck %s --check-prefix=PRIMITIVES
// RUN: not gradus-opt %t/primitives.mlir --gradus-form-kernels=target=pdp11 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not gradus-opt %t/primitives.mlir --gradus-verify-phase=supper 2>&1 | FileCheck %s --check-prefix=PHASE
// A pass that is given what it does not take says so.

//--- broadcast.mlir
// BROADCAST: broadcast.mlir:5:8: error: gradus.add: the shapes of operands and result differ; only gradus.broadcast may broadcast
func.func @implicit() {
  %x = gradus.input "x" : tensor<4x8xf32>
  %b = gradus.input "b" : tensor<8xf32>
  %y = gradus.add %x, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  gradus.result "y" %y : tensor<4x8xf32>
  return
}

//--- composite.mlir
// COMPOSITE: error: gradus.softmax: is no primitive (see gradus-decompose)
func.func @composite() {
  %x = gradus.input "x" : tensor<4x8xf32>
  %y = gradus.softmax %x axis 1 : (tensor<4x8xf32>) -> tensor<4x8xf32>
  gradus.result "y" %y : tensor<4x8xf32>
  return
}

//--- primitives.mlir
// PRIMITIVES: error: gradus.exp: stands outside kernels after phase schedule
// TARGET: error: {{.*}}pdp11
// PHASE: error: unknown phase "supper" (known: graph, shapes, autodiff, schedule, memory, lower, codegen, jit)
func.func @primitives() {
  %x = gradus.input "x" : tensor<8xf32>
  %y = gradus.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  gradus.result "y" %y : tensor<8xf32>
  return
}
