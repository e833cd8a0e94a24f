// The table of broadcast shapes: results, errors, and the axes that a gradient is summed over.
#include "compiler/Compile.h"
#include "compiler/autodiff/Autodiff.h"
#include "compiler/graph/GraphImpl.h"
#include "compiler/graph/Ops.h"
#include "compiler/shapes/Shapes.h"
#include "dialects/gradus/Movement.h"
#include "dialects/gradus/Reduction.h"
#include "dialects/gradus/Structure.h"
#include "dialects/gradus/Rules.h"
#include "tests/conformance/Shared.h"
#include "tests/gradients/Reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace gradus::testing {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string id;
  std::vector<Shape> shapes;
  bool fails = false;
  Shape result;
  std::vector<std::vector<int64_t>> sumAxes; ///< empty when the table does not say
};

Case caseOf(const Json &json) {
  Case row;
  if (const Json *id = json.find("id"))
    row.id = id->asString();
  for (const Json &shape : json.at("shapes").asArray())
    row.shapes.push_back(integers(shape));
  row.fails = json.at("result").isString();
  if (!row.fails)
    row.result = integers(json.at("result"));
  if (const Json *axes = json.find("grad_sum_axes"); axes && axes->isArray())
    for (const Json &one : axes->asArray())
      row.sumAxes.push_back(integers(one));
  return row;
}

class BroadcastTable : public ::testing::Test {
protected:
  void SetUp() override {
    auto folder = sharedFolder() / "conformance" / "broadcast";
    if (!std::filesystem::exists(folder / "table.jsonl"))
      GTEST_SKIP() << "no reference table in " << folder << " (set GRADUS_SHARED)";
    for (const Json &json : readJsonLines(folder / "table.jsonl"))
      rows.push_back(caseOf(json));
    const Json questions = readJson(folder / "quiz.json");
    for (const Json &json : questions.asArray())
      quiz.push_back(caseOf(json));
    ASSERT_GT(rows.size(), 1000u);
    ASSERT_EQ(quiz.size(), 6u);
  }
  std::vector<Case> rows, quiz;
};

/// The inputs of a row and their sum, left to right.
struct Built {
  std::vector<Tensor> inputs;
  Tensor sum;
};

Built build(Graph &graph, const Case &row, const std::string &prefix, DType type = DType::f32) {
  Built built;
  for (size_t i = 0; i < row.shapes.size(); ++i)
    built.inputs.push_back(
        graph.input(prefix + "x" + std::to_string(i), row.shapes[i], type));
  built.sum = built.inputs[0];
  for (size_t i = 1; i < built.inputs.size(); ++i)
    built.sum = built.sum + built.inputs[i];
  return built;
}

void expectResult(const Case &row) {
  Graph graph("rows");
  if (!row.fails) {
    EXPECT_EQ(build(graph, row, "").sum.shape(), row.result) << row.id;
    return;
  }
  try {
    build(graph, row, "");
    ADD_FAILURE() << row.id << ": no error";
  } catch (const GraphError &error) {
    EXPECT_THAT(error.what(), HasSubstr("do not broadcast: ")) << row.id;
    EXPECT_THAT(error.what(), HasSubstr("(sizes must match, or one must be 1)")) << row.id;
    EXPECT_THAT(error.what(), HasSubstr("note: the left operand comes from gradus.")) << row.id;
  }
}

TEST_F(BroadcastTable, GivesEveryShapeAndEveryError) {
  for (const Case &row : rows)
    expectResult(row);
}

TEST_F(BroadcastTable, AnswersTheSixQuestionsOfTheQuiz) {
  for (const Case &row : quiz)
    expectResult(row);
}

TEST_F(BroadcastTable, HoldsForThreeOperandsOfWhere) {
  for (const Case &row : rows) {
    if (row.shapes.size() != 3)
      continue;
    Graph graph("rows");
    Tensor condition = graph.input("c", row.shapes[0], DType::boolean);
    Tensor a = graph.input("a", row.shapes[1]), b = graph.input("b", row.shapes[2]);
    if (row.fails)
      EXPECT_THROW(where(condition, a, b), GraphError) << row.id;
    else
      EXPECT_EQ(where(condition, a, b).shape(), row.result) << row.id;
  }
}

/// The axes of the cotangent that were summed away on the way to a gradient. Shapes stay aligned at
/// the right, so an axis keeps its distance from the last one.
std::set<int64_t> summedAxes(mlir::Value gradient, int64_t rank) {
  std::set<int64_t> axes;
  while (mlir::Operation *op = gradient.getDefiningOp()) {
    if (auto sum = mlir::dyn_cast<ir::SumOp>(op)) {
      int64_t dropped = rank - int64_t(ir::shapeOf(sum.getX()).size());
      for (int64_t axis : sum.getAxes())
        axes.insert(axis + dropped);
    } else if (!mlir::isa<ir::ReshapeOp>(op)) {
      break;
    }
    gradient = op->getOperand(0);
  }
  return axes;
}

