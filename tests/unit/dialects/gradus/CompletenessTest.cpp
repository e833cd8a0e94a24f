// Every op of the dialect has what a reader and a maintainer look for: a summary, an example that
// parses, its own test file with a test per constraint, a gradient that is checked or a reason why
// it has none.
#include "compiler/graph/GraphImpl.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "tests/gradients/Rows.h"

#include <gtest/gtest.h>

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
  size_t open = text.find(": (");
  if (open == std::string::npos)
    return types;
  std::string inside = text.substr(open + 3, text.find(')', open) - open - 3);
  std::regex type("tensor<[^>]*>");
  for (std::sregex_iterator it(inside.begin(), inside.end(), type), end; it != end; ++it)
    types.push_back(it->str());
  return types;
}

/// The example in a function whose arguments are the values that the example does not define.
std::string asFunction(const std::string &example) {
  std::set<std::string> defined;
  std::vector<std::string> open;
  std::regex definition("(%[a-z0-9]+)( =|:)"), use("%[a-z0-9]+");
  for (std::sregex_iterator it(example.begin(), example.end(), definition), end; it != end; ++it)
    defined.insert((*it)[1]);
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
