// What an object takes of code, constants and stack, on targets of three kinds.
#include "compiler/codegen/ObjectReport.h"
#include "Parsed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace gradus::compiler;
using gradus::compiler::tests::Parsed;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

// outer calls inner, whose frame holds 1024 bytes; twice takes its address for somebody to call.
const char *const kModule = R"mlir(
llvm.mlir.global internal constant @table(dense<[1, 2, 3, 4]> : tensor<4xi64>) : !llvm.array<4 x i64>
llvm.mlir.global internal @place(7 : i64) : i64
llvm.func @extern(!llvm.ptr)
llvm.func internal @inner(%index: i64) -> i64 {
  %count = llvm.mlir.constant(128 : i32) : i32
  %memory = llvm.alloca %count x i64 : (i32) -> !llvm.ptr
  %at = llvm.getelementptr %memory[%index] : (!llvm.ptr, i64) -> !llvm.ptr, i64
  llvm.store volatile %index, %at : i64, !llvm.ptr
  llvm.call @extern(%memory) : (!llvm.ptr) -> ()
  %back = llvm.load volatile %at : !llvm.ptr -> i64
  llvm.return %back : i64
}
func.func @outer(%index: i64) -> i64 {
  %table = llvm.mlir.addressof @table : !llvm.ptr
  %at = llvm.getelementptr %table[%index] : (!llvm.ptr, i64) -> !llvm.ptr, i64
  %value = llvm.load %at : !llvm.ptr -> i64
  %result = llvm.call @inner(%value) : (i64) -> i64
  %place = llvm.mlir.addressof @place : !llvm.ptr
  llvm.store volatile %result, %place : i64, !llvm.ptr
  return %result : i64
}
func.func @twice() {
  %inner = llvm.mlir.addressof @inner : !llvm.ptr
  llvm.call @extern(%inner) : (!llvm.ptr) -> ()
  return
}
)mlir";

class ObjectReports : public ::testing::TestWithParam<const char *> {};

TEST_P(ObjectReports, TellCodeConstantsDataSymbolsAndStack) {
  Parsed parsed(kModule);
  StackUse stack;
  CodegenOptions options;
  options.stack = &stack;
  ObjectFile object = emitObject(*parsed, Target::named(GetParam()), options);
  ObjectReport report = reportObject(object);
  EXPECT_GT(report.code, 30);
  EXPECT_LT(report.code, 1000);
  EXPECT_GE(report.constants, 32); // the table; on some targets also what unwinds
  EXPECT_LT(report.constants, 600);
  EXPECT_EQ(report.data, 8);
  EXPECT_EQ(report.zeros, 0);
  EXPECT_THAT(report.defined, ElementsAre("outer", "twice"));
  EXPECT_THAT(report.undefined, Contains("extern"));

  EXPECT_GE(stack.of("inner"), 1024);
  EXPECT_LT(stack.of("inner"), 1300);
  EXPECT_GE(stack.of("outer"), stack.of("inner"));
  EXPECT_LT(stack.of("outer"), 1500);
  EXPECT_GE(stack.of("twice"), stack.of("inner"));
  EXPECT_EQ(stack.of("extern"), 0);
  EXPECT_EQ(stack.most(), std::max(stack.of("outer"), stack.of("twice")));

  Parsed again(kModule);
  EXPECT_EQ(emitObject(*again, Target::named(GetParam())), object); // asking changes no byte
}

INSTANTIATE_TEST_SUITE_P(Targets, ObjectReports,
                         ::testing::Values("x86-64", "x86-64-v4", "cortex-m7", "wasm32", "riscv64",
                                           "aarch64"),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ObjectReport, AddsTheStackOfAllParts) {
  Parsed parsed(kModule);
  StackUse stack;
  CodegenOptions options;
  options.stack = &stack;
  options.modules = 2;
  emitObjects(*parsed, Target::named("x86-64"), options);
  EXPECT_GE(stack.of("outer"), 1024);
}

TEST(ObjectReport, RecursionAndFramesOfAnySizeAreUnknown) {
  StackUse stack{{{"a", 16}, {"b", 16}, {"c", -1}, {"d", 8}},
                 {{"a", {"b"}}, {"b", {"a"}}, {"d", {"c", "x"}}}};
  EXPECT_EQ(stack.of("a"), -1);
  EXPECT_EQ(stack.of("c"), -1);
  EXPECT_EQ(stack.of("d"), -1);
  EXPECT_EQ(stack.most(), -1);
}

TEST(ObjectReport, BytesThatAreNoObjectAreRefused) {
  EXPECT_THROW(reportObject({}), CompileError);
  EXPECT_THROW(reportObject({'n', 'o'}), CompileError);
}

} // namespace
