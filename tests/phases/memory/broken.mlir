// RUN: split-file %s %t
// RUN: not gradus-opt %t/overlap.mlir --gradus-verify-phase=memory 2>&1 | FileCheck %s --check-prefix=OVERLAP
// RUN: not gradus-opt %t/unaligned.mlir --gradus-verify-phase=memory 2>&1 | FileCheck %s --check-prefix=UNALIGNED
// RUN: not gradus-opt %t/outside.mlir --gradus-verify-phase=memory 2>&1 | FileCheck %s --check-prefix=OUTSIDE
// RUN: not gradus-opt %t/nowhere.mlir --gradus-verify-phase=memory 2>&1 | FileCheck %s --check-prefix=NOWHERE
// RUN: not gradus-opt %t/elsewhere.mlir --gradus-verify-phase=memory 2>&1 | FileCheck %s --check-prefix=ELSEWHERE
// RUN: not gradus-opt %t/late.mlir --gradus-verify-phase=memory 2>&1 | FileCheck %s --check-prefix=LATE
// Plans that would compute wrong numbers are refused.

//--- overlap.mlir
// OVERLAP: error: gradus.kernel: a result at offset 64 overwrites a value that is still needed
func.func @overlap() attributes {arena_bytes = 192 : i64} {
  %x = gradus.input "x" : tensor<32xf32>
  %a = gradus.kernel "map"(%x) {buffers = array<i64: 0, 0>} : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    %1 = gradus.exp %0 : (tensor<32xf32>) -> tensor<32xf32>
    gradus.yield %1 : tensor<32xf32>
  }
  %b = gradus.kernel "map"(%a) {buffers = array<i64: 0, 64>} : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    %1 = gradus.exp %0 : (tensor<32xf32>) -> tensor<32xf32>
    gradus.yield %1 : tensor<32xf32>
  }
  %c = gradus.kernel "map"(%a, %b) {buffers = array<i64: 3, 0>} : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>, %1: tensor<32xf32>):
    %2 = gradus.add %0, %1 : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
    gradus.yield %2 : tensor<32xf32>
  }
  gradus.result "c" %c : tensor<32xf32>
  return
}

//--- unaligned.mlir
// UNALIGNED: error: gradus.kernel: offset 4 is no multiple of 64
func.func @unaligned() attributes {arena_bytes = 192 : i64} {
  %x = gradus.input "x" : tensor<32xf32>
  %a = gradus.kernel "map"(%x) {buffers = array<i64: 0, 4>} : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    gradus.yield %0 : tensor<32xf32>
  }
  return
}

//--- outside.mlir
// OUTSIDE: error: gradus.kernel: offset 64 and 128 bytes pass the end of the arena at 128
func.func @outside() attributes {arena_bytes = 128 : i64} {
  %x = gradus.input "x" : tensor<32xf32>
  %a = gradus.kernel "map"(%x) {buffers = array<i64: 0, 64>} : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    gradus.yield %0 : tensor<32xf32>
  }
  return
}

//--- nowhere.mlir
// NOWHERE: error: gradus.kernel: a result has no place
func.func @nowhere() attributes {arena_bytes = 128 : i64} {
  %x = gradus.input "x" : tensor<32xf32>
  %a = gradus.kernel "map"(%x) : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    gradus.yield %0 : tensor<32xf32>
  }
  return
}

//--- elsewhere.mlir
// ELSEWHERE: error: gradus.kernel: a result is written to the wrong variable or result
func.func @elsewhere() attributes {arena_bytes = 128 : i64} {
  %x = gradus.input "x" : tensor<32xf32>
  %a = gradus.kernel "map"(%x) {buffers = array<i64: 3, 1>} : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    gradus.yield %0 : tensor<32xf32>
  }
  gradus.result "a" %a : tensor<32xf32>
  return
}

//--- late.mlir
// LATE: error: gradus.kernel: reads a variable after it is overwritten
func.func @late() attributes {arena_bytes = 128 : i64} {
  %w = gradus.parameter "w" {kind = "zeros"} : tensor<32xf32>
  %a = gradus.kernel "map"(%w) {buffers = array<i64: 2, 0>} : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    %1 = gradus.exp %0 : (tensor<32xf32>) -> tensor<32xf32>
    gradus.yield %1 : tensor<32xf32>
  }
  %b = gradus.kernel "map"(%w) {buffers = array<i64: 3, 0>} : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%0: tensor<32xf32>):
    gradus.yield %0 : tensor<32xf32>
  }
  gradus.assign %w, %a : tensor<32xf32>, tensor<32xf32>
  gradus.result "b" %b : tensor<32xf32>
  return
}
