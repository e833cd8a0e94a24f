// Models compiled ahead of time, linked, loaded and held against the same ones in memory.
#include "gradus/gradus.h"

#include "runtime/abi/gradus_abi.h"

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace gradus {
namespace {

namespace fs = std::filesystem;

class Folder {
public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "gradus-aot-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

/// The functions of a model that is called m, as its header declares them.
class Library {
public:
  explicit Library(const AotResult &result) {
    result.write(folder.path);
    handle = dlopen((folder.path / "m.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle)
      throw std::runtime_error(dlerror());
  }
  ~Library() { dlclose(handle); }
  template <class Function> Function *find(const char *name) const {
    auto *found = reinterpret_cast<Function *>(dlsym(handle, name));
    if (!found)
      throw std::runtime_error(std::string("no ") + name);
    return found;
  }
  int32_t init(void *state, uint64_t seed) const { return find<int32_t(void *, uint64_t)>("m_init")(state, seed); }
  int32_t run(const char *name, void *state, void *const *in, void *const *out, void *arena) const {
    return find<int32_t(void *, const void *, const void *, void *)>(name)(state, in, out, arena);
  }
  int32_t runThreaded(const char *name, void *state, void *const *in, void *const *out, void *arena,
                      const gradus_threads *threads) const {
    return find<int32_t(void *, const void *, const void *, void *, const gradus_threads *)>(name)(state, in, out, arena, threads);
  }
  NDArray get(const void *state, int32_t tensor, Shape shape) const {
    NDArray values = NDArray::zeros(std::move(shape));
    auto get = find<int32_t(const void *, int32_t, void *, size_t)>("m_get");
    EXPECT_EQ(get(state, tensor, values.raw(), static_cast<size_t>(values.size()) * 4), 0);
    return values;
  }

private:
  Folder folder;
  void *handle = nullptr;
};

constexpr int64_t kFeatures = 50, kHidden = 70, kClasses = 10;

struct Mlp {
  Graph graph{"mlp"};
  Tensor loss;
  explicit Mlp(bool predicts = true) {
    Tensor x = graph.input("x", {kBatch, kFeatures}), label = graph.input("label", {kBatch}, DType::i32);
    Tensor w1 = graph.parameter("w1", {kFeatures, kHidden}, heUniform()), b1 = graph.parameter("b1", {kHidden}, zeros());
    Tensor w2 = graph.parameter("w2", {kHidden, kClasses}, glorotNormal());
    Tensor logits = matmul(relu(matmul(x, w1) + b1), w2);
    loss = crossEntropy(logits, label);
    if (predicts)
      graph.result("prediction", logits);
  }
  TrainingStep step() const { return trainingStep(loss, Adam{.rate = 1e-2}); }
};

struct Batch {
  explicit Batch(int64_t size) : x(NDArray::zeros({size, kFeatures})), label(NDArray::zeros({size}, DType::i32)) {
    for (int64_t i = 0; i < x.size(); ++i)
      x.data<float>()[i] = static_cast<float>((i * 7919) % 101) / 50 - 1;
    for (int64_t i = 0; i < size; ++i)
      label.data<int32_t>()[i] = static_cast<int32_t>(i * i % kClasses);
  }
  NDArray x, label;
};

AotOptions options() {
  AotOptions options;
  options.name = "m";
  options.shared = true;
  return options;
}

// The struct of outputs is in the order of the model's results.
bool lossComesFirst(const AotResult &result) {
  const std::string &header = result.files.at("m.h");
  return header.find("*loss;") < header.find("*prediction;");
}

int64_t constant(const AotResult &result, const std::string &name) {
  std::string header = result.files.at("m.h"), line = "#define M_" + name + " ";
  size_t at = header.find(line);
  return at == std::string::npos ? -1 : std::stoll(header.substr(at + line.size()));
}

std::shared_ptr<void> stateOf(const AotResult &result) { return allocateAligned(constant(result, "STATE_BYTES")); }
std::shared_ptr<void> arenaOf(const AotResult &result) {
  return allocateAligned(std::max<int64_t>(1, constant(result, "ARENA_BYTES")));
}

void expectSame(const NDArray &a, const NDArray &b) {
  ASSERT_EQ(a.shape(), b.shape());
  EXPECT_EQ(std::memcmp(a.raw(), b.raw(), static_cast<size_t>(a.size()) * 4), 0);
}

TEST(Aot, TrainsToTheSameBitsAsTheProgramInMemory) {
  Mlp model;
  AotResult compiled = aot(model.step(), options());
  Library library(compiled);
  auto state = stateOf(compiled), arena = arenaOf(compiled);
  ASSERT_EQ(library.init(state.get(), 7), 0);

  Program program = compile(model.graph, model.step(), {.batch = 32, .cache = false, .seed = 7});
  Batch batch(32);
  program.bind("x", batch.x);
  program.bind("label", batch.label);
  float loss = 0;
  NDArray prediction = NDArray::zeros({32, kClasses});
  void *in[] = {batch.x.raw(), batch.label.raw()};
  bool lossFirst = lossComesFirst(compiled);
  void *out[] = {lossFirst ? static_cast<void *>(&loss) : prediction.raw(), lossFirst ? prediction.raw() : &loss};
  for (int step = 0; step < 20; ++step) {
    program.step();
    ASSERT_EQ(library.run("m_step", state.get(), in, out, arena.get()), 0);
    ASSERT_EQ(program.output("loss").data<float>()[0], loss) << step;
    expectSame(program.output("prediction"), prediction);
  }
  expectSame(program.state()->get("w1"), library.get(state.get(), 0, {kFeatures, kHidden}));
}

TEST(Aot, SeveralBatchSizesShareAState) {
  Mlp model;
  AotOptions several = options();
  several.batches = {32, 5};
  AotResult compiled = aot(model.step(), several);
  Library library(compiled);
  auto state = stateOf(compiled), arena = arenaOf(compiled);
  ASSERT_EQ(library.init(state.get(), 1), 0);
  Batch large(32), small(5);
  float loss = 0;
  NDArray prediction = NDArray::zeros({32, kClasses}), few = NDArray::zeros({5, kClasses});
  bool lossFirst = lossComesFirst(compiled);
  auto run = [&](const char *name, Batch &batch, NDArray &into) {
    void *in[] = {batch.x.raw(), batch.label.raw()};
    void *out[] = {lossFirst ? static_cast<void *>(&loss) : into.raw(), lossFirst ? into.raw() : &loss};
    ASSERT_EQ(library.run(name, state.get(), in, out, arena.get()), 0);
  };
  run("m_step_b32", large, prediction);
  float first = loss;
  run("m_step_b5", small, few);
  for (int i = 0; i < 30; ++i)
    run("m_step_b32", large, prediction);
  EXPECT_LT(loss, first);
  run("m_infer_b5", small, few);
  run("m_infer_b32", large, prediction);
  for (int64_t i = 0; i < few.size(); ++i) // the first rows of both batches are the same
    EXPECT_NEAR(few.data<float>()[i], prediction.data<float>()[i], 1e-4);
}

// Splits the tiles into `count` ranges, each on a thread.
void splitTiles(void *self, gradus_tile_fn fn, void *context, int64_t tiles) {
  int64_t count = *static_cast<int64_t *>(self);
  std::vector<std::thread> threads;
  for (int64_t t = 0; t < count; ++t)
    threads.emplace_back([=] { fn(context, tiles * t / count, tiles * (t + 1) / count); });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Aot, ThreadsOfTheCallersChangeNoBit) {
  Graph g("wide");
  Tensor x = g.input("x", {kBatch, 300}), w = g.parameter("w", {300, 400}, glorotUniform());
  Tensor loss = mean(square(matmul(x, w)));
  AotOptions threaded = options();
  threaded.threads = true;
  threaded.batches = {64};
  threaded.entry = AotOptions::Entry::training;
  AotResult compiled = aot(trainingStep(loss, Adam{}), threaded);
  Library library(compiled);
  auto arena = arenaOf(compiled);
  NDArray input = NDArray::zeros({64, 300});
  for (int64_t i = 0; i < input.size(); ++i)
    input.data<float>()[i] = static_cast<float>(i % 13) - 6;
  std::vector<NDArray> results;
  for (int64_t count : {0, 1, 2, 3}) {
    auto state = stateOf(compiled);
    ASSERT_EQ(library.init(state.get(), 3), 0);
    gradus_threads threads{&count, static_cast<int32_t>(count), splitTiles};
    float value = 0;
    void *in[] = {input.raw()}, *out[] = {&value};
    for (int step = 0; step < 5; ++step)
      ASSERT_EQ(library.runThreaded("m_step", state.get(), in, out, arena.get(), count ? &threads : nullptr), 0);
    results.push_back(library.get(state.get(), 0, {300, 400}));
  }
  for (const NDArray &each : results)
    expectSame(each, results[0]);
}

TEST(Aot, EmbeddedWeightsNeedNoState) {
  Mlp model;
  Program program = compile(model.graph, {.batch = 32, .cache = false, .seed = 5, .results = {"prediction"}});
  AotOptions embedded = options();
  embedded.weights = AotOptions::Weights::embedded;
  for (const std::string &name : program.state()->names())
    embedded.values[name] = program.state()->get(name);
  AotResult compiled = aot(model.graph, embedded);
  EXPECT_EQ(constant(compiled, "STATE_BYTES"), -1);
  Library library(compiled);
  auto arena = arenaOf(compiled);
  Batch batch(32);
  NDArray prediction = NDArray::zeros({32, kClasses});
  void *in[] = {batch.x.raw()}, *out[] = {prediction.raw()};
  auto infer = library.find<int32_t(const void *, const void *, void *)>("m_infer");
  ASSERT_EQ(infer(in, out, arena.get()), 0);
  program.bind("x", batch.x);
  program.step();
  expectSame(program.output("prediction"), prediction);
}

TEST(Aot, InitGivesEmbeddedValuesToATrainingStep) {
  Mlp model;
  AotOptions embedded = options();
  embedded.weights = AotOptions::Weights::embedded;
  embedded.values["w1"] = NDArray::zeros({kFeatures, kHidden});
  for (int64_t i = 0; i < kFeatures * kHidden; ++i)
    embedded.values["w1"].data<float>()[i] = static_cast<float>(i);
  embedded.values["b1"] = NDArray::zeros({kHidden});
  embedded.values["w2"] = NDArray::zeros({kHidden, kClasses});
  AotResult compiled = aot(model.step(), embedded);
  Library library(compiled);
  auto state = stateOf(compiled);
  ASSERT_EQ(library.init(state.get(), 1), 0);
  expectSame(library.get(state.get(), 0, {kFeatures, kHidden}), embedded.values["w1"]);
}

TEST(Aot, SavedStatesAreFilesThatTheRuntimeReads) {
  Mlp model;
  AotResult compiled = aot(model.step(), options());
  Library library(compiled);
  auto state = stateOf(compiled), copy = stateOf(compiled);
  ASSERT_EQ(library.init(state.get(), 11), 0);
  std::string buffer(static_cast<size_t>(constant(compiled, "SAVED_BYTES")), '\0');
  auto save = library.find<int32_t(const void *, void *, size_t)>("m_save");
  auto load = library.find<int32_t(void *, const void *, size_t)>("m_load");
  EXPECT_EQ(save(state.get(), buffer.data(), buffer.size() - 1), GRADUS_WRONG_SIZE);
  ASSERT_EQ(save(state.get(), buffer.data(), buffer.size()), 0);
  Folder folder;
  std::ofstream(folder.path / "w.safetensors", std::ios::binary) << buffer;
  auto file = loadTensors(folder.path / "w.safetensors");
  ASSERT_TRUE(file.ok()) << file.message();
  expectSame(file->tensors.at("w1"), library.get(state.get(), 0, {kFeatures, kHidden}));
  ASSERT_EQ(load(copy.get(), buffer.data(), buffer.size()), 0);
  expectSame(library.get(copy.get(), 0, {kFeatures, kHidden}), library.get(state.get(), 0, {kFeatures, kHidden}));
}

TEST(Aot, WrongCallsGiveCodesAndChangeNothing) {
  Mlp model(false);
  AotOptions training = options();
  training.entry = AotOptions::Entry::training;
  AotResult compiled = aot(model.step(), training);
  Library library(compiled);
  auto state = stateOf(compiled), arena = arenaOf(compiled);
  std::memset(state.get(), 0, static_cast<size_t>(constant(compiled, "STATE_BYTES")));
  Batch batch(32);
  float loss = 42;
  void *in[] = {batch.x.raw(), batch.label.raw()}, *out[] = {&loss};
  void *noLabel[] = {batch.x.raw(), nullptr};
  EXPECT_EQ(library.run("m_step", state.get(), in, out, arena.get()), GRADUS_WRONG_STATE);
  ASSERT_EQ(library.init(state.get(), 1), 0);
  EXPECT_EQ(library.run("m_step", nullptr, in, out, arena.get()), GRADUS_NULL_POINTER);
  EXPECT_EQ(library.run("m_step", state.get(), nullptr, out, arena.get()), GRADUS_NULL_POINTER);
  EXPECT_EQ(library.run("m_step", state.get(), noLabel, out, arena.get()), GRADUS_NULL_POINTER);
  EXPECT_EQ(library.run("m_step", state.get(), in, out, nullptr), GRADUS_NULL_POINTER);
  EXPECT_EQ(library.run("m_step", state.get(), in, out, static_cast<char *>(arena.get()) + 8), GRADUS_MISALIGNED);
  EXPECT_EQ(library.run("m_step", static_cast<char *>(state.get()) + 16, in, out, arena.get()), GRADUS_MISALIGNED);
  EXPECT_EQ(loss, 42);
  EXPECT_EQ(library.run("m_step", state.get(), in, out, arena.get()), 0);
  EXPECT_NE(loss, 42);
  auto error = library.find<const char *(int32_t)>("m_error");
  for (int32_t code : {-1, 0, 1, 10, 11, 1000})
    EXPECT_GT(std::strlen(error(code)), 0u);
}

TEST(Aot, RunsUnderTheRuntimeAndRefusesAnotherVersion) {
  Mlp model(false);
  AotResult compiled = aot(model.step(), options());
  Library library(compiled);
  std::string descriptor = library.find<const char>("m_training_descriptor");
  auto step = library.find<int32_t(const gradus_call *)>("m_training_step");
  ProgramParts parts;
  parts.descriptor = descriptor;
  parts.step = step;
  Program program(parts);
  Batch batch(32);
  program.bind("x", batch.x);
  program.bind("label", batch.label);
  program.step();
  float first = program.output("loss").data<float>()[0];
  program.steps(10);
  EXPECT_LT(program.output("loss").data<float>()[0], first);
  size_t at = descriptor.find("\"abi\":1");
  ASSERT_NE(at, std::string::npos);
  parts.descriptor.replace(at, 7, "\"abi\":9");
  try {
    Program other(parts);
    FAIL();
  } catch (const std::invalid_argument &error) {
    EXPECT_NE(std::string(error.what()).find("version"), std::string::npos) << error.what();
  }
}

TEST(Aot, AnyNameAndAnyShapeMakeAHeaderThatCompiles) {
  Graph g("odd");
  Tensor x = g.input("int", {3}, DType::f64), flag = g.input("a b", {}, DType::boolean);
  Tensor count = g.state("while", {2, 3}, zeros(), DType::i64), other = g.state("stamp", {}, ones());
  Tensor empty = g.state("w/h.1", {0, 3}), twin = g.state("w h 1", {2}, gradus::constant(3));
  g.state("tensors", {2});
  g.assign(count, count + 1);
  g.assign(other, other * 2);
  g.assign(twin, twin * 2);
  g.assign(empty, empty * 2);
  g.result("*/ \"quoted\"", where(flag, x, x * 2));
  AotResult compiled = aot(TrainingStep(g), options());
  Folder folder;
  compiled.write(folder.path);
  for (const char *language : {"-x c -std=c11", "-x c++ -std=c++17"}) {
    std::string command = std::string(GRADUS_CXX) + " " + language + " -Wall -Wextra -pedantic -Werror -fsyntax-only " +
                          (folder.path / "m.h").string();
    EXPECT_EQ(std::system(command.c_str()), 0) << compiled.files.at("m.h");
  }
  Library library(compiled);
  auto state = stateOf(compiled);
  EXPECT_EQ(library.init(state.get(), 1), 0);
}

TEST(Aot, EqualModelsGiveEqualFiles) {
  AotOptions all = options();
  all.archive = all.json = true;
  all.weights = AotOptions::Weights::file;
  EXPECT_EQ(aot(Mlp().step(), all).files, aot(Mlp().step(), all).files);
}

std::string messageOf(const AotOptions &wrong) {
  try {
    aot(Mlp().step(), wrong);
  } catch (const std::exception &error) {
    return error.what();
  }
  return "";
}

TEST(Aot, ImpossibleOptionsAreRefusedInOneLine) {
  auto refused = [](auto change, const char *expected) {
    AotOptions wrong;
    change(wrong);
    std::string message = messageOf(wrong);
    EXPECT_NE(message.find(expected), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  };
  refused([](AotOptions &o) { o.name = "no name"; }, "cannot be a name in C");
  refused([](AotOptions &o) { o.name = "while"; }, "cannot be a name in C");
  refused([](AotOptions &o) { o.name = "gradus_state"; }, "begin with gradus_");
  refused([](AotOptions &o) { o.targets = {"pdp11"}; }, "known");
  refused([](AotOptions &o) { o.cpu = "pentium9"; }, "known");
  refused([](AotOptions &o) { o.features = "+magic"; }, "known");
  refused([](AotOptions &o) { o.targets = {"x86-64-v3", "x86-64"}; }, "must rise");
  refused([](AotOptions &o) { o.targets = {"x86-64", "aarch64"}; }, "levels of x86-64");
  refused([](AotOptions &o) { o.results = {"nonsense"}; }, "there is no result");
  refused([](AotOptions &o) { o.batches = {0}; }, "positive");
  refused([](AotOptions &o) { o.batches = {8, 4, 8}; }, "batch 8 is given twice");
  for (auto weights : {AotOptions::Weights::embedded, AotOptions::Weights::file}) {
    refused([&](AotOptions &o) {
      o.weights = weights;
      o.values["w1"] = NDArray::zeros({3});
    }, "values of \"w1\" are");
    refused([&](AotOptions &o) {
      o.weights = weights;
      o.values["w1"] = NDArray::zeros({kFeatures, kHidden});
    }, "no values for the parameter \"b1\"");
  }
  refused([](AotOptions &o) { o.values["w1"] = NDArray::zeros({3}); }, "embedded");
}

TEST(Aot, AFolderThatCannotBeWrittenStaysAsItWas) {
  Folder folder;
  AotOptions plain;
  plain.name = "m";
  AotResult result = aot(Mlp().step(), plain);
  std::ofstream(folder.path / "file") << "x";
  EXPECT_THROW(result.write(folder.path / "file"), std::runtime_error);
  EXPECT_THROW(result.write(folder.path / "file" / "below"), std::runtime_error);
  fs::create_directory(folder.path / "m.o"); // the object cannot take its place
  EXPECT_THROW(result.write(folder.path), std::runtime_error);
  EXPECT_FALSE(fs::exists(folder.path / "m.h"));
}

} // namespace
} // namespace gradus