TEST_F(BroadcastTable, SumsGradientsOverTheRepeatedAxes) {
  constexpr size_t kRowsPerGraph = 40;
  std::vector<const Case *> fitting;
  for (const Case &row : rows)
    if (!row.fails)
      fitting.push_back(&row);
  for (size_t first = 0; first < fitting.size(); first += kRowsPerGraph) {
    Graph graph("rows");
    size_t end = std::min(fitting.size(), first + kRowsPerGraph);
    for (size_t i = first; i < end; ++i) {
      std::string prefix = std::to_string(i);
      Built built = build(graph, *fitting[i], prefix);
      std::vector<Tensor> gradient = gradients(sum(built.sum), built.inputs);
      for (size_t k = 0; k < gradient.size(); ++k)
        graph.result(prefix + "g" + std::to_string(k), gradient[k]);
    }
    auto module = GraphImpl::of(graph).copyModule();
    compiler::inferShapes(*module, 0);
    compiler::differentiate(*module);
    std::map<std::string, mlir::Value> results;
    for (auto result : compiler::functionOf(*module).getOps<ir::ResultOp>())
      results[result.getName().str()] = result.getValue();
    for (size_t i = first; i < end; ++i)
      for (size_t k = 0; k < fitting[i]->shapes.size(); ++k) {
        mlir::Value gradient = results.at(std::to_string(i) + "g" + std::to_string(k));
        ir::ShapeSpan shape = ir::shapeOf(gradient);
        EXPECT_EQ(Shape(shape.begin(), shape.end()), fitting[i]->shapes[k]) << fitting[i]->id;
        const auto &axes = fitting[i]->sumAxes.at(k);
        EXPECT_EQ(summedAxes(gradient, int64_t(fitting[i]->result.size())),
                  std::set<int64_t>(axes.begin(), axes.end()))
            << fitting[i]->id << ", operand " << k;
      }
  }
}

/// The cotangent summed over the axes, in the operand's shape.
Reference expectedGradient(const Reference &cotangent, const std::vector<int64_t> &axes,
                           const Shape &shape) {
  return reshaped(sumOf(cotangent, axes), shape);
}

TEST_F(BroadcastTable, ComputesTheSumsOfTheGradients) {
  Graph graph("rows");
  std::vector<const Case *> chosen;
  std::map<std::string, NDArray> inputs;
  for (size_t i = 0; i < rows.size(); i += 60) {
    const Case &row = rows[i];
    if (row.fails || countOf(row.result) > 2000)
      continue;
    std::string prefix = std::to_string(chosen.size());
    Built built = build(graph, row, prefix);
    std::vector<float> cotangent;
    for (int64_t j = 0, n = countOf(row.result); j < n; ++j)
      cotangent.push_back(float(j * 7 % 23 - 11));
    inputs[prefix + "c"] = NDArray::fromVector(cotangent, row.result);
    for (size_t k = 0; k < row.shapes.size(); ++k)
      inputs[prefix + "x" + std::to_string(k)] = NDArray::zeros(row.shapes[k]);
    Tensor loss = sum(built.sum * graph.input(prefix + "c", row.result));
    std::vector<Tensor> gradient = gradients(loss, built.inputs);
    for (size_t k = 0; k < gradient.size(); ++k)
      graph.result(prefix + "g" + std::to_string(k), gradient[k]);
    chosen.push_back(&row);
  }
  ASSERT_GT(chosen.size(), 20u);
  Program program = compile(graph, {.threads = 1, .cache = false});
  std::map<std::string, NDArray> outputs = program.run(inputs);
  for (size_t i = 0; i < chosen.size(); ++i) {
    std::vector<float> cotangent = inputs.at(std::to_string(i) + "c").toVector<float>();
    Reference c{chosen[i]->result, {cotangent.begin(), cotangent.end()}};
    for (size_t k = 0; k < chosen[i]->shapes.size(); ++k) {
      Reference wanted = expectedGradient(c, chosen[i]->sumAxes[k], chosen[i]->shapes[k]);
      std::vector<float> got =
          outputs.at(std::to_string(i) + "g" + std::to_string(k)).toVector<float>();
      // Small integers, so every order of summation is exact.
      EXPECT_EQ(std::vector<double>(got.begin(), got.end()), wanted.values)
          << chosen[i]->id << ", operand " << k;
    }
  }
}

} // namespace
} // namespace gradus::testing
