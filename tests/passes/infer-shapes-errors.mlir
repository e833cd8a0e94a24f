// gradus-infer-shapes: what only shows when the batch is known.
// RUN: not gradus-opt %s --gradus-infer-shapes=batch=0 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not gradus-opt %s --gradus-infer-shapes=batch=1073741824 2>&1 | FileCheck %s --check-prefix=LARGE

// NONE: error: gradus.input: the batch is 0 (must be at least 1)
// LARGE: error: gradus.input: a tensor of shape 1073741824x1048576 and element type f32 is too large (at most 2^40 bytes)
func.func @large() {
  %x = gradus.input "x" : tensor<?x1048576xf32>
  gradus.result "x" %x : tensor<?x1048576xf32>
  return
}
