// The user's way in: a graph, its tensors, and how variables begin. No MLIR here.
#pragma once
#include "compiler/graph/GraphError.h"
#include "runtime/core/DType.h"
#include "runtime/core/NDArray.h"
#include "runtime/core/Shape.h"

#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

class GraphImpl;

/// The line of the user's that makes an op. Every function takes one as its last argument and finds
/// it by itself.
using Location = std::source_location;

/// The size of the leading axis of an input, known only when the program is compiled. In reshape,
/// -1 as in NumPy.
inline constexpr int64_t kBatch = -1;

/// A symbolic tensor of a graph: a handle, cheap to copy. It keeps its graph alive.
class Tensor {
public:
  /// An empty handle. Using it in an op is a GraphError.
  Tensor() = default;
  /// Whether this is a tensor of a graph. (No conversion to bool: `!x` is an op.)
  bool valid() const { return value != nullptr; }

  /// Sizes of the axes; kBatch where the size is the batch (or depends on it).
  Shape shape() const;
  int64_t rank() const;
  DType dtype() const;

private:
  friend class GraphImpl;
  Tensor(std::shared_ptr<GraphImpl> graph, void *value) : graph(std::move(graph)), value(value) {}
  std::shared_ptr<GraphImpl> graph;
  void *value = nullptr;
};

/// An argument of an operator: a tensor or a number (a constant of the other operand's element
/// type), and the line where it is used.
class Operand {
public:
  Operand(const Tensor &tensor, Location at = Location::current()) : tensor(tensor), at(at) {}
  Operand(double number, Location at = Location::current())
      : isNumber(true), number(number), at(at) {}

  Tensor tensor;
  bool isNumber = false;
  double number = 0;
  Location at;
};

/// How a parameter or a state begins. Random values depend on the program's seed and on the name
/// alone.
struct Initializer {
  std::string kind; ///< as in the record of gradus.parameter
  double a = 0, b = 0;
  NDArray values; ///< kind "data"
};

Initializer zeros();
Initializer ones();
Initializer constant(double value);
/// Between low and high.
Initializer uniform(double low, double high);
Initializer normal(double mean, double standardDeviation);
/// Glorot and Bengio 2010: uniform in ±sqrt(6 / (fan in + fan out)). The fans of [in, out] are in
/// and out.
Initializer glorotUniform();
/// Normal with variance 2 / (fan in + fan out).
Initializer glorotNormal();
/// He et al. 2015: uniform in ±sqrt(6 / fan in).
Initializer heUniform();
/// Normal with variance 2 / fan in.
Initializer heNormal();
/// These values; shape and element type must be those of the variable.
Initializer data(NDArray values);

/// A model under construction: a handle, cheap to copy. Not to be used by two threads at once.
class Graph {
public:
  /// The name becomes that of the compiled program: a letter or _, then letters, digits and _.
  /// GraphError otherwise.
  explicit Graph(std::string_view name, Location at = Location::current());
  /// Reads what toText wrote. `file` stands in errors. Throws GraphError.
  static Graph parse(std::string_view text, std::string_view file = "graph");

  /// Data fed at every step. The leading size may be kBatch.
  /// Throws GraphError if the name is empty or taken, or a size is negative.
  Tensor input(std::string_view name, const Shape &shape, DType type = DType::f32,
               Location at = Location::current());
  /// A tensor that an optimizer trains. Errors as input; also if the initialiser does not fit.
  Tensor parameter(std::string_view name, const Shape &shape, const Initializer &init,
                   DType type = DType::f32, Location at = Location::current());
  /// A tensor kept from step to step but not trained.
  Tensor state(std::string_view name, const Shape &shape, const Initializer &init = zeros(),
               DType type = DType::f32, Location at = Location::current());
  /// A scalar.
  Tensor constant(double value, DType type = DType::f32, Location at = Location::current());
  Tensor constant(const NDArray &values, Location at = Location::current());
  /// Every element `value`.
  Tensor full(const Shape &shape, double value, DType type = DType::f32,
              Location at = Location::current());

  /// Names a result of the program. Throws GraphError if the name is empty or taken.
  void result(std::string_view name, const Tensor &value, Location at = Location::current());
  /// Sets a parameter or state after the step. Everything in the step reads the value before it.
  void assign(const Tensor &variable, const Tensor &value, Location at = Location::current());

  std::string name() const;
  /// In the order of their declaration.
  std::vector<Tensor> parameters() const;
  std::vector<std::string> results() const;
  /// The graph as MLIR text, with locations if asked.
  std::string toText(bool locations = false) const;

  GraphImpl &implementation() const { return *impl; }

private:
  friend class GraphImpl;
  explicit Graph(std::shared_ptr<GraphImpl> impl) : impl(std::move(impl)) {}
  std::shared_ptr<GraphImpl> impl;
};

/// d loss / d x for each x, as tensors of the same graph, so they can be used (and differentiated)
/// further. The loss is a floating-point scalar; zeros where it does not depend on x. Throws
/// GraphError.
std::vector<Tensor> gradients(const Tensor &loss, const std::vector<Tensor> &withRespectTo,
                              Location at = Location::current());

} // namespace gradus
