// Reads digits of 16x16 pixels. Trained by gradient descent with momentum; the rate is an input, so that the page can
// change it while the network learns.
func.func @digits() {
  %x = gradus.input "x" : tensor<?x256xf32>
  %label = gradus.input "label" : tensor<?xi32>
  %rate = gradus.input "rate" : tensor<f32>
  %w1 = gradus.parameter "w1" {a = 0.0 : f64, b = 0.0 : f64, kind = "he_uniform"} : tensor<256x48xf32>
  %b1 = gradus.parameter "b1" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<48xf32>
  %w2 = gradus.parameter "w2" {a = 0.0 : f64, b = 0.0 : f64, kind = "glorot_uniform"} : tensor<48x10xf32>
  %b2 = gradus.parameter "b2" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<10xf32>

  // Forward: a hidden layer with relu, ten scores, cross-entropy.
  %h0 = gradus.matmul %x, %w1 : (tensor<?x256xf32>, tensor<256x48xf32>) -> tensor<?x48xf32>
  %h1 = gradus.add %h0, %b1 : (tensor<?x48xf32>, tensor<48xf32>) -> tensor<?x48xf32>
  %h = gradus.relu %h1 : (tensor<?x48xf32>) -> tensor<?x48xf32>
  %l0 = gradus.matmul %h, %w2 : (tensor<?x48xf32>, tensor<48x10xf32>) -> tensor<?x10xf32>
  %logits = gradus.add %l0, %b2 : (tensor<?x10xf32>, tensor<10xf32>) -> tensor<?x10xf32>
  %losses = gradus.cross_entropy %logits, %label : (tensor<?x10xf32>, tensor<?xi32>) -> tensor<?xf32>
  %loss = gradus.mean %losses axes [0] : (tensor<?xf32>) -> tensor<f32>

  // Backward, and for each parameter p: v = 0.9 v + gradient, p = p - rate v.
  %g:4 = gradus.gradients %loss, [%w1, %b1, %w2, %b2] : (tensor<f32>, tensor<256x48xf32>, tensor<48xf32>, tensor<48x10xf32>, tensor<10xf32>) -> (tensor<256x48xf32>, tensor<48xf32>, tensor<48x10xf32>, tensor<10xf32>)
  %momentum = gradus.constant dense<0.9> : tensor<f32>
  %vw1 = gradus.state "velocity/w1" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<256x48xf32>
  %kw1 = gradus.mul %vw1, %momentum : (tensor<256x48xf32>, tensor<f32>) -> tensor<256x48xf32>
  %nw1 = gradus.add %kw1, %g#0 : (tensor<256x48xf32>, tensor<256x48xf32>) -> tensor<256x48xf32>
  %sw1 = gradus.mul %nw1, %rate : (tensor<256x48xf32>, tensor<f32>) -> tensor<256x48xf32>
  %tw1 = gradus.sub %w1, %sw1 : (tensor<256x48xf32>, tensor<256x48xf32>) -> tensor<256x48xf32>
  gradus.assign %vw1, %nw1 : tensor<256x48xf32>, tensor<256x48xf32>
  gradus.assign %w1, %tw1 : tensor<256x48xf32>, tensor<256x48xf32>
  %vb1 = gradus.state "velocity/b1" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<48xf32>
  %kb1 = gradus.mul %vb1, %momentum : (tensor<48xf32>, tensor<f32>) -> tensor<48xf32>
  %nb1 = gradus.add %kb1, %g#1 : (tensor<48xf32>, tensor<48xf32>) -> tensor<48xf32>
  %sb1 = gradus.mul %nb1, %rate : (tensor<48xf32>, tensor<f32>) -> tensor<48xf32>
  %tb1 = gradus.sub %b1, %sb1 : (tensor<48xf32>, tensor<48xf32>) -> tensor<48xf32>
  gradus.assign %vb1, %nb1 : tensor<48xf32>, tensor<48xf32>
  gradus.assign %b1, %tb1 : tensor<48xf32>, tensor<48xf32>
  %vw2 = gradus.state "velocity/w2" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<48x10xf32>
  %kw2 = gradus.mul %vw2, %momentum : (tensor<48x10xf32>, tensor<f32>) -> tensor<48x10xf32>
  %nw2 = gradus.add %kw2, %g#2 : (tensor<48x10xf32>, tensor<48x10xf32>) -> tensor<48x10xf32>
  %sw2 = gradus.mul %nw2, %rate : (tensor<48x10xf32>, tensor<f32>) -> tensor<48x10xf32>
  %tw2 = gradus.sub %w2, %sw2 : (tensor<48x10xf32>, tensor<48x10xf32>) -> tensor<48x10xf32>
  gradus.assign %vw2, %nw2 : tensor<48x10xf32>, tensor<48x10xf32>
  gradus.assign %w2, %tw2 : tensor<48x10xf32>, tensor<48x10xf32>
  %vb2 = gradus.state "velocity/b2" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<10xf32>
  %kb2 = gradus.mul %vb2, %momentum : (tensor<10xf32>, tensor<f32>) -> tensor<10xf32>
  %nb2 = gradus.add %kb2, %g#3 : (tensor<10xf32>, tensor<10xf32>) -> tensor<10xf32>
  %sb2 = gradus.mul %nb2, %rate : (tensor<10xf32>, tensor<f32>) -> tensor<10xf32>
  %tb2 = gradus.sub %b2, %sb2 : (tensor<10xf32>, tensor<10xf32>) -> tensor<10xf32>
  gradus.assign %vb2, %nb2 : tensor<10xf32>, tensor<10xf32>
  gradus.assign %b2, %tb2 : tensor<10xf32>, tensor<10xf32>
  gradus.result "loss" %loss : tensor<f32>
  gradus.result "logits" %logits : tensor<?x10xf32>
  return
}
