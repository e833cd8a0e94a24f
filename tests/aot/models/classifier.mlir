// The smallest classifier: 8x8 pixels, 32 hidden units, 10 classes, plain SGD. It fits into a microcontroller.
func.func @classifier() {
  %x = gradus.input "x" : tensor<?x64xf32>
  %label = gradus.input "label" : tensor<?xi32>
  %w1 = gradus.parameter "w1" {a = 0.0 : f64, b = 0.0 : f64, kind = "he_uniform"} : tensor<64x32xf32>
  %b1 = gradus.parameter "b1" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<32xf32>
  %w2 = gradus.parameter "w2" {a = 0.0 : f64, b = 0.0 : f64, kind = "glorot_uniform"} : tensor<32x10xf32>
  %b2 = gradus.parameter "b2" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<10xf32>
  %h0 = gradus.matmul %x, %w1 : (tensor<?x64xf32>, tensor<64x32xf32>) -> tensor<?x32xf32>
  %h1 = gradus.add %h0, %b1 : (tensor<?x32xf32>, tensor<32xf32>) -> tensor<?x32xf32>
  %h = gradus.relu %h1 : (tensor<?x32xf32>) -> tensor<?x32xf32>
  %l0 = gradus.matmul %h, %w2 : (tensor<?x32xf32>, tensor<32x10xf32>) -> tensor<?x10xf32>
  %logits = gradus.add %l0, %b2 : (tensor<?x10xf32>, tensor<10xf32>) -> tensor<?x10xf32>
  %losses = gradus.cross_entropy %logits, %label : (tensor<?x10xf32>, tensor<?xi32>) -> tensor<?xf32>
  %loss = gradus.mean %losses axes [0] : (tensor<?xf32>) -> tensor<f32>
  %g:4 = gradus.gradients %loss, [%w1, %b1, %w2, %b2] : (tensor<f32>, tensor<64x32xf32>, tensor<32xf32>, tensor<32x10xf32>, tensor<10xf32>) -> (tensor<64x32xf32>, tensor<32xf32>, tensor<32x10xf32>, tensor<10xf32>)
  %rate = gradus.constant dense<0.05> : tensor<f32>
  %d1 = gradus.mul %g#0, %rate : (tensor<64x32xf32>, tensor<f32>) -> tensor<64x32xf32>
  %n1 = gradus.sub %w1, %d1 : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
  gradus.assign %w1, %n1 : tensor<64x32xf32>, tensor<64x32xf32>
  %d2 = gradus.mul %g#1, %rate : (tensor<32xf32>, tensor<f32>) -> tensor<32xf32>
  %n2 = gradus.sub %b1, %d2 : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
  gradus.assign %b1, %n2 : tensor<32xf32>, tensor<32xf32>
  %d3 = gradus.mul %g#2, %rate : (tensor<32x10xf32>, tensor<f32>) -> tensor<32x10xf32>
  %n3 = gradus.sub %w2, %d3 : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  gradus.assign %w2, %n3 : tensor<32x10xf32>, tensor<32x10xf32>
  %d4 = gradus.mul %g#3, %rate : (tensor<10xf32>, tensor<f32>) -> tensor<10xf32>
  %n4 = gradus.sub %b2, %d4 : (tensor<10xf32>, tensor<10xf32>) -> tensor<10xf32>
  gradus.assign %b2, %n4 : tensor<10xf32>, tensor<10xf32>
  gradus.result "loss" %loss : tensor<f32>
  gradus.result "logits" %logits : tensor<?x10xf32>
  return
}
