#include "compiler/tools/gradus/ModelSource.h"

#include "runtime/data/Bytes.h"

#include <iostream>
#include <iterator>

namespace gradus::tool {
namespace {

// Of MNIST at the default batch; it only scales a constant.
constexpr int64_t kStepsPerEpoch = 469;

} // namespace

std::vector<OptionText> builtInOptions() {
  std::vector<OptionText> options = modelOptions();
  options.push_back({"features", "N", "numbers per sample (default 784)"});
  options.push_back(
      {"classes", "N", "classes to tell apart; 0: one number is predicted (default 10)"});
  options.push_back(
      {"evaluation", "", "the model as it is evaluated, without gradients and update"});
  return options;
}

Graph builtInGraph(const Arguments &arguments, const TrainConfig &config) {
  ModelSpec spec;
  spec.kind = config.model;
  spec.hidden = config.hidden;
  spec.features = arguments.integer("features", 784, 1, 1 << 20);
  spec.classes = arguments.integer("classes", 10, 0, 1 << 16);
  if (spec.kind == "softmax" && spec.classes == 0)
    throw UsageError("--classes: expected at least 1 for --model softmax, found 0");
  if (arguments.has("evaluation"))
    return evaluationOf(spec);
  Model model = buildModel(spec);
  model.graph.result("prediction", model.prediction);
  return stepOf(model, config, kStepsPerEpoch).graph();
}

Graph readGraph(const std::string &path) {
  if (path == "-")
    return Graph::parse(std::string(std::istreambuf_iterator<char>(std::cin), {}), "<stdin>");
  Result<Bytes> bytes = readFile(path);
  if (!bytes)
    throw RunError(bytes.message());
  return Graph::parse({reinterpret_cast<const char *>(bytes->data()), bytes->size()}, path);
}

Graph graphOf(const Arguments &arguments, const TrainConfig &config) {
  if (arguments.positional().size() > 1)
    throw UsageError("unexpected argument \"" + arguments.positional()[1] + "\"");
  if (arguments.positional().empty())
    return builtInGraph(arguments, config);
  for (const OptionText &option : builtInOptions())
    if (option.name != "batch" && arguments.has(option.name))
      throw UsageError("--" + std::string(option.name) + ": a FILE.mlir is its own model");
  return readGraph(arguments.positional()[0]);
}

} // namespace gradus::tool
