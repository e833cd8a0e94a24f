#include "compiler/graph/Layers.h"

#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/Ops.h"
#include "compiler/graph/ops/Building.h"
#include "compiler/graph/ops/Term.h"

#include <cmath>
#include <memory>
#include <optional>

namespace gradus::nn {

//===--- scopes and layers
//--------------------------------------------------------------------------===//

Tensor Scope::parameter(const std::string &part, const Shape &shape, const Initializer &init,
                        Location at) const {
  return Graph(graph).parameter(path(part), shape, init, type, at);
}

Tensor Scope::state(const std::string &part, const Shape &shape, const Initializer &init,
                    Location at) const {
  return Graph(graph).state(path(part), shape, init, type, at);
}

Kind::Kind(Tensor (*function)(const Tensor &, Location))
    : place([function](const Scope &, Location) -> Apply {
        return [function](const Tensor &x, Mode, Location at) { return function(x, at); };
      }) {}

Layer::Layer(const Graph &graph, const std::string &name, const Kind &kind, DType type, Location at)
    : apply(kind.place(Scope(graph, name, type), at)) {}

Tensor Layer::operator()(const Tensor &x, Mode mode, Location at) const {
  return apply(x, mode, at);
}

[[noreturn]] static void fail(const Scope &scope, const char *layer, Location at,
                              const std::string &message) {
  std::string name = scope.name.empty() ? "" : " \"" + scope.name + "\"";
  scope.graph.implementation().fail(at, layer + name, message);
}

static void positive(const Scope &scope, const char *layer, Location at,
                     std::initializer_list<std::pair<const char *, int64_t>> options) {
  for (auto [option, value] : options)
    if (value <= 0)
      fail(scope, layer, at,
           std::string(option) + " is " + std::to_string(value) + " (must be positive)");
}

/// Checks the size of one axis of what the layer is applied to; a negative axis counts from the end.
static void expectSize(const Scope &scope, const char *layer, const Tensor &x, int64_t axis,
                       int64_t size, int64_t leastRank, Location at) {
  mlir::Value value = scope.graph.implementation().value(x, layer, at);
  Shape shape = x.shape();
  auto rank = static_cast<int64_t>(shape.size());
  if (rank < leastRank)
    fail(scope, layer, at,
         "x of shape " + ir::shapeText(ir::shapeOf(value)) + " has too few axes (must have " +
             std::to_string(leastRank) + " or more)");
  if (int64_t found = shape[axis < 0 ? axis + rank : axis]; found != size)
    fail(scope, layer, at,
         "axis " + std::to_string(axis < 0 ? axis + rank : axis) + " of x of shape " +
             ir::shapeText(ir::shapeOf(value)) + " has the size " + std::to_string(found) +
             " (must be " + std::to_string(size) + ")");
}

Apply Sequential::place(const Scope &scope, Location at) const {
  std::vector<Apply> parts;
  for (size_t i = 0; i < layers.size(); ++i)
    parts.push_back(layers[i].place(scope.inner(std::to_string(i)), at));
  return [parts](const Tensor &x, Mode mode, Location at) {
    Tensor y = x;
    for (const Apply &part : parts)
      y = part(y, mode, at);
    return y;
  };
}

//===--- products
//-----------------------------------------------------------------------------------===//

/// PyTorch's: uniform within 1 / sqrt(fan in).
static Initializer within(int64_t fanIn) {
  double bound = 1 / std::sqrt(static_cast<double>(fanIn));
  return uniform(-bound, bound);
}

Apply Linear::place(const Scope &scope, Location at) const {
  positive(scope, "Linear", at, {{"in", in}, {"out", out}});
  Tensor w = scope.parameter("weight", {in, out}, within(in), at);
  Tensor b = bias ? scope.parameter("bias", {out}, within(in), at) : Tensor();
  return [=, in = in, out = out](const Tensor &x, Mode, Location at) -> Tensor {
    expectSize(scope, "Linear", x, -1, in, 1, at);
    bool isVector = x.rank() == 1;
    Term y(matmul(isVector ? reshape(x, {1, in}, at) : x, w, at), at);
    if (b.valid())
      y = y + Term(b, at);
    return isVector ? reshape(y, {out}, at) : Tensor(y);
  };
}

template <class Options>
static Apply placeConvolution(const Options &o, const Scope &scope, const char *layer, int axes,
                              Location at) {
  positive(scope, layer, at,
           {{"in", o.in}, {"out", o.out}, {"size", o.size}, {"stride", o.stride},
            {"dilation", o.dilation}, {"groups", o.groups}});
  if (o.in % o.groups || o.out % o.groups)
    fail(scope, layer, at,
         std::to_string(o.in) + " and " + std::to_string(o.out) + " channels do not divide into " +
             std::to_string(o.groups) + " groups");
  int64_t fanIn = o.in / o.groups;
  Shape shape = {o.out, fanIn};
  for (int axis = 0; axis < axes; ++axis) {
    shape.push_back(o.size);
    fanIn *= o.size;
  }
  Tensor w = scope.parameter("weight", shape, within(fanIn), at);
  Tensor b = o.bias ? scope.parameter("bias", {o.out}, within(fanIn), at) : Tensor();
  return [=](const Tensor &x, Mode, Location at) {
    expectSize(scope, layer, x, 1, o.in, axes + 2, at);
    ConvolutionOptions options{
        .stride = o.stride, .padding = o.padding, .dilation = o.dilation, .groups = o.groups};
    return axes == 1 ? conv1d(x, w, b, options, at) : conv2d(x, w, b, options, at);
  };
}

Apply Conv1d::place(const Scope &scope, Location at) const {
  return placeConvolution(*this, scope, "Conv1d", 1, at);
}

Apply Conv2d::place(const Scope &scope, Location at) const {
  return placeConvolution(*this, scope, "Conv2d", 2, at);
}

Apply Embedding::place(const Scope &scope, Location at) const {
  positive(scope, "Embedding", at, {{"count", count}, {"features", features}});
  Tensor w = scope.parameter("weight", {count, features}, normal(0, 1), at);
  return [=](const Tensor &x, Mode, Location at) { return gather(w, x, at); };
}

//===--- norms
//--------------------------------------------------------------------------------------===//

Apply BatchNorm::place(const Scope &scope, Location at) const {
  positive(scope, "BatchNorm", at, {{"channels", channels}});
  if (!(momentum >= 0 && momentum <= 1))
    fail(scope, "BatchNorm", at,
         "momentum is " + compiler::numberText(momentum) + " (must be between 0 and 1)");
  Tensor scale = affine ? scope.parameter("weight", {channels}, ones(), at) : Tensor();
  Tensor shift = affine ? scope.parameter("bias", {channels}, zeros(), at) : Tensor();
  Tensor mean = scope.state("running_mean", {channels}, zeros(), at);
  Tensor variance = scope.state("running_var", {channels}, ones(), at);
  return [=, channels = channels, momentum = momentum, epsilon = epsilon](const Tensor &x, Mode mode,
                                                                          Location at) {
    expectSize(scope, "BatchNorm", x, 1, channels, 2, at);
    if (mode == Mode::inference)
      return batchNormInference(x, mean, variance, scale, shift, epsilon, 1, at);
    auto batch = batchNorm(x, scale, shift, epsilon, 1, at);
    Graph graph = scope.graph;
    auto follow = [&](const Tensor &running, const Tensor &now) {
      graph.assign(running, Term(running, at) * (1 - momentum) + Term(now, at) * momentum, at);
    };
    follow(mean, batch.mean);
    follow(variance, batch.unbiasedVariance);
    return batch.y;
  };
}

/// The last axes of x must be these.
static void expectLast(const Scope &scope, const char *layer, const Tensor &x, const Shape &shape,
                       Location at) {
  auto count = static_cast<int64_t>(shape.size());
  for (int64_t axis = 0; axis < count; ++axis)
    expectSize(scope, layer, x, axis - count, shape[axis], count, at);
}

static void checkShape(const Scope &scope, const char *layer, const Shape &shape, Location at) {
  if (shape.empty())
    fail(scope, layer, at, "the shape is empty (it names the last axes)");
  for (int64_t size : shape)
    positive(scope, layer, at, {{"a size", size}});
}

Apply LayerNorm::place(const Scope &scope, Location at) const {
  checkShape(scope, "LayerNorm", shape, at);
  Tensor scale = affine ? scope.parameter("weight", shape, ones(), at) : Tensor();
  Tensor shift = affine ? scope.parameter("bias", shape, zeros(), at) : Tensor();
  return [=, shape = shape, epsilon = epsilon](const Tensor &x, Mode, Location at) {
    expectLast(scope, "LayerNorm", x, shape, at);
    return layerNorm(x, shape, scale, shift, epsilon, at);
  };
}

Apply RmsNorm::place(const Scope &scope, Location at) const {
  checkShape(scope, "RmsNorm", shape, at);
  Tensor scale = scope.parameter("weight", shape, ones(), at);
  return [=, shape = shape, epsilon = epsilon](const Tensor &x, Mode, Location at) {
    expectLast(scope, "RmsNorm", x, shape, at);
    return rmsNorm(x, shape, scale, epsilon, at);
  };
}

Apply GroupNorm::place(const Scope &scope, Location at) const {
  positive(scope, "GroupNorm", at, {{"groups", groups}, {"channels", channels}});
  if (channels % groups)
    fail(scope, "GroupNorm", at,
         std::to_string(channels) + " channels do not divide into " + std::to_string(groups) + " groups");
  Tensor scale = affine ? scope.parameter("weight", {channels}, ones(), at) : Tensor();
  Tensor shift = affine ? scope.parameter("bias", {channels}, zeros(), at) : Tensor();
  return [=, groups = groups, channels = channels, epsilon = epsilon](const Tensor &x, Mode,
                                                                      Location at) {
    expectSize(scope, "GroupNorm", x, 1, channels, 2, at);
    return groupNorm(x, groups, scale, shift, epsilon, at);
  };
}

//===--- without parameters
//-------------------------------------------------------------------------===//

/// FNV-1a: the same on every machine.
static int64_t hashOf(const std::string &text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned char c : text)
    hash = (hash ^ c) * 0x100000001b3u;
  return static_cast<int64_t>(hash >> 1);
}

