// What a model is trained with: layers, optimizers, schedules. They are graph functions of the C++ API
// (compiler/graph/Layers.h, Optimizers.h, Schedules.h), so there are no ops here, only their names elsewhere.
#ifndef GRADUS_TRAINING
#define GRADUS_TRAINING
include "dialects/gradus/Gradus.td"

def Gradus_Fn_Sequential : Gradus_Function<"nn::Sequential", "layers one after the other"> {
  let pytorch = "torch.nn.Sequential";
  let tensorflow = "tf.keras.Sequential";
}
def Gradus_Fn_Linear : Gradus_Function<"nn::Linear", "a product with a weight, and a bias"> {
  let pytorch = "torch.nn.Linear";
  let tensorflow = "tf.keras.layers.Dense";
}
def Gradus_Fn_Conv1d : Gradus_Function<"nn::Conv1d", "cross-correlation along one axis, and a bias"> {
  let pytorch = "torch.nn.Conv1d";
  let tensorflow = "tf.keras.layers.Conv1D";
}
def Gradus_Fn_Conv2d : Gradus_Function<"nn::Conv2d", "cross-correlation along two axes, and a bias"> {
  let pytorch = "torch.nn.Conv2d";
  let tensorflow = "tf.keras.layers.Conv2D";
}
def Gradus_Fn_MaxPool1d : Gradus_Function<"nn::MaxPool1d", "largest elements of windows along one axis"> {
  let pytorch = "torch.nn.MaxPool1d";
  let tensorflow = "tf.keras.layers.MaxPool1D";
}
def Gradus_Fn_MaxPool2d : Gradus_Function<"nn::MaxPool2d", "largest elements of windows along two axes"> {
  let pytorch = "torch.nn.MaxPool2d";
  let tensorflow = "tf.keras.layers.MaxPool2D";
}
def Gradus_Fn_AvgPool1d : Gradus_Function<"nn::AvgPool1d", "means of windows along one axis"> {
  let pytorch = "torch.nn.AvgPool1d";
  let tensorflow = "tf.keras.layers.AveragePooling1D";
}
def Gradus_Fn_AvgPool2d : Gradus_Function<"nn::AvgPool2d", "means of windows along two axes"> {
  let pytorch = "torch.nn.AvgPool2d";
  let tensorflow = "tf.keras.layers.AveragePooling2D";
}
def Gradus_Fn_Dropout : Gradus_Function<"nn::Dropout", "drops elements in training"> {
  let pytorch = "torch.nn.Dropout";
  let tensorflow = "tf.keras.layers.Dropout";
}
def Gradus_Fn_Embedding : Gradus_Function<"nn::Embedding", "rows of a trained table"> {
  let pytorch = "torch.nn.Embedding";
  let tensorflow = "tf.keras.layers.Embedding";
}
def Gradus_Fn_BatchNorm : Gradus_Function<"nn::BatchNorm", "batch norm with running statistics"> {
  let pytorch = "torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.BatchNorm3d";
  let tensorflow = "tf.keras.layers.BatchNormalization";
}
def Gradus_Fn_LayerNorm : Gradus_Function<"nn::LayerNorm", "layer norm with a trained scale and shift"> {
  let pytorch = "torch.nn.LayerNorm";
  let tensorflow = "tf.keras.layers.LayerNormalization";
}
def Gradus_Fn_RmsNorm : Gradus_Function<"nn::RmsNorm", "RMS norm with a trained scale"> {
  let pytorch = "torch.nn.RMSNorm";
}
def Gradus_Fn_GroupNorm : Gradus_Function<"nn::GroupNorm", "group norm with a trained scale and shift"> {
  let pytorch = "torch.nn.GroupNorm";
  let tensorflow = "tf.keras.layers.GroupNormalization";
}
def Gradus_Fn_Flatten : Gradus_Function<"nn::Flatten", "all axes but the batch as one"> {
  let pytorch = "torch.nn.Flatten";
  let tensorflow = "tf.keras.layers.Flatten";
}

