#include "runtime/core/Program.h"

#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>
#include <thread>

using namespace gradus;

// A program as a compiler would emit it, written by hand: w += sum(x); y = x * w (f32, x: [3]).
static int32_t handStep(const gradus_call *call) {
  const float *x = static_cast<const float *>(call->inputs[0]);
  float *w = static_cast<float *>(call->states[0]), *y = static_cast<float *>(call->outputs[0]);
  *w += x[0] + x[1] + x[2];
  for (int i = 0; i < 3; ++i)
    y[i] = x[i] * *w;
  return 0;
}

static int32_t handLoop(const gradus_call *call, int64_t steps, const int64_t *inputStrides,
                        const int64_t *outputStrides) {
  void *input = call->inputs[0], *output = call->outputs[0];
  gradus_call moving = *call;
  moving.inputs = &input;
  moving.outputs = &output;
  for (int64_t step = 0; step < steps; ++step) {
    handStep(&moving);
    input = static_cast<char *>(input) + inputStrides[0];
    output = static_cast<char *>(output) + outputStrides[0];
  }
  return 0;
}

static const char kDescriptor[] = R"({"abi":1,"name":"hand",
  "inputs":[{"name":"x","dtype":"f32","shape":[3]}],
  "states":[{"name":"w","dtype":"f32","shape":[],"layout":{"kind":"row_major"},"trained":true,
             "init":{"kind":"constant","a":1,"b":0,"fan_in":1,"fan_out":1}}],
  "outputs":[{"name":"y","dtype":"f32","shape":[3]}],
  "arena_bytes":4096,"arena_lower_bound_bytes":4000,"kernels":2,"flops":6,"target":"t","features":"f"})";

static ProgramParts parts() {
  ProgramParts parts;
  parts.descriptor = kDescriptor;
  parts.step = handStep;
  parts.loop = handLoop;
  return parts;
}

static std::string problemOf(const std::function<void()> &body) {
  try {
    body();
  } catch (const std::invalid_argument &problem) {
    return problem.what();
  }
  return "nothing was thrown";
}

TEST(Program, StepsReadInputsUpdateStatesAndWriteOutputs) {
  Program program(parts());
  NDArray x = NDArray::fromVector<float>({1, 2, 3});
  program.bind("x", x);
  program.step();
  EXPECT_EQ(program.output("y").toVector<float>(), (std::vector<float>{7, 14, 21}));
  x.data<float>()[0] = 2; // bound, not copied
  program.step();
  EXPECT_EQ(program.state()->get("w").item<float>(), 14);
  EXPECT_EQ(program.output(0).toVector<float>(), (std::vector<float>{28, 28, 42}));
  EXPECT_EQ(program.info().kernels, 2);
  EXPECT_EQ(program.info().arenaBytes, 4096);
  EXPECT_EQ(program.info().name, "hand");
}

TEST(Program, ManyStepsInOneCallEqualSingleSteps) {
  const NDArray xs = NDArray::fromVector<float>({1, 2, 3, 4, 5, 6, 7, 8, 9}, {3, 3});
  for (bool compiledLoop : {true, false}) {
    Program single(parts());
    ProgramParts given = parts();
    if (!compiledLoop)
      given.loop = nullptr;
    Program many(given), strided(given);
    NDArray ys = NDArray::zeros({3, 3});
    many.bindSequence("x", xs);
    many.bindOutputSequence("y", ys);
    many.steps(3);
    strided.bind("x", xs.raw());
    const int64_t stride[] = {12};
    strided.steps(3, stride);
    for (int64_t step = 0; step < 3; ++step) {
      single.bind("x", xs.rows(step, step + 1).reshape({3}));
      single.step();
      EXPECT_EQ(single.output("y").toVector<float>(), ys.rows(step, step + 1).toVector<float>());
    }
    EXPECT_EQ(single.state()->get("w").item<float>(), many.state()->get("w").item<float>());
    EXPECT_EQ(single.output("y").toVector<float>(), strided.output("y").toVector<float>());
    EXPECT_EQ(problemOf([&] { many.steps(4); }),
              "program hand: input \"x\" is bound to a sequence of 3 steps, asked for 4");
    EXPECT_THROW(many.steps(-1), std::invalid_argument);
    const int64_t two[] = {1, 2};
    EXPECT_THROW(many.steps(1, two), std::invalid_argument);
  }
}

