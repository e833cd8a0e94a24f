// The library inside objects: linked where it is called, for every kind of target, and needing
// nothing.
#include "compiler/codegen/Library.h"
#include "Parsed.h"
#include "compiler/jit/Jit.h"
#include "runtime/abi/gradus_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Object/Wasm.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace gradus::compiler;
using gradus::compiler::tests::Parsed;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

// An entry that hands its arguments on to each of the named functions. `types`: of their
// parameters.
std::string callOf(const std::string &function, const std::vector<std::string> &types) {
  std::string list, parameters, arguments;
  for (size_t i = 0; i < types.size(); ++i) {
    const std::string comma = i ? ", " : "", name = "%a" + std::to_string(i);
    list += comma + types[i];
    parameters += comma + name + ": " + types[i];
    arguments += comma + name;
  }
  const std::string result = function == "error_text" ? "!llvm.ptr" : "i32";
  return "func.func private @gradus_" + function + "(" + list + ") -> " + result +
         "\nfunc.func @my_" + function + "(" + parameters + ") -> " + result +
         " {\n  %r = func.call @gradus_" + function + "(" + arguments + ") : (" + list + ") -> " +
         result + "\n  return %r : " + result + "\n}\n";
}

const std::string p = "!llvm.ptr", n = "i64";

std::string initOnly() { return callOf("state_init_single", {p, p, p, p, n}); }

std::string wholeLibrary() {
  return initOnly() + callOf("state_get", {p, p, p, n, p, n}) +
         callOf("state_set", {p, p, p, n, p, n}) + callOf("state_save", {p, p, p, p, p, n}) +
         callOf("state_load", {p, p, p, p, p, n});
}

std::string checks() {
  return callOf("error_text", {"i32"}) + callOf("check_call", {p, p, p, p, p, p});
}

std::vector<Target> someTargets() {
  return {Target::named("x86-64"),
          Target::named("znver4"),
          Target::named("aarch64"),
          Target::named("riscv64"),
          Target::named("wasm32"),
          Target::named("thumbv7em-none-eabihf", "cortex-m7"),
          Target::named("thumbv7em-none-eabihf", "cortex-m4")};
}

struct Contents {
  std::vector<std::string> undefined, global;
  uint64_t code = 0, data = 0;
};

Contents contentsOf(const ObjectFile &bytes) {
  Contents contents;
  llvm::MemoryBufferRef buffer(llvm::StringRef(bytes.data(), bytes.size()), "object");
  auto object = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(buffer));
  for (const llvm::object::SymbolRef &symbol : object->symbols()) {
    const uint32_t flags = llvm::cantFail(symbol.getFlags());
    const std::string name = llvm::cantFail(symbol.getName()).str();
    if (flags & llvm::object::SymbolRef::SF_Undefined && !name.empty())
      contents.undefined.push_back(name);
    else if (flags & llvm::object::SymbolRef::SF_Global)
      contents.global.push_back(name);
  }
  for (const llvm::object::SectionRef &section : object->sections()) {
    const llvm::StringRef name = llvm::cantFail(section.getName());
    if (section.isText() || name == "CODE")
      contents.code += section.getSize();
    else if (name.starts_with(".rodata") || name == "DATA")
      contents.data += section.getSize();
    EXPECT_FALSE(name.contains("eh_frame")) << name.str();
  }
  return contents;
}

// What a wasm module imports besides its environment.
void removeWasmEnvironment(std::vector<std::string> &names) {
  std::erase_if(names, [](const std::string &name) {
    return name == "__linear_memory" || name == "__stack_pointer";
  });
}

TEST(Library, ObjectsThatUseItNeedNothingElse) {
  for (const Target &target : someTargets())
    for (const std::string &text : {initOnly(), wholeLibrary(), checks()}) {
      Parsed parsed(text);
      Contents contents = contentsOf(emitObject(*parsed, target));
      removeWasmEnvironment(contents.undefined);
      EXPECT_THAT(contents.undefined, IsEmpty()) << target.triple << " " << target.cpu;
      for (const std::string &name : contents.global)
        EXPECT_THAT(name, Not(HasSubstr("gradus_"))) << target.triple;
    }
}

TEST(Library, DoublesAreUsedWhereTheTargetHasThem) {
  for (const Target &target : someTargets()) {
    Parsed parsed(callOf("state_init", {p, p, p, p, n}));
    Contents contents = contentsOf(emitObject(*parsed, target));
    removeWasmEnvironment(contents.undefined);
    if (target.cpu == "cortex-m4") // single precision only
      EXPECT_THAT(contents.undefined, Not(IsEmpty()));
    else
      EXPECT_THAT(contents.undefined, IsEmpty()) << target.triple << " " << target.cpu;
  }
}