def Gradus_Fn_Sgd : Gradus_Function<"Sgd", "gradient descent, with momentum and Nesterov's"> {
  let pytorch = "torch.optim.SGD";
  let tensorflow = "tf.keras.optimizers.SGD";
  let onnx = "ai.onnx.preview.training.Momentum";
}
def Gradus_Fn_Adam : Gradus_Function<"Adam", "steps scaled by running moments; also AMSGrad"> {
  let pytorch = "torch.optim.Adam";
  let tensorflow = "tf.keras.optimizers.Adam";
  let onnx = "ai.onnx.preview.training.Adam";
}
def Gradus_Fn_AdamW : Gradus_Function<"AdamW", "Adam whose weight decay stands apart"> {
  let pytorch = "torch.optim.AdamW";
  let tensorflow = "tf.keras.optimizers.AdamW";
}
def Gradus_Fn_Rmsprop : Gradus_Function<"Rmsprop", "steps divided by a running root mean square"> {
  let pytorch = "torch.optim.RMSprop";
  let tensorflow = "tf.keras.optimizers.RMSprop";
}
def Gradus_Fn_Adagrad : Gradus_Function<"Adagrad", "steps divided by the root of all squares so far"> {
  let pytorch = "torch.optim.Adagrad";
  let tensorflow = "tf.keras.optimizers.Adagrad";
  let onnx = "ai.onnx.preview.training.Adagrad";
}
def Gradus_Fn_Adadelta : Gradus_Function<"Adadelta", "steps as large as the last ones were"> {
  let pytorch = "torch.optim.Adadelta";
  let tensorflow = "tf.keras.optimizers.Adadelta";
}
def Gradus_Fn_Adamax : Gradus_Function<"Adamax", "Adam with the largest gradient instead of the root mean square"> {
  let pytorch = "torch.optim.Adamax";
  let tensorflow = "tf.keras.optimizers.Adamax";
}
def Gradus_Fn_clipByValue : Gradus_Function<"clipByValue", "an optimizer that sees bounded gradients"> {
  let pytorch = "torch.nn.utils.clip_grad_value_";
  let tensorflow = "tf.clip_by_value";
}
def Gradus_Fn_clipByGlobalNorm
    : Gradus_Function<"clipByGlobalNorm", "an optimizer that sees gradients whose norm is bounded"> {
  let pytorch = "torch.nn.utils.clip_grad_norm_";
  let tensorflow = "tf.clip_by_global_norm";
}
def Gradus_Fn_globalNorm : Gradus_Function<"globalNorm", "the L2 norm of several tensors together"> {
  let pytorch = "torch.nn.utils.get_total_norm";
  let tensorflow = "tf.linalg.global_norm";
}
def Gradus_Fn_ExponentialRate : Gradus_Function<"ExponentialRate", "a rate that shrinks by a factor at each step"> {
  let pytorch = "torch.optim.lr_scheduler.ExponentialLR";
  let tensorflow = "tf.keras.optimizers.schedules.ExponentialDecay";
}
def Gradus_Fn_StepRate : Gradus_Function<"StepRate", "a rate that shrinks by a factor now and then"> {
  let pytorch = "torch.optim.lr_scheduler.StepLR";
  let tensorflow = "tf.keras.optimizers.schedules.ExponentialDecay";
}
def Gradus_Fn_CosineRate : Gradus_Function<"CosineRate", "a rate that falls along a cosine after a warm-up"> {
  let pytorch = "torch.optim.lr_scheduler.CosineAnnealingLR";
  let tensorflow = "tf.keras.optimizers.schedules.CosineDecay";
}
def Gradus_Fn_InverseRate : Gradus_Function<"InverseRate", "a rate divided by 1 + decay k"> {
  let tensorflow = "tf.keras.optimizers.schedules.InverseTimeDecay";
}

#endif
