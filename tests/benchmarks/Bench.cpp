// Gradus's side of the benchmark: trains the network that a line on standard input describes, through the
// public API, and answers each line with a line of JSON. README.md describes the protocol.
#include "gradus/gradus.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace gradus;

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kBatches = 4;    // distinct minibatches, as in workloads.py
constexpr int kCheckSteps = 8; // steps whose losses are compared

/// What `load` says of a workload.
struct Spec {
  std::vector<int64_t> layers;
  int64_t batch = 0;
  std::string loss, optimizer;
  double rate = 0;
  int64_t stepsPerCall = 1;
};

double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The words of a line one after the other; throws std::invalid_argument where one is missing or wrong.
template <class T> T next(std::istream &words, const char *what) {
  T value;
  if (!(words >> value))
    throw std::invalid_argument(std::string("expected ") + what);
  return value;
}

Spec parseSpec(std::istream &words) {
  Spec spec;
  std::istringstream layers(next<std::string>(words, "the layers"));
  for (std::string size; std::getline(layers, size, ',');)
    spec.layers.push_back(std::stoll(size));
  spec.batch = next<int64_t>(words, "the batch size");
  spec.loss = next<std::string>(words, "the loss");
  spec.optimizer = next<std::string>(words, "the optimizer");
  spec.rate = next<double>(words, "the rate");
  spec.stepsPerCall = next<int64_t>(words, "the steps in a call");
  if (spec.layers.size() < 2 || spec.batch < 1 || spec.stepsPerCall < 1)
    throw std::invalid_argument("a workload needs two layers, a batch and a step at least");
  return spec;
}

/// A raw little-endian file of exactly the elements of `shape`.
template <class T> NDArray readArray(const std::filesystem::path &file, Shape shape) {
  NDArray array = NDArray::uninitialized(std::move(shape), dtypeOf<T>());
  std::ifstream in(file, std::ios::binary);
  in.read(static_cast<char *>(array.raw()), array.bytes());
  if (!in || in.peek() != std::ifstream::traits_type::eof())
    throw std::runtime_error(file.string() + ": expected " + std::to_string(array.bytes()) +
                             " bytes");
  return array;
}

/// Loss and step of a fully connected network with ReLU between the layers.
Program compileStep(const Spec &spec, int threads) {
  const size_t depth = spec.layers.size() - 1;
  const bool classes = spec.loss == "cross_entropy";
  Graph g("bench");
  Tensor x = g.input("x", {kBatch, spec.layers.front()});
  Tensor y = classes ? g.input("y", {kBatch}, DType::i32)
                     : g.input("y", {kBatch, spec.layers.back()});
  Tensor h = x;
  for (size_t i = 0; i < depth; ++i) {
    const std::string n = std::to_string(i);
    Tensor w = g.parameter("w" + n, {spec.layers[i], spec.layers[i + 1]}, zeros());
    Tensor b = g.parameter("b" + n, {spec.layers[i + 1]}, zeros());
    h = matmul(h, w) + b;
    if (i + 1 < depth)
      h = relu(h);
  }
  Tensor loss = classes ? crossEntropy(h, y) : squaredError(h, y);
  const CompileOptions options{.batch = spec.batch, .threads = threads};
  if (spec.optimizer == "sgd")
    return compile(g, trainingStep(loss, Sgd{.rate = spec.rate}), options);
  if (spec.optimizer == "adam")
    return compile(g, trainingStep(loss, Adam{.rate = spec.rate}), options);
  throw std::invalid_argument("unknown optimizer " + spec.optimizer);
}

