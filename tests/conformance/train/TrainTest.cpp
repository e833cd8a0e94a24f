// Whole training runs of the reference: the loss of every step, the first gradients and the final
// weights, in f32.
#include "compiler/Compile.h"
#include "runtime/data/Npy.h"
#include "tests/conformance/Shared.h"
#include "tests/conformance/train/Models.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gradus::testing {
namespace {

std::filesystem::path trainFolder() { return sharedFolder() / "conformance" / "train"; }

/// Samples, one per row of the leading axis.
class Samples {
public:
  Samples() = default;
  explicit Samples(NDArray all) : all(std::move(all)) {}
  Shape shape() const { return {all.shape().begin() + 1, all.shape().end()}; }
  DType dtype() const { return all.dtype(); }
  bool empty() const { return all.size() == 0; }

  NDArray rows(const std::vector<int32_t> &which) const {
    Shape shape = all.shape();
    shape[0] = int64_t(which.size());
    NDArray batch = NDArray::uninitialized(shape, all.dtype());
    size_t bytes = size_t(all.bytes() / all.dim(0));
    for (size_t i = 0; i < which.size(); ++i)
      std::memcpy(static_cast<char *>(batch.raw()) + i * bytes,
                  static_cast<const char *>(all.raw()) + size_t(which[i]) * bytes, bytes);
    return batch;
  }

private:
  NDArray all;
};

class Replay {
public:
  explicit Replay(const Json &json) : json(json), name(json.at("run").asString()) {
    auto entries = readNpz(trainFolder() / (name + ".npz"));
    for (auto &[key, array] : entries.value())
      arrays.emplace(key, array);
    x = samples("x");
    if (json.at("data").find("y"))
      y = samples("y");
  }

  /// Why this run cannot be repeated, or nothing.
  std::string prepare() {
    std::string why;
    model = modelOf(json.at("model").asString(), why);
    optimizer = optimizerOf(json, why);
    return model && optimizer ? "" : why;
  }

  void check() {
    checkFirstGradients();
    Batch batch = build();
    TrainingStep step = trainingStep((*model)(batch), *optimizer);
    program = compile(batch.graph, step, compileOptions());
    checkLosses();
    checkFinalWeights();
  }

private:
  /// Integers become labels, anything else f32.
  static NDArray prepared(const NDArray &array) {
    bool isInteger = array.dtype() == DType::i32 || array.dtype() == DType::i64;
    return array.cast(isInteger ? DType::i32 : DType::f32);
  }

  Samples samples(const std::string &which) {
    const Json &source = json.at("data").at(which);
    const Json *file = source.find("file");
    if (!file)
      return Samples(prepared(arrays.at("data." + which)));
    NDArray pixels = readNpy(trainFolder() / file->asString()).value();
    if (which == "y")
      return Samples(pixels.cast(DType::i32));
    NDArray scaled = pixels.cast(DType::f32).reshape({pixels.dim(0), -1}).copy();
    bool standardised = json.at("preprocess").asString().find("0.2860") != std::string::npos;
    for (float &value : scaled.span<float>()) {
      value /= 255.0f;
      if (standardised)
        value = (value - 0.2860f) / 0.3530f;
    }
    return Samples(scaled);
  }

  static Shape batched(Shape shape) {
    shape.insert(shape.begin(), kBatch);
    return shape;
  }

  Batch build() {
    Batch batch{.graph = Graph("train"), .parameters = {}, .x = {}, .y = {}, .steps = {}};
    for (const auto &[key, shape] : json.at("params").asObject())
      batch.parameters[key] =
          batch.graph.parameter(key, integers(shape), data(arrays.at("init." + key)));
    batch.x = batch.graph.input("x", batched(x.shape()), x.dtype());
    if (!y.empty())
      batch.y = batch.graph.input("y", batched(y.shape()), y.dtype());
    for (const Json &extra : json.at("step_data").asArray()) {
      Shape shape = arrays.at("step." + extra.asString()).shape();
      batch.steps[extra.asString()] =
          batch.graph.input(extra.asString(), batched({shape.begin() + 2, shape.end()}));
    }
    return batch;
  }

  CompileOptions compileOptions() const {
    return {.batch = int64_t(batchOf(0).size()),
            .threads = 1,
            .cache = false,
            .subnormals = Subnormals::keep};
  }