TEST(Program, MisuseNamesProgramInputAndShapes) {
  Program program(parts());
  EXPECT_EQ(problemOf([&] { program.step(); }),
            "program hand: input \"x\" is not bound (expected f32 3)");
  EXPECT_EQ(problemOf([&] { program.steps(2); }),
            "program hand: input \"x\" is not bound (expected f32 3)");
  EXPECT_EQ(problemOf([&] { program.bind("x", NDArray::zeros({4})); }),
            "program hand: input \"x\": expected f32 3, found f32 4");
  EXPECT_EQ(problemOf([&] { program.bind("x", NDArray::zeros({3}, DType::i32)); }),
            "program hand: input \"x\": expected f32 3, found i32 3");
  EXPECT_EQ(problemOf([&] { program.bind("z", NDArray::zeros({3})); }),
            "program hand: there is no input \"z\" (there are x)");
  EXPECT_EQ(problemOf([&] { program.bind(1, NDArray::zeros({3})); }),
            "program hand: there is no input number 1 (there are 1)");
  EXPECT_EQ(problemOf([&] { program.bind("x", static_cast<const void *>(nullptr)); }),
            "program hand: input \"x\" was bound to a null pointer");
  EXPECT_EQ(problemOf([&] { program.bindSequence("x", NDArray::zeros({3})); }),
            "program hand: input \"x\": expected f32 steps x 3, found f32 3");
  EXPECT_THROW(program.output("z"), std::invalid_argument);
  EXPECT_THROW(Program().step(), std::invalid_argument);
  EXPECT_FALSE(Program().valid());
}

TEST(Program, ABoundArrayStaysAlive) {
  Program program(parts());
  program.bind("x", NDArray::fromVector<float>({1, 1, 1}));
  program.step();
  EXPECT_EQ(program.output("y").toVector<float>(), (std::vector<float>{4, 4, 4}));
}

TEST(Program, OutputsCanBeWrittenElsewhereAndBack) {
  Program program(parts());
  program.bind("x", NDArray::fromVector<float>({1, 1, 1}));
  NDArray mine = NDArray::zeros({3});
  program.bindOutput("y", mine);
  program.step();
  EXPECT_EQ(mine.toVector<float>(), (std::vector<float>{4, 4, 4}));
  program.bindOutput("y", static_cast<void *>(nullptr));
  program.step();
  EXPECT_EQ(mine.toVector<float>(), (std::vector<float>{4, 4, 4}));
  EXPECT_EQ(program.output("y").toVector<float>(), (std::vector<float>{7, 7, 7}));
  EXPECT_THROW(program.bindOutput("y", NDArray::zeros({2})), std::invalid_argument);
}

TEST(Program, RunTakesAndGivesValuesByName) {
  Program program(parts());
  const auto results = program.run({{"x", NDArray::fromVector<float>({1, 2, 3})}});
  EXPECT_EQ(results.at("y").toVector<float>(), (std::vector<float>{7, 14, 21}));
}

TEST(Program, ProgramsCanShareAStateThatFits) {
  Program first(parts());
  ProgramParts given = parts();
  given.state = first.state();
  Program second(given);
  second.bind("x", NDArray::fromVector<float>({1, 1, 1}));
  second.step();
  EXPECT_EQ(first.state()->get("w").item<float>(), 4);
  given.descriptor.replace(given.descriptor.find("\"shape\":[],"), 11, "\"shape\":[2],");
  EXPECT_THROW(Program{given}, std::invalid_argument);
}