/// A workload that is ready to run.
class Trainer {
public:
  Trainer(const Spec &spec, const std::filesystem::path &folder, int threads)
      : perCall(spec.stepsPerCall), program(compileStep(spec, threads)) {
    for (size_t i = 0; i + 1 < spec.layers.size(); ++i) {
      const std::string n = std::to_string(i);
      const int64_t in = spec.layers[i], out = spec.layers[i + 1];
      program.state()->set("w" + n, readArray<float>(folder / ("w" + n), {in, out}));
      program.state()->set("b" + n, readArray<float>(folder / ("b" + n), {out}));
    }
    for (int i = 0; i < kBatches; ++i) {
      const std::string n = std::to_string(i);
      x.push_back(readArray<float>(folder / ("x" + n), {spec.batch, spec.layers.front()}));
      y.push_back(spec.loss == "cross_entropy"
                      ? readArray<int32_t>(folder / ("y" + n), {spec.batch})
                      : readArray<float>(folder / ("y" + n), {spec.batch, spec.layers.back()}));
    }
    bind(0);
  }

  /// The first losses: of one call, if that is many steps, else of some steps on each batch in turn. After
  /// that, batch 0 is bound.
  std::vector<float> firstLosses() {
    std::vector<float> losses;
    if (perCall > 1) {
      NDArray all = NDArray::zeros({perCall});
      program.bindOutputSequence("loss", all);
      program.steps(perCall);
      program.bindOutput("loss", nullptr);
      losses.assign(all.data<float>(), all.data<float>() + perCall);
    } else {
      for (int i = 0; i < kCheckSteps; ++i) {
        bind(i % kBatches);
        program.step();
        losses.push_back(*program.output("loss").data<float>());
      }
      bind(0);
    }
    return losses;
  }

  void run(int64_t calls) {
    if (perCall > 1)
      for (int64_t i = 0; i < calls; ++i)
        program.steps(perCall);
    else
      for (int64_t i = 0; i < calls; ++i)
        program.step();
  }

  const int64_t perCall;
  const ProgramInfo &info() const { return program.info(); }

private:
  void bind(int batch) {
    program.bind("x", x[batch]);
    program.bind("y", y[batch]);
  }

  Program program;
  std::vector<NDArray> x, y;
};

std::string load(std::istream &words, std::unique_ptr<Trainer> &trainer) {
  next<std::string>(words, "the variant"); // there is one
  const std::filesystem::path folder = next<std::string>(words, "the folder");
  const int threads = next<int>(words, "the number of threads");
  const Spec spec = parseSpec(words);
  const Clock::time_point begin = Clock::now();
  trainer.reset();
  trainer = std::make_unique<Trainer>(spec, folder, threads);
  std::ostringstream answer;
  answer.precision(9);
  answer << "{\"losses\": [";
  const char *separator = "";
  for (float loss : trainer->firstLosses()) {
    answer << separator << loss;
    separator = ", ";
  }
  answer << "], \"per_call\": " << trainer->perCall << ", \"load_s\": " << secondsSince(begin)
         << ", \"compile_ms\": " << trainer->info().compileMs
         << ", \"cache_hit\": " << (trainer->info().cacheHit ? "true" : "false") << "}";
  return answer.str();
}

/// run WARM COUNT, in steps; both are rounded up to whole calls.
std::string run(std::istream &words, std::unique_ptr<Trainer> &trainer) {
  if (!trainer)
    throw std::invalid_argument("'run' before 'load'");
  const int64_t each = trainer->perCall;
  const int64_t warm = (next<int64_t>(words, "the warm-up steps") + each - 1) / each;
  const int64_t calls = (next<int64_t>(words, "the steps") + each - 1) / each;
  trainer->run(warm);
  const Clock::time_point begin = Clock::now();
  trainer->run(calls);
  const double seconds = secondsSince(begin);
  std::ostringstream answer;
  answer.precision(9);
  answer << "{\"seconds\": " << seconds << ", \"steps\": " << calls * each << "}";
  return answer.str();
}

} // namespace

int main() {
  std::unique_ptr<Trainer> trainer;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "quit")
      break;
    try {
      if (verb == "load")
        std::cout << load(words, trainer) << std::endl;
      else if (verb == "run")
        std::cout << run(words, trainer) << std::endl;
      else
        throw std::invalid_argument("unknown verb '" + verb + "'");
    } catch (const std::exception &error) {
      Json answer = Json::object();
      answer.set("error", error.what());
      std::cout << answer.dump() << std::endl;
    }
  }
  return 0;
}