  std::vector<int32_t> batchOf(int64_t step) const {
    std::vector<int32_t> rows;
    const NDArray &index = arrays.at("batch_index");
    for (int64_t i = 0; i < index.dim(1); ++i)
      if (int32_t row = index.data<int32_t>()[step * index.dim(1) + i]; row >= 0)
        rows.push_back(row);
    return rows;
  }

  /// Binds the data of one step to a program of its batch size.
  void feed(Program &to, int64_t step) {
    std::vector<int32_t> rows = batchOf(step);
    to.bind("x", x.rows(rows));
    if (!y.empty())
      to.bind("y", y.rows(rows));
    for (const Json &extra : json.at("step_data").asArray()) {
      const NDArray &all = arrays.at("step." + extra.asString());
      Shape shape(all.shape().begin() + 1, all.shape().end());
      to.bind(extra.asString(),
              prepared(all.rows(step, step + 1).copy()).reshape(shape).rows(0, int64_t(rows.size())));
    }
  }

  void checkFirstGradients() {
    Batch batch = build();
    Graph graph = batch.graph;
    std::vector<Tensor> first = gradients((*model)(batch), graph.parameters());
    const auto &names = json.at("params").asObject();
    for (size_t i = 0; i < names.size(); ++i)
      graph.result("grad/" + names[i].first, first[i]);
    Program once = compile(graph, compileOptions());
    feed(once, 0);
    once.step();
    for (const auto &[key, shape] : names)
      expectClose("first gradient of " + key, once.output("grad/" + key), arrays.at("grad0." + key),
                  1e-5);
  }

  void checkLosses() {
    const NDArray &exact = arrays.at("loss.f64");
    double noise = json.at("f32_vs_f64").at("loss_max_rel_diff").asDouble();
    for (int64_t step = 0; step < json.at("steps").asInt(); ++step) {
      int64_t size = int64_t(batchOf(step).size());
      Program now = size == program.batch() ? program : program.withBatch(size);
      feed(now, step);
      now.step();
      double wanted = exact.data<double>()[step], got = now.output("loss").item<float>();
      double allowed = std::max(step < 10 ? 1e-4 : 1e-3, 100 * noise) * std::abs(wanted);
      if (name.starts_with("linreg"))
        allowed = std::max(allowed, 1e-6);
      ASSERT_NEAR(got, wanted, allowed) << name << ", loss of step " << step;
    }
  }

  void checkFinalWeights() {
    const Json &noise = json.at("f32_vs_f64").at("per_param");
    for (const auto &[key, shape] : json.at("params").asObject()) {
      // The key biases of attention have no true gradient: Adam turns rounding noise into steps.
      if (key.ends_with("qkv.b"))
        continue;
      expectClose("final " + key, program.state()->get(key), arrays.at("final." + key), 1e-3,
                  100 * noise.at(key).asDouble());
    }
  }

  void expectClose(const std::string &what, const NDArray &got, const NDArray &wanted,
                   double relative, double absolute = 0) {
    ASSERT_EQ(got.shape(), wanted.shape()) << name << ", " << what;
    double most = 0, off = 0;
    for (int64_t i = 0; i < got.size(); ++i) {
      double w = wanted.data<float>()[i], g = got.data<float>()[i];
      most = std::max(most, std::abs(w));
      off = std::isnan(g) ? INFINITY : std::max(off, std::abs(g - w));
    }
    EXPECT_LE(off, std::max(relative * most, absolute))
        << name << ", " << what << ", largest " << most;
  }

  const Json &json;
  std::string name;
  std::map<std::string, NDArray> arrays;
  Samples x, y;
  std::optional<Model> model;
  std::optional<Optimizer> optimizer;
  Program program;
};

std::vector<Json> runs() {
  auto index = trainFolder() / "index.jsonl";
  return std::filesystem::exists(index) ? readJsonLines(index) : std::vector<Json>();
}

class ReferenceRun : public ::testing::TestWithParam<Json> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ReferenceRun);

TEST_P(ReferenceRun, IsRepeated) {
  Replay run(GetParam());
  if (std::string why = run.prepare(); !why.empty())
    GTEST_SKIP() << why;
  run.check();
}

INSTANTIATE_TEST_SUITE_P(All, ReferenceRun, ::testing::ValuesIn(runs()), [](const auto &info) {
  std::string name = info.param.at("run").asString();
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
});

TEST(ReferenceRuns, AreThere) {
  if (runs().empty())
    GTEST_SKIP() << "no reference runs in " << trainFolder() << " (set GRADUS_SHARED)";
}

} // namespace
} // namespace gradus::testing
