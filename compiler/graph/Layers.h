// Layers: parameters with names and a function that uses them. Names and initial values are PyTorch's, and the shapes
// but for Linear's.
#pragma once
#include "compiler/graph/ops/Convolution.h"
#include "compiler/graph/ops/Types.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace gradus::nn {

/// What a model is applied for. Batch norm and dropout do different things; one graph may hold both.
enum class Mode { training, inference };

/// Where the parameters of a layer are declared: a graph, and the beginning of their names.
class Scope {
public:
  Scope(Graph graph, std::string name, DType type = DType::f32)
      : graph(std::move(graph)), name(std::move(name)), type(type) {}
  /// The scope "NAME/part".
  Scope inner(const std::string &part) const { return {graph, path(part), type}; }
  std::string path(const std::string &part) const { return name.empty() ? part : name + "/" + part; }
  Tensor parameter(const std::string &part, const Shape &shape, const Initializer &init, Location at) const;
  Tensor state(const std::string &part, const Shape &shape, const Initializer &init, Location at) const;

  Graph graph;
  std::string name;
  DType type;
};

/// A layer in a graph, as a function.
using Apply = std::function<Tensor(const Tensor &x, Mode mode, Location at)>;

/// What a layer is, before it is in a graph: one of the structs below, one's own struct with a
/// method `Apply place(const Scope &, Location) const`, or a function such as `relu`.
class Kind {
public:
  template <class Options>
    requires requires(const Options &options, const Scope &scope, Location at) {
      { options.place(scope, at) } -> std::convertible_to<Apply>;
    }
  Kind(const Options &options)
      : place([options](const Scope &scope, Location at) { return options.place(scope, at); }) {}
  Kind(Tensor (*function)(const Tensor &, Location));

  std::function<Apply(const Scope &, Location)> place;
};

/// A layer whose parameters are in a graph, as "NAME/weight" and so on. Applied twice, it uses the
/// same parameters twice.
class Layer {
public:
  /// Declares the parameters. GraphError if an option is impossible or a name is taken.
  Layer(const Graph &graph, const std::string &name, const Kind &kind, DType type = DType::f32,
        Location at = Location::current());
  /// GraphError at the caller's line if x does not fit.
  Tensor operator()(const Tensor &x, Mode mode = Mode::training,
                    Location at = Location::current()) const;

private:
  Apply apply;
};

/// One after the other; the parameters of layer i are "NAME/i/...".
struct Sequential {
  Sequential(std::initializer_list<Kind> layers) : layers(layers) {}
  explicit Sequential(std::vector<Kind> layers) : layers(std::move(layers)) {}
  std::vector<Kind> layers;
  Apply place(const Scope &scope, Location at) const;
};

/// x weight + bias. x: [..., in] -> [..., out]. "weight" [in, out] and "bias" [out] begin uniform
/// within 1 / sqrt(in). (PyTorch's weight is the transpose: in this layout the update happens in the
/// product that makes the gradient.)
struct Linear {
  int64_t in = 0, out = 0;
  bool bias = true;
  Apply place(const Scope &scope, Location at) const;
};

/// Cross-correlation. x: [images, in, length]. "weight" [out, in / groups, size] and "bias" [out]
/// begin uniform within 1 / sqrt(in / groups * size).
struct Conv1d {
  int64_t in = 0, out = 0;
  int64_t size = 3, stride = 1, padding = 0, dilation = 1, groups = 1;
  bool bias = true;
  Apply place(const Scope &scope, Location at) const;
};

/// The same in two dimensions. x: [images, in, height, width]; "weight" [out, in / groups, size, size].
struct Conv2d {
  int64_t in = 0, out = 0;
  int64_t size = 3, stride = 1, padding = 0, dilation = 1, groups = 1;
  bool bias = true;
  Apply place(const Scope &scope, Location at) const;
};

/// Rows of "weight" [count, features], which begin as standard normal numbers. Indices [...] ->
/// [..., features].
struct Embedding {
  int64_t count = 0, features = 0;
  Apply place(const Scope &scope, Location at) const;
};

/// x: [batch, channels, ...]. In training standardised by the statistics of the batch, which are
/// remembered in the states "running_mean" and "running_var": r = (1 - momentum) r + momentum
/// batch, the variance without bias. In inference by these. "weight" begins as ones, "bias" as
/// zeros. A layer that is applied twice in training would assign its states twice, a GraphError.
struct BatchNorm {
  int64_t channels = 0;
  double momentum = 0.1, epsilon = 1e-5;
  bool affine = true;
  Apply place(const Scope &scope, Location at) const;
};

/// Standardised over the last axes, whose sizes are `shape`.
struct LayerNorm {
  Shape shape;
  double epsilon = 1e-5;
  bool affine = true;
  Apply place(const Scope &scope, Location at) const;
};

/// Divided by the root of the mean square over the last axes. It has no bias.
struct RmsNorm {
  Shape shape;
  double epsilon = 1e-6;
  Apply place(const Scope &scope, Location at) const;
};

/// x: [batch, channels, ...]: standardised over groups of channels.
struct GroupNorm {
  int64_t groups = 1, channels = 0;
  double epsilon = 1e-5;
  bool affine = true;
  Apply place(const Scope &scope, Location at) const;
};

/// In training every element is 0 with probability p, else divided by 1 - p. The random numbers
/// follow from the name of the layer, `seed`, and the states "NAME/key" and "NAME/counter".
struct Dropout {
  double p = 0.5;
  int64_t seed = 0;
  Apply place(const Scope &scope, Location at) const;
};

/// x: [images, channels, height, width]. Stride 0 means the size.
struct MaxPool2d {
  int64_t size = 2, stride = 0, padding = 0;
  Apply place(const Scope &scope, Location at) const;
};
struct AvgPool2d {
  int64_t size = 2, stride = 0, padding = 0;
  Apply place(const Scope &scope, Location at) const;
};
/// x: [images, channels, length].
struct MaxPool1d {
  int64_t size = 2, stride = 0, padding = 0;
  Apply place(const Scope &scope, Location at) const;
};
struct AvgPool1d {
  int64_t size = 2, stride = 0, padding = 0;
  Apply place(const Scope &scope, Location at) const;
};

/// [batch, ...] -> [batch, features].
struct Flatten {
  Apply place(const Scope &scope, Location at) const;
};

} // namespace gradus::nn
