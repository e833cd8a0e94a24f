module {
  func.func @points() {
    %0 = gradus.input "x" : tensor<?x2xf32>
    %1 = gradus.input "label" : tensor<?xi32>
    %2 = gradus.parameter "w1" {a = 0.000000e+00 : f64, b = 0.000000e+00 : f64, kind = "glorot_uniform"} : tensor<2x2xf32>
    %3 = gradus.parameter "b1" {a = 0.000000e+00 : f64, b = 0.000000e+00 : f64, kind = "zeros"} : tensor<2xf32>
    %4 = gradus.matmul %0, %2 : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
    %5 = gradus.add %4, %3 : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    %6 = gradus.cross_entropy %5, %1 : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?xf32>
    %7 = gradus.mean %6 axes [0] : (tensor<?xf32>) -> tensor<f32>
    %8:2 = gradus.gradients %7, [%2, %3] : (tensor<f32>, tensor<2x2xf32>, tensor<2xf32>) -> (tensor<2x2xf32>, tensor<2xf32>)
    %9 = gradus.constant dense<5.000000e-01> : tensor<f32>
    %10 = gradus.mul %8#0, %9 : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
    %11 = gradus.sub %2, %10 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
    gradus.assign %2, %11 : tensor<2x2xf32>, tensor<2x2xf32>
    %12 = gradus.constant dense<5.000000e-01> : tensor<f32>
    %13 = gradus.mul %8#1, %12 : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    %14 = gradus.sub %3, %13 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    gradus.assign %3, %14 : tensor<2xf32>, tensor<2xf32>
    gradus.result "loss" %7 : tensor<f32>
    gradus.result "scores" %5 : tensor<?x2xf32>
    return
  }
}
