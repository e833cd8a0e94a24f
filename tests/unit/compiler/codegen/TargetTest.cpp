#include "compiler/codegen/Target.h"
#include "compiler/codegen/CompileError.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using gradus::compiler::CompileError;
using gradus::compiler::Target;
using testing::HasSubstr;

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
                      {"wasm32", 128, 16, 256 << 10, 0}};
  for (const Row &row : rows) {
    SCOPED_TRACE(row.name);
    Target target = Target::named(row.name);
    EXPECT_EQ(target.vectorBits, row.bits);
    EXPECT_EQ(target.vectorRegisters, row.registers);
    EXPECT_EQ(target.l2Bytes, row.l2);
    EXPECT_EQ(target.fmaPorts, row.ports);
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

TEST(Target, UnknownNamesAreAnsweredWithTheKnownOnes) {
  EXPECT_THAT(messageOf([] { Target::named("quantum9000"); }), HasSubstr("x86-64-v3"));
  EXPECT_THAT(messageOf([] { Target::named("x86_64-unknown-linux-gnu", "quantum"); }),
              HasSubstr("sapphirerapids"));
  EXPECT_THAT(messageOf([] { Target::named("x86_64-unknown-linux-gnu", "znver4", "+warp"); }),
              HasSubstr("avx512f"));
  EXPECT_THAT(messageOf([] { Target::named("x86_64-unknown-linux-gnu", "znver4", "avx2"); }),
              HasSubstr("write +name or -name"));
  EXPECT_THAT(messageOf([] { Target::named("pdp11-dec-unix", "generic"); }),
              HasSubstr("unknown target triple"));
}

TEST(Target, KeysTellTargetsApart) {
  EXPECT_NE(Target::named("znver3").key(), Target::named("znver4").key());
  EXPECT_NE(Target::named("x86_64-unknown-linux-gnu", "znver4", "-avx512f").key(),
            Target::named("znver4").key());
}

} // namespace
