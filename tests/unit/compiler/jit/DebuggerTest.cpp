// Debuggers and profilers see the user's lines and the kernels' names in code that was never a
// file.
#include "compiler/codegen/Codegen.h"
#include "compiler/jit/Jit.h"
#include "tests/unit/compiler/codegen/Parsed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

using namespace gradus::compiler;
using gradus::compiler::tests::Parsed;
using testing::HasSubstr;

namespace {

// A kernel of two lines of model.cpp, one of them inside names, fusions and calls, and one of
// layers.h.
const char *model = R"mlir(
#add = loc("model.cpp":41:26)
#mul = loc("model.cpp":42:13)
#layer = loc("layers.h":7:5)
#nested = loc(callsite(fused["chain", #mul] at "main.cpp":99:1))
module {
  func.func @model_kernel_0(%x: !llvm.ptr) {
    %a = llvm.load %x : !llvm.ptr -> f32 loc(#add)
    %b = arith.addf %a, %a : f32 loc(#add)
    llvm.store volatile %b, %x : f32, !llvm.ptr loc(#add)
    %c = arith.mulf %b, %b : f32 loc("product"(#nested))
    llvm.store volatile %c, %x : f32, !llvm.ptr loc("product"(#nested))
    %d = arith.addf %c, %a : f32 loc(#layer)
    llvm.store volatile %d, %x : f32, !llvm.ptr loc(#layer)
    func.return loc(#add)
  } loc(#add)
}
)mlir";

LoadedObject loadModel() {
  Parsed parsed(model);
  CodegenOptions options;
  options.verify = true;
  return load(emitObject(*parsed, Target::native(), options), "model");
}

std::string outputOf(const std::string &command) {
  std::string output;
  std::FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  if (!pipe)
    return output;
  std::array<char, 4096> buffer;
  while (size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  pclose(pipe);
  return output;
}

TEST(LineTables, EachInstructionNamesTheUsersLine) {
  Parsed parsed(model);
  std::string text = emitAssembly(*parsed, Target::named("x86-64-v3"));
  EXPECT_THAT(text, HasSubstr("model.cpp:41:26"));
  EXPECT_THAT(text, HasSubstr("model.cpp:42:13"));
  EXPECT_THAT(text, HasSubstr("layers.h:7:5"));
}

TEST(LineTables, CanBeLeftOut) {
  Parsed parsed(model);
  CodegenOptions options;
  options.lineTables = false;
  EXPECT_THAT(emitAssembly(*parsed, Target::named("x86-64-v3"), options),
              testing::Not(HasSubstr("model.cpp")));
}

// Also what the debugger runs in the next test.
TEST(LineTables, CodeWithLinesRuns) {
  float x = 3;
  loadModel().function<void(float *)>("model_kernel_0")(&x);
  EXPECT_EQ(x, 39.0f);
}

TEST(LineTables, GdbStopsAtTheUsersLine) {
  if (std::system("gdb --version > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "gdb is not installed";
  std::string self = std::filesystem::read_symlink("/proc/self/exe");
  std::string output =
      outputOf("gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'set breakpoint pending on' "
               "-ex 'break model.cpp:42' -ex run -ex 'backtrace 1' -ex kill --args '" +
               self + "' --gtest_filter=LineTables.CodeWithLinesRuns");
  if (output.find("ptrace") != std::string::npos)
    GTEST_SKIP() << "this system lets nobody trace: " << output;
  EXPECT_THAT(output, HasSubstr("model_kernel_0"));
  EXPECT_THAT(output, HasSubstr("model.cpp:42"));
}

TEST(Perf, TheMapNamesTheKernelsWhenAsked) {
  setenv("GRADUS_PERF", "1", 1);
  std::string folder = testing::TempDir() + "gradus-perf-XXXXXX";
  ASSERT_TRUE(mkdtemp(folder.data()));
  setenv("JITDUMPDIR", folder.c_str(), 1); // where LLVM's own listener writes
  LoadedObject loaded = loadModel();
  unsetenv("GRADUS_PERF");
  std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
  std::stringstream address;
  address << std::hex << reinterpret_cast<uintptr_t>(loaded.lookup("model_kernel_0")) << " ";
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_THAT(text.str(), HasSubstr(address.str()));
  EXPECT_THAT(text.str(), HasSubstr("model_kernel_0"));
  std::filesystem::remove(path);
  std::filesystem::remove_all(folder);
}

} // namespace
