// Every row of the table through the whole compiler: values against plain loops in f32 and f64,
// gradients and gradients of gradients against central differences of the compiled values.
#include "compiler/Compile.h"
#include "tests/gradients/Rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace gradus::testing {
namespace {

/// Distinct values between low and high; an order that looks random, and differs by operand.
std::vector<double> sampleValues(const OperandSpec &spec, size_t operand) {
  int64_t n = countOf(spec.shape), step = n > 2 ? n / 2 + 1 : 1;
  while (std::gcd(step, n) != 1)
    ++step;
  // Never at the middle of the range, where abs and relu have their kinks.
  double offset = std::fmod(0.37 + 0.17 * double(operand), 1.0);
  std::vector<double> values;
  for (int64_t i = 0; i < n; ++i) {
    int64_t place = (i * step + int64_t(operand)) % n;
    double value = spec.low + (spec.high - spec.low) * (double(place) + offset) / double(n);
    values.push_back(spec.kind == Kind::real || spec.kind == Kind::realFixed ? value
                                                                             : std::floor(value));
  }
  return values;
}

DType typeOf(Kind kind, DType real) {
  switch (kind) {
  case Kind::real:
  case Kind::realFixed:
    return real;
  case Kind::index:
    return DType::i32;
  case Kind::index64:
    return DType::i64;
  case Kind::flag:
    return DType::boolean;
  }
  return real;
}

NDArray arrayOf(const std::vector<double> &values, const Shape &shape, DType type) {
  return NDArray::fromVector(values, shape).cast(type);
}

std::vector<double> numbersOf(const NDArray &array) {
  return array.cast(DType::f64).toVector<double>();
}

double largest(const std::vector<double> &values) {
  double most = 0;
  for (double value : values)
    most = std::max(most, std::abs(value));
  return most;
}

/// Fails with the first element that is too far off.
void expectClose(const std::vector<double> &got, const std::vector<double> &wanted,
                 double tolerance, const std::string &what) {
  ASSERT_EQ(got.size(), wanted.size()) << what;
  double allowed = tolerance * std::max(largest(wanted), 1e-2);
  for (size_t i = 0; i < got.size(); ++i)
    if (!(std::abs(got[i] - wanted[i]) <= allowed)) {
      ADD_FAILURE() << what << ": element " << i << " is " << got[i] << ", expected " << wanted[i];
      return;
    }
}

/// The rows of one family as one program. Names in it: row, then x (operand), c (cotangent), v
/// (direction), y (value), l (sum of y c), g (gradient), s (sum of g v), h (its gradient).
class Rows {
public:
  Rows(const std::vector<Row> &rows, DType real, bool derivatives)
      : rows(rows), real(real), graph("rows"), operands(rows.size()) {
    for (size_t i = 0; i < rows.size(); ++i)
      build(i, derivatives);
    program = compile(graph, {.threads = 1, .cache = false});
    for (const auto &[name, array] : arrays)
      program.bind(name, array);
  }

  static std::string name(size_t row, const char *kind, size_t operand = 0) {
    return std::to_string(row) + kind + std::to_string(operand);
  }
  void step() { program.step(); }
  NDArray &array(const std::string &name) { return arrays.at(name); }
  std::vector<double> values(const std::string &name) { return numbersOf(program.output(name)); }
  double number(const std::string &name) { return values(name)[0]; }
  Shape shape(const std::string &name) { return program.output(name).shape(); }

  /// The operands as the program sees them, rounded to its type.
  std::vector<Reference> references(size_t row) {
    std::vector<Reference> list;
    for (size_t k = 0; k < rows[row].operands.size(); ++k)
      list.push_back({rows[row].operands[k].shape, numbersOf(array(name(row, "x", k)))});
    return list;
  }

private:
  Tensor input(const std::string &name, const OperandSpec &spec, size_t operand) {
    DType type = typeOf(spec.kind, real);
    arrays[name] = arrayOf(sampleValues(spec, operand), spec.shape, type);
    return graph.input(name, spec.shape, type);
  }

  void build(size_t i, bool derivatives) {
    const Row &row = rows[i];
    std::vector<Tensor> asked;
    std::vector<size_t> places;
    for (size_t k = 0; k < row.operands.size(); ++k) {
      operands[i].push_back(input(name(i, "x", k), row.operands[k], k));
      if (row.operands[k].kind == Kind::real) {
        asked.push_back(operands[i].back());
        places.push_back(k);
      }
    }
    Tensor y = row.build(operands[i]);
    graph.result(name(i, "y"), y);
    if (!derivatives)
      return;
    Tensor loss = sum(y * input(name(i, "c"), {y.shape(), 0.5, 1.5}, 3));
    graph.result(name(i, "l"), loss);
    std::vector<Tensor> first = gradients(loss, asked);
    for (size_t j = 0; j < asked.size(); ++j)
      graph.result(name(i, "g", places[j]), first[j]);
    if (!row.second)
      return;
    Tensor along = graph.constant(0, real);
    for (size_t j = 0; j < asked.size(); ++j)
      along = along +
              sum(first[j] * input(name(i, "v", places[j]), {asked[j].shape(), -1, 1.2}, 2 + j));
    graph.result(name(i, "s"), along);
    std::vector<Tensor> again = gradients(along, asked);
    for (size_t j = 0; j < asked.size(); ++j)
      graph.result(name(i, "h", places[j]), again[j]);
  }

