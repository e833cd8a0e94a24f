// Products against the definition, over shapes, layouts, types and targets. The operands hold small
// whole numbers, so that every order of summation is exact, and lie against unreadable pages, so
// that a read or write outside of them ends the test.
#include "ProductHarness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace gradus::compiler;
using namespace gradus::compiler::testing;

namespace {

// Memory whose first or last byte touches a page that must not be accessed.
class Fenced {
public:
  Fenced(size_t bytes, bool atEnd) : bytes(bytes) {
    size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_t inside = (bytes + page - 1) / page * page + page;
    mapped = inside + 2 * page;
    base =
        static_cast<char *>(mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(base, MAP_FAILED);
    EXPECT_EQ(mprotect(base + page, inside, PROT_READ | PROT_WRITE), 0);
    data = atEnd ? base + page + inside - bytes : base + page;
  }
  Fenced(const Fenced &) = delete;
  ~Fenced() { munmap(base, mapped); }
  template <class T> T *as() { return reinterpret_cast<T *>(data); }

  size_t bytes, mapped;
  char *base, *data;
};

enum class Element { f32, f64, i32, i64 };

mlir::Type typeOf(mlir::MLIRContext &context, Element element) {
  mlir::Builder b(&context);
  switch (element) {
  case Element::f32:
    return b.getF32Type();
  case Element::f64:
    return b.getF64Type();
  case Element::i32:
    return b.getI32Type();
  case Element::i64:
    return b.getI64Type();
  }
  return {};
}

struct Layout {
  enum Kind { rowMajor, transposed, padded, spread, panels } kind = rowMajor;
  int64_t panel = 0;
  MatrixAccess access(int64_t rows, int64_t cols) const {
    switch (kind) {
    case rowMajor:
      return MatrixAccess::strided(cols, 1);
    case transposed:
      return MatrixAccess::strided(1, rows);
    case padded:
      return MatrixAccess::strided(cols + 3, 1);
    case spread:
      return MatrixAccess::strided(2 * cols + 1, 2);
    case panels:
      return MatrixAccess::panels(rows, cols, panel);
    }
    return {};
  }
};

int64_t elementsOf(const MatrixAccess &access, int64_t rows, int64_t cols) {
  if (rows == 0 || cols == 0)
    return 0;
  return access.kind == MatrixAccess::Kind::Panels ? rows * cols
                                                   : access.offset(rows - 1, cols - 1) + 1;
}

struct Case {
  int64_t m, n, k;
  Layout a{}, b{};
  Element element = Element::f32;
  int64_t batch = 1;
  ProductSpec::Along along = ProductSpec::Along::Either;
  int64_t resultPanel = 0;
  std::string text() const {
    auto layout = [](const Layout &l) {
      static const char *const names[] = {"rows", "transposed", "padded", "spread", "panels"};
      return std::string(names[l.kind]) + (l.panel ? std::to_string(l.panel) : "");
    };
    return std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k) + " a " +
           layout(a) + " b " + layout(b) + " element " + std::to_string(static_cast<int>(element)) +
           " batch " + std::to_string(batch) + " along " + std::to_string(static_cast<int>(along)) +
           " result panel " + std::to_string(resultPanel);
  }
};

ProductSpec specOf(mlir::MLIRContext &context, const Case &c) {
  ProductSpec spec;
  spec.m = c.m;
  spec.n = c.n;
  spec.k = c.k;
  spec.a = c.a.access(c.m, c.k);
  spec.b = c.b.access(c.k, c.n);
  spec.element = typeOf(context, c.element);
  spec.batch = c.batch;
  spec.aBatchStride = elementsOf(spec.a, c.m, c.k);
  spec.bBatchStride = elementsOf(spec.b, c.k, c.n);
  spec.along = c.along;
  spec.resultPanel = c.resultPanel;
  return spec;
}

MatrixAccess resultAccess(const Case &c, const ProductPlan &plan) {
  if (plan.alongRows)
    return MatrixAccess::strided(1, c.m);
  if (c.resultPanel > 0)
    return MatrixAccess::panels(c.m, c.n, c.resultPanel);
  return MatrixAccess::strided(c.n, 1);
}

template <class T>
void check(const Case &c, const ProductSpec &spec, const ProductPlan &plan, ProductFn fn,
           bool fenceAtEnd) {
  Fenced aMemory(static_cast<size_t>(spec.aBatchStride * c.batch) * sizeof(T), fenceAtEnd);
  Fenced bMemory(static_cast<size_t>(spec.bBatchStride * c.batch) * sizeof(T), fenceAtEnd);
  Fenced cMemory(static_cast<size_t>(c.m * c.n * c.batch) * sizeof(T), fenceAtEnd);
  T *a = aMemory.as<T>(), *b = bMemory.as<T>(), *out = cMemory.as<T>();
  std::mt19937 random(7);
  auto fill = [&](T *data, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      data[i] = static_cast<T>(static_cast<int>(random() % 9) - 4);
  };
  fill(a, spec.aBatchStride * c.batch);
  fill(b, spec.bBatchStride * c.batch);
  std::fill(out, out + c.m * c.n * c.batch, static_cast<T>(12345));
  // In three calls, as three threads would.
  int64_t first = plan.tiles / 3, second = plan.tiles * 2 / 3;
  fn(a, b, out, nullptr, second, plan.tiles);
  fn(a, b, out, nullptr, 0, first);
  fn(a, b, out, nullptr, first, second);
  MatrixAccess result = resultAccess(c, plan);
  int64_t wrong = 0;
  for (int64_t s = 0; s < c.batch; ++s)
    for (int64_t i = 0; i < c.m; ++i)
      for (int64_t j = 0; j < c.n; ++j) {
        T sum = 0;
        for (int64_t k = 0; k < c.k; ++k)
          sum += a[s * spec.aBatchStride + spec.a.offset(i, k)] *
                 b[s * spec.bBatchStride + spec.b.offset(k, j)];
        T got = out[s * c.m * c.n + result.offset(i, j)];
        if (got != sum && wrong++ == 0)
          ADD_FAILURE() << c.text() << ": element (" << s << ", " << i << ", " << j << ") is "
                        << got << ", not " << sum;
      }
}

void runCases(const std::vector<Case> &cases, const Target &target) {
  constexpr size_t together = 16; // products in one module
  for (size_t begin = 0; begin < cases.size(); begin += together) {
    size_t end = std::min(cases.size(), begin + together);
    ProductModule m;
    std::vector<ProductSpec> specs;
    std::vector<ProductPlan> plans;
    for (size_t i = begin; i < end; ++i) {
      specs.push_back(specOf(m.context, cases[i]));
      plans.push_back(planProduct(specs.back(), target));
      addProduct(*m.module, "product" + std::to_string(i), specs.back(), plans.back(), target,
                 storeTo(resultAccess(cases[i], plans.back()), specs.back().element,
                         cases[i].m * cases[i].n));
    }
    LoadedObject code = m.load(target);
    for (size_t i = begin; i < end; ++i) {
      auto fn = reinterpret_cast<ProductFn>(code.lookup("product" + std::to_string(i)));
      const ProductSpec &spec = specs[i - begin];
      const ProductPlan &plan = plans[i - begin];
      for (bool fenceAtEnd : {true, false})
        switch (cases[i].element) {
        case Element::f32:
          check<float>(cases[i], spec, plan, fn, fenceAtEnd);
          break;
        case Element::f64:
          check<double>(cases[i], spec, plan, fn, fenceAtEnd);
          break;
        case Element::i32:
          check<int32_t>(cases[i], spec, plan, fn, fenceAtEnd);
          break;
        case Element::i64:
          check<int64_t>(cases[i], spec, plan, fn, fenceAtEnd);
          break;
        }
    }
  }
}

bool runsHere(const Target &target) {
  return Target::native().vectorBits >= target.vectorBits &&
         (target.fmaPorts == 0 || Target::native().fmaPorts > 0);
}

class Product : public ::testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    target = Target::named(GetParam());
    if (!runsHere(target))
      GTEST_SKIP() << "this processor does not run code for " << GetParam();
  }
  Target target;
};

