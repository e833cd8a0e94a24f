#include "compiler/jit/Jit.h"
#include "compiler/codegen/Codegen.h"
#include "tests/unit/compiler/codegen/Parsed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace gradus::compiler;
using gradus::compiler::tests::Parsed;
using testing::HasSubstr;

namespace {

ObjectFile answer() {
  Parsed parsed(
      "func.func @answer() -> i32 {\n  %c = arith.constant 42 : i32\n  return %c : i32\n}");
  return emitObject(*parsed, Target::native());
}

std::string messageOf(const std::function<void()> &action) {
  try {
    action();
  } catch (const CompileError &error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

TEST(Jit, CodeStaysAsLongAsItsOwner) {
  std::shared_ptr<void> owner;
  int32_t (*function)() = nullptr;
  {
    LoadedObject loaded = load(answer(), "answer");
    function = loaded.function<int32_t()>("answer");
    owner = loaded.keepAlive();
  }
  EXPECT_EQ(function(), 42);
}

TEST(Jit, ProgramsWithEqualSymbolsDoNotMeet) {
  LoadedObject first = load(answer(), "first"), second = load(answer(), "second");
  EXPECT_NE(first.lookup("answer"), second.lookup("answer"));
}

TEST(Jit, AMissingSymbolIsNamed) {
  LoadedObject loaded = load(answer(), "answer");
  EXPECT_THAT(messageOf([&] { loaded.lookup("question"); }), HasSubstr("question"));
}

TEST(Jit, BytesThatAreNoObjectAreAnError) {
  EXPECT_THAT(messageOf([] { load(ObjectFile{'n', 'o'}, "broken"); }), HasSubstr("broken"));
  EXPECT_THAT(messageOf([] { load(ObjectFile{}, "empty"); }), HasSubstr("empty"));
}

TEST(Jit, CodeForAnotherArchitectureIsAnError) {
  Parsed parsed("func.func @f() {\n  return\n}");
  std::string other = Target::native().triple.rfind("aarch64", 0) == 0 ? "x86-64" : "aarch64";
  ObjectFile object = emitObject(*parsed, Target::named(other));
  EXPECT_THAT(messageOf([&] { load(object, "foreign"); }), HasSubstr("it is code for"));
}

TEST(Jit, FunctionsOfTheProcessAreFound) {
  Parsed parsed(R"mlir(
    llvm.func @strlen(!llvm.ptr) -> i64
    func.func @f(%to: !llvm.ptr, %from: !llvm.ptr, %n: i64) -> i64 {
      "llvm.intr.memcpy"(%to, %from, %n) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
      %l = llvm.call @strlen(%to) : (!llvm.ptr) -> i64
      return %l : i64
    })mlir");
  LoadedObject loaded = load(emitObject(*parsed, Target::native()), "f");
  char to[8] = {};
  EXPECT_EQ(loaded.function<int64_t(char *, const char *, int64_t)>("f")(to, "words", 6), 5);
  EXPECT_STREQ(to, "words");
}

TEST(Jit, AnUnresolvedFunctionIsAnErrorWhenItIsLookedUp) {
  Parsed parsed(R"mlir(
    llvm.func @nobody_has_this()
    func.func @f() {
      llvm.call @nobody_has_this() : () -> ()
      return
    })mlir");
  LoadedObject loaded = load(emitObject(*parsed, Target::native()), "f");
  EXPECT_THAT(messageOf([&] { loaded.lookup("f"); }), HasSubstr("nobody_has_this"));
}

} // namespace