  const std::vector<Row> &rows;
  DType real;
  Graph graph;
  std::vector<std::vector<Tensor>> operands;
  std::map<std::string, NDArray> arrays;
  Program program;
};

/// When a family does not compile: says which rows are to blame.
void blame(const Family &family, DType real, bool derivatives) {
  for (const Row &row : family.rows)
    try {
      std::vector<Row> one{row};
      Rows rows(one, real, derivatives);
    } catch (const std::exception &error) {
      ADD_FAILURE() << row.name << ": " << error.what();
    }
}

std::unique_ptr<Rows> compiled(const Family &family, DType real, bool derivatives) {
  try {
    return std::make_unique<Rows>(family.rows, real, derivatives);
  } catch (const std::exception &error) {
    ADD_FAILURE() << "family " << family.name << ": " << error.what();
    blame(family, real, derivatives);
  }
  return nullptr;
}

void checkValues(const Family &family, Rows &rows, double tolerance) {
  for (size_t i = 0; i < family.rows.size(); ++i) {
    Reference wanted = family.rows[i].formula(rows.references(i));
    std::string y = Rows::name(i, "y"), what = family.rows[i].name;
    EXPECT_EQ(rows.shape(y), wanted.shape) << what;
    expectClose(rows.values(y), wanted.values, tolerance, what);
  }
}

/// Central differences of one scalar result of every row, along each element of each operand. All
/// rows move at once, because they share nothing.
class Differences {
public:
  Differences(const Family &family, Rows &rows, const char *scalar)
      : family(family), rows(rows), scalar(scalar), slopes(family.rows.size()) {
    size_t steps = 0;
    for (size_t i = 0; i < family.rows.size(); ++i) {
      size_t elements = 0;
      for (const OperandSpec &spec : family.rows[i].operands) {
        slopes[i].emplace_back();
        if (spec.kind == Kind::real)
          elements += size_t(countOf(spec.shape));
      }
      steps = std::max(steps, elements);
    }
    for (size_t step = 0; step < steps; ++step)
      measure(step);
  }

  const std::vector<double> &along(size_t row, size_t operand) const {
    return slopes[row][operand];
  }

private:
  static constexpr double kStep = 1e-5;

  /// The `step`-th differentiated element of a row, or null.
  double *element(size_t row, size_t step, size_t &operand) {
    const auto &specs = family.rows[row].operands;
    for (operand = 0; operand < specs.size(); ++operand) {
      if (specs[operand].kind != Kind::real)
        continue;
      size_t n = size_t(countOf(specs[operand].shape));
      if (step < n)
        return rows.array(Rows::name(row, "x", operand)).data<double>() + step;
      step -= n;
    }
    return nullptr;
  }

  bool skip(size_t row) const { return *scalar == 's' && !family.rows[row].second; }

  std::vector<double> shifted(size_t step, double by) {
    size_t operand;
    std::vector<double> before(family.rows.size()), result(family.rows.size());
    for (size_t i = 0; i < result.size(); ++i)
      if (double *x = element(i, step, operand)) {
        before[i] = *x;
        *x += by;
      }
    rows.step();
    for (size_t i = 0; i < result.size(); ++i) {
      if (double *x = element(i, step, operand))
        *x = before[i];
      if (!skip(i))
        result[i] = rows.number(Rows::name(i, scalar));
    }
    return result;
  }

  void measure(size_t step) {
    std::vector<double> up = shifted(step, kStep), down = shifted(step, -kStep);
    size_t operand;
    for (size_t i = 0; i < up.size(); ++i)
      if (element(i, step, operand))
        slopes[i][operand].push_back((up[i] - down[i]) / (2 * kStep));
  }

  const Family &family;
  Rows &rows;
  const char *scalar;
  std::vector<std::vector<std::vector<double>>> slopes; ///< row, operand, element
};

/// Holds the results `kind` against differences of the scalar.
void checkDerivatives(const Family &family, Rows &rows, const char *scalar, const char *kind,
                      double tolerance) {
  Differences differences(family, rows, scalar);
  rows.step();
  for (size_t i = 0; i < family.rows.size(); ++i) {
    const Row &row = family.rows[i];
    if (*kind == 'h' && !row.second)
      continue;
    for (size_t k = 0; k < row.operands.size(); ++k)
      if (row.operands[k].kind == Kind::real)
        expectClose(rows.values(Rows::name(i, kind, k)), differences.along(i, k), tolerance,
                    row.name + ", " + kind + std::to_string(k));
  }
}

class EveryOp : public ::testing::TestWithParam<Family> {};

TEST_P(EveryOp, HasTheValuesOfItsFormulaInF32) {
  if (auto rows = compiled(GetParam(), DType::f32, false)) {
    rows->step();
    checkValues(GetParam(), *rows, 1e-5);
  }
}

TEST_P(EveryOp, HasValuesAndGradientsInF64) {
  auto rows = compiled(GetParam(), DType::f64, true);
  if (!rows)
    return;
  rows->step();
  checkValues(GetParam(), *rows, 1e-12);
  checkDerivatives(GetParam(), *rows, "l", "g", 1e-6);
  checkDerivatives(GetParam(), *rows, "s", "h", 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Of, EveryOp, ::testing::ValuesIn(families()),
                         [](const auto &info) { return info.param.name; });

} // namespace
} // namespace gradus::testing
