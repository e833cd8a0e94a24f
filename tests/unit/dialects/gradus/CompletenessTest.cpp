// Every op of the dialect has what a reader and a maintainer look for: a summary, an example that
// parses, its own test file with a test per constraint, a gradient that is checked or a reason why
// it has none.
#include "compiler/graph/GraphImpl.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "tests/gradients/Rows.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace gradus::testing {
namespace {

std::string readFile(const std::string &path) {
  std::ifstream file(std::string(GRADUS_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The sections of the generated reference, by op ("gradus.add"). It is the records as text; a test
/// of its own keeps it from going stale.
std::map<std::string, std::string> sections() {
  std::map<std::string, std::string> list;
  std::string text = readFile("docs/ops.md"), mark = "\n### `";
  for (size_t at = text.find(mark); at != std::string::npos;) {
    size_t next = text.find(mark, at + 1), name = at + mark.size();
    list[text.substr(name, text.find('`', name) - name)] = text.substr(at, next - at);
    at = next;
  }
  return list;
}

std::vector<mlir::RegisteredOperationName> ops(mlir::MLIRContext &context) {
  std::vector<mlir::RegisteredOperationName> list;
  for (mlir::RegisteredOperationName op : context.getRegisteredOperations())
    if (op.getDialectNamespace() == "gradus")
      list.push_back(op);
  return list;
}

std::string mnemonicOf(mlir::RegisteredOperationName op) {
  return op.getStringRef().drop_front(strlen("gradus.")).str();
}

/// The first example of a section.
std::string exampleOf(const std::string &section) {
  size_t begin = section.find("```mlir\n");
  if (begin == std::string::npos)
    return "";
  begin += strlen("```mlir\n");
  return section.substr(begin, section.find("```", begin) - begin);
}

/// "(tensor<2xf32>, tensor<3xf32>) -> ..." -> its operand types.
std::vector<std::string> operandTypes(const std::string &text) {
  std::vector<std::string> types;
  std::smatch found;
  if (!std::regex_search(text, found, std::regex(":\\s+\\(([^)]*)\\)")))
    return types;
  std::string inside = found[1];
  std::regex type("tensor<[^>]*>");
  for (std::sregex_iterator it(inside.begin(), inside.end(), type), end; it != end; ++it)
    types.push_back(it->str());
  return types;
}

/// The example in a function whose arguments are the values that the example does not define.
std::string asFunction(const std::string &example) {
  std::set<std::string> defined;
  std::vector<std::string> open;
  std::regex definition("(%[a-z0-9]+)( =|:|, %[a-z0-9]+ =)"), use("%[a-z0-9]+");
  for (std::sregex_iterator it(example.begin(), example.end(), definition), end; it != end; ++it) {
    std::string all = it->str(); // one name, or two of an op with two results
    for (std::sregex_iterator name(all.begin(), all.end(), use); name != end; ++name)
      defined.insert(name->str());
  }
  for (std::sregex_iterator it(example.begin(), example.end(), use), end; it != end; ++it)
    if (defined.insert(it->str()).second)
      open.push_back(it->str());
  std::vector<std::string> types = operandTypes(example);
  std::string arguments;
  for (size_t i = 0; i < open.size(); ++i)
    arguments +=
        (i ? ", " : "") + open[i] + ": " + (i < types.size() ? types[i] : "tensor<f32>");
  return "func.func @example(" + arguments + ") {\n" + example + "return\n}\n";
}

class Dialect : public ::testing::Test {
protected:
  void SetUp() override { ASSERT_GT(reference.size(), 30u) << "docs/ops.md is not there"; }
  std::shared_ptr<mlir::MLIRContext> context = compiler::makeContext();
  std::map<std::string, std::string> reference = sections();
};

TEST_F(Dialect, EveryOpHasASummaryAndASection) {
  std::regex summary("\n\n_[^_\n][^\n]*_\n");
  for (auto op : ops(*context)) {
    std::string name = op.getStringRef().str();
    ASSERT_TRUE(reference.count(name)) << name;
    EXPECT_TRUE(std::regex_search(reference[name], summary)) << name;
  }
}

TEST_F(Dialect, EveryExampleParses) {
  for (auto op : ops(*context)) {
    std::string name = op.getStringRef().str(), example = exampleOf(reference[name]);
    EXPECT_NE(example.find(name), std::string::npos) << name << " has no example of itself";
    std::string errors, text = asFunction(example);
    mlir::ScopedDiagnosticHandler handler(context.get(), [&](mlir::Diagnostic &diagnostic) {
      errors += diagnostic.str() + "\n";
      return mlir::success();
    });
    EXPECT_TRUE(mlir::parseSourceString<mlir::ModuleOp>(text, context.get()))
        << name << ": " << errors << text;
  }
}

TEST_F(Dialect, EveryOpHasATestFileWithEachOfItsConstraints) {
  std::regex label("- ([a-z0-9_]+\\.[0-9]+):");
  for (auto op : ops(*context)) {
    std::string name = op.getStringRef().str();
    std::string test = readFile("tests/ops/" + mnemonicOf(op) + ".mlir");
    EXPECT_NE(test.find(name), std::string::npos) << "no test of " << name;
    const std::string &section = reference[name];
    for (std::sregex_iterator it(section.begin(), section.end(), label), end; it != end; ++it)
      EXPECT_NE(test.find("// " + (*it)[1].str()), std::string::npos)
          << name << ": no test of constraint " << (*it)[1];
  }
}

TEST_F(Dialect, EveryGradientIsCheckedOrMissingForAReason) {
  std::set<std::string> checked;
  for (const Family &family : families())
    for (const Row &row : family.rows)
      checked.insert(row.name.substr(0, row.name.find('/')));
  for (auto op : ops(*context)) {
    std::string name = op.getStringRef().str(), section = reference[name];
    EXPECT_NE(section.find("Gradient: "), std::string::npos) << name;
    bool none = section.find("Gradient: none") != std::string::npos;
    if (!none) {
      EXPECT_TRUE(checked.count(mnemonicOf(op))) << "no row in tests/gradients for " << name;
    }
    bool hasRule =
        op.hasInterface<ir::GradientOpInterface>() || op.hasInterface<ir::DecomposeOpInterface>();
    EXPECT_TRUE(hasRule || none) << name << " has no gradient and does not say why";
  }
}

/// What nobody writes: parts of compiled programs, and of gradients.
const std::set<std::string> internal = {"kernel", "yield", "convolution_weight", "scatter_windows",
                                        "tetragamma"};

// The rows hold values against plain loops, in f32 and f64. What draws random numbers or only states
// the structure of a program is tested by itself.
TEST_F(Dialect, EveryOpIsHeldAgainstAReference) {
  std::set<std::string> compared, elsewhere = {
      "input", "parameter", "state", "constant", "assign", "result", "gradients",
      "random_bits", "random_uniform", "random_normal", "stop_gradient", "iota"};
  for (const Family &family : families())
    for (const Row &row : family.rows)
      compared.insert(row.name.substr(0, row.name.find('/')));
  for (auto op : ops(*context))
    if (std::string name = mnemonicOf(op); !internal.count(name) && !elsewhere.count(name)) {
      EXPECT_TRUE(compared.count(name)) << "no row in tests/gradients for gradus." << name;
    }
}

std::string camel(const std::string &snake) {
  std::string name;
  for (size_t i = 0; i < snake.size(); ++i)
    name += snake[i] == '_' ? char(std::toupper(snake[++i])) : snake[i];
  return name;
}

TEST_F(Dialect, EveryOpCanBeReachedFromTheApi) {
  const std::map<std::string, std::string> others = {
      {"add", "operator+"},     {"sub", "operator-"},       {"mul", "operator*"},
      {"div", "operator/"},     {"neg", "operator-"},       {"eq", "equal"},
      {"ne", "notEqual"},       {"lt", "operator<"},        {"le", "operator<="},
      {"gt", "operator>"},      {"ge", "operator>="},       {"and", "operator&"},
      {"or", "operator|"},      {"xor", "operator^"},       {"not", "operator!"},
      {"broadcast", "broadcastTo"}, {"reverse", "flip"},    {"window", "slidingWindow"},
      {"scatter_add", "scatter"}, {"is_nan", "isNan"},      {"random_bits", "bits"},
      {"random_uniform", "uniform"}, {"random_normal", "normal"}, {"standardize", "layerNorm"},
      {"max_pool", "maxPool2d"}, {"avg_pool", "avgPool2d"}, {"convolution", "conv2d"},
      {"convolution_transpose", "convTranspose2d"}, {"std", "stdDev"}, {"gelu_tanh", "gelu"}};
  std::string api;
  for (const auto &file : std::filesystem::recursive_directory_iterator(
           std::string(GRADUS_SOURCE_DIR) + "/compiler/graph"))
    if (file.path().extension() == ".h")
      api += readFile(std::filesystem::relative(file, GRADUS_SOURCE_DIR).string());
  for (auto op : ops(*context)) {
    std::string name = mnemonicOf(op);
    if (internal.count(name))
      continue;
    auto other = others.find(name);
    std::string function = other == others.end() ? camel(name) : other->second;
    EXPECT_NE(api.find(" " + function + "("), std::string::npos)
        << "gradus." << name << ": no function " << function << " in compiler/graph";
  }
}

// The survey of names is made of the same records, one row for each op.
TEST_F(Dialect, EveryOpHasACounterpartSomewhereOrIsOurOwn) {
  const std::set<std::string> own = {"input", "parameter", "state", "assign", "result", "gradients",
                                     "constant", "broadcast"};
  std::istringstream lines(readFile("docs/survey.md"));
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(lines, line);)
    if (size_t at = line.find("| `gradus."); at != std::string::npos)
      rows[line.substr(at + 10, line.find('`', at + 3) - at - 10)] = line.substr(line.find('|', at + 2));
  for (auto op : ops(*context))
    if (std::string name = mnemonicOf(op); !internal.count(name) && !own.count(name)) {
      EXPECT_TRUE(rows.count(name) && rows[name].find('`') != std::string::npos)
          << "gradus." << name << " names nothing in PyTorch, TensorFlow, NumPy or ONNX";
    }
}

TEST_F(Dialect, NamesInTheGradientTableAreOps) {
  std::set<std::string> known;
  for (auto op : ops(*context))
    known.insert(mnemonicOf(op));
  for (const Family &family : families())
    for (const Row &row : family.rows)
      EXPECT_TRUE(known.count(row.name.substr(0, row.name.find('/')))) << row.name;
}

} // namespace
} // namespace gradus::testing
