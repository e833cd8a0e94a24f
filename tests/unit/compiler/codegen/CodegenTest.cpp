#include "compiler/codegen/Codegen.h"
#include "Parsed.h"
#include "compiler/jit/Jit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <vector>

using namespace gradus::compiler;
using gradus::compiler::tests::Parsed;
using testing::HasSubstr;
using testing::Not;

namespace {

// y[i] = 3 x[i] + 1 over vectors, through a private kernel and a public entry.
const char *axpy = R"mlir(
func.func private @kernel(%x: !llvm.ptr, %y: !llvm.ptr, %n: i64) {
  %zero = arith.constant 0 : i64
  %step = arith.constant 8 : i64
  %one = arith.constant dense<1.0> : vector<8xf32>
  %three = arith.constant 3.0 : f32
  %threes = vector.broadcast %three : f32 to vector<8xf32>
  scf.for %i = %zero to %n step %step : i64 {
    %px = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %v = llvm.load %px {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
    %w = math.fma %v, %threes, %one : vector<8xf32>
    %py = llvm.getelementptr %y[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    llvm.store %w, %py {alignment = 4 : i64} : vector<8xf32>, !llvm.ptr
  }
  return
}
func.func @entry(%x: !llvm.ptr, %y: !llvm.ptr, %n: i64) -> i32 {
  func.call @kernel(%x, %y, %n) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  %ok = arith.constant 0 : i32
  return %ok : i32
}
)mlir";

using Axpy = int32_t(const float *, float *, int64_t);

void expectAxpy(const LoadedObject &loaded) {
  std::vector<float> x(64), y(64);
  std::iota(x.begin(), x.end(), 0.0f);
  EXPECT_EQ(loaded.function<Axpy>("entry")(x.data(), y.data(), 64), 0);
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(y[i], 3.0f * x[i] + 1.0f);
}

TEST(Codegen, AKernelAndItsEntryRun) {
  Parsed parsed(axpy);
  CodegenOptions options;
  options.verify = true;
  expectAxpy(load(emitObject(*parsed, Target::native(), options), "axpy"));
}

TEST(Codegen, EqualInputGivesEqualBytes) {
  Parsed first(axpy), second(axpy);
  EXPECT_EQ(emitObject(*first, Target::native()), emitObject(*second, Target::native()));
}

TEST(Codegen, PrivateFunctionsAreLocalAndPublicOnesAreNot) {
  Parsed parsed(axpy);
  std::string text = emitLlvmIr(*parsed, Target::named("x86-64-v3"));
  EXPECT_THAT(text, HasSubstr("define internal void @kernel"));
  EXPECT_THAT(text, HasSubstr("define i32 @entry"));
}

TEST(Codegen, CodeIsGeneratedForTargetsOtherThanThisMachine) {
  for (const std::string &name : Target::knownNames()) {
    Parsed parsed(axpy);
    EXPECT_GT(emitObject(*parsed, Target::named(name)).size(), 200u) << name;
  }
}

TEST(Codegen, WideVectorsAreUsedWhereTheTargetHasThem) {
  std::string wide = axpy;
  for (size_t at; (at = wide.find("vector<8x")) != std::string::npos;)
    wide.replace(at, 9, "vector<16x");
  for (const char *name : {"znver4", "sapphirerapids", "skylake-avx512"}) {
    Parsed parsed(wide);
    EXPECT_THAT(emitAssembly(*parsed, Target::named(name)), HasSubstr("zmm")) << name;
  }
  Parsed narrow(wide);
  std::string text = emitAssembly(*narrow, Target::named("x86-64-v3"));
  EXPECT_THAT(text, HasSubstr("ymm"));
  EXPECT_THAT(text, Not(HasSubstr("zmm")));
}

TEST(Codegen, WithoutFusedMultiplyAddAProductAndASumAreUsed) {
  Parsed parsed(axpy);
  std::string text = emitAssembly(*parsed, Target::named("x86-64"));
  EXPECT_THAT(text, HasSubstr("mulps"));
  EXPECT_THAT(text, Not(HasSubstr("fmaf")));
}

TEST(Codegen, ProductsAndSumsAreNeverFusedByTheBackEnd) {
  Parsed parsed(R"mlir(
    func.func @f(%a: f32, %b: f32, %c: f32) -> f32 {
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %p, %c : f32
      return %s : f32
    })mlir");
  EXPECT_THAT(emitAssembly(*parsed, Target::named("znver4")), Not(HasSubstr("vfmadd")));
}

// `kernels` functions, each long enough to be worth a module, chained by an entry.
std::string manyKernels(int kernels) {
  std::string text = "llvm.mlir.global private constant @table(dense<[3, 5]> : tensor<2xi64>) : "
                     "!llvm.array<2 x i64>\n"
                     "llvm.mlir.global internal @counter(0 : i64) : i64\n";
  for (int k = 0; k < kernels; ++k) {
    std::string name = "@k" + std::to_string(k);
    text += "func.func private " + name + "(%x0: i64) -> i64 {\n";
    text +=
        "%t = llvm.mlir.addressof @table : !llvm.ptr\n%y = llvm.load %t : !llvm.ptr -> i64\n"
        "%c = llvm.mlir.addressof @counter : !llvm.ptr\n%old = llvm.load %c : !llvm.ptr -> i64\n"
        "%new = arith.addi %old, %y : i64\nllvm.store %new, %c : i64, !llvm.ptr\n";
    for (int i = 0; i < 500; ++i)
      text += "%x" + std::to_string(i + 1) + " = arith." + (i % 2 ? "xori" : "muli") + " %x" +
              std::to_string(i) + ", %y : i64\n";
    text += "return %x500 : i64\n}\n";
  }
  text += "func.func @entry(%x: i64) -> i64 {\n%v0 = arith.addi %x, %x : i64\n";
  // Once called directly, once through its address.
  for (int k = 0; k < kernels; ++k) {
    std::string name = "@k" + std::to_string(k), v = "%v" + std::to_string(k);
    text += v + "a = func.call " + name + "(" + v + ") : (i64) -> i64\n";
    text += v + "p = llvm.mlir.addressof " + name + " : !llvm.ptr\n";
    text += "%v" + std::to_string(k + 1) + " = llvm.call " + v + "p(" + v +
            "a) : !llvm.ptr, (i64) -> i64\n";
  }
  text += "%c = llvm.mlir.addressof @counter : !llvm.ptr\n%n = llvm.load %c : !llvm.ptr -> i64\n";
  text += "%r = arith.addi %v" + std::to_string(kernels) + ", %n : i64\nreturn %r : i64\n}\n";
  return text;
}

// llvm.mlir.addressof of a func.func does not verify before conversion, so such text is parsed
// without verification.
struct Unverified : Parsed {
  explicit Unverified(const std::string &text, mlir::MLIRContext::Threading threading)
      : Parsed("", threading) {
    module = mlir::parseSourceString<mlir::ModuleOp>(
        text, mlir::ParserConfig(&context, /*verifyAfterParse=*/false));
  }
};

TEST(Codegen, SplitProgramsGiveTheSameResultsFromSeveralObjects) {
  std::string text = manyKernels(5);
  std::vector<int64_t> results;
  for (auto threading :
       {mlir::MLIRContext::Threading::DISABLED, mlir::MLIRContext::Threading::ENABLED})
    for (int modules : {1, 2, 3, 16}) {
      Unverified parsed(text, threading);
      CodegenOptions options;
      options.modules = modules;
      ObjectFiles objects = emitObjects(*parsed, Target::native(), options);
      EXPECT_LE(objects.size(), static_cast<size_t>(modules));
      EXPECT_EQ(objects.size() > 1, modules > 1);
      LoadedObject loaded = load(objects, "split");
      results.push_back(loaded.function<int64_t(int64_t)>("entry")(12345));
    }
  for (int64_t result : results)
    EXPECT_EQ(result, results.front());
}

TEST(Codegen, TheSplitDependsOnNothingButTheProgram) {
  std::string text = manyKernels(4);
  CodegenOptions options;
  options.modules = 2;
  Unverified first(text, mlir::MLIRContext::Threading::ENABLED);
  Unverified second(text, mlir::MLIRContext::Threading::DISABLED);
  EXPECT_EQ(emitObjects(*first, Target::native(), options),
            emitObjects(*second, Target::native(), options));
}

TEST(Codegen, WhatCannotBeConvertedIsAnErrorThatNamesIt) {
  Parsed parsed(
      "func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {\n  return %x : tensor<4xf32>\n}");
  try {
    emitObject(*parsed, Target::native());
    FAIL() << "nothing was thrown";
  } catch (const CompileError &error) {
    EXPECT_THAT(error.what(), HasSubstr("codegen: cannot convert"));
    EXPECT_THAT(error.what(), HasSubstr("func.func"));
  }
}

TEST(Codegen, OptimizingHoistsAndMergesAndKeepsTheResult) {
  Parsed parsed(R"mlir(
    func.func @f(%x: !llvm.ptr, %n: i64, %s: f32) {
      %zero = arith.constant 0 : i64
      %one = arith.constant 1 : i64
      scf.for %i = %zero to %n step %one : i64 {
        %a = arith.mulf %s, %s : f32
        %b = arith.mulf %s, %s : f32
        %c = arith.addf %a, %b : f32
        %p = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
        llvm.store %c, %p : f32, !llvm.ptr
      }
      return
    })mlir");
  optimizeLowered(*parsed);
  int products = 0;
  (*parsed).walk([&](mlir::arith::MulFOp op) {
    ++products;
    EXPECT_FALSE(op->getParentOfType<mlir::scf::ForOp>());
  });
  EXPECT_EQ(products, 1);
  std::vector<float> x(5);
  auto loaded = load(emitObject(*parsed, Target::native()), "f");
  loaded.function<void(float *, int64_t, float)>("f")(x.data(), 5, 3.0f);
  EXPECT_THAT(x, testing::Each(18.0f));
}

TEST(Codegen, MaskedAndGatheredAccessesRun) {
  Parsed parsed(R"mlir(
    func.func @f(%x: !llvm.ptr, %y: !llvm.ptr) {
      %mask = arith.constant dense<[true, true, true, false]> : vector<4xi1>
      %pass = arith.constant dense<0.0> : vector<4xf32>
      %v = llvm.intr.masked.load %x, %mask, %pass {alignment = 4 : i32} : (!llvm.ptr, vector<4xi1>, vector<4xf32>) -> vector<4xf32>
      %step = vector.step : vector<4xindex>
      %i = arith.index_cast %step : vector<4xindex> to vector<4xi64>
      %two = arith.constant dense<2> : vector<4xi64>
      %at = arith.muli %i, %two : vector<4xi64>
      %ps = llvm.getelementptr %x[%at] : (!llvm.ptr, vector<4xi64>) -> !llvm.vec<4 x ptr>, f32
      %all = arith.constant dense<true> : vector<4xi1>
      %g = llvm.intr.masked.gather %ps, %all, %pass {alignment = 4 : i32} : (!llvm.vec<4 x ptr>, vector<4xi1>, vector<4xf32>) -> vector<4xf32>
      %s = arith.addf %v, %g : vector<4xf32>
      llvm.intr.masked.store %s, %y, %mask {alignment = 4 : i32} : vector<4xf32>, vector<4xi1> into !llvm.ptr
      return
    })mlir");
  std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8}, y(4, -1.0f);
  auto loaded = load(emitObject(*parsed, Target::native()), "f");
  loaded.function<void(const float *, float *)>("f")(x.data(), y.data());
  EXPECT_EQ(y, (std::vector<float>{2, 5, 8, -1}));
}

} // namespace
