#include "compiler/codegen/Target.h"
#include "compiler/codegen/CompileError.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using gradus::compiler::CompileError;
using gradus::compiler::Target;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string messageOf(const std::function<void()> &action) {
  try {
    action();
  } catch (const CompileError &error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

TEST(Target, VectorsAndCachesFollowTheProcessor) {
  struct Row {
    const char *name;
    int64_t bits, registers, l2;
    int ports;
  };
  const Row rows[] = {{"x86-64", 128, 16, 256 << 10, 0},  {"x86-64-v3", 256, 16, 512 << 10, 2},
                      {"x86-64-v4", 512, 32, 1 << 20, 2}, {"znver3", 256, 16, 512 << 10, 2},
                      {"znver4", 512, 32, 1 << 20, 1},    {"sapphirerapids", 512, 32, 2 << 20, 2},
                      {"aarch64", 128, 32, 512 << 10, 2}, {"neoverse-v2", 128, 32, 2 << 20, 4},
                      {"wasm32", 128, 16, 256 << 10, 0},  {"riscv64", 32, 32, 512 << 10, 2},
                      {"riscv64-v", 128, 32, 512 << 10, 1}, {"cortex-m4", 32, 16, 32 << 10, 1},
                      {"cortex-m7", 32, 16, 64 << 10, 1}, {"cortex-m33", 32, 16, 32 << 10, 1}};
  for (const Row &row : rows) {
    SCOPED_TRACE(row.name);
    Target target = Target::named(row.name);
    EXPECT_EQ(target.vectorBits, row.bits);
    EXPECT_EQ(target.vectorRegisters, row.registers);
    EXPECT_EQ(target.l2Bytes, row.l2);
    EXPECT_EQ(target.fmaPorts, row.ports);
  }
}

TEST(Target, WhatAMachineComputesFollowsTheProcessor) {
  struct Row {
    const char *name;
    int pointerBits;
    bool hasSingle, hasDouble, rounds;
  };
  const Row rows[] = {{"x86-64", 64, true, true, false},    {"x86-64-v2", 64, true, true, true},
                      {"aarch64", 64, true, true, true},    {"riscv64", 64, true, true, false},
                      {"riscv64-v", 64, true, true, false}, {"wasm32", 32, true, true, true},
                      {"cortex-m4", 32, true, false, false}, {"cortex-m7", 32, true, true, false},
                      {"cortex-m33", 32, true, false, false}};
  for (const Row &row : rows) {
    SCOPED_TRACE(row.name);
    Target target = Target::named(row.name);
    EXPECT_EQ(target.pointerBits, row.pointerBits);
    EXPECT_EQ(target.hasSingle, row.hasSingle);
    EXPECT_EQ(target.hasDouble, row.hasDouble);
    EXPECT_EQ(target.rounds, row.rounds);
    EXPECT_EQ(target.title(), row.name);
  }
  EXPECT_FALSE(Target::named("thumbv7m-none-eabi", "cortex-m3").hasSingle);
}

TEST(Target, PortableTargetsDifferInTheirMachineCodeAlone) {
  for (const char *name : {"znver4", "cortex-m4", "wasm32"}) {
    Target target = Target::named(name).portable();
    EXPECT_EQ(target.lanes(4), 4) << name;
    EXPECT_FALSE(target.hasFma()) << name;
    EXPECT_EQ(target.l2Bytes, 256 << 10) << name;
  }
}

TEST(Target, EveryKnownNameIsAcceptedByLlvm) {
  for (const std::string &name : Target::knownNames())
    EXPECT_NO_THROW(Target::named(name)) << name;
}

TEST(Target, LanesFollowTheElement) {
  Target target = Target::named("znver4");
  EXPECT_EQ(target.lanes(4), 16);
  EXPECT_EQ(target.lanes(8), 8);
}

TEST(Target, AFeatureThatIsHiddenNarrowsTheVectors) {
  Target target = Target::named("x86_64-unknown-linux-gnu", "znver4", "-avx512f");
  EXPECT_EQ(target.vectorBits, 256);
  EXPECT_EQ(target.vectorRegisters, 16);
  EXPECT_EQ(target.fmaPorts, 2);
}

TEST(Target, NativeDescribesThisMachine) {
  Target target = Target::native();
  EXPECT_GE(target.vectorBits, 128);
  EXPECT_GE(target.l1Bytes, 4 << 10);
  EXPECT_GE(target.l2Bytes, target.l1Bytes);
  EXPECT_EQ(target.key(), Target::named("native").key());
  EXPECT_NO_THROW(Target::named(target.triple, target.cpu, target.features));
}

TEST(Target, UnknownNamesAreAnsweredInOneLineWithTheKnownOnes) {
  struct Row {
    const char *triple, *cpu, *features, *error, *known;
  };
  const Row rows[] = {
      {"quantum9000", nullptr, "", "unknown target 'quantum9000'; known targets: ", " cortex-m7"},
      {"", nullptr, "", "unknown target ''; known targets: ", " x86-64-v3"},
      {"x86_64-unknown-linux-gnu", "quantum", "", "unknown processor 'quantum' for x86_64", " sapphirerapids"},
      {"thumbv7em-none-eabihf", "cortex-m99", "", "unknown processor 'cortex-m99' for thumbv7em", " cortex-m4"},
      {"x86_64-unknown-linux-gnu", "znver4", "+warp", "unknown feature '+warp' for x86_64", " avx512f"},
      {"thumbv7em-none-eabihf", "cortex-m7", "+warp", "unknown feature '+warp' for thumbv7em", " fp64"},
      {"riscv64-unknown-linux-gnu", "", "+warp", "unknown feature '+warp' for riscv64", " zfh"},
      {"x86_64-unknown-linux-gnu", "znver4", "avx2", "(write +name or -name); known features: ", " avx2"},
      {"pdp11-dec-unix", "generic", "", "unknown target triple 'pdp11-dec-unix'; known architectures: ", " thumb"}};
  for (const Row &row : rows) {
    std::string message =
        messageOf([&] { row.cpu ? Target::named(row.triple, row.cpu, row.features) : Target::named(row.triple); });
    EXPECT_THAT(message, testing::AllOf(HasSubstr(row.error), HasSubstr(row.known), Not(HasSubstr("\n"))));
  }
}

TEST(Target, KeysTellTargetsApart) {
  EXPECT_NE(Target::named("znver3").key(), Target::named("znver4").key());
  EXPECT_NE(Target::named("x86_64-unknown-linux-gnu", "znver4", "-avx512f").key(),
            Target::named("znver4").key());
}

} // namespace