TEST(Program, ACompiledCodeOwnerLivesAsLongAsTheProgram) {
  auto code = std::make_shared<int>(1);
  std::weak_ptr<int> watch = code;
  {
    ProgramParts given = parts();
    given.code = std::move(code);
    Program program(std::move(given));
    Program copy = program;
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Program, ABadDescriptorIsRefused) {
  auto with = [](std::string from, std::string to) {
    ProgramParts given = parts();
    given.descriptor.replace(given.descriptor.find(from), from.size(), to);
    return problemOf([&] { Program program(given); });
  };
  EXPECT_EQ(with("\"abi\":1", "\"abi\":2"),
            "program descriptor: expected version 1 of the ABI, found 2");
  EXPECT_EQ(with("\"f32\"", "\"f13\""), "program descriptor: unknown element type \"f13\"");
  EXPECT_NE(with("[3]", "[-3]"), "nothing was thrown");
  EXPECT_NE(with("4096", "-4096"), "nothing was thrown");
  EXPECT_NE(with("{\"abi\"", "{"), "nothing was thrown");
  EXPECT_NE(with("constant", "mystery"), "nothing was thrown");
  EXPECT_NE(with("row_major", "transposed"), "nothing was thrown") << "a scalar has no columns";
  ProgramParts none = parts();
  none.step = nullptr;
  EXPECT_THROW(Program{none}, std::invalid_argument);
}

// Writes x/2 of the smallest normal number, on the caller and on a thread.
static int32_t subnormalStep(const gradus_call *call) {
  auto halve = [](void *context, int64_t begin, int64_t end) {
    const gradus_call *call = static_cast<const gradus_call *>(context);
    const volatile float *x = static_cast<const float *>(call->inputs[0]);
    for (int64_t i = begin; i < end; ++i)
      static_cast<float *>(call->outputs[0])[i] = x[i] * 0.5f;
  };
  if (call->threads)
    call->threads->parallel_for(call->threads->self, halve, const_cast<gradus_call *>(call), 3);
  else
    halve(const_cast<gradus_call *>(call), 0, 3);
  return 0;
}

TEST(Program, SubnormalsAreFlushedOnEveryThreadAndTheCallersModeIsRestored) {
  if (!FloatMode::supported())
    GTEST_SKIP() << "this processor has no such mode";
  const float smallest = std::numeric_limits<float>::min();
  const NDArray x = NDArray::fromVector<float>({smallest, smallest, smallest});
  // A host's pool that knows nothing of float modes: one thread for each tile.
  gradus_threads host{nullptr, 3, [](void *, gradus_tile_fn fn, void *context, int64_t tiles) {
                        for (int64_t t = 0; t < tiles; ++t)
                          std::thread([=] { fn(context, t, t + 1); }).join();
                      }};
  for (Subnormals wanted : {Subnormals::flush, Subnormals::keep})
    for (int threads : {1, 3, 0}) {
      ProgramParts given = parts();
      given.step = subnormalStep;
      given.loop = nullptr;
      given.subnormals = wanted;
      if (threads)
        given.threads = std::make_shared<Threads>(threads);
      else
        given.hostThreads = &host;
      Program program(std::move(given));
      program.bind("x", x);
      const float expected = wanted == Subnormals::flush ? 0 : smallest / 2;
      const auto check = [&] {
        EXPECT_EQ(program.output("y").toVector<float>(), std::vector<float>(3, expected));
        EXPECT_EQ(FloatMode::current(), Subnormals::keep);
      };
      program.step();
      check();
      program.steps(2);
      check();
      FloatMode outer(Subnormals::flush);
      program.step();
      EXPECT_EQ(FloatMode::current(), Subnormals::flush);
    }
}

TEST(Program, AnotherBatchSizeIsCompiledOnceAndSharesTheState) {
  int compiled = 0;
  std::shared_ptr<State> state = std::make_shared<State>();
  ProgramParts given = parts();
  given.batch = 3;
  given.state = state;
  given.rebatch = [&](int64_t batch) {
    ++compiled;
    ProgramParts other = parts();
    other.batch = batch;
    other.state = state;
    return Program(other);
  };
  Program program(given);
  EXPECT_EQ(program.withBatch(3).state(), program.state());
  EXPECT_EQ(program.withBatch(2).batch(), 2);
  EXPECT_EQ(program.withBatch(2).state(), program.state());
  EXPECT_EQ(compiled, 1);
  EXPECT_THROW(program.withBatch(0), std::invalid_argument);
  EXPECT_THROW(Program(parts()).withBatch(5), std::invalid_argument);
}

TEST(Program, AnErrorCodeOfTheCompiledFunctionIsThrown) {
  ProgramParts given = parts();
  given.step = [](const gradus_call *) -> int32_t { return 5; };
  Program program(given);
  program.bind("x", NDArray::zeros({3}));
  EXPECT_THROW(program.step(), std::runtime_error);
}
