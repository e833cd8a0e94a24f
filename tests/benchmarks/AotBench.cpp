// A training step compiled ahead of time beside the same one in memory: time of a step (in turns, in one process), of
// the compilation, of init and first step; sizes. One line of text a model.
//   gradus-aot-bench [ROUNDS]
#include "gradus/gradus.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

using namespace gradus;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Model {
  std::string name;
  int64_t batch;
  std::vector<int64_t> sizes; ///< features, hidden.., classes; of one size: linear regression
  bool adam;
};

TrainingStep stepOf(const Model &model) {
  Graph g("m");
  Tensor x = g.input("x", {kBatch, model.sizes[0]});
  Optimizer optimizer = model.adam ? Optimizer(Adam{}) : Optimizer(Sgd{.rate = 0.01});
  if (model.sizes.size() == 1) {
    Tensor y = g.input("label", {kBatch, 1});
    Tensor w = g.parameter("w", {model.sizes[0], 1}, zeros()), b = g.parameter("b", {1}, zeros());
    return trainingStep(squaredError(matmul(x, w) + b, y), optimizer);
  }
  Tensor label = g.input("label", {kBatch}, DType::i32), h = x;
  for (size_t i = 1; i < model.sizes.size(); ++i) {
    std::string n = std::to_string(i);
    Tensor w = g.parameter("w" + n, {model.sizes[i - 1], model.sizes[i]}, heUniform());
    h = matmul(h, w) + g.parameter("b" + n, {model.sizes[i]}, zeros());
    if (i + 1 < model.sizes.size())
      h = relu(h);
  }
  return trainingStep(crossEntropy(h, label), optimizer);
}

int64_t sizeIn(const std::string &header, const std::string &name) {
  size_t at = header.find("#define M_" + name + " ");
  return at == std::string::npos ? 0 : std::atoll(header.c_str() + at + name.size() + 11);
}

void run(const Model &model, int rounds) {
  TrainingStep step = stepOf(model);
  AotOptions options;
  options.name = "m";
  options.entry = AotOptions::Entry::training;
  options.batches = {model.batch};
  Clock::time_point begin = Clock::now();
  AotReport report = aot(step, options).reports[0];
  double compileMs = secondsSince(begin) * 1e3;
  options.shared = true;
  AotResult compiled = aot(step, options);
  std::string folder = (std::filesystem::temp_directory_path() / "gradus-aot-bench-XXXXXX").string();
  if (!mkdtemp(folder.data()))
    return;
  compiled.write(folder);
  void *library = dlopen((folder + "/m.so").c_str(), RTLD_NOW);
  std::filesystem::remove_all(folder);
  if (!library) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(1);
  }
  auto init = reinterpret_cast<int32_t (*)(void *, uint64_t)>(dlsym(library, "m_init"));
  auto train = reinterpret_cast<int32_t (*)(void *, const void *, const void *, void *)>(dlsym(library, "m_step"));
  auto state = allocateAligned(sizeIn(compiled.files["m.h"], "STATE_BYTES"));
  auto arena = allocateAligned(sizeIn(compiled.files["m.h"], "ARENA_BYTES") + 1);

  bool regression = model.sizes.size() == 1;
  NDArray x = NDArray::zeros({model.batch, model.sizes[0]});
  NDArray label = regression ? NDArray::zeros({model.batch, 1}) : NDArray::zeros({model.batch}, DType::i32);
  for (int64_t i = 0; i < x.size(); ++i)
    x.data<float>()[i] = static_cast<float>((i * 7919) % 101) / 101;
  for (int64_t i = 0; i < model.batch && !regression; ++i)
    label.data<int32_t>()[i] = static_cast<int32_t>(i % model.sizes.back());
  float loss = 0;
  void *inputs[] = {x.raw(), label.raw()}, *outputs[] = {&loss};
  begin = Clock::now();
  int32_t code = init(state.get(), 0);
  code |= train(state.get(), inputs, outputs, arena.get());
  double firstMs = secondsSince(begin) * 1e3;

  Program program = compile(step.graph(), {.batch = model.batch, .threads = 1, .cache = false});
  program.bind("x", x);
  program.bind("label", label);
  program.step();
  auto aheadStep = [&] { code |= train(state.get(), inputs, outputs, arena.get()); };
  auto memoryStep = [&] { program.step(); };
  auto sample = [](auto &&work, int64_t count) {
    Clock::time_point start = Clock::now();
    for (int64_t i = 0; i < count; ++i)
      work();
    return secondsSince(start) / static_cast<double>(count) * 1e6;
  };
  int64_t count = std::max<int64_t>(10, static_cast<int64_t>(1e5 / sample(memoryStep, 20)));
  std::vector<double> ahead, memory, ratios;
  for (int round = 0; round < rounds; ++round) {
    memory.push_back(sample(memoryStep, count));
    ahead.push_back(sample(aheadStep, count));
    ratios.push_back(memory.back() / ahead.back());
  }
  auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  if (code) {
    std::fprintf(stderr, "%s: code %d\n", model.name.c_str(), code);
    std::exit(1);
  }
  auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  std::printf("%-22s %10.3f %10.3f %7.3f (%.3f-%.3f) %9.0f %9.2f %8ld %9ld\n", model.name.c_str(), median(ahead), median(memory),
              median(ratios), *least, *most, compileMs, firstMs, static_cast<long>(report.code),
              static_cast<long>(report.constants));
  std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv) {
  int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 11;
  std::printf("%-22s %10s %10s %7s %15s %9s %9s %8s %9s\n", "training step", "ahead us", "memory us", "speed", "(least-most)",
              "compile", "first ms", "code", "constants");
  for (const Model &model : {Model{"linreg_b8", 8, {1}, false}, Model{"mlp64-32-10_b1_sgd", 1, {64, 32, 10}, false},
                             Model{"softreg_b256", 256, {784, 10}, false}, Model{"mlp256_b32_adam", 32, {784, 256, 10}, true},
                             Model{"mlp256_b256_sgd", 256, {784, 256, 10}, false}})
    run(model, rounds);
}
