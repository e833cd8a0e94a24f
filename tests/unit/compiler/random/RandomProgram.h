//===- RandomProgram.h - programs drawn at random, and what they should compute ---------------===//
//
// The reference evaluates one op after the other, in plain loops over all elements, in float or
// double.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "runtime/core/DType.h"
#include "runtime/core/Shape.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gradus::reference {

/// One op. Its name is that of the dialect, without the prefix.
struct Node {
  std::string op;
  std::vector<size_t> operands;
  Shape shape;
  DType type = DType::f32;
  std::vector<int64_t> numbers;  ///< axes, permutation, sizes: what the op takes
  std::vector<double> constants; ///< elements of a constant; one: a splat
};

struct RandomProgram {
  std::vector<Node> nodes;
  std::vector<std::pair<size_t, size_t>> assigns; ///< variable, value
  std::vector<size_t> results;                    ///< r0, r1, ...

  /// As MLIR, for Graph::parse.
  std::string text(const std::string &name) const;
  bool isInput(size_t node) const { return nodes[node].op == "input"; }
  bool isVariable(size_t node) const {
    return nodes[node].op == "parameter" || nodes[node].op == "state";
  }
  std::string nameOf(size_t node) const;
};

/// Elements of every node, row-major; booleans are 0 or 1.
template <class T> using Elements = std::vector<std::vector<T>>;

/// How close a comparison came to the other outcome, over all that were evaluated.
struct Sensitivity {
  double smallestGap = 1e30;
};

/// Computes all nodes, given those of inputs and variables.
template <class T>
void evaluate(const RandomProgram &program, Elements<T> &values, Sensitivity &sensitivity);

/// The elements of an input or the first ones of a variable: in [-1, 1], or indices.
std::vector<double> randomElements(const RandomProgram &program, size_t node, uint64_t seed);

/// A program of some `ops` ops. Equal seeds give equal programs.
RandomProgram randomProgram(uint64_t seed, int ops);

} // namespace gradus::reference
