// Programs drawn at random are compiled and compared with a plain evaluation, op by op.
//
// GRADUS_RANDOM_FIRST and GRADUS_RANDOM_COUNT choose other seeds, for a longer hunt.
#include "random/RandomProgram.h"

#include "compiler/Compile.h"
#include "compiler/Pipeline.h"
#include "compiler/graph/GraphImpl.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

using namespace gradus;
using gradus::reference::Elements;
using gradus::reference::RandomProgram;

namespace {

constexpr int kSteps = 3;

int64_t fromEnvironment(const char *name, int64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::atoll(text) : otherwise;
}

template <class T> NDArray arrayOf(const std::vector<double> &elements, const Shape &shape) {
  return NDArray::fromVector(std::vector<T>(elements.begin(), elements.end()), shape);
}

NDArray arrayOf(const reference::Node &node, const std::vector<double> &elements) {
  switch (node.type) {
  case DType::f64:
    return arrayOf<double>(elements, node.shape);
  case DType::i32:
    return arrayOf<int32_t>(elements, node.shape);
  case DType::u8:
    return arrayOf<uint8_t>(elements, node.shape);
  default:
    return arrayOf<float>(elements, node.shape);
  }
}

std::vector<double> elementsOf(const NDArray &array) {
  std::vector<double> elements(array.size());
  for (int64_t i = 0; i < array.size(); ++i)
    switch (array.dtype()) {
    case DType::f32:
      elements[i] = array.data<float>()[i];
      break;
    case DType::f64:
      elements[i] = array.data<double>()[i];
      break;
    case DType::i32:
      elements[i] = array.data<int32_t>()[i];
      break;
    default:
      elements[i] = static_cast<const uint8_t *>(array.raw())[i];
    }
  return elements;
}

// What results and variables should be after each step, and how far rounding may lead.
struct Expected {
  struct Tensor {
    std::vector<double> elements;
    double tolerance = 0;
  };
  std::vector<std::vector<Tensor>> results; // by step
  std::vector<Tensor> variables;            // after the last step, by node
  bool isSensible = true;
};

template <class T>
void seedLeaves(const RandomProgram &program, uint64_t seed, Elements<T> &values) {
  values.resize(program.nodes.size());
  for (size_t i = 0; i < program.nodes.size(); ++i)
    if (program.isInput(i) || program.isVariable(i)) {
      auto elements = reference::randomElements(program, i, seed);
      values[i].assign(elements.begin(), elements.end());
    }
}

template <class T> void assignVariables(const RandomProgram &program, Elements<T> &values) {
  Elements<T> next;
  for (auto [variable, value] : program.assigns)
    next.push_back(values[value]);
  for (size_t i = 0; i < next.size(); ++i)
    values[program.assigns[i].first] = next[i];
}

Expected expect(const RandomProgram &program, uint64_t seed) {
  Expected expected;
  Elements<double> exact;
  Elements<float> rounded;
  seedLeaves(program, seed, exact);
  seedLeaves(program, seed, rounded);
  reference::Sensitivity sensitivity;
  auto compare = [&](size_t node) {
    Expected::Tensor tensor{exact[node], 0};
    double largest = 0, difference = 0;
    for (size_t i = 0; i < exact[node].size(); ++i) {
      largest = std::max(largest, std::abs(exact[node][i]));
      difference = std::max(difference, std::abs(exact[node][i] - double(rounded[node][i])));
      expected.isSensible &= std::isfinite(exact[node][i]);
    }
    tensor.tolerance = 2e-5 * (1 + largest) + 20 * difference;
    expected.isSensible &= largest < 1e4 && difference < 1e-3 * (1 + largest);
    return tensor;
  };
  for (int step = 0; step < kSteps; ++step) {
    evaluate(program, exact, sensitivity);
    evaluate(program, rounded, sensitivity);
    expected.results.emplace_back();
    for (size_t node : program.results)
      expected.results.back().push_back(compare(node));
    assignVariables(program, exact);
    assignVariables(program, rounded);
  }
  expected.variables.resize(program.nodes.size());
  for (size_t i = 0; i < program.nodes.size(); ++i)
    if (program.isVariable(i))
      expected.variables[i] = compare(i);
  expected.isSensible &= sensitivity.smallestGap > 1e-4;
  return expected;
}

// The first element that is too far off, as text; empty when all is well.
std::string difference(const Expected::Tensor &expected, const std::vector<double> &found) {
  if (found.size() != expected.elements.size())
    return "has " + std::to_string(found.size()) + " elements, expected " +
           std::to_string(expected.elements.size());
  for (size_t i = 0; i < found.size(); ++i)
    if (!(std::abs(found[i] - expected.elements[i]) <= expected.tolerance))
      return "element " + std::to_string(i) + " is " + std::to_string(found[i]) + ", expected " +
             std::to_string(expected.elements[i]) + " +- " + std::to_string(expected.tolerance);
  return "";
}

struct Outcome {
  std::vector<std::vector<NDArray>> results;
  std::vector<NDArray> variables;
};

Outcome runSteps(Program program, const RandomProgram &source, uint64_t seed) {
  Outcome outcome;
  std::vector<NDArray> keep;
  for (size_t i = 0; i < source.nodes.size(); ++i) {
    if (!source.isInput(i) && !source.isVariable(i))
      continue;
    keep.push_back(arrayOf(source.nodes[i], reference::randomElements(source, i, seed)));
    if (source.isInput(i))
      program.bind(source.nameOf(i), keep.back());
    else
      program.state()->set(source.nameOf(i), keep.back());
  }
  for (int step = 0; step < kSteps; ++step) {
    program.step();
    outcome.results.emplace_back();
    for (size_t r = 0; r < source.results.size(); ++r)
      outcome.results.back().push_back(program.output("r" + std::to_string(r)).copy());
  }
  for (size_t i = 0; i < source.nodes.size(); ++i)
    outcome.variables.push_back(source.isVariable(i) ? program.state()->get(source.nameOf(i))
                                                     : NDArray());
  return outcome;
}

bool sameBits(const NDArray &a, const NDArray &b) {
  return a.bytes() == b.bytes() &&
         (a.bytes() == 0 || std::memcmp(a.raw(), b.raw(), a.bytes()) == 0);
}

void check(const RandomProgram &source, const Outcome &outcome, const Expected &expected) {
  for (int step = 0; step < kSteps; ++step)
    for (size_t r = 0; r < source.results.size(); ++r)
      EXPECT_EQ(difference(expected.results[step][r], elementsOf(outcome.results[step][r])), "")
          << "r" << r << " in step " << step;
  for (size_t i = 0; i < source.nodes.size(); ++i)
    if (source.isVariable(i)) {
      EXPECT_EQ(difference(expected.variables[i], elementsOf(outcome.variables[i])), "")
          << source.nameOf(i);
    }
}

// Contracts of the phases, checked in every build.
std::string brokenContract(const Graph &graph, const std::string &target) {
  using namespace gradus::compiler;
  PipelineOptions options;
  options.target = Target::named(target);
  Pipeline pipeline(GraphImpl::of(graph).copyModule(), options);
  for (Phase phase :
       {Phase::Shapes, Phase::Autodiff, Phase::Schedule, Phase::Memory, Phase::Lower}) {
    try {
      pipeline.runUntil(phase);
    } catch (const std::exception &error) {
      return error.what();
    }
    if (std::string why = verifyPhase(*pipeline.module, phase); !why.empty())
      return nameOf(phase) + ": " + why;
  }
  return "";
}

struct Seeds {
  int64_t first, count;
};

Seeds seeds(int64_t count) {
  return {fromEnvironment("GRADUS_RANDOM_FIRST", 1), fromEnvironment("GRADUS_RANDOM_COUNT", count)};
}

} // namespace