Apply Dropout::place(const Scope &scope, Location at) const {
  if (!(p >= 0 && p <= 1))
    fail(scope, "Dropout", at, "p is " + compiler::numberText(p) + " (must be between 0 and 1)");
  // Its states are declared when it is first applied in training.
  auto random = std::make_shared<std::optional<Generator>>();
  return [=, p = p, seed = seed](const Tensor &x, Mode mode, Location at) {
    if (mode == Mode::inference)
      return x;
    if (!*random)
      random->emplace(scope.graph, scope.name, hashOf(scope.name) ^ seed, at);
    return dropout(x, p, **random, true, at);
  };
}

template <class Options>
static PoolOptions poolOptions(const Options &o, const Scope &scope, const char *layer, Location at) {
  positive(scope, layer, at, {{"size", o.size}, {"stride", o.stride ? o.stride : o.size}});
  PoolOptions options{.padding = o.padding};
  if (o.stride)
    options.stride = o.stride;
  return options;
}

Apply MaxPool2d::place(const Scope &scope, Location at) const {
  PoolOptions options = poolOptions(*this, scope, "MaxPool2d", at);
  return [=, size = size](const Tensor &x, Mode, Location at) { return maxPool2d(x, size, options, at); };
}

Apply AvgPool2d::place(const Scope &scope, Location at) const {
  PoolOptions options = poolOptions(*this, scope, "AvgPool2d", at);
  return [=, size = size](const Tensor &x, Mode, Location at) { return avgPool2d(x, size, options, at); };
}

Apply MaxPool1d::place(const Scope &scope, Location at) const {
  PoolOptions options = poolOptions(*this, scope, "MaxPool1d", at);
  return [=, size = size](const Tensor &x, Mode, Location at) { return maxPool1d(x, size, options, at); };
}

Apply AvgPool1d::place(const Scope &scope, Location at) const {
  PoolOptions options = poolOptions(*this, scope, "AvgPool1d", at);
  return [=, size = size](const Tensor &x, Mode, Location at) { return avgPool1d(x, size, options, at); };
}

Apply Flatten::place(const Scope &scope, Location) const {
  return [scope](const Tensor &x, Mode, Location at) {
    (void)scope.graph.implementation().value(x, "Flatten", at);
    Shape shape = x.shape();
    if (shape.empty())
      fail(scope, "Flatten", at, "x is a scalar (its first axis must be the batch)");
    int64_t features = 1;
    for (size_t axis = 1; axis < shape.size(); ++axis)
      features *= shape[axis];
    return reshape(x, {shape[0], features}, at);
  };
}

} // namespace gradus::nn