std::string paramName(const ::testing::TestParamInfo<const char *> &info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(, Product, ::testing::Values("x86-64-v4", "x86-64-v3", "x86-64"),
                         paramName);

const Layout rowMajor{Layout::rowMajor, 0}, columnMajor{Layout::transposed, 0},
    padded{Layout::padded, 0}, spread{Layout::spread, 0};
Layout inPanels(int64_t panel) { return {Layout::panels, panel}; }

TEST_P(Product, OfSmallAndOddShapesIsTheSumOfProducts) {
  std::vector<Case> cases;
  for (int64_t m : {1, 2, 7, 31})
    for (int64_t n : {1, 10, 33})
      for (int64_t k : {0, 1, 35})
        cases.push_back({m, n, k, rowMajor, rowMajor});
  runCases(cases, target);
}

TEST_P(Product, WithNoElementsDoesNothing) {
  runCases({{0, 5, 3}, {5, 0, 3}, {0, 0, 0}, {3, 4, 0}}, target);
}

TEST_P(Product, OfTransposedAndSpreadOperandsIsRight) {
  std::vector<Case> cases;
  for (const Layout &a : {rowMajor, columnMajor, padded, spread})
    for (const Layout &b : {rowMajor, columnMajor, padded, spread})
      for (auto [m, n, k] : {std::array<int64_t, 3>{13, 37, 21}, {40, 10, 67}, {5, 70, 16}})
        cases.push_back({m, n, k, a, b});
  runCases(cases, target);
}

TEST_P(Product, ReadsEachOperandFromPanels) {
  std::vector<Case> cases;
  for (int64_t panel : {16, 24, 128})
    for (int64_t n : {64, 129, 5}) {
      cases.push_back({14, n, 19, rowMajor, inPanels(panel)});
      cases.push_back({14, n, 19, columnMajor, inPanels(panel)});
      cases.push_back({29, 33, n, inPanels(panel), rowMajor});
      cases.push_back({29, 40, n, inPanels(panel), inPanels(32)});
    }
  runCases(cases, target);
}

TEST_P(Product, OfEachElementTypeIsRight) {
  std::vector<Case> cases;
  for (Element element : {Element::f32, Element::f64, Element::i32, Element::i64})
    for (const Layout &b : {rowMajor, columnMajor, spread, inPanels(8)})
      cases.push_back({11, 21, 18, rowMajor, b, element});
  runCases(cases, target);
}

TEST_P(Product, OfABatchTakesEachMatrixOnce) {
  std::vector<Case> cases;
  for (const Layout &b : {rowMajor, columnMajor, spread, inPanels(16)})
    cases.push_back({9, 35, 12, rowMajor, b, Element::f32, 5});
  runCases(cases, target);
}

TEST_P(Product, FollowsTheDirectionThatTheEpilogueWishes) {
  using Along = ProductSpec::Along;
  std::vector<Case> cases;
  for (Along along : {Along::Columns, Along::Rows})
    for (const Layout &a : {rowMajor, columnMajor})
      for (const Layout &b : {rowMajor, columnMajor})
        for (auto [m, n] : {std::array<int64_t, 2>{45, 10}, {10, 45}, {3, 3}})
          cases.push_back({m, n, 41, a, b, Element::f32, 1, along});
  runCases(cases, target);
}

TEST_P(Product, CutsTheResultAtItsPanels) {
  std::vector<Case> cases;
  for (int64_t panel : {16, 32, 48, 64})
    for (int64_t n : {33, 100, 192})
      cases.push_back(
          {23, n, 17, columnMajor, rowMajor, Element::f32, 1, ProductSpec::Along::Columns, panel});
  runCases(cases, target);
}

TEST_P(Product, OfRowsThatLieFarApartIsRight) {
  std::vector<Case> cases;
  for (int64_t batch : {1, 2})
    for (const Layout &a : {rowMajor, columnMajor, inPanels(16)}) {
      cases.push_back({61, 579, 37, a, padded, Element::f32, batch});
      cases.push_back({61, 576, 6, a, padded, Element::f64, batch});
    }
  runCases(cases, target);
}

TEST_P(Product, OfAMiddleSizeIsRight) {
  runCases({{100, 100, 100},
            {256, 96, 70, rowMajor, inPanels(32)},
            {10, 784, 50, columnMajor, rowMajor},
            {50, 10, 784, rowMajor, columnMajor},
            {1, 300, 500},
            {300, 1, 500}},
           target);
}

TEST_P(Product, OfOperandsThatAreBothContiguousAlongTheDepthIsRight) {
  std::vector<Case> cases;
  for (int64_t m : {1, 3, 16, 37})
    for (int64_t n : {1, 5, 10, 19})
      for (int64_t k : {1, 33, 200})
        cases.push_back({m, n, k, rowMajor, columnMajor});
  runCases(cases, target);
}

TEST(ProductPlan, TakesDotProductsForFewColumnsOfATransposedWeight) {
  mlir::MLIRContext context;
  for (const char *name : {"x86-64-v4", "x86-64-v3", "aarch64"}) {
    ProductPlan plan =
        planProduct(specOf(context, {256, 10, 784, rowMajor, columnMajor}), Target::named(name));
    EXPECT_EQ(plan.kind, ProductPlan::Template::Dot) << name;
    EXPECT_TRUE(plan.alongRows) << name;
  }
}

TEST(ProductPlan, DependsOnTheTargetAndNotOnTheMachine) {
  mlir::MLIRContext context;
  ProductSpec spec = specOf(context, {256, 256, 784});
  ProductPlan wide = planProduct(spec, Target::named("x86-64-v4"));
  EXPECT_EQ(wide.lanes, 16);
  EXPECT_GE(wide.mr * wide.nv, 20);
  ProductPlan narrow = planProduct(spec, Target::named("x86-64-v3"));
  EXPECT_EQ(narrow.lanes, 8);
  EXPECT_LE(narrow.mr * narrow.nv + narrow.nv + 1, 16);
  ProductPlan arm = planProduct(spec, Target::named("aarch64"));
  EXPECT_EQ(arm.lanes, 4);
  EXPECT_GE(arm.mr * arm.nv, 20);
}

TEST(ProductPlan, PrefersPanelsThatDivideTheColumns) {
  Target wide = Target::named("x86-64-v4"), narrow = Target::named("x86-64-v3");
  EXPECT_EQ(preferredPanel(256, wide), 64);
  EXPECT_EQ(preferredPanel(512, wide), 64);
  EXPECT_EQ(96 % preferredPanel(96, wide), 0);
  EXPECT_EQ(preferredPanel(32, wide), 32);
  EXPECT_EQ(preferredPanel(256, narrow), 16);
}

} // namespace