TEST(Library, IsSmall) {
  for (const Target &target : someTargets()) {
    Parsed parsed(wholeLibrary());
    const Contents contents = contentsOf(emitObject(*parsed, target));
    RecordProperty(target.cpu + "_code", std::to_string(contents.code));
    EXPECT_LT(contents.code, 6u << 10) << target.triple;
    EXPECT_LT(contents.data, 1u << 10) << target.triple;
    if (std::getenv("GRADUS_TEST_SIZES"))
      std::printf("%s %s: %d bytes of code, %d of constants\n", target.triple.c_str(),
                  target.cpu.c_str(), int(contents.code), int(contents.data));
  }
}

TEST(Library, OnlyWhatIsCalledIsLinked) {
  Parsed with(callOf("error_text", {"i32"}));
  const std::string text = emitLlvmIr(*with, Target::named("x86-64"));
  EXPECT_THAT(text, HasSubstr("ptr @gradus_error_text(i32 noundef"));
  EXPECT_THAT(text, Not(HasSubstr("gradus_state")));
  EXPECT_THAT(text, Not(HasSubstr("uwtable")));
  Parsed without("func.func @f() {\n  return\n}");
  EXPECT_THAT(emitLlvmIr(*without, Target::named("x86-64")), Not(HasSubstr("gradus_")));
}

TEST(Library, FunctionsAreForTheTargetButTheQuestionForTheProcessorIsForAny) {
  Parsed parsed(callOf("cpu_level", {}) + initOnly());
  const std::string text = emitLlvmIr(*parsed, Target::named("znver4"));
  EXPECT_THAT(text, HasSubstr("\"target-cpu\"=\"x86-64\""));
  Parsed again(initOnly());
  EXPECT_THAT(emitLlvmIr(*again, Target::named("znver4")),
              Not(HasSubstr("\"target-cpu\"=\"x86-64\"")));
}

TEST(Library, AnUnknownFunctionIsAnErrorThatNamesIt) {
  auto expectError = [](const std::string &function, const Target &target) {
    Parsed parsed(callOf(function, {}));
    try {
      emitObject(*parsed, target);
      FAIL() << "nothing was thrown";
    } catch (const CompileError &error) {
      EXPECT_THAT(error.what(), HasSubstr("gradus_" + function));
    }
  };
  expectError("magic", Target::named("x86-64"));
  expectError("cpu_level", Target::named("wasm32"));
  expectError("state_init", Target::named("x86-64")); // declared without arguments
}

#if defined(__x86_64__)
TEST(Library, TheLevelOfThisProcessorIsKnown) {
  Parsed parsed(callOf("cpu_level", {}));
  auto loaded = load(emitObject(*parsed, Target::native()), "level");
  const int32_t level = loaded.function<int32_t()>("my_cpu_level")();
  EXPECT_EQ(level, gradus_cpu_level());
  __builtin_cpu_init();
  EXPECT_EQ(level >= 3, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                            __builtin_cpu_supports("bmi2"));
  EXPECT_EQ(level >= 4, __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                            __builtin_cpu_supports("avx512bw"));
  EXPECT_GE(level, 1);
}
#endif

// The embedded code gives the bits that the runtime's copy gives.
TEST(Library, FirstValuesAreThoseOfTheRuntime) {
  Parsed parsed(initOnly() + callOf("state_init", {p, p, p, p, n}));
  auto loaded = load(emitObject(*parsed, Target::native()), "init");
  using Init = decltype(gradus_state_init);
  gradus_tensor tensors[2] = {};
  float a = -0.1f, b = 0.37f;
  for (int i = 0; i < 2; ++i) {
    tensors[i].offset = 64 + i * 4096;
    tensors[i].rows = 21;
    tensors[i].cols = 45;
    tensors[i].layout = i ? GRADUS_PANELS : GRADUS_TRANSPOSED;
    tensors[i].panel = 16;
    tensors[i].init = i ? GRADUS_NORMAL : GRADUS_UNIFORM;
    std::memcpy(&tensors[i].a, &a, 4);
    std::memcpy(&tensors[i].b, &b, 4);
    tensors[i].stream = 0x123456789abcdef0 + i;
  }
  const gradus_model model = {0x0102030405060708, 64 + 2 * 4096, 2, 0, 0};
  struct alignas(64) Buffer {
    uint8_t bytes[64 + 2 * 4096];
  };
  auto state = std::make_unique<Buffer[]>(3);
  std::memset(state.get(), 0xee, 3 * sizeof(Buffer));
  const uint64_t seed = 0xfedcba9876543210;
  EXPECT_EQ(gradus_state_init(&model, tensors, nullptr, state[0].bytes, seed), 0);
  EXPECT_EQ(loaded.function<Init>("my_state_init")(&model, tensors, nullptr, state[1].bytes, seed),
            0);
  EXPECT_EQ(
      loaded.function<Init>("my_state_init_single")(&model, tensors, nullptr, state[2].bytes, seed),
      0);
  EXPECT_EQ(std::memcmp(&state[0], &state[1], sizeof(Buffer)), 0);
  EXPECT_EQ(std::memcmp(&state[0], &state[2], sizeof(Buffer)), 0);
}

} // namespace