TEST(RandomPrograms, KeepTheContractsOfAllPhases) {
  auto [first, count] = seeds(60);
  for (int64_t seed = first; seed < first + count; ++seed) {
    RandomProgram source = reference::randomProgram(seed, 10 + int(seed % 30));
    std::string text = source.text("random");
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
    Graph graph = Graph::parse(text);
    for (const char *target : {"x86-64-v3", "x86-64-v4"})
      ASSERT_EQ(brokenContract(graph, target), "") << target;
  }
}

TEST(RandomPrograms, ComputeWhatTheirOpsSayForAnyNumberOfThreads) {
  auto [first, count] = seeds(25);
  auto threads = std::make_shared<Threads>(2);
  int64_t compared = 0;
  for (int64_t seed = first; seed < first + count; ++seed) {
    RandomProgram source = reference::randomProgram(seed, 8 + int(seed % 20));
    Expected expected = expect(source, seed);
    if (!expected.isSensible)
      continue;
    ++compared;
    std::string text = source.text("random");
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
    Program program = compile(Graph::parse(text), {.threads = 1, .cache = false});
    program.setThreads(nullptr);
    Outcome alone = runSteps(program, source, seed);
    check(source, alone, expected);
    program.setThreads(threads);
    Outcome together = runSteps(program, source, seed);
    for (int step = 0; step < kSteps; ++step)
      for (size_t r = 0; r < source.results.size(); ++r)
        EXPECT_TRUE(sameBits(alone.results[step][r], together.results[step][r])) << "r" << r;
    if (::testing::Test::HasFailure())
      return;
  }
  EXPECT_GT(compared, count / 2);
}
