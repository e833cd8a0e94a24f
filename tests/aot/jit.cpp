// Trains as programs/train.c and programs/fashion.c do, but compiled in memory, and prints the same lines.
//
//   gradus-aot-jit classifier MODEL native|portable BATCH STEPS
//   gradus-aot-jit fashion MODEL native|portable BATCH TRAIN TEST
#include "tests/aot/programs/images.h"
#include "tests/aot/programs/text.h"

#include "gradus/gradus.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

extern "C" void platform_write(const char *text, size_t bytes) { std::fwrite(text, 1, bytes, stdout); }

namespace {

using namespace gradus;

constexpr uint64_t seed = 7;

std::string readText(const std::string &path) {
  std::ifstream file(path);
  if (!file)
    throw std::runtime_error(path + ": cannot be read");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Trainer {
  Trainer(const std::string &path, const std::string &numerics, int64_t batch)
      : batch(batch), graph(Graph::parse(readText(path), path)) {
    CompileOptions options;
    options.batch = batch;
    options.threads = 1;
    options.seed = seed;
    options.numerics = numerics == "portable" ? Numerics::portable : Numerics::native;
    step = compile(graph, options);
    options.state = step.state();
    options.assigns = false;
    std::vector<std::string> results = graph.results();
    scores = std::find(results.begin(), results.end(), "logits") != results.end() ? "logits" : "prediction";
    options.results = {scores};
    model = compile(graph, options);
    features = step.inputs()[static_cast<size_t>(step.inputIndex("x"))].shape[1];
    x.resize(static_cast<size_t>(batch * features));
    label.resize(static_cast<size_t>(batch));
    step.bind("x", x.data());
    step.bind("label", label.data());
    model.bind("x", x.data());
  }

  float train() {
    step.step();
    return *step.output("loss").data<float>();
  }

  int64_t countRight() {
    model.step();
    const float *values = model.output(scores).data<float>();
    int64_t right = 0;
    for (int64_t i = 0; i < batch; ++i, values += IMAGE_CLASSES)
      right += std::max_element(values, values + IMAGE_CLASSES) - values == label[static_cast<size_t>(i)];
    return right;
  }

  void printWeights() const {
    uint32_t sum = CHECKSUM_START;
    for (const char *name : {"w1", "b1", "w2", "b2"}) {
      NDArray values = step.state()->get(name);
      sum = checksum(sum, values.data<float>(), static_cast<uint32_t>(values.size()));
    }
    put("weights ");
    put_hex(sum);
    put("\n");
  }

  int64_t batch, features = 0;
  Graph graph;
  Program step, model;
  std::string scores; ///< the result that has one number per class
  std::vector<float> x;
  std::vector<int32_t> label;
};

void classifier(Trainer &&trainer, uint32_t steps) {
  auto makeBatch = [&](uint32_t first) {
    for (int64_t i = 0; i < trainer.batch; ++i)
      trainer.label[static_cast<size_t>(i)] =
          make_image(first + static_cast<uint32_t>(i), trainer.x.data() + i * IMAGE_PIXELS);
  };
  uint32_t batch = static_cast<uint32_t>(trainer.batch), right = 0;
  put("api ok\n");
  for (uint32_t step = 0; step < steps; ++step) {
    makeBatch(step * batch);
    float loss = trainer.train();
    put("step ");
    put_number(step);
    put(" loss ");
    put_float(loss);
    put("\n");
  }
  trainer.printWeights();
  for (uint32_t first = 0; first < 320; first += batch) {
    makeBatch(1000000 + first);
    right += static_cast<uint32_t>(trainer.countRight());
  }
  put("right ");
  put_number(right);
  put(" of 320\n");
}

void fashion(Trainer &&trainer, const std::string &train, const std::string &test) {
  auto forEachBatch = [&](const std::string &path, const std::function<void()> &use) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> record(static_cast<size_t>(trainer.features + 1));
    for (;;) {
      for (int64_t i = 0; i < trainer.batch; ++i) {
        if (!file.read(record.data(), static_cast<std::streamsize>(record.size())))
          return;
        for (int64_t j = 0; j < trainer.features; ++j)
          trainer.x[static_cast<size_t>(i * trainer.features + j)] =
              static_cast<float>(static_cast<unsigned char>(record[static_cast<size_t>(j)])) * (1.0f / 256);
        trainer.label[static_cast<size_t>(i)] = record.back();
      }
      use();
    }
  };
  int64_t step = 0, right = 0, tested = 0;
  forEachBatch(train, [&] {
    float loss = trainer.train();
    if (step++ % 100 == 0)
      std::printf("step %d loss %f\n", static_cast<int>(step - 1), static_cast<double>(loss));
  });
  trainer.printWeights();
  forEachBatch(test, [&] {
    right += trainer.countRight();
    tested += trainer.batch;
  });
  std::printf("right %d of %d\n", static_cast<int>(right), static_cast<int>(tested));
}

} // namespace

int main(int argc, char **argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 5 && words[0] == "classifier") {
      classifier(Trainer(words[1], words[2], std::stoll(words[3])), static_cast<uint32_t>(std::stoul(words[4])));
      return 0;
    }
    if (words.size() == 6 && words[0] == "fashion") {
      fashion(Trainer(words[1], words[2], std::stoll(words[3])), words[4], words[5]);
      return 0;
    }
    std::cerr << "wrong words; see the head of jit.cpp\n";
    return 2;
  } catch (const std::exception &error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
